"""API keys: a program acts as one person."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from shared_apps.accounts.models import ApiToken, User
from shared_apps.accounts.services.secrets import hash_secret


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
