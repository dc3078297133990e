"""Jobs of the worker."""

from __future__ import annotations

from datetime import timedelta

from tenant_apps.placements.search.selectors.kette import check_unbroken
from tenant_apps.placements.services.auftrag import check_suchauftraege
from tenant_apps.placements.services.fristen import expire_reservierungen
from tenants.door.offices import run_in_offices
from tenants.jobs import job


@job(
    name="placements.expire_reservierungen",
    title="Abgelaufene Reservierungen beenden",
    repeat="Ends what is still reserved and over its date, row by row under a lock; a second run finds nothing.",
    longest=timedelta(minutes=15),
    cron="* * * * *",
    retry=False,
)
def expire_all(timestamp: int) -> int:
    """Every minute, one transaction per office; trouble in one office does not stop the others."""
    return run_in_offices(expire_reservierungen)


@job(
    name="placements.check_suchauftraege",
    title="Suchaufträge: nachsehen, was frei geworden ist",
    repeat="Compares what is free now with what is known; done again it finds the same, and nobody is told twice.",
    longest=timedelta(minutes=15),
    cron="*/5 * * * *",
    retry=False,
)
def check_all(timestamp: int) -> int:
    """Every five minutes, one transaction per office; trouble in one office does not stop the others."""
    return run_in_offices(check_suchauftraege)


@job(
    name="placements.verify_vermerke",
    title="Kette der Auswahlvermerke prüfen",
    repeat="Reads only.",
    longest=timedelta(hours=2),
    cron="15 3 * * *",
    retry=False,
)
def verify_all(timestamp: int) -> int:
    """Every night: fails, and so tells the operator which office, when a chain does not hold; the log says where."""
    return run_in_offices(check_unbroken)
