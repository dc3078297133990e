"""Exceptions as rows, without the service that grants them (call inside in_tenant)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.models import Permission

from shared_apps.core.clock import now, today
from tenant_apps.cases.models import RECHTE, Fallfreigabe, FreigabeArt, Hilfefall, HilfefallUserObjectPermission


def release(
    fall: Hilfefall,
    art: FreigabeArt,
    *user_ids: UUID,
    gueltig_ab: date | None = None,
    gueltig_bis: date | None = None,
    beendet: bool = False,
    recht: str | None = None,
) -> None:
    """This case to these people: the documented period, and guardian's right (another one, or none: `recht`)."""
    bis = gueltig_bis or (today() + timedelta(days=9) if art in {FreigabeArt.EINSICHT, FreigabeArt.PRUEFUNG} else None)
    Fallfreigabe.objects.bulk_create(
        Fallfreigabe(
            hilfefall=fall, user_id=user_id, art=art, gueltig_ab=gueltig_ab or today(), gueltig_bis=bis,
            grund="Grund genug", erteilt_von_id=user_id, beendet_at=now() if beendet else None,
        )
        for user_id in user_ids
    )  # fmt: skip
    codename = RECHTE[art] if recht is None else recht
    if codename:
        permission = Permission.objects.get(codename=codename, content_type__app_label="cases")
        HilfefallUserObjectPermission.objects.bulk_create(
            HilfefallUserObjectPermission(user_id=user_id, permission=permission, content_object=fall)
            for user_id in user_ids
        )
