"""Pointers for providers, written in the tenant's own transaction (one database, no saga)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.core.clock import real_now
from shared_apps.inbox.models import Ausgang, Hinweis, HinweisArt, WartetAuf
from shared_apps.providers.models import Angebot
from tenants.context import require_schema


def notify_anbieter(
    *,
    angebot: Angebot,
    anbieter_id: UUID,
    art: HinweisArt,
    objekt_id: UUID,
    platzbindung_id: UUID | None = None,
    beginn: date | None = None,
    frist_at: datetime | None = None,
) -> Hinweis:
    """Tell a provider that work waits in the open tenant. Carries no content.

    `platzbindung_id`: the hold of the matter, of which the common number is made; `beginn`: first day of the help.
    """
    return Hinweis.objects.create(
        mandant=require_schema(),
        anbieter_id=anbieter_id,
        angebot=angebot,
        art=art,
        objekt_id=objekt_id,
        platzbindung_id=platzbindung_id,
        beginn=beginn,
        frist_at=frist_at,
    )


def notify_once(
    *,
    angebot: Angebot,
    anbieter_id: UUID,
    art: HinweisArt,
    objekt_id: UUID,
    platzbindung_id: UUID | None = None,
    beginn: date | None = None,
) -> None:
    """Tell a provider that work waits (`notify_anbieter`), unless such a pointer to the object is open already."""
    if not _open(art, objekt_id).exists():
        notify_anbieter(
            angebot=angebot,
            anbieter_id=anbieter_id,
            art=art,
            objekt_id=objekt_id,
            platzbindung_id=platzbindung_id,
            beginn=beginn,
        )


def _open(art: HinweisArt, objekt_id: UUID) -> QuerySet[Hinweis]:
    return Hinweis.objects.filter(mandant=require_schema(), art=art, objekt_id=objekt_id, erledigt_at__isnull=True)


def settle_hinweis(*, art: HinweisArt, objekt_id: UUID, ausgang: Ausgang) -> int:
    """Mark the open pointers to this object as done, and say what became of it. Returns how many there were."""
    return _open(art, objekt_id).update(erledigt_at=real_now(), ausgang=ausgang)


def update_frist(*, art: HinweisArt, objekt_id: UUID, frist_at: datetime) -> int:
    """Another deadline of the open pointers to this object."""
    return _open(art, objekt_id).update(frist_at=frist_at)


def transfer_hinweis(*, art: HinweisArt, objekt_id: UUID) -> int:
    """The provider has done her part: the open pointers to this object wait for the office from now on."""
    return _open(art, objekt_id).update(wartet_auf=WartetAuf.AMT)
