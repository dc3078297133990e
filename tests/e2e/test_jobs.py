"""The operator sees what the workers have not done, on the desk and in the stairwell."""

from __future__ import annotations

from tenants.context import in_tenant
from tenants.jobs import defer
from tenants.models import Tenant
from tests.e2e.browser import DESK, PHONE
from tests.people import Cast


def test_operator_looks_at_the_jobs(site, visit):
    Cast().user("lars")
    with in_tenant(Tenant.objects.get(kuerzel="VG")):
        nr = defer("controlling.publish_kennzahlen_of_tenant", schema="vg")
    for size, name in ((DESK, "1280"), (PHONE, "390")):
        lars = visit("portal", size=size)
        lars.sign_in("lars")
        for path, heading in (
            ("/betrieb/auftraege/", "Aufträge"),
            ("/betrieb/auftraege/?stand=WARTET", "Aufträge"),
            (f"/betrieb/auftraege/{nr}/", "Kennzahlen eines Jugendamts veröffentlichen"),
        ):
            lars.open(path)
            lars.at(heading)
            lars.picture(f"auftraege-{path.count('?')}-{path.count('/')}-{name}")
