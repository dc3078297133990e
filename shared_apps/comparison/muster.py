"""The patterns of withheld cells of published months: read, computed, kept (docs/adr/0037).

A pattern follows from all figures of a month and from nothing else, so it is computed once for each state of the month
and kept in the process. The state is told by when the offices published: an office replaces a month as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max, Min, Q

from shared_apps.comparison.geheimhaltung import ALLE, OEFFENTLICH, Sperrmuster, Tafel, Tafelname, sperre
from shared_apps.comparison.models import Kennzahlwert

#: Figures of money; what they hide is known to some percent, not to some cases.
GELD = frozenset({"auszahlungen"})
HALTBAR_SEKUNDEN = 7 * 24 * 3600


class MonatInBewegung(Exception):
    """An office published between two reads; read again."""


def load_stempel(monate: Collection[date]) -> dict[date, str]:
    """Which state of each month is published: a hash of who published how much when, "" where nobody did."""
    rows = (
        Kennzahlwert.objects.filter(monat__in=monate, hilfeart_code="", spezialisierung_code="")
        .exclude(kennzahl__code__in=OEFFENTLICH)
        .values_list("monat", "kuerzel")
        .annotate(zuletzt=Max("computed_at"), anzahl=Count("*"))
        .order_by("monat", "kuerzel")
    )
    stempel = dict.fromkeys(monate, "")
    for monat, *stand in rows:
        stempel[monat] = sha256(f"{stempel[monat]}{stand}".encode()).hexdigest()
    return stempel


def load_muster(stempel: Mapping[date, str], spezialisierung: str, *, frisch: bool = False) -> dict[date, Sperrmuster]:
    """Pattern of each month: of the figures of `spezialisierung` ("": of all). `frisch`: recomputed.

    Raises `MonatInBewegung` if a month is not in this state any more. Runs as the comparison role.
    """
    k = settings.KENNZAHL_MINDESTFALLZAHL
    namen = {(m, s): f"sperre:{m}:{s}:{k}:{h}" for m, h in stempel.items() for s in {ALLE, spezialisierung}}
    da = {} if frisch else cache.get_many(namen.values())
    fertig = {schluessel: da[name] for schluessel, name in namen.items() if name in da}
    fehlend = sorted({m for m, s in namen if (m, s) not in fertig})
    if fehlend:
        neu = _compute(fehlend, spezialisierung, k)
        if load_stempel(fehlend) != {m: stempel[m] for m in fehlend}:
            raise MonatInBewegung
        cache.set_many({namen[schluessel]: muster for schluessel, muster in neu.items()}, HALTBAR_SEKUNDEN)
        fertig |= neu
    return {m: fertig[m, spezialisierung] for m in stempel}


def _compute(monate: Collection[date], spezialisierung: str, k: int) -> dict[tuple[date, str], Sperrmuster]:
    tafeln = _load_tafeln(monate, {ALLE, spezialisierung}, k)
    fertig: dict[tuple[date, str], Sperrmuster] = {}
    for monat, je_tafel in tafeln.items():
        alle = {t: tafel for t, tafel in je_tafel.items() if t[1] == ALLE}
        muster = fertig[monat, ALLE] = sperre(alle, k=k)
        if spezialisierung:
            fertig[monat, spezialisierung] = sperre(je_tafel, k=k, fest=muster)
    return fertig


def _load_tafeln(monate: Collection[date], spezialisierungen: set[str], k: int) -> dict[date, dict[Tafelname, Tafel]]:
    """All tables of the months; of the Spezialisierungen that are not asked for their largest and small parts."""
    rows = Kennzahlwert.objects.filter(monat__in=monate).exclude(kennzahl__code__in=OEFFENTLICH)
    tafeln: dict[date, dict[Tafelname, Tafel]] = {m: {} for m in monate}
    felder = ("monat", "kennzahl__code", "spezialisierung_code", "hilfeart_code", "kuerzel", "faelle", "wert")
    for m, kennzahl, spez, art, amt, faelle, wert in rows.filter(
        spezialisierung_code__in=spezialisierungen
    ).values_list(*felder):
        tafel = tafeln[m].setdefault((kennzahl, spez), Tafel(betraege={} if kennzahl in GELD else None))
        tafel.faelle[art, amt] = faelle
        if tafel.betraege is not None:
            tafel.betraege[art, amt] = wert or Decimal(0)
    teile = (
        rows.exclude(spezialisierung_code="")
        .values_list("monat", "kennzahl__code", "hilfeart_code", "kuerzel")
        .annotate(a=Max("faelle"), b=Max("wert"), klein=Min("faelle", filter=Q(faelle__gt=0)))
        .order_by()
    )
    for m, kennzahl, art, amt, faelle, wert, klein in teile:
        summe = tafeln[m].get((kennzahl, ALLE))
        if summe is None:
            continue
        summe.teile[art, amt] = (wert or 0) if kennzahl in GELD else faelle
        if klein is not None and klein < k:
            summe.kleine_teile.add((art, amt))
    return tafeln
