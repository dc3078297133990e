"""Abstract base of shared tables. This app has no table of its own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid6 import uuid7

from tenants.tables.data_class import DataClass
from tenants.tables.rights import Rights


class SharedModel(models.Model):
    """A row of the shared schema with a time-ordered UUID key."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)

    class Meta:
        abstract = True
