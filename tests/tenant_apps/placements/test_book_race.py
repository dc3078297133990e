"""Two people press at the same moment: one is first, the other is told so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from shared_apps.core.errors import SojusError
from tenant_apps.placements.enums import Ablehnungsgrund
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.decide import confirm_reservierung, reject_reservierung
from tenant_apps.placements.services.end import cancel_buchung
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall
from tests.people import Cast
from tests.tenant_apps.placements.story import tell


@pytest.fixture
def story(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        yield tell(Cast(), Tenant.objects.get(kuerzel="VG"))


def press_together(story, *works) -> list[str]:
    """Run all works in threads of their own, each in VG's fence; what came of each."""
    start = Barrier(len(works))

    def run(work) -> str:
        try:
            start.wait()
            with in_tenant(story.vg):
                work()
            return "ok"
        except SojusError as fehler:
            return fehler.feld or fehler.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(run, works))


def test_book__eight_clicks_make_one_booking(story) -> None:
    anna = story.akteur("anna")
    for _ in range(3):
        reservierung = story.reserve(zustand="ZUGESTIMMT")
        result = press_together(story, *[lambda r=reservierung: book_reservierung(reservierung=r, akteur=anna)] * 8)
        assert result == ["ok", *["zustand"] * 7]
        with story.at_vg():
            assert Buchung.objects.filter(reservierung=reservierung).count() == 1


def test_book__one_child_has_one_bed_whoever_presses_first(story) -> None:
    """Two houses for the same nights, booked at one moment, while an earlier stay of hers is cancelled."""
    anna = story.akteur("anna")
    with story.at_vg():
        fall = create_hilfefall(fachkraft_id=anna.user_id)
    laeuft = story.book("2099-01-01", "2099-01-09", hilfefall=fall)
    rows = [story.reserve("2099-01-10", "2099-01-20", hilfefall=fall, zustand="ZUGESTIMMT") for _ in range(2)]
    result = press_together(
        story,
        *[lambda r=row: book_reservierung(reservierung=r, akteur=anna) for row in rows],
        lambda: cancel_buchung(buchung=laeuft, akteur=anna, text="Die Familie zieht um"),
    )
    assert result == ["ok", "ok", "ueberlagerung"]


def test_decide__consent_and_decline_exclude_each_other(story) -> None:
    ines = story.akteur("ines")
    reservierung = story.reserve()
    result = press_together(
        story,
        lambda: confirm_reservierung(reservierung=reservierung, akteur=ines),
        lambda: reject_reservierung(reservierung=reservierung, akteur=ines, grund=Ablehnungsgrund.PERSONAL),
    )
    assert result == ["ok", "zustand"]
    held = story.bindung(reservierung).zustand == "RESERVIERT"
    assert held == (story.reload(reservierung).zustand == "ZUGESTIMMT")
