"""Second factors of a person: app on the phone (TOTP), passkeys, recovery codes."""

from __future__ import annotations

import secrets
from uuid import UUID

import pyotp
from django.db import transaction
from django.http import HttpRequest

from shared_apps.accounts.enums import FaktorArt, MailArt
from shared_apps.accounts.enums import SicherheitsereignisArt as Art
from shared_apps.accounts.models import Faktor, User
from shared_apps.core.clock import real_now
from shared_apps.core.errors import NICHT_SICHTBAR, Fehlt, RegelVerletzt, Verweigert
from shared_apps.factors import rules
from shared_apps.factors.services.passkeys import check_new_passkey, find_passkey
from shared_apps.factors.siegel import open_secret, seal_secret
from shared_apps.signin.door import notify_account_change, record_sicherheitsereignis
from tenants.crypto import needs_rotation

WRONG_CODE = "Der Code stimmt nicht oder ist schon benutzt. Bitte nehmen Sie den nächsten, den die App zeigt."
LAST_FACTOR = (
    "Für Ihre Rolle ist ein zweiter Faktor Pflicht. Richten Sie erst einen anderen ein und entfernen Sie dann diesen."
)
#: A person keeps a handful; more is a mistake or an attack.
PASSKEYS_MAX = 10
#: Wrong codes on a day, from one device of hers and from all others together: without it whoever has the password
#: guesses six digits in a year.
CODES_AM_TAG = 40


def _hold(user_id: UUID) -> None:
    """The person's row, before her factors: who signs in or takes one out holds both, always in this order."""
    User.objects.select_for_update(no_key=True).get(pk=user_id)


# -- TOTP ---------------------------------------------------------------------------------------


def create_totp_secret() -> str:
    """A fresh secret, not stored yet."""
    return pyotp.random_base32()


@transaction.atomic
def create_totp(*, user: User, secret: str, code: str) -> Faktor:
    """Store the secret, sealed, once the app on the phone has shown a right code."""
    _hold(user.pk)
    if Faktor.objects.filter(user=user, art=FaktorArt.TOTP).exists():
        raise RegelVerletzt("Eine App ist schon eingerichtet. Entfernen Sie sie zuerst.", feld="code")
    schritt = rules.find_zeitschritt(secret=secret, code=code, after=0, now=_now())
    if schritt is None:
        raise RegelVerletzt("Der Code stimmt nicht. Geht die Uhr Ihres Telefons richtig?", feld="code")
    data = {"secret": seal_secret(secret, user_id=user.pk), "last_counter": schritt}
    made = Faktor.objects.create(user=user, art=FaktorArt.TOTP, data=data)
    record_sicherheitsereignis(user=user, art=Art.APP_NEU)
    return made


def _now() -> float:
    return real_now().timestamp()


def compute_code(*, secret: str, after: int = 0) -> str:
    """Six digits of a secret as an app shows them now, or the next ones when those are used."""
    return rules.compute_app_code(secret=secret, schritt=max(rules.compute_zeitschritt(now=_now()), after + 1))


def compute_totp_code(*, user: User) -> str | None:
    """Six digits as the app of a person shows them now; for the demo's command only."""
    factor = Faktor.objects.filter(user=user, art=FaktorArt.TOTP).first()
    if factor is None:
        return None
    secret = open_secret(factor.data["secret"], user_id=user.pk)
    return compute_code(secret=secret, after=factor.data.get("last_counter", 0))


# -- a code at sign-in or at a confirmation -----------------------------------------------------


@transaction.atomic
def redeem_code(*, user: User, code: str, host: str = "") -> Faktor | None:
    """Use up a code of the app or a recovery code. None when it is neither; under a row lock, once.

    A recovery code is rare: the person gets a mail that one was used at `host`.
    """
    _hold(user.pk)
    factors = Faktor.objects.select_for_update().filter(user=user).exclude(art=FaktorArt.PASSKEY)
    for factor in factors.order_by("art"):
        uses_up = _use_app_code if factor.art == FaktorArt.TOTP else _use_recovery_code
        if uses_up(factor, code):
            factor.last_used_at = real_now()
            factor.save(update_fields=["data", "last_used_at"])
            if factor.art == FaktorArt.CODES:
                record_sicherheitsereignis(user=user, art=Art.CODE_BENUTZT)
                notify_account_change(user=user, kind=MailArt.CODE_BENUTZT, host=host)
            return factor
    return None


def _use_app_code(factor: Faktor, code: str) -> bool:
    secret = open_secret(factor.data["secret"], user_id=factor.user_id)
    last = factor.data.get("last_counter", 0)
    schritt = rules.find_zeitschritt(secret=secret, code=code, after=last, now=_now())
    if schritt is not None:
        factor.data["last_counter"] = schritt
    return schritt is not None


def _use_recovery_code(factor: Faktor, code: str) -> bool:
    for place, own in enumerate(_recovery_codes(factor)):
        bit = 1 << place
        if not factor.data["used_mask"] & bit and rules.is_same_code(code, own):
            factor.data["used_mask"] |= bit
            return True
    return False


def _recovery_codes(factor: Faktor) -> list[str]:
    return rules.compute_wiederherstellungscodes(seed=open_secret(factor.data["seed"], user_id=factor.user_id))


# -- passkeys -----------------------------------------------------------------------------------


@transaction.atomic
def create_passkey(*, request: HttpRequest, user: User, name: str, credential: str) -> Faktor:
    """Store the public half of a passkey that the browser has just made."""
    _hold(user.pk)
    if Faktor.objects.filter(user=user, art=FaktorArt.PASSKEY).count() >= PASSKEYS_MAX:
        raise RegelVerletzt(f"Mehr als {PASSKEYS_MAX} Passkeys sind nicht möglich. Entfernen Sie zuerst einen.")
    answer = check_new_passkey(request=request, user=user, credential=credential)
    made = Faktor.objects.create(user=user, art=FaktorArt.PASSKEY, data={"name": name, "credential": answer})
    record_sicherheitsereignis(user=user, art=Art.PASSKEY_NEU)
    return made


@transaction.atomic
def redeem_passkey(*, request: HttpRequest, user: User | None, credential: str) -> Faktor | None:
    """The passkey that signed the challenge of this session, or None. A challenge works once."""
    factor = find_passkey(request=request, user=user, credential=credential)
    if factor is None:
        return None
    _hold(factor.user_id)
    is_there = Faktor.objects.filter(pk=factor.pk).update(last_used_at=real_now())
    return factor if is_there else None  # or it was taken out at this very moment


def update_passkey_name(*, user: User, factor_id: int, name: str) -> None:
    """Give a passkey a name its owner knows it by."""
    factor = Faktor.objects.select_for_update().filter(pk=factor_id, user=user, art=FaktorArt.PASSKEY).first()
    if factor is None:  # taken out in another window
        raise Fehlt(NICHT_SICHTBAR)
    factor.data["name"] = name
    factor.save(update_fields=["data"])


# -- taking away --------------------------------------------------------------------------------


@transaction.atomic
def revoke_factor(*, user: User, factor_id: int, is_pflicht: bool) -> None:
    """Take an app or a passkey out; with the last one the recovery codes go too."""
    own = Faktor.objects.select_for_update().filter(user=user).exclude(art=FaktorArt.CODES)
    factor = own.filter(pk=factor_id).first()
    if factor is None:  # taken out in another window
        raise Fehlt(NICHT_SICHTBAR)
    others = own.exclude(pk=factor_id).exists()
    if is_pflicht and not others:
        raise Verweigert(LAST_FACTOR)
    art = Art.APP_WEG if factor.art == FaktorArt.TOTP else Art.PASSKEY_WEG
    factor.delete()
    record_sicherheitsereignis(user=user, art=art)
    if not others:
        Faktor.objects.filter(user=user).delete()


@transaction.atomic
def revoke_all_factors(*, user: User) -> int:
    """The operator's way out for a person who has lost everything; returns how many there were."""
    count = Faktor.objects.filter(user=user).delete()[0]
    if count:
        record_sicherheitsereignis(user=user, art=Art.FAKTOREN_WEG)
    return count


# -- recovery codes -----------------------------------------------------------------------------


@transaction.atomic
def create_recovery_codes(*, user: User) -> list[str]:
    """Ten new codes; the old ones are worth nothing from now on."""
    _hold(user.pk)
    if not Faktor.objects.filter(user=user).exclude(art=FaktorArt.CODES).exists():
        raise RegelVerletzt("Richten Sie zuerst eine App oder einen Passkey ein.")
    Faktor.objects.filter(user=user, art=FaktorArt.CODES).delete()
    record_sicherheitsereignis(user=user, art=Art.CODES_NEU)
    data = {"seed": seal_secret(secrets.token_hex(40), user_id=user.pk), "used_mask": 0}
    return _recovery_codes(Faktor.objects.create(user=user, art=FaktorArt.CODES, data=data))


def update_mfa_secrets() -> int:
    """Seal with the current key what an older key has sealed; returns how many rows changed."""
    changed = 0
    fields = {FaktorArt.TOTP: "secret", FaktorArt.CODES: "seed"}
    for pk, art in Faktor.objects.filter(art__in=fields).values_list("pk", "art"):
        with transaction.atomic():
            factor = Faktor.objects.select_for_update().get(pk=pk)
            name = fields[FaktorArt(art)]
            if not needs_rotation(factor.data[name]):
                continue
            plain = open_secret(factor.data[name], user_id=factor.user_id)
            factor.data[name] = seal_secret(plain, user_id=factor.user_id)
            factor.save(update_fields=["data"])
            changed += 1
    return changed
