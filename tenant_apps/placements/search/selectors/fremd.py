"""Facilities of the office's own list: the list, what one costs for a search, what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import Zeitraum, monatserster
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements import rules
from tenant_apps.placements.hooks import get_restbudget
from tenant_apps.placements.models import Fremdeinrichtung, Fremdentgelt, Suche
from tenant_apps.placements.search.selectors.kosten import compute_taschengeld
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.preise import Preis, compute_preis, list_fremdsaetze
from tenant_apps.placements.search.selectors.search import get_region
from tenants.context import current_tenant

FREMDEINRICHTUNGEN = Liste(
    "placements:fremde",
    {
        "name": ordnung(deutsch("name")),
        "ort": ordnung(deutsch("ort")),
        "land": ordnung("land"),
    },
    "name",
    zeigt=related("kreis"),
)


def find_land() -> str:
    """The state of the open office."""
    return get_region(current_tenant().kuerzel).land


def is_im_land(land: str) -> bool:
    """Whether a facility there could be in the register."""
    return land == find_land()


def list_kreise() -> QuerySet[Gebietskoerperschaft]:
    """Districts of the state: a facility is in one of them."""
    return Gebietskoerperschaft.objects.filter(land=find_land())


def filter_fremde(
    rows: QuerySet[Fremdeinrichtung], *, land: str = "", auch_alte: bool = False
) -> QuerySet[Fremdeinrichtung]:
    """Those in a state; without `auch_alte` those that are still used."""
    if not auch_alte:
        rows = rows.filter(ist_aktiv=True)
    return rows.filter(land=land) if land else rows


def with_entgelte(rows: QuerySet[Fremdeinrichtung]) -> QuerySet[Fremdeinrichtung]:
    """With all rates, by kind of help and newest first. One query more."""
    entgelte = Fremdentgelt.objects.select_related("hilfeart", "eingetragen_von")
    return rows.prefetch_related(Prefetch("entgelte", queryset=entgelte.order_by("hilfeart__code", "-gueltig")))


@dataclass(frozen=True, slots=True)
class Fremdangebot:
    """A facility of the list as a search sees it: what it would cost, None where no rate holds on the first day."""

    einrichtung: Fremdeinrichtung
    preis: Preis | None


def compute_fremdkosten(suche: Suche, einrichtung: Fremdeinrichtung) -> dict[str, Any]:
    """What it would cost for this search, as the page of an offer says it."""
    kriterien = kriterien_of(suche)
    preis = compute_preis(kriterien, list_fremdsaetze(einrichtung.pk, suche.hilfeart_id))
    taschengeld, hinweis = compute_taschengeld(
        kriterien=kriterien, land=einrichtung.land, geburtsdatum=suche.klient.geburtsdatum if suche.klient else None
    )
    return {
        "preis": preis,
        "taschengeld": taschengeld,
        "taschengeld_hinweis": hinweis,
        "soll_kosten": rules.soll_kosten(preis.soll, taschengeld) if preis else None,
        "restbudget": get_restbudget(hilfeart_id=suche.hilfeart_id, monat=monatserster(kriterien.beginn)),
    }


def list_fremdangebote(suche: Suche, rows: Sequence[Fremdeinrichtung]) -> list[Fremdangebot]:
    """These with what they would cost for the search; `rows` have their rates (`with_entgelte`)."""
    kriterien = kriterien_of(suche)
    return [
        Fremdangebot(
            einrichtung,
            compute_preis(
                kriterien,
                [
                    (Zeitraum.from_range(e.gueltig), e.betrag)
                    for e in einrichtung.entgelte.all()
                    if e.hilfeart_id == suche.hilfeart_id
                ],
            ),
        )
        for einrichtung in rows
    ]
