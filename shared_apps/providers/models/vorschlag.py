"""What one person proposes and another one decides: who did it, when, and why not."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shared_apps.accounts.models import User
from shared_apps.core.models import SharedModel
from shared_apps.providers.states import VorschlagZustand


class Vorschlag(SharedModel):
    """A row that somebody else decides: confirms, or declines with a reason; whoever proposed it may take it back.

    Its state is its own column: an account runs out, a rate does not. Who may decide, its trigger asks.
    """

    vorgeschlagen_von = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="vorgeschlagen von")
    entschieden_von = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="entschieden von"
    )
    entschieden_at = models.DateTimeField("entschieden am", null=True, blank=True)
    grund = models.CharField("Grund", max_length=500, blank=True)

    class Meta:
        abstract = True


def build_two_people(name: str) -> list[models.CheckConstraint]:
    """Constraints `…_vier_augen` and `…_entschieden` of what an office decides: nobody decides what she has proposed,
    and what is decided says by whom."""
    return [
        models.CheckConstraint(
            name=f"{name}_vier_augen",
            condition=Q(entschieden_von__isnull=True)
            | Q(zustand=VorschlagZustand.ZURUECKGEZOGEN)
            | ~Q(entschieden_von=F("vorgeschlagen_von")),
        ),
        models.CheckConstraint(
            name=f"{name}_entschieden",
            condition=Q(zustand=VorschlagZustand.VORGESCHLAGEN, entschieden_von__isnull=True)
            | (~Q(zustand=VorschlagZustand.VORGESCHLAGEN) & Q(entschieden_von__isnull=False)),
        ),
    ]
