"""If somebody one day writes a hole on a page of sign-in or of the state portal: no account can be taken over by it."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from tenants.db import roles
from tests.people import PASSWORD
from tests.security.figures import figure
from tests.shared_apps.factors.steps import add_totp
from tests.tenants.owner import superuser

pytestmark = pytest.mark.django_db

#: What no answer may contain: a hash of any kind that passwords are hashed with here, or a key that opens something.
HASH = re.compile(r"(argon2|pbkdf2_sha256|md5)\$")
READS = [
    "SELECT username, password FROM accounts_user",
    "SELECT row_to_json(u)::text FROM accounts_user u",
    "SELECT session_key, session_data FROM django_session",
    "SELECT data::text FROM mfa_authenticator",
    "SELECT key_hash FROM accounts_apitoken",
    "SELECT ticket_hash FROM accounts_handover",
    "SELECT client_secret FROM accounts_anmeldedienst",
    "SELECT query_to_xml('SELECT * FROM django_session', true, true, '')::text",
    "SELECT rolpassword FROM pg_authid",
    "SELECT passwd FROM pg_shadow",
]
#: Refused whatever the page: another role, another right, another login.
ACTS = [
    "ALTER ROLE {app} PASSWORD 'mine'",
    "ALTER ROLE {app} SET role = 'none'",
    "ALTER ROLE {app} RESET role",
    "ALTER ROLE {app} SUPERUSER",
    "ALTER ROLE {app} IN DATABASE {db} SET search_path = vg",
    "ALTER ROLE {dienst} LOGIN",
    "ALTER ROLE ALL SET role = 'none'",
    "ALTER DATABASE {db} SET search_path = vg",
    "CREATE ROLE mine LOGIN",
    "GRANT {vg} TO {app}",
    "GRANT {dienst} TO {land}",
    "SET ROLE {vg}",
    "SET LOCAL ROLE {dienst}",
    "SET SESSION AUTHORIZATION {app}",
    "RESET ROLE",
    "DISCARD ALL",
    "SELECT set_config('role', '{dienst}', true)",
    "SELECT set_config('sojus.user', '', true)",
    "DO $$ BEGIN EXECUTE 'SET LOCAL ROLE {vg}'; END $$",
    "SELECT * FROM vg.cases_klient",
    "SELECT * FROM vg_portal.cases_klient",
    "SELECT * FROM pg_authid",
]


@pytest.fixture
def world(vg, cast):
    """A person with password, factor, key and a living session; a client at the portal with planted holes."""
    anna = cast.user("anna")
    add_totp(anna)
    cast.api("anna")
    return cast.sign_in("anna").session.session_key


def _names() -> dict[str, str]:
    return {
        "app": roles.app(), "dienst": roles.dienst(), "land": roles.land(), "vg": roles.tenant("vg"),
        "db": connection.settings_dict["NAME"],
    }  # fmt: skip


def _login_in_the_catalogue() -> list[tuple]:
    with superuser(connection.settings_dict["NAME"]) as by_hand:
        return by_hand.execute(
            "SELECT a.rolpassword, a.rolsuper, a.rolcreaterole, a.rolinherit, s.setconfig FROM pg_authid a"
            " LEFT JOIN pg_db_role_setting s ON s.setrole = a.oid WHERE a.rolname = %s ORDER BY s.setdatabase",
            [roles.app()],
        ).fetchall()


@pytest.mark.parametrize(
    ("page", "name", "role"),
    [("/loch/anmeldung/", None, "sojus_anmeldung"), ("/loch/portal/", "ines", "sojus_land")],
)
def test_no_hash_no_factor_no_session_and_no_other_role(world, cast, settings, page, name, role):
    settings.PUBLIC_SCHEMA_URLCONF = "tests.security.planted_sql_holes_at_sign_in"
    client = cast.sign_in(name, at="PORTAL") if name else Client(SERVER_NAME=settings.PORTAL_HOST)
    before = _login_in_the_catalogue()
    answers = {}
    for statement in [*READS, *(act.format(**_names()) for act in ACTS)]:
        answer = client.post(page, {"q": statement})
        assert answer.status_code == 200, (statement, answer.content)
        assert answer["X-Role"].endswith(role), statement
        answers[statement] = answer.content.decode()
    assert "1" in client.post(page, {"q": "SELECT 1"}).content.decode(), "the hole is open"
    assert [s for s, text in answers.items() if HASH.search(text) or world in text or PASSWORD in text] == []
    done = [act for act in ACTS if not answers[act.format(**_names())].startswith("refused")]
    assert done == []
    assert _login_in_the_catalogue() == before
    figure(f"SQL on a page of {role}: statements; hashes, factors, keys, roles gained", f"{len(answers)}; 0", "")


def test_portal_pages_have_no_right_on_what_signs_people_in(world, cast, settings):
    settings.PUBLIC_SCHEMA_URLCONF = "tests.security.planted_sql_holes_at_sign_in"
    client = cast.sign_in("ines", at="PORTAL")
    for table in ("django_session", "mfa_authenticator", "socialaccount_socialaccount"):
        assert client.post("/loch/portal/", {"q": f"SELECT 1 FROM {table}"}).content.decode().startswith("refused")


def test_sign_in_pages_have_no_right_on_the_register_the_queue_or_other_peoples_business(world, settings):
    settings.PUBLIC_SCHEMA_URLCONF = "tests.security.planted_sql_holes_at_sign_in"
    client = Client(SERVER_NAME=settings.PORTAL_HOST)
    for table in ("providers_anbieter", "providers_entgelt", "occupancy_platzbindung", "procrastinate_jobs",
                  "journal_journaleintrag", "members_mitgliedschaftsantrag", "accounts_portalentwurf",
                  "comparison_kennzahlwert"):  # fmt: skip
        answer = client.post("/loch/anmeldung/", {"q": f"SELECT 1 FROM {table}"}).content.decode()
        assert "permission denied" in answer, table
    for act in ("UPDATE accounts_user SET is_active = true", "UPDATE accounts_membership SET rolle = 'BETRIEB'",
                "INSERT INTO accounts_membership DEFAULT VALUES", "DELETE FROM accounts_user",
                "UPDATE accounts_user SET email = 'mine@example.org'"):  # fmt: skip
        assert "permission denied" in client.post("/loch/anmeldung/", {"q": act}).content.decode(), act


def test_a_hash_copied_into_another_row_and_a_row_copied_to_another_key_open_nothing(cast, vg):
    """What a hole that writes could try: its own password for somebody else, somebody else's session for its own."""
    anna, bernd = cast.user("anna"), cast.user("bernd")
    bernd.password = anna.password
    assert not bernd.check_password(PASSWORD) and anna.check_password(PASSWORD)
    office, other = cast.sign_in("anna"), cast.sign_in("bernd")
    rows = {row.session_key: row for row in Session.objects.all()}
    assert not {office.session.session_key, other.session.session_key} & set(rows), "no key is in the table"
    first, second = rows.values()
    Session.objects.filter(pk=second.pk).update(session_data=first.session_data)
    Session.objects.filter(pk=first.pk).update(session_data=second.session_data)
    assert "_auth_user_id" not in dict(office.session) and "_auth_user_id" not in dict(other.session)


def test_the_login_itself_owns_and_may_nothing(vg):
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user::text, current_user::text")
        assert cursor.fetchone() == (roles.app(), roles.dienst())
        cursor.execute(
            "SELECT c.relname FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee = %s::regrole"
            " UNION ALL SELECT p.proname FROM pg_proc p, aclexplode(p.proacl) a WHERE a.grantee = %s::regrole",
            [roles.app(), roles.app()],
        )
        assert cursor.fetchall() == []


def test_no_office_no_provider_no_comparison_and_no_queue_has_a_right_on_any_column_of_the_accounts(vg, hro):
    """The hash is sealed, and still: who signs nobody in has no business with it."""
    names = [
        roles.tenant("vg"),
        roles.tenant_portal("vg"),
        roles.tenants(),
        roles.portal(),
        roles.compare(),
        roles.queue(),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.name, a.attname FROM unnest(%s::text[]) r(name), pg_attribute a"
            " WHERE a.attrelid = 'public.accounts_user'::regclass AND a.attnum > 0 AND NOT a.attisdropped"
            " AND has_column_privilege(r.name, a.attrelid, a.attnum, 'SELECT, UPDATE, INSERT')",
            [names],
        )
        assert cursor.fetchall() == []
