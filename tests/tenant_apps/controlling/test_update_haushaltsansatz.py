"""Budgets: entered by controlling, bound by bookings and reservations, left."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Konflikt, Verweigert
from tenant_apps.audit.models import Protokoll
from tenant_apps.controlling.models import Haushaltsansatz
from tenant_apps.controlling.selectors import get_budget, monatsanteil, restbudget_im_monat
from tenant_apps.controlling.services import update_haushaltsansatz
from tenant_apps.notifications.models import FaelligerMonat
from tenant_apps.placements.hooks import get_restbudget
from tenants.context import in_tenant
from tests.factories.placements import create_buchung, create_reservierung
from tests.factories.register import create_angebot, period
from tests.tenant_apps.controlling.world import HEUTE, end_buchung, pay
from tests.trail import reading

D = Decimal
URL = "/controlling/ansatz/2026/S34/"


@pytest.fixture(autouse=True)
def _heute(settings) -> None:
    settings.FIXED_TODAY = HEUTE


@pytest.fixture
def heim(db) -> Hilfeart:
    return Hilfeart.objects.get(code="S34")


def test_update__controlling__writes_audits_and_marks_the_year(vg, cast, heim) -> None:
    akteur = cast.akteur("frieda")
    with in_tenant(vg):
        update_haushaltsansatz(akteur=akteur, jahr=2026, hilfeart=heim, betrag=D("1200.00"))
        update_haushaltsansatz(akteur=akteur, jahr=2026, hilfeart=heim, betrag=D("2400.00"))
        assert Haushaltsansatz.objects.get().betrag == D("2400.00")
        assert FaelligerMonat.objects.count() == 12
    with reading(vg):
        assert list(Protokoll.objects.filter(vorgang="haushaltsansatz.festlegen").values_list("aktion", flat=True)) == [
            "AENDERN", "ANLEGEN",
        ]  # fmt: skip


def test_update__head_of_office__refused(vg, cast, heim) -> None:
    akteur = cast.akteur("emil")
    with in_tenant(vg), pytest.raises(Verweigert):
        update_haushaltsansatz(akteur=akteur, jahr=2026, hilfeart=heim, betrag=D(1))


def test_restbudget__month_share_less_what_is_bound(vg, cast, heim) -> None:
    anna, akteur = cast.user("anna").pk, cast.akteur("frieda")
    angebot = create_angebot(plaetze=5, entgelt="10.00")
    zeitraum = period("2026-11-01", "2026-12-31")  # 61 days, planned 60 x 10 = 600 EUR
    with in_tenant(vg):
        assert restbudget_im_monat(heim.pk, date(2026, 11, 1)) is None
        update_haushaltsansatz(akteur=akteur, jahr=2026, hilfeart=heim, betrag=D("12000.00"))
        create_buchung(fachkraft_id=anna, angebot=angebot, zeitraum=zeitraum)
        create_reservierung(
            fachkraft_id=anna, angebot=angebot, zeitraum=zeitraum, ablauf_at=real_now() + timedelta(days=1)
        )
        create_reservierung(
            fachkraft_id=anna, angebot=angebot, zeitraum=zeitraum, ablauf_at=real_now() - timedelta(days=1)
        )
        im_november = D(1000) - round(D(1200) * 30 / 61, 2)
        assert restbudget_im_monat(heim.pk, date(2026, 11, 1)) == im_november
        assert get_restbudget(hilfeart_id=heim.pk, monat=date(2026, 11, 1)) == im_november


def test_get_budget__counts_the_year(vg, cast, heim) -> None:
    anna, akteur = cast.user("anna").pk, cast.akteur("frieda")
    wer = (cast.user("doris").pk, cast.user("emil").pk)
    angebot = create_angebot(plaetze=5, entgelt="10.00")
    with in_tenant(vg):
        update_haushaltsansatz(akteur=akteur, jahr=2026, hilfeart=heim, betrag=D("500.00"))
        frueh = create_buchung(fachkraft_id=anna, angebot=angebot, zeitraum=period("2026-01-01", "2026-01-31"))
        end_buchung(frueh, letzter_tag="2026-01-10", grund="10")  # 300 EUR planned, 10 of 31 days
        uebergang = period("2026-12-17", "2027-01-16")  # 15 of 31 days in 2026
        create_buchung(fachkraft_id=anna, angebot=angebot, zeitraum=uebergang)
        pay(frueh, betrag="90.00", am="2026-02-05", wer=wer)
        zeile = get_budget(2026).zeilen[0]
    assert zeile.gebunden == round(D(300) * 10 / 31 + D(300) * 15 / 31, 2)
    assert zeile.ausgezahlt == D("90.00")
    assert zeile.rest == D("500.00") - zeile.gebunden


def test_monatsanteil__adds_up_to_the_cent() -> None:
    assert sum(monatsanteil(D("9876543.21"), date(2026, m, 1)) for m in range(1, 13)) == D("9876543.21")


def test_edit__german_amount__is_saved(sign_in, vg) -> None:
    client = sign_in("frieda")
    antwort = client.post(URL, {"betrag": "1.250.000,50", "produktkonto": "36331"})
    assert antwort.status_code == 302
    with in_tenant(vg):
        assert Haushaltsansatz.objects.get().betrag == D("1250000.50")
    seite = client.get("/controlling/?jahr=2026").content.decode()
    assert "1.250.000,50" in seite
    assert "2.026" not in seite


@pytest.mark.parametrize(
    ("text", "meldung"),
    [("1250000.50", "in der Form 1.234,56"), ("-3,00", "nicht negativ"), ("", "Bitte füllen Sie dieses Feld aus.")],
)
def test_edit__bad_amount__says_so_and_keeps_what_was_typed(sign_in, vg, text: str, meldung: str) -> None:
    antwort = sign_in("frieda").post(URL, {"betrag": text})
    assert antwort.status_code == 422
    html = antwort.content.decode()
    assert meldung in html
    assert f'value="{text}"' in html or not text


def test_edit__somebody_was_faster__keeps_what_was_typed(sign_in, vg, monkeypatch) -> None:
    def refuse(**_: object) -> None:
        raise Konflikt("Jemand hat den Ansatz soeben geändert.")

    monkeypatch.setattr("tenant_apps.controlling.views.update_haushaltsansatz", refuse)
    antwort = sign_in("frieda").post(URL, {"betrag": "1.250,00"})
    assert antwort.status_code == 409 and "soeben geändert" in antwort.text and 'value="1.250,00"' in antwort.text


@pytest.mark.parametrize("wer", ["emil", "clara", "doris", "paula"])
def test_home__may_look_but_not_change(sign_in, vg, wer: str) -> None:
    client = sign_in(wer)
    assert client.get("/controlling/").status_code == 200
    assert client.get(URL).status_code == 403


@pytest.mark.parametrize(("wer", "at"), [("anna", "VG"), ("anton", "VG"), ("ines", "VG")])
def test_home__others__403(sign_in, vg, wer: str, at: str) -> None:
    assert sign_in(wer, at=at).get("/controlling/").status_code == 403
