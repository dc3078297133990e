"""A forgotten password: the request tells nobody anything, the job behind it decides and writes a mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_encode
from uuid6 import uuid7

from shared_apps.accounts.addresses import find_tenant_of_host, public_base, public_host
from shared_apps.accounts.enums import MailArt, MailZustand, SicherheitsereignisArt
from shared_apps.accounts.models import Dienstkonto, Mailauftrag, Sicherheitsereignis, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Verweigert
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from shared_apps.signin.services.sicherheit import record_sicherheitsereignis
from shared_apps.signin.services.sitzungen import end_sitzungen
from shared_apps.signin.services.throttle import TAG, record_attempt
from shared_apps.signin.services.tokens import revoke_api_tokens
from tenants.models import Tenant

MAILS_MAX = 3
#: Requests of one network at one host within the throttle's window. A whole office shares one.
NETZ_MAX = 30
#: Orders for nobody that may wait at one office. A tenth of what an office's mails may: they never fill it.
FUER_NIEMAND_MAX = 100
INVALID = "Der Link ist abgelaufen oder schon benutzt. Bitte fordern Sie einen neuen an."

#: What the mails say; never who or where beyond the host.
SUBJECTS = {
    MailArt.PASSWORT_VERGESSEN: "SoJuS: neues Passwort festlegen",
    MailArt.PASSWORT_NEU: "SoJuS: Ihr Passwort wurde neu festgelegt",
    MailArt.PASSWORT_SCHLUESSEL: "SoJuS: Ihr Passwort wurde geändert",
    MailArt.FAKTOR_NEU: "SoJuS: ein zweiter Faktor wurde eingerichtet",
    MailArt.FAKTOR_WEG: "SoJuS: ein zweiter Faktor wurde entfernt",
    MailArt.CODES_NEU: "SoJuS: neue Wiederherstellungscodes wurden angelegt",
    MailArt.SCHLUESSEL_NEU: "SoJuS: ein API-Schlüssel wurde angelegt",
    MailArt.CODES_FALSCH: "SoJuS: falsche Codes bei Ihrer Anmeldung",
    MailArt.FEHLVERSUCHE: "SoJuS: Fehlversuche in einer offenen Sitzung",
    MailArt.CODE_BENUTZT: "SoJuS: ein Wiederherstellungscode wurde benutzt",
}
_CHANGES = tuple(art for art in SUBJECTS if art != MailArt.PASSWORT_VERGESSEN)


class _ResetTokens(PasswordResetTokenGenerator):
    """Signed with password hash, last sign-in, address and host: any use, sign-in or new address ends it."""

    key_salt = "shared_apps.accounts.password_reset"

    def __init__(self, host: str) -> None:
        super().__init__()
        self.host = host.partition(":")[0].lower()

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{self.host}"

    def check_token(self, user: User | None, token: str | None) -> bool:
        """As Django's, with an hour instead of three days."""
        if user is None or token is None or not super().check_token(user, token):
            return False
        age = self._num_seconds(self._now()) - base36_to_int(token.partition("-")[0])
        return age <= settings.PASSWORD_RESET_LINK_SECONDS


@transaction.atomic
def submit_password_reset(*, kennung: str, tenant: Tenant | None) -> None:
    """Take a request. Known or unknown name: two look-ups, one count, two rows, one job.

    Where enough of those for nobody wait, another one is written and taken back: the work is the same, and strangers
    never fill the place of people's mails.
    """
    kennung = kennung.strip()
    found = list(
        User.objects.filter(Q(username__iexact=kennung) | Q(email__iexact=kennung), is_active=True)
        .exclude(email="")
        .values_list("pk", flat=True)[:2]
    )
    versuch = record_attempt(username=f"passwort vergessen|{kennung.casefold()}", host="", most=MAILS_MAX)
    is_person = len(found) == 1 and not versuch.wartet
    is_full = _count_for_nobody(tenant) >= FUER_NIEMAND_MAX
    before = transaction.savepoint()
    submit_mailauftrag(art=MailArt.PASSWORT_VERGESSEN, user_id=found[0] if is_person else uuid7(), tenant=tenant)
    if is_full and not is_person:
        transaction.savepoint_rollback(before)
    else:
        transaction.savepoint_commit(before)


def _count_for_nobody(tenant: Tenant | None) -> int:
    """Orders that wait there and name nobody, as far as it matters."""
    waiting = Mailauftrag.objects.filter(
        art=MailArt.PASSWORT_VERGESSEN, zustand=MailZustand.WARTET, tenant=tenant
    ).filter(~Exists(User.objects.filter(pk=OuterRef("user_id"))))
    return len(waiting.values_list("pk", flat=True)[:FUER_NIEMAND_MAX])


@writes_mail(MailArt.PASSWORT_VERGESSEN)
def build_reset_mail(mail: Mailauftrag) -> Nachricht | None:
    """When there is such a person and this host admits her: a link there, to her own address."""
    user = mail.find_empfaenger(User.objects.filter(is_active=True))
    if user is None or get_akteur(user=user, tenant=mail.tenant) is None:
        return None
    if not user.has_usable_password() and Dienstkonto.objects.filter(user=user).exists():
        return None  # her password is kept by the district's own server
    address = public_base(mail.tenant)
    link = address + build_reset_path(user=user, host=public_host(mail.tenant))
    return _build(user, mail, {"link": link, "address": address})


def build_reset_path(*, user: User, host: str) -> str:
    """The path under which a new password can be set, once, within the hour, at this host."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("password_new", args=[uid, _ResetTokens(host).make_token(user)])


def is_reset_valid(*, user: User, token: str, host: str) -> bool:
    """Whether the link is hers, of this host, not used and not too old."""
    return user.is_active and _ResetTokens(host).check_token(user, token)


def update_password_by_reset(*, user: User, token: str, host: str, password: str) -> None:
    """Set the password with the link, which is used up by it. Every session and every API key of the person ends."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if not is_reset_valid(user=user, token=token, host=host):
            raise Verweigert(INVALID)
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sitzungen(user=user)
        revoke_api_tokens(user=user)
        record_sicherheitsereignis(user=user, art=SicherheitsereignisArt.PASSWORT_NEU)
        notify_account_change(user=user, kind=MailArt.PASSWORT_NEU, host=host)


def notify_account_change(*, user: User, kind: MailArt, host: str) -> None:
    """Tell the person by mail that something about her account's security has changed at this host."""
    submit_mailauftrag(art=kind, user_id=user.pk, tenant=find_tenant_of_host(host))


@transaction.atomic
def notify_fehlversuche(*, user: User, kind: MailArt, host: str) -> None:
    """Tell her, once a day, that somebody tries what only she knows; it is noted under the name of the mail."""
    art = SicherheitsereignisArt(kind.value)
    since = real_now() - TAG
    if Sicherheitsereignis.objects.filter(user=user, art=art, created_at__gt=since).exists():
        return
    record_sicherheitsereignis(user=user, art=art)
    notify_account_change(user=user, kind=kind, host=host)


@writes_mail(*_CHANGES)
def build_change_mail(mail: Mailauftrag) -> Nachricht | None:
    """To the person herself, whatever became of her account meanwhile."""
    user = mail.find_empfaenger(User.objects.all())
    return _build(user, mail, {"address": public_host(mail.tenant)}) if user else None


def _build(user: User, mail: Mailauftrag, context: dict[str, str]) -> Nachricht:
    text = render_to_string(f"signin/mail/{mail.art.lower()}.txt", context)
    return Nachricht(an=user.email, betreff=SUBJECTS[MailArt(mail.art)], text=text)
