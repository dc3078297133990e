"""What changed at one's own provider: roles, keys, register data. At the portal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.filter_query import warn_ignored
from shared_apps.members import policies
from shared_apps.members.forms import JournalFilter
from shared_apps.members.selectors import journal as selectors
from shared_apps.members.views.common import breadcrumb, tabs


@require(policies.may_view_own_journal)
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """Newest first, filtered by kind and day."""
    form = JournalFilter(request.GET)
    ids = request.akteur.verwaltet_ids
    warn_ignored(request, form, zeigt_fehler=True)
    page = selectors.JOURNAL.page(request, selectors.list_own_journal(ids, **form.values()))
    context = {
        "form": form,
        "page": page,
        "zeilen": selectors.as_journalzeilen(page.object_list, ids),
        "tabs": tabs(request, "journal"),
        "breadcrumb": breadcrumb("Journal"),
    }
    return render(request, "members/journal.html", context)
