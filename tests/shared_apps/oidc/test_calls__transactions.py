"""While a sign-in server is asked no transaction waits, on a database whose connection is no test's transaction."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from shared_apps.accounts.models import Anmeldedienst
from shared_apps.oidc import calls
from shared_apps.oidc.services import compute_gelesen, confirm_anmeldedienst
from tenants.models import Tenant
from tests.people import PASSWORD, Cast
from tests.shared_apps.oidc.slow_server import describe, slow_server

BEGIN, BACK, SETTINGS = "/anmelden/dienst/", "/anmelden/dienst/zurueck/", "/konto/anmeldedienst/"
FORM = {
    "bezeichnung": "Konto des Landkreises",
    "client_id": "sojus",
    "email_claim": "email",
    "faktor_claim": "",
    "mfa_werte": "",
    "ist_aktiv": "on",
}


@pytest.fixture
def committed(own_database, django_db_blocker):
    """People whom other connections see."""
    del own_database
    with django_db_blocker.unblock():
        yield Cast()


def confirmed(cast: Cast, issuer: str) -> None:
    vg = Tenant.objects.get(kuerzel="VG")
    Anmeldedienst.objects.create(tenant=vg, issuer=issuer, client_id="sojus", geaendert_von=cast.user("anton"))
    gelesen = compute_gelesen(Anmeldedienst.objects.get(tenant=vg))
    confirm_anmeldedienst(akteur=cast.akteur("emil"), tenant=vg, gelesen=gelesen)


def test_begin_way_back_and_settings__no_transaction_is_open_meanwhile(committed, monkeypatch):
    open_then = []
    real = calls.Call.connect

    def connect(call, *args):
        open_then.append(connection.in_atomic_block)
        return real(call, *args)

    monkeypatch.setattr(calls.Call, "connect", connect)
    with slow_server() as server:
        server.answer = describe(server)
        confirmed(committed, server.url)
        client = Client(SERVER_NAME="vg.localhost")
        client.get(BEGIN)
        state = next(iter(client.session["socialaccount_states"]))
        client.get(f"{BACK}?code=x&state={state}")
        assert open_then == [False, False], "the description and the token"
        anton = committed.sign_in("anton")
        anton.post("/konto/sicherheit/bestaetigen/", {"password": PASSWORD, "next": SETTINGS})
        anton.post(SETTINGS, FORM | {"issuer": server.url, "aktion": "pruefen"})
        anton.post(SETTINGS, FORM | {"issuer": server.url, "aktion": "speichern"})
    assert len(open_then) == 5 and not any(open_then)
