"""The live search over the shared register. A constant number of queries, however many offers; no person in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from shared_apps.core.clock import local_date, now, today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.geld import round_stellen
from shared_apps.providers.models import Angebot, Einrichtung, Geschlecht
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements import rules
from tenant_apps.placements.rules import Ausschluss
from tenant_apps.placements.search.selectors.geprueft import list_geprueft
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.lage import get_ort
from tenant_apps.placements.search.selectors.markt import Marktzeile, count_markt, list_markt
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile


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


@dataclass(frozen=True, slots=True)
class Ergebnis:
    """All offers that fit: those that can be reserved by cost first, then the others by cost."""

    kriterien: Kriterien
    treffer: tuple[Trefferzeile, ...]
    zahlen: Zahlen

    @property
    def gesamt(self) -> int:
        return self.zahlen.gesamt

    @property
    def verfuegbar(self) -> int:
        return self.zahlen.verfuegbar


def get_region(kuerzel: str) -> Gebietskoerperschaft:
    """The district with this Kürzel. `RegelVerletzt` (field region) when there is none."""
    region = Gebietskoerperschaft.objects.filter(kuerzel=kuerzel).first()
    if region is None:
        raise RegelVerletzt(f"Die Region „{kuerzel}“ gibt es nicht.", feld="region")
    return region


def search_angebote(kriterien: Kriterien) -> Ergebnis:
    """All offers that fit, with vacancies in the whole period, price, rank, distance and fit; and what the others lack.

    Raises `RegelVerletzt` with the field for criteria that cannot be searched.
    """
    kriterien.check()
    region = get_region(kriterien.region)
    zeilen = list_markt(kriterien, region)
    frei = sum(not zeile.grund for zeile in zeilen)
    return Ergebnis(
        kriterien, tuple(_treffer(kriterien, zeile, frei) for zeile in zeilen), _zahlen(count_markt(kriterien, region))
    )


def count_angebote(kriterien: Kriterien) -> Zahlen:
    """The counts of `search_angebote` alone, and its errors."""
    kriterien.check()
    return _zahlen(count_markt(kriterien, get_region(kriterien.region)))


def _zahlen(je_grund: Mapping[str, int]) -> Zahlen:
    return Zahlen(je_grund.get("", 0), {grund: je_grund[grund] for grund in Ausschluss if je_grund.get(grund)})


def is_noch_passend(kriterien: Kriterien, angebot_id: UUID) -> bool:
    """Whether the search would find this offer today: it may have ended or changed since it was shown."""
    return list_geprueft(kriterien, get_region(kriterien.region)).filter(pk=angebot_id, grund="").exists()


def get_entfernung(region: Gebietskoerperschaft, einrichtung: Einrichtung) -> Decimal | None:
    """Kilometres in a straight line from the district's seat, None without coordinates."""
    von, nach = get_ort(region), get_ort(einrichtung)
    return None if von is None or nach is None else rules.entfernung_km(von, nach)


def compute_passung(kriterien: Kriterien, angebot: Angebot, entfernung: Decimal | None) -> rules.Passung:
    """Fit of an offer, explained sentence by sentence."""
    return _passung(
        kriterien,
        frozenset(s.code for s in angebot.spezialisierungen.all()),
        angebot.alter_von,
        angebot.alter_bis,
        angebot.geschlecht,
        entfernung,
        None if angebot.vakanz_gemeldet_at else days_since(angebot.bestaetigt_at),
    )


def _passung(
    kriterien: Kriterien,
    spezialisierungen: frozenset[str],
    alter_von: int,
    alter_bis: int,
    geschlecht: str,
    entfernung: Decimal | None,
    tage: int | None,
) -> rules.Passung:
    bedarf = rules.PassungBedarf(frozenset(kriterien.spezialisierungen), kriterien.alter, kriterien.geschlecht or None)
    geschlechter = frozenset({geschlecht} if geschlecht else ())
    return rules.passung(
        bedarf, rules.PassungAngebot(spezialisierungen, alter_von, alter_bis, geschlechter, entfernung, tage)
    )


def days_since(moment: datetime | None) -> int | None:
    """Whole days since a moment, never negative."""
    return None if moment is None else max(0, (now() - moment).days)


def _treffer(kriterien: Kriterien, zeile: Marktzeile, verfuegbar: int) -> Trefferzeile:
    """A line as it is kept with the search and sealed in the Auswahlvermerk; last, how many can be reserved."""
    bestaetigt = zeile.bestaetigt_at if zeile.bestaetigt_at and local_date(zeile.bestaetigt_at) <= today() else None
    differenz = None
    if zeile.rang is not None and zeile.soll is not None and zeile.guenstigstes is not None:
        differenz = rules.differenz(zeile.soll, zeile.guenstigstes)
    passung = _passung(
        kriterien,
        frozenset(kriterien.spezialisierungen),  # it has all that were asked for, or it would not be here
        zeile.alter_von,
        zeile.alter_bis,
        zeile.geschlecht,
        zeile.entfernung_km,
        None if zeile.gemeldet_at else days_since(bestaetigt),
    )
    return Trefferzeile(
        rang=zeile.rang,
        angebot=zeile.angebot,
        angebot_name=zeile.angebot_name,
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
        im_guenstigsten_drittel=zeile.rang is not None and rules.im_guenstigsten_drittel(zeile.rang, verfuegbar),
        passung=passung.punkte,
        entfernung_km=zeile.entfernung_km,
        vakanz_stand=bestaetigt,
    )


def describe_hinweis(geschlecht: str, hinweis: str) -> str:
    """The screen's note: for whom the offer is, and what the provider wrote."""
    teile = [Geschlecht(geschlecht).label if geschlecht else "", hinweis]
    return " · ".join(dict.fromkeys(filter(None, teile)))


def _round(wert: Decimal | None, stellen: int) -> Decimal | None:
    return None if wert is None else round_stellen(wert, stellen)
