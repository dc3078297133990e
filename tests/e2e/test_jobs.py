"""The operator sees what the workers have not done, on the desk and in the stairwell."""

from __future__ import annotations

import os
from pathlib import Path

from tenants.context import in_tenant
from tenants.jobs import defer
from tenants.models import Tenant
from tests.e2e.browser import DESK, PHONE
from tests.people import Cast

SHOTS = os.environ.get("SOJUS_SHOTS")


def test_operator_looks_at_the_jobs(site, visit):
    Cast().user("lars")
    with in_tenant(Tenant.objects.get(kuerzel="VG")):
        nr = defer("controlling.publish_kennzahlen_of_tenant", schema="vg")
    for size, name in ((DESK, "1280"), (PHONE, "390")):
        lars = visit("portal", size=size)
        session = Cast().sign_in("lars").cookies
        lars.context.add_cookies(
            [{"name": k, "value": m.value, "url": lars.site.url("portal")} for k, m in session.items()]
        )
        for path, heading in (
            ("/betrieb/auftraege/", "Aufträge"),
            ("/betrieb/auftraege/?stand=WARTET", "Aufträge"),
            (f"/betrieb/auftraege/{nr}/", "Kennzahlen eines Jugendamts veröffentlichen"),
        ):
            lars.open(path)
            lars.at(heading)
            lars.look()
            if SHOTS:
                picture = f"auftraege-{path.count('?')}-{path.count('/')}-{name}.png"
                lars.page.screenshot(path=Path(SHOTS) / picture, full_page=True)
