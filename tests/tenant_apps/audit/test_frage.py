"""The pages that ask before a step: one that the state does not allow offers nothing and says why at once."""

from __future__ import annotations

import ast
from datetime import date

import pytest
from django.urls import reverse

from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.policies import SCHRITTE_RECHNUNG
from tenant_apps.billing.states import RechnungAktion, RechnungZustand
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.policies import SCHRITTE_FALL
from tenant_apps.cases.states import HilfefallAktion, HilfefallZustand
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.policies import SCHRITTE_BUCHUNG, SCHRITTE_RESERVIERUNG
from tenant_apps.placements.states import BuchungAktion, BuchungZustand, ReservierungAktion, ReservierungZustand
from tests.architecture.tree import nodes_of, parsed, python_files
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell

FORMULAR = 'class="sojus-form"'
_R, _B, _V, _F = RechnungAktion, BuchungAktion, ReservierungAktion, HilfefallAktion


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def check_pages(row, schritte, zustand, seiten, **args) -> None:
    """Each of these pages has its form exactly where the table allows the step; otherwise its reason."""
    for aktion, (route, person) in seiten.items():
        page = person.get(reverse(route, args=[row.pk]), **args)
        assert page.status_code == 200, (route, zustand)
        moeglich = aktion in schritte.maschine.erlaubt(zustand)
        assert (FORMULAR in page.text) is moeglich, (route, zustand)
        assert ("Dort steht, was jetzt möglich ist." in page.text) is not moeglich, (route, zustand)


def test_invoice__every_step_in_every_state(story, sign_in) -> None:
    rechnung = bill(story, story.book())
    doris, emil = sign_in("doris"), sign_in("emil")
    signed = {"festgestellt_von": story.akteur("doris").user_id, "angeordnet_von": story.akteur("emil").user_id}
    seiten = {
        _R.FESTSTELLEN: ("billing:check", doris),
        _R.ANORDNEN: ("billing:approve", emil),
        _R.BEZAHLEN: ("billing:settle", doris),
        _R.BEANSTANDEN: ("billing:reject", emil),
    }
    for zustand in RechnungZustand:
        with story.at_vg():
            Rechnung.objects.filter(pk=rechnung.pk).update(zustand=zustand.value, **signed)
        check_pages(rechnung, SCHRITTE_RECHNUNG, zustand, seiten)


def test_invoice__what_comes_first_is_said(story, sign_in) -> None:
    rechnung = bill(story, story.book())
    text = sign_in("emil").get(reverse("billing:approve", args=[rechnung.pk])).text
    assert "„Zahlung anordnen“ ist im Zustand „Eingereicht“ nicht möglich" in text
    assert "Zuerst kommt der Schritt „Richtigkeit feststellen“." in text


def test_reservation__every_step_in_every_state(story, sign_in) -> None:
    reservierung = story.reserve()
    anna, ines = sign_in("anna"), sign_in("ines", at="VG")
    seiten = {
        _V.ZUSTIMMEN: ("placements:confirm", ines),
        _V.ABLEHNEN: ("placements:reject", ines),
        _V.BUCHEN: ("placements:book", anna),
        _V.VERLAENGERN: ("placements:extend", anna),
        _V.ZURUECKZIEHEN: ("placements:withdraw", anna),
    }
    for zustand in ReservierungZustand:
        with story.at_vg():
            Reservierung.objects.filter(pk=reservierung.pk).update(zustand=zustand.value)
        check_pages(reservierung, SCHRITTE_RESERVIERUNG, zustand, seiten)


def test_booking__every_step_in_every_state(story, sign_in) -> None:
    laufend, anna = story.book(), sign_in("anna")
    seiten = {
        _B.VERLAENGERN: ("placements:extend_booking", anna),
        _B.BEENDEN: ("placements:end", anna),
        _B.STORNIEREN: ("placements:cancel", anna),
    }
    for zustand in set(BuchungZustand) - {BuchungZustand.GEBUCHT}:
        with story.at_vg():
            Buchung.objects.filter(pk=laufend.pk).update(
                zustand=zustand.value, ende_tatsaechlich=date(2017, 11, 30), beendigungsgrund="10"
            )
        check_pages(laufend, SCHRITTE_BUCHUNG, zustand, seiten | {_B.BEGINNEN: ("placements:begin", anna)})
    kommt = story.book("2099-01-01", "2099-06-30")
    check_pages(kommt, SCHRITTE_BUCHUNG, BuchungZustand.GEBUCHT, seiten)
    page = anna.get(reverse("placements:begin", args=[kommt.pk]))
    assert "Die Hilfe beginnt erst am 01.01.2099." in page.text and FORMULAR not in page.text


def test_case__every_step_in_every_state(story, sign_in) -> None:
    anna, reservierung = sign_in("anna"), story.reserve()
    with story.at_vg():
        fall = Hilfefall.objects.get(pk=reservierung.hilfefall_id)
        Reservierung.objects.update(zustand="ZURUECKGEZOGEN")
    seiten = {_F.ABSCHLIESSEN: ("cases:close", anna), _F.WIEDER_OEFFNEN: ("cases:reopen", anna)}
    for zustand in HilfefallZustand:
        with story.at_vg():
            ende = date(2026, 10, 1) if zustand == HilfefallZustand.ABGESCHLOSSEN else None
            Hilfefall.objects.filter(pk=fall.pk).update(zustand=zustand.value, abgeschlossen_am=ende)
        check_pages(fall, SCHRITTE_FALL, zustand, seiten)
    for route in ("cases:unseal", "cases:link"):  # not sealed, no other case
        assert FORMULAR not in anna.get(reverse(route, args=[fall.pk])).text, route


def _named_in_the_question(function: ast.FunctionDef) -> set[str]:
    """Members that are handed to `_ask` or `ask_about`, also inside of a `Vorhaben`."""
    asks = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    asks = [node for node in asks if isinstance(node.func, ast.Name) and node.func.id in {"_ask", "ask_about"}]
    given = [part for ask in asks for part in (*ask.args, *(keyword.value for keyword in ask.keywords))]
    return {node.attr for part in given for node in ast.walk(part) if isinstance(node, ast.Attribute)}


def test_every_page_of_a_step_hands_its_step_on() -> None:
    """A view that asks about a step of a table names it in the question, too: `ask_about` looks into the table."""
    found, missing = 0, set()
    for path in python_files():
        if "/views" not in path.as_posix():
            continue
        for node in nodes_of(parsed(path)):
            if not isinstance(node, ast.FunctionDef):
                continue
            kopf = " ".join(ast.unparse(decorator) for decorator in node.decorator_list)
            if "SCHRITTE_" not in kopf or "require_POST" in kopf:
                continue
            found += 1
            aktion = kopf.partition(".may(")[2].partition(")")[0].rpartition(".")[2]
            if aktion not in _named_in_the_question(node):
                missing.add(f"{path}: {node.name}")
    assert missing == set()
    assert found >= 12, found
