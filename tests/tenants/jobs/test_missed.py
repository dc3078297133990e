"""Work whose time came while no worker was up is made up once by the next one, and the operator reads that it was late.

Before, what was more than ten minutes late fell out: work of the first of a month waited for the first of the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError
from procrastinate.contrib.django import app

from tenants import selectors
from tenants.context import on_portal
from tenants.jobs import BETRIEB, NACHGEHOLT, RULES, declare
from tenants.jobs.missed import make_up
from tenants.jobs.queue import QueueConnector
from tenants.management.commands.worker import _connector
from tenants.models import Jobfehler
from tests import bootstrap
from tests.tenants import owner

#: A Thursday. Work of the month was due on the first, the reminders of the day until 08:50.
BACK = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
PURGE = datetime(2026, 12, 1, 4, 20, tzinfo=UTC)
#: Of which the database knows that they last ran in November.
RAN = ("audit.purge", "providers.notify_vakanzen", "accounts.purge_mails")


@pytest.fixture
def queue(own_database) -> Iterator:
    """The queue as the superuser sees it."""
    app.perform_import_paths()
    with owner.superuser(own_database) as dba:
        dba.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)"
            " SELECT name, '', extract(epoch FROM timestamptz '2026-11-01 04:20+00') FROM unnest(%s::text[]) name",
            [list(RAN)],
        )
        yield dba


@pytest.fixture
def back(own_database, monkeypatch):
    """A worker comes back, people's or the operator's; how many runs it makes up."""
    clock = dict(app.periodic_registry.periodic_tasks)

    def start(at: datetime, *, betrieb: bool = False) -> int:
        mine = {key: task for key, task in clock.items() if (task.task.queue == BETRIEB) is betrieb}
        monkeypatch.setattr(app.periodic_registry, "periodic_tasks", mine)
        url = bootstrap.with_database(bootstrap.OWNER_URL, own_database)

        async def run() -> int:
            with app.replace_connector(QueueConnector(conninfo=url) if betrieb else _connector()) as own:
                async with own.open_async():
                    return await make_up(own, at=at)

        return asyncio.run(run())

    return start


def _waiting(dba) -> dict[str, int]:
    return dict(dba.execute("SELECT task_name, (args ->> 'timestamp')::bigint FROM procrastinate_jobs").fetchall())


def test_what_fell_out__is_made_up_once_by_whoever_comes_back(queue, back):
    assert back(BACK, betrieb=True) == 1
    assert _waiting(queue) == {"audit.purge": PURGE.timestamp()}
    assert back(BACK, betrieb=True) == back(BACK + timedelta(minutes=1), betrieb=True) == 0, "others, or after a crash"
    queue.execute("DELETE FROM procrastinate_jobs")
    assert back(BACK + timedelta(days=20), betrieb=True) == 2, "the check and the catching up of each day, once"
    assert "audit.purge" not in _waiting(queue), "that of the month is done"


def test_what_nobody_ever_ran_here__is_not_missed_and_not_forgotten(queue, back):
    """A new installation has nothing to make up; a task that came with a release is due from then on."""
    queue.execute("DELETE FROM procrastinate_periodic_defers")
    assert back(BACK) == 0 and _waiting(queue) == {}
    assert back(BACK + timedelta(days=1)) > 0 and "accounts.purge_mails" in _waiting(queue)


def test_what_waits_already__is_one_run_for_both(queue, back):
    queue.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, queueing_lock)"
        " VALUES ('default', 'accounts.purge_mails', '{\"timestamp\": 1}', 'accounts.purge_mails')"
    )
    assert back(BACK) == 1, "the reminders"
    queue.execute("DELETE FROM procrastinate_jobs")
    assert back(BACK) == 0


def test_nobody_is_reminded_by_night(queue, back):
    """What belongs to a time of the day is made up on that day only."""
    assert RULES["providers.notify_vakanzen"].late == timedelta(hours=8)
    queue.execute("DELETE FROM procrastinate_periodic_defers WHERE task_name = 'accounts.purge_mails'")
    assert back(BACK.replace(hour=23)) == 0
    assert back(BACK.replace(hour=14)) == 1


@pytest.mark.parametrize(
    ("name", "due", "late"),
    [
        ("audit.purge", PURGE, timedelta(days=2)),
        ("providers.notify_vakanzen", BACK.replace(hour=8, minute=50), timedelta(hours=1)),
        ("audit.purge", PURGE, timedelta(minutes=9)),  # the clock hands it over by itself
        ("audit.seal", BACK, timedelta(hours=2)),  # the next one comes in a minute
    ],
)
def test_late_is__what_no_other_run_comes_for(name, due, late):
    app.perform_import_paths()
    is_told = bool(declare.describe_late(RULES[name], due, at=due + late))
    assert is_told is (name != "audit.seal" and late > timedelta(minutes=10))


def _job(**values) -> SimpleNamespace:
    return SimpleNamespace(
        **{"id": 7, "task_name": "audit.purge", "task_kwargs": {"timestamp": int(PURGE.timestamp())}} | values
    )


def test_operator_reads_what_was_late__once(db, sign_in, monkeypatch):
    app.perform_import_paths()
    for _ in range(2):  # its worker died over it, and the next one took it up
        declare._note_late(_job(), BACK)
    declare._note_late(_job(id=8), PURGE)
    with on_portal():
        noted = list(Jobfehler.objects.values_list("job_nr", "meldung"))
        assert noted == [(7, f"{NACHGEHOLT}Alte Lesevermerke löschen, fällig war 01.12.2026, 05:20 Uhr")]
        assert [n.was for n in selectors.list_nachgeholte()] == [noted[0][1].removeprefix(NACHGEHOLT)]
    lars = sign_in("lars", at="PORTAL")
    assert "1 Auftrag lief in den letzten sieben Tagen verspätet" in lars.get("/betrieb/").text
    assert "Alte Lesevermerke löschen, fällig war 01.12.2026, 05:20 Uhr" in lars.get("/betrieb/auftraege/").text


def test_a_database_that_takes_no_note__keeps_no_work_away(db, monkeypatch, caplog):
    def refuses(**_values):
        raise DatabaseError

    monkeypatch.setattr(Jobfehler.objects, "create", refuses)
    declare._note_late(_job(), BACK)
    assert "could not be noted" in caplog.text
