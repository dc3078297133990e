"""Eight connections at one moment propose and confirm rates of one office for one offer: each day has one rate."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, connections

from shared_apps.core.errors import Konflikt, RegelVerletzt, SojusError
from shared_apps.providers.models import Entgelt, Entgeltvorschlag
from shared_apps.providers.services import entgelte as services
from shared_apps.regions.models import Gebietskoerperschaft
from tests.factories.register import create_angebot
from tests.people import Cast
from tests.shared_apps.providers.test_einzelentgelte import NUR_EINES
from tests.shared_apps.providers.test_entgelte import KUESTE, NEU, run, run_at_office

pytestmark = pytest.mark.slow
AT_ONCE = 8


def at_once(work) -> list[str]:
    """`work(number)` in as many threads at the same moment: "done", or what refused it. Anything else is a fault."""
    barrier = Barrier(AT_ONCE)

    def attempt(number: int) -> str:
        barrier.wait()
        try:
            work(number)
        except SojusError as error:
            return type(error).__name__
        except DatabaseError as error:
            return f"{type(error).__name__}: {error}"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(attempt, range(AT_ONCE)))


def test_eight_at_once__one_proposal_waits_and_no_two_rates_of_an_office_overlap(own_database):
    cast = Cast()
    amt = Gebietskoerperschaft.objects.get(kuerzel="VG")
    hilfe = create_angebot(anbieter=KUESTE, kreis="HRO", hilfeart="A31", entgelt="60.00", stunden_je_woche="20")
    for who in ("ines", "frieda", "emil"):
        cast.user(who)

    def propose(number: int) -> None:
        ab = NUR_EINES | {"ab": NEU + timedelta(days=number)}
        run(cast, services.submit_entgeltvorschlag, "ines", angebot=hilfe, jugendamt=amt, **ab)

    def confirm(number: int) -> None:
        offen = Entgeltvorschlag.objects.filter(angebot=hilfe).order_by("-created_at").first()
        run_at_office(cast, services.confirm_entgeltvorschlag, ("frieda", "emil")[number % 2], vorschlag=offen)

    for _ in range(3):
        assert Counter(at_once(propose))["done"] <= 1
        assert Entgeltvorschlag.objects.filter(angebot=hilfe, zustand="VORGESCHLAGEN").count() <= 1
        said = Counter(at_once(confirm))
        assert set(said) <= {"done", Konflikt.__name__, RegelVerletzt.__name__} and said["done"] <= 1, said
    rows = Entgelt.je_amt.filter(angebot=hilfe, jugendamt=amt).order_by("gueltig")
    zeiten = [row.gueltig for row in rows]
    assert zeiten and zeiten[-1].upper is None
    assert all(a.upper == b.lower for a, b in pairwise(zeiten)), "neither gap nor overlap"
    assert {row.betrag for row in rows} == {Decimal("92.00")}
    connection.close()
