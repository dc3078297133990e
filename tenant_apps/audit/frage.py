"""The page that asks before something happens, about somebody's row: whoever sees it is in the trail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse

from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import is_just_opened
from tenant_apps.audit.enums import Vorgangsart
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import Vorhaben, record_access
from tenants.tables.base import TenantModel

ZURUECK = "Gehen Sie bitte zurück: Dort steht, was jetzt möglich ist."


def ask_about(
    objekt: TenantModel,
    vorgang: Vorgangsart,
    request: HttpRequest,
    frage: Frage,
    *,
    vorhaben: Vorhaben[Any, Any] | None = None,
    vorab: str = "",
    **what: Any,
) -> HttpResponse:
    """`ask` of core; each time the page is shown, the access to `objekt` is recorded under `vorgang`.

    vorhaben: the step it asks about. Where the state of `objekt` does not allow it, the page says so when it is just
    opened and offers nothing. What was sent all the same the service refuses, and it comes back with everything typed.
    vorab: the same, for another reason than the state: said when the page is just opened, empty where there is none.
    """

    def record() -> None:
        record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=vorgang, objekt=objekt)

    if is_just_opened(request):
        grund = vorhaben.describe_refusal(objekt, request.akteur) if vorhaben is not None else ""
        if text := f"{grund} {ZURUECK}" if grund else vorab:
            frage = replace(frage, unmoeglich=text)
    return ask(request, frage, shown=record, **what)
