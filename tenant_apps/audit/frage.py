"""The page that asks before something happens, about somebody's row: whoever sees it is in the trail."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from shared_apps.core.frage import Frage, ask
from tenant_apps.audit.enums import Vorgangsart
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenants.tables.base import TenantModel


def ask_about(
    objekt: TenantModel, vorgang: Vorgangsart, request: HttpRequest, frage: Frage, **what: Any
) -> HttpResponse:
    """`ask` of core; each time the page is shown, the access to `objekt` is recorded under `vorgang`."""

    def record() -> None:
        record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=vorgang, objekt=objekt)

    return ask(request, frage, shown=record, **what)
