"""What a place is from day to day, as its house sees it on the board, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum

#: Further away than this a date is said with its year.
_MIT_JAHR = timedelta(days=300)


class Abschnittsart(StrEnum):
    """What a place is for a while."""

    FREI = "frei"
    RESERVIERT = "reserviert"
    BELEGT = "belegt"
    GESPERRT = "gesperrt"
    NICHT_ANGEBOTEN = "nicht_angeboten"
    AUSSERHALB = "ausserhalb"


@dataclass(frozen=True, slots=True)
class Abschnitt:
    """A stretch of days in which a place is the same thing; `ende` None: without an end.

    `gehalten_bis`: the day on which a reservation lapses. `zeile`: the block or stop behind it. `grund`: its reason.
    """

    art: Abschnittsart
    beginn: date
    ende: date | None = None
    gehalten_bis: date | None = None
    zeile: UUID | None = None
    grund: str = ""

    @property
    def zeitraum(self) -> Zeitraum:
        """Its days."""
        return Zeitraum(self.beginn, self.ende)

    @property
    def letzter_tag(self) -> date | None:
        """Its last day, as on the screen."""
        return self.ende - EIN_TAG if self.ende else None


def abschnitte(
    im_angebot: Zeitraum, vergeben: Iterable[Abschnitt], stopps: Iterable[Abschnitt], fenster: Zeitraum
) -> list[Abschnitt]:
    """Everything that touches `fenster`, without a gap and in order, each in its full length.

    `vergeben` are living holds and blocks of the place, which never overlap; `stopps` those of its offer. Between them
    it is free, or free and not offered. Outside `im_angebot` it is no place of the offer.
    """
    folge: list[Abschnitt] = []
    tag: date | None = im_angebot.beginn
    if fenster.beginn < im_angebot.beginn:
        folge.append(Abschnitt(Abschnittsart.AUSSERHALB, fenster.beginn, im_angebot.beginn))
    sperrend = sorted(stopps, key=lambda stopp: stopp.beginn)
    for eintrag in sorted(vergeben, key=lambda eintrag: eintrag.beginn):
        dauer = eintrag.zeitraum.intersect(im_angebot)  # a block may go on when its place has ended
        if dauer is None or tag is None:
            continue
        if tag < dauer.beginn:
            folge += _freie(Zeitraum(tag, dauer.beginn), sperrend)
        folge.append(replace(eintrag, beginn=dauer.beginn, ende=dauer.ende))
        tag = dauer.ende
    if tag is not None and (im_angebot.ende is None or tag < im_angebot.ende):
        folge += _freie(Zeitraum(tag, im_angebot.ende), sperrend)
    if im_angebot.ende is not None and (fenster.ende is None or im_angebot.ende < fenster.ende):
        folge.append(Abschnitt(Abschnittsart.AUSSERHALB, im_angebot.ende, fenster.ende))
    return [teil for teil in folge if teil.zeitraum.overlaps(fenster)]


def _freie(luecke: Zeitraum, stopps: Sequence[Abschnitt]) -> list[Abschnitt]:
    """A gap, cut where the offer takes nobody in."""
    teile: list[Abschnitt] = []
    tag: date | None = luecke.beginn
    for stopp in stopps:
        dauer = stopp.zeitraum.intersect(luecke)
        if dauer is None or tag is None:
            continue
        if tag < dauer.beginn:
            teile.append(Abschnitt(Abschnittsart.FREI, tag, dauer.beginn))
        teile.append(replace(stopp, art=Abschnittsart.NICHT_ANGEBOTEN, beginn=dauer.beginn, ende=dauer.ende))
        tag = dauer.ende
    if tag is not None and (luecke.ende is None or tag < luecke.ende):
        teile.append(Abschnitt(Abschnittsart.FREI, tag, luecke.ende))
    return teile


def ist_frei(folge: Iterable[Abschnitt], zeitraum: Zeitraum) -> bool:
    """Whether somebody can come on the first day and stay for the whole period; oracle of `occupancy_vakanzen`.

    A stop says who may come, not who may stay.
    """
    beruehrt = [teil for teil in folge if teil.zeitraum.overlaps(zeitraum)]
    erlaubt = {Abschnittsart.FREI, Abschnittsart.NICHT_ANGEBOTEN}
    return (
        bool(beruehrt)
        and all(teil.art in erlaubt for teil in beruehrt)
        and all(teil.art is Abschnittsart.FREI for teil in beruehrt if teil.zeitraum.contains(zeitraum.beginn))
    )


def describe(teil: Abschnitt, heute: date) -> str:
    """A stretch in words: "frei, sofort", "belegt bis 14.03."."""
    if teil.art is Abschnittsart.FREI:
        return _describe_frei(teil, heute)
    if teil.art is Abschnittsart.AUSSERHALB:
        return "nicht mehr im Angebot" if teil.beginn <= heute or teil.ende is None else "noch nicht im Angebot"
    if teil.art is Abschnittsart.RESERVIERT:
        frist = f", gehalten bis {format_kurz(teil.gehalten_bis, heute)}" if teil.gehalten_bis else ""
        return f"reserviert{_von_bis(teil, heute)}{frist}"
    if teil.art is Abschnittsart.BELEGT:
        return f"belegt{_von_bis(teil, heute)}"
    wort = "gesperrt" if teil.art is Abschnittsart.GESPERRT else "leer, nicht angeboten"
    return f"{wort}{_von_bis(teil, heute)}" + (f", {teil.grund}" if teil.grund else "")


def _describe_frei(teil: Abschnitt, heute: date) -> str:
    if teil.letzter_tag is not None and teil.letzter_tag < heute:
        return f"frei bis {format_kurz(teil.letzter_tag, heute)}"
    wann = "frei, sofort" if teil.beginn <= heute else f"frei ab {format_kurz(teil.beginn, heute)}"
    return f"{wann} bis {format_kurz(teil.letzter_tag, heute)}" if teil.letzter_tag else wann


def _von_bis(teil: Abschnitt, heute: date) -> str:
    ab = f" ab {format_kurz(teil.beginn, heute)}" if teil.beginn > heute else ""
    return f"{ab} bis {format_kurz(teil.letzter_tag, heute)}" if teil.letzter_tag else f"{ab}, Ende offen"


def describe_kurz(teil: Abschnitt, heute: date) -> str:
    """The part of `describe` that a narrow bar has room for: the day from which, or up to which."""
    if teil.art is Abschnittsart.FREI and teil.beginn > heute:
        return f"ab {format_kurz(teil.beginn, heute)}"
    return f"bis {format_kurz(teil.letzter_tag, heute)}" if teil.letzter_tag else ""


def format_kurz(tag: date | None, heute: date) -> str:
    """ "14.03."; far away with its year."""
    if tag is None:
        return ""
    return f"{tag.day:02d}.{tag.month:02d}." if abs(tag - heute) < _MIT_JAHR else format_datum(tag)


def montag(tag: date) -> date:
    """The Monday of its week."""
    return tag - timedelta(days=tag.weekday())
