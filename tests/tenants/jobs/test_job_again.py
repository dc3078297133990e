"""A failed job is done again when somebody who operates says so, exactly as it was."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from procrastinate.contrib.django import app

from shared_apps.accounts.enums import MailArt
from shared_apps.mails import services as mail
from tenants import selectors, services
from tenants.context import on_portal
from tenants.enums import Jobstand
from tenants.jobs import RULES, WAITING, shortest_round
from tenants.models import Tenant
from tests.people import Cast
from tests.tenants import owner


def test_failed_job__done_again_by_the_operator_and_noted(own_database):
    lars, anna = Cast().user("lars"), Cast().user("anna")
    with owner.superuser(own_database) as dba:
        nr = dba.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
            " VALUES ('betrieb', 'journal.verify', '{}', 'failed', 8) RETURNING id"
        ).fetchone()[0]
        with on_portal(user_id=anna.pk), pytest.raises(DatabaseError), transaction.atomic():
            services.submit_job_again(nr=nr, user_id=anna.pk)
        with on_portal(user_id=lars.pk):
            assert selectors.find_job(nr).stand == Jobstand.GESCHEITERT
            assert services.submit_job_again(nr=nr, user_id=lars.pk)
            assert not services.submit_job_again(nr=nr, user_id=lars.pk), "the second click finds nothing to do"
        row = dba.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", [nr]).fetchone()
        assert row == ("todo", 0)
        lock = "publish_kennzahlen:vg"
        waiting, behind = (
            dba.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, lock, queueing_lock,"
                " scheduled_at) VALUES ('default', 'controlling.publish_kennzahlen_of_tenant', '{\"schema\": \"vg\"}',"
                " %s::procrastinate_job_status, 6, %s, %s, now() + interval '12 hours') RETURNING id",
                [status, lock, lock],
            ).fetchone()[0]
            for status in ("todo", "failed")
        )
        with on_portal(user_id=lars.pk):
            assert selectors.find_job(waiting).darf_wiederholt_werden
            assert not services.submit_job_again(nr=behind, user_id=lars.pk), "its like waits already"
            assert services.submit_job_again(nr=waiting, user_id=lars.pk), "twelve hours early"
            assert not services.submit_job_again(nr=waiting, user_id=lars.pk), "it waits for nothing any more"
        row = "SELECT status::text, attempts, scheduled_at FROM procrastinate_jobs WHERE id = %s"
        again = dba.execute(row, [waiting])
        assert again.fetchone() == ("todo", 0, None)
        noted = dba.execute(
            "SELECT count(*) FROM journal_journaleintrag WHERE tabelle = 'tenants_jobwiederholung' AND user_id = %s",
            [lars.pk],
        ).fetchone()
        assert noted == (2,)


def test_a_failed_job__keeps_no_newer_one_of_its_kind_away() -> None:
    """Before, figures of an office waited up to twelve hours for their next try, and new requests with them."""
    app.perform_import_paths()
    for rule in RULES.values():
        strategy = app.tasks[rule.name].retry_strategy
        waits = strategy.waits if strategy else ()
        if not rule.queueing_lock or not waits:
            continue
        assert rule.cron, f"{rule.name}: nothing says when its next one comes"
        ends = sum(waits, timedelta()) + rule.longest * (len(waits) + 1)
        assert ends < shortest_round(rule.cron), f"{rule.name}: tries again beside its next one"
        assert len(waits) >= 3, f"{rule.name}: by night a server that is away for minutes is no reason to fail"


def test_all_offices_together_are_bounded_and_the_owner_is_not(own_database) -> None:
    with owner.superuser(own_database) as dba:
        dba.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) SELECT 'default', %s,"
            " jsonb_build_object('mail_id', gen_random_uuid()) FROM generate_series(1, %s)",
            [mail.JOB, WAITING],
        )
        with on_portal():
            hro = Tenant.objects.get(kuerzel="HRO")
            auftrag = mail.submit_mailauftrag(art=MailArt.CODES_NEU, user_id=uuid.uuid4(), tenant=hro)
            assert auftrag.fehler == mail.TOO_MANY
        handed = dba.execute(
            "SELECT sojus_defer_job(%s, jsonb_build_object('mail_id', %s::text))", [mail.JOB, str(uuid.uuid4())]
        )
        assert handed.fetchone()[0] is not None
