"""Tickets that carry a signed-in person from the portal to one office's host."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from shared_apps.accounts.addresses import local_path
from shared_apps.accounts.models import Handover, Sitzung, User
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Verweigert
from shared_apps.signin.services.secrets import hash_secret
from shared_apps.signin.services.sitzungen import lock_person, lock_sitzung
from tenants.models import Tenant

HANDOVER_SECONDS = 30


@transaction.atomic
def issue_handover(*, user: User, tenant: Tenant | None, ziel: str, sitzung_id: UUID | None) -> str:
    """Issue a single-use ticket, valid 30 seconds, for one person and one host. Returns the secret.

    `sitzung_id`: the session that asks for it. Raises `Verweigert` when that was ended meanwhile.
    """
    lock_sitzung(user=user, sitzung_id=sitzung_id)
    ticket = secrets.token_urlsafe(32)
    Handover.objects.filter(expires_at__lt=real_now() - timedelta(minutes=5)).delete()
    Handover.objects.create(
        ticket_hash=hash_secret(ticket),
        user=user,
        tenant=tenant,
        sitzung_id=sitzung_id,
        ziel=local_path(ziel),
        expires_at=real_now() + timedelta(seconds=HANDOVER_SECONDS),
    )
    return ticket


@transaction.atomic
def redeem_handover(*, ticket: str, tenant: Tenant | None) -> Handover:
    """Use a ticket up. Raises `Verweigert` when it is unknown, used, late or for another host, or when the session
    it was issued in has been ended."""
    usable = Handover.objects.select_related("user").filter(
        ticket_hash=hash_secret(ticket), used_at__isnull=True, expires_at__gt=real_now(), tenant=tenant
    )
    handover = usable.first()
    if handover is not None:
        lock_person(user=handover.user)  # first, as whoever ends all her sessions does
        handover = usable.select_for_update(of=("self",)).first()
    if handover is None or not handover.user.is_active or not _is_from_open_sitzung(handover):
        raise Verweigert(
            "Der Übergabelink ist abgelaufen oder schon benutzt. "
            "Bitte öffnen Sie den Vorgang noch einmal aus dem Portal."
        )
    handover.used_at = real_now()
    handover.save(update_fields=["used_at"])
    return handover


def _is_from_open_sitzung(handover: Handover) -> bool:
    own = Sitzung.objects.filter(user=handover.user_id, beendet_at__isnull=True)
    return handover.sitzung_id is None or own.filter(pk=handover.sitzung_id).exists()
