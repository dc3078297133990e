"""A market of the state's size by bare SQL: offers, places, holds, blocks, stops, licences, rates, confirmations.

For plans and benches, not for stories. One provider has one very big house, another one very many houses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.models import User
from shared_apps.core.clock import now, today
from shared_apps.occupancy.models import Aufnahmestopp, Luecke, Platzbindung, Platzsperre
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Betriebserlaubnis,
    Einrichtung,
    Entgelt,
    Platz,
    Suchzeile,
    Vakanzbestaetigung,
)
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tests.factories.bulk import copy_row
from tests.factories.register import create_angebot, create_einrichtung
from tests.tenants import owner

#: Places of an offer of the big house, and of every other one.
JE_GROSSEM, JE_ANGEBOT = 30, 4
_LANGE = timedelta(days=20_000)


@dataclass(frozen=True, slots=True)
class Marktgroesse:
    """How much there is of everything."""

    #: Offers of all providers; four places each.
    angebote: int
    #: Places of the big house, thirty in each offer.
    grosses_haus: int
    #: Houses of the other provider, two offers each.
    haeuser: int
    #: Holds of the past on the places of the big house.
    alte_bindungen: int

    @property
    def im_grossen(self) -> int:
        """Offers of the big house."""
        return -(-self.grosses_haus // JE_GROSSEM)

    @property
    def plaetze(self) -> int:
        """Places of all."""
        return self.grosses_haus + (self.angebote - self.im_grossen) * JE_ANGEBOT


def scale(many: int) -> Marktgroesse:
    """A market in proportion; 20,000 is the state's: 12,000 offers, 50,600 places, one provider's 100,000 old holds.

    Even the smallest one fills its pages.
    """
    grosses_haus = max(120, many * 3 // 20)
    return Marktgroesse(max(300, many * 3 // 5), grosses_haus, max(60, many * 3 // 200), grosses_haus * 100 // 3)


def fill_market(database: str, groesse: Marktgroesse, *, grosses_haus: Einrichtung, viele: Anbieter, wer: User) -> None:
    """Fill the register and the occupancy; `wer` has entered what says who entered it."""
    pattern = _pattern(wer)
    _fill_register(database, groesse, grosses_haus, viele, pattern)
    _fill_plaetze(database, groesse, pattern)
    _fill_bindungen(database, groesse)
    with owner.superuser(database) as connection:
        connection.autocommit = True
        connection.execute("SELECT providers_suchzeilen_neu(), occupancy_luecken_neu()")  # no trigger has seen the rows
        register = (Einrichtung, Angebot, Suchzeile, Platz, Vakanzbestaetigung)
        for model in (*register, Platzbindung, Luecke, Platzsperre, Aufnahmestopp):
            connection.execute(f"VACUUM ANALYZE {model._meta.db_table}")


def _pattern(wer: User) -> Angebot:
    """One row of everything, which is copied; long ago, so that it changes no figure."""
    einst = DateRange(today() - _LANGE, today() - _LANGE + timedelta(days=1))
    angebot = create_angebot(einrichtung=create_einrichtung(anbieter="Muster e. V.", name="Musterhaus"))
    platz = Platz.objects.get(angebot=angebot)
    entered = {"geaendert_von": wer, "geaendert_at": now()}
    with on_portal(user_id=wer.pk, anbieter_ids=[angebot.einrichtung.anbieter_id]):
        Platzsperre.objects.create(platz=platz, zeitraum=einst, grund="RENOVIERUNG", **entered)
        Aufnahmestopp.objects.create(angebot=angebot, zeitraum=einst, grund="PERSONAL", **entered)
        Vakanzbestaetigung.objects.create(angebot=angebot, bestaetigt_at=now(), bestaetigt_von=wer, frei=1, gesamt=2)
    with in_tenant(Tenant.objects.get(kuerzel="VG")):
        Platzbindung.objects.create(
            mandant="vg", platz=platz, zeitraum=DateRange(date(2001, 1, 1), date(2001, 1, 2)), zustand="GEBUCHT"
        )
    return angebot


def _fill_register(database: str, groesse: Marktgroesse, haus: Einrichtung, viele: Anbieter, muster: Angebot) -> None:
    sonst = (groesse.angebote - groesse.im_grossen) // 2 - groesse.haeuser
    vereine = sonst // 3 + 1
    of_pattern = {"where": f"einrichtung_id = '{muster.einrichtung_id}'"}
    copy_row(database, Anbieter._meta.db_table, vereine, id="md5('t' || n)::uuid", name="'Verein ' || n")
    copy_row(
        database, Einrichtung._meta.db_table, groesse.haeuser + sonst, id="md5('h' || n)::uuid",
        where=f"id = '{muster.einrichtung_id}'", name="'Haus ' || n",
        gebietskoerperschaft_id="(SELECT id FROM regions_gebietskoerperschaft ORDER BY id OFFSET n % 8 LIMIT 1)",
        anbieter_id=f"CASE WHEN n <= {groesse.haeuser} THEN '{viele.pk}' ELSE md5('t' || n % {vereine} + 1)::uuid END",
    )  # fmt: skip
    copy_row(
        database, Angebot._meta.db_table, groesse.angebote, id="md5('a' || n)::uuid", name="'Gruppe ' || n",
        einrichtung_id=f"CASE WHEN n <= {groesse.im_grossen} THEN '{haus.pk}'"
        f" ELSE md5('h' || (n - {groesse.im_grossen} - 1) % {groesse.haeuser + sonst} + 1)::uuid END",
        vakanz_bestaetigt_at="now() - n * interval '1 minute' - (n % 3) * interval '30 days'", **of_pattern,
    )  # fmt: skip
    copy_row(
        database, Betriebserlaubnis._meta.db_table, groesse.haeuser + sonst, einrichtung_id="md5('h' || n)::uuid",
        nummer="'BE ' || n", **of_pattern,
        gueltig_bis="CASE n % 20 WHEN 0 THEN current_date - 10 WHEN 1 THEN current_date + 5 + n % 170 END",
    )  # fmt: skip
    copy_row(database, Betriebserlaubnis._meta.db_table, 1, einrichtung_id=f"'{haus.pk}'::uuid", **of_pattern)
    of_offer = {"where": f"angebot_id = '{muster.pk}'", "angebot_id": "md5('a' || n)::uuid"}
    copy_row(database, Entgelt._meta.db_table, groesse.angebote, **of_offer)
    confirmed = of_offer | {"angebot_id": f"md5('a' || n % {groesse.angebote} + 1)::uuid"}
    copy_row(
        database, Vakanzbestaetigung._meta.db_table, 4 * groesse.angebote,
        bestaetigt_at="now() - n % 200 * interval '1 day'", **confirmed,
    )  # fmt: skip
    stopped = of_offer | {"angebot_id": "md5('a' || n * 40)::uuid"}
    copy_row(
        database, Aufnahmestopp._meta.db_table, groesse.angebote // 40,
        zeitraum="daterange(current_date - 5, current_date + 20)", **stopped,
    )  # fmt: skip


def _fill_plaetze(database: str, groesse: Marktgroesse, muster: Angebot) -> None:
    gross, davor = groesse.grosses_haus, groesse.im_grossen
    copy_row(
        database, Platz._meta.db_table, groesse.plaetze, id="md5('p' || n)::uuid", where=f"angebot_id = '{muster.pk}'",
        angebot_id=f"CASE WHEN n <= {gross} THEN md5('a' || (n - 1) / {JE_GROSSEM} + 1)::uuid"
        f" ELSE md5('a' || {davor} + (n - {gross} - 1) / {JE_ANGEBOT} + 1)::uuid END",
        nummer=f"CASE WHEN n <= {gross} THEN (n - 1) % {JE_GROSSEM} + 1 ELSE (n - {gross} - 1) % {JE_ANGEBOT} + 1 END",
    )  # fmt: skip
    copy_row(
        database, Platzsperre._meta.db_table, groesse.plaetze // 30, platz_id="md5('p' || n * 30 - 1)::uuid",
        zeitraum="daterange(current_date - 10, current_date + n % 60)",
    )  # fmt: skip


def _fill_bindungen(database: str, groesse: Marktgroesse) -> None:
    """Seven of ten places are held now, every twentieth hold is a reservation; and what was in the big house."""
    aemter = ", ".join(f"'{schema}'" for schema in Tenant.objects.values_list("schema_name", flat=True))
    fields = {"mandant": f"(ARRAY[{aemter}])[n % array_length(ARRAY[{aemter}], 1) + 1]"}
    copy_row(
        database, Platzbindung._meta.db_table, groesse.plaetze * 7 // 10, where="mandant = 'vg'",
        platz_id="md5('p' || (n - 1) / 7 * 10 + (n - 1) % 7 + 1)::uuid",
        zeitraum="daterange(current_date - 20 - n % 300, current_date + n % 200 + 1)",
        zustand="CASE WHEN n % 20 = 0 THEN 'RESERVIERT' ELSE 'GEBUCHT' END",
        ablauf_at="CASE WHEN n % 20 = 0 THEN now() + interval '3 days' END", **fields,
    )  # fmt: skip
    lange_her = f"current_date - 400 - 31 * ((n - 1) / {groesse.grosses_haus})"
    copy_row(
        database, Platzbindung._meta.db_table, groesse.alte_bindungen, where="mandant = 'vg'",
        platz_id=f"md5('p' || (n - 1) % {groesse.grosses_haus} + 1)::uuid",
        zeitraum=f"daterange({lange_her} - 31, {lange_her})",
        zustand="CASE WHEN n % 10 = 0 THEN 'FREIGEGEBEN' ELSE 'GEBUCHT' END", **fields,
    )  # fmt: skip
