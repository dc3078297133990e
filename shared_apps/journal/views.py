"""The operator: ask for access, look at technical data, read the journal of the shared tables."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.accounts.models import Fachkraft
from shared_apps.core.errors import SojusError
from shared_apps.core.labels import label_art, label_datenbankrolle, label_felder, label_objektart
from shared_apps.core.seite import crumbs, posted, show_error, status_of
from shared_apps.journal import selectors
from shared_apps.journal.forms import SupportForm, ZeileForm
from shared_apps.journal.policies import may_use_support, may_view_journal
from shared_apps.journal.services import end_support, get_support_uebersicht, get_support_zeile, request_support

_SUPPORT = ("Support", "/betrieb/support/")


@require_http_methods(["GET", "HEAD", "POST"])
@require(may_use_support)
def support(request: HttpRequest) -> HttpResponse:
    """All requests, and a new one."""
    form = SupportForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            request_support(
                akteur=request.akteur, tenant=data["jugendamt"], ticket=data["ticket"], grund=data["grund"],
                stunden=data["stunden"],
            )  # fmt: skip
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(request, "Der Antrag ist gestellt. Das Jugendamt entscheidet.")
            return redirect("journal:support")
    page = selectors.SUPPORT.page(request, selectors.list_supportzugriffe())
    context = {
        "form": form,
        "page": page,
        "user_id": request.akteur.user_id,
        "breadcrumb": crumbs(_SUPPORT),
    }
    return render(request, "journal/support.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@require(may_use_support)
def look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Technical data of the office, while the approval lasts. POST ends it."""
    zugriff = selectors.find_supportzugriff(pk=pk, user_id=request.akteur.user_id)
    if zugriff is None:
        raise Http404
    if request.method == "POST":
        try:
            end_support(akteur=request.akteur, zugriff=zugriff)
            messages.success(request, "Der Zugriff ist beendet.")
        except SojusError as error:
            messages.error(request, error.message)
        return redirect("journal:support")
    form = ZeileForm(request.GET or None)
    zeile = None
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        zeile = get_support_zeile(zugriff_id=pk, tabelle=data["tabelle"], schluessel=data["schluessel"])
    context = {
        "zugriff": zugriff,
        "staende": get_support_uebersicht(zugriff_id=pk),
        "form": form,
        "gesucht": form.is_bound and form.is_valid(),
        "zeile": sorted(zeile.items()) if zeile else [],
        "breadcrumb": crumbs(_SUPPORT, zugriff.ticket),
    }
    return render(request, "journal/look.html", context)


@require(may_view_journal)
@require_safe
def journal_list(request: HttpRequest) -> HttpResponse:
    """Changes of shared tables, newest first: who, which table, which columns."""
    page = selectors.JOURNAL.page(request, selectors.list_eintraege())
    rows = list(page.object_list)
    names = {f.pk: str(f) for f in Fachkraft.objects.filter(pk__in={r.user_id for r in rows if r.user_id})}
    context = {
        "page": page,
        "zeilen": [
            {
                "wann": row.created_at,
                "wer": names.get(row.user_id, "") or label_datenbankrolle(row.datenbankrolle),
                "was": label_objektart(row.tabelle),
                "art": label_art(row.art),
                "zeile": f"…{row.zeile[-6:]}" if len(row.zeile) > 12 else row.zeile,
                "felder": label_felder(row.tabelle, row.felder),
            }
            for row in rows
        ],
        "breadcrumb": crumbs("Journal"),
    }
    return render(request, "journal/list.html", context)
