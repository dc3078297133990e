"""Reading the trail in a test. A tenant's role sees own entries only, so a test needs an approval."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from tenant_apps.audit.enums import FreigabeVorgang
from tenant_apps.audit.models import Freigabe
from tenant_apps.audit.states import FreigabeZustand
from tenants.context import in_tenant
from tenants.models import Tenant

READER = UUID("00000000-0000-7000-8000-00000000a0d1")
SECOND = UUID("00000000-0000-7000-8000-00000000a0d2")


def approve_reading(tenant: Tenant, reader: UUID = READER, **fields: object) -> Freigabe:
    """READER may read the whole trail for an hour; SECOND approved it. Without services, so without entries."""
    with in_tenant(tenant, user_id=reader):
        freigabe = Freigabe.objects.create(
            vorgang=FreigabeVorgang.PROTOKOLL_LESEN, grund="Test", beantragt_von=reader, **fields
        )
    with in_tenant(tenant, user_id=SECOND):
        now = timezone.now()
        Freigabe.objects.filter(pk=freigabe.pk).update(
            zustand=FreigabeZustand.BEWILLIGT,
            entschieden_von=SECOND,
            entschieden_at=now,
            gueltig_bis=now + timedelta(hours=1),
        )
    return freigabe


@contextmanager
def reading(tenant: Tenant) -> Iterator[None]:
    """`with reading(vg): Protokoll.objects.filter(…)`: everything is visible."""
    approve_reading(tenant)
    with in_tenant(tenant, user_id=READER):
        yield
