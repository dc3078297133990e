"""A provider's page is read in several statements; between any two of them the help may end and the person leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tenant_apps.cases.models import Klient
from tenant_apps.placements.models import Buchung
from tenants.models import Tenant
from tests.people import Cast
from tests.tenant_apps.placements.story import Story, tell

ENDED = {"zustand": "BEENDET", "beendigungsgrund": "10", "ende_tatsaechlich": date(2017, 11, 30)}
RUNS = {"zustand": "LAUFEND", "beendigungsgrund": "", "ende_tatsaechlich": None}
RESTRICTED = {"eingeschraenkt_seit": date(2026, 11, 1), "eingeschraenkt_grund": "WIDERSPRUCH"}
OPEN = {"eingeschraenkt_seit": None, "eingeschraenkt_grund": ""}


@pytest.fixture
def story(own_database, django_db_blocker) -> Iterator[Story]:
    with django_db_blocker.unblock():
        cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
        for name in ("anna", "ines"):
            cast.akteur(name, at="VG")
        yield tell(cast, vg)


def _set(story: Story, buchung: Buchung, help_is: dict[str, Any], person_is: dict[str, Any]) -> None:
    """What the office writes, on a connection of its own."""

    def write() -> None:
        try:
            with story.at_vg():
                Buchung.objects.filter(pk=buchung.pk).update(**help_is)
                Klient.objects.filter(pk=buchung.klient_id).update(**person_is)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(write).result(20)


def _open(client: Client, path: str, before: int, work: Callable[[], None]) -> tuple[int, int]:
    """The page's status when this happens before one of its statements, and how many there were."""
    sent = 0

    def count(execute, *args):
        nonlocal sent
        if sent == before:
            work()
        sent += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        return client.get(path).status_code, sent


@pytest.mark.parametrize("page", ["buchung", "monat"])
def test_person_leaves_between_two_statements__not_found_and_never_a_fault(story, page) -> None:
    buchung = story.book()
    path = f"/buchungen/{buchung.pk}/" if page == "buchung" else f"/abrechnung/buchungen/{buchung.pk}/2017/6/"
    ines = story.cast.sign_in("ines", at="VG")
    ines.raise_request_exception = False
    assert ines.get(path).status_code == 200
    statuses: list[int] = []
    while True:
        status, sent = _open(ines, path, len(statuses), lambda: _set(story, buchung, ENDED, RESTRICTED))
        if sent <= len(statuses):
            break
        statuses.append(status)
        _set(story, buchung, RUNS, OPEN)
    assert set(statuses) == {200, 404}, statuses
    assert statuses == sorted(statuses, reverse=True), "at first she is gone, later the page had been read"
