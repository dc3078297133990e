"""Everybody decides at one moment: the office takes both houses and withdraws, both houses take their yes back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from shared_apps.core.errors import SojusError
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.services.answer import confirm_hausanfrage, reject_hausanfrage
from tenant_apps.anfragen.services.decide import reserve_hausanfrage, withdraw_anfrage
from tenant_apps.anfragen.states import HAUSANFRAGE_OFFEN
from tenant_apps.placements.models import Reservierung
from tenants.models import Tenant
from tests.people import Cast
from tests.tenant_apps.anfragen.story import HEUTE, tell

GRUND = "Das Haus liegt nahe der Schule und des Bruders."


@pytest.fixture
def story(own_database, django_db_blocker, settings):
    settings.FIXED_TODAY = HEUTE
    with django_db_blocker.unblock():
        yield tell(Cast(), Tenant.objects.get(kuerzel="VG"))


def _together(works: list[tuple[Callable[[], AbstractContextManager[Any]], Callable[[Any], Any]]]) -> list[str]:
    """Each in a thread and a fence of its own; an error of the database, such as a deadlock, ends the test."""
    start = Barrier(len(works))

    def run(work: tuple[Callable[[], AbstractContextManager[Any]], Callable[[Any], Any]]) -> str:
        within, act = work
        try:
            start.wait()
            with within() as akteur:
                act(akteur)
            return "ok"
        except SojusError as fehler:
            return fehler.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_decide__one_is_first_the_others_are_told(story) -> None:
    for _ in range(3):
        anfrage = story.ask()
        haeuser = [story.haus(angebot) for angebot in (story.kueste, story.see)]
        for name, haus in zip(("ines", "jan"), haeuser, strict=True):
            with story.as_house(name) as wer:
                confirm_hausanfrage(hausanfrage=haus, akteur=wer, tage=3)
        works = [
            *[
                (story.at_vg, lambda a, h=haus: reserve_hausanfrage(akteur=a, hausanfrage=h, begruendung=GRUND))
                for haus in haeuser
            ],
            *[
                (
                    lambda n=name: story.as_house(n),
                    lambda a, h=haus: reject_hausanfrage(hausanfrage=h, akteur=a, grund="PERSONAL"),
                )
                for name, haus in zip(("ines", "jan"), haeuser, strict=True)
            ],
            (story.at_vg, lambda a, an=anfrage: withdraw_anfrage(akteur=a, anfrage=an, grund=GRUND)),
        ]
        result = _together(works)
        assert set(result) <= {"ok", "zustand"} and "ok" in result
        with story.at_vg():
            stand = dict(Hausanfrage.objects.filter(anfrage=anfrage).values_list("pk", "zustand"))
            genommen = [pk for pk, zustand in stand.items() if zustand == "ANGENOMMEN"]
            assert not set(stand.values()) & HAUSANFRAGE_OFFEN, "nobody waits once the office has decided"
            assert len(genommen) == int(Anfrage.objects.get(pk=anfrage.pk).zustand == "ANGENOMMEN") <= 1
            gehalten = Platzbindung.objects.filter(zustand="RESERVIERT").values_list("pk", flat=True)
            assert set(gehalten) == set(genommen), "what is held is what was taken"
            for reservierung in Reservierung.objects.filter(platzbindung_id__in=genommen):
                Platzbindung.objects.filter(pk=reservierung.platzbindung_id).update(zustand="FREIGEGEBEN")
                Reservierung.objects.filter(pk=reservierung.pk).update(zustand="ABGELAUFEN")
