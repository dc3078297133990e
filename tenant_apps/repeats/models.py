"""Kept answers to requests that may come twice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tenant_apps.cases.encrypted import EncryptedTextField
from tenants.tables.base import TenantModel
from tenants.tables.data_class import DataClass


class IdempotencyRecord(TenantModel):
    """Answer to a write request, kept so that a repeated key gets it again (docs/security.md "Requests sent twice")."""

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL

    user_id = models.UUIDField()
    key = models.CharField(max_length=200)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    #: JSON; the answer to a booking names the young person, so it is sealed with the office's key.
    response = EncryptedTextField(person="")

    class Meta:
        db_table = "placements_idempotencyrecord"  # where it began: kept answers stay readable through a release
        verbose_name = "Idempotenz-Eintrag"
        verbose_name_plural = "Idempotenz-Einträge"
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="idempotency_einmal")]

    def __str__(self) -> str:
        return self.key
