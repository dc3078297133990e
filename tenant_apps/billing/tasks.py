"""Jobs of the worker."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from tenant_apps.billing.services.kontowechsel import JOB, notify_zahlende
from tenants.jobs import Arg, Caller, job


@job(
    name=JOB,
    title="Wer einen Anbieter bezahlt, erfährt von seinem neuen Konto",
    repeat="Whoever has been written to about this account is not written to again.",
    longest=timedelta(minutes=15),
    callers={Caller.PORTAL},
    args={"vorschlag_id": Arg.ID},
    lock="billing.tell_zahlende:{vorschlag_id}",
)
def tell_zahlende(*, vorschlag_id: str) -> int:
    """One account that was confirmed."""
    return notify_zahlende(vorschlag_id=UUID(vorschlag_id))
