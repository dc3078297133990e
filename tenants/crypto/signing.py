"""Signed values that are worth something in one tenant only.

`django.core.signing` knows no tenant: a value signed in one office is accepted in another (tried; ADR 0012).
"""

from __future__ import annotations

from typing import Any

from django.core import signing

from tenants.context import require_schema


def _salt(purpose: str) -> str:
    return f"sojus.tenant:{require_schema()}:{purpose}"


def sign(value: Any, *, purpose: str) -> str:
    """Sign `value` for the open tenant and one purpose. Raises `NoTenant` without a tenant."""
    return signing.dumps(value, salt=_salt(purpose))


def unsign(token: str, *, purpose: str, max_age: int) -> Any:
    """The value of a token signed in this tenant for this purpose, at most `max_age` seconds ago.

    Raises `django.core.signing.BadSignature` for anything else.
    """
    return signing.loads(token, salt=_salt(purpose), max_age=max_age)
