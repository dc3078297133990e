"""What was typed and not submitted, and what was searched for: sealed, for its author only, for a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from shared_apps.accounts.models.drafts import kept_where
from tenants.tables.base import TenantModel
from tenants.tables.data_class import DataClass


class Entwurf(TenantModel):
    """The fields of one form, sealed. One per person and form; empty once submitted, filled in again or discarded.

    Beside it a few that were sent when the session had run out (`kept_where`).
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    no_look: ClassVar[str] = "a person's own typed words, given back to herself alone"

    user_id = models.UUIDField("Person")
    pfad = models.CharField("Ziel des Formulars", max_length=300)
    seite = models.CharField("Seite des Formulars", max_length=300)
    inhalt = models.TextField("Inhalt (versiegelt)", blank=True)
    geaendert_at = models.DateTimeField("geändert am")
    sitzung_id = models.UUIDField("Sitzung, nach deren Ende es kam", null=True)
    nummer = models.PositiveSmallIntegerField("Nummer nach deren Ende", null=True)

    class Meta:
        verbose_name = "Entwurf"
        verbose_name_plural = "Entwürfe"
        constraints = kept_where("entwurf")
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
