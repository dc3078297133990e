"""What the case screens share: crumbs, and the page that asks a question and keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from shared_apps.core.errors import SojusError
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Hilfefall
from tenants.base import TenantModel


def crumbs(*more: str, fall: Hilfefall | None = None) -> list[dict[str, Any]]:
    """Start, list, the case, further words; the last one without a link."""
    items: list[dict[str, Any]] = [
        {"label": "Start", "url": "/"},
        {"label": "Hilfefälle", "url": reverse("cases:list")},
    ]
    if fall is not None:
        items.append({"label": f"Fall {fall.fallnummer}", "url": reverse("cases:detail", args=[fall.pk])})
    items += [{"label": text} for text in more]
    items[-1] = {"label": items[-1]["label"]}
    return items


def ask(
    request: HttpRequest,
    *,
    form: forms.Form,
    page: dict[str, Any],
    work: Callable[[dict[str, Any]], str],
    done: str | Callable[[dict[str, Any]], str],
    cancel_url: str,
    breadcrumb: list[dict[str, Any]],
    objekt: TenantModel | None = None,
) -> HttpResponse:
    """GET: the form. POST: `work` returns where to go; a broken rule is shown beside its field, the text stays."""
    if request.method == "POST" and form.is_valid():
        try:
            ziel = work(form.cleaned_data)
        except SojusError as fehler:
            form.add_error(fehler.feld if fehler.feld in form.fields else None, fehler.message)
        else:
            messages.success(request, done if isinstance(done, str) else done(form.cleaned_data))
            return redirect(ziel)
    context = page | {"form": form, "cancel_url": cancel_url, "breadcrumb": breadcrumb}
    status = 422 if form.is_bound and form.errors else 200
    if objekt is not None:
        record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang="hilfefall.schritt", objekt=objekt)
    return render(request, "cases/frage.html", context, status=status)


def say_to(text: str, personen: Iterable[tuple[str, str]], *, feld: str = "person") -> Callable[[dict[str, Any]], str]:
    """What is said when it is done, with the person who was chosen: `say_to("Der Fall ist übergeben an: {}.", …)`."""
    namen = dict(personen)
    return lambda data: text.format(namen.get(str(data[feld]), ""))


def posted(request: HttpRequest) -> dict | None:
    """What was sent, None for a mere look."""
    return request.POST if request.method == "POST" else None
