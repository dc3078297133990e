"""Jobs: a released list is read in, one that is to go is taken back, old lines are forgotten."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from shared_apps.einlesen.services import ausfuehren, stehende, zuruecknehmen
from shared_apps.einlesen.services.vorbereiten import JOB
from tenants.jobs import Arg, Caller, job


@job(
    name=JOB,
    title="Liste einlesen oder zurücknehmen",
    repeat="Each part of a list is written and marked as done in one transaction, a part that is done is skipped; a"
    " list is taken back in one transaction. What is not released, or not to be taken back, is left alone.",
    longest=timedelta(minutes=30),
    callers={Caller.PORTAL},
    args={"einlesung_id": Arg.ID, "reihe": Arg.ID},
    lock="einlesen:{reihe}",
    office=("einlesen_einlesung", "tenant_id"),
)
def run(*, einlesung_id: str, reihe: str) -> int:
    """One list of an office at a time: its next one counts on what this one brings. Offices do not wait for each other;
    where two name the same new provider, the second one finds it."""
    del reihe  # the office, as it names the lock
    done = ausfuehren.run_einlesung(einlesung_id=UUID(einlesung_id))
    return done or zuruecknehmen.run_ruecknahme(einlesung_id=UUID(einlesung_id))


@job(
    name="einlesen.notify",
    title="Stehen gebliebene Listen melden",
    repeat="Notes on each list, in the transaction of its mail, that it was told; a second run finds nothing.",
    longest=timedelta(minutes=30),
    cron="*/10 * * * *",
)
def notify(timestamp: int) -> int:
    """Every ten minutes."""
    return stehende.notify_stehende()


@job(
    name="einlesen.purge",
    title="Alte Listen vergessen",
    repeat="Deletes lines that are over their time; a second run finds nothing.",
    longest=timedelta(minutes=30),
    cron="35 3 * * *",
)
def purge(timestamp: int) -> int:
    """Every night."""
    return zuruecknehmen.purge_einlesungen()
