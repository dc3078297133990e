"""Marking months whose key figures must be recomputed: whole months, since a median has no delta (ADR 0006)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from uuid6 import uuid7

from tenants.context import require_schema
from tenants.db.locks import PairLock

#: Keeps a mark from being taken off before this transaction has ended; others who mark the same month do not wait.
#: A month that is being computed just now is waited for: sorted, so that every lock is there before the first row. No
#: lock of a row: a provider's request marks, and reads none.
_MARK = """
WITH gehalten AS MATERIALIZED (
  SELECT id, monat, pg_advisory_xact_lock_shared(%s, hashtext(name))::text AS gehalten
    FROM unnest(%s::uuid[], %s::date[], %s::text[]) AS m (id, monat, name))
INSERT INTO notifications_faelligermonat (id, created_at, monat)
SELECT id, statement_timestamp(), monat FROM gehalten ORDER BY gehalten, monat
ON CONFLICT DO NOTHING
"""


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
        cursor.execute(_MARK, [PairLock.MARK, [uuid7() for _ in wanted], wanted, [mark_key(monat) for monat in wanted]])
