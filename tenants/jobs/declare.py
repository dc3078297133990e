"""Background jobs: what may be handed over, by whom, with which arguments. Data beside each task.

`job(...)` is the only way to declare a task and `defer(...)` the only way to hand one over (docs/adr/0025). What
is in the declarations becomes the function `sojus_defer_job` in the database (`tenants.jobs.functions`): whoever can
run SQL in somebody's transaction can hand over no other task, no other argument and no other office than these.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import wraps
from itertools import accumulate
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import croniter  # the one procrastinate reads its clock with
from django.conf import settings
from django.db import DatabaseError, connection
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from tenants.context import on_portal
from tenants.db.patience import sqlstate
from tenants.door.offices import SomeOfficesFailed
from tenants.jobs import overdue
from tenants.jobs.times import LATE
from tenants.models import Jobfehler

logger = logging.getLogger(__name__)

#: Queue of the owner's worker; the worker that serves people cannot touch its jobs.
BETRIEB = "betrieb"
DEFAULT = "default"
#: How often a job whose worker died over it is taken up again; then it is given up as failed.
STALLS_MAX = 5
#: This many jobs of one task may wait for one office (a thousand mails are more than an office sends in a week), and
#: for all together. Beyond that none is handed over: whoever runs SQL as a page would fill the queue otherwise.
WAITING_PER_OFFICE = 1_000
WAITING = 10_000
#: What is noted of a job that runs late begins with this; all else that is noted is a failure.
NACHGEHOLT = "Nachgeholt: "
#: SQLSTATE of that refusal (configuration_limit_exceeded).
FULL = "53400"


class Caller(StrEnum):
    """Under which database role somebody hands a job over."""

    AMT = "amt"  # t_<office>: people and jobs of an office
    PORTAL = "portal"  # roles.pages(): sign-in, portal, administration of people, jobs on shared tables
    OWNER = "owner"  # the operator's worker and commands


class Arg(StrEnum):
    """What an argument may be. All of them are strings."""

    OWN_OFFICE = "own_office"  # schema name of the office whose role hands the job over
    ID = "id"  # a UUID; the task looks up what is behind it and whether it fits


class Growing(BaseRetryStrategy):
    """Tried again with growing intervals: 30 s, 2 and 10 minutes, half an hour, 2, 6 and 12 hours; then failed.

    `cron`, `longest`: of a scheduled task only as often as it surely has ended before the clock hands over the next
    one. Waiting past it, it would keep the next one away; and running past it, it could not wait (two of them may not)
    and its row would stay `doing`, with its lock, until the worker ends.
    """

    WAITS = tuple(timedelta(seconds=s) for s in (30, 120, 600, 1800, 7200, 21600, 43200))

    def __init__(self, *, cron: str = "", longest: timedelta = timedelta()) -> None:
        self.waits = self.WAITS
        if cron:
            ends = list(accumulate((wait + longest for wait in self.WAITS), initial=longest))[1:]
            self.waits = tuple(w for w, end in zip(self.WAITS, ends, strict=True) if end < shortest_round(cron))

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """None after the last interval."""
        if isinstance(exception, Final) or job.attempts >= len(self.waits):
            return None
        return RetryDecision(retry_at=datetime.now(UTC) + self.waits[job.attempts])


def shortest_round(cron: str) -> timedelta:
    """From one tick of the clock to the next. Rounds of our tasks are even, but for the lengths of months."""
    ticks = [croniter.croniter(cron, datetime(2026, 2, 1, tzinfo=UTC)).get_next(datetime)]
    ticks.append(croniter.croniter(cron, ticks[0]).get_next(datetime))
    return ticks[1] - ticks[0]


class Final(Exception):
    """What trying again cannot mend. The message says so without any personal data: it is in the log."""


class JobsFull(Exception):
    """Too many jobs of this task wait; no more are taken. Nothing of the running transaction can be saved any more,
    unless it was called in a savepoint of its own."""


@dataclass(frozen=True, slots=True)
class JobRule:
    """One declared task.

    `title`: German, for the operator's page. `repeat`: why running it twice, or again after `kill -9`, does no harm.
    `longest`: it hangs when it takes longer (`tenants.jobs.overdue`). Ten times a slow day, so that no good work ends.
    `callers` and `args` say who hands it over with what; a scheduled task has neither. `office`: table and column
    that say for which office a job counts, of the row its argument names; needed where many may wait. `late`: a run
    that fell out is made up within this time (`tenants.jobs.missed`); as long as it takes, where none is said.
    """

    name: str
    title: str
    repeat: str
    longest: timedelta
    queue: str = DEFAULT
    callers: frozenset[Caller] = frozenset()
    args: Mapping[str, Arg] = field(default_factory=dict)
    lock: str = ""
    queueing_lock: str = ""
    cron: str = ""
    office: tuple[str, str] | None = None
    late: timedelta | None = None

    def as_json(self) -> dict[str, Any]:
        """What the database has to know."""
        return {
            "queue": self.queue,
            "callers": sorted(self.callers),
            "args": dict(sorted(self.args.items())),
            "lock": self.lock or None,
            "queueing_lock": self.queueing_lock or None,
            "office": self.office and list(self.office),
        }


#: Every task of SoJuS by name, filled when the modules `tasks` are imported at start.
RULES: dict[str, JobRule] = {}


def job(
    *,
    name: str,
    title: str,
    repeat: str,
    longest: timedelta,
    queue: str = DEFAULT,
    callers: frozenset[Caller] | set[Caller] = frozenset(),
    args: Mapping[str, Arg] | None = None,
    lock: str = "",
    queueing_lock: str = "",
    cron: str = "",
    retry: bool = True,
    office: tuple[str, str] | None = None,
    late: timedelta | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a task. `lock` and `queueing_lock` may name arguments: `"publish:{schema}"`.

    With `cron` the worker of its queue hands it over on schedule, with `timestamp`, once at a time. Whoever gives a
    `queueing_lock` says `retry=False`, too: a failed one that waits for hours would keep newer ones away. Its next one
    does the work, or the operator has it done again.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def noted(*context: JobContext, **kwargs: Any) -> object:
            nr = context[0].job.id if context else None
            if context and not context[0].job.attempts and "timestamp" in kwargs:
                _note_late(context[0].job, datetime.now(UTC))
            try:
                with overdue.timed(nr, name, longest):
                    return function(**kwargs)
            except Exception as error:
                _note(nr, error)
                raise

        if queueing_lock and retry:
            raise ValueError(f"{name}: with a queueing lock of its own it is not tried again by itself")
        once = queueing_lock or (name if cron else "")
        rule = JobRule(
            name, title, repeat, longest, queue, frozenset(callers), dict(args or {}), lock, once, cron, office, late
        )
        if RULES.setdefault(name, rule) != rule:
            raise ValueError(f"two tasks are called {name}")
        task = app.task(
            queue=queue,
            name=name,
            retry=Growing(cron=cron, longest=longest) if retry else False,
            queueing_lock=once if cron else None,
            pass_context=True,
        )(noted)
        if cron:
            return app.periodic(cron=cron)(task)  # type: ignore[arg-type]  # a context and the timestamp by its name
        return task

    return register


def describe_late(rule: JobRule, due: datetime, *, at: datetime) -> str:
    """In German, that a scheduled run begins late; "" when it does not, or when the next one comes soon anyway."""
    if not rule.cron or at - due <= LATE or croniter.croniter(rule.cron, due).get_next(datetime) - due <= LATE:
        return ""
    local = due.astimezone(ZoneInfo(settings.TIME_ZONE))
    return f"{NACHGEHOLT}{rule.title}, fällig war {local:%d.%m.%Y, %H:%M} Uhr"


def _note_late(row: Job, now: datetime) -> None:
    """For the operator's page, before the work begins: once, also where somebody dies over it or has it done again."""
    due = datetime.fromtimestamp(int(str(row.task_kwargs["timestamp"])), UTC)
    words = describe_late(RULES[row.task_name], due, at=now)
    if not words or row.id is None:
        return
    try:
        with on_portal():
            if not Jobfehler.objects.filter(job_nr=row.id).exists():
                Jobfehler.objects.create(job_nr=row.id, meldung=words[:200])
    except DatabaseError:
        logger.exception("that job %s is late could not be noted", row.id)


def _note(job_nr: int | None, error: Exception) -> None:
    """Kind and place of an error for the operator's page; the text only of errors that promise to name nobody."""
    if job_nr is None:
        return
    words = str(error) if isinstance(error, Final | SomeOfficesFailed) else ""
    frame = next(f for f in reversed(traceback.extract_tb(error.__traceback__)) if "site-packages" not in f.filename)
    place = f"{Path(frame.filename).stem}.{frame.name}"
    try:
        _write_down(job_nr, words or f"{type(error).__name__} in {place}")
    except DatabaseError:
        logger.exception("the failure of job %s could not be noted", job_nr)


def _write_down(job_nr: int, meldung: str) -> None:
    with on_portal():
        Jobfehler.objects.create(job_nr=job_nr, meldung=meldung[:200])


def note_overdue(running: overdue.Running) -> None:
    """For the operator's page: why the worker ended over this job."""
    minutes = max(1, round(running.longest.total_seconds() / 60))
    _write_down(running.nr, f"lief länger als {minutes} min und wurde beendet")


def defer(name: str, **args: str) -> int | None:
    """Hand a job over in the running transaction; its number, or None when such a job waits already.

    Raises what PostgreSQL raises (permission denied) when this role may not hand over this task with these arguments,
    `JobsFull` when too many of them wait.
    """
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT public.sojus_defer_job(%s, %s::jsonb)", [name, json.dumps(args)])
        except DatabaseError as error:
            if sqlstate(error) == FULL:
                raise JobsFull(name) from error
            raise
        return cursor.fetchone()[0]
