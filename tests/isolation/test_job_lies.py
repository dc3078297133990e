"""What may be handed over to the worker, by whom, with what. Every lie is told to the database itself.

Before, a tenant's role could enqueue any task with any arguments inside a SELECT: a link for a new password at
another office went to an address of the attacker's choosing, and a job of the owner's queue was started.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django import app

from shared_apps.accounts.enums import MailArt, MailZustand
from shared_apps.mails.services import TOO_MANY, submit_mailauftrag
from tenants.context import as_comparison, at_sign_in, in_tenant, in_tenant_portal, on_portal
from tenants.db import roles
from tenants.jobs import BETRIEB, RULES, WAITING_PER_OFFICE, Caller, JobsFull, defer, functions
from tenants.selectors import list_stau
from tests.tenants import owner

pytestmark = pytest.mark.django_db
PUBLISH, MAIL, ONBOARD = "controlling.publish_kennzahlen_of_tenant", "accounts.send_mail", "tenants.onboard"
AN_ID = "0193a5b2-7c1d-7e2f-8a3b-4c5d6e7f8091"


@pytest.fixture(params=["amt", "anbieter", "portal", "vergleich"])
def as_somebody(request, vg) -> Callable:
    """Each role a request of a person can run under."""
    return {
        "amt": lambda: in_tenant(vg),
        "anbieter": lambda: in_tenant_portal(vg),
        "portal": on_portal,
        "vergleich": as_comparison,
    }[request.param]


def ask(task: str, args: object) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.sojus_defer_job(%s, %s::jsonb)", [task, json.dumps(args)])
        return cursor.fetchone()[0]


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        yield


def test_registered_tasks_and_the_rules_in_the_database_are_the_same(own_database) -> None:
    app.perform_import_paths()
    ours = {name for name in app.tasks if not name.startswith("builtin:") and "procrastinate" not in name}
    assert set(RULES) == ours
    with owner.superuser(own_database) as dba:
        assert dba.execute("SELECT public.sojus_job_rules()").fetchone()[0] == functions.declared_rules()


def test_every_task_says_why_repeating_it_does_no_harm() -> None:
    for rule in RULES.values():
        assert len(rule.repeat) > 10 and rule.title
        assert not (rule.cron and rule.callers), f"{rule.name}: the clock hands it over, nobody else"
        if rule.queue == BETRIEB:
            assert rule.callers <= {Caller.OWNER}, f"{rule.name}: jobs of the owner come from the owner"


def test_honest_requests_are_taken(vg) -> None:
    with in_tenant(vg):
        assert ask(PUBLISH, {"schema": "vg"}) is not None
        assert ask(PUBLISH, {"schema": "vg"}) is None, "one waits already"
    with on_portal():
        job = ask(MAIL, {"mail_id": AN_ID})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name, priority, lock, scheduled_at, status::text FROM procrastinate_jobs WHERE id = %s", [job]
        )
        assert cursor.fetchone() == ("default", 0, f"accounts.send_mail:{AN_ID}", None, "todo")


@pytest.mark.parametrize(
    ("task", "args"),
    [
        ("accounts.send_password_reset", {"user_id": AN_ID, "schema": "hro", "address": "https://boese.example"}),
        ("builtin:procrastinate.builtin.remove_old_jobs", {"max_hours": "0"}),
        ("gibt.es.nicht", {}),
        (ONBOARD, {"lauf_id": AN_ID}),
        ("audit.purge", {"timestamp": "0"}),
        ("audit.purge", {}),
        ("journal.verify", {}),
        ("audit.seal", {}),
        (PUBLISH, {"schema": "hro"}),
        (PUBLISH, {"schema": "vg_portal"}),
        (PUBLISH, {"schema": "public"}),
        (PUBLISH, {"schema": "VG"}),
        (PUBLISH, {"schema": ["vg"]}),
        (PUBLISH, {"schema": None}),
        (PUBLISH, {}),
        (PUBLISH, {"schema": "vg", "queue": "betrieb"}),
        (PUBLISH, {"schema": "vg", "lock": "x"}),
        (PUBLISH, {"schema": "vg", "scheduled_at": "2999-01-01"}),
        (PUBLISH, ["vg"]),
        (PUBLISH, None),
        (MAIL, {"mail_id": AN_ID, "address": "https://boese.example"}),
        (MAIL, {"mail_id": "boese@example.org"}),
        (MAIL, {"mail_id": AN_ID + "\n"}),
        (MAIL, {"mail_id": 7}),
        (MAIL, {"user_id": AN_ID}),
        (MAIL, {}),
    ],
)
def test_lies_are_refused_for_every_role(as_somebody, task, args) -> None:
    with as_somebody(), refused():
        ask(task, args)


def test_each_caller_hands_over_its_own_and_nothing_else(vg, hro) -> None:
    with in_tenant(vg), refused():
        ask(MAIL, {"mail_id": AN_ID})
    with in_tenant_portal(vg), refused():
        ask(PUBLISH, {"schema": "vg"})
    with on_portal(), refused():
        ask(PUBLISH, {"schema": "vg"})
    with in_tenant(hro), refused():
        ask(PUBLISH, {"schema": "vg"})


def test_queue_cannot_be_flooded(vg, hro, cast, caplog) -> None:
    """Before, SQL on a page handed over 20,000 mails through the allowed function, and everybody's waited behind."""
    flood = (
        "SELECT count(sojus_defer_job(%s, jsonb_build_object('mail_id', gen_random_uuid())))"
        " FROM generate_series(1, %s)"
    )
    with on_portal(), connection.cursor() as cursor:
        assert cursor.execute(flood, [MAIL, WAITING_PER_OFFICE]).fetchone() == (WAITING_PER_OFFICE,)
        with pytest.raises(DatabaseError, match="too many jobs wait"), transaction.atomic():
            ask(MAIL, {"mail_id": AN_ID})
        with pytest.raises(JobsFull), transaction.atomic():
            defer(MAIL, mail_id=AN_ID)
    anna, jan = cast.user("anna"), cast.user("jan")
    with on_portal():
        here = submit_mailauftrag(art=MailArt.CODES_NEU, user_id=anna.pk, tenant=vg)
        portal = submit_mailauftrag(art=MailArt.CODES_NEU, user_id=jan.pk)
    assert here.zustand == MailZustand.WARTET, "an office's mails go on"
    assert (portal.zustand, portal.fehler) == (MailZustand.FEHLGESCHLAGEN, TOO_MANY)
    assert "too many wait (portal)" in caplog.text
    with on_portal(user_id=cast.user("lars").pk):
        assert list_stau() == [f"E-Mail versenden ({WAITING_PER_OFFICE + 1})"]
    with in_tenant(vg):
        assert ask(PUBLISH, {"schema": "vg"}) is not None, "other tasks are not touched"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('betrieb', 'tenants.onboard', 99, NULL, NULL, '{}'::jsonb,"
        " NULL)]::procrastinate_job_to_defer_v1[])",
        "SELECT procrastinate_defer_periodic_job_v2('betrieb', NULL, NULL, 'audit.purge', 0, '', 1, '{}'::jsonb)",
        "SELECT procrastinate_retry_job_v2(1, now(), 99, 'betrieb', NULL)",
        "SELECT procrastinate_cancel_job_v1(1, true, true)",
        "SELECT procrastinate_finish_job_v1(1, 'failed', true)",
        "SELECT procrastinate_fetch_job_v2(NULL, 1)",
        "SELECT procrastinate_register_worker_v1()",
        "SELECT procrastinate_prune_stalled_workers_v1(0)",
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'accounts.send_mail')",
        "UPDATE procrastinate_jobs SET args = '{}'",
        "DELETE FROM procrastinate_jobs",
        "DELETE FROM procrastinate_workers",
        "SELECT sojus_job_rules()",
    ],
)
def test_queue_itself_is_out_of_reach(as_somebody, statement) -> None:
    with as_somebody(), refused():
        connection.cursor().execute(statement)


def test_only_who_operates_may_have_a_job_done_again(as_somebody) -> None:
    with as_somebody(), refused():
        connection.cursor().execute("SELECT sojus_retry_job(1)")


def test_only_who_operates_sees_the_jobs_on_a_page_of_the_portal(cast) -> None:
    anna, lars = cast.user("anna"), cast.user("lars")
    with on_portal(user_id=anna.pk):
        job = ask(MAIL, {"mail_id": AN_ID})
    seen = "SELECT id FROM procrastinate_jobs"
    for who, found in ((None, []), (anna.pk, []), (lars.pk, [(job,)])):
        with on_portal(user_id=who), connection.cursor() as cursor:
            assert cursor.execute(seen).fetchall() == found
    with at_sign_in(user_id=lars.pk), refused():
        connection.cursor().execute(seen)


def test_only_who_operates_may_order_an_onboarding(cast, vg) -> None:
    anna, lars = cast.user("anna"), cast.user("lars")
    order = (
        "INSERT INTO tenants_onboardinglauf (id, kuerzel, angaben, zustand, schritt, schritte, meldung, created_at)"
        " VALUES (%s, 'ZZ', '{}', %s, 0, 0, '', now())"
    )
    for who, state in ((None, "WARTET"), (anna.pk, "WARTET"), (lars.pk, "FERTIG")):
        with on_portal(user_id=who), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            connection.cursor().execute(order, [uuid.uuid4(), state])
    with on_portal(user_id=lars.pk):
        connection.cursor().execute(order, [uuid.uuid4(), "WARTET"])
        with refused():
            connection.cursor().execute("UPDATE tenants_onboardinglauf SET angaben = '{}'")
    with in_tenant(vg, user_id=lars.pk), refused():
        connection.cursor().execute(order, [uuid.uuid4(), "WARTET"])


def test_worker_of_the_people_cannot_touch_the_owners_jobs(own_database) -> None:
    with owner.superuser(own_database) as dba:
        job = dba.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('betrieb', 'audit.purge') RETURNING id"
        ).fetchone()[0]
        dba.execute(f"SET ROLE {roles.queue()}")
        assert dba.execute("SELECT id FROM procrastinate_jobs").fetchall() == []
        assert dba.execute("UPDATE procrastinate_jobs SET args = '{}' RETURNING id").fetchall() == []
        assert dba.execute("DELETE FROM procrastinate_jobs RETURNING id").fetchall() == []
        for statement in (
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('betrieb', 'audit.purge')",
            "SELECT procrastinate_defer_periodic_job_v2('betrieb', NULL, NULL, 'audit.purge', 0, '', 1, '{}'::jsonb)",
        ):
            with pytest.raises(Exception, match="row-level security"):
                dba.execute(statement)
        dba.execute("RESET ROLE")
        assert dba.execute("SELECT id FROM procrastinate_jobs").fetchall() == [(job,)]
