"""API keys: a program acts as one person, at one host, within its scopes, for a time."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from shared_apps.accounts.enums import SicherheitsereignisArt
from shared_apps.accounts.hooks import list_umfaenge
from shared_apps.accounts.models import ApiToken, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.accounts.umfang import ALLE, Umfang
from shared_apps.core.clock import real_now
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.zahlwort import anzahl
from shared_apps.signin.selectors.admission import Admission, TokenRow, load_admission_of_token
from shared_apps.signin.services.secrets import hash_secret
from shared_apps.signin.services.sicherheit import record_sicherheitsereignis
from shared_apps.signin.services.sitzungen import end_sitzungen
from tenants.models import Tenant

TAGE_MAX = 365
UMFANG_PASST_NICHT = "Das kann ein Schlüssel von Ihnen hier nicht, denn Ihre Rolle darf es nicht: „{}“."
_TOUCH = timedelta(minutes=1)


@transaction.atomic
def create_api_token(
    *,
    user: User,
    tenant: Tenant | None,
    bezeichnung: str = "",
    tage: int = 90,
    umfang: Iterable[str] | None = None,
) -> str:
    """Create a key that acts as `user` at the host of `tenant` (None: the portal); returns the secret, not stored.

    `umfang`: only scopes that she can use there are taken, `RegelVerletzt` otherwise; None: all there are, as far as
    her rights reach at the time.

    Her list of what happened to her account says it; whoever calls this tells her by mail.
    """
    scopes = sorted(ALLE if umfang is None else {Umfang(u).value for u in umfang})
    if not scopes:
        raise RegelVerletzt("Bitte wählen Sie, wofür der Schlüssel gelten soll.", feld="umfang")
    if umfang is not None:
        _check_umfang(user, tenant, scopes)
    if not 1 <= tage <= TAGE_MAX:
        raise RegelVerletzt(
            f"Ein Schlüssel gilt mindestens einen Tag und höchstens {anzahl(TAGE_MAX, 'Tag', 'Tage')}.", feld="tage"
        )
    key = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        key_hash=hash_secret(key),
        user=user,
        tenant=tenant,
        bezeichnung=bezeichnung,
        umfang=scopes,
        expires_at=real_now() + timedelta(days=tage),
    )
    record_sicherheitsereignis(user=user, art=SicherheitsereignisArt.SCHLUESSEL_NEU)
    return key


def _check_umfang(user: User, tenant: Tenant | None, scopes: Iterable[str]) -> None:
    akteur = get_akteur(user=user, tenant=tenant)
    passend = list_umfaenge(akteur) if akteur is not None else []
    if fremd := [Umfang(u).label for u in scopes if u not in passend]:
        raise RegelVerletzt(UMFANG_PASST_NICHT.format("“, „".join(fremd)), code="umfang", feld="umfang")


def revoke_api_token(*, user: User, token_id: UUID) -> bool:
    """End one of the person's own keys. Whether there was such a key."""
    own = ApiToken.objects.filter(pk=token_id, user=user, revoked_at__isnull=True)
    return bool(own.update(revoked_at=real_now()))


def revoke_api_tokens(*, user: User) -> int:
    """End all keys of a person, at all hosts. How many ended."""
    own = ApiToken.objects.filter(user=user, revoked_at__isnull=True)
    return own.update(revoked_at=real_now())


def revoke_api_token_of_tenant(*, tenant: Tenant, token_id: UUID) -> bool:
    """End a key that works at an office's host, whoever made it. Whether there was such a key."""
    rows = ApiToken.objects.filter(pk=token_id, tenant=tenant, revoked_at__isnull=True)
    return bool(rows.update(revoked_at=real_now()))


def find_token(*, key: str, tenant: Tenant | None) -> tuple[TokenRow, Admission] | None:
    """The valid key of an active person for this host, noted as used, and who she is there; None otherwise."""
    found = load_admission_of_token(key_hash=hash_secret(key), tenant=tenant)
    now = real_now()
    if found and (found[0].zuletzt_at is None or now - found[0].zuletzt_at > _TOUCH):
        ApiToken.objects.filter(pk=found[0].pk).update(zuletzt_at=now)
    return found


@transaction.atomic
def end_other_access(*, user: User, ausser: UUID | str | None, keeps_keys: bool) -> tuple[int, int]:
    """End all sessions of a person but the one given, and her keys. How many sessions and keys ended."""
    return end_sitzungen(user=user, ausser=ausser), 0 if keeps_keys else revoke_api_tokens(user=user)
