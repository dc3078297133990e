"""Signing in: to the server and back, each answer once, bound to the browser that began."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from shared_apps.accounts.models import Anmeldedienst
from shared_apps.core.clock import real_now
from shared_apps.oidc import server
from shared_apps.oidc.server import OidcChanged, OidcRefused
from shared_apps.oidc.services.einstellen import compute_gelesen
from shared_apps.oidc.siegel import open_secret
from shared_apps.signin.door import take_once


@dataclass(frozen=True, slots=True)
class Anmeldung:
    """What the server says of a person. `ist_adresse_belegt`: it says so itself of the claim `email`
    (`email_verified`); of any other claim the district does (ADR 0054)."""

    subject: str
    email: str
    ist_adresse_belegt: bool
    shows_factor: bool
    ziel: str


def issue_redirect(*, request: HttpRequest, dienst: Anmeldedienst, callback: str, ziel: str) -> str:
    """Where to send the browser; verifier and nonce stay in its session here."""
    config = server.fetch_description(dienst.issuer)
    verifier, nonce = secrets.token_urlsafe(96), secrets.token_urlsafe(24)
    state = secrets.token_urlsafe(24)
    client = server.RelyingParty(dienst.client_id, "", callback)
    address = server.build_address(config, client, state=state, nonce=nonce, verifier=verifier)
    kept = {"verifier": verifier, "nonce": nonce, "ziel": ziel, "gelesen": compute_gelesen(dienst)}
    _keep(request, dienst, state, kept)
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


def _find(request: HttpRequest, dienst: Anmeldedienst, state: str) -> dict[str, str]:
    """What was kept for this state at this server. Raises `OidcRefused`."""
    what, when, provider = _begun(request).get(state, (None, 0, ""))
    if what is None or provider != dienst.provider_id:
        raise OidcRefused("unknown state")
    if not _is_as_begun(dienst, what, when):
        raise OidcChanged
    return what


def _take(request: HttpRequest, state: str) -> None:
    """Once, whatever becomes of this request: two that come at the same moment have both read it."""
    if not take_once(f"oidc {state}"):
        raise OidcRefused("unknown state")
    begun = _begun(request)
    begun.pop(state, None)
    request.session[_BEGUN] = begun
    request.session.save()


def _is_as_begun(dienst: Anmeldedienst, what: dict[str, str], when: float) -> bool:
    """Whether the office still trusts the server she was sent to, in the same things."""
    if "gelesen" not in what:  # begun with the release before: every change is confirmed later than it was made
        return dienst.bestaetigt_at is not None and dienst.bestaetigt_at.timestamp() <= when
    return what["gelesen"] == compute_gelesen(dienst)


def redeem_answer(*, request: HttpRequest, dienst: Anmeldedienst, callback: str) -> Anmeldung:
    """Exchange the code and check everything the server says. Raises `OidcRefused`."""
    state = request.GET.get("state", "")
    kept = _find(request, dienst, state)  # whoever makes one up waits for nothing
    if "error" in request.GET or not request.GET.get("code"):
        _take(request, state)
        raise OidcRefused("refused by the server")
    with server.asking(dienst.issuer, patient=True):
        _take(request, state)  # not before there is a place: without one she may press again
        return _redeem(request, dienst, callback, kept)


def _redeem(request: HttpRequest, dienst: Anmeldedienst, callback: str, kept: dict[str, str]) -> Anmeldung:
    config = server.fetch_description(dienst.issuer)
    if request.GET.get("iss", config["issuer"]) != config["issuer"]:
        raise OidcRefused("answer of another issuer")
    client = server.RelyingParty(dienst.client_id, open_secret(dienst), callback)
    token = server.exchange_code(config, client, code=request.GET["code"], verifier=kept["verifier"])
    claims = server.read_id_token(str(token.get("id_token", "")), client_id=dienst.client_id, config=config)
    if not secrets.compare_digest(str(claims.get("nonce", "")), kept["nonce"]):
        raise OidcRefused("another nonce")
    if dienst.email_claim not in claims and config.get("userinfo_endpoint"):
        more = server.fetch_document(config["userinfo_endpoint"], token=str(token.get("access_token")))
        if more.get("sub") != claims["sub"]:
            raise OidcRefused("another person in userinfo")
        claims = more | claims
    return Anmeldung(
        subject=str(claims["sub"]),
        email=str(claims.get(dienst.email_claim, "")),
        ist_adresse_belegt=claims.get("email_verified") is True
        if dienst.asks_email_verified
        else dienst.adresse_vom_landkreis,
        shows_factor=bool(_shown_factors(claims, dienst.faktor_claim) & set(dienst.mfa_werte)),
        ziel=kept["ziel"],
    )


def _shown_factors(claims: dict[str, Any], claim: str) -> set[str]:
    """How the person signed in, according to the server: `amr` and `acr`, or the one claim the office named."""
    values: list[Any] = []
    for name in [claim] if claim else ["amr", "acr"]:
        value = claims.get(name)
        values += value if isinstance(value, list) else [value]
    return {str(value) for value in values if value}
