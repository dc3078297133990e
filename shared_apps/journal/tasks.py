"""Jobs of the worker, and of the operator's worker (queue 'betrieb': the owner, who alone reads every entry)."""

from __future__ import annotations

import logging
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from shared_apps.journal.services import check_siegel, publish_siegel
from tenants.chain import seal
from tenants.context import on_portal

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="journal.seal", queueing_lock="journal.seal", pass_context=False)
def seal_journal(timestamp: int) -> int:
    """Every minute: seal what changed in the shared tables."""
    with on_portal():
        return seal(shared=True)


@app.periodic(cron="5 * * * *")
@app.task(name="journal.export", queueing_lock="journal.export", pass_context=False)
def export_siegel(timestamp: int) -> int:
    """Every hour: the checksums of all seals into SOJUS_SIEGEL_DATEI, when it is set."""
    if not settings.SIEGEL_DATEI:
        return 0
    with on_portal():
        return publish_siegel(Path(settings.SIEGEL_DATEI))


@app.periodic(cron="10 3 * * *")
@app.task(queue="betrieb", name="journal.verify", queueing_lock="journal.verify", pass_context=False)
def verify_all(timestamp: int) -> int:
    """Every night: check all chains. What is found stands on the operator's page and on the office's."""
    found = 0
    for report in check_siegel():
        if report.maengel:
            logger.error("the trail of %s has %d faults: run verify_audit", report.schema, len(report.maengel))
        found += len(report.maengel)
    return found
