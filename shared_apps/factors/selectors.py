"""Reads of a person's own factors, and of the rules who needs one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pyotp
import qrcode
from django.conf import settings
from django.db.models import QuerySet
from qrcode.image.svg import SvgPathImage

from shared_apps.accounts.enums import FaktorArt
from shared_apps.accounts.models import Anmelderegel, Faktor, Sicherheitsereignis, User
from shared_apps.factors.rules import CODES
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Faktoren:
    """What a person has set up: the app, passkeys, codes left."""

    app: Faktor | None
    passkeys: tuple[Faktor, ...]
    codes: Faktor | None

    @property
    def hat(self) -> bool:
        """Whether there is anything beside recovery codes."""
        return bool(self.app or self.passkeys)


def get_faktoren(*, user_id: UUID) -> Faktoren:
    """All factors of a person."""
    rows = list(Faktor.objects.filter(user_id=user_id).order_by("created_at"))
    return Faktoren(
        app=next((r for r in rows if r.art == FaktorArt.TOTP), None),
        passkeys=tuple(r for r in rows if r.art == FaktorArt.PASSKEY),
        codes=next((r for r in rows if r.art == FaktorArt.CODES), None),
    )


def count_recovery_codes(codes: Faktor | None) -> int | None:
    """How many are left; None while none were ever made."""
    return None if codes is None else CODES - int(codes.data["used_mask"]).bit_count()


def draw_totp(*, user: User, secret: str) -> str:
    """The QR code of a secret as an SVG image; in the app the entry has the same name on every host."""
    issuer = f"{settings.TOTP_ISSUER} {settings.LAND_NAME}"
    address = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=issuer)
    return qrcode.make(address, image_factory=SvgPathImage).to_string(encoding="unicode")


def list_anmelderegeln(*, tenant: Tenant | None) -> dict[str, Anmelderegel]:
    """Rules of one office, or (None) those for everywhere, by role."""
    return {regel.rolle: regel for regel in Anmelderegel.objects.filter(tenant=tenant)}


def list_sicherheitsereignisse(*, user_id: UUID) -> QuerySet[Sicherheitsereignis]:
    """The last ten things that happened to a person's own password and factors, newest first."""
    return Sicherheitsereignis.objects.filter(user_id=user_id).order_by("-created_at", "-pk")[:10]
