"""64 clients of three youth offices fight for one place through the API: one wins, the rest are told so.

`SOJUS_RACE` sets how many places they fight for, one after the other (tests/security/sizes.py).
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from threading import Barrier

import pytest
from django.db import connection, connections
from django.test import Client

from shared_apps.occupancy.models import Platzbindung
from shared_apps.signin.services import create_api_token
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_suche
from tests.factories.register import create_angebot
from tests.people import Cast
from tests.security import sizes

CLIENTS = 64
ROUNDS = sizes.RACE.number
OFFICES = {"VG": "anna", "HRO": "gerd", "LHSN": "jette"}


class Contender:
    """One machine with its own key, client and search."""

    def __init__(self, kuerzel: str, key: str, suche_id: str) -> None:
        self.client = Client(SERVER_NAME=f"{kuerzel.lower()}.localhost", HTTP_AUTHORIZATION=f"Token {key}")
        self.client.raise_request_exception = False
        self.suche_id = suche_id

    def reserve(self, angebot_id: str, barrier: Barrier) -> int:
        """Ask for the place at the same moment as everybody else; returns the HTTP status."""
        barrier.wait()
        response = self.client.post(
            "/api/v1/reservierungen/",
            {
                "suche": self.suche_id,
                "angebot": angebot_id,
                "begruendung": "Einziger Platz in Wohnortnähe.",
                "zweiter_platz": True,
            },
            content_type="application/json",
        )
        return response.status_code


def _contenders(cast: Cast, angebote: list) -> list[Contender]:
    keys, falls = {}, {}
    for kuerzel, name in OFFICES.items():
        user = cast.user(name)
        keys[kuerzel] = create_api_token(user=user, tenant=Tenant.objects.get(kuerzel=kuerzel))
        with in_tenant(Tenant.objects.get(kuerzel=kuerzel)):
            falls[kuerzel] = [create_hilfefall(fachkraft_id=user.pk) for _ in range(CLIENTS // 3 + 1)]
    contenders = []
    for kuerzel in cycle(OFFICES):
        if len(contenders) == CLIENTS:
            return contenders
        with in_tenant(Tenant.objects.get(kuerzel=kuerzel)):
            fall = falls[kuerzel].pop()
            suche = create_suche(hilfefall=fall, angebot=angebote[0], region="VG")
        contenders.append(Contender(kuerzel, keys[kuerzel], str(suche.pk)))
    raise AssertionError


@pytest.mark.slow
def test_reserve_angebot__exactly_one_wins(own_database, capsys):
    angebote = [create_angebot(plaetze=1) for _ in range(ROUNDS)]
    contenders = _contenders(Cast(), angebote)
    barrier = Barrier(CLIENTS)
    total: Counter[int] = Counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for angebot in angebote:
            statuses = Counter(pool.map(lambda c, a=angebot: c.reserve(str(a.pk), barrier), contenders))
            assert statuses == Counter({409: CLIENTS - 1, 201: 1}), (angebot.pk, statuses)
            total += statuses
        list(pool.map(lambda _: (barrier.wait(), connections.close_all()), range(CLIENTS)))
    living = 0
    for tenant in Tenant.objects.filter(kuerzel__in=OFFICES):
        with in_tenant(tenant):
            living += Platzbindung.objects.filter(zustand="RESERVIERT").count()
    assert living == ROUNDS
    connection.close()
    with capsys.disabled():
        print(f"\nrace: {ROUNDS} rounds × {CLIENTS} clients of {len(OFFICES)} offices: {dict(total)}")
