"""Second factors of a person: app on the phone (TOTP), passkeys, recovery codes. allauth does the arithmetic."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from fido2.utils import websafe_decode

from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.enums import SicherheitsereignisArt as Art
from shared_apps.accounts.models import User
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.factors.adapters import secrets_of
from shared_apps.signin.door import notify_account_change, record_sicherheitsereignis
from tenants.crypto import needs_rotation

Type = Authenticator.Type
WRONG_CODE = "Der Code stimmt nicht oder ist schon benutzt. Bitte nehmen Sie den nächsten, den die App zeigt."
WRONG_PASSKEY = "Der Passkey wurde nicht angenommen. Bitte versuchen Sie es noch einmal."
#: A person keeps a handful; more is a mistake or an attack.
PASSKEYS_MAX = 10


# -- TOTP ---------------------------------------------------------------------------------------


def create_totp_secret() -> str:
    """A fresh secret, not stored yet."""
    return totp.generate_totp_secret()


def _accepted_counter(secret: str, code: str, *, after: int) -> int | None:
    """The time step of a right code that is later than the last one used; one code works once."""
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if counter > after and compare_user_code(actual=code, expected=expected):
            return counter
    return None


@transaction.atomic
def create_totp(*, user: User, secret: str, code: str) -> Authenticator:
    """Store the secret, sealed, once the app on the phone has shown a right code."""
    User.objects.select_for_update().get(pk=user.pk)
    if Authenticator.objects.filter(user=user, type=Type.TOTP).exists():
        raise RegelVerletzt("Eine App ist schon eingerichtet. Entfernen Sie sie zuerst.", feld="code")
    counter = _accepted_counter(secret, code, after=0)
    if counter is None:
        raise RegelVerletzt("Der Code stimmt nicht. Geht die Uhr Ihres Telefons richtig?", feld="code")
    with secrets_of(user):
        made = totp.TOTP.activate(user, secret).instance
    made.data["last_counter"] = counter
    made.save(update_fields=["data"])
    record_sicherheitsereignis(user=user, art=Art.APP_NEU)
    return made


def compute_code(*, secret: str, after: int = 0) -> str:
    """Six digits of a secret as an app shows them now, or the next ones when those are used."""
    counters = list(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, max(counters[len(counters) // 2], after + 1)))


def compute_totp_code(*, user: User) -> str | None:
    """Six digits as the app of a person shows them now; for the demo's command only."""
    factor = Authenticator.objects.filter(user=user, type=Type.TOTP).first()
    if factor is None:
        return None
    with secrets_of(user):
        return compute_code(
            secret=get_adapter().decrypt(factor.data["secret"]), after=factor.data.get("last_counter", 0)
        )


# -- a code at sign-in or at a confirmation -----------------------------------------------------


@transaction.atomic
def redeem_code(*, user: User, code: str, host: str = "") -> Authenticator | None:
    """Use up a code of the app or a recovery code. None when it is neither; under a row lock, once.

    A recovery code is rare: the person gets a mail that one was used at `host`.
    """
    with secrets_of(user):
        factors = Authenticator.objects.select_for_update().filter(user=user).exclude(type=Type.WEBAUTHN)
        for factor in factors.order_by("type"):
            if factor.type == Type.TOTP:
                secret = get_adapter().decrypt(factor.data["secret"])
                counter = _accepted_counter(secret, code, after=factor.data.get("last_counter", 0))
                if counter is not None:
                    factor.data["last_counter"] = counter
                    factor.last_used_at = timezone.now()
                    factor.save(update_fields=["data", "last_used_at"])
                    return factor
            elif RecoveryCodes(factor).validate_code(code):
                factor.refresh_from_db()
                factor.record_usage()
                record_sicherheitsereignis(user=user, art=Art.CODE_BENUTZT)
                notify_account_change(user=user, kind=MailArt.CODE_BENUTZT, host=host)
                return factor
    return None


# -- passkeys -----------------------------------------------------------------------------------


def _check_origin(request: HttpRequest, credential: dict) -> None:
    """The page that asked was this very host: a look-alike that forwards is refused."""
    try:
        client = json.loads(websafe_decode(credential["response"]["clientDataJSON"]))
        origin = urlsplit(client["origin"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RegelVerletzt(WRONG_PASSKEY) from None
    here = request.get_host()
    if origin.scheme != request.scheme or origin.netloc != here or client.get("crossOrigin"):
        raise RegelVerletzt(WRONG_PASSKEY)


def _credential(text: str) -> dict:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise RegelVerletzt(WRONG_PASSKEY)
    return value


def issue_passkey_options(*, user: User) -> str:
    """What the browser needs to make a passkey, as JSON; the challenge stays in the session."""
    return json.dumps(webauthn.begin_registration(user, passwordless=True))


@transaction.atomic
def create_passkey(*, request: HttpRequest, user: User, name: str, credential: str) -> Authenticator:
    """Store the public half of a passkey that the browser has just made."""
    User.objects.select_for_update().get(pk=user.pk)
    if Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).count() >= PASSKEYS_MAX:
        raise RegelVerletzt(f"Mehr als {PASSKEYS_MAX} Passkeys sind nicht möglich. Entfernen Sie zuerst einen.")
    value = _credential(credential)
    _check_origin(request, value)
    try:
        webauthn.parse_registration_response(value)
        binding = webauthn.complete_registration(value)
    except (ValidationError, ValueError, TypeError, KeyError):
        raise RegelVerletzt(WRONG_PASSKEY) from None
    known = webauthn.get_credentials(user)
    if any(k.credential_id == binding.credential_data.credential_id for k in known):
        raise RegelVerletzt("Dieser Passkey ist schon eingerichtet.")
    made = webauthn.WebAuthn.add(user, name, value).instance
    record_sicherheitsereignis(user=user, art=Art.PASSKEY_NEU)
    return made


def issue_passkey_challenge(*, user: User | None) -> str:
    """What the browser needs to show a passkey of this person, or (None) of whoever sits there; as JSON."""
    return json.dumps(webauthn.begin_authentication(user))


@transaction.atomic
def redeem_passkey(*, request: HttpRequest, user: User | None, credential: str) -> Authenticator | None:
    """The passkey that signed the challenge of this session, or None. A challenge works once."""
    try:
        value = _credential(credential)
        _check_origin(request, value)
        webauthn.parse_authentication_response(value)
        owner = user or webauthn.extract_user_from_response(value)
        response = webauthn.parse_authentication_response(value).response
        if not response.authenticator_data.is_user_verified():
            return None
        factor = webauthn.complete_authentication(owner, value)
    except (RegelVerletzt, ValidationError, ValueError, TypeError, KeyError, AttributeError):
        context.request.session.pop(webauthn.STATE_SESSION_KEY, None)
        return None
    factor.record_usage()
    return factor


def update_passkey_name(*, user: User, factor_id: int, name: str) -> None:
    """Give a passkey a name its owner knows it by."""
    factor = Authenticator.objects.select_for_update().get(pk=factor_id, user=user, type=Type.WEBAUTHN)
    factor.data["name"] = name
    factor.save(update_fields=["data"])


# -- taking away --------------------------------------------------------------------------------


@transaction.atomic
def revoke_factor(*, user: User, factor_id: int, is_pflicht: bool) -> None:
    """Take an app or a passkey out; with the last one the recovery codes go too."""
    own = Authenticator.objects.select_for_update().filter(user=user).exclude(type=Type.RECOVERY_CODES)
    factor = own.get(pk=factor_id)
    others = own.exclude(pk=factor_id).exists()
    if is_pflicht and not others:
        raise Verweigert(
            "Für Ihre Rolle ist ein zweiter Faktor Pflicht. Richten Sie erst einen anderen ein und entfernen Sie dann "
            "diesen."
        )
    art = Art.APP_WEG if factor.type == Type.TOTP else Art.PASSKEY_WEG
    factor.delete()
    record_sicherheitsereignis(user=user, art=art)
    if not others:
        Authenticator.objects.filter(user=user).delete()


@transaction.atomic
def revoke_all_factors(*, user: User) -> int:
    """The operator's way out for a person who has lost everything; returns how many there were."""
    count = Authenticator.objects.filter(user=user).delete()[0]
    if count:
        record_sicherheitsereignis(user=user, art=Art.FAKTOREN_WEG)
    return count


# -- recovery codes -----------------------------------------------------------------------------


@transaction.atomic
def create_recovery_codes(*, user: User) -> list[str]:
    """Ten new codes; the old ones are worth nothing from now on."""
    User.objects.select_for_update().get(pk=user.pk)
    if not Authenticator.objects.filter(user=user).exclude(type=Type.RECOVERY_CODES).exists():
        raise RegelVerletzt("Richten Sie zuerst eine App oder einen Passkey ein.")
    Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    record_sicherheitsereignis(user=user, art=Art.CODES_NEU)
    with secrets_of(user):
        return RecoveryCodes.activate(user).generate_codes()


def update_mfa_secrets() -> int:
    """Seal with the current key what an older key has sealed; returns how many rows changed."""
    changed = 0
    fields = {Type.TOTP: "secret", Type.RECOVERY_CODES: "seed"}
    for pk, kind in Authenticator.objects.filter(type__in=fields).values_list("pk", "type"):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().select_related(None).get(pk=pk)
            name = fields[Type(kind)]
            if not needs_rotation(factor.data[name]):
                continue
            with secrets_of(factor.user):
                adapter = get_adapter()
                factor.data[name] = adapter.encrypt(adapter.decrypt(factor.data[name]))
            factor.save(update_fields=["data"])
            changed += 1
    return changed
