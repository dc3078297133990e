"""Lines of an invoice, their sum, the automatic check and the four eyes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.billing import rules
from tenant_apps.billing.rules import AbrechnungError, BefundCode, Leistungstag, RechnungPruefling

D = Decimal
JUNI = date(2026, 6, 1)
MONAT = Zeitraum.fuer_monat(JUNI)
ENTGELTE = [
    (Zeitraum(date(2025, 1, 1), date(2026, 1, 1)), D("90.42")),  # expired, goes on until 16 June
    (Zeitraum(date(2026, 6, 16)), D("92.39")),
]
ZULAESSIG = [Leistungstag(tag) for tag in MONAT.einzelne_tage()]


def _rechnung(**abweichung: object) -> RechnungPruefling:
    positionen = tuple(rules.rechnungspositionen(ZULAESSIG, ENTGELTE))
    rechnung = RechnungPruefling(JUNI, "R-17", positionen, rules.rechnungssumme(positionen))
    return replace(rechnung, **abweichung)  # type: ignore[arg-type]


def _codes(rechnung: RechnungPruefling, **kwargs) -> list[BefundCode]:
    argumente = {"buchung": Zeitraum(date(2026, 1, 1)), "zulaessig": ZULAESSIG, "entgelte": ENTGELTE} | kwargs
    return [befund.code for befund in rules.pruefe_rechnung(rechnung, **argumente)]


def test_positionen__split_where_the_rate_changes() -> None:
    positionen = rules.rechnungspositionen(MONAT.einzelne_tage(), ENTGELTE)
    assert [(p.von.day, p.bis.day, p.menge, p.satz, p.betrag) for p in positionen] == [
        (1, 15, 15, D("90.42"), D("1356.30")),
        (16, 30, 15, D("92.39"), D("1385.85")),
    ]
    assert rules.rechnungssumme(positionen) == D("2742.15")


def test_positionen__an_expired_rate_goes_on() -> None:
    """§ 78d Abs. 2 Satz 4 SGB VIII."""
    assert rules.entgelt_am(date(2026, 6, 15), ENTGELTE) == D("90.42")
    with pytest.raises(AbrechnungError, match=r"31\.12\.2024 ist kein Entgelt"):
        rules.entgelt_am(date(2024, 12, 31), ENTGELTE)


def test_positionen__reduced_days_are_their_own_lines() -> None:
    tage = [replace(tag, prozent=D(80)) if 5 <= tag.tag.day <= 8 else tag for tag in ZULAESSIG[:15]]
    positionen = rules.rechnungspositionen(tage, ENTGELTE)
    assert [(p.menge, p.prozent, p.betrag) for p in positionen] == [
        (4, 100, D("361.68")),
        (4, 80, D("289.34")),  # 289.344
        (7, 100, D("632.94")),
    ]


def test_positionen__refuse_the_same_day_twice() -> None:
    with pytest.raises(AbrechnungError, match=r"01\.06\.2026 ist doppelt"):
        rules.rechnungspositionen([JUNI, JUNI], ENTGELTE)
    assert rules.rechnungspositionen([], ENTGELTE) == []
    assert rules.rechnungssumme([]) == 0


@given(
    st.sets(st.integers(0, 200), min_size=1),
    st.dictionaries(st.integers(1, 200), st.decimals(0, 500, places=2), max_size=5),
)
def test_positionen__hold_every_day_once_at_its_own_rate(tage: set[int], wechsel: dict[int, Decimal]) -> None:
    start = date(2026, 1, 1)
    entgelte = [(Zeitraum(start + timedelta(days=ab)), satz) for ab, satz in {0: D("90.42"), **wechsel}.items()]
    leistungen = [start + timedelta(days=tag) for tag in tage]
    positionen = rules.rechnungspositionen(leistungen, entgelte)
    assert sum(p.menge for p in positionen) == len(tage)
    erwartet = sum(rules.entgelt_am(tag, entgelte) for tag in leistungen)
    assert rules.rechnungssumme(positionen) == erwartet  # whole days at whole cents: nothing to round
    assert all(vorher.bis < nachher.von for vorher, nachher in pairwise(positionen))


def test_pruefung__a_correct_invoice_has_no_findings() -> None:
    assert _codes(_rechnung()) == []


def test_pruefung__wrong_rate_and_wrong_arithmetic() -> None:
    erste, zweite = _rechnung().positionen
    teurer = replace(erste, satz=D("95.00"), betrag=D("1425.00"))
    assert _codes(_rechnung(positionen=(teurer, zweite), summe=D("2810.85"))) == [BefundCode.SATZ]
    verrechnet = replace(erste, betrag=D("1356.31"))
    assert _codes(_rechnung(positionen=(verrechnet, zweite), summe=D("2742.16"))) == [BefundCode.BETRAG]
    assert _codes(_rechnung(summe=D("2742.16"))) == [BefundCode.SUMME]


def test_pruefung__one_line_over_a_rate_change_is_found() -> None:
    eine = replace(_rechnung().positionen[1], von=JUNI, menge=D(30), betrag=D("2771.70"))
    rechnung = _rechnung(positionen=(eine,), summe=D("2771.70"))
    [befund] = rules.pruefe_rechnung(rechnung, buchung=Zeitraum(JUNI), zulaessig=ZULAESSIG, entgelte=ENTGELTE)
    assert befund.code is BefundCode.SATZ
    assert befund.meldung == ("Position 1 rechnet mit 92,39\u00a0€, vereinbart sind 90,42\u00a0€ bzw. 92,39\u00a0€.")


def test_pruefung__more_days_block_and_fewer_days_inform() -> None:
    mehr = rules.pruefe_rechnung(_rechnung(), buchung=Zeitraum(JUNI), zulaessig=ZULAESSIG[:20], entgelte=ENTGELTE)
    assert [(b.code, b.ist_hinweis) for b in mehr] == [(BefundCode.ZU_VIELE_TAGE, False)]
    erste = _rechnung().positionen[:1]
    weniger = rules.pruefe_rechnung(
        _rechnung(positionen=erste, summe=D("1356.30")), buchung=Zeitraum(JUNI), zulaessig=ZULAESSIG, entgelte=ENTGELTE
    )
    assert [(b.code, b.ist_hinweis) for b in weniger] == [(BefundCode.WENIGER_TAGE, True)]


def test_pruefung__absence_billed_at_the_full_rate_is_found() -> None:
    gekuerzt = [replace(tag, prozent=D(80)) if tag.tag.day <= 4 else tag for tag in ZULAESSIG]
    assert _codes(_rechnung(), zulaessig=gekuerzt) == [BefundCode.WENIGER_TAGE, BefundCode.ZU_VIELE_TAGE]


def test_pruefung__outside_booking_and_month() -> None:
    assert _codes(_rechnung(), buchung=Zeitraum(JUNI, date(2026, 6, 30))) == [BefundCode.AUSSERHALB_BUCHUNG]
    assert _codes(_rechnung(monat=date(2026, 7, 1))) == [BefundCode.AUSSERHALB_MONAT] * 2
    verdreht = replace(_rechnung().positionen[0], von=date(2026, 6, 15), bis=JUNI)
    codes = _codes(_rechnung(positionen=(verdreht, _rechnung().positionen[1])))
    assert {BefundCode.AUSSERHALB_MONAT, BefundCode.AUSSERHALB_BUCHUNG} <= set(codes)


def test_pruefung__duplicates() -> None:
    assert _codes(_rechnung(), abgerechnete_tage={JUNI}, bekannte_nummern={"R-17"}) == [
        BefundCode.DOPPELT,
        BefundCode.NUMMER,
    ]
    assert _codes(_rechnung(), abgerechnete_tage={date(2026, 5, 31)}) == []
    erste, zweite = _rechnung().positionen
    ueberlappend = replace(zweite, von=date(2026, 6, 15))
    assert BefundCode.UEBERSCHNEIDUNG in _codes(_rechnung(positionen=(erste, ueberlappend)))


def test_pruefung__empty_invoice_and_missing_rate_never_raise() -> None:
    assert _codes(_rechnung(positionen=(), summe=D(0))) == [BefundCode.KEINE_POSITION, BefundCode.WENIGER_TAGE]
    assert _codes(_rechnung(), entgelte=[]) == [BefundCode.KEIN_ENTGELT] * 2


@pytest.mark.parametrize(
    ("feststeller", "anordner", "darf"), [(1, 2, True), (1, 1, False), (None, 2, False), (1, None, False)]
)
def test_darf_anordnen__four_eyes(feststeller: int | None, anordner: int | None, darf: bool) -> None:
    assert rules.darf_anordnen(feststeller, anordner) is darf
