"""How fresh a vacancy is, who is reminded of it, and how far a facility's word could be relied on.

No law says these numbers: they are choices of this portal, so that everybody means the same by "fresh".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared_apps.core.zahlwort import anzahl as zahlwort

#: A confirmation counts for this many days after its own.
BESTAETIGUNG_GILT_TAGE = 7
#: Days over which the reliability of a facility is told.
ZUVERLAESSIG_TAGE = 90
#: How far back an office may say that a place was not free.
MELDEN_TAGE = 14
#: Reminded of on each working day for that many days after it fell due, then on Mondays.
TAEGLICH_TAGE = 14
#: How long the link in a reminder can be used: over a weekend.
LINK_GILT = timedelta(hours=72)
_SAMSTAG, _MONTAG = 5, 0


class Vakanzstufe(StrEnum):
    """How much a vacancy's confirmation is still worth."""

    FRISCH = "frisch"
    ALT = "alt"
    NIE = "nie"
    GEMELDET = "gemeldet"


@dataclass(frozen=True, slots=True)
class Vakanzstand:
    """How fresh a vacancy is, in one word for a rule and in words for people."""

    stufe: Vakanzstufe
    text: str

    @property
    def ist_frisch(self) -> bool:
        """Nobody has to be chased for it."""
        return self.stufe is Vakanzstufe.FRISCH

    @property
    def level(self) -> str:
        """Level of a badge; the words say the same without any colour."""
        return {Vakanzstufe.FRISCH: "success", Vakanzstufe.GEMELDET: "danger"}.get(self.stufe, "warning")


def vakanzstand(bestaetigt: date | None, heute: date, *, gemeldet: bool = False) -> Vakanzstand:
    """The one word for the age of a confirmation. An open report that a place was not free outweighs any.

    Nobody has confirmed anything on a day that is to come: that counts as never.
    """
    if gemeldet:
        return Vakanzstand(Vakanzstufe.GEMELDET, "gemeldet: war nicht frei")
    if bestaetigt is None or bestaetigt > heute:
        return Vakanzstand(Vakanzstufe.NIE, "nie bestätigt")
    return bestaetigt_vor((heute - bestaetigt).days)


def bestaetigt_vor(tage: int) -> Vakanzstand:
    """The word for a confirmation this number of days ago, 0 for today."""
    if tage > BESTAETIGUNG_GILT_TAGE:
        return Vakanzstand(Vakanzstufe.ALT, f"seit {zahlwort(tage, 'Tag', 'Tagen')} unbestätigt")
    wann = {0: "heute", 1: "gestern"}.get(tage, f"vor {zahlwort(tage, 'Tag', 'Tagen')}")
    return Vakanzstand(Vakanzstufe.FRISCH, f"{wann} bestätigt")


def bestaetigt_bis_auf(heute: date) -> date:
    """The oldest day whose confirmation is still fresh."""
    return heute - timedelta(days=BESTAETIGUNG_GILT_TAGE)


@dataclass(frozen=True, slots=True)
class Bestaetigungen:
    """An offer's days (half-open, `ende` None: it goes on), and those on which its vacancies were confirmed."""

    beginn: date
    ende: date | None
    tage: frozenset[date]


@dataclass(frozen=True, slots=True)
class Zuverlaessigkeit:
    """How well a facility's vacancies could be trusted: days, and offices that found a place taken. No score."""

    bestaetigt: int
    tage: int
    #: Offices whose report was not disputed, each once however often it reported.
    aemter: int = 0
    #: Offices whose reports are all disputed.
    bestritten: int = 0

    @property
    def text(self) -> str:
        """All of it in one sentence."""
        if not self.tage:
            stand = "noch keine Bestätigung aufgezeichnet"
        else:
            stand = f"an {self.bestaetigt} von {zahlwort(self.tage, 'Tag', 'Tagen')} frisch bestätigt"
        aemter = "Jugendamt", "Jugendämtern"
        teile = [stand]
        if self.aemter:
            teile.append(f"„war nicht frei“ von {zahlwort(self.aemter, *aemter)} gemeldet")
        if self.bestritten:
            teile.append(f"von {zahlwort(self.bestritten, *aemter)} gemeldet und von der Einrichtung bestritten")
        return ", ".join(teile)


def zuverlaessigkeit(
    angebote: Sequence[Bestaetigungen], *, erste: date | None, heute: date, aemter: int = 0, bestritten: int = 0
) -> Zuverlaessigkeit:
    """Of the last `ZUVERLAESSIG_TAGE` days with an offer, those on which every offer was freshly confirmed.

    They are counted from the facility's first confirmation (`erste`): what was before the portal asked is no fault.
    """
    if erste is None:
        return Zuverlaessigkeit(0, 0, aemter, bestritten)
    beginn = max(erste, heute - timedelta(days=ZUVERLAESSIG_TAGE - 1))
    gezaehlt = frisch = 0
    for tag in (beginn + timedelta(days=n) for n in range((heute - beginn).days + 1)):
        laufende = [a for a in angebote if a.beginn <= tag and (a.ende is None or tag < a.ende)]
        if laufende:
            gezaehlt += 1
            frisch += all(_frisch_am(angebot, tag) for angebot in laufende)
    return Zuverlaessigkeit(frisch, gezaehlt, aemter, bestritten)


def _frisch_am(angebot: Bestaetigungen, tag: date) -> bool:
    return any(tag - timedelta(days=n) in angebot.tage for n in range(BESTAETIGUNG_GILT_TAGE + 1))


def ist_erinnerungstag(heute: date, faellig_seit: date) -> bool:
    """Whether somebody is reminded today of what has been due since that day: never at the weekend, and what is due
    for long on Mondays only."""
    if heute.weekday() >= _SAMSTAG:
        return False
    return (heute - faellig_seit).days < TAEGLICH_TAGE or heute.weekday() == _MONTAG


def darf_melden(tag: date, heute: date) -> bool:
    """Whether an office may still say of this day that a place was not free."""
    return heute - timedelta(days=MELDEN_TAGE) <= tag <= heute
