"""The test of a server: asked as a sign-in would, without a person."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from shared_apps.accounts.models import Anmeldedienst
from shared_apps.oidc import server
from shared_apps.oidc.server import OidcBusy, OidcRefused
from shared_apps.oidc.services.einstellen import WIRD_GEPRUEFT
from shared_apps.oidc.siegel import open_secret


@dataclass(frozen=True, slots=True)
class Pruefschritt:
    """One line of a test of the sign-in server: what was tried, whether it went well, what to do if not."""

    name: str
    gut: bool
    text: str


def check_anmeldedienst(*, dienst: Anmeldedienst, client_secret: str, callback: str) -> list[Pruefschritt]:
    """Ask the server as a sign-in would, without a person; stops at the first step that fails. Stores nothing."""
    try:
        with server.asking(dienst.issuer, tests=True):
            return _check(dienst, client_secret, callback)
    except OidcBusy:
        return [Pruefschritt("Antwort", False, WIRD_GEPRUEFT)]


def _check(dienst: Anmeldedienst, client_secret: str, callback: str) -> list[Pruefschritt]:
    try:
        config = server.fetch_description(dienst.issuer, fresh=True)
    except OidcRefused as error:
        grund = server.say_in_german(error)
        text = f"Unter dieser Adresse antwortet kein Anmeldedienst dieses Namens ({grund}). Bitte prüfen Sie sie."
        return [Pruefschritt("Beschreibung", False, text)]
    steps = [Pruefschritt("Beschreibung", True, "Der Dienst antwortet und nennt diesen Aussteller.")]
    try:
        keys = server.fetch_keys(config, fresh=True)
    except OidcRefused:
        keys = []
    if not keys:
        text = "Der Dienst nennt keinen Schlüssel, mit dem er Anmeldungen unterschreibt."
        return [*steps, Pruefschritt("Schlüssel", False, text)]
    steps.append(Pruefschritt("Schlüssel", True, "Der Dienst nennt den Schlüssel seiner Unterschrift."))
    client = server.RelyingParty(dienst.client_id, client_secret or open_secret(dienst), callback)
    return [*steps, _check_client(config, client)]


def _check_client(config: dict[str, Any], client: server.RelyingParty) -> Pruefschritt:
    """A code that nobody issued: a server that knows the client calls the code wrong, otherwise the client."""
    error = ""
    try:
        server.exchange_code(config, client, code="pruefung", verifier=secrets.token_urlsafe(48))
    except server.CodeRefused as refused:
        error = refused.word
    except OidcRefused:
        return Pruefschritt("Client", False, "Der Dienst hat die Probe nicht beantwortet. Bitte versuchen Sie es neu.")
    if error == "invalid_grant":
        return Pruefschritt("Client", True, "Der Dienst kennt Client-Kennung und Geheimnis.")
    if error in {"invalid_client", "unauthorized_client"}:
        text = "Der Dienst kennt diesen Client nicht oder nimmt sein Geheimnis nicht an. Bitte vergleichen Sie beides."
        return Pruefschritt("Client", False, text)
    text = "Der Dienst hat die Probe anders beantwortet als erwartet. Bitte melden Sie sich zur Probe einmal an."
    return Pruefschritt("Client", False, text)
