"""Who signs in with a factor and who takes one out hold two rows, in one order: no circle of waiting."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.accounts.models import Faktor, User
from shared_apps.factors.services import mfa
from tests.shared_apps.factors.steps import add_totp, code, confirmed, is_signed_in, options_on, post_password
from tests.shared_apps.factors.test_second_factor import STEP, at, make_passkey, offices, origin  # noqa: F401 (fixture)

FAKTOR, PERSON = Faktor._meta.db_table, User._meta.db_table


def held(work) -> list[str]:
    """The tables of which this holds rows until it is done, in that order."""
    with CaptureQueriesContext(connection) as queries:
        work()
    return [table for query in queries for table in (FAKTOR, PERSON) if _holds(query["sql"], table)]


def _holds(sql: str, table: str) -> bool:
    return sql.startswith(f'UPDATE "{table}"') or (f'FROM "{table}"' in sql and " FOR " in sql)


def _by_code(anna: User):
    add_totp(anna)
    client, _ = post_password("anna")
    return client, lambda: client.post(STEP, {"code": code()})


@pytest.mark.usefixtures("vg")
def test_code__and_taking_out__hold_the_person_first(cast):
    client, sign_in = _by_code(cast.user("anna"))
    came = held(sign_in)
    factor = Faktor.objects.get()
    gone = held(lambda: confirmed(client).post(f"/konto/sicherheit/{factor.pk}/entfernen/"))
    assert not Faktor.objects.exists()
    assert came[0] == gone[0] == PERSON and FAKTOR in came and FAKTOR in gone


@pytest.mark.usefixtures("offices")
@pytest.mark.parametrize("where", ["second step", "alone"])
def test_passkey__holds_the_person_first(cast, where):
    cast.user("anna")
    key, client = make_passkey(cast), at("vg")
    if where == "second step":
        post_password("anna", client=client)
        address, options = STEP, options_on(client.get(STEP).text)
    else:
        address = "/anmelden/passkey/"
        options = client.get(address).text
    answer = key.get(options, origin=origin("vg"))
    came = held(lambda: client.post(address, {"credential": answer}))
    assert is_signed_in(client)
    assert came[0] == PERSON and FAKTOR in came


@pytest.mark.usefixtures("offices")
def test_passkey_taken_out_at_this_very_moment__opens_nothing(cast, monkeypatch):
    cast.user("anna")
    key, client, real = make_passkey(cast), at("vg"), mfa.find_passkey
    post_password("anna", client=client)
    answer = key.get(options_on(client.get(STEP).text), origin=origin("vg"))

    def find(**words):
        found = real(**words)
        Faktor.objects.filter(pk=found.pk).delete()
        return found

    monkeypatch.setattr(mfa, "find_passkey", find)
    assert client.post(STEP, {"credential": answer}).status_code == 422
    assert not is_signed_in(client)
