"""Budgets of the office."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from shared_apps.catalogue.models import Hilfeart
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass


class Haushaltsansatz(TenantModel):
    """Budget of a year for one type of help."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION

    jahr = models.PositiveSmallIntegerField("Haushaltsjahr")
    hilfeart = SharedReference(Hilfeart, verbose_name="Hilfeart")
    produktkonto = models.CharField("Produktkonto", max_length=30, blank=True)
    betrag = models.DecimalField("Ansatz", max_digits=13, decimal_places=2)

    class Meta:
        ordering = ("-jahr", "hilfeart")
        verbose_name = "Haushaltsansatz"
        verbose_name_plural = "Haushaltsansätze"
        constraints = [models.UniqueConstraint(fields=["jahr", "hilfeart"], name="haushaltsansatz_einmal")]

    def __str__(self) -> str:
        return f"{self.jahr} {self.hilfeart_id}"
