"""`kill -9` of a real worker in the middle of jobs: each is done once or again, none is lost, none counts twice.

Before, the job stayed `doing` for ever and its lock held back the figures of all offices.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django import app

from tenants import selectors
from tenants.context import on_portal
from tenants.enums import Jobstand
from tenants.jobs import BETRIEB, RULES, STALLS_MAX
from tenants.jobs.overdue import EXIT_CODE, list_running, timed
from tenants.jobs.times import KEPT
from tests import bootstrap
from tests.people import Cast
from tests.security import sizes
from tests.security.figures import figure
from tests.tenants import owner
from tests.tenants.jobs.slow_job import SECONDS_PER_JOB

#: Every run of the suite kills a few.
KILLS = sizes.KILLS.number
#: More than a worker gets done before it is killed: four at a time, each takes SECONDS_PER_JOB and more.
JOBS_PER_LIFE = 20
WORKER = [sys.executable, "-m", "tests.tenants.jobs.dying_worker"]


def _start(database: str, *words: str, as_owner: bool = False) -> subprocess.Popen:
    env = owner.environment(database, owner=as_owner) | {"SOJUS_WORKER_HEARTBEAT_SECONDS": "1"}
    return subprocess.Popen(
        [*WORKER, *words], cwd=bootstrap.ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _kill(worker: subprocess.Popen) -> None:
    with suppress(ProcessLookupError):
        worker.send_signal(signal.SIGKILL)
    worker.wait()


def _until(question, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
def test_kill_9_in_the_middle__every_job_done_once_or_again(own_database):
    """Each job writes one row of its own, slowly; twice would be two rows, never would be none.

    Every worker is killed with jobs of its own in its hands. Two jobs at a time share a lock, as jobs of one office do:
    the second waits for the first, also when that one has died.
    """
    chance = random.Random(20261128)
    jobs = [str(uuid.uuid4()) for _ in range(JOBS_PER_LIFE * KILLS)]
    with owner.superuser(own_database) as dba:
        dba.execute("CREATE TABLE public.effekt (id uuid)")
        dba.execute("CREATE TABLE public.versuch (id uuid)")
        dba.execute(f"GRANT SELECT, INSERT ON public.effekt, public.versuch TO {bootstrap.ROLE_PREFIX}sojus_dienst")
        for number, job in enumerate(jobs):
            dba.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, lock)"
                " VALUES ('default', 'tests.slow', jsonb_build_object('key', %s::text), %s)",
                [job, f"amt:{number // 2}"],
            )

        def count(condition: str) -> int:
            query = f"SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'tests.slow' AND {condition}"
            return dba.execute(query).fetchone()[0]

        def newest() -> int:
            """The newest worker with a job in its hands, dead or alive."""
            query = "SELECT coalesce(max(worker_id), 0) FROM procrastinate_jobs WHERE status = 'doing'"
            return dba.execute(query).fetchone()[0]

        killed = in_hand = last = 0
        for _ in range(KILLS):
            worker = _start(own_database)
            begun = _until(lambda before=last: newest() > before)
            last = newest()
            time.sleep(chance.uniform(0, JOBS_PER_LIFE * SECONDS_PER_JOB / 4))
            in_its_hands = f"status = 'doing' AND worker_id = {last}"
            _until(lambda of_this_one=in_its_hands: count(of_this_one) > 0, seconds=10)  # not between two jobs
            _kill(worker)
            assert begun, "a worker came up and took nothing"
            held = count(in_its_hands)
            killed, in_hand = killed + (held > 0), in_hand + held
        worker = _start(own_database)
        try:
            done = _until(lambda: count("status <> 'failed'") == 0, seconds=120)
        finally:
            _kill(worker)
        assert done, f"{count('true')} jobs are left"
        aside = {key for (key,) in dba.execute("SELECT args->>'key' FROM procrastinate_jobs"
                                               " WHERE task_name = 'tests.slow' AND status = 'failed'")}  # fmt: skip
        rows = dict(dba.execute("SELECT id::text, count(*) FROM public.effekt GROUP BY 1").fetchall())
        tried = dba.execute("SELECT count(*) FROM public.versuch").fetchone()[0]
    figure("jobs: workers killed with jobs in their hands", killed, "workers")
    figure("jobs: cut off by kill -9, done again", in_hand, f"of {len(jobs)} jobs")
    assert not aside, "killed too often, told to the operator: not what this many deaths must do"
    assert set(rows) == set(jobs), "a job is lost"
    assert set(rows.values()) == {1}, "a job counts twice"
    assert killed == KILLS
    assert tried >= len(jobs) + 1, "nothing was done again: nobody was killed in the middle"


@pytest.mark.slow
def test_job_by_the_clock_that_still_waits_when_its_time_comes_again__ends_no_worker(own_database):
    """Before: the database told the worker's role no detail of the double, the worker ended, started again, ended, …"""
    with owner.superuser(own_database) as dba:
        dba.execute("CREATE TABLE public.effekt (id uuid)")
        dba.execute("CREATE TABLE public.versuch (id uuid)")
        dba.execute(f"GRANT SELECT, INSERT ON public.effekt, public.versuch TO {bootstrap.ROLE_PREFIX}sojus_dienst")
        # All of the clock's jobs wait behind a lock that a living worker holds; their time comes again at every start.
        dba.execute(
            "WITH other AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + interval '1 hour')"
            " RETURNING id) INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id)"
            " SELECT 'default', 'tests.slow', 'held', 'doing', id FROM other"
        )
        for name in _by_the_clock():
            dba.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, lock, queueing_lock)"
                " VALUES ('default', %s, jsonb_build_object('timestamp', 0), 'held', %s)",
                [name, name],
            )
        keys = [str(uuid.uuid4()) for _ in range(8)]
        for key in keys:
            dba.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
                " VALUES ('default', 'tests.slow', jsonb_build_object('key', %s::text))",
                [key],
            )
        worker = _start(own_database)
        try:
            assert _until(lambda: dba.execute("SELECT count(*) FROM public.effekt").fetchone()[0] == len(keys))
            assert worker.poll() is None, "the worker has ended"
        finally:
            _kill(worker)


def _by_the_clock() -> list[str]:
    """Names (which are the queueing locks) of the jobs an ordinary worker hands over on schedule."""
    app.perform_import_paths()
    return [
        periodic.task.queueing_lock
        for periodic in app.periodic_registry.periodic_tasks.values()
        if periodic.task.queue != BETRIEB and periodic.task.queueing_lock
    ]


@pytest.mark.slow
def test_stalled_job_of_one_office__holds_up_no_other(own_database):
    """Before: one lock for the figures of all offices. Now VG's dead job leaves HRO's alone and comes back itself."""
    with owner.superuser(own_database) as dba:
        numbers = [
            dba.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, lock, queueing_lock, status)"
                " VALUES ('default', 'controlling.publish_kennzahlen_of_tenant',"
                " jsonb_build_object('schema', %s::text), 'publish_kennzahlen:' || %s, 'publish_kennzahlen:' || %s,"
                " %s::procrastinate_job_status) RETURNING id",
                [schema, schema, schema, status],
            ).fetchone()[0]
            for schema, status in (("vg", "doing"), ("hro", "todo"))
        ]
        owner.manage(own_database, "worker", "--once", owner=False)
        left = dba.execute("SELECT args, status FROM procrastinate_jobs WHERE id = ANY(%s)", [numbers]).fetchall()
    assert left == []


@pytest.mark.slow
def test_job_that_kills_its_worker_each_time__is_put_aside(own_database):
    with owner.superuser(own_database) as dba:
        dba.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
            " VALUES ('default', 'accounts.send_mail', '{}', 'doing', 5)"
        )
        owner.manage(own_database, "worker", "--once", owner=False)
        status, worker = dba.execute("SELECT status::text, worker_id FROM procrastinate_jobs"
                                     " WHERE task_name = 'accounts.send_mail'").fetchone()  # fmt: skip
    assert (status, worker) == ("failed", None)


@pytest.mark.slow
def test_job_that_never_ends__takes_its_worker_along_and_is_put_aside(own_database):
    """Before, it was only shown: it kept one of the worker's places and its lock for ever."""
    with owner.superuser(own_database) as dba:
        dba.execute("CREATE TABLE public.effekt (id uuid PRIMARY KEY)")
        dba.execute("CREATE TABLE public.versuch (id uuid)")
        dba.execute(
            f"GRANT SELECT, INSERT, UPDATE ON public.effekt, public.versuch TO {bootstrap.ROLE_PREFIX}sojus_dienst"
        )
        nr = dba.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, attempts)"
            " VALUES ('default', 'tests.hang', '{}', %s) RETURNING id",
            [STALLS_MAX - 1],
        ).fetchone()[0]

        def hanging() -> tuple:
            return dba.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", [nr]).fetchone()

        worker = _start(own_database)
        assert _until(lambda: hanging()[0] == "doing")
        dba.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " VALUES ('default', 'tests.slow', jsonb_build_object('key', %s::text))",
            [str(uuid.uuid4())],
        )
        assert worker.wait(timeout=60) == EXIT_CODE, "whoever keeps it alive starts it again"
        assert dba.execute("SELECT count(*) FROM public.effekt").fetchone() == (1,), "the other job came to its end"
        assert hanging() == ("doing", STALLS_MAX - 1)
        assert _start(own_database).wait(timeout=60) == EXIT_CODE, "taken up again, like a killed one"
        assert hanging() == ("doing", STALLS_MAX)
        worker = _start(own_database)
        try:
            assert _until(lambda: hanging()[0] == "failed")
        finally:
            _kill(worker)
        with on_portal(user_id=Cast().user("lars").pk):
            seen = selectors.find_job(nr)
        assert (seen.stand, seen.fehler) == (Jobstand.GESCHEITERT, "lief länger als 1 min und wurde beendet")


@pytest.mark.slow
def test_work_by_the_clock_that_kills_its_worker_each_time__passes_its_deaths_on(own_database):
    """Its like waits already, once a minute: dropped with its deaths forgotten it would go on for ever."""
    with owner.superuser(own_database) as dba:
        for status, attempts, when in (("doing", STALLS_MAX - 1, None), ("todo", 0, "2199-01-01")):
            dba.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, queueing_lock, status, attempts,"
                " scheduled_at) VALUES ('default', 'accounts.purge_mails', '{\"timestamp\": 1}', 'mails.test',"
                " %s::procrastinate_job_status, %s, %s)",
                [status, attempts, when],
            )
        owner.manage(own_database, "worker", "--once", owner=False)
        left = dba.execute("SELECT status::text, attempts FROM procrastinate_jobs"
                           " WHERE queueing_lock = 'mails.test'").fetchall()  # fmt: skip
    assert left == [("todo", STALLS_MAX)]


def test_statement_of_a_job__ends_with_the_time_of_the_job(db):
    """Before the watch would: a statement whose worker is gone would go on and keep its locks."""
    second = timed(1, "tests.sleep", timedelta(seconds=1))
    with pytest.raises(OperationalError, match="statement timeout"), transaction.atomic(), second:
        connection.cursor().execute("SELECT pg_sleep(20)")
    assert connection.statement_seconds == 0 and list_running() == []


def test_each_declared_task__has_a_time_that_is_longer_than_a_slow_day():
    assert RULES and all(timedelta(minutes=5) <= rule.longest <= timedelta(hours=4) for rule in RULES.values())


@pytest.mark.slow
def test_onboarding_whose_worker_died__is_ended_and_can_be_ordered_again(own_database):
    """Before, the run stayed LAEUFT for ever."""
    with owner.superuser(own_database) as dba:
        run = dba.execute(
            "INSERT INTO tenants_onboardinglauf (id, kuerzel, angaben, zustand, schritt, schritte, meldung, created_at)"
            " VALUES (%s, 'VR', '{}', 'LAEUFT', 3, 9, 'Tabellen anlegen', now() - interval '5 minutes') RETURNING id",
            [uuid.uuid4()],
        ).fetchone()[0]
        owner.manage(own_database, "worker", "--betrieb", "--once")
        state, message, ended = dba.execute(
            "SELECT zustand, meldung, finished_at FROM tenants_onboardinglauf WHERE id = %s", [run]
        ).fetchone()
    assert state == "FEHLER" and "nichts angelegt" in message and ended


@pytest.mark.slow
@pytest.mark.xdist_group("demo_world")  # makes the role of VR as well: roles are the cluster's, not the database's
def test_onboarding_killed_in_the_middle__is_done_again(own_database):
    with owner.superuser(own_database) as dba:
        run = dba.execute(
            "INSERT INTO tenants_onboardinglauf (id, kuerzel, angaben, zustand, schritt, schritte, meldung, created_at)"
            " VALUES (%s, 'VR', '{\"kuerzel\": \"VR\"}', 'WARTET', 0, 0, '', now()) RETURNING id",
            [uuid.uuid4()],
        ).fetchone()[0]

        def state() -> str:
            return dba.execute("SELECT zustand FROM tenants_onboardinglauf WHERE id = %s", [run]).fetchone()[0]

        first = _start(own_database, "--betrieb", as_owner=True)
        assert _until(lambda: state() == "LAEUFT")
        _kill(first)
        assert state() == "LAEUFT"
        second = _start(own_database, "--betrieb", as_owner=True)
        try:
            assert _until(lambda: state() == "FERTIG", seconds=180), state()
        finally:
            _kill(second)
        assert dba.execute("SELECT count(*) FROM tenants_tenant WHERE kuerzel = 'VR'").fetchone() == (1,)


@pytest.mark.slow
def test_failed_jobs__of_those_by_the_clock_the_newest_is_kept_and_all_end_after_their_time(own_database):
    """The worker forgets at its start and then hourly; the sweep every ten seconds asks for the dead only."""
    with owner.superuser(own_database) as dba:
        clock = [
            dba.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, queueing_lock, status) VALUES ('default',"
                " 'drafts.clear_expired', '{}', 'drafts.clear_expired', 'failed') RETURNING id"
            ).fetchone()[0]
            for _ in range(3)
        ]
        old = dba.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " VALUES ('default', 'accounts.send_mail', '{}', 'doing') RETURNING id"
        ).fetchone()[0]
        dba.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [old])
        dba.execute("UPDATE procrastinate_events SET at = now() - %s WHERE job_id = %s", [KEPT + timedelta(1), old])
        owner.manage(own_database, "worker", "--once", owner=False)
        kept = dba.execute("SELECT id FROM procrastinate_jobs WHERE id = ANY (%s)", [[*clock, old]]).fetchall()
    assert kept == [(clock[-1],)]
