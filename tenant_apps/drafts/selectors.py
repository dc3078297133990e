"""Reads of one's own drafts and search terms."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from tenant_apps.drafts.models import Entwurf, Suchtext
from tenants.crypto import SealBroken, open_sealed

FRIST = timedelta(hours=24)


def list_entwuerfe(*, user_id: UUID) -> QuerySet[Entwurf]:
    """A person's own drafts of the last day that are not empty, newest first."""
    rows = Entwurf.objects.filter(user_id=user_id, geaendert_at__gt=timezone.now() - FRIST)
    return rows.exclude(inhalt="").order_by("-geaendert_at")


def read_felder(entwurf: Entwurf) -> dict[str, list[str]]:
    """What was typed; nothing when the seal does not open (its key is gone)."""
    try:
        return json.loads(open_sealed(entwurf.inhalt, context=entwurf_context(entwurf)))
    except SealBroken:
        return {}


def entwurf_context(entwurf: Entwurf) -> str:
    """Where a draft's content is at home: not in another row, not at another person."""
    return f"drafts_entwurf|inhalt|{entwurf.pk}|{entwurf.user_id}"


def suchtext_context(suchtext: Suchtext) -> str:
    """Where a search term is at home."""
    return f"drafts_suchtext|inhalt|{suchtext.pk}|{suchtext.user_id}"


def get_suchtext(*, user_id: UUID, suchtext_id: str) -> str:
    """A person's own search term of the last day; empty when there is none under this id."""
    try:
        key = UUID(suchtext_id)
    except ValueError:
        return ""
    rows = Suchtext.objects.filter(pk=key, user_id=user_id, created_at__gt=timezone.now() - FRIST)
    suchtext = rows.first()
    if suchtext is None:
        return ""
    try:
        return open_sealed(suchtext.inhalt, context=suchtext_context(suchtext))
    except SealBroken:
        return ""
