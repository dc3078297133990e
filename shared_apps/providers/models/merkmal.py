"""What an offer says of itself by a criterion that its module declares."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from shared_apps.catalogue.models import Kriterium
from shared_apps.core.models import SharedModel
from shared_apps.providers.models.angebot import Angebot
from shared_apps.providers.models.verlauf import Verlauf, Verlaufsbereich
from shared_apps.providers.rights import own_offers
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Rights, register


class Angebotsmerkmal(SharedModel):
    """The value of one criterion: codes of its list, or whole numbers from … to. All empty: not said any more."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(own_offers())
    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.ANGEBOTE,
        werte=("werte", "von", "bis"),
        ohne=("angebot_id", "kriterium_id"),
        bezeichnung="kriterium_id",
    )

    angebot = models.ForeignKey(Angebot, models.PROTECT, related_name="merkmale", verbose_name="Angebot")
    kriterium = models.ForeignKey(Kriterium, models.PROTECT, related_name="+", verbose_name="Kriterium")
    werte = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="Werte")
    von = models.PositiveSmallIntegerField("von", null=True, blank=True)
    bis = models.PositiveSmallIntegerField("bis", null=True, blank=True)

    class Meta:
        ordering = ("angebot", "kriterium")
        verbose_name = "Merkmal eines Angebots"
        verbose_name_plural = "Merkmale von Angeboten"
        constraints = [
            models.UniqueConstraint(fields=["angebot", "kriterium"], name="angebotsmerkmal_einmal"),
            models.CheckConstraint(
                name="angebotsmerkmal_spanne",
                condition=Q(von__isnull=True, bis__isnull=True) | Q(von__isnull=False, bis__gte=F("von"), werte=[]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.angebot_id} {self.kriterium_id}"
