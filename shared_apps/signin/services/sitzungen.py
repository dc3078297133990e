"""The list of a person's sessions: begun, seen, ended from elsewhere."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from shared_apps.accounts.models import Handover, Sitzung, User
from shared_apps.core.clock import real_now
from tenants.models import Tenant

#: Rows of ended sessions are kept no longer.
AUFBEWAHRUNG = timedelta(days=30)


def create_sitzung(*, user: User, tenant: Tenant | None, geraet: str) -> Sitzung:
    """Write down that the person signed in at this host, and forget what is long over."""
    now = real_now()
    Sitzung.objects.filter(user=user, zuletzt_at__lt=now - AUFBEWAHRUNG).delete()
    return Sitzung.objects.create(user=user, tenant=tenant, geraet=geraet[:60], zuletzt_at=now)


def mark_sitzung_seen(*, sitzung_id: UUID | str) -> None:
    """The person is still there."""
    Sitzung.objects.filter(pk=sitzung_id, beendet_at__isnull=True).update(zuletzt_at=real_now())


def end_sitzung(*, user: User, sitzung_id: UUID | str) -> bool:
    """End one of the person's own sessions; it counts for nothing from the next request on. Whether there was one."""
    own = Sitzung.objects.filter(pk=sitzung_id, user=user, beendet_at__isnull=True)
    return bool(own.update(beendet_at=real_now()))


def end_sitzungen(*, user: User, ausser: UUID | str | None = None) -> int:
    """End all sessions of a person at all hosts, but the one given, and what would begin one. How many ended."""
    Handover.objects.filter(user=user, used_at__isnull=True).delete()
    own = Sitzung.objects.filter(user=user, beendet_at__isnull=True)
    if ausser:
        own = own.exclude(pk=ausser)
    return own.update(beendet_at=real_now())
