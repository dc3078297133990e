"""People with a second factor, and the pages as the tests go through them."""

from __future__ import annotations

import html
import re

import pyotp
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from shared_apps.accounts.models import Faktor, User
from shared_apps.factors.siegel import seal_secret
from tests.people import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CONSENT = "/anmelden/zustimmung/"
#: Links that say themselves for whom they are: a session that owes a step has no say in them.
LINKS = {
    "anmelden/dienst/zurueck/",
    "passwort/neu/<str:uid>/<str:token>/",
    "einladung/<str:uid>/<str:token>/",
    "zugang-beantragen/bestaetigen/<str:token>/",
    "anbieter-werden/antrag/<str:token>/",
    "anbieter/bestaetigen/<str:token>/",
}
HOSTS = {"VG": "vg.localhost", "HRO": "hro.localhost", "PORTAL": "portal.localhost"}


def add_totp(user: User) -> None:
    """The app is set up with the known secret."""
    Faktor.objects.create(user=user, art="totp", data={"secret": seal_secret(SECRET, user_id=user.pk)})


def code(*, steps: int = 0, secret: str = SECRET) -> str:
    """Six digits of the app, `steps` half minutes from now."""
    return pyotp.TOTP(secret).at(timezone.now(), counter_offset=steps)


def post_password(name: str, host: str = "vg.localhost", *, client: Client | None = None, **more: str):
    """Name and password."""
    client = client or Client(SERVER_NAME=host)
    data = {"username": name, "password": PASSWORD, **more}
    return client, client.post("/anmelden/", data)


def agree(client: Client, *, ziel: str = "/", box: str = "on", fassung: str = "") -> HttpResponse:
    """The box on the page of the data-protection rules, sent as the browser does."""
    data = {"fassung": fassung or settings.DATENSCHUTZ_TEXTVERSION, "next": ziel} | ({"zustimmung": box} if box else {})
    return client.post(CONSENT, data)


def is_signed_in(client: Client) -> bool:
    return client.get("/konto/").status_code == 200


def confirmed(client: Client) -> Client:
    """The person has just proved who she is."""
    session = client.session
    session["sojus_bestaetigt"] = timezone.now().timestamp()
    session.save()
    return client


def options_on(page: str) -> str:
    """The options for the browser, as the page carries them."""
    return html.unescape(re.search(r'data-passkey-options="([^"]*)"', page)[1])
