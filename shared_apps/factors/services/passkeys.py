"""Passkeys between the browser and the row of a factor; fido2 checks signature, challenge, domain and origin."""

from __future__ import annotations

import json
import struct
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from shared_apps.accounts.enums import FaktorArt
from shared_apps.accounts.models import Faktor, User
from shared_apps.core.errors import RegelVerletzt
from shared_apps.signin.door import take_once

WRONG_PASSKEY = "Der Passkey wurde nicht angenommen. Bitte versuchen Sie es noch einmal."
#: Where the challenge waits in the session. The name of the release before: whoever has a page open goes on.
_STATE = "mfa.webauthn.state"
#: Where it waits when nobody has said who she is: signed, in a cookie of this host, for as long. Shorter than the
#: throttle's window, which remembers that it was used.
_SALT, OPEN_SECONDS = "sojus.passkey", 10 * 60
#: What reading an answer ends in that is cut, made up or for somebody else.
_JUNK = (ValueError, TypeError, LookupError, AttributeError, RuntimeError, struct.error)


def _server(request: HttpRequest) -> Fido2Server:
    """Passkeys belong to the base domain, so that one works at the portal and at every office.

    Browsers refuse a name without a dot as the parent of another: on "localhost" (demo) a passkey belongs to the host
    where it was made.
    """
    base = settings.BASE_DOMAIN or ""
    here = request.get_host().rpartition(":")[0] or request.get_host()
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=base if "." in base else here, name=f"SoJuS {settings.LAND_NAME}")
    )


def _credential_data(credential: dict[str, Any]) -> AttestedCredentialData:
    """Id and public key in what the browser answered when the passkey was made."""
    found = RegistrationResponse.from_dict(credential).response.attestation_object.auth_data.credential_data
    if found is None:
        raise ValueError("no credential")
    return found


def _known(user: User) -> list[tuple[Faktor, AttestedCredentialData]]:
    factors = Faktor.objects.filter(user=user, art=FaktorArt.PASSKEY)
    return [(factor, _credential_data(factor.data["credential"])) for factor in factors]


def _parse(text: str, request: HttpRequest) -> dict[str, Any]:
    """The browser's answer, given on a page of this very host: a look-alike that forwards is refused."""
    value = json.loads(text)
    client = json.loads(websafe_decode(value["response"]["clientDataJSON"]))
    origin = urlsplit(client["origin"])
    if origin.scheme != request.scheme or origin.netloc != request.get_host() or client.get("crossOrigin"):
        raise ValueError("another page")
    return value


def issue_passkey_options(*, request: HttpRequest, user: User) -> str:
    """What the browser needs to make a passkey, as JSON; the challenge stays in the session."""
    options, request.session[_STATE] = _server(request).register_begin(
        # The id is random and means nothing outside.
        PublicKeyCredentialUserEntity(id=str(user.pk).encode(), name=user.username, display_name=user.name),
        credentials=[data for _, data in _known(user)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        extensions={"credProps": True},
    )
    return json.dumps(dict(options))


def check_new_passkey(*, request: HttpRequest, user: User, credential: str) -> dict[str, Any]:
    """The answer of a browser that has just made a passkey, checked. Raises `RegelVerletzt`."""
    state = _take_challenge(request)
    try:
        value = _parse(credential, request)
        _server(request).register_complete(state, value)
        made = _credential_data(value)
    except _JUNK:
        raise RegelVerletzt(WRONG_PASSKEY) from None
    if any(data.credential_id == made.credential_id for _, data in _known(user)):
        raise RegelVerletzt("Dieser Passkey ist schon eingerichtet.")
    return value


def issue_passkey_challenge(*, request: HttpRequest, user: User) -> str:
    """What the browser needs to show a passkey of this person, as JSON; the challenge stays in her session."""
    options, request.session[_STATE] = _server(request).authenticate_begin(
        credentials=[data for _, data in _known(user)], user_verification=UserVerificationRequirement.REQUIRED
    )
    return json.dumps(dict(options))


def issue_open_challenge(*, request: HttpRequest) -> HttpResponse:
    """The same for whoever sits there; her browser keeps the challenge, so that a stranger leaves no row."""
    options, state = _server(request).authenticate_begin(
        credentials=[], user_verification=UserVerificationRequirement.REQUIRED
    )
    answer = HttpResponse(json.dumps(dict(options)), content_type="application/json")
    answer.set_cookie(
        settings.PASSKEY_COOKIE_NAME,
        signing.dumps({"host": request.get_host(), "state": state}, salt=_SALT),
        max_age=OPEN_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _take_open_challenge(request: HttpRequest) -> dict[str, Any] | None:
    """The one this browser was given at this host, once: who keeps the cookie and sends it again has none."""
    try:
        kept = signing.loads(request.COOKIES.get(settings.PASSKEY_COOKIE_NAME, ""), salt=_SALT, max_age=OPEN_SECONDS)
    except signing.BadSignature:
        return None
    if kept["host"] != request.get_host():
        return None
    return _once(kept["state"])


def _take_challenge(request: HttpRequest) -> dict[str, Any] | None:
    """The one in her session, once: of two requests at the same moment both have read it there."""
    return _once(request.session.pop(_STATE, None))


def _once(state: dict[str, Any] | None) -> dict[str, Any] | None:
    return state if state and take_once(f"passkey {state['challenge']}") else None


def find_passkey(*, request: HttpRequest, user: User | None, credential: str) -> Faktor | None:
    """The passkey of this person, or (None) of the one it names, that signed the challenge she was given.

    None for every other answer. A challenge works once, right or wrong.
    """
    state = _take_challenge(request) if user else _take_open_challenge(request)
    try:
        value = _parse(credential, request)
        answer = AuthenticationResponse.from_dict(value).response
        if state is None or not answer.authenticator_data.is_user_verified():
            return None
        owner = user or User.objects.get(pk=UUID(websafe_decode(value["response"]["userHandle"]).decode()))
        known = _known(owner)
        shown = _server(request).authenticate_complete(state, [data for _, data in known], value)
    except (*_JUNK, User.DoesNotExist):
        return None
    return next(factor for factor, data in known if data.credential_id == shown.credential_id)
