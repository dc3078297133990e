"""Kept answers of the API: how long, and which of them are about somebody."""

from __future__ import annotations

from collections.abc import Iterable

from shared_apps.accounts.models import Portalantwort
from shared_apps.accounts.models.answers import BEHALTEN
from shared_apps.core.clock import real_now
from tenant_apps.repeats.models import IdempotencyRecord


def purge_answers() -> int:
    """Forget answers whose day is over (docs/security.md "Requests sent twice"), in the office's fence; how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=real_now() - BEHALTEN).delete()[0]


def purge_portal_answers() -> int:
    """The same at the portal; call it outside every office. Row-level security shows no other ones."""
    return Portalantwort.objects.filter(created_at__lt=real_now() - BEHALTEN).delete()[0]


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
