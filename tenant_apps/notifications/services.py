"""Marking months whose key figures must be recomputed: whole months, since a median has no delta (ADR 0006)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from tenant_apps.notifications.models import FaelligerMonat
from tenants.context import require_schema
from tenants.db.locks import PairLock

#: Keeps a mark from being taken off before this transaction has ended; others who mark the same month do not wait.
#: A month that is being computed just now is waited for. No lock of a row: a provider's request marks, and reads none.
_HOLD = "SELECT pg_advisory_xact_lock_shared(%s, hashtext(name)) FROM unnest(%s::text[]) AS name"


def mark_key(monat: date) -> str:
    """What the lock of a month of this office is made from."""
    return f"{require_schema()}.{monat:%Y-%m}"


def mark_monate(*, monate: Iterable[date]) -> None:
    """Mark each month (given by its first day) as stale, in the caller's transaction.

    A mark that is there already is held: `ON CONFLICT DO NOTHING` alone leaves it to a publisher, who takes it off
    without having seen what the caller is about to commit.
    """
    if not (wanted := sorted(set(monate))):
        return
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [PairLock.MARK, [mark_key(monat) for monat in wanted]])
    FaelligerMonat.objects.bulk_create([FaelligerMonat(monat=monat) for monat in wanted], ignore_conflicts=True)
