"""Documents and pictures of the register. Each file goes through a view that authorises."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import require
from shared_apps.providers import policies
from shared_apps.providers.models import DOKUMENTE

_BILDER = {"webp": "image/webp", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


#: What people handed in runs nothing, loads nothing and has no origin, should a browser take it for a page after all.
_EINGESPERRT = "default-src 'none'; sandbox"


def _open(datei: Any, **kwargs: Any) -> FileResponse:
    if not datei:
        raise Http404
    try:
        response = FileResponse(datei.open("rb"), **kwargs)
    except FileNotFoundError as error:
        raise Http404 from error
    response["Content-Security-Policy"] = _EINGESPERRT
    return response


@require(policies.may_read_register)
@require_safe
def document(request: HttpRequest, kind: str, pk: UUID) -> FileResponse | HttpResponse:
    """A PDF of a facility, to be saved: shown inside the browser it would be a page of ours (ADR 0062)."""
    model = DOKUMENTE.get(kind)
    if model is None:
        raise Http404
    dokument = get_object_or_404(policies.visible_dokumente(request.akteur, model).select_related("einrichtung"), pk=pk)
    if not policies.may_read_dokument(request.akteur, dokument):
        raise Http404
    return _open(
        dokument.datei,
        as_attachment=True,
        filename=f"{kind}-{dokument.datum:%Y-%m-%d}.pdf",
        content_type="application/pdf",
    )


@require(policies.may_read_register)
@require_safe
def photo(request: HttpRequest, pk: UUID) -> FileResponse | HttpResponse:
    """A picture of rooms or grounds, `?klein=1` for lists. No person is on it: a browser may keep it an hour."""
    foto = get_object_or_404(policies.visible_fotos(request.akteur), pk=pk)
    datei = foto.vorschau if "klein" in request.GET and foto.vorschau else foto.datei
    content_type = _BILDER.get((datei.name or "").rpartition(".")[2].lower())
    if content_type is None:
        raise Http404
    response = _open(datei, content_type=content_type)
    response["Cache-Control"] = "private, max-age=3600"
    return response
