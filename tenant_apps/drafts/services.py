"""Keeping and forgetting what was typed."""

from __future__ import annotations

import json
from uuid import UUID

from django.utils import timezone

from tenant_apps.drafts.models import Entwurf, Suchtext
from tenant_apps.drafts.rules import Felder, bewahre_felder
from tenant_apps.drafts.selectors import FRIST, entwurf_context, suchtext_context
from tenants.crypto import seal


def create_entwurf(*, user_id: UUID, pfad: str, seite: str, felder: Felder) -> Entwurf | None:
    """Keep what a person typed into the form that posts to `pfad`; None when there is nothing to keep."""
    kept = bewahre_felder(felder)
    if not any(wert.strip() for werte in kept.values() for wert in werte):
        return None
    now = timezone.now()
    entwurf = Entwurf.objects.filter(user_id=user_id, pfad=pfad).first()
    if entwurf is None:
        entwurf = Entwurf(user_id=user_id, pfad=pfad, seite=seite, geaendert_at=now)
        Entwurf.objects.bulk_create([entwurf], ignore_conflicts=True)  # the same form in two windows
        entwurf = Entwurf.objects.get(user_id=user_id, pfad=pfad)
    entwurf.seite, entwurf.geaendert_at = seite, now
    entwurf.inhalt = seal(json.dumps(kept, ensure_ascii=False), context=entwurf_context(entwurf))
    entwurf.save(update_fields=["seite", "geaendert_at", "inhalt"])
    return entwurf


def clear_entwurf(*, user_id: UUID, pfad: str = "", entwurf_id: UUID | None = None) -> int:
    """Wipe a person's own draft: it was submitted or discarded. How many were wiped."""
    rows = Entwurf.objects.filter(user_id=user_id).exclude(inhalt="")
    rows = rows.filter(pk=entwurf_id) if entwurf_id else rows.filter(pfad=pfad)
    return rows.update(inhalt="")


def clear_expired() -> int:
    """Delete what is older than a day, in the open tenant."""
    before = timezone.now() - FRIST
    drafts, _ = Entwurf.objects.filter(geaendert_at__lt=before).delete()
    texts, _ = Suchtext.objects.filter(created_at__lt=before).delete()
    return drafts + texts


def create_suchtext(*, user_id: UUID, text: str) -> Suchtext:
    """Keep a search term, so that the URL carries an id only."""
    suchtext = Suchtext(user_id=user_id)
    suchtext.inhalt = seal(text, context=suchtext_context(suchtext))
    suchtext.save(force_insert=True)
    return suchtext
