"""What a place is from day to day, as its house sees it on the board, and in which words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
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
    it is free, or free and not offered. Outside `im_angebot` it is no place of the offer. Each of them is looked at
    once, and none that begins when the window is over.
    """
    folge: list[Abschnitt] = []
    tag: date | None = im_angebot.beginn
    if fenster.beginn < im_angebot.beginn:
        folge.append(Abschnitt(Abschnittsart.AUSSERHALB, fenster.beginn, im_angebot.beginn))
    sperrend = deque(sorted(stopps, key=lambda stopp: stopp.beginn))
    for eintrag in sorted(vergeben, key=lambda eintrag: eintrag.beginn):
        if tag is None or _ist_danach(tag, fenster):
            break
        dauer = eintrag.zeitraum.intersect(im_angebot)  # a block may go on when its place has ended
        if dauer is None:
            continue
        if tag < dauer.beginn:
            folge += _freie(Zeitraum(tag, dauer.beginn), sperrend, fenster)
        folge.append(replace(eintrag, beginn=dauer.beginn, ende=dauer.ende))
        tag = dauer.ende
    if tag is not None and not _ist_danach(tag, fenster) and (im_angebot.ende is None or tag < im_angebot.ende):
        folge += _freie(Zeitraum(tag, im_angebot.ende), sperrend, fenster)
    if im_angebot.ende is not None and (fenster.ende is None or im_angebot.ende < fenster.ende):
        folge.append(Abschnitt(Abschnittsart.AUSSERHALB, im_angebot.ende, fenster.ende))
    return [teil for teil in folge if teil.zeitraum.overlaps(fenster)]


def _ist_danach(tag: date, fenster: Zeitraum) -> bool:
    return fenster.ende is not None and fenster.ende <= tag


def _freie(luecke: Zeitraum, stopps: deque[Abschnitt], fenster: Zeitraum) -> list[Abschnitt]:
    """A gap, cut where the offer takes nobody in. Stops that are over when it begins are let go: gaps come in order."""
    teile: list[Abschnitt] = []
    tag: date | None = luecke.beginn
    while stopps and (ende := stopps[0].ende) is not None and ende <= luecke.beginn:
        stopps.popleft()
    for stopp in stopps:
        if tag is None or _ist_danach(tag, fenster) or (luecke.ende is not None and luecke.ende <= stopp.beginn):
            break
        dauer = stopp.zeitraum.intersect(luecke)
        if dauer is None:
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


# --- what a provider's own system says (ADR 0068) -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Eintrag:
    """A block or a stop: its days, its reason, its note.

    `zeile`: the row that says so already. `feld`: its place in what was sent.
    """

    zeitraum: Zeitraum
    grund: str
    notiz: str = ""
    zeile: UUID | None = None
    feld: str = ""

    def sagt(self, anderer: Eintrag) -> bool:
        """Whether both say the same, whichever row they are of."""
        return _ganz(self) == _ganz(anderer)


@dataclass(frozen=True, slots=True)
class Abgleich:
    """What has to be done until what is there says what was sent: rows that go, rows that change, new ones.

    Rows change in the order in which none ever meets another one: first those that become shorter.
    """

    aufheben: tuple[UUID, ...]
    aendern: tuple[tuple[UUID, Eintrag], ...]
    anlegen: tuple[Eintrag, ...]

    @property
    def ist_leer(self) -> bool:
        """Whether all is as it was sent."""
        return not (self.aufheben or self.aendern or self.anlegen)


def ab_heute(eintraege: Iterable[Eintrag], heute: date) -> list[Eintrag]:
    """What is left of them from today on, in order. What is past stays what it was, whatever is sent of it."""
    rest = [(eintrag, eintrag.zeitraum.intersect(Zeitraum(heute))) for eintrag in eintraege]
    return sorted((replace(e, zeitraum=z) for e, z in rest if z), key=lambda e: e.zeitraum.beginn)


def ueberschneidung(eintraege: Iterable[Eintrag]) -> Eintrag | None:
    """The first one that begins before the one before it has ended; None when there is none."""
    bisher: Eintrag | None = None
    for eintrag in sorted(eintraege, key=lambda e: e.zeitraum.beginn):
        if bisher is not None and bisher.zeitraum.overlaps(eintrag.zeitraum):
            return eintrag
        bisher = eintrag
    return None


def abgleich(vorhanden: Iterable[Eintrag], gewollt: Iterable[Eintrag], heute: date) -> Abgleich:
    """How rows of one place, or stops of one offer, become what was sent; neither of the two overlaps itself.

    A row keeps its first day: one that begins on the same day, or has begun before today like what was sent, is
    changed; any other one goes. Doing it twice does nothing the second time.
    """
    alt = {eintrag.zeitraum.beginn: eintrag for eintrag in ab_heute(vorhanden, heute)}
    neu = {eintrag.zeitraum.beginn: eintrag for eintrag in ab_heute(gewollt, heute)}
    aendern = [
        (eintrag.zeile, neu[beginn])
        for beginn, eintrag in alt.items()
        if beginn in neu and eintrag.zeile is not None and not eintrag.sagt(neu[beginn])
    ]
    return Abgleich(
        aufheben=tuple(e.zeile for beginn, e in alt.items() if beginn not in neu and e.zeile is not None),
        aendern=tuple(
            sorted(aendern, key=lambda teil: ist_laenger(alt[teil[1].zeitraum.beginn].zeitraum, teil[1].zeitraum))
        ),
        anlegen=tuple(eintrag for beginn, eintrag in neu.items() if beginn not in alt),
    )


def ist_laenger(alt: Zeitraum, neu: Zeitraum) -> bool:
    """Whether a row that becomes `neu` ends later than it did."""
    return alt.ende is not None and (neu.ende is None or neu.ende > alt.ende)


@dataclass(frozen=True, slots=True)
class Platzlage:
    """One place when blocks are spread over the places of an offer: its days, who holds it, what is blocked."""

    im_angebot: Zeitraum
    gehalten: tuple[Zeitraum, ...]
    gesperrt: tuple[Eintrag, ...]


def verteilung(
    gewollt: Sequence[Eintrag], lagen: Mapping[UUID, Platzlage], heute: date
) -> tuple[dict[UUID, list[Eintrag]], int | None]:
    """Which place each of these blocks falls on, for a system that knows how many and not which.

    `lagen` in the order in which places are to be taken. A block that is there keeps its place; a new one takes the
    first place that nobody holds in its time. The second value is the place in `gewollt` of the first block that finds
    none; None when all do.
    """
    rest = {stelle: teil[0] for stelle, e in enumerate(gewollt) if (teil := ab_heute([e], heute))}
    auf: dict[UUID, list[Eintrag]] = {platz: [] for platz in lagen}
    da = {platz: ab_heute(lage.gesperrt, heute) for platz, lage in lagen.items()}
    for schluessel in (_ganz, _anfang):  # what says the same stays where it is; then what begins the same
        vorhanden = {platz: set(map(schluessel, eintraege)) for platz, eintraege in da.items()}
        for stelle, eintrag in list(rest.items()):
            for platz, lage in lagen.items():
                if schluessel(eintrag) in vorhanden[platz] and _passt(eintrag.zeitraum, lage, auf[platz]):
                    auf[platz].append(rest.pop(stelle))
                    break
    for stelle, eintrag in sorted(rest.items(), key=lambda teil: (teil[1].zeitraum.beginn, teil[0])):
        frei = next((p for p, lage in lagen.items() if _passt(eintrag.zeitraum, lage, auf[p])), None)
        if frei is None:
            return auf, stelle
        auf[frei].append(eintrag)
    return auf, None


def _ganz(eintrag: Eintrag) -> tuple:
    return eintrag.zeitraum, eintrag.grund, eintrag.notiz


def _anfang(eintrag: Eintrag) -> tuple:
    return eintrag.zeitraum.beginn, eintrag.grund


def _passt(zeitraum: Zeitraum, lage: Platzlage, schon: Iterable[Eintrag]) -> bool:
    return (
        zeitraum.beginn in lage.im_angebot
        and not any(zeitraum.overlaps(gehalten) for gehalten in lage.gehalten)
        and not any(zeitraum.overlaps(eintrag.zeitraum) for eintrag in schon)
    )


def describe(teil: Abschnitt, heute: date) -> str:
    """A stretch in words: "ab sofort frei bis 14.03.", "belegt vom 14.03. bis 20.04."."""
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
    bis = teil.letzter_tag
    if bis is not None and bis < heute:
        return f"war frei bis {format_kurz(bis, heute)}"
    if bis == heute:
        return "nur heute frei"
    if teil.beginn <= heute:
        return "ab sofort frei" if bis is None else f"ab sofort frei bis {format_kurz(bis, heute)}"
    if bis == teil.beginn:
        return f"nur am {format_kurz(bis, heute)} frei"
    return f"frei{_von_bis(teil, heute, offen='')}"


def _von_bis(teil: Abschnitt, heute: date, *, offen: str = ", Ende offen") -> str:
    """ " ab 14.03., Ende offen", " vom 14.03. bis 20.04.", " bis 20.04."."""
    beginn, bis = format_kurz(teil.beginn, heute), teil.letzter_tag
    if bis is None:
        return f" ab {beginn}{offen}" if teil.beginn > heute else offen
    return f" vom {beginn} bis {format_kurz(bis, heute)}" if teil.beginn > heute else f" bis {format_kurz(bis, heute)}"


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
