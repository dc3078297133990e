"""Facilities with a free place for each of several children, in offers that fit each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.core.clock import local_date, today
from shared_apps.providers.models import Angebot
from shared_apps.providers.rules import Vakanzstand, vakanzstand
from tenant_apps.cases.models import Hilfefall, HilfefallZustand, Klient
from tenant_apps.placements import rules
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.passung import Gewichtung
from tenant_apps.placements.search.selectors.search import Ergebnis, search_angebote
from tenant_apps.placements.search.selectors.treffer import Ansicht, Sortierung
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile


@dataclass(frozen=True, slots=True)
class Haus:
    """A facility with something for one of the children at least. `zeilen`: an offer for each; none: not for all."""

    einrichtung_id: UUID | None
    name: str
    ort: str
    entfernung_km: Decimal | None
    ist_ungefaehr: bool
    zeilen: tuple[Trefferzeile, ...]
    fast: bool = False

    @property
    def soll(self) -> Decimal:
        """What all of them cost in the period, planned."""
        return sum((zeile.soll_entgelt or Decimal(0) for zeile in self.zeilen), Decimal(0))

    @property
    def weg(self) -> str:
        """How far it is, in words."""
        return rules.describe_weg(self.entfernung_km, ungefaehr=self.ist_ungefaehr)

    @property
    def passung(self) -> Fraction | None:
        """How well it fits them on the average; None where that cannot be said of one of them."""
        punkte = [zeile.passung for zeile in self.zeilen if zeile.passung is not None]
        return Fraction(sum(punkte), len(punkte)) if punkte and len(punkte) == len(self.zeilen) else None

    @property
    def gezeigt(self) -> str:
        """Which offer for which child at what price, as one word: what somebody saw when she takes them all."""
        return "|".join(f"{zeile.angebot}={zeile.soll_entgelt}" for zeile in self.zeilen)


def read_betraege(gezeigt: str) -> list[str]:
    """The prices of `Haus.gezeigt`, child by child."""
    return [teil.rpartition("=")[2] for teil in gezeigt.split("|")]


@dataclass(frozen=True, slots=True)
class Haeuser:
    """passend: a place for each, in the order asked for. fast: for all but one. geprueft = passend + the others."""

    passend: tuple[Haus, ...]
    fast: tuple[Haus, ...]
    geprueft: int

    @property
    def zu_wenige(self) -> int:
        """How many have something for one of the children, and not enough for all."""
        return self.geprueft - len(self.passend)


#: Orders that there are of facilities, and which comes first; others say nothing of all children together.
ORDNUNGEN: dict[str, str] = {
    Sortierung.KOSTEN.value: "günstigste",
    Sortierung.ENTFERNUNG.value: "nächste",
    Sortierung.PASSUNG.value: "am besten passende",
}


def order_of(ansicht: Ansicht) -> Ansicht:
    """How facilities are shown to somebody who comes from a result that was shown so."""
    return ansicht if ansicht.sortierung in ORDNUNGEN else Ansicht(probe=ansicht.probe)


def search_haeuser(
    kinder: Sequence[Kriterien],
    *,
    sortierung: str = Sortierung.KOSTEN.value,
    gewichtungen: Sequence[Gewichtung | None] = (),
) -> Haeuser:
    """Of each child what fits her and is free, put together by facility; equals come as in a result.

    `sortierung`: one of `ORDNUNGEN`, for each child's own list, too. `gewichtungen`: what each child's fit is computed
    with. The queries of a search for each child.
    """
    paare = zip_longest(kinder, gewichtungen)
    return build_haeuser([search_angebote(k, sortierung, gewichtung=g) for k, g in paare], sortierung)


def build_haeuser(ergebnisse: Sequence[Ergebnis], sortierung: str) -> Haeuser:
    """The same of what was found for each child. No query."""
    je_haus: dict[UUID | None, list[list[Trefferzeile]]] = defaultdict(lambda: [[] for _ in ergebnisse])
    for nummer, ergebnis in enumerate(ergebnisse):
        for zeile in ergebnis.treffer:
            if zeile.verfuegbar:
                je_haus[zeile.einrichtung_id][nummer].append(zeile)
    haeuser = [_haus(zeilen) for zeilen in je_haus.values()]
    return Haeuser(
        tuple(sorted((h for h in haeuser if h.zeilen), key=lambda h: _key(h, sortierung))),
        tuple(sorted((h for h in haeuser if h.fast), key=lambda h: (h.name, str(h.einrichtung_id)))),
        len(haeuser),
    )


def _key(haus: Haus, sortierung: str) -> tuple[Any, ...]:
    """By what is asked for; equals by amount, distance, name, key, and what is not known last."""
    km = (haus.entfernung_km is None, haus.entfernung_km or 0)
    passung = (haus.passung is None, -(haus.passung or 0))
    zuerst: dict[str, tuple[Any, ...]] = {Sortierung.ENTFERNUNG.value: km, Sortierung.PASSUNG.value: passung}
    return (zuerst.get(sortierung, ()), haus.soll, km, haus.name, str(haus.einrichtung_id))


def _haus(je_kind: Sequence[Sequence[Trefferzeile]]) -> Haus:
    zeilen = {zeile.angebot: zeile for kind in je_kind for zeile in kind}
    frei = {angebot: zeile.vakanzen for angebot, zeile in zeilen.items()}
    ids = [[zeile.angebot for zeile in kind] for kind in je_kind]
    eine = next(iter(zeilen.values()))
    wahl = rules.verteilen(ids, frei)
    je_angebot = [{zeile.angebot: zeile for zeile in kind} for kind in je_kind]
    return Haus(
        eine.einrichtung_id,
        eine.einrichtung,
        eine.ort,
        eine.entfernung_km,
        eine.entfernung_ungefaehr,
        () if wahl is None else tuple(kind[angebot] for kind, angebot in zip(je_angebot, wahl, strict=True)),
        fast=wahl is None and _all_but_one(ids, frei),
    )


def _all_but_one(ids: Sequence[Sequence[UUID]], frei: Mapping[UUID, int]) -> bool:
    andere = ([kind for nummer, kind in enumerate(ids) if nummer != ohne] for ohne in range(len(ids)))
    return any(rules.verteilen(kinder, frei) is not None for kinder in andere)


def list_staende(zeilen: Iterable[Trefferzeile]) -> dict[UUID, Vakanzstand]:
    """How fresh the vacancy of each of these offers is, by offer. One query."""
    je_angebot = {zeile.angebot: zeile.vakanz_stand for zeile in zeilen}
    gemeldet = set(
        Angebot.objects.filter(pk__in=je_angebot, vakanz_gemeldet_at__isnull=False).values_list("pk", flat=True)
    )
    return {
        pk: vakanzstand(local_date(am) if am else None, today(), gemeldet=pk in gemeldet)
        for pk, am in je_angebot.items()
    }


def list_kandidaten(
    bookable: QuerySet[Hilfefall], *, klient: Klient, fachkraft_id: UUID, hoechstens: int
) -> list[Hilfefall]:
    """Open cases of other children to be offered as her brothers and sisters, each child once.

    Nobody has recorded who belongs to which family: those of the same name come first, then the worker's own, the
    newest first. Two queries.
    """
    offen = bookable.exclude(zustand=HilfefallZustand.ABGESCHLOSSEN).exclude(klient=klient).select_related("klient")
    offen = offen.order_by("-created_at", "-pk")
    gleicher_name = offen.none()
    if klient.nachname:
        gleicher_name = offen.filter(klient__in=Klient.objects.mit_name(nachname=klient.nachname))[:hoechstens]
    eigene = offen.filter(fachkraft_id=fachkraft_id)[: 2 * hoechstens]
    je_kind: dict[UUID, Hilfefall] = {}
    for fall in (*gleicher_name, *eigene):
        je_kind.setdefault(fall.klient_id, fall)
    return list(je_kind.values())[:hoechstens]
