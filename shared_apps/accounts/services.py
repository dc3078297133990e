"""Writes of accounts: sign-in throttle, consent, handover, API keys."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from shared_apps.accounts.addresses import local_path
from shared_apps.accounts.models import Anmeldeversuch, ApiToken, Datenschutzzustimmung, Handover, User
from shared_apps.core.errors import RegelVerletzt, Verweigert
from tenants.models import Tenant

HANDOVER_SECONDS = 30
#: Signed with password hash and last sign-in, so any use or later sign-in ends it.
_invitations = PasswordResetTokenGenerator()
VERSUCHE_MAX = 10
VERSUCHE_FENSTER = timedelta(minutes=15)


def hash_secret(secret: str) -> str:
    """SHA-256 hex of a high-entropy secret (no salt needed for 256 random bits)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _versuch_schluessel(username: str, host: str) -> str:
    return hashlib.sha256(f"{host}|{username.strip().lower()}".encode()).hexdigest()


def is_throttled(*, username: str, host: str) -> bool:
    """Whether sign-in for this name at this host must wait (10 failures in 15 minutes)."""
    since = timezone.now() - VERSUCHE_FENSTER
    key = _versuch_schluessel(username, host)
    return Anmeldeversuch.objects.filter(schluessel=key, created_at__gte=since).count() >= VERSUCHE_MAX


def record_failure(*, username: str, host: str) -> None:
    """Count a failed sign-in."""
    Anmeldeversuch.objects.create(schluessel=_versuch_schluessel(username, host))


def clear_failures(*, username: str, host: str) -> None:
    """Forget failures after a good sign-in, and all that are older than the window."""
    Anmeldeversuch.objects.filter(schluessel=_versuch_schluessel(username, host)).delete()
    Anmeldeversuch.objects.filter(created_at__lt=timezone.now() - VERSUCHE_FENSTER).delete()


def record_consent(*, user: User, textversion: str, tenant: Tenant | None) -> Datenschutzzustimmung:
    """Store that the person agreed to this text now."""
    return Datenschutzzustimmung.objects.create(user=user, textversion=textversion, tenant=tenant)


def issue_handover(*, user: User, tenant: Tenant | None, ziel: str) -> str:
    """Issue a single-use ticket, valid 30 seconds, for one person and one host. Returns the secret."""
    ticket = secrets.token_urlsafe(32)
    Handover.objects.filter(expires_at__lt=timezone.now() - timedelta(minutes=5)).delete()
    Handover.objects.create(
        ticket_hash=hash_secret(ticket),
        user=user,
        tenant=tenant,
        ziel=local_path(ziel),
        expires_at=timezone.now() + timedelta(seconds=HANDOVER_SECONDS),
    )
    return ticket


@transaction.atomic
def redeem_handover(*, ticket: str, tenant: Tenant | None) -> Handover:
    """Use a ticket up. Raises `Verweigert` when it is unknown, used, late or for another host."""
    handover = (
        Handover.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(ticket_hash=hash_secret(ticket), used_at__isnull=True, expires_at__gt=timezone.now(), tenant=tenant)
        .first()
    )
    if handover is None or not handover.user.is_active:
        raise Verweigert(
            "Der Übergabelink ist abgelaufen oder schon benutzt. "
            "Bitte öffnen Sie den Vorgang noch einmal aus dem Portal."
        )
    handover.used_at = timezone.now()
    handover.save(update_fields=["used_at"])
    return handover


def update_password_by_invitation(*, user: User, token: str, password: str) -> None:
    """Set a password with an invitation, which is used up by it."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if not is_invitation_valid(user=user, token=token):
            raise Verweigert("Die Einladung ist abgelaufen oder schon benutzt. Bitte lassen Sie sich eine neue geben.")
        user.set_password(password)
        user.save(update_fields=["password"])


def create_invitation(*, user: User) -> str:
    """The path under which a person sets her first (or a forgotten) password, once, within three days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("invitation", args=[uid, _invitations.make_token(user)])


def is_invitation_valid(*, user: User, token: str) -> bool:
    """Whether the invitation is hers, not used and not too old."""
    return user.is_active and _invitations.check_token(user, token)


def update_password(*, user: User, old: str, new: str) -> None:
    """Set a new password. All other sessions of the person end with it."""
    if not user.check_password(old):
        raise RegelVerletzt("Das bisherige Passwort stimmt nicht.", feld="passwort_alt")
    user.set_password(new)
    user.save(update_fields=["password"])


def revoke_api_token(*, user: User, token_id: UUID) -> bool:
    """End one of the person's own keys. Whether there was such a key."""
    own = ApiToken.objects.filter(pk=token_id, user=user, revoked_at__isnull=True)
    return bool(own.update(revoked_at=timezone.now()))


def create_api_token(*, user: User, bezeichnung: str = "", tage: int | None = 90) -> str:
    """Create a key that acts as `user`; returns the secret, which is not stored."""
    key = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        key_hash=hash_secret(key),
        user=user,
        bezeichnung=bezeichnung,
        expires_at=timezone.now() + timedelta(days=tage) if tage else None,
    )
    return key


def find_user_by_token(key: str) -> User | None:
    """The person behind a valid key, or None."""
    token = ApiToken.objects.select_related("user").filter(key_hash=hash_secret(key), revoked_at__isnull=True).first()
    if token is None or not token.user.is_active or (token.expires_at and token.expires_at <= timezone.now()):
        return None
    return token.user
