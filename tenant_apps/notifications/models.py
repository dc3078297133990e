"""Notes inside the office. Now: which months' published figures are stale."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenants.tables.base import TenantModel
from tenants.tables.data_class import DataClass


class FaelligerMonat(TenantModel):
    """A month whose published figures no longer match the cases (ADR 0006)."""

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    #: A row of nobody that onboarding writes, reads and takes back.
    onboarding_probe: ClassVar[dict[str, str]] = {"monat": "1900-01-01"}

    monat = models.DateField("Monat (Erster)", unique=True)

    class Meta:
        verbose_name = "Fälliger Monat"
        verbose_name_plural = "Fällige Monate"
        constraints = [models.CheckConstraint(name="faelliger_monat_erster", condition=Q(monat__day=1))]

    def __str__(self) -> str:
        return f"{self.monat:%m/%Y}"
