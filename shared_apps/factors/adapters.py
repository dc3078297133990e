"""What allauth asks about second factors: secrets at rest, and the relying party of passkeys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from shared_apps.accounts.models import User
from tenants.crypto import open_shared, seal_shared

_owner: ContextVar[str] = ContextVar("owner of the secrets")


@contextmanager
def secrets_of(user: User) -> Iterator[None]:
    """Seal and open secrets of this person: a sealed text copied into another person's row does not open."""
    token = _owner.set(str(user.pk))
    try:
        yield
    finally:
        _owner.reset(token)


def _context() -> str:
    return f"mfa_authenticator|data|{_owner.get()}"


class MfaAdapter(DefaultMFAAdapter):
    """TOTP secrets and the seed of the recovery codes are sealed; passkeys belong to the base domain."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
    }

    def encrypt(self, text: str) -> str:
        """Sealed with a key that is not in the database, for the person of `secrets_of`."""
        return seal_shared(text, context=_context())

    def decrypt(self, encrypted_text: str) -> str:
        """Counter part of `encrypt`."""
        return open_shared(encrypted_text, context=_context())

    def get_totp_issuer(self) -> str:
        """Name of the entry in the app on the phone; the same on every host."""
        return f"{settings.MFA_TOTP_ISSUER} {settings.LAND_NAME}"

    def get_totp_label(self, user: User) -> str:
        """User name."""
        return user.username

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The base domain, so that one passkey works at the portal and at every office.

        Browsers refuse a name without a dot as the parent of another: on "localhost" (demo) a passkey
        belongs to the host where it was made.
        """
        base = settings.BASE_DOMAIN
        here = context.request.get_host().rpartition(":")[0] or context.request.get_host()
        return {"id": base if "." in base else here, "name": f"SoJuS {settings.LAND_NAME}"}

    def get_public_key_credential_user_entity(self, user: User) -> dict:
        """The id is random and means nothing outside."""
        return {"id": str(user.pk).encode(), "display_name": user.name, "name": user.username}
