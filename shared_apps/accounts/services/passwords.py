"""Passwords: the first one by invitation, a new one by the old one."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from shared_apps.accounts.models import User
from shared_apps.accounts.services.sitzungen import end_sitzungen
from shared_apps.core.errors import RegelVerletzt, Verweigert

#: Signed with password hash and last sign-in, so any use or later sign-in ends it.
_invitations = PasswordResetTokenGenerator()


def update_password_by_invitation(*, user: User, token: str, password: str) -> None:
    """Set a password with an invitation, which is used up by it."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if not is_invitation_valid(user=user, token=token):
            raise Verweigert("Die Einladung ist abgelaufen oder schon benutzt. Bitte lassen Sie sich eine neue geben.")
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sitzungen(user=user)


def create_invitation(*, user: User) -> str:
    """The path under which a person sets her first (or a forgotten) password, once, within three days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("invitation", args=[uid, _invitations.make_token(user)])


def is_invitation_valid(*, user: User, token: str) -> bool:
    """Whether the invitation is hers, not used and not too old."""
    return user.is_active and _invitations.check_token(user, token)


def update_password(*, user: User, old: str, new: str, sitzung_id: UUID | None = None) -> None:
    """Set a new password. All other sessions of the person end with it, at all hosts."""
    if not user.check_password(old):
        raise RegelVerletzt("Das bisherige Passwort stimmt nicht.", feld="passwort_alt")
    user.set_password(new)
    user.save(update_fields=["password"])
    end_sitzungen(user=user, ausser=sitzung_id)
