"""Proposed rates, for the provider and for the office that agrees on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.providers.models import Entgelt, Entgeltvorschlag
from shared_apps.providers.states import VorschlagZustand

with_names = related("angebot__hilfeart", "angebot__einrichtung__anbieter")
VORSCHLAEGE = Liste(
    "providers:rates", {"neueste": ordnung("created_at", index="vorschlag_zeit")}, "-neueste", zeigt=with_names
)


def list_vorschlaege(vorschlaege: QuerySet[Entgeltvorschlag], *, zustand: str = "") -> QuerySet[Entgeltvorschlag]:
    """Of what may be seen, those in this state; all without one."""
    return VORSCHLAEGE.order(vorschlaege.filter(zustand=zustand) if zustand else vorschlaege)


@dataclass(frozen=True, slots=True)
class Vergleich:
    """A proposed rate beside the one it follows; None where there is none yet."""

    bisher: Entgelt | None
    unterschied: Decimal | None
    prozent: Decimal | None


def get_vergleich(vorschlag: Entgeltvorschlag) -> Vergleich:
    """Against the rate that applies the day before, or did when the proposal was decided."""
    bisher = find_entgelt_vor(vorschlag, vorschlag.ab)
    if bisher is None:
        return Vergleich(None, None, None)
    unterschied = vorschlag.betrag - bisher.betrag
    return Vergleich(bisher, unterschied, unterschied * 100 / bisher.betrag if bisher.betrag else None)


def find_entgelt_vor(vorschlag: Entgeltvorschlag, ab: date) -> Entgelt | None:
    """The latest rate of the offer that began before the day."""
    rows = Entgelt.objects.filter(angebot=vorschlag.angebot_id, gueltig__startswith__lt=ab)
    return rows.order_by("-gueltig").first()


def mark_wartende(vorschlaege: QuerySet[Entgeltvorschlag], angebote: Iterable[Any]) -> None:
    """On each of these offers the proposal that still waits for the office, as `wartend`. One query."""
    offen = vorschlaege.filter(angebot__in=[a.pk for a in angebote], zustand=VorschlagZustand.VORGESCHLAGEN)
    wartende = {vorschlag.angebot_id: vorschlag for vorschlag in offen}
    for angebot in angebote:
        angebot.wartend = wartende.get(angebot.pk)
