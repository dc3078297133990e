"""What a facility is licensed for, and what it offers of it (§ 45 SGB VIII)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from shared_apps.core.clock import today
from shared_apps.core.zahlwort import altersspanne, anzahl, anzahl_tage
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers.models import Angebot, Ausnahme, Betriebserlaubnis, Einrichtung, Platz, erlaubte_zeit
from shared_apps.providers.querysets import gueltig_on
from shared_apps.providers.rules import (
    VOLLJAEHRIG,
    Angebotsstand,
    Ausnahmestand,
    Betrieb,
    Erlaubnisstand,
    Grenze,
    Platzstand,
    Verstoss,
    braucht_erlaubnis,
)

#: A licence that ends within this time is shown as running out: the authority needs months to prolong it.
LAEUFT_BALD_AB = timedelta(days=180)


class Erlaubnissuche(models.TextChoices):
    """What a list of facilities may be narrowed to."""

    GUELTIG = "gueltig", "gültig"
    LAEUFT_AB = "laeuft_ab", f"läuft ab, noch höchstens {anzahl_tage(LAEUFT_BALD_AB.days)}"
    FEHLT = "fehlt", "nötig, aber nicht vorhanden"


def stand_of_erlaubnis(row: Betriebserlaubnis) -> Erlaubnisstand:
    """A licence as the rule sees it."""
    return Erlaubnisstand(
        row.pk, row.nummer, row.behoerde, row.datum, row.beginn, row.gueltig_bis, row.plaetze, row.alter_von,
        row.alter_bis,
    )  # fmt: skip


def stand_of_ausnahme(row: Ausnahme) -> Ausnahmestand:
    """An exception as the rule sees it."""
    return Ausnahmestand(
        row.pk, row.aktenzeichen, row.gueltig.lower, row.gueltig.upper, row.plaetze_mehr, row.alter_von, row.alter_bis
    )


def stand_of_angebot(row: Angebot, plaetze: Iterable[Platzstand]) -> Angebotsstand:
    """An offer as the rule sees it."""
    beginn = row.gueltig.lower or date.min
    return Angebotsstand(row.pk, row.name, beginn, row.gueltig.upper, row.alter_von, row.alter_bis, tuple(plaetze))


def stand_of_platz(row: Platz) -> Platzstand:
    """A place as the rule sees it."""
    return Platzstand(row.pk, row.nummer, row.gueltig.lower or date.min, row.gueltig.upper)


def needs_erlaubnis(angebot: Angebot) -> bool:
    """Whether the offer needs the licence of its facility."""
    return braucht_erlaubnis(erlaubnispflichtig=angebot.hilfeart.erlaubnispflichtig, alter_von=angebot.alter_von)


def get_betrieb(einrichtung_id: UUID) -> Betrieb:
    """All licences and exceptions of a facility, and its offers that need one; four queries."""
    return list_betriebe([einrichtung_id])[einrichtung_id]


def list_betriebe(einrichtung_ids: Iterable[UUID]) -> dict[UUID, Betrieb]:
    """The same of several facilities; four queries for all of them."""
    ids = list(einrichtung_ids)
    plaetze: dict[UUID, list[Platzstand]] = defaultdict(list)
    angebote = Angebot.objects.filter(einrichtung__in=ids, hilfeart__erlaubnispflichtig=True)
    rows = [a for a in angebote.select_related("hilfeart") if needs_erlaubnis(a)]
    for platz in Platz.objects.filter(angebot__in=[a.pk for a in rows]):
        plaetze[platz.angebot_id].append(stand_of_platz(platz))
    erlaubnisse: dict[UUID, list[Erlaubnisstand]] = defaultdict(list)
    for erlaubnis in Betriebserlaubnis.objects.filter(einrichtung__in=ids):
        erlaubnisse[erlaubnis.einrichtung_id].append(stand_of_erlaubnis(erlaubnis))
    ausnahmen: dict[UUID, list[Ausnahmestand]] = defaultdict(list)
    for ausnahme in Ausnahme.objects.filter(einrichtung__in=ids):
        ausnahmen[ausnahme.einrichtung_id].append(stand_of_ausnahme(ausnahme))
    je_haus: dict[UUID, list[Angebotsstand]] = defaultdict(list)
    for angebot in rows:
        je_haus[angebot.einrichtung_id].append(stand_of_angebot(angebot, plaetze[angebot.pk]))
    return {pk: Betrieb(tuple(erlaubnisse[pk]), tuple(ausnahmen[pk]), tuple(je_haus[pk])) for pk in ids}


def licensed_on(tag: date) -> QuerySet[Betriebserlaubnis]:
    """Licences that hold on this day; their exclusion constraint is the index."""
    return Betriebserlaubnis.objects.alias(zeit=erlaubte_zeit()).filter(Q(zeit__contains=tag))


def running_out_on(tag: date) -> QuerySet[Betriebserlaubnis]:
    """Licences of this day whose end is near, and after which no other one begins.

    Of this day as `licensed_on` says, by two comparisons: under row-level security an index finds these alone.
    """
    danach = Betriebserlaubnis.objects.alias(zeit=erlaubte_zeit()).filter(
        einrichtung=OuterRef("einrichtung"), zeit__contains=OuterRef("gueltig_bis")
    )
    endet = Betriebserlaubnis.objects.alias(ab=Coalesce("gueltig_ab", "datum"))
    return endet.filter(~Exists(danach), ab__lte=tag, gueltig_bis__gt=tag, gueltig_bis__lte=tag + LAEUFT_BALD_AB)


def offered_on(tag: date) -> Q:
    """Offers that may take somebody in on this day: they need no licence, or their facility has one (§ 45 SGB VIII)."""
    return Q(hilfeart__erlaubnispflichtig=False) | allowed_on(tag)


def allowed_on(tag: date) -> Q:
    """Offers of a kind of help that needs a licence: the facility has one on this day, or they take adults only.

    `licensed_on` by two comparisons. They are leakproof: under row-level security the planner knows that most
    facilities have one, and asks for those of a district one by one instead of reading all there are.
    """
    erlaubt = Betriebserlaubnis.objects.alias(ab=Coalesce("gueltig_ab", "datum")).filter(
        Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=tag), ab__lte=tag, einrichtung=OuterRef("einrichtung")
    )
    return Q(alter_von__gte=VOLLJAEHRIG) | Q(Exists(erlaubt))


def needing_erlaubnis() -> Q:
    """Offers that need the licence of their facility: `needs_erlaubnis` of many."""
    return Q(hilfeart__erlaubnispflichtig=True, alter_von__lt=VOLLJAEHRIG)


def with_erlaubnis(suche: str, tag: date) -> Q:
    """Facilities whose licence is as asked for on this day.

    It runs out as `running_out_on` says. It is missing where something that runs needs one.
    """
    gueltig = Exists(licensed_on(tag).filter(einrichtung=OuterRef("pk")))
    if suche == Erlaubnissuche.GUELTIG:
        return Q(gueltig)
    if suche == Erlaubnissuche.FEHLT:
        noetig = Angebot.objects.filter(needing_erlaubnis(), gueltig_on(tag), einrichtung=OuterRef("pk"))
        return ~Q(gueltig) & Q(Exists(noetig))
    return Q(pk__in=running_out_on(tag).values("einrichtung"))


def list_erlaubnisse(einrichtung_ids: Iterable[UUID], tag: date) -> dict[UUID, Betriebserlaubnis]:
    """The licence of the day, by facility; one query."""
    return {row.einrichtung_id: row for row in licensed_on(tag).filter(einrichtung__in=set(einrichtung_ids))}


def list_licensed(einrichtung_ids: Iterable[UUID], tag: date) -> set[UUID]:
    """Which of these facilities have a licence on the day; one query."""
    rows = licensed_on(tag).filter(einrichtung__in=list(einrichtung_ids))
    return set(rows.values_list("einrichtung_id", flat=True))


@dataclass(frozen=True, slots=True)
class Erlaubniswort:
    """The licence of a day as every page says it: until when it holds, what it allows, who has given it."""

    gilt: str
    plaetze: str = ""
    alter: str = ""
    behoerde: str = ""


def describe_lizenz(row: Betriebserlaubnis | None, angebot: Angebot, tag: date) -> Erlaubniswort:
    """The licence that the house of this offer has on the day; None: it has none."""
    if row is None:
        return Erlaubniswort(f"keine am {format_datum(tag)}" if needs_erlaubnis(angebot) else "nicht nötig")
    return Erlaubniswort(
        f"gilt bis {format_datum(row.letzter_tag)}" if row.letzter_tag else "unbefristet",
        anzahl(row.plaetze, "Platz", "Plätze"),
        altersspanne(row.alter_von, row.alter_bis),
        row.behoerde,
    )


# --- the page of a facility -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Erlaubnislage:
    """Licences of a facility as its page shows them. `heute`: that of today."""

    heute: Betriebserlaubnis | None
    #: Without one today: the last one that has run out.
    zuletzt: Betriebserlaubnis | None
    kuenftige: tuple[Betriebserlaubnis, ...]
    ausnahmen: tuple[Ausnahme, ...]
    #: Places of today that need a licence, and how many are allowed.
    belegt: int
    erlaubt: int
    #: Whether something it offers needs a licence.
    noetig: bool
    laeuft_ab: bool

    @property
    def mehr(self) -> int:
        """Places that exceptions of today add."""
        return self.erlaubt - self.heute.plaetze if self.heute else 0

    @property
    def gezeigte(self) -> frozenset[UUID]:
        """Licences that have a place of their own on the page; the others are among its documents."""
        rows = (self.heute, self.zuletzt, *self.kuenftige)
        return frozenset(row.pk for row in rows if row is not None)

    @property
    def fehlt(self) -> bool:
        """Whether it is not offered what it enters, for want of a licence today."""
        return self.noetig and self.heute is None


def get_erlaubnislage(einrichtung: Einrichtung, angebote: Iterable[Any]) -> Erlaubnislage:
    """What holds today and later; two queries. `angebote`: with `platzzahl`, as `list_angebote` makes them."""
    tag = today()
    alle = sorted(Betriebserlaubnis.objects.filter(einrichtung=einrichtung), key=lambda row: row.beginn)
    laufende = [row for row in alle if not row.ist_beendet]
    heute = next((row for row in laufende if row.beginn <= tag), None)
    ausnahmen = tuple(Ausnahme.objects.filter(einrichtung=einrichtung, gueltig__endswith__gt=tag))
    pflichtige = [a for a in angebote if needs_erlaubnis(a)]
    mehr = sum(a.plaetze_mehr for a in ausnahmen if a.gueltig.lower <= tag)
    return Erlaubnislage(
        heute=heute,
        zuletzt=None if heute else next((row for row in reversed(alle) if row.ist_beendet), None),
        kuenftige=tuple(row for row in laufende if row.beginn > tag),
        ausnahmen=ausnahmen,
        belegt=sum(a.platzzahl for a in pflichtige if (a.gueltig.lower or tag) <= tag),
        erlaubt=heute.plaetze + mehr if heute else 0,
        noetig=bool(pflichtige),
        laeuft_ab=heute is not None and _runs_out(heute, laufende, tag),
    )


def _runs_out(heute: Betriebserlaubnis, laufende: Iterable[Betriebserlaubnis], tag: date) -> bool:
    """Of one what `running_out_on` asks of all; the next one begins with the day on which this one no longer holds."""
    ende = heute.gueltig_bis
    return ende is not None and ende <= tag + LAEUFT_BALD_AB and not any(row.beginn == ende for row in laufende)


# --- what a refusal says --------------------------------------------------------------------------------------------


def describe_erlaubnis(grenze: Grenze) -> str:
    """Which licence it is: its number, who gave it, when, and the exceptions of the day."""
    stand = grenze.erlaubnis
    text = f"Betriebserlaubnis Nr. {stand.nummer} vom {format_datum(stand.datum)}"
    if stand.behoerde:
        text += f" ({stand.behoerde})"
    if grenze.ausnahmen:
        text += f" mit Ausnahme Az. {', '.join(a.aktenzeichen for a in grenze.ausnahmen)}"
    return text


class Eintrag(Enum):
    """What somebody was entering when it was refused; it decides what she can do about it."""

    ANGEBOT = "angebot"
    ERLAUBNIS = "erlaubnis"
    AUSNAHME = "ausnahme"
    LISTE = "liste"


_DAGEGEN = "Das geht noch nicht, dagegen steht, was Sie anbieten:"
_ERST_DIE_ERLAUBNIS = "oder tragen Sie zuerst ein, was die Behörde zusätzlich erlaubt"
_RAT = {
    (Eintrag.ANGEBOT, "plaetze"): f"Bitte geben Sie weniger Plätze an, {_ERST_DIE_ERLAUBNIS}.",
    (Eintrag.ANGEBOT, "alter_von"): f"Bitte geben Sie mindestens {{von}} an, {_ERST_DIE_ERLAUBNIS}.",
    (Eintrag.ANGEBOT, "alter_bis"): f"Bitte geben Sie höchstens {{bis}} an, {_ERST_DIE_ERLAUBNIS}.",
    (Eintrag.ERLAUBNIS, "plaetze"): "Bitte prüfen Sie die Zahl, oder verringern Sie zuerst die Plätze der Angebote.",
    (Eintrag.ERLAUBNIS, "alter_von"): "Bitte prüfen Sie das Alter, oder ändern Sie zuerst das Angebot.",
    (Eintrag.ERLAUBNIS, "alter_bis"): "Bitte prüfen Sie das Alter, oder ändern Sie zuerst das Angebot.",
    (
        Eintrag.AUSNAHME,
        "plaetze",
    ): "Bitte prüfen Sie Zahl und Tage, oder verringern Sie zuerst die Plätze der Angebote.",
    (Eintrag.AUSNAHME, "alter_von"): "Bitte prüfen Sie Alter und Tage, oder ändern Sie zuerst das Angebot.",
    (Eintrag.AUSNAHME, "alter_bis"): "Bitte prüfen Sie Alter und Tage, oder ändern Sie zuerst das Angebot.",
}


def describe_verstoss(
    verstoss: Verstoss, betrieb: Betrieb, *, feld: str, eintrag: Eintrag, ist_erster: bool = True
) -> str:
    """What stands against a change: the day, the figure, the licence that says so, and what to do. `feld`: at which of
    `Verstoss.felder` it is said. A list says itself what to do. `ist_erster`: of several the first one says, too, that
    it is what she offers that stands against it."""
    grenze = verstoss.grenze
    rat = _RAT.get((eintrag, feld), "").format(von=grenze.alter_von, bis=grenze.alter_bis)
    before = _DAGEGEN if ist_erster and eintrag in {Eintrag.ERLAUBNIS, Eintrag.AUSNAHME} else ""
    return " ".join(filter(None, [before, _say_verstoss(verstoss, betrieb), rat]))


def _say_verstoss(verstoss: Verstoss, betrieb: Betrieb) -> str:
    grenze, tag = verstoss.grenze, format_datum(verstoss.tag)
    wer = describe_erlaubnis(grenze)
    if verstoss.angebot is not None:
        angebot = verstoss.angebot
        return (
            f"Am {tag} nimmt „{angebot.name}“ von {angebot.alter_von} bis {anzahl(angebot.alter_bis, 'Jahr', 'Jahren')}"
            f" auf. Die {wer} erlaubt {altersspanne(grenze.alter_von, grenze.alter_bis)}."
        )
    je_angebot = ((angebot.name, angebot.plaetze_am(verstoss.tag)) for angebot in betrieb.angebote)
    liste = "; ".join(f"„{name}“ {anzahl(zahl, 'Platz', 'Plätze')}" for name, zahl in je_angebot if zahl)
    return (
        f"Am {tag} wären es {anzahl(verstoss.plaetze, 'Platz', 'Plätze')} ({liste}). Die {wer} erlaubt an diesem Tag"
        f" {anzahl(grenze.plaetze, 'Platz', 'Plätze')}."
    )
