"""Marking months whose key figures must be recomputed: whole months, since a median has no delta (ADR 0006)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from tenant_apps.notifications.models import FaelligerMonat

#: Keeps a mark from being taken off before this transaction has ended; others who mark the same month do not wait.
#: One that is being taken off just now is waited for, and is then not found.
_HOLD = "SELECT monat FROM notifications_faelligermonat WHERE monat = ANY (%s) FOR KEY SHARE"


def mark_monate(*, monate: Iterable[date]) -> None:
    """Mark each month (given by its first day) as stale, in the caller's transaction.

    A mark that is there already is held: `ON CONFLICT DO NOTHING` alone leaves it to a publisher, who takes it off
    without having seen what the caller is about to commit.
    """
    if not (wanted := sorted(set(monate))):
        return
    while missing := sorted(set(wanted) - _hold(wanted)):
        FaelligerMonat.objects.bulk_create([FaelligerMonat(monat=monat) for monat in missing], ignore_conflicts=True)


def _hold(monate: list[date]) -> set[date]:
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [monate])
        return {monat for (monat,) in cursor.fetchall()}
