"""Pointers for providers, written in the tenant's own transaction (one database, no saga)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shared_apps.core.clock import real_now
from shared_apps.inbox.models import Hinweis, HinweisArt
from shared_apps.providers.models import Angebot
from tenants.context import require_schema


def notify_anbieter(
    *, angebot: Angebot, anbieter_id: UUID, art: HinweisArt, objekt_id: UUID, frist_at: datetime | None = None
) -> Hinweis:
    """Tell a provider that work waits in the open tenant. Carries no content."""
    return Hinweis.objects.create(
        mandant=require_schema(),
        anbieter_id=anbieter_id,
        angebot=angebot,
        art=art,
        objekt_id=objekt_id,
        frist_at=frist_at,
    )


def settle_hinweis(*, art: HinweisArt, objekt_id: UUID) -> int:
    """Mark the open pointers to this object as done. Returns how many there were."""
    return Hinweis.objects.filter(
        mandant=require_schema(), art=art, objekt_id=objekt_id, erledigt_at__isnull=True
    ).update(erledigt_at=real_now())
