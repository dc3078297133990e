"""The board: own places from day to day, by facility and offer; a constant number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from shared_apps.catalogue.models import Grundart, Hilfeart
from shared_apps.catalogue.selectors import name_gruende
from shared_apps.core.clock import local_date, real_now, today
from shared_apps.core.liste import GRENZE, Liste, Listenseite, format_count, ordnung, related
from shared_apps.core.lookups import key_of
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from shared_apps.occupancy.enums import BindungZustand
from shared_apps.occupancy.models import Aufnahmestopp, Platzbindung, Platzsperre
from shared_apps.occupancy.rules import Abschnitt, Abschnittsart, abschnitte, describe, describe_kurz
from shared_apps.occupancy.selectors import count_je_zeitraum
from shared_apps.providers.models import Angebot, Einrichtung, Platz
from shared_apps.providers.rules import kapazitaetswort
from shared_apps.providers.selectors.erlaubnis import list_licensed, needs_erlaubnis
from shared_apps.regions.models import Gebietskoerperschaft

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
#: How many rows of a facility are on the board of all; its own page has the others.
JE_HAUS = 20
#: Places of one facility in the order of its offers, found by these.
HAUSPLAN = Liste(
    "occupancy:facility",
    {"angebot": ordnung("angebot__hilfeart__sortierung", deutsch("angebot__name"), "angebot_id", "nummer")},
    "angebot",
)
#: Blocks of one place that still hold or are to come; what is between them goes with them.
SPERREN = Liste("occupancy:place", {"beginn": ordnung("zeitraum")}, "beginn")


@dataclass(frozen=True, slots=True)
class Balken:
    """A stretch as the board draws it: how many days wide, in which words, and where it is changed.

    `ist_schmal`: too narrow for `text`, which is its title then; `kurz` is read on it where that has room.
    """

    abschnitt: Abschnitt
    tage: int
    text: str
    ist_schmal: bool
    kurz: str
    url: str


@dataclass(frozen=True, slots=True)
class Platzzeile:
    """One place with what it is in the window."""

    platz: Platz
    balken: list[Balken]


@dataclass(frozen=True, slots=True)
class Angebotsplan:
    """One offer: places of it, how many are free in each week, and the stop that holds or is to come."""

    angebot: Angebot
    zeilen: list[Platzzeile]
    #: All places it has in the window, shown or not.
    plaetze: int
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
    #: All places in the window, one more than `GRENZE` at most, where only the first ones are shown; else None.
    gesamt: int | None = None

    @property
    def alle_text(self) -> str:
        """What leads to the rest: "Alle 120 Plätze ansehen"; "" where nothing is left out."""
        if self.gesamt is None:
            return ""
        viele = kapazitaetswort(je_tag=any(plan.angebot.hilfeart.ist_stationaer for plan in self.angebote)).viele
        if self.gesamt > GRENZE:
            return f"Alle {viele} ansehen, {format_count(GRENZE, ist_mehr=True)}"
        return f"Alle {format_count(self.gesamt)} {viele} ansehen"


def list_einrichtungen(
    einrichtungen: QuerySet[Einrichtung], *, kreis: str = "", hilfeart: str = "", nur_frei: bool = False
) -> QuerySet[Einrichtung]:
    """Of the person's facilities those in this district, with this kind of help, with a place that is free today."""
    heute = today()
    rows = einrichtungen.filter(Q(gueltig_bis=None) | Q(gueltig_bis__gt=heute))
    if kreis:
        rows = rows.filter(gebietskoerperschaft=key_of(Gebietskoerperschaft.objects.filter(kuerzel=kreis)))
    if hilfeart:
        rows = rows.filter(Exists(_laufende().filter(einrichtung=OuterRef("pk"), hilfeart=_art(hilfeart))))
    if nur_frei:
        rows = rows.filter(pk__in=_list_mit_freiem(rows, heute, hilfeart=hilfeart))
    return PLAN.order(rows)


def _art(code: str) -> Subquery:
    return key_of(Hilfeart.objects.filter(code=code))


def _laufende() -> QuerySet[Angebot]:
    return Angebot.objects.filter(gueltig__endswith__isnull=True) | Angebot.objects.filter(
        gueltig__endswith__gt=today()
    )


#: Of these offers the facilities with a place that is free on the day, where somebody is taken in.
_MIT_FREIEM = """
SELECT DISTINCT a.einrichtung_id
  FROM occupancy_vakanzen(ARRAY({eigene}), daterange(%s::date, %s::date)) v
  JOIN providers_angebot a ON a.id = v.angebot_id
 WHERE v.frei > 0
"""


def _list_mit_freiem(einrichtungen: QuerySet[Einrichtung], tag: date, *, hilfeart: str) -> list[UUID]:
    """Which of these facilities have a free place. One query, which reads no row of a hold under row-level security."""
    angebote = Angebot.objects.filter(einrichtung__in=einrichtungen.order_by().values("pk"))
    if hilfeart:
        angebote = angebote.filter(hilfeart=_art(hilfeart))
    eigene, params = angebote.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_MIT_FREIEM.format(eigene=eigene), [*params, tag, tag + EIN_TAG])
        return [pk for (pk,) in cursor.fetchall()]


def lebend() -> Q:
    """Holds that occupy their place: booked, or reserved and not lapsed."""
    return Q(zustand=BindungZustand.GEBUCHT) | (
        Q(zustand=BindungZustand.RESERVIERT) & (Q(ablauf_at=None) | Q(ablauf_at__gte=real_now()))
    )


#: Keys of the first places of each facility, in the order of the board, one more than are shown; an offer without a
#: place is a row, too. Read are as many offers of a facility, and as many places of an offer, whatever it has.
_ERSTE = """
SELECT h.id, z.angebot_id, z.platz_id
  FROM unnest(%(haeuser)s::uuid[]) h (id)
 CROSS JOIN LATERAL (
       SELECT a.id AS angebot_id, p.id AS platz_id
         FROM (SELECT a.id, art.sortierung, a.name COLLATE "deutsch" AS name
                 FROM providers_angebot a JOIN catalogue_hilfeart art ON art.id = a.hilfeart_id
                WHERE a.einrichtung_id = h.id AND a.gueltig && daterange(%(ab)s::date, %(bis)s::date)
                  AND (%(hilfeart)s = '' OR art.code = %(hilfeart)s)
                ORDER BY art.sortierung, a.name COLLATE "deutsch", a.id LIMIT %(zahl)s) a
         LEFT JOIN LATERAL (
              SELECT p.id, p.nummer FROM providers_platz p
               WHERE p.angebot_id = a.id AND p.gueltig && daterange(%(ab)s::date, %(bis)s::date) AND {wenn}
               ORDER BY p.nummer LIMIT %(zahl)s) p ON true
        ORDER BY a.sortierung, a.name, a.id, p.nummer LIMIT %(zahl)s) z
"""
#: A place that is free on a day of the window that is still to come: what is left of it without holds, blocks, stops.
_WIRD_FREI = """
 datemultirange(p.gueltig * daterange(%(offen)s::date, %(bis)s::date)) <> '{}' AND
 datemultirange(p.gueltig * daterange(%(offen)s::date, %(bis)s::date)) - coalesce((
   SELECT range_agg(v.zeitraum) FROM (
     SELECT b.zeitraum FROM occupancy_platzbindung b
      WHERE b.platz_id = p.id AND b.ende > %(offen)s::date AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
        AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
     UNION ALL SELECT s.zeitraum FROM occupancy_platzsperre s WHERE s.platz_id = p.id AND s.aufgehoben_at IS NULL
     UNION ALL SELECT t.zeitraum FROM occupancy_aufnahmestopp t WHERE t.angebot_id = a.id AND t.aufgehoben_at IS NULL
   ) v), '{}') <> '{}'
"""
#: Places of facilities in the window, counted as far as a list is.
_ANZAHL = """
SELECT h.id, (SELECT count(*) FROM (
         SELECT FROM providers_angebot a JOIN providers_platz p ON p.angebot_id = a.id
          WHERE a.einrichtung_id = h.id AND a.gueltig && daterange(%(ab)s::date, %(bis)s::date)
            AND p.gueltig && daterange(%(ab)s::date, %(bis)s::date) LIMIT %(zahl)s) p)
  FROM unnest(%(haeuser)s::uuid[]) h (id)
"""


def list_plan(
    einrichtungen: Sequence[Einrichtung], fenster: Zeitraum, *, hilfeart: str = "", nur_frei: bool = False
) -> list[Einrichtungsplan]:
    """Offers and first places (`JE_HAUS`) of these facilities in the window. Constant queries, whatever they have."""
    angebot_ids, platz_ids, voll = _find_erste(einrichtungen, fenster, hilfeart=hilfeart, nur_frei=nur_frei)
    tafel = _load(angebot_ids, Platz.objects.filter(pk__in=platz_ids), fenster)
    gesamt = _count_plaetze(voll, fenster)
    nach_haus: dict[UUID, list[Angebotsplan]] = defaultdict(list)
    for plan in tafel:
        nach_haus[plan.angebot.einrichtung_id].append(plan)
    erlaubt = list_licensed([einrichtung.pk for einrichtung in einrichtungen], today())
    return [
        _einrichtungsplan(e, _first(nach_haus[e.pk]) if e.pk in gesamt else nach_haus[e.pk], erlaubt, gesamt.get(e.pk))
        for e in einrichtungen
    ]


def list_hausplaetze(haus: Einrichtung, fenster: Zeitraum) -> QuerySet[Platz]:
    """All places of one facility in the window, in the order of `HAUSPLAN`."""
    nah = _nah(fenster)
    return HAUSPLAN.order(
        Platz.objects.filter(angebot__einrichtung=haus, angebot__gueltig__overlap=nah, gueltig__overlap=nah)
    )


def get_hausplan(haus: Einrichtung, seite: Listenseite, fenster: Zeitraum) -> Einrichtungsplan:
    """One facility with the places of this page; at the end of the last one the offers that have none in the window."""
    plaetze, ids = list(seite.object_list), {platz.angebot_id for platz in seite.object_list}
    if not seite.has_next:
        nah = _nah(fenster)
        hat_plaetze = Exists(Platz.objects.filter(angebot=OuterRef("pk"), gueltig__overlap=nah))
        leere = Angebot.objects.filter(~hat_plaetze, einrichtung=haus, gueltig__overlap=nah)
        ids |= set(leere.order_by("pk").values_list("pk", flat=True)[:JE_HAUS])
    return _einrichtungsplan(haus, _load(ids, plaetze, fenster), list_licensed([haus.pk], today()))


def get_plan(haus: Einrichtung, fenster: Zeitraum) -> Einrichtungsplan:
    """One facility with all its offers and places in the window, for programs. What it costs, the house costs."""
    nah = _nah(fenster)
    ids = Angebot.objects.filter(einrichtung=haus, gueltig__overlap=nah).order_by("pk").values_list("pk", flat=True)
    return _einrichtungsplan(
        haus, _load(ids, list_hausplaetze(haus, fenster), fenster), list_licensed([haus.pk], today())
    )


def _nah(fenster: Zeitraum) -> DateRange:
    assert fenster.ende is not None  # a board has a last column
    return DateRange(fenster.beginn, fenster.ende)


def _find_erste(
    einrichtungen: Sequence[Einrichtung], fenster: Zeitraum, *, hilfeart: str, nur_frei: bool
) -> tuple[set[UUID], set[UUID], list[UUID]]:
    """Offers and places of the board, and the facilities that have more than `JE_HAUS` rows."""
    haeuser = [einrichtung.pk for einrichtung in einrichtungen]
    nah = _nah(fenster)
    werte = {
        "haeuser": haeuser,
        "ab": nah.lower,
        "bis": nah.upper,
        "offen": max(nah.lower, min(today(), nah.upper)),
        "hilfeart": hilfeart,
        "zahl": JE_HAUS + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ERSTE.format(wenn=_WIRD_FREI if nur_frei else "true"), werte)
        found = cursor.fetchall()
    je_haus = Counter(haus for haus, _, _ in found)
    voll = [haus for haus in haeuser if je_haus[haus] > JE_HAUS]
    return {angebot for _, angebot, _ in found}, {platz for _, _, platz in found if platz}, voll


def _count_plaetze(haeuser: Sequence[UUID], fenster: Zeitraum) -> dict[UUID, int]:
    """How many places these facilities have in the window, one more than `GRENZE` at most."""
    if not haeuser:
        return {}
    nah = _nah(fenster)
    with connection.cursor() as cursor:
        werte = {"haeuser": list(haeuser), "ab": nah.lower, "bis": nah.upper, "zahl": GRENZE + 1}
        cursor.execute(_ANZAHL, werte)
        return dict(cursor.fetchall())


def _first(plaene: list[Angebotsplan]) -> list[Angebotsplan]:
    """Without the row that was one too many."""
    *davor, letzter = plaene
    return [*davor, replace(letzter, zeilen=letzter.zeilen[:-1])] if len(letzter.zeilen) > 1 else davor


def _load(angebot_ids: Iterable[UUID], plaetze: Iterable[Platz], fenster: Zeitraum) -> list[Angebotsplan]:
    """These offers with these places of theirs, in the order of the board; sums are of all their places."""
    rows = Angebot.objects.filter(pk__in=list(angebot_ids)).select_related("hilfeart")
    angebote = list(rows.order_by("hilfeart__sortierung", deutsch("name"), "pk"))
    ids = [angebot.pk for angebot in angebote]
    stopps = _stopps(ids, Zeitraum(fenster.beginn))
    gruende = _name_stopps(stopps)
    zeilen = _zeilen(angebote, plaetze, fenster, stopps, gruende)
    gezaehlt = Platz.objects.filter(angebot__in=ids, gueltig__overlap=_nah(fenster)).order_by().values("angebot")
    anzahl = dict(gezaehlt.annotate(zahl=Count("pk")).values_list("angebot", "zahl"))
    je_woche = count_je_zeitraum(ids, _wochen(fenster))
    return [
        _angebotsplan(a, zeilen[a.pk], anzahl.get(a.pk, 0), je_woche[a.pk], stopps[a.pk], gruende) for a in angebote
    ]


def _einrichtungsplan(
    einrichtung: Einrichtung, plaene: list[Angebotsplan], erlaubt: set[UUID], gesamt: int | None = None
) -> Einrichtungsplan:
    noetig = any(needs_erlaubnis(plan.angebot) for plan in plaene)
    return Einrichtungsplan(einrichtung, plaene, einrichtung.pk not in erlaubt and noetig, gesamt)


def list_sperren(platz: Platz, ab: date) -> QuerySet[Platzsperre]:
    """Blocks of a place that hold on the day or later, in the order of `SPERREN`."""
    return SPERREN.order(platz.sperren.filter(aufgehoben_at=None, zeitraum__overlap=DateRange(ab, None)))


def list_abschnitte(platz: Platz, seite: Listenseite, ab: date) -> list[Abschnitt]:
    """What a place is from the day on, to its last known change; of a page of its blocks what is around these."""
    beginn, ende = ab, None
    if seite.has_previous and seite.object_list:
        erste = seite.object_list[0].zeitraum
        davor = platz.sperren.filter(aufgehoben_at=None, zeitraum__lt=erste).order_by("-zeitraum").first()
        beginn = max(ab, davor.dauer.ende if davor and davor.dauer.ende else erste.lower)
    if seite.has_next:
        ende = seite.object_list[-1].dauer.ende
    fenster = Zeitraum(beginn, ende)
    stopps = _stopps([platz.angebot_id], fenster)
    gruende = _name_stopps(stopps)
    return abschnitte(
        Zeitraum.from_range(platz.gueltig),
        _vergeben([platz.pk], Zeitraum(beginn - EIN_TAG, ende))[platz.pk],  # with the one before
        [_as_stopp(stopp, gruende) for stopp in stopps[platz.angebot_id]],
        fenster,
    )


def _stopps(angebot_ids: Iterable[UUID], fenster: Zeitraum) -> defaultdict[UUID, list[Aufnahmestopp]]:
    found: defaultdict[UUID, list[Aufnahmestopp]] = defaultdict(list)
    for stopp in Aufnahmestopp.objects.filter(
        angebot__in=list(angebot_ids), aufgehoben_at=None, zeitraum__overlap=DateRange(fenster.beginn, fenster.ende)
    ).order_by("zeitraum"):
        found[stopp.angebot_id].append(stopp)
    return found


def _name_stopps(stopps: dict[UUID, list[Aufnahmestopp]]) -> dict[str, str]:
    return name_gruende(Grundart.STOPP, {stopp.grund for rows in stopps.values() for stopp in rows})


def _vergeben(platz_ids: Iterable[UUID], fenster: Zeitraum) -> defaultdict[UUID, list[Abschnitt]]:
    """Living holds and blocks of these days, by place. Two queries, and one for the words of reasons."""
    ids, tage = list(platz_ids), DateRange(fenster.beginn, fenster.ende)
    found: defaultdict[UUID, list[Abschnitt]] = defaultdict(list)
    for bindung in Platzbindung.objects.filter(
        lebend(), platz__in=ids, ende__gt=fenster.beginn, zeitraum__overlap=tage
    ):
        ist_fest = bindung.zustand == BindungZustand.GEBUCHT
        found[bindung.platz_id].append(
            Abschnitt(
                Abschnittsart.BELEGT if ist_fest else Abschnittsart.RESERVIERT,
                bindung.zeitraum.lower,
                bindung.zeitraum.upper,
                gehalten_bis=None if ist_fest or bindung.ablauf_at is None else local_date(bindung.ablauf_at),
            )
        )
    sperren = list(Platzsperre.objects.filter(platz__in=ids, aufgehoben_at=None, zeitraum__overlap=tage))
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
    plaetze: Iterable[Platz],
    fenster: Zeitraum,
    stopps: dict[UUID, list[Aufnahmestopp]],
    gruende: dict[str, str],
) -> defaultdict[UUID, list[Platzzeile]]:
    by_id = {angebot.pk: angebot for angebot in angebote}
    sortiert = sorted(plaetze, key=lambda platz: platz.nummer)
    vergeben = _vergeben([platz.pk for platz in sortiert], Zeitraum(fenster.beginn))
    heute = today()
    zeilen: defaultdict[UUID, list[Platzzeile]] = defaultdict(list)
    for platz in sortiert:
        platz.angebot = by_id[platz.angebot_id]  # what a place is called depends on its offer
        gestoppt = [_as_stopp(stopp, gruende) for stopp in stopps[platz.angebot_id]]
        folge = abschnitte(Zeitraum.from_range(platz.gueltig), vergeben[platz.pk], gestoppt, fenster)
        zeilen[platz.angebot_id].append(Platzzeile(platz, [_balken(platz, teil, fenster, heute) for teil in folge]))
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
    ist_schmal = len(text) + _RAND > _ZEICHEN * sichtbar.tage // fenster.tage
    kurz = describe_kurz(teil, heute) if ist_schmal else ""
    return Balken(teil, sichtbar.tage, text, ist_schmal, kurz, get_url(platz, teil, heute))


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
    plaetze: int,
    frei_je_woche: list[int],
    stopps: list[Aufnahmestopp],
    gruende: dict[str, str],
) -> Angebotsplan:
    stopp = next(iter(stopps), None)
    return Angebotsplan(angebot, zeilen, plaetze, frei_je_woche, stopp, gruende[stopp.grund] if stopp else "")


def _wochen(fenster: Zeitraum) -> list[Zeitraum]:
    """Each week of the window; of the current one what is left of it."""
    assert fenster.ende is not None
    wochen, montag, heute = [], fenster.beginn, today()
    while montag < fenster.ende:
        rest = max(montag, heute) if heute < montag + WOCHE else montag
        wochen.append(Zeitraum(rest, montag + WOCHE))
        montag += WOCHE
    return wochen
