"""More than one place, lapsed holds, one key sent many times: nobody waits in a circle."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from shared_apps.accounts.umfang import Umfang
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.services import bind_platz
from shared_apps.signin.services import create_api_token
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_suche
from tests.factories.register import create_angebot
from tests.people import Cast

pytestmark = pytest.mark.slow
CLIENTS = 16
URL = "/api/v1/reservierungen/"


def _at_once(work) -> list:
    """`work(number)` in many threads at the same moment; closes their connections."""
    barrier = Barrier(CLIENTS)

    def run(number: int):
        barrier.wait()
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(run, range(CLIENTS)))


def _client(kuerzel: str, key: str) -> Client:
    client = Client(SERVER_NAME=f"{kuerzel.lower()}.localhost", HTTP_AUTHORIZATION=f"Token {key}")
    client.raise_request_exception = False
    return client


def test_reserve_angebot__five_places_with_lapsed_holds_go_to_exactly_five(own_database):
    angebot = create_angebot(plaetze=5)
    offices = {"VG": "anna", "HRO": "gerd"}
    keys, suchen = {}, {kuerzel: [] for kuerzel in offices}
    for kuerzel, name in offices.items():
        user = Cast().user(name)
        keys[kuerzel] = create_api_token(user=user, tenant=Tenant.objects.get(kuerzel=kuerzel))
        with in_tenant(Tenant.objects.get(kuerzel=kuerzel)):
            for _ in range(CLIENTS):
                fall = create_hilfefall(fachkraft_id=user.pk)
                suchen[kuerzel].append(create_suche(hilfefall=fall, angebot=angebot))
    with in_tenant(Tenant.objects.get(kuerzel="HRO")):
        zeitraum = Zeitraum.from_range(suchen["VG"][0].zeitraum)
        for _ in range(5):
            bindung = bind_platz(angebot_id=angebot.pk, zeitraum=zeitraum, ablauf_at=timezone.now() + timedelta(1))
            type(bindung).objects.filter(pk=bindung.pk).update(ablauf_at=timezone.now() - timedelta(1))

    def reserve(number: int) -> int:
        kuerzel = ("VG", "HRO")[number % 2]
        body = {"suche": str(suchen[kuerzel][number].pk), "angebot": str(angebot.pk),
                "begruendung": "Einziger Platz in Wohnortnähe.", "zweiter_platz": True}  # fmt: skip
        return _client(kuerzel, keys[kuerzel]).post(URL, body, content_type="application/json").status_code

    assert Counter(_at_once(reserve)) == {201: 5, 409: CLIENTS - 5}
    connection.close()


def test_idempotency_key__sent_many_times_at_once_works_once(own_database):
    angebot = create_angebot(plaetze=CLIENTS)
    user = Cast().user("anna")
    key = create_api_token(user=user, tenant=Tenant.objects.get(kuerzel="VG"))
    with in_tenant(Tenant.objects.get(kuerzel="VG")):
        suche = create_suche(hilfefall=create_hilfefall(fachkraft_id=user.pk), angebot=angebot)
    body = {
        "suche": str(suche.pk),
        "angebot": str(angebot.pk),
        "begruendung": "Einziger Platz in Wohnortnähe.",
        "zweiter_platz": True,
    }

    def reserve(number: int) -> tuple[int, str]:
        response = _client("VG", key).post(URL, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k-1")
        return response.status_code, response.json().get("uuid")

    answers = set(_at_once(reserve))
    assert len(answers) == 1 and answers.pop()[0] == 201
    connection.close()


def test_push__holds_places_before_their_offer_as_a_hold_of_an_office_does(own_database):
    """An office holds the second place and wants its offer, while the house pushes both places."""
    angebot = create_angebot(anbieter="Jugendhilfe Küste gGmbH", plaetze=2)
    key = create_api_token(user=Cast().user("ines"), tenant=None, umfang=[Umfang.VAKANZEN])
    plaetze = [{"platz": str(p.pk), "sperren": []} for p in angebot.plaetze.order_by("nummer")]
    body = {"angebote": [{"angebot": str(angebot.pk), "plaetze": plaetze}]}

    def push() -> int:
        client = Client(SERVER_NAME="portal.localhost", HTTP_AUTHORIZATION=f"Token {key}")
        try:
            url = f"/api/v1/einrichtungen/{angebot.einrichtung_id}/vakanzen/"
            return client.put(url, body, content_type="application/json").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM providers_platz WHERE angebot_id = %s AND nummer = 2 FOR NO KEY UPDATE", [angebot.pk]
            )
            pushed = pool.submit(push)
            _wait_for_somebody_who_waits()
            cursor.execute("SELECT id FROM providers_angebot WHERE id = %s FOR NO KEY UPDATE", [angebot.pk])
        assert pushed.result(timeout=30) == 200
    connection.close()


def _wait_for_somebody_who_waits() -> None:
    """Until another connection of this database waits for a lock of ours."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("nobody waited")
