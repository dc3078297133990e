"""How many places an offer has from a day on, which rate follows which, how old a vacancy is, what a licence allows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from shared_apps.core.zahlwort import anzahl as zahlwort
from shared_apps.core.zeitraum import Zeitraum, format_datum


@dataclass(frozen=True, slots=True)
class Nichtaufnahme:
    """Why an offer takes nobody in; `letzter_tag` None: until further notice."""

    grund: str
    letzter_tag: date | None
    hinweis: str = ""

    @property
    def text(self) -> str:
        """ "Personal, bis 15.12.2026"."""
        bis = f"bis {format_datum(self.letzter_tag)}" if self.letzter_tag else "bis auf Weiteres"
        return f"{self.grund}, {bis}" + (f" ({self.hinweis})" if self.hinweis else "")


#: A day before every day of this system. What was taken back with its list is said to have been there on it alone, for
#: rows of the register are never deleted: so nobody finds it on any day, and no reader has to ask for a state.
NIE = date(1900, 1, 1)
#: How long the history of the register is kept: as long as books and the agreements in them (§ 147 Abs. 3 AO).
VERLAUF_JAHRE = 10
#: How many days whoever proposed a rate is told on the first page what became of it. No law says it.
ENTSCHEIDUNG_ZEIGEN_TAGE = 14
#: More than any rate is: what the column holds.
ENTGELT_MAX = Decimal("9999999.99")


#: How far beyond the outermost seats of a state's districts a facility may be, in degrees: some 90 km to the north.
UMKREIS_GRAD = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class Umkreis:
    """A box on the map, in degrees."""

    sued: Decimal
    nord: Decimal
    west: Decimal
    ost: Decimal

    def enthaelt(self, breite: Decimal, laenge: Decimal) -> bool:
        """Whether a place is in it, its edge included."""
        return self.sued <= breite <= self.nord and self.west <= laenge <= self.ost


def umkreis_des_landes(sitze: Sequence[tuple[Decimal, Decimal]]) -> Umkreis | None:
    """Where a facility of a state is, or is nearby, by the seats (latitude, longitude) of its districts."""
    if not sitze:
        return None
    breiten, laengen = zip(*sitze, strict=True)
    return Umkreis(
        min(breiten) - UMKREIS_GRAD,
        max(breiten) + UMKREIS_GRAD,
        min(laengen) - UMKREIS_GRAD,
        max(laengen) + UMKREIS_GRAD,
    )


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


def nie_gewesen(rang: int = 0) -> tuple[date, date]:
    """The half-open time of what was taken back; of several rates of one offer, which never overlap, the next ones."""
    return NIE + timedelta(days=rang), NIE + timedelta(days=rang + 1)


def wirkt_zurueck(*, ab: date, vereinbart_am: date) -> bool:
    """Whether a rate would have effect before the day of its agreement, as it must not (§ 78d Abs. 2 S. 1 SGB VIII)."""
    return ab < vereinbart_am


@dataclass(frozen=True, slots=True)
class Entgeltsatz:
    """A rate as somebody proposes it: its components, its first day, on what it rests."""

    grundleistung: Decimal
    investition: Decimal
    sonderleistung: Decimal
    ab: date
    vereinbart_am: date
    rechtsgrundlage: str

    @property
    def betrag(self) -> Decimal:
        """The whole rate."""
        return self.grundleistung + self.investition + self.sonderleistung


@dataclass(frozen=True, slots=True)
class Entgeltzeit:
    """When one rate applies, half-open; `ende` None: until another one follows (§ 78d Abs. 2 Satz 4 SGB VIII)."""

    entgelt_id: UUID
    beginn: date
    ende: date | None


def naechstes_entgelt(zeiten: Iterable[Entgeltzeit], ab: date) -> Entgeltzeit | None:
    """The rate that begins on the day or later, which a new one must not precede: what was agreed stays as it is."""
    return min((zeit for zeit in zeiten if zeit.beginn >= ab), key=lambda zeit: zeit.beginn, default=None)


def abzuloesendes_entgelt(zeiten: Iterable[Entgeltzeit], ab: date) -> Entgeltzeit | None:
    """The rate that applies on the day and ends with it, because a new one begins."""
    return next((zeit for zeit in zeiten if zeit.beginn < ab and (zeit.ende is None or ab < zeit.ende)), None)


def mit_vorrang(
    allgemeine: Iterable[tuple[Zeitraum, Decimal]], eigene: Iterable[tuple[Zeitraum, Decimal]]
) -> list[tuple[Zeitraum, Decimal]]:
    """The rates that one office pays, by their first day: what it agreed for itself alone goes before the rate of all.

    From the first day of its own rate on no other one counts for it: that one goes on until the two agree on the next.
    § 77 SGB VIII does not say so; it is § 78d Abs. 2 Satz 4, taken over (a guess, ADR 0073).
    """
    eigene = sorted(eigene, key=lambda satz: satz[0].beginn)
    ab = eigene[0][0].beginn if eigene else None
    davor = [
        (Zeitraum(zeit.beginn, ab if ab and (zeit.ende is None or ab < zeit.ende) else zeit.ende), betrag)
        for zeit, betrag in sorted(allgemeine, key=lambda satz: satz[0].beginn)
        if ab is None or zeit.beginn < ab
    ]
    return [*davor, *eigene]


# --- how fresh a vacancy is -----------------------------------------------------------------------------------------
# No law says these numbers: they are choices of this portal, so that everybody means the same by "fresh".

#: A confirmation counts for this many days after its own.
BESTAETIGUNG_GILT_TAGE = 7
#: Days over which the reliability of a facility is told.
ZUVERLAESSIG_TAGE = 90
#: So far back an office may say that a place was not free.
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
    """The one word for the age of a confirmation. An open report that a place was not free outweighs any."""
    if gemeldet:
        return Vakanzstand(Vakanzstufe.GEMELDET, "gemeldet: war nicht frei")
    if bestaetigt is None:
        return Vakanzstand(Vakanzstufe.NIE, "nie bestätigt")
    tage = max(0, (heute - bestaetigt).days)
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


# --- what a licence limits (§ 45 SGB VIII) --------------------------------------------------------------------------

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


@dataclass(frozen=True, slots=True)
class Kapazitaetswort:
    """What pages call that of which an offer has some free: one, several ("von 3 …": `vielen`), and with its article,
    of what is held, booked or given back (nominative; accusative).
    """

    eins: str
    viele: str
    vielen: str
    der: str
    den: str
    label: str
    frei: str
    aendern: str
    vergebene: str

    def vergeben(self, zahl: int) -> str:
        """How much of it is held beyond a day: "2 Plätze sind über diesen Tag hinaus vergeben."."""
        return f"{zahlwort(zahl, f'{self.eins} ist', f'{self.viele} sind')} über diesen Tag hinaus vergeben."

    @property
    def Der(self) -> str:  # noqa: N802 - the word at the beginning of a sentence
        """`der` at the beginning of a sentence."""
        return self.der[0].upper() + self.der[1:]


_PLATZ = Kapazitaetswort(
    eins="Platz", viele="Plätze", vielen="Plätzen", der="der Platz", den="den Platz",
    label="Plätze", frei="Freie Plätze", aendern="Plätze ändern",
    vergebene="Vergebene Plätze bleiben, bis sie frei sind.",
)  # fmt: skip
_HILFE = Kapazitaetswort(
    eins="Hilfe", viele="Hilfen", vielen="Hilfen", der="die Kapazität", den="die Kapazität",
    label="Hilfen zugleich", frei="Freie Kapazität", aendern="Kapazität ändern",
    vergebene="Laufende Hilfen bleiben, bis sie enden.",
)  # fmt: skip


def kapazitaetswort(*, je_tag: bool) -> Kapazitaetswort:
    """The words for what is paid by day, a place; and for what is paid by hour, which has none."""
    return _PLATZ if je_tag else _HILFE
