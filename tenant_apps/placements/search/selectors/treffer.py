"""The kept result of a search, sorted and narrowed for a screen. What was found does not change any more."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from tenant_apps.placements.models import Suche

Eintrag = dict[str, Any]
FERN = Decimal(99999)


class Sortierung(models.TextChoices):
    """Orders of the result; with `-` in front the other way round."""

    KOSTEN = "kosten", "Kosten"
    ENTFERNUNG = "entfernung", "Entfernung"
    PASSUNG = "passung", "Passung"


def _kosten(eintrag: Eintrag) -> Any:
    return Decimal(eintrag.get("soll_entgelt_exakt") or 0)


def _entfernung(eintrag: Eintrag) -> Any:
    return Decimal(eintrag["entfernung_km"]) if eintrag.get("entfernung_km") else FERN


def _passung(eintrag: Eintrag) -> Any:
    return -int(eintrag.get("passung") or 0)


_SCHLUESSEL: dict[str, Callable[[Eintrag], Any]] = {
    Sortierung.KOSTEN.value: _kosten,
    Sortierung.ENTFERNUNG.value: _entfernung,
    Sortierung.PASSUNG.value: _passung,
}


def clean_sortierung(wert: str | None) -> str:
    """A known order, or by cost."""
    return wert if wert and wert.removeprefix("-") in _SCHLUESSEL else Sortierung.KOSTEN.value


def sort_treffer(treffer: list[Eintrag], sortierung: str) -> list[Eintrag]:
    """Available offers first, each part in the wanted order, then by cost (as kept)."""
    schluessel = _SCHLUESSEL[sortierung.removeprefix("-")]
    folge = sorted(treffer, key=schluessel, reverse=sortierung.startswith("-"))
    return sorted(folge, key=lambda eintrag: not eintrag.get("verfuegbar", True))


def find_treffer(suche: Suche, angebot_id: UUID) -> Eintrag | None:
    """The line of an offer in a kept result."""
    return next((eintrag for eintrag in suche.treffer if eintrag.get("angebot") == str(angebot_id)), None)
