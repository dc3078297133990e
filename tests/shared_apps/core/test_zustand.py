"""The generic state machine."""

from __future__ import annotations

import pickle

import pytest

from shared_apps.core.zustand import Beschriftet, Zustandsmaschine
from tenant_apps.placements.states import BuchungZustand, ReservierungZustand


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
