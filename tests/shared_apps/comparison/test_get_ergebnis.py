"""The table through the selector: three onboarded offices of eight, read as the comparison role."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.comparison.modus import Modus
from shared_apps.comparison.rules import MINDESTABDECKUNG_PROZENT
from shared_apps.comparison.selectors import Auswahl, Ergebnis, KennzahlError, get_ergebnis
from shared_apps.comparison.tabelle import Spalte
from shared_apps.core.errors import RegelVerletzt
from tests.shared_apps.comparison.published import HEUTE, OKTOBER, publish_werte

D = Decimal
REGISTER = ["VG", "LHSN", "LUP", "NWM", "HRO", "LRO", "VR", "MSE"]
E_VG, E_HRO, E_LHSN = 224956, 205307, 98308

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _heute(settings) -> None:
    settings.FIXED_TODAY = HEUTE


@pytest.fixture
def niedrige_grenze(monkeypatch) -> None:
    """Three of eight offices are a third of the inhabitants: show averages all the same."""
    monkeypatch.setattr("shared_apps.comparison.rules.MINDESTABDECKUNG_PROZENT", D(0))
    from shared_apps.comparison import rules

    defaults = rules.ew_gewichteter_durchschnitt.__kwdefaults__
    monkeypatch.setitem(defaults, "mindestabdeckung", D(0))


def cell(ergebnis: Ergebnis, zeile: str, spalte: Spalte = Spalte.AKTUELL) -> Decimal | None:
    alle = {z.key: z for z in ergebnis.tabelle.zeilen} | dict(ergebnis.tabelle.aggregate)
    return alle[zeile].zellen[spalte].wert


def test_get_ergebnis__rows__in_the_order_of_the_register_and_missing_is_not_zero(vg, hro, lhsn) -> None:
    publish_werte({"VG": 40, "HRO": 0})
    ergebnis = get_ergebnis(Auswahl("fallzahlen", OKTOBER))
    assert [z.key for z in ergebnis.tabelle.zeilen] == REGISTER
    assert (cell(ergebnis, "VG"), cell(ergebnis, "HRO"), cell(ergebnis, "LHSN")) == (40, 0, None)
    assert cell(ergebnis, "summe") == 40
    assert str(ergebnis.tabelle.abdeckung).startswith("2 von 8 Trägern, 27,3")
    assert cell(ergebnis, "ew_gewichteter_durchschnitt") is None  # under half of the inhabitants
    assert MINDESTABDECKUNG_PROZENT == 50


def test_get_ergebnis__average__weighted_with_the_inhabitants(vg, hro, lhsn, niedrige_grenze) -> None:
    publish_werte({"VG": 40, "HRO": 10, "LHSN": 20})
    ergebnis = get_ergebnis(Auswahl("fallzahlen", OKTOBER))
    erwartet = D(40 * E_VG + 10 * E_HRO + 20 * E_LHSN) / (E_VG + E_HRO + E_LHSN)
    assert round(cell(ergebnis, "ew_gewichteter_durchschnitt"), 10) == round(erwartet, 10)
    assert (cell(ergebnis, "minimum"), cell(ergebnis, "maximum"), cell(ergebnis, "median")) == (10, 40, 20)


@pytest.mark.parametrize("modus", [Modus.EINWOHNER, Modus.U21, Modus.U18])
def test_get_ergebnis__rates__average_equals_the_pooled_rate(vg, hro, lhsn, niedrige_grenze, modus: Modus) -> None:
    publish_werte({"VG": 40, "HRO": 10, "LHSN": 20})
    ergebnis = get_ergebnis(Auswahl("fallzahlen", OKTOBER, modus=modus))
    assert round(cell(ergebnis, "ew_gewichteter_durchschnitt"), 12) == round(cell(ergebnis, "summe"), 12)
    if modus is Modus.EINWOHNER:
        assert cell(ergebnis, "VG") == D(40) * 1000 / E_VG


def test_get_ergebnis__equal_values__average_equals_that_value(vg, hro, lhsn, niedrige_grenze) -> None:
    publish_werte({"VG": 17, "HRO": 17, "LHSN": 17})
    assert cell(get_ergebnis(Auswahl("fallzahlen", OKTOBER)), "ew_gewichteter_durchschnitt") == 17


def test_get_ergebnis__columns__means_of_reported_months_and_change(vg, hro) -> None:
    for monat, wert in ((date(2025, 3, 1), 10), (date(2025, 4, 1), 20), (date(2026, 9, 1), 30), (OKTOBER, 36)):
        publish_werte({"VG": wert}, monat=monat)
    publish_werte({"VG": 999}, monat=date(2026, 11, 1))  # still running: in no average
    publish_werte({"HRO": 5}, monat=OKTOBER)
    ergebnis = get_ergebnis(Auswahl("fallzahlen", OKTOBER))
    zeile = [cell(ergebnis, "VG", spalte) for spalte in Spalte]
    assert zeile == [36, 30, 33, 15, 120]
    assert cell(ergebnis, "summe", Spalte.VERAENDERUNG) == 120  # matched offices only
    laufend = get_ergebnis(Auswahl("fallzahlen", date(2026, 11, 1)))
    assert [cell(laufend, "VG", s) for s in (Spalte.AKTUELL, Spalte.JAHR)] == [999, 33]
    assert laufend.ist_vorlaeufig


def test_get_ergebnis__verweildauer__no_sum_but_a_pooled_row(vg, hro) -> None:
    publish_werte({"VG": "10"}, code="verweildauer", zaehler="30", nenner=3, faelle=3)
    publish_werte({"HRO": "20"}, code="verweildauer", zaehler="20", nenner=1, faelle=1)
    ergebnis = get_ergebnis(Auswahl("verweildauer", OKTOBER))
    assert cell(ergebnis, "summe") is None
    assert cell(ergebnis, "gesamt_gepoolt") == D("12.5")


def test_get_ergebnis__je_fall__payments_through_bestand(vg, hro) -> None:
    publish_werte({"VG": "900.00"}, code="auszahlungen")
    publish_werte({"VG": 3}, code="bestand")
    ergebnis = get_ergebnis(Auswahl("auszahlungen", OKTOBER, modus=Modus.FALL))
    assert (cell(ergebnis, "VG"), cell(ergebnis, "summe")) == (300, None)


def test_get_ergebnis__office_published_but_has_no_such_cases__zero(vg, hro) -> None:
    publish_werte({"VG": 40, "HRO": 9})
    publish_werte({"VG": 12}, hilfeart="S34")
    ergebnis = get_ergebnis(Auswahl("fallzahlen", OKTOBER, hilfeart="S34"))
    assert (cell(ergebnis, "VG"), cell(ergebnis, "HRO"), cell(ergebnis, "LHSN")) == (12, 0, None)


def test_get_ergebnis__small_cells__hidden_from_others_shown_to_the_office(vg, hro, lhsn) -> None:
    publish_werte({"VG": 50, "HRO": 30, "LHSN": 20})
    publish_werte({"VG": 2, "HRO": 12, "LHSN": 9}, hilfeart="S34")
    publish_werte({"VG": 48, "HRO": 18, "LHSN": 11}, hilfeart="S33")
    fremd = get_ergebnis(Auswahl("fallzahlen", OKTOBER, hilfeart="S34")).tabelle
    geheim = {z.key for z in fremd.zeilen if z.zellen[Spalte.AKTUELL].geheim}
    assert geheim == {"VG"}
    assert fremd.aggregate["summe"].zellen[Spalte.AKTUELL].geheim  # or it would follow from the other two
    andere = get_ergebnis(Auswahl("fallzahlen", OKTOBER, hilfeart="S33")).tabelle
    assert andere.zeilen[0].zellen[Spalte.AKTUELL].geheim  # or it would follow from VG's total
    assert all(z.zellen[Spalte.AKTUELL].wert is None for z in fremd.zeilen if z.key in geheim)
    assert fremd.aggregate["ew_gewichteter_durchschnitt"].zellen[Spalte.AKTUELL].geheim
    eigen = get_ergebnis(Auswahl("fallzahlen", OKTOBER, hilfeart="S34", eigen="VG"))
    assert cell(eigen, "VG") == 2
    ungefiltert = get_ergebnis(Auswahl("fallzahlen", OKTOBER)).tabelle
    assert not any(z.zellen[Spalte.AKTUELL].geheim for z in ungefiltert.zeilen)


def test_get_ergebnis__any_filter__same_number_of_queries(vg, hro, lhsn) -> None:
    publish_werte({"VG": 50})
    with CaptureQueriesContext(connection) as wenig:
        get_ergebnis(Auswahl("fallzahlen", OKTOBER))
    for monat in range(1, 11):
        publish_werte({"HRO": 30, "LHSN": monat}, monat=date(2026, monat, 1))
        publish_werte({"HRO": 3, "LHSN": monat}, monat=date(2026, monat, 1), hilfeart="S34")
    with CaptureQueriesContext(connection) as viel:
        get_ergebnis(Auswahl("fallzahlen", OKTOBER, hilfeart="S34", modus=Modus.U21))
    assert len(wenig) == len(viel) <= 13
    with CaptureQueriesContext(connection) as nochmal:
        get_ergebnis(Auswahl("fallzahlen", OKTOBER, hilfeart="S34"))
    assert len(nochmal) <= 10  # the patterns of these months are kept


@pytest.mark.parametrize("kennzahl", ["haushaltsansaetze", "auszahlungen"])
def test_get_ergebnis__je_fall_of_a_withheld_bestand__is_withheld_from_others(vg, hro, kennzahl: str) -> None:
    publish_werte({"VG": "9000.00", "HRO": "8000.00"}, code=kennzahl, hilfeart="S34", faelle=9)
    publish_werte({"VG": 2, "HRO": 40}, code="bestand", hilfeart="S34")
    je_fall = get_ergebnis(Auswahl(kennzahl, OKTOBER, hilfeart="S34", modus=Modus.FALL, eigen="HRO")).tabelle
    assert je_fall.zeilen[0].zellen[Spalte.AKTUELL].geheim
    assert je_fall.aggregate["gesamt_gepoolt"].zellen[Spalte.AKTUELL].geheim
    assert cell(get_ergebnis(Auswahl(kennzahl, OKTOBER, "S34", modus=Modus.FALL, eigen="VG")), "VG") == 4500


def test_get_ergebnis__mean_of_the_year__withheld_with_any_of_its_months(vg, hro) -> None:
    for monat in range(1, 11):
        publish_werte({"VG": 2 if monat == 3 else 40}, monat=date(2026, monat, 1), hilfeart="S34")
        publish_werte({"VG": 90}, monat=date(2026, monat, 1))
    vg_zeile = get_ergebnis(Auswahl("fallzahlen", OKTOBER, hilfeart="S34")).tabelle.zeilen[0].zellen
    assert (vg_zeile[Spalte.AKTUELL].wert, vg_zeile[Spalte.JAHR].geheim) == (40, True)
    assert vg_zeile[Spalte.VERAENDERUNG].geheim


def test_get_ergebnis__figure_published_after_a_look__pattern_of_the_new_state(vg, hro) -> None:
    publish_werte({"VG": 40}, hilfeart="S34")
    assert cell(get_ergebnis(Auswahl("fallzahlen", OKTOBER, hilfeart="S34")), "VG") == 40
    publish_werte({"HRO": 2}, hilfeart="S34")
    assert get_ergebnis(Auswahl("fallzahlen", OKTOBER, hilfeart="S34")).tabelle.zeilen[4].zellen[Spalte.AKTUELL].geheim


@pytest.mark.parametrize(
    ("fehler", "feld"),
    [
        ({"monat": date(2027, 1, 1)}, "monat"),
        ({"hilfeart": "X99"}, "hilfeart"),
        ({"spezialisierung": "zaubern"}, "spezialisierung"),
        ({"modus": Modus.FALL}, "modus"),
    ],
)
def test_get_ergebnis__impossible_filter__is_told_in_german(vg, fehler: dict, feld: str) -> None:
    with pytest.raises(RegelVerletzt) as info:
        get_ergebnis(Auswahl("fallzahlen", **fehler))
    assert info.value.feld == feld


def test_get_ergebnis__unknown_figure__raises(vg) -> None:
    with pytest.raises(KennzahlError):
        get_ergebnis(Auswahl("glueck"))
