"""The live search over the shared register. A constant number of queries, however many offers; no person in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.catalogue.selectors import read_kriterien, with_kriterien
from shared_apps.core.clock import local_date, today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.geld import round_stellen
from shared_apps.providers.models import Angebot, Einrichtung, Geschlecht
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements import rules
from tenant_apps.placements.models import Suche
from tenant_apps.placements.rules import Ausschluss
from tenant_apps.placements.search.selectors import passung
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.lage import get_ort
from tenant_apps.placements.search.selectors.markt import Markt, Marktzeile, ask_markt, count_markt, with_weite
from tenant_apps.placements.search.selectors.passung import Gewichtung
from tenant_apps.placements.search.selectors.treffer import Eingrenzung, Sortierung
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.search.selectors.umkreis import find_ort, get_mitte


@dataclass(frozen=True, slots=True)
class Zahlen:
    """How many offers a search looked at, and what became of them: each counts once, with its first reason."""

    verfuegbar: int
    ausschluesse: Mapping[Ausschluss, int]

    @property
    def geprueft(self) -> int:
        """All offers of the kind of help within reach."""
        return self.verfuegbar + sum(self.ausschluesse.values())

    @property
    def gesamt(self) -> int:
        """Those that fit what was asked for, whether there is a place or not."""
        return self.verfuegbar + sum(self.ausschluesse.get(grund, 0) for grund in rules.OHNE_PLATZ)

    def to_json(self) -> dict[str, int]:
        """What speaks against the others, as it is kept and sealed."""
        return {grund.value: zahl for grund, zahl in self.ausschluesse.items()}


@dataclass(frozen=True, slots=True)
class Ergebnis:
    """All offers that fit: those that can be reserved first, each part in the order asked for."""

    kriterien: Kriterien
    treffer: tuple[Trefferzeile, ...]
    zahlen: Zahlen
    #: The least planned amount of all that can be reserved.
    guenstigstes: Decimal | None = None
    #: All kinds of help that were looked through, where there were more than that of `kriterien`.
    hilfearten: tuple[str, ...] = ()

    @property
    def gesamt(self) -> int:
        return self.zahlen.gesamt

    @property
    def verfuegbar(self) -> int:
        return self.zahlen.verfuegbar


def get_region(kuerzel: str) -> Gebietskoerperschaft:
    """The district with this Kürzel. `RegelVerletzt` (field region) when there is none."""
    return _only(Gebietskoerperschaft.objects.all(), kuerzel)


def _only(regionen: QuerySet[Gebietskoerperschaft], kuerzel: str) -> Gebietskoerperschaft:
    region = with_weite(regionen).filter(kuerzel=kuerzel).first()
    if region is None:
        raise RegelVerletzt(f"Die Region „{kuerzel}“ gibt es nicht.", feld="region")
    return region


def search_angebote(
    kriterien: Kriterien, sortierung: str = Sortierung.KOSTEN.value, *, gewichtung: Gewichtung | None = None
) -> Ergebnis:
    """All offers that fit, with vacancies in the whole period, price, rank, distance and fit; and what the others lack.

    Raises `RegelVerletzt` with the field for criteria that cannot be searched. `gewichtung`: without, the office's,
    for nobody in particular. Two queries, and one each for the office's weights, where they are not given, and for the
    postcode, where one is searched around or started from.
    """
    kriterien.check()
    region = _only(with_kriterien(Gebietskoerperschaft.objects.all(), kriterien.hilfeart.modul_id), kriterien.region)
    markt = ask_markt(kriterien, region, sortierung=sortierung, gewichtung=gewichtung, erklaert=read_kriterien(region))
    return _ergebnis(kriterien, markt)


def search_angebot(kriterien: Kriterien, angebot_id: UUID, *, gewichtung: Gewichtung | None = None) -> Ergebnis:
    """The line of this one offer, with its rank among all; no line when it does not fit. Three queries."""
    markt = ask_markt(kriterien, get_region(kriterien.region), angebote=[angebot_id], gewichtung=gewichtung)
    return _ergebnis(kriterien, markt)


def search_seite(
    kriterien: Kriterien,
    *,
    sortierung: str,
    eingrenzung: Eingrenzung,
    ab: int,
    hoechstens: int,
    gewichtung: Gewichtung | None = None,
) -> Markt:
    """A page of what is found now, and all that is counted. As many queries as `search_angebote`."""
    return ask_markt(
        kriterien, get_region(kriterien.region), sortierung=sortierung, eingrenzung=eingrenzung, ab=ab,
        hoechstens=hoechstens, gewichtung=gewichtung,
    )  # fmt: skip


def search_arten(gefragt: Sequence[Kriterien], *, sortierung: str, eingrenzung: Eingrenzung, hoechstens: int) -> Markt:
    """The same of several kinds of help together: the first lines, ranked among all. As many
    queries as for one, and one for each further module."""
    kriterien, *dazu = gefragt
    for eine in gefragt:
        eine.check()
    return ask_markt(
        kriterien, get_region(kriterien.region), sortierung=sortierung, eingrenzung=eingrenzung, hoechstens=hoechstens,
        dazu=dazu,
    )  # fmt: skip


def count_angebote(kriterien: Kriterien) -> Zahlen:
    """The counts of `search_angebote` alone, and its errors."""
    kriterien.check()
    return build_zahlen(count_markt(kriterien, get_region(kriterien.region)))


class Seitenleser:
    """Pages of a result as of now, for `Liste.page_of`: one statement for a page and all that is counted."""

    def __init__(
        self,
        kriterien: Kriterien,
        *,
        sortierung: str,
        eingrenzung: Eingrenzung,
        je_seite: int,
        gewichtung: Gewichtung | None = None,
        mit_preisen: bool = True,
    ) -> None:
        self.gewichtung = gewichtung or passung.get_gewichtung()
        self.kriterien, self.sortierung, self.eingrenzung = kriterien, sortierung, eingrenzung
        self.je_seite, self.mit_preisen = je_seite, mit_preisen
        self.region = get_region(kriterien.region)
        self._gelesen: dict[int, Markt] = {}

    def find(self, bis: int) -> tuple[range, bool]:
        """Numbers of all lines there are; every page has a number, for all are ranked anyway."""
        self.markt = self._read(max(bis - self.je_seite, 0))
        return range(self.markt.anzahl), False

    def load(self, nummern: Sequence[int]) -> list[Marktzeile]:
        """The lines with these numbers, a page of them."""
        return list(self._read(nummern[0]).zeilen) if nummern else []

    def _read(self, ab: int) -> Markt:
        if ab not in self._gelesen:
            self._gelesen[ab] = ask_markt(
                self.kriterien, self.region, sortierung=self.sortierung, eingrenzung=self.eingrenzung, ab=ab,
                hoechstens=self.je_seite, gewichtung=self.gewichtung, mit_preisen=self.mit_preisen,
            )  # fmt: skip
        return self._gelesen[ab]

    def find_guenstigstes(self) -> Decimal | None:
        """The least planned amount of all that can be reserved, whatever the filter leaves of them; None where none
        can. One statement where it leaves no line, else none."""
        zeilen = self.markt.zeilen
        if not zeilen and self.zahlen.verfuegbar:
            zeilen = ask_markt(self.kriterien, self.region, gewichtung=self.gewichtung, hoechstens=1).zeilen
        return zeilen[0].guenstigstes if zeilen else None

    @property
    def zahlen(self) -> Zahlen:
        """What there is of everything, as of now."""
        return build_zahlen(self.markt.je_grund)


def _ergebnis(kriterien: Kriterien, markt: Markt) -> Ergebnis:
    guenstigstes = markt.zeilen[0].guenstigstes if markt.zeilen else None
    zeilen = tuple(build_zeile(zeile, kriterien) for zeile in markt.zeilen)
    return Ergebnis(kriterien, zeilen, build_zahlen(markt.je_grund), guenstigstes)


def build_zahlen(je_grund: Mapping[str, int]) -> Zahlen:
    """What was counted by the first reason against each."""
    return Zahlen(je_grund.get("", 0), {grund: je_grund[grund] for grund in Ausschluss if je_grund.get(grund)})


def is_as_kept(suche: Suche, jetzt: Zahlen) -> bool:
    """Whether it still finds as much as it was kept with; an earlier release kept no parts."""
    damals = (suche.angebote_gesamt, suche.angebote_verfuegbar, suche.ausschluesse)
    teile = None if suche.ausschluesse is None else jetzt.to_json()
    return damals == (jetzt.gesamt, jetzt.verfuegbar, teile)


def get_entfernung(kriterien: Kriterien, region: Gebietskoerperschaft, einrichtung: Einrichtung) -> Decimal | None:
    """Kilometres in a straight line from where was searched, None where one of both is not known."""
    von, nach = get_mitte(kriterien, region), find_ort(einrichtung)
    return None if von is None or nach is None else rules.entfernung_km(von, nach)


def build_angebot(
    angebot: Angebot,
    entfernung: Decimal | None,
    *,
    kriterien: Kriterien,
    gewichtung: Gewichtung,
    soll: Decimal | None = None,
    guenstigstes: Decimal | None = None,
) -> rules.PassungAngebot:
    """What an offer's fit is judged by. `soll`, `guenstigstes`: its planned amount, and the least."""
    return rules.PassungAngebot(
        frozenset(s.code for s in angebot.spezialisierungen.all()),
        angebot.alter_von,
        angebot.alter_bis,
        frozenset({angebot.geschlecht} if angebot.geschlecht else ()),
        entfernung,
        None if angebot.vakanz_gemeldet_at else days_since(angebot.bestaetigt_at),
        frozenset(s.code for s in angebot.sprachen.all()) if kriterien.sprachen else frozenset(),
        angebot.barrierefrei in rules.BARRIEREFREI_GENUEGT.get(kriterien.barrierefrei, ()),
        vertraut=angebot.einrichtung_id in gewichtung.vertraut if gewichtung.vertraut else None,
        entfernung_ungefaehr=get_ort(angebot.einrichtung) is None,
        soll=soll,
        guenstigstes=guenstigstes,
    )


def days_since(moment: datetime | None) -> int | None:
    """Days of the calendar since a moment, as `vakanzstand` says "gestern"; never negative."""
    return None if moment is None else max(0, (today() - local_date(moment)).days)


def build_zeile(zeile: Marktzeile, kriterien: Kriterien) -> Trefferzeile:
    """A line as pages and programs get it and the Auswahlvermerk seals it. `kriterien`: what it was found by."""
    bestaetigt = zeile.bestaetigt_at if zeile.bestaetigt_at and local_date(zeile.bestaetigt_at) <= today() else None
    differenz = None
    if zeile.rang is not None and zeile.soll is not None and zeile.guenstigstes is not None:
        differenz = rules.differenz(zeile.soll, zeile.guenstigstes)
    return Trefferzeile(
        rang=zeile.rang,
        angebot=zeile.angebot,
        angebot_name=zeile.angebot_name,
        hilfeart=kriterien.of_kind(zeile.hilfeart).hilfeart.code,
        hilfeart_name=kriterien.describe_hilfeart(zeile.hilfeart),
        anbieter=zeile.anbieter_name,
        anbieter_id=zeile.anbieter,
        einrichtung=zeile.einrichtung_name,
        einrichtung_id=zeile.einrichtung,
        ort=zeile.ort,
        kreis=zeile.kreis,
        hinweis=describe_hinweis(zeile.geschlecht, zeile.hinweis),
        vakanzen=zeile.frei,
        verfuegbar=not zeile.grund,
        tagesentgelt=_round(zeile.satz, 2),
        entgelt_wechselt=(zeile.saetze or 0) > 1,
        soll_entgelt=_round(zeile.soll, 2),
        soll_entgelt_exakt=zeile.exakt,
        differenz=_round(differenz, 2),
        bestprice=differenz == 0,
        im_guenstigsten_drittel=zeile.rang is not None
        and rules.im_guenstigsten_drittel(zeile.rang, zeile.reservierbar),
        passung=zeile.passung,
        entfernung_km=zeile.entfernung_km,
        entfernung_ungefaehr=zeile.ist_ungefaehr,
        vakanz_stand=bestaetigt,
    )


def describe_hinweis(geschlecht: str, hinweis: str) -> str:
    """The screen's note: for whom the offer is, and what the provider wrote."""
    teile = [Geschlecht(geschlecht).label if geschlecht else "", hinweis]
    return " · ".join(dict.fromkeys(filter(None, teile)))


def _round(wert: Decimal | None, stellen: int) -> Decimal | None:
    return None if wert is None else round_stellen(wert, stellen)
