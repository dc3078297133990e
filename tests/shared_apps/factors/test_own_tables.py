"""What django-allauth has left: its tables are taken over as they are, and what people have set up goes on working."""

from __future__ import annotations

import json
import time
from pathlib import Path

import psycopg
import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as django_settings
from django.db import connection

from shared_apps.accounts.enums import FaktorArt, Rolle
from shared_apps.accounts.models import Anmeldedienst, Dienstkonto, Faktor, User
from shared_apps.factors.selectors import count_recovery_codes, get_faktoren
from shared_apps.factors.services import mfa
from shared_apps.oidc.services import Anmeldung, find_person
from shared_apps.signin.services import record_consent
from tenants.db import roles
from tests.people import PASSWORD, appoint
from tests.shared_apps.factors import test_second_factor as steps
from tests.shared_apps.factors.authenticator import SoftPasskey
from tests.shared_apps.factors.steps import SECRET, is_signed_in, options_on, post_password
from tests.tenants import owner

offices = steps.offices
BEFORE = Path(__file__).parent / "release_before"
#: Rows that the release before has written for Ottilie, sealed with the key of the tests; and her codes on paper.
ROWS = json.loads((BEFORE / "rows.json").read_text())
CODES, USED = ROWS["codes"], {0, 3}
TABLES = ["mfa_authenticator", "socialaccount_socialaccount"]
EMPTY = ["account_emailaddress", "account_emailconfirmation", "socialaccount_socialapp", "socialaccount_socialtoken"]


def _insert(execute) -> None:
    for table in TABLES:
        execute(
            f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s)", [json.dumps(ROWS[table])]
        )


@pytest.fixture
def ottilie(vg) -> User:
    """Has set up app, passkey and codes with the release before, and has signed in with her district's account."""
    user = User.objects.create_user(
        id=ROWS[TABLES[0]][0]["user_id"], username="ottilie", password=PASSWORD, vorname="Ottilie", nachname="Ohm",
        email="ottilie@example.org",
    )  # fmt: skip
    appoint(user=user, tenant=vg, rolle=Rolle.ASD, gueltig_ab="2015-01-01")
    record_consent(user=user, textversion=django_settings.DATENSCHUTZ_TEXTVERSION, tenant=None)
    with connection.cursor() as cursor:
        _insert(cursor.execute)
    return user


class TestWhatWasSetUpBefore:
    def test_app_shows_the_right_code__each_once(self, ottilie):
        code = pyotp.TOTP(SECRET).at(time.time())
        client, _ = post_password("ottilie")
        assert client.post(steps.STEP, {"code": code}).status_code == 302
        assert is_signed_in(client)
        again, _ = post_password("ottilie")
        again.post(steps.STEP, {"code": code})
        assert not is_signed_in(again)

    def test_codes_on_paper_work__those_that_were_used_do_not(self, ottilie):
        assert count_recovery_codes(get_faktoren(user_id=ottilie.pk).codes) == 8
        for place, code in enumerate(CODES):
            right = place not in USED
            assert (mfa.redeem_code(user=ottilie, code=f"{code[:5]} {code[5:]}") is not None) == right, place
            assert mfa.redeem_code(user=ottilie, code=code) is None, place
        assert count_recovery_codes(get_faktoren(user_id=ottilie.pk).codes) == 0

    @pytest.mark.usefixtures("offices")
    def test_passkey_is_the_second_step__and_a_way_in_alone(self, ottilie):
        key = SoftPasskey()
        key.key, key.id = ec.derive_private_key(20261129, ec.SECP256R1()), bytes(range(32))
        key.rp_id, key.user_handle = steps.BASE, str(ottilie.pk).encode()
        client = steps.at("vg")
        post_password("ottilie", client=client)
        answer = key.get(options_on(client.get(steps.STEP).text), origin=steps.origin("vg"))
        assert client.post(steps.STEP, {"credential": answer})["Location"] == "/"
        assert is_signed_in(client)
        assert "Laptop" in client.get("/konto/sicherheit/").text
        other = steps.at("vg")
        answer = key.get(other.get("/anmelden/passkey/").text, origin=steps.origin("vg"))
        other.post("/anmelden/passkey/", {"credential": answer})
        assert is_signed_in(other)

    def test_subject_at_the_district_leads_to_the_same_person(self, ottilie, vg):
        dienst = Anmeldedienst.objects.create(tenant=vg, issuer="https://kreis.example", client_id="sojus")
        Dienstkonto.objects.update(provider=dienst.provider_id)
        shown = Anmeldung(subject="karla-sub", email="", ist_adresse_belegt=False, shows_factor=False, ziel="/")
        assert find_person(dienst=dienst, anmeldung=shown).username == "ottilie"

    def test_keys_turn(self, ottilie, settings):
        settings.FIELD_KEYS = [("neu", b"n" * 32), *settings.FIELD_KEYS]
        assert (mfa.update_mfa_secrets(), mfa.update_mfa_secrets()) == (2, 0)
        assert mfa.redeem_code(user=ottilie, code=CODES[1])
        assert mfa.redeem_code(user=ottilie, code=pyotp.TOTP(SECRET).at(time.time()))


def test_what_is_written_now_can_be_read_by_the_release_before(cast):
    """Both run during a release: the same kinds, and in each the same names."""
    anna = cast.user("anna")
    secret = mfa.create_totp_secret()
    mfa.create_totp(user=anna, secret=secret, code=mfa.compute_code(secret=secret))
    mfa.create_recovery_codes(user=anna)
    before = {row["type"]: set(row["data"]) for row in ROWS[TABLES[0]]}
    now = {factor.art: set(factor.data) for factor in Faktor.objects.filter(user=anna)}
    assert now == {art: before[art] for art in ("totp", "recovery_codes")}
    assert set(before) == set(FaktorArt.values)
    assert len(pyotp.TOTP(secret).byte_secret()) == 20


#: The migration alone, as the owner; then what every release does with the fence.
_TAKE_OVER = """
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from tenants.fence.checks import validate
from tenants.fence.grants import apply_shared_fence
from tenants.fence.structure import check_structure

loader = MigrationLoader(connection)
state = loader.project_state(("accounts", "0016_vertretung_passt"))
with connection.schema_editor() as editor:
    loader.get_migration("accounts", "0017_own_factors").apply(state, editor)
apply_shared_fence()
validate("public")
print("TAKEN OVER", check_structure("public"))
"""
_CATALOGUE = """
SELECT attrelid::regclass::text, attname::text,
       concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity)
  FROM pg_attribute WHERE attrelid = ANY (%(tables)s::regclass[]) AND attnum > 0
UNION ALL
SELECT indrelid::regclass::text, '', pg_get_indexdef(indexrelid)
  FROM pg_index WHERE indrelid = ANY (%(tables)s::regclass[])
UNION ALL
SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE conrelid = ANY (%(tables)s::regclass[])
UNION ALL
SELECT tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid)
  FROM pg_trigger WHERE tgrelid = ANY (%(tables)s::regclass[]) AND NOT tgisinternal
UNION ALL
SELECT oid::regclass::text, acl.grantee::regrole::text, acl.privilege_type
  FROM pg_class CROSS JOIN aclexplode(relacl) acl WHERE oid = ANY (%(tables)s::regclass[])
 ORDER BY 1, 2, 3
"""


def _catalogue(by_hand: psycopg.Connection, tables: list[str]) -> list[tuple]:
    return by_hand.execute(_CATALOGUE, {"tables": tables}).fetchall()


def _rows(by_hand: psycopg.Connection) -> list[str]:
    query = " UNION ALL ".join(f"SELECT row_to_json(t)::text FROM {table} t" for table in TABLES)
    return [text for (text,) in by_hand.execute(query).fetchall()]


@pytest.mark.django_db
def test_older_database_is_taken_over__byte_for_byte_and_like_a_new_one(own_database):
    with owner.superuser(own_database) as by_hand:
        new = _catalogue(by_hand, TABLES)
        assert len(new) > 40
        by_hand.execute(f"SET ROLE {roles.owner()}")
        by_hand.execute(f"DROP TABLE {', '.join(TABLES)}")
        by_hand.execute((BEFORE / "tables.sql").read_text())
        by_hand.execute(
            "INSERT INTO accounts_user (id, created_at, username, password, vorname, nachname, email, telefon,"
            " is_active, einladung_nr) VALUES (%s, now(), 'ottilie', '!', 'Ottilie', 'Ohm', '', '', true, 0)",
            [ROWS[TABLES[0]][0]["user_id"]],
        )
        _insert(by_hand.execute)
        before = _rows(by_hand)
    done = owner.manage(own_database, "shell", "-v", "0", stdin=_TAKE_OVER)
    assert "TAKEN OVER []" in done.stdout, done.stdout + done.stderr
    with owner.superuser(own_database) as by_hand:
        assert _rows(by_hand) == before and len(before) == 4
        assert _catalogue(by_hand, TABLES) == new
        left = [row for row in _catalogue(by_hand, EMPTY) if row[1].startswith("sojus_")]
        assert left == [], "no trigger of the journal, no right of any role"
