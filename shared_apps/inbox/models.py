"""Pointers to work that waits in a tenant. They say that something is there, never what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shared_apps.core.models import SharedModel
from shared_apps.providers.models import Angebot
from shared_apps.providers.rights import own_offers
from tenants.tables.data_class import DataClass
from tenants.tables.rights import OWN_MANDANT, Policy, Rights, own_rows

_OWN_HINTS = f"anbieter_id = ANY (sojus_anbieter()) AND {own_offers()}"


class HinweisArt(models.TextChoices):
    """What kind of work waits."""

    RESERVIERUNG = "RESERVIERUNG", "Reservierung wartet auf Zustimmung"
    BUCHUNG = "BUCHUNG", "Buchung liegt vor"
    LEISTUNGSNACHWEIS = "LEISTUNGSNACHWEIS", "Leistungsnachweis ist fällig"
    RECHNUNG_BEANSTANDET = "RECHNUNG_BEANSTANDET", "Rechnung wurde beanstandet"
    BEENDIGUNG = "BEENDIGUNG", "Hilfe wurde beendet"


class Hinweis(SharedModel):
    """Recipient (a provider), the tenant's schema, kind, the object's id, done or not."""

    data_class: ClassVar[DataClass] = DataClass.AGGREGATE
    rights: ClassVar[Rights] = Rights(
        app="SELECT",
        tenants="SELECT, INSERT, UPDATE",
        portal="SELECT, UPDATE (erledigt_at)",
        policies=(
            own_rows(),
            Policy("an_mich", "app", "SELECT", using=_OWN_HINTS),
            Policy(
                "an_mich_am_amt",
                "portal",
                "ALL",
                using=f"{OWN_MANDANT} AND {_OWN_HINTS}",
                check=f"{OWN_MANDANT} AND {_OWN_HINTS}",
            ),
        ),
    )

    mandant = models.CharField("Jugendamt (Schema)", max_length=63)
    anbieter_id = models.UUIDField("Anbieter")
    angebot = models.ForeignKey(Angebot, models.PROTECT, related_name="+", verbose_name="Angebot")
    art = models.CharField("Art", max_length=24, choices=HinweisArt)
    objekt_id = models.UUIDField("Vorgang")
    frist_at = models.DateTimeField("Frist", null=True, blank=True)
    erledigt_at = models.DateTimeField("erledigt am", null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Hinweis"
        verbose_name_plural = "Hinweise"
        constraints = [
            models.UniqueConstraint(
                fields=["mandant", "art", "objekt_id"],
                condition=Q(erledigt_at__isnull=True),
                name="hinweis_offen_einmal",
            )
        ]
        indexes = [
            models.Index(
                fields=["anbieter_id", "-created_at"], condition=Q(erledigt_at__isnull=True), name="hinweis_offen"
            ),
            # In the order of the worklist, and of what is done (docs/adr/0047).
            models.Index(
                fields=["anbieter_id", "frist_at", "created_at", "id"],
                condition=Q(erledigt_at__isnull=True),
                name="hinweis_frist",
            ),
            models.Index(
                "anbieter_id",
                F("erledigt_at").desc(nulls_last=True),
                F("id").desc(),
                condition=Q(erledigt_at__isnull=False),
                name="hinweis_erledigt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.art} {self.objekt_id}"
