"""A sign-in server: what it is asked, always through `calls`, and which of its answers are believed.

It signs what it says of a person; signature, issuer, audience and dates are checked here, always.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from authlib.oauth2 import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings

from shared_apps.core.errors import Verweigert
from shared_apps.oidc import calls

#: Only signatures that the server alone can make: no "none", no secret that we know as well.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY = 60
REFUSED = (
    "Die Anmeldung mit dem Konto des Landkreises ist nicht gelungen. Bitte versuchen Sie es noch einmal oder wenden "
    "Sie sich an die Benutzerverwaltung Ihres Amtes."
)
TOO_SLOW = (
    "Die Anmeldung mit dem Konto des Landkreises ist nicht gelungen: Dessen Anmeldedienst antwortet zurzeit zu langsam."
    " Bitte versuchen Sie es in einigen Minuten noch einmal."
)

BUSY = (
    "Die Anmeldung mit dem Konto des Landkreises ist nicht gelungen: Gerade melden sich zu viele gleichzeitig an. Bitte"
    " versuchen Sie es gleich noch einmal."
)
CHANGED = (
    "Der Anmeldedienst Ihres Amtes wurde gerade geändert oder ausgeschaltet. Bitte beginnen Sie die Anmeldung von vorn."
)


class OidcRefused(Verweigert):
    """The answer of the sign-in server is not to be trusted, or there is nobody here for it. `grund` for the log."""

    def __init__(self, grund: str) -> None:
        super().__init__(REFUSED)
        self.grund = grund


class OidcTooSlow(OidcRefused):
    """The sign-in server has no answer in time, or is left alone because it had none a moment ago."""

    def __init__(self, grund: str) -> None:
        super().__init__(f"too slow: {grund}")
        self.message = TOO_SLOW


class OidcBusy(OidcTooSlow):
    """Nobody was asked, because others ask already: what she came with is not used up."""

    def __init__(self, grund: str) -> None:
        super().__init__(grund)
        self.message = BUSY


class OidcChanged(OidcRefused):
    """What was agreed with the server when she began does not hold any more."""

    def __init__(self) -> None:
        super().__init__("changed meanwhile")
        self.message = CHANGED


class CodeRefused(OidcRefused):
    """The server gives no token for a code; `word` is its own (RFC 6749, 5.2)."""

    def __init__(self, word: str) -> None:
        super().__init__("code refused")
        self.word = word


# -- asking it ----------------------------------------------------------------------------------

#: What an answer of another form than agreed makes of a parser.
_UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError)


@contextmanager
def asking(issuer: str, *, patient: bool = False, tests: bool = False) -> Iterator[None]:
    """All that one request asks of a server: one deadline for all of it (`calls.asking`). Raises `OidcTooSlow`; of it
    `OidcBusy`, when nobody was asked."""
    try:
        with calls.asking(issuer, patient=patient, tests=tests):
            yield
    except calls.Busy as error:
        raise OidcBusy(str(error)) from None
    except calls.TooSlow as error:
        raise OidcTooSlow(str(error)) from None


def fetch_document(url: str, *, token: str = "") -> dict[str, Any]:
    """What is at an address of the server, as JSON. Raises `OidcRefused`."""
    status, document = _ask("GET", url, headers={"Authorization": f"Bearer {token}"} if token else {})
    if status >= 400:
        raise OidcRefused(f"no answer: {status}")
    if status != 200 or document is None:
        raise OidcRefused("no document")
    return document


def _ask(
    method: str, url: str, *, body: str | None = None, headers: dict[str, str]
) -> tuple[int, dict[str, Any] | None]:
    """Status and document; None when it is another kind of JSON, or none and no success either."""
    _check_address(url)
    with asking(url):
        try:
            status, answer = calls.ask(method, url, body=body, headers=headers)
        except calls.TooSlow:
            raise
        except calls.Untrusted:
            raise OidcRefused("no trust") from None
        except calls.NoAnswer as error:
            raise OidcRefused(f"no answer: {error}") from None
    try:
        value = json.loads(answer)
    except _UNREADABLE as error:
        if status != 200:
            return status, None
        raise OidcRefused(f"no answer: {type(error).__name__}") from None
    return status, value if isinstance(value, dict) else None


def _get_kept(kind: str, address: str, fetch: Callable[[str], dict[str, Any]], *, fresh: bool) -> dict[str, Any]:
    found = None if fresh else calls.find_kept(kind, address)
    if found is None:
        found = fetch(address)
        calls.keep(kind, address, found)
    return found


def _check_address(url: str) -> None:
    """In production nothing of a sign-in goes over the wire in the clear."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        raise OidcRefused("no answer: no address") from None
    if scheme != "https" and settings.PUBLIC_SCHEME == "https":
        raise OidcRefused("address without TLS")


def fetch_description(issuer: str, *, fresh: bool = False) -> dict[str, Any]:
    """The server's own description, kept for some minutes; its name must be the one the operator wrote down."""
    _check_address(issuer)
    return _get_kept("description", issuer, _fetch_description, fresh=fresh)


def _fetch_description(issuer: str) -> dict[str, Any]:
    config = fetch_document(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if str(config.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise OidcRefused("another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _check_address(str(config.get(name, "")))
    return config


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Ourselves, as a server knows us (so OpenID Connect calls it); without a secret a public client, PKCE only."""

    client_id: str
    secret: str
    callback: str


def build_address(config: dict[str, Any], client: RelyingParty, *, state: str, nonce: str, verifier: str) -> str:
    """Where the browser is sent to sign in."""
    return prepare_grant_uri(
        config["authorization_endpoint"],
        client_id=client.client_id,
        response_type="code",
        redirect_uri=client.callback,
        scope="openid email",
        state=state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
    )


def exchange_code(config: dict[str, Any], client: RelyingParty, *, code: str, verifier: str) -> dict[str, Any]:
    """The token for a code. Raises `CodeRefused`, with the server's word, or `OidcRefused`."""
    url, headers = config["token_endpoint"], {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
    us = ClientAuth(client.client_id, client.secret, _way(config, client))
    grant, back = "authorization_code", client.callback
    try:
        body = prepare_token_request(grant, redirect_uri=back, code=code, code_verifier=verifier)
        _, headers, body = us.prepare("POST", url, headers, body)
    except _UNREADABLE as error:
        raise OidcRefused(f"no token: {type(error).__name__}") from None
    status, token = _ask("POST", url, body=body, headers=headers)
    if token is None or status >= 500:
        raise OidcRefused(f"no token: {status}")
    if "error" in token:
        raise CodeRefused(str(token["error"]))
    if status != 200:
        raise OidcRefused(f"no token: {status}")
    return token


def _way(config: dict[str, Any], client: RelyingParty) -> str:
    """How our secret goes to the server: as it says, Basic where it takes that."""
    if not client.secret:
        return "none"
    methods = str(config.get("token_endpoint_auth_methods_supported", "client_secret_basic"))
    return "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"


# -- what it signs ------------------------------------------------------------------------------


def read_id_token(token: str, *, client_id: str, config: dict[str, Any]) -> dict[str, Any]:
    """The claims of a token that is signed by the server, for us, now."""
    try:
        found = find_key(config, kid=jwt.get_unverified_header(token).get("kid"))
        key = jwt.PyJWK.from_json(json.dumps(found | {"alg": found.get("alg") or _alg(token)}))
        claims = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=config["issuer"],
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, *_UNREADABLE) as error:
        raise OidcRefused(f"token: {type(error).__name__}") from None
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client_id:
        raise OidcRefused("token for another client")
    return claims


def find_key(config: dict[str, Any], *, kid: Any) -> dict[str, Any]:
    """The one key that signed; a name we do not know lets us ask once more, but not again and again."""
    found = _fitting(fetch_keys(config), kid)
    if not found and calls.may_ask_again(config["jwks_uri"]):
        found = _fitting(fetch_keys(config, fresh=True), kid)
    if len(found) != 1:
        raise OidcRefused("no such key")
    return found[0]


def _fitting(keys: list[dict[str, Any]], kid: Any) -> list[dict[str, Any]]:
    return [key for key in keys if kid in (None, key.get("kid"))]


def fetch_keys(config: dict[str, Any], *, fresh: bool = False) -> list[dict[str, Any]]:
    """What the server signs with, kept for some minutes."""
    address = str(config["jwks_uri"])
    keys = _get_kept("keys", address, fetch_document, fresh=fresh).get("keys")
    known = keys if isinstance(keys, list) else []
    return [key for key in known if isinstance(key, dict) and key.get("use", "sig") == "sig"]


def _alg(token: str) -> str:
    alg = str(jwt.get_unverified_header(token).get("alg"))
    if alg not in ALGORITHMS:
        raise OidcRefused("algorithm")
    return alg


# -- what is said of it -------------------------------------------------------------------------

#: No port that is closed, none that is filtered and no address that is not asked can be told from another.
_KEINE_ANTWORT = "keine Antwort; ein Netz des Hauses gibt zuerst der Betrieb des Portals frei"
#: Why a server is not believed, for the screen; the log keeps the English word.
_GRUENDE = {
    "no answer": _KEINE_ANTWORT,
    "too slow": _KEINE_ANTWORT,
    "no trust": "seinem Zertifikat vertraut diese Maschine nicht, oder es gilt für einen anderen Namen",
    "no document": "keine Beschreibung",
    "another issuer": "er nennt sich anders",
    "address without TLS": "Adresse ohne https",
}


def say_in_german(error: OidcRefused) -> str:
    """Why it is not believed, in a few words."""
    return _GRUENDE.get(error.grund.partition(":")[0], "unerwartete Antwort")
