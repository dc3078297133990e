"""Reads of one's own drafts and search terms."""

from __future__ import annotations

import json
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.accounts.models import Portalentwurf
from shared_apps.accounts.models.drafts import FRIST
from shared_apps.core.clock import real_now
from tenant_apps.drafts.models import Entwurf, Suchtext
from tenants.context import current_schema
from tenants.crypto import SealBroken, open_for, open_sealed

#: Drafts one person may have at one host, typed while she is signed in; the oldest go first.
ENTWUERFE_MAX = 50


def entwurf_table() -> type[Entwurf | Portalentwurf]:
    """Where drafts are kept: in the open office's schema; where none is open, on the portal, in the shared one."""
    return Entwurf if current_schema() else Portalentwurf


def list_entwuerfe(*, user_id: UUID) -> QuerySet[Entwurf | Portalentwurf]:
    """A person's own drafts of the last day that are not empty, newest first."""
    rows = entwurf_table().objects.filter(user_id=user_id, geaendert_at__gt=real_now() - FRIST)
    return rows.exclude(inhalt="").order_by("-geaendert_at")


def read_felder(entwurf: Entwurf | Portalentwurf) -> dict[str, list[str]]:
    """What was typed; nothing when the seal does not open (its key is gone)."""
    try:
        return json.loads(read_inhalt(entwurf))
    except SealBroken:
        return {}


def read_inhalt(entwurf: Entwurf | Portalentwurf) -> str:
    """The content opened: with the office's key, at the portal with a key of the author's own."""
    context = entwurf_context(entwurf)
    if isinstance(entwurf, Portalentwurf):
        return open_for(entwurf.user_id, entwurf.inhalt, context=context)
    return open_sealed(entwurf.inhalt, context=context)


def entwurf_context(entwurf: Entwurf | Portalentwurf) -> str:
    """Where a draft's content is at home: not in another row, not at another person."""
    return f"{entwurf._meta.db_table}|inhalt|{entwurf.pk}|{entwurf.user_id}"


def suchtext_context(suchtext: Suchtext) -> str:
    """Where a search term is at home."""
    return f"drafts_suchtext|inhalt|{suchtext.pk}|{suchtext.user_id}"


def get_suchtext(*, user_id: UUID, suchtext_id: str) -> str:
    """A person's own search term of the last day; empty when there is none under this id."""
    try:
        key = UUID(suchtext_id)
    except ValueError:
        return ""
    rows = Suchtext.objects.filter(pk=key, user_id=user_id, created_at__gt=real_now() - FRIST)
    suchtext = rows.first()
    if suchtext is None:
        return ""
    try:
        return open_sealed(suchtext.inhalt, context=suchtext_context(suchtext))
    except SealBroken:
        return ""
