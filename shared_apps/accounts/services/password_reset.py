"""A forgotten password: the request tells nobody anything, the job behind it decides and writes a mail."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_encode
from procrastinate.contrib.django import app
from uuid6 import uuid7

from shared_apps.accounts.enums import SicherheitsereignisArt
from shared_apps.accounts.models import Anmeldeversuch, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.accounts.services.secrets import hash_secret
from shared_apps.accounts.services.sicherheit import record_sicherheitsereignis
from shared_apps.core.errors import Verweigert
from tenants.models import Tenant

MAILS_MAX = 3
FENSTER = timedelta(minutes=15)
INVALID = "Der Link ist abgelaufen oder schon benutzt. Bitte fordern Sie einen neuen an."

#: What the mails say; never who or where beyond the host.
SUBJECTS = {
    "passwort_vergessen": "SoJuS: neues Passwort festlegen",
    "passwort_neu": "SoJuS: Ihr Passwort wurde geändert",
    "faktor_neu": "SoJuS: ein zweiter Faktor wurde eingerichtet",
    "faktor_weg": "SoJuS: ein zweiter Faktor wurde entfernt",
    "codes_neu": "SoJuS: neue Wiederherstellungscodes wurden angelegt",
    "code_benutzt": "SoJuS: ein Wiederherstellungscode wurde benutzt",
}


class _ResetTokens(PasswordResetTokenGenerator):
    """Signed with password hash, last sign-in, address and host: any use, sign-in or new address ends it."""

    key_salt = "shared_apps.accounts.password_reset"

    def __init__(self, host: str) -> None:
        super().__init__()
        self.host = host

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{self.host}"

    def check_token(self, user: User, token: str) -> bool:
        """As Django's, with an hour instead of three days."""
        if not super().check_token(user, token):
            return False
        age = self._num_seconds(self._now()) - base36_to_int(token.partition("-")[0])
        return age <= settings.PASSWORD_RESET_LINK_SECONDS


def submit_password_reset(*, kennung: str, tenant: Tenant | None, address: str) -> None:
    """Take a request. Known or unknown name: one look-up, one count, one row, one job.

    `address`: scheme and host of this portal or office, as the person called it.
    """
    kennung = kennung.strip()
    key = hash_secret(f"passwort vergessen|{kennung.casefold()}")
    found = list(
        User.objects.filter(Q(username__iexact=kennung) | Q(email__iexact=kennung), is_active=True)
        .exclude(email="")
        .values_list("pk", flat=True)[:2]
    )
    recent = Anmeldeversuch.objects.filter(schluessel=key, created_at__gte=timezone.now() - FENSTER).count()
    Anmeldeversuch.objects.create(schluessel=key)
    user_id = found[0] if len(found) == 1 and recent < MAILS_MAX else uuid7()
    app.configure_task("accounts.send_password_reset").defer(
        user_id=str(user_id), schema=tenant.schema_name if tenant else "", address=address
    )


def issue_password_reset(*, user_id: UUID, tenant: Tenant | None, address: str) -> bool:
    """Write the mail, when there is such a person and this host admits her. Runs in the worker."""
    user = User.objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if user is None or get_akteur(user=user, tenant=tenant) is None:
        return False
    if not user.has_usable_password() and SocialAccount.objects.filter(user=user).exists():
        return False  # her password is kept by the district's own server
    link = address + build_reset_path(user=user, host=address.partition("//")[2])
    _send(user, "passwort_vergessen", {"link": link, "address": address})
    return True


def build_reset_path(*, user: User, host: str) -> str:
    """The path under which a new password can be set, once, within the hour, at this host."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("password_new", args=[uid, _ResetTokens(host).make_token(user)])


def is_reset_valid(*, user: User, token: str, host: str) -> bool:
    """Whether the link is hers, of this host, not used and not too old."""
    return user.is_active and _ResetTokens(host).check_token(user, token)


def update_password_by_reset(*, user: User, token: str, host: str, password: str) -> None:
    """Set the password with the link, which is used up by it. Every session of the person ends."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if not is_reset_valid(user=user, token=token, host=host):
            raise Verweigert(INVALID)
        user.set_password(password)
        user.save(update_fields=["password"])
        record_sicherheitsereignis(user=user, art=SicherheitsereignisArt.PASSWORT_NEU)
        notify_account_change(user=user, kind="passwort_neu", address=f"//{host}")


def notify_account_change(*, user: User, kind: str, address: str) -> None:
    """Tell the person by mail that something about her account's security has changed."""
    app.configure_task("accounts.send_account_change").defer(user_id=str(user.pk), kind=kind, address=address)


def issue_account_change(*, user_id: UUID, kind: str, address: str) -> bool:
    """Write that mail. Runs in the worker."""
    user = User.objects.filter(pk=user_id).exclude(email="").first()
    if user is None or kind not in SUBJECTS:
        return False
    _send(user, kind, {"address": address.partition("//")[2]})
    return True


def _send(user: User, kind: str, context: dict[str, str]) -> None:
    body = render_to_string(f"accounts/mail/{kind}.txt", context)
    send_mail(SUBJECTS[kind], body, settings.DEFAULT_FROM_EMAIL, [user.email])
