"""What was typed and not submitted, and what was searched for: sealed, for its author only, for a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tenants.tables.base import TenantModel
from tenants.tables.data_class import DataClass


class Entwurf(TenantModel):
    """The fields of one form, sealed. One per person and form; empty once submitted, filled in again or discarded."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    no_look: ClassVar[str] = "a person's own typed words, given back to herself alone"

    user_id = models.UUIDField("Person")
    pfad = models.CharField("Ziel des Formulars", max_length=300)
    seite = models.CharField("Seite des Formulars", max_length=300)
    inhalt = models.TextField("Inhalt (versiegelt)", blank=True)
    geaendert_at = models.DateTimeField("geändert am")

    class Meta:
        verbose_name = "Entwurf"
        verbose_name_plural = "Entwürfe"
        constraints = [models.UniqueConstraint(name="entwurf_einmal", fields=["user_id", "pfad"])]
        indexes = [models.Index(fields=["geaendert_at"], name="entwurf_geaendert")]

    def __str__(self) -> str:
        return str(self.pk)


class Suchtext(TenantModel):
    """What a person searches for. The URL carries its id, never the text."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    no_look: ClassVar[str] = "a person's own search words, given back to herself alone"

    user_id = models.UUIDField("Person")
    inhalt = models.TextField("Inhalt (versiegelt)")

    class Meta:
        verbose_name = "Suchtext"
        verbose_name_plural = "Suchtexte"
        indexes = [
            models.Index(fields=["user_id"], name="suchtext_user"),
            models.Index(fields=["created_at"], name="suchtext_angelegt"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
