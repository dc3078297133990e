"""Reads of sign-in: second factors of a person, and who needs one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.http import urlsafe_base64_decode

from shared_apps.accounts.adapters import secrets_of
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle, Verfahren
from shared_apps.accounts.models import Anmeldedienst, Anmelderegel, Sicherheitsereignis, User
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.core.clock import today
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


def find_by_uid(uid: str) -> User | None:
    """The person of a link in a mail; None when the link was cut or made up."""
    try:
        return User.objects.filter(pk=UUID(urlsafe_base64_decode(uid).decode())).first()
    except ValueError:
        return None


def has_second_factor(*, user_id: UUID) -> bool:
    """Whether a sign-in of this person has a second step."""
    return Authenticator.objects.filter(user_id=user_id, type__in=[Type.TOTP, Type.WEBAUTHN]).exists()


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


def is_vorgabe_pflicht(rolle: Rolle) -> bool:
    """What the environment says about a role."""
    wanted = {name.upper() for name in settings.MFA_PFLICHT}
    return "ALLE" in wanted or rolle.value in wanted


def list_anmelderegeln(*, tenant: Tenant | None) -> dict[str, Anmelderegel]:
    """Rules of one office, or (None) those for everywhere, by role."""
    return {regel.rolle: regel for regel in Anmelderegel.objects.filter(tenant=tenant)}


def get_pflicht_ab(akteur: Akteur) -> date | None:
    """From which day on the person needs a second factor at this host; None: never."""
    rows = Anmelderegel.objects.filter(rolle__in=akteur.rollen).exclude(verfahren=Verfahren.VORGABE)
    rows = rows.filter(Q(tenant_id=akteur.tenant_id) | Q(tenant=None)) if akteur.tenant_id else rows.filter(tenant=None)
    rules: dict[str, Anmelderegel] = {}
    for regel in sorted(rows, key=lambda r: r.tenant_id is not None):  # the office's own comes last and stays
        rules[regel.rolle] = regel
    found: list[date] = []
    for rolle in akteur.rollen:
        regel = rules.get(rolle.value)
        if regel is None:
            if is_vorgabe_pflicht(rolle):
                return date.min
        elif regel.verfahren == Verfahren.PFLICHT:
            found.append(_deadline(regel, akteur))
    return min(found, default=None)


def _deadline(regel: Anmelderegel, akteur: Akteur) -> date:
    begin = regel.gilt_ab
    if regel.frist_tage:
        own = list_valid_memberships(user_id=akteur.user_id).filter(rolle=regel.rolle)
        begin = max([begin, *own.order_by("gueltig_ab").values_list("gueltig_ab", flat=True)[:1]])
    return begin + timedelta(days=regel.frist_tage)


def needs_second_factor(akteur: Akteur) -> bool:
    """Whether the obligation has begun."""
    since = get_pflicht_ab(akteur)
    return since is not None and since <= today()


def get_anmeldedienst(tenant: Tenant | None) -> Anmeldedienst | None:
    """The sign-in server of an office, when it is switched on and a second person has confirmed it."""
    rows = Anmeldedienst.objects.filter(ist_aktiv=True, bestaetigt_at__isnull=False)
    return rows.filter(tenant=tenant).first() if tenant else None


def list_sicherheitsereignisse(*, user_id: UUID) -> QuerySet[Sicherheitsereignis]:
    """The last ten things that happened to a person's own password and factors, newest first."""
    return Sicherheitsereignis.objects.filter(user_id=user_id).order_by("-created_at", "-pk")[:10]


def find_anmeldedienst(*, tenant: Tenant) -> Anmeldedienst | None:
    """The sign-in server of an office, switched on or off."""
    return Anmeldedienst.objects.filter(tenant=tenant).select_related("geaendert_von", "bestaetigt_von").first()
