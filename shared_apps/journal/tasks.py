"""Jobs of the worker, and of the operator's worker (queue 'betrieb': the owner, who alone reads every entry)."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from shared_apps.journal.services import check_siegel, publish_anker, publish_siegel
from tenants.context import on_portal
from tenants.jobs import BETRIEB, job
from tenants.trail.chain import seal

logger = logging.getLogger(__name__)


@job(
    name="journal.seal",
    title="Journal des Portals versiegeln",
    repeat="Only entries without a seal are sealed, in one transaction under a lock.",
    longest=timedelta(minutes=10),
    cron="* * * * *",
    retry=False,
)
def seal_journal(timestamp: int) -> int:
    """Every minute: seal what changed in the shared tables."""
    with on_portal():
        return seal(shared=True)


@job(
    name="journal.export",
    title="Prüfsummen aller Siegel ausgeben",
    repeat="Writes the whole file beside the old one and puts it in place by renaming.",
    longest=timedelta(minutes=30),
    cron="5 * * * *",
    retry=False,
)
def export_siegel(timestamp: int) -> int:
    """Every hour: the checksums of all seals into SOJUS_SIEGEL_DATEI, when it is set."""
    if not settings.SIEGEL_DATEI:
        return 0
    with on_portal():
        return publish_siegel(Path(settings.SIEGEL_DATEI))


@job(
    name="journal.anchor",
    title="Siegelköpfe nach außen geben",
    repeat="A head that arrives twice does no harm: file, mail and bucket hold it once more.",
    longest=timedelta(minutes=30),
    cron="50 2 * * *",
)
def anchor_heads(timestamp: int) -> int:
    """Every night, before the check: the head of every chain to where whoever holds the database cannot reach it."""
    return publish_anker()


@job(
    name="journal.verify",
    title="Alle Siegel prüfen",
    repeat="Reads, and writes one more report; the newest counts.",
    longest=timedelta(hours=4),
    queue=BETRIEB,
    cron="10 3 * * *",
)
def verify_all(timestamp: int) -> int:
    """Every night: check all chains. What is found is shown on the operator's page and on the office's."""
    found = 0
    for report in check_siegel():
        if report.maengel:
            logger.error("the trail of %s has %d faults: run verify_audit", report.schema, len(report.maengel))
        found += len(report.maengel)
    return found
