"""The one way into the trail."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest

from shared_apps.accounts.akteur import Akteur
from tenant_apps.audit.enums import Seitenaufruf, Vorgangsart
from tenant_apps.audit.models import Aktion, Protokoll
from tenants.tables.base import TenantModel
from tenants.tables.people import find_person, person_model
from tenants.tables.reads import note_entry


def record_access(
    *,
    akteur: Akteur | None,
    aktion: Aktion,
    vorgang: Vorgangsart | Seitenaufruf,
    objekt: TenantModel | None = None,
    objekt_art: str = "",
    objekt_id: UUID | None = None,
    felder: Iterable[str] = (),
    grund: str = "",
    personen: Iterable[UUID] = (),
    zeilen: Iterable[TenantModel] | None = None,
) -> Protokoll:
    """Write one entry in the caller's transaction: no log, no data.

    `akteur` None stands for the system (expiry of reservations and the like). A list is one entry: `zeilen`
    are the rows as shown; their number, ids and persons are kept.
    """
    betroffen = {p for p in personen if p}
    if (person := find_person(objekt)) is not None:
        betroffen.add(person)
    zeilen = None if zeilen is None else list(zeilen)
    for zeile in zeilen or ():
        if (person := find_person(zeile)) is not None:
            betroffen.add(person)
    if objekt_id and objekt_art == person_model()._meta.label_lower:
        betroffen.add(objekt_id)
    entry = Protokoll.objects.create(
        user_id=akteur.user_id if akteur else None,
        rolle=akteur.rolle_text if akteur else "SYSTEM",
        vertretung_fuer=sorted(akteur.vertritt) if akteur else [],
        aktion=aktion,
        vorgang=vorgang,
        objekt_art=objekt_art or (objekt._meta.label_lower if objekt else ""),
        objekt_id=objekt_id or (objekt.pk if objekt else None),
        personen=sorted(betroffen),
        objekte=[zeile.pk for zeile in zeilen or ()],
        anzahl=None if zeilen is None else len(zeilen),
        felder=list(felder),
        grund=grund,
        request_id=akteur.request_id if akteur else "",
    )
    note_entry(betroffen)
    return entry


def record_rest(request: HttpRequest, personen: list[UUID]) -> None:
    """People whose rows a view loaded and did not name in its own entry (called by tenants.door.middleware)."""
    record_access(
        akteur=request.akteur,
        aktion=Aktion.LESEN,
        vorgang=Seitenaufruf((request.resolver_match.view_name or request.resolver_match.route)[:60]),
        objekt_art=person_model()._meta.label_lower,
        personen=personen,
    )
