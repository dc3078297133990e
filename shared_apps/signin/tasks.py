"""Jobs of the worker: what strangers and people leave behind at the door goes again."""

from __future__ import annotations

from datetime import timedelta

from shared_apps.signin.services.throttle import clear_old_attempts
from shared_apps.signin.session_store import clear_over
from tenants.context import at_sign_in
from tenants.jobs import job


@job(
    name="signin.clear_sessions",
    title="Abgelaufene Sitzungen löschen",
    repeat="Deletes what is over its time; a second run finds nothing.",
    longest=timedelta(minutes=30),
    cron="37 * * * *",
    retry=False,
)
def clear_sessions(timestamp: int) -> int:
    """Every hour: sessions that open nothing and tell nothing any more, and counts of the throttle that are over."""
    with at_sign_in():
        cleared = clear_over()
    while True:
        with at_sign_in():
            done = clear_old_attempts()
        if not done:
            return cleared
        cleared += done
