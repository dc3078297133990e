"""Reservation and booking walk their tables, and never leave them."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared_apps.core.zustand import ZustandError
from tenant_apps.placements import states
from tenant_apps.placements.states import (
    BUCHUNG,
    RESERVIERUNG,
    BuchungAktion,
    BuchungZustand,
    ReservierungAktion,
    ReservierungZustand,
)


def test_naechster__consent_comes_before_booking() -> None:
    with pytest.raises(ZustandError, match="„Buchen“ ist im Zustand „Reserviert“ nicht möglich"):
        RESERVIERUNG.naechster(ReservierungZustand.RESERVIERT, ReservierungAktion.BUCHEN)
    zugestimmt = RESERVIERUNG.naechster(ReservierungZustand.RESERVIERT, ReservierungAktion.ZUSTIMMEN)
    assert RESERVIERUNG.naechster(zugestimmt, ReservierungAktion.BUCHEN) is ReservierungZustand.GEBUCHT


def test_naechster__a_running_help_is_not_cancelled() -> None:
    with pytest.raises(ZustandError, match="nicht möglich"):
        BUCHUNG.naechster(BuchungZustand.LAUFEND, BuchungAktion.STORNIEREN)


def test_sets__live_and_final_are_disjoint_and_complete() -> None:
    assert set(ReservierungZustand) == states.RESERVIERUNG_LEBEND | RESERVIERUNG.endzustaende
    assert not states.RESERVIERUNG_LEBEND & RESERVIERUNG.endzustaende
    assert set(BuchungZustand) == states.BUCHUNG_LEBEND | BUCHUNG.endzustaende
    assert not states.BUCHUNG_LEBEND & BUCHUNG.endzustaende
    assert {BuchungZustand.GEBUCHT} == BUCHUNG.zustaende_mit(BuchungAktion.STORNIEREN)
    assert {ReservierungZustand.ZUGESTIMMT} == RESERVIERUNG.zustaende_mit(ReservierungAktion.BUCHEN)


class Platzlauf(RuleBasedStateMachine):
    """One place, one reservation, perhaps one booking: whatever people press, at most one of them holds it."""

    def __init__(self) -> None:
        super().__init__()
        self.reservierung = ReservierungZustand.RESERVIERT
        self.buchung: BuchungZustand | None = None
        self.zugestimmt = False

    @rule(aktion=st.sampled_from(ReservierungAktion))
    def bearbeite_reservierung(self, aktion: ReservierungAktion) -> None:
        vorher = self.reservierung
        if aktion not in RESERVIERUNG.erlaubt(vorher):
            with pytest.raises(ZustandError):
                RESERVIERUNG.naechster(vorher, aktion)
            return
        self.reservierung = RESERVIERUNG.naechster(vorher, aktion)
        self.zugestimmt |= aktion is ReservierungAktion.ZUSTIMMEN
        if self.reservierung is ReservierungZustand.GEBUCHT:
            assert self.buchung is None
            self.buchung = BuchungZustand.GEBUCHT

    @precondition(lambda self: self.buchung is not None)
    @rule(aktion=st.sampled_from(BuchungAktion))
    def bearbeite_buchung(self, aktion: BuchungAktion) -> None:
        assert self.buchung is not None
        if aktion not in BUCHUNG.erlaubt(self.buchung):
            with pytest.raises(ZustandError):
                BUCHUNG.naechster(self.buchung, aktion)
            return
        begonnen = self.buchung in states.BUCHUNG_ABRECHENBAR
        self.buchung = BUCHUNG.naechster(self.buchung, aktion)
        assert not begonnen or self.buchung in states.BUCHUNG_ABRECHENBAR

    @invariant()
    def hoechstens_einer_haelt_den_platz(self) -> None:
        assert not (self.reservierung in states.RESERVIERUNG_LEBEND and self.buchung in states.BUCHUNG_LEBEND)

    @invariant()
    def gebucht_nur_mit_zustimmung(self) -> None:
        assert self.buchung is None or self.zugestimmt


TestPlatzlauf = Platzlauf.TestCase
