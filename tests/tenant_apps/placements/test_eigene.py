"""What a reservation reads of the person at once is what pages and other services ask for one by one."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.core.clock import now
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.faelle.selectors.eigene import Eigene, read_eigene
from tenant_apps.placements.faelle.selectors.ueberschneidung import list_gleichzeitige
from tenant_apps.placements.models import Buchung, Reservierung, Suche
from tenant_apps.placements.services.vermerk import freeze_absagen, list_absagen
from tenant_apps.placements.states import RESERVIERUNG_LEBEND
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_buchung, create_reservierung
from tests.factories.register import create_angebot

#: Two halves of a year, and what lies over both.
ZEITEN = [
    DateRange(date(2026, 1, 1), date(2026, 7, 1)),
    DateRange(date(2026, 4, 1), date(2026, 10, 1)),
    DateRange(date(2026, 7, 1), date(2027, 1, 1)),
]
GEFRAGT = [Zeitraum(zeit.lower, zeit.upper) for zeit in ZEITEN] + [
    Zeitraum(date(2025, 1, 1), date(2026, 1, 1)), Zeitraum(date(2026, 6, 30), date(2026, 7, 1)),
    Zeitraum(date(2027, 1, 1), None), Zeitraum(date(2025, 1, 1), None),
]  # fmt: skip
OFFENE: list[dict[str, Any]] = [
    {"zustand": "RESERVIERT"}, {"zustand": "RESERVIERT", "ohne_ende": True},
    {"zustand": "ZUGESTIMMT", "ablauf_at": now() - timedelta(days=1)},
    {"zustand": "ABGELEHNT", "entschieden_at": now(), "ablehnungsgrund": "KAPAZITAET"},
    {"zustand": "ABGELEHNT", "ohne_ende": True}, {"zustand": "ZURUECKGEZOGEN"},
]  # fmt: skip
#: Days are counted from the first.
GEBUCHTE: list[dict[str, Any]] = [
    {"zustand": "GEBUCHT"}, {"zustand": "STORNIERT"}, {"zustand": "LAUFEND", "beginn_tatsaechlich": 14},
    {"zustand": "BEENDET", "ende_tatsaechlich": 80, "beendigungsgrund": "22"},
]  # fmt: skip


@pytest.fixture
def world(cast, vg) -> dict[str, Any]:
    """A person with two cases, another one, and each of them with reservations and bookings of all kinds."""
    anna = cast.akteur("anna").user_id
    angebot = create_angebot(hilfeart="A31", stunden_je_woche="20", plaetze=99)
    with in_tenant(vg):
        einer = create_hilfefall(fachkraft_id=anna)
        faelle = [einer, create_hilfefall(fachkraft_id=anna, klient=einer.klient), create_hilfefall(fachkraft_id=anna)]
        for fall, zeit in [(einer, ZEITEN[0]), *product(faelle, ZEITEN[1:2]), (einer, ZEITEN[2])]:
            wo: dict[str, Any] = {"fachkraft_id": anna, "angebot": angebot, "hilfefall": fall, "zeitraum": zeit}
            for felder in OFFENE:
                create_reservierung(**wo, **felder)
            for felder in GEBUCHTE:
                tage = {name: zeit.lower + timedelta(days=n) for name, n in felder.items() if isinstance(n, int)}
                Buchung.objects.filter(pk=create_buchung(**wo).pk).update(**felder | tage)
        gesperrt = create_hilfefall(fachkraft_id=anna, klient=einer.klient, gesperrt=True)
        create_reservierung(fachkraft_id=anna, angebot=angebot, hilfefall=gesperrt, zeitraum=ZEITEN[0])
    return {"faelle": faelle, "angebot": angebot, "emil": cast.akteur("emil").user_id}


def _read(suche: Suche, fall: Hilfefall) -> Eigene:
    return read_eigene(suche, fall, klient_id=fall.klient_id, pseudonym="nobody")[0]


def test_of_the_same_nights_it_says_what_the_page_says(world, vg):
    """Nothing of a sealed case, to whom it is closed."""
    with in_tenant(vg, user_id=world["emil"]):
        for fall, gefragt in product(world["faelle"], GEFRAGT):
            auf_der_seite = list_gleichzeitige(klient_id=fall.klient_id, zeitraum=gefragt)
            jetzt = _read(fall.suchen.first(), fall).list_gleichzeitige(gefragt)
            assert [row.pk for row in jetzt] == [row.pk for row in auf_der_seite], gefragt
            assert not any(row.hilfefall.gesperrt for row in jetzt)
    assert len(auf_der_seite) == 5, "two that wait, three that are booked"


def test_of_who_has_declined_it_says_what_a_note_says(world, vg):
    """In this case, and for this search in another case of the same person."""
    with in_tenant(vg):
        einer, anderer, fremder = world["faelle"]
        suche = fremder.suchen.first()
        Reservierung.objects.filter(hilfefall__in=(anderer, fremder), zustand="ABGELEHNT").update(suche=suche)
        for fall in world["faelle"]:
            for gefragt in (suche, einer.suchen.first()):
                absagen = list_absagen(suche=gefragt, hilfefall=fall)
                assert freeze_absagen(_read(gefragt, fall).list_abgelehnte()) == absagen
            assert len(list_absagen(suche=suche, hilfefall=fall)) == (8 if fall == einer else 2)


def test_held_already_and_whose_pseudonym_it_is(world, vg):
    with in_tenant(vg):
        for reservierung in Reservierung.objects.filter(hilfefall=world["faelle"][1]).select_related(
            "suche", "hilfefall"
        ):
            suche, fall = reservierung.suche, reservierung.hilfefall
            eigene, ist_vergeben = read_eigene(suche, fall, klient_id=fall.klient_id, pseudonym=reservierung.pseudonym)
            assert ist_vergeben
            assert eigene.is_reserviert(world["angebot"].pk) is (reservierung.zustand in RESERVIERUNG_LEBEND)
            assert not eigene.is_reserviert(fall.pk), "of another offer"
        assert not read_eigene(suche, fall, klient_id=fall.klient_id, pseudonym="nobody")[1]
