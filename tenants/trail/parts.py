"""Which table is which part of a trail: models say it (`trail_part`), triggers and seals ask here."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from django.apps import apps
from django.conf import settings


class Part(StrEnum):
    """What a table is for. The trail of an office and the journal of the shared tables have the first three each."""

    CHANGES = "changes"
    SEALS = "seals"
    SEALED = "sealed"
    #: Of an office: who looked at what, and which of these entries were removed after their time.
    READS = "reads"
    REMOVALS = "removals"
    #: Shared: copies of every office's seals, restores, and what operations may see under an approval.
    COPIES = "copies"
    RESTORES = "restores"
    SUPPORT = "support"


@cache
def table_of(part: Part, *, office: bool) -> str:
    """The one table of an office, or of the shared schema, that is this part."""
    floor = settings.TENANT_APPS if office else settings.SHARED_APPS
    (found,) = [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_config.name in floor and getattr(model, "trail_part", None) is part
    ]
    return found
