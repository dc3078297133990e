"""Which blocks and stops somebody of a provider keeps: hers, and those that hold."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import now
from shared_apps.occupancy import policies
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from tenants.context import on_portal
from tests.factories.register import create_angebot


@pytest.mark.django_db
def test_a_house_keeps_its_own_that_hold__whatever_the_database_lets_the_request_read(vg, cast):
    """Who works for two providers reads the rows of both; asked for one of them, she keeps that one's alone."""
    ines, hier, dort = cast.user("ines"), create_angebot(name="hier"), create_angebot(anbieter="See", name="dort")
    anbieter = [angebot.einrichtung.anbieter_id for angebot in (hier, dort)]
    stamp = {"geaendert_von": ines, "geaendert_at": now()}
    with on_portal(user_id=ines.pk, anbieter_ids=anbieter):
        for angebot in (hier, dort):
            for jahr, aufgehoben in ((2035, None), (2036, now())):
                wann = {"zeitraum": DateRange(date(jahr, 1, 1), date(jahr, 2, 1)), "aufgehoben_at": aufgehoben}
                Platzsperre.objects.create(platz=angebot.plaetze.get(), grund="RENOVIERUNG", **wann, **stamp)
                Aufnahmestopp.objects.create(angebot=angebot, grund="PERSONAL", **wann, **stamp)
        for kept, bestand in (([anbieter[0]], {("hier", 2035)}), ([], set())):
            akteur = Akteur(
                user_id=uuid4(), username="x", name="X", rollen=frozenset({Rolle.ANBIETER}),
                anbieter_ids=frozenset(kept),
            )  # fmt: skip
            sperren, stopps = policies.own_sperren(akteur), policies.own_stopps(akteur)
            assert {(s.platz.angebot.name, s.zeitraum.lower.year) for s in sperren} == bestand
            assert {(s.angebot.name, s.zeitraum.lower.year) for s in stopps} == bestand
            assert {p.angebot.name for p in policies.own_plaetze(akteur)} == {name for name, _ in bestand}
