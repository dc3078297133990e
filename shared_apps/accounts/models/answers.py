"""Answers of the portal's API, kept so that a request may be sent twice (`accounts.api.things`, ADR 0068)."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models

from shared_apps.core.models import SharedModel
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Policy, Rights

_OWN = "user_id = sojus_user()"
#: A machine that got no answer asks again within a day; then a job may delete it, and nobody who acts reads it.
BEHALTEN = timedelta(hours=24)
_OVER = f"sojus_user() IS NULL AND created_at < now() - interval '{BEHALTEN // timedelta(hours=1)} hours'"


class Portalantwort(SharedModel):
    """Answer to a write request at the portal, kept so that a repeated key gets it again. It speaks of organisations.

    Row-level security: the request of whoever asked sees it; a job sees what is over, to delete it.
    """

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    is_journaled: ClassVar[bool] = False  # traffic
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE (status, response), DELETE",
        policies=(
            Policy("eigene", "app", "ALL", using=_OWN, check=_OWN),
            Policy("abgelaufene_finden", "app", "SELECT", using=_OVER),
            Policy("abgelaufene_loeschen", "app", "DELETE", using=_OVER),
        ),
    )

    user_id = models.UUIDField("Person")
    key = models.CharField(max_length=200)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    response = models.TextField()

    class Meta:
        verbose_name = "behaltene Antwort am Portal"
        verbose_name_plural = "behaltene Antworten am Portal"
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="portalantwort_einmal")]
        indexes = [models.Index(fields=["created_at"], name="portalantwort_zeit")]

    def __str__(self) -> str:
        return self.key
