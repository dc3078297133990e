"""October 2026 of VG, counted by hand (tests/tenant_apps/controlling/world.py)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.catalogue.models import Hilfeart
from shared_apps.comparison.models import Kennzahlwert
from tenant_apps.controlling.models import Haushaltsansatz
from tenant_apps.controlling.publish import list_faellige, publish_faellige, publish_monate
from tenant_apps.notifications.models import FaelligerMonat
from tenant_apps.notifications.services import mark_monate
from tenants.context import in_tenant
from tests.factories.register import create_angebot, occupy_platz, period
from tests.tenant_apps.controlling.world import HEUTE, OKTOBER, create_oktober

D = Decimal
MONAT = D("30.4375")


@pytest.fixture(autouse=True)
def _heute(settings) -> None:
    settings.FIXED_TODAY = HEUTE


def read(vg, code: str, monat: date = OKTOBER, spez: str = "") -> dict[str, Decimal | None]:
    with in_tenant(vg):
        rows = Kennzahlwert.objects.filter(kennzahl__code=code, monat=monat, spezialisierung_code=spez)
        return {row.hilfeart_code: row.wert for row in rows}


@pytest.fixture
def oktober(vg, hro, cast):
    create_oktober(vg=vg, hro=hro, cast=cast)
    with in_tenant(vg):
        Haushaltsansatz.objects.create(jahr=2026, hilfeart=Hilfeart.objects.get(code="S34"), betrag=D("100.00"))
        publish_monate(monate=[OKTOBER])
    return vg


def test_publish_monate__fallzahlen__a_move_is_one_hilfe_and_a_cancelled_booking_none(oktober) -> None:
    werte = read(oktober, "fallzahlen")
    assert (werte[""], werte["S34"], werte["A30"]) == (3, 2, 1)


def test_publish_monate__bestand__runs_on_the_last_day(oktober) -> None:
    werte = read(oktober, "bestand")
    assert (werte[""], werte["S34"], werte["A30"]) == (3, 2, 1)


def test_publish_monate__spezialisierung__counts_through_the_offer(oktober) -> None:
    assert read(oktober, "fallzahlen", spez="trauma") == {"": 1, "S34": 1}


def test_publish_monate__auszahlungen__day_of_payment_decides(oktober) -> None:
    werte = read(oktober, "auszahlungen")
    assert (werte[""], werte["S34"], werte["A30"]) == (D("100.10"), D("100.10"), 0)


def test_publish_monate__auswaertige_and_fremde(oktober) -> None:
    assert read(oktober, "auswaertige_buchungen")[""] == 1
    fremd = read(oktober, "fremdbelegungen")
    assert (fremd[""], fremd["S34"], fremd["A30"]) == (2, 2, 0)


def test_publish_monate__ergebnislose_suchen__month_of_german_time(oktober) -> None:
    assert read(oktober, "ergebnislose_suchen")[""] == 1
    with in_tenant(oktober):
        assert (
            Kennzahlwert.objects.get(
                kennzahl__code="ergebnislose_suchen", monat=OKTOBER, hilfeart_code="", spezialisierung_code=""
            ).nenner
            == 2
        )


def test_publish_monate__abbrueche_and_verweildauer(oktober) -> None:
    abbrueche = read(oktober, "abbrueche")
    assert (abbrueche[""], abbrueche["S34"], abbrueche["A30"]) == (1, 0, 1)
    dauer = read(oktober, "verweildauer")
    assert dauer[""] == round((57 + 61) / MONAT / 2, 6)
    assert dauer["S34"] == round(57 / MONAT, 6)


def test_publish_monate__length_of_stay_without_end_is_no_value_but_a_count_is_zero(oktober) -> None:
    with in_tenant(oktober):
        publish_monate(monate=[date(2026, 7, 1)])
    assert read(oktober, "verweildauer", date(2026, 7, 1))[""] is None
    assert read(oktober, "fallzahlen", date(2026, 7, 1))[""] == 0


def test_publish_monate__budget__twelve_months_add_up_to_the_cent(oktober) -> None:
    monate = [date(2026, m, 1) for m in range(1, 13)]
    with in_tenant(oktober):
        publish_monate(monate=monate)
    werte = [read(oktober, "haushaltsansaetze", m)[""] for m in monate]
    assert sum(werte) == D("100.00")
    assert set(werte) == {D("8.33"), D("8.34")}


def test_publish_monate__budget_nobody_entered__is_not_zero(oktober) -> None:
    with in_tenant(oktober):
        publish_monate(monate=[date(2025, 5, 1)])
    assert read(oktober, "haushaltsansaetze", date(2025, 5, 1)) == {}


def test_publish_monate__future__only_this_years_budget(oktober) -> None:
    with in_tenant(oktober):
        publish_monate(monate=[date(2026, 12, 1), date(2027, 1, 1)])
        assert not Kennzahlwert.objects.filter(monat=date(2027, 1, 1)).exists()
        codes = Kennzahlwert.objects.filter(monat=date(2026, 12, 1)).values_list("kennzahl__code", flat=True)
        assert set(codes) == {"haushaltsansaetze"}


def test_publish_monate__again__replaces_and_stays_constant_in_queries(oktober) -> None:
    with in_tenant(oktober):
        vorher = Kennzahlwert.objects.count()
        with CaptureQueriesContext(connection) as einmal:
            publish_monate(monate=[OKTOBER])
        assert Kennzahlwert.objects.count() == vorher
        with CaptureQueriesContext(connection) as oft:
            publish_monate(monate=[date(2025, m, 1) for m in range(1, 13)])
    assert len(oft) == len(einmal)


def test_publish_monate__own_kennzahlwert__counts_as_faelle(oktober) -> None:
    with in_tenant(oktober):
        row = Kennzahlwert.objects.get(
            kennzahl__code="auszahlungen", monat=OKTOBER, hilfeart_code="S34", spezialisierung_code=""
        )
    assert row.faelle == 1
    assert row.kuerzel == "VG"


def test_publish_faellige__takes_the_marks_off_and_keeps_today_fresh(oktober) -> None:
    with in_tenant(oktober):
        FaelligerMonat.objects.all().delete()
        mark_monate(monate=[date(2026, 9, 1)])
        monate = list_faellige()
        assert monate == [date(2026, 11, 1), date(2026, 9, 1)], "September, and the running month once a day"
        publish_faellige(monate=monate)
        assert not FaelligerMonat.objects.exists()
        assert list_faellige() == []
    assert read(oktober, "fallzahlen", date(2026, 9, 1))[""] == 2
    assert read(oktober, "fallzahlen", date(2026, 11, 1))[""] == 3


def test_publish_faellige__another_office_took_a_place_here__month_is_stale(oktober, hro) -> None:
    angebot = create_angebot(kreis="VG", hilfeart="A30")
    with in_tenant(oktober):
        FaelligerMonat.objects.all().delete()
        publish_faellige(monate=list_faellige())
        assert list_faellige() == []
    occupy_platz(platz=angebot.plaetze.get(), tenant=hro, zeitraum=period("2026-10-05", "2026-10-06"))
    with in_tenant(oktober):
        assert list_faellige() == [date(2026, 10, 1)]
        publish_faellige(monate=list_faellige())
        assert list_faellige() == []
    assert read(oktober, "fremdbelegungen")["A30"] == 1
