"""Facilities of the office's own list: which there are, and what they cost for a search."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from shared_apps.core.clock import today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.ordnung import deutsch
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements.models import Fremdeinrichtung, Fremdentgelt, Suche
from tenant_apps.placements.search.selectors.kosten import Kosten, compute_kosten
from tenant_apps.placements.search.selectors.kriterien import Kriterien, kriterien_of
from tenant_apps.placements.search.selectors.preise import (
    Preis,
    compute_preis,
    list_fremdsaetze,
    list_fremdsaetze_je_haus,
)
from tenant_apps.placements.search.selectors.search import get_region
from tenants.context import current_tenant

_NACH = {"name": ordnung(deutsch("name")), "ort": ordnung(deutsch("ort")), "land": ordnung("land")}
#: On the page of one facility: its rates by kind of help, the newest first, and what was changed of it.
ENTGELTE = Liste(
    "placements:fremde_einrichtung",
    {"hilfeart": ordnung("hilfeart__code", "-gueltig")},
    "hilfeart",
    je_seite=20,
    zeigt=related("hilfeart", "eingetragen_von"),
)
AENDERUNGEN = Liste(
    "placements:fremde_einrichtung history",
    {"neueste": ordnung("created_at")},
    "-neueste",
    je_seite=20,
    zeigt=related("fachkraft"),
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
    rows: QuerySet[Fremdeinrichtung],
    *,
    land: str = "",
    auch_alte: bool = False,
    vorgeschlagene: Collection[UUID] | None = None,
) -> QuerySet[Fremdeinrichtung]:
    """Those in a state; without `auch_alte` those that are still used. vorgeschlagene: those that could be in the
    register, without these."""
    if vorgeschlagene is not None:
        rows = rows.filter(kreis__isnull=False).exclude(pk__in=vorgeschlagene)
    if not auch_alte:
        rows = rows.filter(ist_aktiv=True)
    return rows.filter(land=land) if land else rows


def with_geltenden(rows: QuerySet[Fremdeinrichtung]) -> QuerySet[Fremdeinrichtung]:
    """With the rates that have not ended, by kind of help, what holds today before what follows: as many as that,
    however long a house is in use. One query more."""
    nicht_vorbei = Q(gueltig__upper_inf=True) | Q(gueltig__endswith__gt=today())
    entgelte = Fremdentgelt.objects.filter(nicht_vorbei).select_related("hilfeart")
    return rows.prefetch_related(Prefetch("entgelte", queryset=entgelte.order_by("hilfeart__code", "gueltig")))


def with_entgelte(rows: QuerySet[Fremdeinrichtung]) -> QuerySet[Fremdeinrichtung]:
    """With all rates, by kind of help and newest first. One query more."""
    entgelte = Fremdentgelt.objects.select_related("hilfeart", "eingetragen_von")
    return rows.prefetch_related(Prefetch("entgelte", queryset=entgelte.order_by("hilfeart__code", "-gueltig")))


FREMDEINRICHTUNGEN = Liste("placements:fremde", _NACH, "name", zeigt=with_geltenden)
#: The same for programs, with all rates of each.
FUER_PROGRAMME = Liste("api:ausserhalb", _NACH, "name", zeigt=lambda rows: with_entgelte(rows.select_related("kreis")))


@dataclass(frozen=True, slots=True)
class Fremdpreis:
    """What one kind of help would cost there; `wort` names it where several are searched for. None where no rate holds
    on the first day."""

    wort: str
    preis: Preis | None


@dataclass(frozen=True, slots=True)
class Fremdangebot:
    """A facility of the list as a search sees it, with each kind of help that is searched for."""

    einrichtung: Fremdeinrichtung
    preise: list[Fremdpreis]

    @property
    def ist_buchbar(self) -> bool:
        """Whether there is a rate for one of them."""
        return any(eines.preis for eines in self.preise)


def compute_fremdkosten(suche: Suche, einrichtung: Fremdeinrichtung, kriterien: Kriterien) -> Kosten:
    """What it would cost for this search to the last day of `kriterien` and for their kind of help, as the page of an
    offer says it."""
    preis = compute_preis(kriterien, list_fremdsaetze(einrichtung.pk, kriterien.hilfeart.pk))
    return compute_kosten(kriterien=kriterien, preis=preis, land=einrichtung.land, klient=suche.klient)


def list_fremdangebote(suche: Suche, rows: Sequence[Fremdeinrichtung]) -> list[Fremdangebot]:
    """These with what they would cost for the search. One query."""
    kriterien = kriterien_of(suche)
    arten = {art.pk: kriterien.of_kind(art.pk) for art in kriterien.hilfearten}
    saetze = list_fremdsaetze_je_haus([haus.pk for haus in rows], arten)
    return [
        Fremdangebot(
            haus,
            [
                Fremdpreis(kriterien.describe_hilfeart(pk), compute_preis(eine, saetze.get((haus.pk, pk), [])))
                for pk, eine in arten.items()
            ],
        )
        for haus in rows
    ]
