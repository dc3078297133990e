"""Secrets of second factors at rest: sealed with a key that is not in the database, for one person."""

from __future__ import annotations

from uuid import UUID

from tenants.crypto import open_shared, seal_shared


def _context(user_id: UUID) -> str:
    return f"mfa_authenticator|data|{user_id}"


def seal_secret(text: str, *, user_id: UUID) -> str:
    """A sealed text that is copied into another person's row does not open there."""
    return seal_shared(text, context=_context(user_id))


def open_secret(sealed: str, *, user_id: UUID) -> str:
    """Counterpart of `seal_secret`. Raises `SealBroken`."""
    return open_shared(sealed, context=_context(user_id))
