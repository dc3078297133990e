"""Tickets that carry a signed-in person from the portal to one office's host."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction

from shared_apps.accounts.addresses import local_path
from shared_apps.accounts.models import Handover, User
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Verweigert
from shared_apps.signin.services.secrets import hash_secret
from tenants.models import Tenant

HANDOVER_SECONDS = 30


def issue_handover(*, user: User, tenant: Tenant | None, ziel: str) -> str:
    """Issue a single-use ticket, valid 30 seconds, for one person and one host. Returns the secret."""
    ticket = secrets.token_urlsafe(32)
    Handover.objects.filter(expires_at__lt=real_now() - timedelta(minutes=5)).delete()
    Handover.objects.create(
        ticket_hash=hash_secret(ticket),
        user=user,
        tenant=tenant,
        ziel=local_path(ziel),
        expires_at=real_now() + timedelta(seconds=HANDOVER_SECONDS),
    )
    return ticket


@transaction.atomic
def redeem_handover(*, ticket: str, tenant: Tenant | None) -> Handover:
    """Use a ticket up. Raises `Verweigert` when it is unknown, used, late or for another host."""
    handover = (
        Handover.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(ticket_hash=hash_secret(ticket), used_at__isnull=True, expires_at__gt=real_now(), tenant=tenant)
        .first()
    )
    if handover is None or not handover.user.is_active:
        raise Verweigert(
            "Der Übergabelink ist abgelaufen oder schon benutzt. "
            "Bitte öffnen Sie den Vorgang noch einmal aus dem Portal."
        )
    handover.used_at = real_now()
    handover.save(update_fields=["used_at"])
    return handover
