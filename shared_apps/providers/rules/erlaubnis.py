"""What a licence limits (§ 45 SGB VIII)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared_apps.providers.rules.plaetze import Platzstand, plaetze_am

#: Licences are for facilities of children and young people (§ 45a); who is of age is neither (§ 7 Abs. 1).
VOLLJAEHRIG = 18


def braucht_erlaubnis(*, erlaubnispflichtig: bool, alter_von: int) -> bool:
    """Whether an offer needs the licence of its facility: its kind of help does, and it takes minors."""
    return erlaubnispflichtig and alter_von < VOLLJAEHRIG


@dataclass(frozen=True, slots=True)
class Erlaubnisstand:
    """One licence and the half-open time in which it holds."""

    erlaubnis_id: UUID
    nummer: str
    behoerde: str
    datum: date
    beginn: date
    ende: date | None
    plaetze: int
    alter_von: int
    alter_bis: int


@dataclass(frozen=True, slots=True)
class Ausnahmestand:
    """One exception: places and ages beyond the licence of its days; no age: as the licence says."""

    ausnahme_id: UUID
    aktenzeichen: str
    beginn: date
    ende: date
    plaetze_mehr: int
    alter_von: int | None
    alter_bis: int | None


@dataclass(frozen=True, slots=True)
class Angebotsstand:
    """One offer that needs a licence: whom it takes, when, and with which places."""

    angebot_id: UUID
    name: str
    beginn: date
    ende: date | None
    alter_von: int
    alter_bis: int
    plaetze: tuple[Platzstand, ...] = ()

    def plaetze_am(self, tag: date) -> int:
        """How many places it offers on a day: none while it is not on offer."""
        return len(plaetze_am(self.plaetze, tag)) if _gilt(self, tag) else 0


@dataclass(frozen=True, slots=True)
class Betrieb:
    """What is licensed in one facility, and what it offers that needs a licence."""

    erlaubnisse: tuple[Erlaubnisstand, ...] = ()
    ausnahmen: tuple[Ausnahmestand, ...] = ()
    angebote: tuple[Angebotsstand, ...] = ()

    def plaetze_am(self, tag: date) -> int:
        """Places on a day, of all its offers that need a licence."""
        return sum(angebot.plaetze_am(tag) for angebot in self.angebote)


@dataclass(frozen=True, slots=True)
class Grenze:
    """What is allowed on a day: by which licence, with which exceptions."""

    erlaubnis: Erlaubnisstand
    ausnahmen: tuple[Ausnahmestand, ...]
    plaetze: int
    alter_von: int
    alter_bis: int


@dataclass(frozen=True, slots=True)
class Verstoss:
    """On this day more is offered than is allowed; `angebot`: the one whose ages are not, None: the places."""

    tag: date
    grenze: Grenze
    plaetze: int
    angebot: Angebotsstand | None = None

    @property
    def felder(self) -> tuple[str, ...]:
        """What goes beyond the licence: the places, or the ages of the offer, at either end."""
        if self.angebot is None:
            return ("plaetze",)
        zu_jung = self.angebot.alter_von < self.grenze.alter_von
        zu_alt = self.angebot.alter_bis > self.grenze.alter_bis
        return tuple(name for name, ist in (("alter_von", zu_jung), ("alter_bis", zu_alt)) if ist)


def _gilt(stand: Erlaubnisstand | Ausnahmestand | Angebotsstand, tag: date) -> bool:
    return stand.beginn <= tag and (stand.ende is None or tag < stand.ende)


def grenze_am(betrieb: Betrieb, tag: date) -> Grenze | None:
    """What the licence of a day allows, exceptions included; None: there is no licence, and nothing is offered."""
    erlaubnis = next((stand for stand in betrieb.erlaubnisse if _gilt(stand, tag)), None)
    if erlaubnis is None:
        return None
    ausnahmen = tuple(stand for stand in betrieb.ausnahmen if _gilt(stand, tag))
    return Grenze(
        erlaubnis,
        ausnahmen,
        erlaubnis.plaetze + sum(stand.plaetze_mehr for stand in ausnahmen),
        min([erlaubnis.alter_von, *(a.alter_von for a in ausnahmen if a.alter_von is not None)]),
        max([erlaubnis.alter_bis, *(a.alter_bis for a in ausnahmen if a.alter_bis is not None)]),
    )


def verstoesse(betrieb: Betrieb) -> list[Verstoss]:
    """Where more is offered than is allowed, by day; days without a licence allow nothing and forbid nothing, because
    nobody is taken in then.

    It looks at the days on which more is offered or less is allowed: between two of them nothing gets worse.
    """
    tage = {erlaubnis.beginn for erlaubnis in betrieb.erlaubnisse} | {angebot.beginn for angebot in betrieb.angebote}
    tage |= {platz.beginn for angebot in betrieb.angebote for platz in angebot.plaetze}
    tage |= {ausnahme.ende for ausnahme in betrieb.ausnahmen}
    gefunden = []
    for tag in sorted(tage):
        grenze = grenze_am(betrieb, tag)
        if grenze is None:
            continue
        plaetze = betrieb.plaetze_am(tag)
        if plaetze > grenze.plaetze:
            gefunden.append(Verstoss(tag, grenze, plaetze))
        gefunden += [
            Verstoss(tag, grenze, plaetze, angebot)
            for angebot in betrieb.angebote
            if _gilt(angebot, tag) and (angebot.alter_von < grenze.alter_von or angebot.alter_bis > grenze.alter_bis)
        ]
    return gefunden


def ueberschneidet(erlaubnisse: Iterable[Erlaubnisstand], neue: Erlaubnisstand) -> Erlaubnisstand | None:
    """The first other licence that holds on a day of this one: there is one at a time."""
    return min(
        (
            stand
            for stand in erlaubnisse
            if stand.erlaubnis_id != neue.erlaubnis_id
            and (stand.ende is None or neue.beginn < stand.ende)
            and (neue.ende is None or stand.beginn < neue.ende)
        ),
        key=lambda stand: stand.beginn,
        default=None,
    )
