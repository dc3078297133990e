"""Hashes of passwords at rest: sealed for one person (ADR 0028).

A hole that reads the column gets nothing to guess against, and a hash copied into another person's row opens nothing.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.hashers import is_password_usable, make_password

from tenants.crypto import SealBroken, open_shared, seal_shared


def _context(user_id: UUID) -> str:
    return f"accounts_user|password|{user_id}"


def seal_hash(encoded: str, *, user_id: UUID) -> str:
    """What is in the column: an unusable one as it is, every other sealed for this person."""
    return seal_shared(encoded, context=_context(user_id)) if is_password_usable(encoded) else encoded


def open_hash(stored: str, *, user_id: UUID) -> str:
    """The hash again; an unusable one when the value was written by somebody who cannot seal for this person."""
    if not is_password_usable(stored):
        return stored
    try:
        return open_shared(stored, context=_context(user_id))
    except SealBroken:
        return make_password(None)
