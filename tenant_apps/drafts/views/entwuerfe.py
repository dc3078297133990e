"""Saving while typing, the list of drafts, discarding one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from shared_apps.accounts.addresses import local_path
from shared_apps.accounts.guards import anyone, require
from shared_apps.core.seite import crumbs
from tenant_apps.drafts.keeping import FLAG, describe_formular, fence, filled_in, may_be_kept, without_parameter
from tenant_apps.drafts.selectors import list_entwuerfe
from tenant_apps.drafts.services import clear_entwurf, create_entwurf
from tenants.door.middleware import runs_without_fence


@runs_without_fence
@require(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def entwuerfe(request: HttpRequest) -> HttpResponse:
    """GET: what I typed and did not send. POST: keep what I am typing (fields, `_pfad`, `_seite`)."""
    if request.method == "POST":
        return _save(request)
    with fence(request, request.akteur):
        own = list(list_entwuerfe(user_id=request.akteur.user_id))
    context = {
        "entwuerfe": [(entwurf, filled_in(entwurf), describe_formular(request, entwurf)) for entwurf in own],
        "breadcrumb": crumbs("Entwürfe"),
    }
    return render(request, "drafts/list.html", context)


def _save(request: HttpRequest) -> HttpResponse:
    pfad = local_path(request.POST.get("_pfad", "")).partition("?")[0]
    seite = without_parameter(local_path(request.POST.get("_seite", "")))
    if not may_be_kept(request, pfad) or not may_be_kept(request, seite.partition("?")[0]):
        return JsonResponse({"gesichert": False}, status=422)
    with fence(request, request.akteur):
        entwurf = create_entwurf(
            user_id=request.akteur.user_id, pfad=pfad, seite=seite, felder=dict(request.POST.lists())
        )
    if entwurf:
        request.session[FLAG] = True
    return JsonResponse({"gesichert": bool(entwurf)})


@runs_without_fence
@require(anyone)
@require_POST
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Wipe one of my drafts and go back to its page."""
    with fence(request, request.akteur):
        entwurf = list_entwuerfe(user_id=request.akteur.user_id).filter(pk=pk).first()
        if entwurf is None:
            raise Http404
        clear_entwurf(user_id=request.akteur.user_id, entwurf_id=pk)
    messages.success(request, "Der Entwurf ist verworfen.")
    return redirect(entwurf.seite)
