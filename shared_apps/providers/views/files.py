"""Documents and pictures of the register. Each file goes through a view that authorises."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.uploads.antwort import build_bild, build_pdf
from shared_apps.providers import policies
from shared_apps.providers.models import DOKUMENTE


@require(policies.may_read_register)
@require_safe
def document(request: HttpRequest, kind: str, pk: UUID) -> FileResponse | HttpResponse:
    """A PDF of a facility."""
    model = DOKUMENTE.get(kind)
    if model is None:
        raise Http404
    dokument = get_object_or_404(policies.visible_dokumente(request.akteur, model).select_related("einrichtung"), pk=pk)
    if not policies.may_read_dokument(request.akteur, dokument):
        raise Http404
    return build_pdf(dokument.datei, name=dokument.dateiname)


@require(policies.may_read_register)
@require_safe
def photo(request: HttpRequest, pk: UUID) -> FileResponse | HttpResponse:
    """A picture, `?klein=1` for lists."""
    foto = get_object_or_404(policies.visible_fotos(request.akteur), pk=pk)
    return build_bild(foto.in_groesse(klein="klein" in request.GET))
