"""What the two kinds of approval share on their screens: who asked, who decided, and deciding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from shared_apps.accounts.models import Fachkraft
from shared_apps.core.errors import Konflikt, SojusError
from shared_apps.core.seite import show_error
from shared_apps.journal.models import Supportzugriff
from tenant_apps.audit.models import Freigabe

WAEHLEN = "Bitte wählen Sie, wie Sie entscheiden."
#: What a button does with the remark, and what is said when it is done.
Schritt = tuple[Callable[[str], object], str]


def with_names(rows: list[Freigabe] | list[Supportzugriff], key: str) -> list[dict[str, Any]]:
    """Each row under `key`, with the names of who asked and who decided."""
    ids = {r.beantragt_von for r in rows} | {r.entschieden_von for r in rows if r.entschieden_von}
    names: dict[UUID | None, str] = {f.pk: str(f) for f in Fachkraft.objects.filter(pk__in=ids)}
    return [{key: r, "von": names.get(r.beantragt_von, ""), "durch": names.get(r.entschieden_von, "")} for r in rows]


def decide_by_button(
    request: HttpRequest, form: forms.Form, schritte: Mapping[str, Schritt], *, back: str
) -> HttpResponse | None:
    """Do what the pressed button says; None when the form has to be shown (again)."""
    if request.method != "POST" or not form.is_valid():
        return None
    schritt = schritte.get(request.POST.get("entscheidung", ""))
    if schritt is None:
        messages.error(request, WAEHLEN)
        return redirect(back)
    act, done = schritt
    try:
        act(form.cleaned_data["bemerkung"])
    except Konflikt as error:
        messages.error(request, error.message)
    except SojusError as error:
        show_error(error, form)
        return None
    else:
        messages.success(request, done)
    return redirect(back)
