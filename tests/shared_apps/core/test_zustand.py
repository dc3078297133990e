"""The generic state machine."""

from __future__ import annotations

import pickle

import pytest

from shared_apps.core.seite import Knopf, buttons
from shared_apps.core.zustand import Beschriftet, Schritte, Zustandsmaschine
from tenant_apps.cases.states import HILFEFALL, HilfefallAktion, HilfefallZustand
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


def test_ziel__is_one_state_or_nobody_says_it() -> None:
    assert BUCHUNG.ziel(BuchungAktion.BEENDEN) is BuchungZustand.BEENDET
    with pytest.raises(ValueError, match="unpack"):
        BUCHUNG.ziel(BuchungAktion.FORTSCHREIBEN)


def test_davor__only_where_the_way_still_lies_ahead() -> None:
    davor = BUCHUNG.find_vorschritt
    assert davor(BuchungZustand.GEBUCHT, BuchungAktion.BEENDEN) is BuchungAktion.BEGINNEN
    assert davor(BuchungZustand.LAUFEND, BuchungAktion.STORNIEREN) is None  # no way leads back
    assert davor(BuchungZustand.BEENDET, BuchungAktion.BEENDEN) is None  # it is done
    assert HILFEFALL.find_vorschritt(HilfefallZustand.OFFEN, HilfefallAktion.WIEDER_OEFFNEN) is None  # it is open


def test_schritte__are_what_state_and_person_allow() -> None:
    """An action nobody is named for follows from another step."""
    schritte = Schritte(BUCHUNG, {BuchungAktion.BEENDEN: lambda akteur: akteur == "anna"})
    assert schritte.allowed(BuchungZustand.LAUFEND, "anna") == {BuchungAktion.BEENDEN}
    assert schritte.allowed(BuchungZustand.GEBUCHT, "anna") == schritte.allowed(BuchungZustand.LAUFEND, "ines") == set()
    with pytest.raises(TypeError):
        schritte.allowed(ReservierungZustand.GEBUCHT, "anna")  # type: ignore[arg-type]


def test_buttons__only_of_steps_the_person_may_take_now():
    """With the word of the step, where the page has no better one; its address is asked when it is shown."""
    schritte = Schritte(BUCHUNG, dict.fromkeys(BuchungAktion, lambda akteur: akteur == "anna"))
    knoepfe = {
        BuchungAktion.BEGINNEN: Knopf("placements:begin"),
        BuchungAktion.BEENDEN: Knopf("placements:end", "Hilfe beenden", level="danger"),
    }
    assert buttons(schritte, BuchungZustand.GEBUCHT, "bert", knoepfe) == []
    shown = buttons(schritte, BuchungZustand.GEBUCHT, "anna", knoepfe, 1)
    assert shown == [Knopf("placements:begin", "Aufnahme bestätigen", args=(1,))]
    assert [k.label for k in buttons(schritte, BuchungZustand.LAUFEND, "anna", knoepfe)] == ["Hilfe beenden"]
