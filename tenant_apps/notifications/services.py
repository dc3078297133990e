"""Marking months whose key figures must be recomputed: whole months, since a median has no delta (ADR 0006)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tenant_apps.notifications.models import FaelligerMonat


def mark_monate(*, monate: Iterable[date]) -> None:
    """Mark each month (given by its first day) as stale, in the caller's transaction."""
    FaelligerMonat.objects.bulk_create(
        [FaelligerMonat(monat=monat) for monat in sorted(set(monate))], ignore_conflicts=True
    )
