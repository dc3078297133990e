"""`kill -9` of a real worker in the middle of jobs: each is done once or again, none is lost, none counts twice.

Before, the job stayed `doing` for ever and its lock held back the figures of all offices.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress

import pytest

from tests import bootstrap
from tests.tenants import owner

#: `make security` sets the big number; every run of the suite kills a few.
KILLS = int(os.environ.get("SOJUS_KILLS", "3"))
WORKER = [sys.executable, "-m", "tests.tenants.dying_worker"]


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
    """Each job writes one row under its own key, slowly; twice would be two rows, never would be none."""
    chance = random.Random(20261128)
    jobs = [str(uuid.uuid4()) for _ in range(4 * KILLS)]
    with owner.superuser(own_database) as dba:
        dba.execute("CREATE TABLE public.effekt (id uuid PRIMARY KEY, mal int NOT NULL DEFAULT 1)")
        dba.execute("CREATE TABLE public.versuch (id uuid)")
        dba.execute(
            f"GRANT SELECT, INSERT, UPDATE ON public.effekt, public.versuch TO {bootstrap.ROLE_PREFIX}sojus_dienst"
        )
        for job in jobs:
            dba.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, lock)"
                " VALUES ('default', 'tests.slow', jsonb_build_object('key', %s::text), %s)",
                [job, f"amt:{int(job[0], 16) % 3}"],
            )

        def doing() -> bool:
            return dba.execute("SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'"
                               " AND task_name = 'tests.slow'").fetchone() is not None  # fmt: skip

        killed = 0
        for _ in range(KILLS):
            worker = _start(own_database)
            if _until(doing):
                time.sleep(chance.uniform(0, 0.5))
                killed += doing()
            _kill(worker)
        worker = _start(own_database)
        try:
            done = _until(
                lambda: dba.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'tests.slow'")
                .fetchone()[0] == 0
            )  # fmt: skip
        finally:
            _kill(worker)
        left = dba.execute("SELECT status::text, count(*) FROM procrastinate_jobs WHERE task_name = 'tests.slow'"
                           " GROUP BY 1").fetchall()  # fmt: skip
        assert done, left
        rows = dict(dba.execute("SELECT id::text, mal FROM public.effekt").fetchall())
        tried = dba.execute("SELECT count(*) FROM public.versuch").fetchone()[0]
    assert set(rows) == set(jobs), "a job is lost"
    assert set(rows.values()) == {1}, "a job counts twice"
    assert killed > 0 and tried >= len(jobs)


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
@pytest.mark.skipif(KILLS < 25, reason="a whole onboarding twice: make security")
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
