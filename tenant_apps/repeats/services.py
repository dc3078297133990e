"""Kept answers of the API: how long, and which of them are about somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from shared_apps.core.clock import real_now
from tenant_apps.repeats.models import IdempotencyRecord

#: A machine that got no answer asks again within a day; longer nobody needs a copy (docs/security.md "Requests sent
#: twice").
BEHALTEN = timedelta(hours=24)


def purge_answers() -> int:
    """Forget answers whose day is over; call it inside the office's fence. Returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=real_now() - BEHALTEN).delete()[0]


def purge_answers_about(words: Iterable[str]) -> int:
    """Forget answers that hold one of these words, and all whose day is over. Answers are sealed: read one by one."""
    words = [word for word in words if word]
    purged = purge_answers()
    doomed = [
        record.pk
        for record in IdempotencyRecord.objects.iterator(chunk_size=500)
        if any(word in record.response or word in record.path or word in record.key for word in words)
    ]
    return purged + IdempotencyRecord.objects.filter(pk__in=doomed).delete()[0]
