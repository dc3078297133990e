"""Jobs of the worker."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tenants.chain import seal
from tenants.context import on_portal


@app.periodic(cron="* * * * *")
@app.task(name="journal.seal", queueing_lock="journal.seal", pass_context=False)
def seal_journal(timestamp: int) -> int:
    """Every minute: seal what changed in the shared tables."""
    with on_portal():
        return seal(shared=True)
