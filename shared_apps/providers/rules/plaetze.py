"""How many places an offer has from a day on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Platzstand:
    """One place: its number and the half-open time in which it can be taken; `ende` None: without an end."""

    platz_id: UUID
    nummer: int
    beginn: date
    ende: date | None


@dataclass(frozen=True, slots=True)
class Platzaenderung:
    """What makes the number of places the one wanted: numbers of new places, places that end."""

    neue_nummern: tuple[int, ...] = ()
    endende: tuple[UUID, ...] = ()
    #: How many more would have to end, and are held.
    fehlende: int = 0


def plaetze_am(plaetze: Iterable[Platzstand], tag: date) -> list[Platzstand]:
    """The places there are on a day."""
    return [platz for platz in plaetze if platz.beginn <= tag and (platz.ende is None or tag < platz.ende)]


def letzte_aenderung(plaetze: Iterable[Platzstand], bis: date | None) -> date | None:
    """The last day on which the number of places changes by an entry; the end of the offer (`bis`) is none."""
    return max((tag for platz in plaetze for tag in (platz.beginn, platz.ende) if tag and tag != bis), default=None)


def platzzahl_aendern(
    plaetze: Sequence[Platzstand], *, anzahl: int, ab: date, gehalten: frozenset[UUID]
) -> Platzaenderung:
    """Make it `anzahl` places from `ab` on. Held places stay; of the others the highest numbers end first.

    `plaetze` are all places the offer ever had: a number that was given is never given again.
    """
    stehende = plaetze_am(plaetze, ab)
    if anzahl >= len(stehende):
        naechste = max((platz.nummer for platz in plaetze), default=0) + 1
        return Platzaenderung(neue_nummern=tuple(range(naechste, naechste + anzahl - len(stehende))))
    zu_viele = len(stehende) - anzahl
    freie = sorted((platz for platz in stehende if platz.platz_id not in gehalten), key=lambda platz: -platz.nummer)
    endende = tuple(platz.platz_id for platz in freie[:zu_viele])
    return Platzaenderung(endende=endende, fehlende=zu_viele - len(endende))
