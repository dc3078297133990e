"""Who a request acts as is one statement, asked again at every request: nothing taken away is remembered."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from shared_apps.accounts.models import Anmelderegel, ApiToken, Membership, User
from shared_apps.core.clock import today
from shared_apps.signin.selectors import admission
from shared_apps.signin.session_store import SessionStore, hash_key
from tests.shared_apps.factors.steps import add_totp
from tests.shared_apps.signin.test_sessions import arrive
from tests.shared_apps.signin.test_sign_in import VG

pytestmark = pytest.mark.usefixtures("vg")
PAGE = "/gebietskoerperschaften/"


def before_the_view(client, path: str = PAGE) -> list[str]:
    """Statements that reach the database before the fence of the view."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    found = [q["sql"] for q in queries]
    return [sql for sql in found if "django_session" in sql or "accounts_" in sql or "mfa_authenticator" in sql]


def test_session__one_statement_from_the_second_request_on(cast):
    anna = arrive(cast, "anna", VG)
    anna.get(PAGE)
    assert len(before_the_view(anna)) == 1


def test_key__one_statement(cast):
    client = cast.api("anna")
    path = "/api/v1/buchungen/"
    assert client.get(path).status_code == 200
    asked = [sql for sql in _asked(client, path) if "accounts_apitoken" in sql or "accounts_membership" in sql]
    assert len(asked) == 1


def _asked(client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return [q["sql"] for q in queries]


@pytest.mark.parametrize("taken", ["membership", "active", "sitzung", "password", "session"])
def test_what_is_taken_away_elsewhere_holds_at_the_next_request(cast, taken):
    client = arrive(cast, "anna", VG)
    assert client.get(PAGE).status_code == 200
    anna = cast.user("anna")
    if taken == "membership":
        Membership.objects.filter(user=anna).update(gueltig_bis=today())
    elif taken == "active":
        User.objects.filter(pk=anna.pk).update(is_active=False)
    elif taken == "sitzung":
        anna.sitzungen.update(beendet_at=timezone.now())
    elif taken == "password":
        anna.set_password("ein ganz anderes Passwort")
        anna.save()
    else:
        Session.objects.all().delete()
    assert client.get(PAGE).status_code == 302


def test_factor_and_rule_that_come_while_she_works_hold_at_the_next_request(cast):
    client, anna = arrive(cast, "anna", VG), cast.user("anna")
    with override_settings(MFA_PFLICHT=[]):
        assert client.get(PAGE).status_code == 200
        rule = Anmelderegel.objects.create(rolle="ASD", verfahren="PFLICHT", gilt_ab=today())
        assert client.get(PAGE)["Location"] == "/konto/sicherheit/"
        Anmelderegel.objects.filter(pk=rule.pk).update(verfahren="FREIWILLIG")
        add_totp(anna)
        assert client.get(PAGE)["Location"].startswith("/anmelden/zweiter-faktor/")


def test_wrong_guess_whose_session_it_is__asks_again_and_tells_nothing_of_the_other(cast):
    anna, bernd = arrive(cast, "anna", VG), arrive(cast, "bernd", VG)
    anna.get(PAGE), bernd.get(PAGE)
    keys = [hash_key(client.session.session_key) for client in (anna, bernd)]
    admission.owners.note(keys[0], admission.owners.get(keys[1]))
    page = anna.get("/konto/").text
    assert cast.user("anna").username in page and cast.user("bernd").username not in page


def test_session_of_nobody__has_no_person(cast):
    session = SessionStore()
    session["x"] = 1
    session.create()
    found = SessionStore(session.session_key)
    assert admission.load_admission(found, tenant=None) is None
    assert found["x"] == 1
    assert admission.load_admission(SessionStore("unbekannt-und-lang-genug"), tenant=None) is None


def test_ended_key_is_worth_nothing(cast):
    client = cast.api("anna")
    path = "/api/v1/kennzahlen/"
    before = client.get(path).status_code
    ApiToken.objects.update(revoked_at=timezone.now())
    assert before != 401 and client.get(path).status_code == 401


def test_statement_names_every_column_of_a_person():
    names = {field.column for field in User._meta.concrete_fields}
    assert all(f'u."{name}"' in admission._session_sql() for name in names)
