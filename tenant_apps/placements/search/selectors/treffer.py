"""The kept result of a search, sorted and narrowed for a screen. What was found does not change any more."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from django.db import models

from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile

FERN = Decimal(99999)


class Sortierung(models.TextChoices):
    """Orders of the result; with `-` in front the other way round."""

    KOSTEN = "kosten", "Kosten"
    ENTFERNUNG = "entfernung", "Entfernung"
    PASSUNG = "passung", "Passung"


_SCHLUESSEL: dict[str, Callable[[Trefferzeile], Decimal | int]] = {
    Sortierung.KOSTEN.value: lambda zeile: zeile.soll_entgelt_exakt or Decimal(0),
    Sortierung.ENTFERNUNG.value: lambda zeile: FERN if zeile.entfernung_km is None else zeile.entfernung_km,
    Sortierung.PASSUNG.value: lambda zeile: -zeile.passung,
}


def clean_sortierung(wert: str | None) -> str:
    """A known order, or by cost."""
    return wert if wert and wert.removeprefix("-") in _SCHLUESSEL else Sortierung.KOSTEN.value


def list_treffer(suche: Suche) -> list[Trefferzeile]:
    """The kept result, by cost."""
    return [Trefferzeile.from_json(werte) for werte in suche.treffer]


def sort_treffer(treffer: list[Trefferzeile], sortierung: str) -> list[Trefferzeile]:
    """Available offers first, each part in the wanted order, then by cost (as kept)."""
    schluessel = _SCHLUESSEL[sortierung.removeprefix("-")]
    folge = sorted(treffer, key=schluessel, reverse=sortierung.startswith("-"))
    return sorted(folge, key=lambda zeile: not zeile.verfuegbar)


def find_treffer(suche: Suche, angebot_id: UUID) -> Trefferzeile | None:
    """The line of an offer in a kept result."""
    return next((zeile for zeile in list_treffer(suche) if zeile.angebot == angebot_id), None)
