"""Who read or wrote what, and why. Append only: the tenant role has INSERT and SELECT, nothing else."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.base import TenantModel
from tenants.data_class import DataClass


class Aktion(models.TextChoices):
    """Kinds of access the trail tells apart."""

    LESEN = "LESEN", "gelesen"
    ANLEGEN = "ANLEGEN", "angelegt"
    AENDERN = "AENDERN", "geändert"
    AUSGEBEN = "AUSGEBEN", "ausgegeben"
    UEBERMITTELN = "UEBERMITTELN", "übermittelt"


class Protokoll(TenantModel):
    """One access. `felder` holds names of fields, never values."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = "SELECT, INSERT"

    user_id = models.UUIDField("Person", null=True)
    rolle = models.CharField("Rolle", max_length=24, blank=True)
    aktion = models.CharField("Aktion", max_length=16, choices=Aktion)
    vorgang = models.CharField("Vorgang", max_length=60)
    objekt_art = models.CharField("Objektart", max_length=60)
    objekt_id = models.UUIDField("Objekt", null=True)
    felder = ArrayField(models.CharField(max_length=60), default=list, verbose_name="Felder")
    grund = models.CharField("Grund", max_length=200, blank=True)
    request_id = models.CharField("Anfrage", max_length=36, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Protokolleintrag"
        verbose_name_plural = "Protokoll"
        indexes = [models.Index(fields=["objekt_art", "objekt_id"], name="protokoll_objekt")]

    def __str__(self) -> str:
        return f"{self.aktion} {self.objekt_art} {self.objekt_id}"
