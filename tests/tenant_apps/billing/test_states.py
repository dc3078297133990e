"""Proof of service and invoice walk their tables: no payment without both signatures' steps."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared_apps.core.zustand import ZustandError
from tenant_apps.billing import states
from tenant_apps.billing.states import (
    LEISTUNGSNACHWEIS,
    RECHNUNG,
    LeistungsnachweisAktion,
    LeistungsnachweisZustand,
    RechnungAktion,
    RechnungZustand,
)


def test_naechster__an_objected_proof_is_submitted_again() -> None:
    zustand = LEISTUNGSNACHWEIS.naechster(LeistungsnachweisZustand.EINGEREICHT, LeistungsnachweisAktion.BEANSTANDEN)
    assert zustand in states.LEISTUNGSNACHWEIS_BEARBEITBAR
    assert (
        LEISTUNGSNACHWEIS.naechster(zustand, LeistungsnachweisAktion.EINREICHEN) is LeistungsnachweisZustand.EINGEREICHT
    )
    with pytest.raises(ZustandError, match="Leistungsnachweis: „Bestätigen“ ist im Zustand „Entwurf“"):
        LEISTUNGSNACHWEIS.naechster(LeistungsnachweisZustand.ENTWURF, LeistungsnachweisAktion.BESTAETIGEN)


def test_naechster__money_on_its_way_is_not_cancelled() -> None:
    for zustand in (RechnungZustand.ANGEORDNET, RechnungZustand.BEZAHLT):
        with pytest.raises(ZustandError, match="nicht möglich"):
            RECHNUNG.naechster(zustand, RechnungAktion.STORNIEREN)


def test_sets__of_the_invoice() -> None:
    assert {RechnungZustand.BEZAHLT, RechnungZustand.STORNIERT} == states.RECHNUNG_ENDGUELTIG
    assert {RechnungZustand.EINGEREICHT, RechnungZustand.BEANSTANDET} == RECHNUNG.zustaende_mit(
        RechnungAktion.STORNIEREN
    )
    assert states.RECHNUNG_OFFEN < states.RECHNUNG_LEBEND
    assert {LeistungsnachweisZustand.BESTAETIGT} == LEISTUNGSNACHWEIS.endzustaende


class Rechnungslauf(RuleBasedStateMachine):
    """Whatever people press: paid means confirmed and ordered before, and an objection is never paid."""

    def __init__(self) -> None:
        super().__init__()
        self.zustand = RechnungZustand.EINGEREICHT
        self.weg: list[RechnungAktion] = []

    @rule(aktion=st.sampled_from(RechnungAktion))
    def bearbeite(self, aktion: RechnungAktion) -> None:
        if aktion not in RECHNUNG.erlaubt(self.zustand):
            with pytest.raises(ZustandError):
                RECHNUNG.naechster(self.zustand, aktion)
            return
        self.zustand = RECHNUNG.naechster(self.zustand, aktion)
        self.weg.append(aktion)

    @invariant()
    def bezahlt_nur_festgestellt_und_angeordnet(self) -> None:
        if self.zustand in states.RECHNUNG_AUSGEZAHLT:
            assert self.weg == [RechnungAktion.FESTSTELLEN, RechnungAktion.ANORDNEN, RechnungAktion.BEZAHLEN]


TestRechnungslauf = Rechnungslauf.TestCase
