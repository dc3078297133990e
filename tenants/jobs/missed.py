"""Scheduled work whose time came while no worker was up: made up once by the next worker, and told.

The clock of procrastinate hands over what is at most ten minutes late and lets go of the rest; work of the first of a
month then waited for the first of the next. The database keeps of each task the last time for which it was handed
over, and in one statement with the job itself: whoever is killed here has done it or not, and two do it once.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import croniter  # the one procrastinate reads its clock with
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.periodic import PeriodicTask

from tenants.jobs import RULES
from tenants.jobs.times import LATE

logger = logging.getLogger(__name__)

_LAST = "SELECT max(defer_timestamp) AS last FROM procrastinate_periodic_defers WHERE task_name = %(name)s"
# A time that needs no run: nothing is missed before the first start, and what waits already is one run for both.
_REMEMBER = """
INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
VALUES (%(name)s, %(periodic)s, %(due)s) ON CONFLICT DO NOTHING
"""


async def make_up(app: App, *, at: datetime) -> int:
    """Hand over each scheduled task of this worker whose last time passed with nobody there; how many. Repeatable."""
    made = 0
    for periodic in app.periodic_registry.periodic_tasks.values():
        due = _last_time(periodic.cron, at)
        allowed = RULES[periodic.task.name].late
        if at - due <= LATE or (allowed and at - due > allowed):
            continue
        made += await _hand_over(app, periodic, int(due.timestamp()))
    return made


async def _hand_over(app: App, periodic: PeriodicTask, due: int) -> bool:
    name = periodic.task.name
    last = (await app.connector.execute_query_one_async(query=_LAST, name=name))["last"]
    if last is not None and last >= due:
        return False
    if last is not None:
        job = periodic.task.configure(task_kwargs={"timestamp": due}).job
        try:
            if not await app.job_manager.defer_periodic_job(
                job=job, periodic_id=periodic.periodic_id, defer_timestamp=due
            ):
                return False  # another worker was faster
        except AlreadyEnqueued:
            pass
        else:
            logger.error("%s was due at %s with no worker there: made up now", name, datetime.fromtimestamp(due, UTC))
            return True
    await app.connector.execute_query_async(query=_REMEMBER, name=name, periodic=periodic.periodic_id, due=due)
    return False


def _last_time(cron: str, at: datetime) -> datetime:
    return croniter.croniter(cron, at).get_prev(datetime)
