"""Jobs whose worker died over them: found by its silence, taken up again, or given up after too many deaths."""

from __future__ import annotations

import logging

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job

from tenants.jobs import STALLS_MAX
from tenants.jobs.times import KEPT

logger = logging.getLogger(__name__)

# Only while it is still the dead worker's: two workers may sweep at once, and a third may have started it again.
_TAKE_UP = """
UPDATE procrastinate_jobs SET status = 'todo', attempts = attempts + 1, scheduled_at = NULL, worker_id = NULL
 WHERE id = %(id)s AND status = 'doing' AND worker_id IS NOT DISTINCT FROM %(worker)s AND attempts < %(most)s
   AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs w
                    WHERE w.status = 'todo' AND w.queueing_lock = procrastinate_jobs.queueing_lock)
RETURNING id
"""
_PUT_ASIDE = """
UPDATE procrastinate_jobs SET status = 'failed', worker_id = NULL
 WHERE id = %(id)s AND status = 'doing' AND worker_id IS NOT DISTINCT FROM %(worker)s AND attempts >= %(most)s
RETURNING id
"""
# The same work waits already, handed over after this one: once is enough. It inherits the deaths: scheduled work
# that kills its worker each time would never be given up otherwise.
_DROP = """
WITH dead AS (
    DELETE FROM procrastinate_jobs WHERE id = %(id)s AND status = 'doing' AND worker_id IS NOT DISTINCT FROM %(worker)s
       AND EXISTS (SELECT 1 FROM procrastinate_jobs w
                    WHERE w.status = 'todo' AND w.queueing_lock = procrastinate_jobs.queueing_lock)
    RETURNING id, attempts, queueing_lock)
UPDATE procrastinate_jobs w SET attempts = greatest(w.attempts, dead.attempts + 1)
  FROM dead WHERE w.status = 'todo' AND w.queueing_lock = dead.queueing_lock
RETURNING dead.id
"""
# A scheduled job comes again anyway: of those that failed only the newest is kept to be looked at.
_ONLY_NEWEST = """
DELETE FROM procrastinate_jobs old USING procrastinate_jobs new
 WHERE old.status = 'failed' AND new.status = 'failed' AND old.queueing_lock = new.queueing_lock
   AND old.task_name = new.task_name AND old.id < new.id
RETURNING old.id
"""


async def sweep(app: App, *, silent_seconds: float) -> int:
    """Take up again what dead workers left; returns how many jobs. Repeatable, and safe beside other sweepers."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds)
    taken = 0
    for job in stalled:
        taken += await _take_up(app, job)
    await app.job_manager.prune_stalled_workers(seconds_since_heartbeat=silent_seconds * 10)
    return taken


async def forget(app: App) -> None:
    """Delete what nobody looks at any more. Joins the failed jobs with themselves: hourly, not with each sweep."""
    await app.connector.execute_query_all_async(query=_ONLY_NEWEST)
    await app.job_manager.delete_old_jobs(
        nb_hours=int(KEPT.total_seconds() // 3600), include_failed=True, include_cancelled=True, include_aborted=True
    )


async def _take_up(app: App, job: Job) -> bool:
    values = {"id": job.id, "worker": job.worker_id, "most": STALLS_MAX}
    for statement, what in ((_TAKE_UP, "taken up again"), (_PUT_ASIDE, "put aside as failed"), (_DROP, "dropped")):
        try:
            found = await app.connector.execute_query_all_async(query=statement, **values)
        except ConnectorException:  # the same work was handed over this very moment: the next sweep drops this one
            continue
        if found:
            logger.error("job %s (%s): its worker died, %s", job.id, job.task_name, what)
            return what == "taken up again"
    return False
