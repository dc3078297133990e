"""An office without reference data is marked for the operator, with what is missing and how to give it."""

from __future__ import annotations

from tests.people import Cast
from tests.tenants import owner


def test_office_without_district_or_inhabitants__is_marked_until_they_are_loaded(own_database):
    """Onboarded before the form asked: its figures failed every five minutes, and nobody was told why."""
    lars = Cast().sign_in("lars")
    with owner.superuser(own_database) as dba:
        ags = dba.execute("SELECT ags FROM tenants_tenant WHERE kuerzel = 'HRO'").fetchone()[0]
        dba.execute("DELETE FROM regions_bevoelkerungsstand b USING regions_gebietskoerperschaft g"
                    " WHERE g.id = b.gebietskoerperschaft_id AND g.kuerzel = 'VG'")  # fmt: skip
        dba.execute("UPDATE tenants_tenant SET ags = '12060' WHERE kuerzel = 'HRO'")
        page = lars.get("/betrieb/").text
        assert "1 von 3 Jugendämtern in Ordnung" in page
        assert page.count("Referenzdaten fehlen") == page.count("load_reference --datei DATEI") == 2
        assert "Gebiet zum AGS 12060 und Einwohnerzahlen." in page
        owner.manage(own_database, "load_reference")
        dba.execute("UPDATE tenants_tenant SET ags = %s WHERE kuerzel = 'HRO'", [ags])
        assert "3 von 3 Jugendämtern in Ordnung" in lars.get("/betrieb/").text
