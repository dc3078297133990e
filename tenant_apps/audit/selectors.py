"""Approvals as they stand."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from tenant_apps.audit.enums import FreigabeZustand
from tenant_apps.audit.models import Freigabe


def find_valid_freigabe(*, user_id: UUID, vorgang: str, objekt_id: UUID | None = None) -> Freigabe | None:
    """The approval this person may use now, or None. With `objekt_id`: one for exactly this object, or for all."""
    found = Freigabe.objects.filter(
        vorgang=vorgang, beantragt_von=user_id, zustand=FreigabeZustand.BEWILLIGT, gueltig_bis__gt=timezone.now()
    )
    if objekt_id is not None:
        found = found.filter(objekt_id=objekt_id) | found.filter(objekt_id=None)
    return found.order_by("-gueltig_bis").first()


def list_freigaben(*, vorgang: str | None = None) -> QuerySet[Freigabe]:
    """All approvals ever asked for, newest first; they stay for ever."""
    rows = Freigabe.objects.all()
    return rows.filter(vorgang=vorgang) if vorgang else rows
