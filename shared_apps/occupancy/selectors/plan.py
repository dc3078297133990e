"""The board: own places from day to day, by facility and offer; a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from shared_apps.catalogue.models import Grundart
from shared_apps.catalogue.selectors import name_gruende
from shared_apps.core.clock import local_date, real_now, today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.enums import BindungZustand
from shared_apps.occupancy.models import Aufnahmestopp, Platzbindung, Platzsperre
from shared_apps.occupancy.rules import Abschnitt, Abschnittsart, abschnitte, describe, describe_kurz, ist_frei
from shared_apps.providers.models import Angebot, Einrichtung, Platz
from shared_apps.providers.selectors.erlaubnis import list_licensed, needs_erlaubnis

WOCHE = timedelta(days=7)
#: Letters that the width of the board has room for, from its first day to its last, less what a bar needs beside them.
_ZEICHEN, _RAND = 150, 3
#: A facility is a group of rows: few of them fill a page.
PLAN = Liste(
    "occupancy:plan",
    {"name": ordnung(deutsch("name"), index="einrichtung_nach_name")},
    "name",
    je_seite=10,
    zeigt=related("gebietskoerperschaft", "anbieter"),
)


@dataclass(frozen=True, slots=True)
class Balken:
    """A stretch as the board draws it: how many days wide, in which words, and where it is changed.

    `kurz`: what is read on a bar that is too narrow for `text`.
    """

    abschnitt: Abschnitt
    tage: int
    text: str
    kurz: str
    url: str


@dataclass(frozen=True, slots=True)
class Platzzeile:
    """One place with what it is in the window."""

    platz: Platz
    balken: list[Balken]
    folge: list[Abschnitt]

    @property
    def ist_je_frei(self) -> bool:
        """Whether it is free on any day of the window that is still to come."""
        heute = today()
        return any(
            b.abschnitt.art is Abschnittsart.FREI and (b.abschnitt.ende is None or b.abschnitt.ende > heute)
            for b in self.balken
        )


@dataclass(frozen=True, slots=True)
class Angebotsplan:
    """One offer: its places, how many are free in each week, and the stop that holds or is to come."""

    angebot: Angebot
    zeilen: list[Platzzeile]
    frei_je_woche: list[int]
    stopp: Aufnahmestopp | None
    #: What the reason of that stop is called.
    stoppgrund: str


@dataclass(frozen=True, slots=True)
class Einrichtungsplan:
    """One facility with its offers."""

    einrichtung: Einrichtung
    angebote: list[Angebotsplan]
    #: No office finds what is offered here: the licence is missing (§ 45 SGB VIII).
    ohne_erlaubnis: bool


def list_einrichtungen(
    einrichtungen: QuerySet[Einrichtung], *, kreis: str = "", hilfeart: str = "", nur_frei: bool = False
) -> QuerySet[Einrichtung]:
    """Of the person's facilities those in this district, with this kind of help, with a place that is free today."""
    heute = today()
    rows = einrichtungen.filter(Q(gueltig_bis=None) | Q(gueltig_bis__gt=heute))
    if kreis:
        rows = rows.filter(gebietskoerperschaft__kuerzel=kreis)
    if hilfeart:
        rows = rows.filter(Exists(_laufende().filter(einrichtung=OuterRef("pk"), hilfeart__code=hilfeart)))
    if nur_frei:
        plaetze = _freie_plaetze(heute).filter(angebot__einrichtung=OuterRef("pk"))
        if hilfeart:
            plaetze = plaetze.filter(angebot__hilfeart__code=hilfeart)
        rows = rows.filter(Exists(plaetze))
    return PLAN.order(rows)


def _laufende() -> QuerySet[Angebot]:
    return Angebot.objects.filter(gueltig__endswith__isnull=True) | Angebot.objects.filter(
        gueltig__endswith__gt=today()
    )


def _freie_plaetze(tag: date) -> QuerySet[Platz]:
    """Places that are free on the day and whose offer takes somebody in."""
    am_tag = {"zeitraum__contains": tag}
    return Platz.objects.filter(
        ~Exists(Platzbindung.objects.filter(lebend(), platz=OuterRef("pk"), **am_tag)),
        ~Exists(Platzsperre.objects.filter(platz=OuterRef("pk"), aufgehoben_at=None, **am_tag)),
        ~Exists(Aufnahmestopp.objects.filter(angebot=OuterRef("angebot"), aufgehoben_at=None, **am_tag)),
        gueltig__contains=tag,
    )


def lebend() -> Q:
    """Holds that occupy their place: booked, or reserved and not lapsed."""
    return Q(zustand=BindungZustand.GEBUCHT) | (
        Q(zustand=BindungZustand.RESERVIERT) & (Q(ablauf_at=None) | Q(ablauf_at__gte=real_now()))
    )


def list_kreise(einrichtungen: QuerySet[Einrichtung]) -> list[tuple[str, str]]:
    """Districts with a facility of hers, for the filter."""
    rows = einrichtungen.order_by("gebietskoerperschaft__sortierung").values_list(
        "gebietskoerperschaft__kuerzel", "gebietskoerperschaft__kurzname"
    )
    return list(rows.distinct())


def list_plan(
    einrichtungen: Sequence[Einrichtung], fenster: Zeitraum, *, hilfeart: str = "", nur_frei: bool = False
) -> list[Einrichtungsplan]:
    """Offers and places of these facilities in the window. Eight queries at most, however many there are."""
    assert fenster.ende is not None  # a board has a last column
    nah = DateRange(fenster.beginn, fenster.ende)
    angebote = Angebot.objects.filter(einrichtung__in=einrichtungen, gueltig__overlap=nah).select_related("hilfeart")
    if hilfeart:
        angebote = angebote.filter(hilfeart__code=hilfeart)
    angebote = angebote.order_by("hilfeart__sortierung", deutsch("name"))
    nach_haus: dict[UUID, list[Angebot]] = defaultdict(list)
    for angebot in angebote:
        nach_haus[angebot.einrichtung_id].append(angebot)
    ids = [angebot.pk for rows in nach_haus.values() for angebot in rows]
    stopps = _stopps(ids, fenster)
    gruende = _name_stopps(stopps)
    zeilen = _zeilen([angebot for rows in nach_haus.values() for angebot in rows], fenster, stopps, gruende)
    erlaubt = list_licensed([einrichtung.pk for einrichtung in einrichtungen], today())
    return [
        Einrichtungsplan(
            einrichtung,
            [
                _angebotsplan(angebot, zeilen[angebot.pk], stopps[angebot.pk], gruende, fenster, nur_frei=nur_frei)
                for angebot in nach_haus[einrichtung.pk]
            ],
            einrichtung.pk not in erlaubt and any(map(needs_erlaubnis, nach_haus[einrichtung.pk])),
        )
        for einrichtung in einrichtungen
    ]


def list_abschnitte(platz: Platz, ab: date) -> list[Abschnitt]:
    """What a place is from the day on, to its last known change."""
    fenster = Zeitraum(ab)
    stopps = _stopps([platz.angebot_id], fenster)
    gruende = _name_stopps(stopps)
    return abschnitte(
        Zeitraum.from_range(platz.gueltig),
        _vergeben([platz.pk], ab)[platz.pk],
        [_as_stopp(stopp, gruende) for stopp in stopps[platz.angebot_id]],
        fenster,
    )


def _stopps(angebot_ids: Iterable[UUID], fenster: Zeitraum) -> defaultdict[UUID, list[Aufnahmestopp]]:
    found: defaultdict[UUID, list[Aufnahmestopp]] = defaultdict(list)
    for stopp in Aufnahmestopp.objects.filter(
        angebot__in=list(angebot_ids), aufgehoben_at=None, zeitraum__overlap=DateRange(fenster.beginn, None)
    ).order_by("zeitraum"):
        found[stopp.angebot_id].append(stopp)
    return found


def _name_stopps(stopps: dict[UUID, list[Aufnahmestopp]]) -> dict[str, str]:
    return name_gruende(Grundart.STOPP, {stopp.grund for rows in stopps.values() for stopp in rows})


def _vergeben(platz_ids: Iterable[UUID], ab: date) -> defaultdict[UUID, list[Abschnitt]]:
    """Living holds and blocks that reach beyond the day, by place. Two queries, and one for the words of reasons."""
    ids, danach = list(platz_ids), DateRange(ab, None)
    found: defaultdict[UUID, list[Abschnitt]] = defaultdict(list)
    for bindung in Platzbindung.objects.filter(lebend(), platz__in=ids, zeitraum__overlap=danach):
        ist_fest = bindung.zustand == BindungZustand.GEBUCHT
        found[bindung.platz_id].append(
            Abschnitt(
                Abschnittsart.BELEGT if ist_fest else Abschnittsart.RESERVIERT,
                bindung.zeitraum.lower,
                bindung.zeitraum.upper,
                gehalten_bis=None if ist_fest or bindung.ablauf_at is None else local_date(bindung.ablauf_at),
            )
        )
    sperren = list(Platzsperre.objects.filter(platz__in=ids, aufgehoben_at=None, zeitraum__overlap=danach))
    gruende = name_gruende(Grundart.SPERRE, {sperre.grund for sperre in sperren})
    for sperre in sperren:
        dauer = sperre.dauer
        found[sperre.platz_id].append(
            Abschnitt(
                Abschnittsart.GESPERRT,
                dauer.beginn,
                dauer.ende,
                zeile=sperre.pk,
                grund=sperre.notiz or gruende[sperre.grund],
            )
        )
    return found


def _zeilen(
    angebote: Sequence[Angebot],
    fenster: Zeitraum,
    stopps: dict[UUID, list[Aufnahmestopp]],
    gruende: dict[str, str],
) -> defaultdict[UUID, list[Platzzeile]]:
    nah, by_id = DateRange(fenster.beginn, fenster.ende), {angebot.pk: angebot for angebot in angebote}
    plaetze = list(Platz.objects.filter(angebot__in=by_id, gueltig__overlap=nah).order_by("nummer"))
    for platz in plaetze:
        platz.angebot = by_id[platz.angebot_id]  # what a place is called depends on its offer
    vergeben = _vergeben([platz.pk for platz in plaetze], fenster.beginn)
    heute = today()
    zeilen: defaultdict[UUID, list[Platzzeile]] = defaultdict(list)
    for platz in plaetze:
        gestoppt = [_as_stopp(stopp, gruende) for stopp in stopps[platz.angebot_id]]
        folge = abschnitte(Zeitraum.from_range(platz.gueltig), vergeben[platz.pk], gestoppt, fenster)
        zeilen[platz.angebot_id].append(
            Platzzeile(platz, [_balken(platz, teil, fenster, heute) for teil in folge], folge)
        )
    return zeilen


def _as_stopp(stopp: Aufnahmestopp, gruende: dict[str, str]) -> Abschnitt:
    dauer = stopp.dauer
    return Abschnitt(
        Abschnittsart.NICHT_ANGEBOTEN, dauer.beginn, dauer.ende, zeile=stopp.pk, grund=gruende[stopp.grund]
    )


def _balken(platz: Platz, teil: Abschnitt, fenster: Zeitraum, heute: date) -> Balken:
    sichtbar = teil.zeitraum.intersect(fenster)
    assert sichtbar is not None  # only such parts are in a row
    text = describe(teil, heute)
    passt = len(text) + _RAND <= _ZEICHEN * sichtbar.tage // fenster.tage
    kurz = "" if passt else describe_kurz(teil, heute)
    return Balken(teil, sichtbar.tage, text, kurz, get_url(platz, teil, heute))


def get_url(platz: Platz, teil: Abschnitt, heute: date) -> str:
    """Where such a stretch is changed; "" where there is nothing to change."""
    if teil.art is Abschnittsart.AUSSERHALB:
        return ""
    if teil.art is Abschnittsart.GESPERRT:
        return reverse("occupancy:block", args=[teil.zeile])
    if teil.art is Abschnittsart.NICHT_ANGEBOTEN:
        return reverse("occupancy:stop", args=[teil.zeile])
    url = reverse("occupancy:place", args=[platz.pk])
    return f"{url}?ab={teil.beginn:%Y-%m-%d}" if teil.art is Abschnittsart.FREI and teil.beginn > heute else url


def _angebotsplan(
    angebot: Angebot,
    zeilen: list[Platzzeile],
    stopps: list[Aufnahmestopp],
    gruende: dict[str, str],
    fenster: Zeitraum,
    *,
    nur_frei: bool,
) -> Angebotsplan:
    stopp = next(iter(stopps), None)
    return Angebotsplan(
        angebot,
        [zeile for zeile in zeilen if zeile.ist_je_frei] if nur_frei else zeilen,
        [sum(ist_frei(zeile.folge, woche) for zeile in zeilen) for woche in _wochen(fenster)],
        stopp,
        gruende[stopp.grund] if stopp else "",
    )


def _wochen(fenster: Zeitraum) -> list[Zeitraum]:
    """Each week of the window; of the current one what is left of it."""
    assert fenster.ende is not None
    wochen, montag, heute = [], fenster.beginn, today()
    while montag < fenster.ende:
        rest = max(montag, heute) if heute < montag + WOCHE else montag
        wochen.append(Zeitraum(rest, montag + WOCHE))
        montag += WOCHE
    return wochen
