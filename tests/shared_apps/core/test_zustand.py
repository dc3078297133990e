"""The generic state machine."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import pytest

from shared_apps.core.errors import Konflikt
from shared_apps.core.zustand import Beschriftet, Zustandsmaschine
from tenant_apps.placements.states import BUCHUNG, BuchungAktion, BuchungZustand, ReservierungZustand


def test_member__is_its_database_value_and_has_a_label() -> None:
    zustand = BuchungZustand("LAUFEND")
    assert (zustand, str(zustand), f"{zustand}", zustand.label) == ("LAUFEND", "LAUFEND", "LAUFEND", "Laufend")
    assert BuchungZustand.choices()[0] == ("GEBUCHT", "Gebucht")
    assert pickle.loads(pickle.dumps(zustand)) is zustand


def test_machine__refuses_the_state_of_another_thing() -> None:
    class Aktion(Beschriftet):
        WEITER = "weiter", "Weiter"

    maschine = Zustandsmaschine(
        "Ding", BuchungZustand, {BuchungZustand.GEBUCHT: {Aktion.WEITER: BuchungZustand.LAUFEND}}
    )
    assert maschine.naechster(BuchungZustand.GEBUCHT, Aktion.WEITER) is BuchungZustand.LAUFEND
    with pytest.raises(TypeError):  # equal as a string, but a reservation is no booking
        maschine.naechster(ReservierungZustand.GEBUCHT, Aktion.WEITER)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        maschine.naechster("gebucht", Aktion.WEITER)  # type: ignore[arg-type]


@dataclass
class Row:
    """What is in a state."""

    zustand: str


def test_advance__sets_the_next_state_or_says_in_german_why_not() -> None:
    row = Row("GEBUCHT")
    BUCHUNG.advance(row, BuchungAktion.BEGINNEN)
    assert row.zustand == "LAUFEND" and type(row.zustand) is str
    with pytest.raises(Konflikt, match="Buchung: „Stornieren“ ist im Zustand „Laufend“ nicht möglich") as refused:
        BUCHUNG.advance(row, BuchungAktion.STORNIEREN)
    assert (refused.value.code, row.zustand) == ("zustand", "LAUFEND")


def test_advance__from_where_the_thing_really_is() -> None:
    """A booked help whose first day has come is running, though nobody has confirmed it."""
    row = Row("GEBUCHT")
    BUCHUNG.advance(row, BuchungAktion.BEENDEN, von=BuchungZustand.LAUFEND)
    assert row.zustand == "BEENDET"
    with pytest.raises(ValueError, match="no state"):
        BUCHUNG.advance(Row("no state"), BuchungAktion.BEENDEN)
