"""The near misses of a search, in the published order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from shared_apps.catalogue.models import Kriterium
from shared_apps.catalogue.selectors import list_kriterien
from shared_apps.core.errors import RegelVerletzt
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements import rules
from tenant_apps.placements.models import Suche
from tenant_apps.placements.rules import Beinahe
from tenant_apps.placements.search.selectors.fast_passend.abfrage import read_zeilen
from tenant_apps.placements.search.selectors.fast_passend.aenderungen import list_changes
from tenant_apps.placements.search.selectors.fast_passend.eintrag import FastPassend
from tenant_apps.placements.search.selectors.fast_passend.worte import Worte, put_in_words
from tenant_apps.placements.search.selectors.fast_passend.zeile import Zeile
from tenant_apps.placements.search.selectors.kriterien import Kriterien, kriterien_of
from tenant_apps.placements.search.selectors.preise import compute_preis
from tenant_apps.placements.search.selectors.search import get_region
from tenant_apps.placements.search.selectors.umkreis import get_mitte


def list_fast_passend(
    suche: Suche, *, region: Gebietskoerperschaft | None = None, erklaert: Sequence[Kriterium] | None = None
) -> list[FastPassend]:
    """Near misses of a search, as `rules.choose_fast_passend` puts them. One statement, and one for each thing that the
    caller has not read: the district, the criteria of the module. None for a search that cannot be made any more.
    """
    kriterien = kriterien_of(suche)
    if erklaert is None:
        erklaert = list_kriterien(modul_id=kriterien.hilfeart.modul_id)
    try:
        region = region or get_region(kriterien.region)
        mitte = get_mitte(kriterien, region)
        zeilen = read_zeilen(kriterien, region, erklaert, mitte)
    except RegelVerletzt:
        return []
    gefunden = {}
    for zeile in zeilen:
        for eintrag, neu in list_changes(suche, kriterien, mitte, zeile, erklaert):
            preis = compute_preis(neu, zeile.preis)
            if preis is not None:
                gefunden[eintrag] = (zeile, neu, preis.soll)
    alle = rules.list_je_angebot(kriterien.rechenzeitraum, list(gefunden))
    namen = {k.code: k.name for k in erklaert}
    worte = {eintrag: put_in_words(suche, eintrag, *gefunden[eintrag][:2], namen) for eintrag in alle}
    je_aenderung = Counter(titel for titel, *_ in worte.values())
    return [
        _describe(suche, eintrag, *gefunden[eintrag], worte[eintrag], insgesamt=je_aenderung[worte[eintrag][0]])
        for eintrag in rules.choose_fast_passend(alle)
    ]


def _describe(
    suche: Suche, eintrag: Beinahe, zeile: Zeile, neu: Kriterien, soll: Decimal, worte: Worte, *, insgesamt: int
) -> FastPassend:
    titel, wann, warum, knopf = worte
    ort = f"{zeile.ort} ({zeile.kreis})" if zeile.kreis != suche.region else zeile.ort
    return FastPassend(
        naehe=eintrag.naehe, angebot=eintrag.angebot, einrichtung=zeile.einrichtung, name=zeile.name, ort=ort,
        telefon=zeile.telefon, entfernung_km=eintrag.entfernung_km, ist_ungefaehr=zeile.ist_ungefaehr,
        titel=titel, wann=wann, warum=warum, knopf=knopf, kriterien=neu, insgesamt=insgesamt,
        soll=soll, tage=neu.planzeitraum.tage, hilfe=neu.describe_hilfeart(zeile.hilfeart), ohne=zeile.ohne,
    )  # fmt: skip
