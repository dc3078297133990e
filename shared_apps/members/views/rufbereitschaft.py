"""Appoint somebody who works elsewhere to be on call at night for this office."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.errors import SojusError
from shared_apps.core.seite import posted, show_error, status_of
from shared_apps.members import policies
from shared_apps.members.forms import RufbereitschaftForm
from shared_apps.members.selectors.rufbereitschaft import get_konto
from shared_apps.members.views.common import breadcrumb, give
from tenants.door.middleware import runs_on_shared_tables


@runs_on_shared_tables
@require(policies.may_propose)
@require_http_methods(["GET", "HEAD", "POST"])
def berufen(request: HttpRequest) -> HttpResponse:
    """Propose the role for an account of another office or body; a second person decides."""
    form = RufbereitschaftForm(posted(request), akteur=request.akteur)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            person = get_konto(benutzername=data["benutzername"], email=data["email"])
            text = give(request, form.as_wunsch(person), data["begruendung"])
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(request, text)
            return redirect("members:detail", pk=person.pk)
    context = {
        "form": form,
        "may_invite": policies.may_administer(request.akteur),
        "breadcrumb": breadcrumb("Rufbereitschaft berufen"),
    }
    return render(request, "members/rufbereitschaft.html", context, status=status_of(form))
