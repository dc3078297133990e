"""The one way into the trail."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from tenant_apps.audit.models import Aktion, Protokoll
from tenants.base import TenantModel


def record_access(
    *,
    akteur: Akteur | None,
    aktion: Aktion,
    vorgang: str,
    objekt: TenantModel | None = None,
    objekt_art: str = "",
    objekt_id: UUID | None = None,
    felder: Iterable[str] = (),
    grund: str = "",
) -> Protokoll:
    """Write one entry in the caller's transaction: no log, no data.

    `akteur` None stands for the system (expiry of reservations and the like).
    """
    return Protokoll.objects.create(
        user_id=akteur.user_id if akteur else None,
        rolle=akteur.rolle_text if akteur else "SYSTEM",
        aktion=aktion,
        vorgang=vorgang,
        objekt_art=objekt_art or (objekt._meta.label_lower if objekt else ""),
        objekt_id=objekt_id or (objekt.pk if objekt else None),
        felder=list(felder),
        grund=grund,
        request_id=akteur.request_id if akteur else "",
    )
