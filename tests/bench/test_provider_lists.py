"""A provider's list of invoices in a big office against the same statement on the bare tables (`make bench`).

SOJUS_BENCH_INVOICES: how many there are, else 100,000.
"""

from __future__ import annotations

import os

import pytest

from tenant_apps.billing import policies
from tenant_apps.billing.selectors.rechnungen import RECHNUNGEN
from tenants.context import in_tenant_portal
from tenants.models import Tenant
from tests.factories.bulk import multiply
from tests.people import Cast
from tests.plans import costs_of_portal, explain
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import tell
from tests.tenants import owner

pytestmark = pytest.mark.bench
MANY, OWN = int(os.environ.get("SOJUS_BENCH_INVOICES", "100000")), 2_300


def test_first_page_of_a_providers_invoices(own_database, capsys) -> None:
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    for name in ("anna", "ines"):
        cast.akteur(name, at="VG")
    story = tell(cast, vg)
    bill(story, story.book())
    multiply(own_database, "vg", many=MANY, own=OWN)
    ines = story.akteur("ines")
    with in_tenant_portal(vg, user_id=ines.user_id, anbieter_ids=ines.anbieter_ids), costs_of_portal() as costs:
        assert len(RECHNUNGEN.all(policies.visible_rechnungen(ines))[:25]) == 25
    with owner.superuser(own_database) as connection:
        connection.execute("SET search_path = vg, public")
        bare = explain(connection.cursor(), costs[0].statement, costs[0].params)
    with capsys.disabled():
        print(
            f"\nbench provider's invoices, {OWN} own of {MANY}: {costs[0].seconds:.2f} s, {costs[0].buffers} buffers;"
            f" bare SQL {bare.seconds:.2f} s, {bare.buffers} buffers (factor {costs[0].buffers / bare.buffers:.1f})"
        )
