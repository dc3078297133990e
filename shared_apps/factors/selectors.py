"""Reads of a person's own factors, and of the rules who needs one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db.models import QuerySet

from shared_apps.accounts.models import Anmelderegel, Sicherheitsereignis, User
from shared_apps.factors.adapters import secrets_of
from tenants.models import Tenant

Type = Authenticator.Type


@dataclass(frozen=True, slots=True)
class Faktoren:
    """What a person has set up: the app, passkeys, codes left."""

    app: Authenticator | None
    passkeys: tuple[Authenticator, ...]
    codes: Authenticator | None

    @property
    def hat(self) -> bool:
        """Whether there is anything beside recovery codes."""
        return bool(self.app or self.passkeys)


def get_faktoren(*, user_id: UUID) -> Faktoren:
    """All factors of a person."""
    rows = list(Authenticator.objects.filter(user_id=user_id).order_by("created_at"))
    return Faktoren(
        app=next((r for r in rows if r.type == Type.TOTP), None),
        passkeys=tuple(r for r in rows if r.type == Type.WEBAUTHN),
        codes=next((r for r in rows if r.type == Type.RECOVERY_CODES), None),
    )


def count_recovery_codes(*, user: User, codes: Authenticator | None) -> int | None:
    """How many are left; None while none were ever made."""
    if codes is None:
        return None
    with secrets_of(user):
        return len(RecoveryCodes(codes).get_unused_codes())


def draw_totp(*, user: User, secret: str) -> str:
    """The QR code of a secret as an SVG image."""
    adapter = get_adapter()
    return adapter.build_totp_svg(adapter.build_totp_url(user, secret))


def list_anmelderegeln(*, tenant: Tenant | None) -> dict[str, Anmelderegel]:
    """Rules of one office, or (None) those for everywhere, by role."""
    return {regel.rolle: regel for regel in Anmelderegel.objects.filter(tenant=tenant)}


def list_sicherheitsereignisse(*, user_id: UUID) -> QuerySet[Sicherheitsereignis]:
    """The last ten things that happened to a person's own password and factors, newest first."""
    return Sicherheitsereignis.objects.filter(user_id=user_id).order_by("-created_at", "-pk")[:10]
