"""Both sides write and read at the same moment: nobody waits in a circle, nothing is overlooked, one form is one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from shared_apps.inbox.models import Hinweis
from tenant_apps.gespraeche.models import Gespraechsnachricht, Gespraechsstand
from tenants.models import Tenant
from tests.people import Cast
from tests.tenant_apps.placements.story import Story, tell

ROUNDS = 4


@pytest.fixture
def story(own_database) -> Story:
    """Committed, so that threads see it."""
    return tell(Cast(), Tenant.objects.get(kuerzel="VG"))


def _at_once(*work: Callable[[], int]) -> list[int]:
    """What each answers, begun in the same moment."""
    barrier = Barrier(len(work))

    def run(one: Callable[[], int]) -> int:
        barrier.wait()
        try:
            return one()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_at_once__one_form_is_one_message_and_whatever_is_written_is_counted(story):
    reservierung = story.reserve()
    seite, ziel = f"/reservierungen/{reservierung.pk}/", f"/rueckfragen/zu/{reservierung.platzbindung_id}/schreiben/"
    anna, nochmal, ines, leserin = (
        story.cast.sign_in(name, at="VG") for name in ("anna", "anna", "ines", "ines")
    )  # fmt: skip
    for client in (anna, nochmal, ines, leserin):
        client.raise_request_exception = False
    for runde in range(ROUNDS):
        form = {"text": f"Frage {runde}", "einmal": f"form-{runde}"}
        antworten = _at_once(
            lambda form=form: anna.post(ziel, form).status_code,
            lambda form=form: nochmal.post(ziel, form).status_code,
            lambda runde=runde: ines.post(ziel, {"text": f"Antwort {runde}"}).status_code,
            lambda: leserin.get(seite).status_code,
        )
        assert antworten == [302, 302, 302, 200], runde
    with story.at_vg():
        rows = list(Gespraechsnachricht.objects.order_by("created_at"))
        stand = Gespraechsstand.objects.get()
        offen = Hinweis.objects.filter(art="RUECKFRAGE", erledigt_at=None).exists()
    assert len(rows) == 2 * ROUNDS
    ungelesen = [row for row in rows if row.gelesen_at is None]
    assert stand.ungelesen_seit == min((r.created_at for r in ungelesen if r.absender == "ANBIETER"), default=None)
    assert offen == any(row.absender == "JUGENDAMT" for row in ungelesen), "what is unread has a pointer, no more"
