"""Passwords: the first one by invitation, a new one by the old one."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from shared_apps.accounts.enums import MailArt, SicherheitsereignisArt
from shared_apps.accounts.kennwort import open_hash, seal_hash
from shared_apps.accounts.models import User
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.signin.services.password_reset import notify_account_change
from shared_apps.signin.services.sicherheit import record_sicherheitsereignis
from shared_apps.signin.services.sitzungen import end_sitzungen, lock_sitzung
from shared_apps.signin.services.tokens import revoke_api_tokens
from tenants.crypto import needs_rotation


class _Invitations(PasswordResetTokenGenerator):
    """Signed with password hash, last sign-in, host and number: any use, sign-in or newer invitation ends it."""

    key_salt = "shared_apps.accounts.invitation"

    def __init__(self, host: str) -> None:
        super().__init__()
        self.host = host.partition(":")[0].lower()

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}|{self.host}|{user.einladung_nr}"


def update_password_by_invitation(*, user: User, token: str, host: str, password: str) -> None:
    """Set a password with an invitation, which is used up by it."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if not is_invitation_valid(user=user, token=token, host=host):
            raise Verweigert("Die Einladung ist abgelaufen oder schon benutzt. Bitte lassen Sie sich eine neue geben.")
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sitzungen(user=user)
        revoke_api_tokens(user=user)
        record_sicherheitsereignis(user=user, art=SicherheitsereignisArt.PASSWORT_NEU)
        notify_account_change(user=user, kind=MailArt.PASSWORT_NEU, host=host)


def create_invitation(*, user: User, host: str) -> str:
    """The path under which a person sets her first (or a forgotten) password: once, within three days, at this host.

    An invitation made before is void from now on, wherever it was for.
    """
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(einladung_nr=F("einladung_nr") + 1)
        user.refresh_from_db(fields=["einladung_nr"])
    return build_invitation_path(user=user, host=host)


def build_invitation_path(*, user: User, host: str) -> str:
    """The path of the newest invitation, valid for three days from now."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("invitation", args=[uid, _Invitations(host).make_token(user)])


def is_invitation_valid(*, user: User, token: str, host: str) -> bool:
    """Whether the invitation is hers, for this host, the newest, not used and not too old."""
    return user.is_active and _Invitations(host).check_token(user, token)


def update_password(
    *,
    user: User,
    old: str,
    new: str,
    host: str,
    sitzung_id: UUID | None = None,
    keeps_keys: bool = False,
) -> None:
    """Set a new password. All other sessions of the person end with it, at all hosts, and so do her API keys.

    `sitzung_id`: the session that asks for it, and goes on. `keeps_keys`: she has said that programs shall go on
    working with them; the mail tells that too.
    """
    with transaction.atomic():
        user.refresh_from_db(fields=["password"], from_queryset=User.objects.select_for_update(no_key=True))
        if not user.check_password(old):  # the one she has now: it may just have been changed elsewhere
            raise RegelVerletzt("Das bisherige Passwort stimmt nicht.", feld="passwort_alt")
        if sitzung_id:
            lock_sitzung(user=user, sitzung_id=sitzung_id)
        user.set_password(new)
        user.save(update_fields=["password"])
        end_sitzungen(user=user, ausser=sitzung_id)
        if not keeps_keys:
            revoke_api_tokens(user=user)
        record_sicherheitsereignis(user=user, art=SicherheitsereignisArt.PASSWORT_NEU)
        kind = MailArt.PASSWORT_SCHLUESSEL if keeps_keys else MailArt.PASSWORT_NEU
        notify_account_change(user=user, kind=kind, host=host)


@transaction.atomic
def update_password_seals(*, batch: int) -> int:
    """Seal with the current key what an older key has sealed; returns how many rows changed, at most `batch`."""
    changed = 0
    for pk, stored in list(User.objects.values_list("pk", "password")):
        encoded = open_hash(stored, user_id=pk)
        if changed < batch and is_password_usable(encoded) and needs_rotation(stored):
            changed += User.objects.filter(pk=pk, password=stored).update(password=seal_hash(encoded, user_id=pk))
    return changed
