"""A failed job is done again when somebody who operates says so, exactly as it was."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from tenants import selectors, services
from tenants.context import on_portal
from tenants.enums import Jobstand
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
        noted = dba.execute(
            "SELECT count(*) FROM journal_journaleintrag WHERE tabelle = 'tenants_jobwiederholung' AND user_id = %s",
            [lars.pk],
        ).fetchone()
        assert noted == (1,)
