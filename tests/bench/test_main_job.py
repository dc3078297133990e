"""Search, reservation, comparison, onboarding: how long the main job takes here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date

import pytest
from django.db import connection
from django.test import Client

from shared_apps.catalogue.models import Hilfeart
from shared_apps.signin.services import create_api_token
from tenant_apps.controlling.publish import publish_monate
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.search import search_angebote
from tenants.context import in_tenant
from tenants.models import Tenant
from tests import bootstrap
from tests.bench.world import create_market
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_suche
from tests.people import Cast

pytestmark = [pytest.mark.bench, pytest.mark.slow]


@pytest.fixture
def market(own_database):
    """500 offers, 4,000 places, 20,000 holds, analysed."""
    return create_market()


@pytest.mark.parametrize("reichweite", ["EIGENE", "NACHBARN", "LAND"])
def test_live_search(market, measure, reichweite):
    vg = Tenant.objects.get(kuerzel="VG")
    kriterien = Kriterien(
        hilfeart=Hilfeart.objects.get(code="S34"),
        region="VG",
        reichweite=reichweite,
        beginn=date(2026, 12, 1),
        ende=date(2027, 5, 31),
    )

    def search(_: int) -> None:
        with in_tenant(vg):
            search_angebote(kriterien)

    measure(f"live search {reichweite}", search, times=30)


def test_reservation(market, measure):
    cast = Cast()
    vg = Tenant.objects.get(kuerzel="VG")
    anna = cast.user("anna")
    frei = market[:60]
    with in_tenant(vg):
        suchen = [create_suche(hilfefall=create_hilfefall(fachkraft_id=anna.pk), angebot=a) for a in frei]
    key = create_api_token(user=anna, tenant=Tenant.objects.get(kuerzel="VG"))
    client = Client(SERVER_NAME="vg.localhost", HTTP_AUTHORIZATION=f"Token {key}")
    statuses = []

    def reserve(n: int) -> None:
        response = client.post(
            "/api/v1/reservierungen/",
            {"suche": str(suchen[n].pk), "angebot": str(frei[n].pk), "begruendung": "Einziger Platz in Wohnortnähe."},
            content_type="application/json",
        )
        statuses.append(response.status_code)

    measure("reservation over the API", reserve, times=50)
    assert set(statuses) <= {201, 409}
    assert 201 in statuses


def test_comparison_page(market, measure):
    cast = Cast()
    monate = [date(2025 + (m // 12), m % 12 + 1, 1) for m in range(22)]
    start = time.perf_counter()
    for tenant in Tenant.objects.all():
        with in_tenant(tenant):
            publish_monate(monate=monate)
    print(f"\nbench publish 22 months × 3 offices: {time.perf_counter() - start:.2f} s")
    client = cast.sign_in("karla", at="PORTAL")

    def page(_: int) -> None:
        assert client.get("/kennzahlen/").status_code == 200

    measure("comparison page", page, times=20)


def test_onboarding_one_tenant(own_database, capsys):
    url = bootstrap.with_database(bootstrap.OWNER_URL, own_database)
    connection.close()
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "manage.py", "onboard_tenant", "--kuerzel", "NWM"],
        cwd=bootstrap.ROOT,
        env={**os.environ, "DATABASE_OWNER_URL": url, "DATABASE_URL": bootstrap.as_app(url)},
        check=True,
        capture_output=True,
    )
    with capsys.disabled():
        print(f"\nbench onboarding one tenant (with process start): {time.perf_counter() - start:.2f} s")
    assert Tenant.objects.filter(kuerzel="NWM").exists()
