"""Sign-in with the district's own account: OpenID Connect, authorization code with PKCE, state and nonce.

Authlib makes the request and exchanges the code; state, signature, issuer, audience and nonce are checked here, always.
The server is asked through `calls`, outside of every transaction.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import jwt
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.models import Anmeldedienst, Dienstkonto, User
from shared_apps.accounts.policies import check_autor, may_confirm_anmeldedienst
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.oidc import calls
from tenants.crypto import needs_rotation, open_shared, seal_shared
from tenants.models import Tenant

logger = logging.getLogger(__name__)
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


@dataclass(frozen=True, slots=True)
class Anmeldung:
    """What the server has vouched for."""

    subject: str
    email: str
    is_email_verified: bool
    shows_factor: bool
    ziel: str


# -- speaking to the server ---------------------------------------------------------------------


#: What an answer of another form than agreed makes of a parser.
_UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError)


@contextmanager
def _asking(issuer: str) -> Iterator[None]:
    """All that one request asks of a server: one deadline for all of it. Raises `OidcTooSlow`."""
    try:
        with calls.asking(issuer):
            yield
    except calls.TooSlow as error:
        raise OidcTooSlow(str(error)) from None


def _get(url: str, **more: Any) -> dict[str, Any]:
    _check_address(url)
    with _asking(url):
        try:
            with calls.mount(requests.Session()) as session:
                answer = session.get(url, allow_redirects=False, timeout=calls.SECONDS, **more)
                answer.raise_for_status()
                value = answer.json()
        except (requests.RequestException, *_UNREADABLE) as error:
            calls.check_time()
            raise OidcRefused(f"no answer: {type(error).__name__}") from None
    if answer.status_code != 200 or not isinstance(value, dict):
        raise OidcRefused("no document")
    return value


def _get_kept(kind: str, address: str, fetch: Callable[[str], dict[str, Any]], *, fresh: bool) -> dict[str, Any]:
    found = None if fresh else calls.find_kept(kind, address)
    if found is None:
        found = fetch(address)
        calls.keep(kind, address, found)
    return found


def _check_address(url: str) -> None:
    """In production nothing of a sign-in goes over the wire in the clear."""
    if urlsplit(url).scheme != "https" and settings.PUBLIC_SCHEME == "https":
        raise OidcRefused("address without TLS")


def _discover(issuer: str, *, fresh: bool = False) -> dict[str, Any]:
    """The server's own description, kept for some minutes; its name must be the one the operator wrote down."""
    _check_address(issuer)
    return _get_kept("description", issuer, _fetch_description, fresh=fresh)


def _fetch_description(issuer: str) -> dict[str, Any]:
    config = _get(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if str(config.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise OidcRefused("another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _check_address(str(config.get(name, "")))
    return config


def _client(config: dict[str, Any], client_id: str, secret: str, callback: str) -> OAuth2Session:
    """Ourselves as a client of the server; its secret goes the way that the server says it takes."""
    methods = str(config.get("token_endpoint_auth_methods_supported", "client_secret_basic"))
    way = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
    return OAuth2Session(
        client_id,
        secret or None,
        token_endpoint_auth_method=way if secret else "none",
        redirect_uri=callback,
        scope="openid email",
        code_challenge_method="S256",
        default_timeout=calls.SECONDS,
    )


def _exchange(client: OAuth2Session, config: dict[str, Any], *, code: str, verifier: str) -> dict[str, Any]:
    """The token for a code. Raises `OAuthError`, with the server's word, or `OidcRefused`."""
    with _asking(config["token_endpoint"]):
        try:
            with calls.mount(client):
                token = client.fetch_token(
                    config["token_endpoint"], code=code, code_verifier=verifier, allow_redirects=False
                )
        except OAuthError:
            raise
        except (requests.RequestException, *_UNREADABLE) as error:
            calls.check_time()
            raise OidcRefused(f"no token: {type(error).__name__}") from None
    return dict(token)


def _open_secret(dienst: Anmeldedienst) -> str:
    return open_shared(dienst.client_secret, context=_context(dienst)) if dienst.client_secret else ""


def issue_redirect(*, request: HttpRequest, dienst: Anmeldedienst, callback: str, ziel: str) -> str:
    """Where to send the browser; verifier and nonce stay in its session here."""
    config = _discover(dienst.issuer)
    verifier, nonce = secrets.token_urlsafe(96), secrets.token_urlsafe(24)
    client = _client(config, dienst.client_id, "", callback)
    address, state = client.create_authorization_url(
        config["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    _keep(request, dienst, state, {"verifier": verifier, "nonce": nonce, "ziel": ziel})
    return address


#: Sign-ins that this browser has begun: state -> (what was kept, when, for which server). Name and form are those of
#: the release before, so that whoever is at the server during a release comes back in.
_BEGUN = "socialaccount_states"
BEGUN_SECONDS, BEGUN_MAX = 600, 10


def _begun(request: HttpRequest) -> dict[str, Any]:
    """Those that have not lapsed."""
    found = request.session.get(_BEGUN)
    since = real_now().timestamp() - BEGUN_SECONDS
    return {state: kept for state, kept in found.items() if kept[1] >= since} if isinstance(found, dict) else {}


def _keep(request: HttpRequest, dienst: Anmeldedienst, state: str, what: dict[str, str]) -> None:
    begun = _begun(request) | {state: (what, real_now().timestamp(), dienst.provider_id)}
    newest = sorted(begun, key=lambda name: begun[name][1])[-BEGUN_MAX:]
    request.session[_BEGUN] = {name: begun[name] for name in newest}


def _take(request: HttpRequest, dienst: Anmeldedienst, state: str) -> dict[str, str]:
    """What was kept for this state at this server, once. Raises `OidcRefused`."""
    begun = _begun(request)
    what, _, provider = begun.pop(state, (None, 0, ""))
    if what is None or provider != dienst.provider_id:
        raise OidcRefused("unknown state")
    request.session[_BEGUN] = begun
    request.session.save()  # used up now, whatever becomes of this request
    return what


def redeem_answer(*, request: HttpRequest, dienst: Anmeldedienst, callback: str) -> Anmeldung:
    """Exchange the code and check everything the server says. Raises `OidcRefused`."""
    kept = _take(request, dienst, request.GET.get("state", ""))
    if "error" in request.GET or not request.GET.get("code"):
        raise OidcRefused("refused by the server")
    with _asking(dienst.issuer):
        return _redeem(request, dienst, callback, kept)


def _redeem(request: HttpRequest, dienst: Anmeldedienst, callback: str, kept: dict[str, str]) -> Anmeldung:
    config = _discover(dienst.issuer)
    if request.GET.get("iss", config["issuer"]) != config["issuer"]:
        raise OidcRefused("answer of another issuer")
    client = _client(config, dienst.client_id, _open_secret(dienst), callback)
    try:
        token = _exchange(client, config, code=request.GET["code"], verifier=kept["verifier"])
    except OAuthError:
        raise OidcRefused("code refused") from None
    claims = _read_id_token(str(token.get("id_token", "")), dienst=dienst, config=config)
    if not secrets.compare_digest(str(claims.get("nonce", "")), kept["nonce"]):
        raise OidcRefused("another nonce")
    if dienst.email_claim not in claims and config.get("userinfo_endpoint"):
        more = _get(config["userinfo_endpoint"], headers={"Authorization": f"Bearer {token.get('access_token')}"})
        if more.get("sub") != claims["sub"]:
            raise OidcRefused("another person in userinfo")
        claims = more | claims
    return Anmeldung(
        subject=str(claims["sub"]),
        email=str(claims.get(dienst.email_claim, "")),
        is_email_verified=claims.get("email_verified") is True
        if dienst.asks_email_verified
        else dienst.adresse_vom_landkreis,
        shows_factor=bool(_shown_factors(claims, dienst.faktor_claim) & set(dienst.mfa_werte)),
        ziel=kept["ziel"],
    )


def _shown_factors(claims: dict[str, Any], claim: str) -> set[str]:
    """How the server says the person has signed in: `amr` and `acr`, or the one claim the office named."""
    values: list[Any] = []
    for name in [claim] if claim else ["amr", "acr"]:
        value = claims.get(name)
        values += value if isinstance(value, list) else [value]
    return {str(value) for value in values if value}


def _read_id_token(token: str, *, dienst: Anmeldedienst, config: dict[str, Any]) -> dict[str, Any]:
    """The claims of a token that is signed by the server, for us, now."""
    try:
        found = _find_key(config, kid=jwt.get_unverified_header(token).get("kid"))
        key = jwt.PyJWK.from_json(json.dumps(found | {"alg": found.get("alg") or _alg(token)}))
        claims = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=dienst.client_id,
            issuer=config["issuer"],
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, *_UNREADABLE) as error:
        raise OidcRefused(f"token: {type(error).__name__}") from None
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != dienst.client_id:
        raise OidcRefused("token for another client")
    return claims


def _find_key(config: dict[str, Any], *, kid: Any) -> dict[str, Any]:
    """The one key that signed; a name we do not know lets us ask once more, but not again and again."""
    found = _fitting(_keys(config), kid)
    if not found and calls.may_ask_again(config["jwks_uri"]):
        found = _fitting(_keys(config, fresh=True), kid)
    if len(found) != 1:
        raise OidcRefused("no such key")
    return found[0]


def _fitting(keys: list[dict[str, Any]], kid: Any) -> list[dict[str, Any]]:
    return [key for key in keys if kid in (None, key.get("kid"))]


def _keys(config: dict[str, Any], *, fresh: bool = False) -> list[dict[str, Any]]:
    """What the server signs with, kept for some minutes."""
    address = str(config["jwks_uri"])
    keys = _get_kept("keys", address, _get, fresh=fresh).get("keys")
    known = keys if isinstance(keys, list) else []
    return [key for key in known if isinstance(key, dict) and key.get("use", "sig") == "sig"]


def _alg(token: str) -> str:
    alg = str(jwt.get_unverified_header(token).get("alg"))
    if alg not in ALGORITHMS:
        raise OidcRefused("algorithm")
    return alg


# -- whose account is it? -----------------------------------------------------------------------


@transaction.atomic
def find_person(*, dienst: Anmeldedienst, anmeldung: Anmeldung) -> User:
    """The person linked to this subject; else the one member of this office with this verified address.

    Verified: by `email_verified` for the claim `email`; by the office for any other claim (ADR 0054).

    Nobody is created. Whoever also works elsewhere is not linked by an address: the server of one district
    must not open what belongs to another. Raises `OidcRefused`.
    """
    link = Dienstkonto.objects.filter(provider=dienst.provider_id, uid=anmeldung.subject).select_related("user").first()
    if link is not None:
        if not link.user.is_active:
            raise OidcRefused("person is deactivated")
        return link.user
    if not anmeldung.email or not anmeldung.is_email_verified:
        raise OidcRefused("no verified address")
    found = list(User.objects.select_for_update().filter(email__iexact=anmeldung.email)[:2])
    if len(found) != 1 or not found[0].is_active:
        raise OidcRefused("nobody, or more than one, with this address")
    user = found[0]
    places = {(m.tenant_id, m.anbieter_id, m.koerperschaft) for m in list_valid_memberships(user_id=user.pk)}
    if places != {(dienst.tenant_id, None, "")}:
        raise OidcRefused("works elsewhere, or not here")
    if Dienstkonto.objects.filter(provider=dienst.provider_id, user=user).exists():
        raise OidcRefused("linked to another subject")
    Dienstkonto.objects.create(user=user, provider=dienst.provider_id, uid=anmeldung.subject)
    return user


def is_kept_by(dienst: Anmeldedienst, user: User) -> bool:
    """Whether this server is the person's only way in, and this office her only place: then it may confirm her."""
    places = set(list_valid_memberships(user_id=user.pk).values_list("tenant_id", flat=True))
    return places == {dienst.tenant_id} and not user.has_usable_password()


#: Why a server is not believed, for the screen; the log keeps the English word.
_GRUENDE = {
    "no answer": "keine Antwort",
    "too slow": "er antwortet zu langsam",
    "no document": "keine Beschreibung",
    "another issuer": "er nennt sich anders",
    "address without TLS": "Adresse ohne https",
}


def _in_german(error: OidcRefused) -> str:
    return _GRUENDE.get(error.grund.partition(":")[0], "unerwartete Antwort")


# -- configuring --------------------------------------------------------------------------------


def _context(dienst: Anmeldedienst) -> str:
    return f"accounts_anmeldedienst|client_secret|{dienst.pk}"


def check_aussteller(*, issuer: str) -> None:
    """Let the server describe itself, outside of a transaction, before `update_anmeldedienst` writes it down in one.

    Raises `RegelVerletzt` when it does not answer under the name it claims.
    """
    _check_answers(issuer, fresh=True)


def _check_answers(issuer: str, *, fresh: bool = False) -> None:
    try:
        _discover(issuer, fresh=fresh)
    except OidcRefused as error:
        raise RegelVerletzt(
            f"Unter {issuer} antwortet kein Anmeldedienst dieses Namens ({_in_german(error)}). Bitte prüfen Sie "
            "die Adresse.",
            feld="issuer",
        ) from None


def update_anmeldedienst(
    *,
    tenant: Tenant,
    issuer: str,
    client_id: str,
    client_secret: str = "",
    bezeichnung: str = "",
    mfa_werte: list[str] | None = None,
    email_claim: str = "",
    adresse_vom_landkreis: bool = False,
    faktor_claim: str | None = None,
    removes_secret: bool = False,
    ist_aktiv: bool = True,
    geaendert_von_id: UUID | None = None,
) -> Anmeldedienst:
    """Write down the sign-in server of an office, after it has answered under the name it claims.

    Nobody signs in with it before a second person has confirmed it (`confirm_anmeldedienst`); a change of anything
    but the words on the button and the secret takes the confirmation back. Raises `RegelVerletzt`.
    """
    if urlsplit(issuer).scheme not in {"http", "https"}:
        raise RegelVerletzt("Der Aussteller ist eine Adresse mit https://.", feld="issuer")
    if ist_aktiv:
        _check_answers(issuer)
    with transaction.atomic():
        dienst = Anmeldedienst.objects.select_for_update().filter(tenant=tenant).first() or Anmeldedienst(tenant=tenant)
        if dienst.issuer and dienst.issuer != issuer:
            # Subjects are unique within one issuer only: links to the old one would open to strangers.
            Dienstkonto.objects.filter(provider=dienst.provider_id).delete()
            dienst.client_secret = ""  # it was given to the old one, and goes to no other
        before = _trusted(dienst)
        dienst.issuer, dienst.client_id, dienst.ist_aktiv = issuer, client_id, ist_aktiv
        dienst.bezeichnung = bezeichnung or dienst.bezeichnung
        if mfa_werte is not None:
            dienst.mfa_werte = mfa_werte
        if email_claim:
            dienst.email_claim = email_claim
            dienst.adresse_vom_landkreis = adresse_vom_landkreis and not dienst.asks_email_verified
        if faktor_claim is not None:
            dienst.faktor_claim = faktor_claim
        if removes_secret:
            dienst.client_secret = ""
        if client_secret:
            dienst.client_secret = seal_shared(client_secret, context=_context(dienst))
        if _trusted(dienst) != before:
            _check_one_author(dienst, issuer_before=before[0], geaendert_von_id=geaendert_von_id)
            dienst.geaendert_von_id = geaendert_von_id
            dienst.bestaetigt_von, dienst.bestaetigt_at = None, None
        dienst.full_clean()
        dienst.save()
        return dienst


def _check_one_author(dienst: Anmeldedienst, *, issuer_before: object, geaendert_von_id: UUID | None) -> None:
    """What waits for its confirmation has one author, or the first one could confirm her own part of it."""
    author = dienst.geaendert_von_id if dienst.bestaetigt_at is None else None
    if author not in {None, geaendert_von_id} and dienst.issuer == issuer_before:
        raise RegelVerletzt(
            f"Die Angaben von {dienst.geaendert_von} warten noch auf ihre Bestätigung. Bestätigen Sie sie zuerst unter"
            " „Konto“, „Anmeldedienst bestätigen“, oder tragen Sie einen anderen Aussteller ein.",
            feld="issuer",
        )


def _trusted(dienst: Anmeldedienst) -> tuple[object, ...]:
    """What decides who comes in as whom; the trigger `accounts_anmeldedienst_geprueft` compares the same columns."""
    address = (dienst.email_claim, dienst.adresse_vom_landkreis)
    return (dienst.issuer, dienst.client_id, *address, dienst.faktor_claim, tuple(dienst.mfa_werte))


def compute_gelesen(dienst: Anmeldedienst) -> str:
    """What the second person has read, as one word for the form she sends."""
    return hashlib.sha256(repr(_trusted(dienst)).encode()).hexdigest()


@transaction.atomic
def confirm_anmeldedienst(*, akteur: Akteur, tenant: Tenant, gelesen: str) -> Anmeldedienst:
    """The second signature: from now on people of the office sign in with this server.

    `gelesen` is what she read (`compute_gelesen`): nobody changes it between her reading and her click. Raises
    `Verweigert` for whoever has written it down herself, `Konflikt` when there is nothing to confirm or it is not
    what she read.
    """
    dienst = Anmeldedienst.objects.select_for_update().filter(tenant=tenant).first()
    if dienst is None or dienst.bestaetigt_at is not None:
        raise Konflikt("Hier ist nichts mehr zu bestätigen.")
    if akteur.tenant_id != tenant.pk or not may_confirm_anmeldedienst(akteur):
        raise Verweigert("Den Anmeldedienst bestätigt die Jugendamtsleitung oder eine zweite Administration.")
    if dienst.geaendert_von_id == akteur.user_id:
        raise Verweigert("Das bestätigt eine andere Person als die, die den Dienst eingetragen hat.")
    if not secrets.compare_digest(gelesen.encode(), compute_gelesen(dienst).encode()):
        raise Konflikt("Die Angaben haben sich geändert, seit Sie sie gelesen haben. Bitte lesen Sie sie noch einmal.")
    check_autor(dienst.geaendert_von_id)
    dienst.bestaetigt_von_id, dienst.bestaetigt_at = akteur.user_id, real_now()
    dienst.save(update_fields=["bestaetigt_von", "bestaetigt_at"])
    return dienst


@dataclass(frozen=True, slots=True)
class Pruefschritt:
    """One line of a test of the sign-in server: what was tried, whether it went well, what to do if not."""

    name: str
    gut: bool
    text: str


def check_anmeldedienst(*, dienst: Anmeldedienst, client_secret: str, callback: str) -> list[Pruefschritt]:
    """Ask the server as a sign-in would, without a person; stops at the first step that fails. Stores nothing."""
    try:
        with _asking(dienst.issuer):
            return _check(dienst, client_secret, callback)
    except OidcTooSlow:
        return [Pruefschritt("Antwort", False, "Der Dienst antwortet zu langsam. Bitte versuchen Sie es später.")]


def _check(dienst: Anmeldedienst, client_secret: str, callback: str) -> list[Pruefschritt]:
    try:
        config = _discover(dienst.issuer, fresh=True)
    except OidcRefused as error:
        grund = _in_german(error)
        text = f"Unter dieser Adresse antwortet kein Anmeldedienst dieses Namens ({grund}). Bitte prüfen Sie sie."
        return [Pruefschritt("Beschreibung", False, text)]
    steps = [Pruefschritt("Beschreibung", True, "Der Dienst antwortet und nennt diesen Aussteller.")]
    try:
        keys = _keys(config, fresh=True)
    except OidcRefused:
        keys = []
    if not keys:
        text = "Der Dienst nennt keinen Schlüssel, mit dem er Anmeldungen unterschreibt."
        return [*steps, Pruefschritt("Schlüssel", False, text)]
    steps.append(Pruefschritt("Schlüssel", True, "Der Dienst nennt den Schlüssel seiner Unterschrift."))
    client = _client(config, dienst.client_id, client_secret or _open_secret(dienst), callback)
    return [*steps, _check_client(config, client)]


def _check_client(config: dict[str, Any], client: OAuth2Session) -> Pruefschritt:
    """A code that nobody issued: a server that knows the client calls the code wrong, otherwise the client."""
    error = ""
    try:
        _exchange(client, config, code="pruefung", verifier=secrets.token_urlsafe(48))
    except OAuthError as refused:
        error = str(refused.error)
    except OidcRefused:
        return Pruefschritt("Client", False, "Der Dienst hat die Probe nicht beantwortet. Bitte versuchen Sie es neu.")
    if error == "invalid_grant":
        return Pruefschritt("Client", True, "Der Dienst kennt Client-Kennung und Geheimnis.")
    if error in {"invalid_client", "unauthorized_client"}:
        text = "Der Dienst kennt diesen Client nicht oder nimmt sein Geheimnis nicht an. Bitte vergleichen Sie beides."
        return Pruefschritt("Client", False, text)
    text = "Der Dienst hat die Probe anders beantwortet als erwartet. Bitte melden Sie sich zur Probe einmal an."
    return Pruefschritt("Client", False, text)


def update_oidc_secrets() -> int:
    """Seal with the current key what an older key has sealed; returns how many rows changed."""
    changed = 0
    for pk in Anmeldedienst.objects.exclude(client_secret="").values_list("pk", flat=True):
        with transaction.atomic():
            dienst = Anmeldedienst.objects.select_for_update().get(pk=pk)
            if needs_rotation(dienst.client_secret):
                dienst.client_secret = seal_shared(_open_secret(dienst), context=_context(dienst))
                dienst.save(update_fields=["client_secret"])
                changed += 1
    return changed
