"""Controlling of one office."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.catalogue.models import Hilfeart
from shared_apps.comparison.anzeige import choose_anzeigeart
from shared_apps.comparison.forms import format_monat
from shared_apps.comparison.modus import Modus
from shared_apps.comparison.rules import zeige
from shared_apps.comparison.tabelle import Spalte
from shared_apps.core.clock import today
from shared_apps.core.errors import SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.geld import NBSP, format_zahl
from shared_apps.core.seite import crumbs, posted, show_error, status_of
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import vormonat
from tenant_apps.controlling import policies, selectors
from tenant_apps.controlling.forms import HaushaltsansatzForm
from tenant_apps.controlling.models import Haushaltsansatz
from tenant_apps.controlling.selectors import EigeneKennzahl
from tenant_apps.controlling.services import update_haushaltsansatz
from tenants.tables.reads import names_nobody

_EINHEIT = {"EURO": f"{NBSP}€", "MONATE": f"{NBSP}Monate", "PROZENT": f"{NBSP}%"}


def _read_jahr(request: HttpRequest) -> int:
    text = request.GET.get("jahr", "")
    jahr = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today().year
    return jahr if 2015 <= jahr <= today().year + 2 else today().year


def _write(einheit: str, wert: Decimal | None) -> str:
    art = choose_anzeigeart(einheit, Modus.ABSOLUT, Spalte.AKTUELL)
    return zeige(wert, art) + (_EINHEIT.get(einheit, "") if wert is not None else "")


def _stat(kennzahl: EigeneKennzahl) -> dict[str, str]:
    return {
        "label": kennzahl.name,
        "wert": _write(kennzahl.einheit, kennzahl.wert),
        "hint": f"Vormonat {_write(kennzahl.einheit, kennzahl.vorher)}",
        "url": reverse("comparison:figure", args=[kennzahl.code]),
    }


@names_nobody("sums by type of help")
@require(policies.may_view_controlling)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Budget of a year by type of help, own key figures."""
    budget = selectors.get_budget(_read_jahr(request), mit_gesperrten=not policies.sees_cases_too(request.akteur))
    url = reverse("controlling:home")
    warn_ignored(request, bekannt={"jahr": {str(budget.jahr)}})
    context = {
        "budget": budget,
        "ohne_gesperrte": policies.sees_cases_too(request.akteur),
        "monat": format_monat(budget.monat),
        "summen": {name: f"{format_zahl(betrag, 0)}{NBSP}€" for name, betrag in budget.summe.items()},
        "ersparnis": _ersparnis(budget.jahr, mit_gesperrten=not policies.sees_cases_too(request.akteur)),
        "tabs": [
            {"label": str(jahr), "url": f"{url}?jahr={jahr}", "active": jahr == budget.jahr}
            for jahr in selectors.list_jahre()
        ],
        "stats": [_stat(k) for k in selectors.list_eigene_kennzahlen()],
        "stats_monat": format_monat(vormonat(today())),
        "darf_aendern": policies.may_edit_haushalt(request.akteur),
        "ohne_ansatz": _ohne_ansatz(budget) if policies.may_edit_haushalt(request.akteur) else [],
        "breadcrumb": crumbs("Controlling"),
    }
    return render(request, "controlling/home.html", context)


def _ersparnis(jahr: int, *, mit_gesperrten: bool) -> dict[str, object] | None:
    """The figure of the choices of a year; nothing where nobody chose."""
    ersparnis = selectors.sum_ersparnis(jahr, mit_gesperrten=mit_gesperrten)
    if not ersparnis.anzahl:
        return None
    wahlen = anzahl(ersparnis.anzahl, "Buchung", "Buchungen")
    if ersparnis.summe is None:
        return {"label": "Gegenüber dem Median", "wert": "–", "hint": "zu wenige Buchungen, um die Summe zu nennen"}
    wert, wort = _saldo(ersparnis.summe)
    teile = [(teil.name, teil.anzahl, " ".join(_saldo(teil.summe))) for teil in ersparnis.teile]
    return {
        "label": f"Gegenüber dem Median {wort}",
        "wert": wert,
        "hint": f"{wahlen}, teurere Wahlen abgezogen",
        "summe": f"{wert} {wort}",
        "anzahl": ersparnis.anzahl,
        "teile": teile,
    }


def _saldo(betrag: Decimal) -> tuple[str, str]:
    """In whole euro, and which way."""
    return f"{format_zahl(abs(betrag), 0)}{NBSP}€", "mehr ausgegeben" if betrag < 0 else "gespart"


def _ohne_ansatz(budget: selectors.Budget) -> list[Hilfeart]:
    gezeigt = {z.hilfeart.pk for z in budget.zeilen}
    return [art for art in Hilfeart.objects.all() if art.pk not in gezeigt]


@require(policies.may_edit_haushalt)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, jahr: int, hilfeart: str) -> HttpResponse:
    """Enter or change the budget of one type of help."""
    art = get_object_or_404(Hilfeart, code=hilfeart)
    if not 2015 <= jahr <= today().year + 2:
        raise Http404
    ansatz = Haushaltsansatz.objects.filter(jahr=jahr, hilfeart=art).first()
    form = HaushaltsansatzForm.for_ansatz(ansatz, posted(request))
    zurueck = f"{reverse('controlling:home')}?jahr={jahr}"
    if form.is_bound and form.is_valid():
        try:
            update_haushaltsansatz(akteur=request.akteur, jahr=jahr, hilfeart=art, **form.cleaned_data)
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(request, f"Der Ansatz {jahr} für {art} ist gespeichert.")
            return redirect(zurueck)
    context = {
        "form": form,
        "hilfeart": art,
        "jahr": jahr,
        "zurueck": zurueck,
        "breadcrumb": crumbs(("Controlling", zurueck), f"Ansatz {jahr}"),
    }
    return render(request, "controlling/edit.html", context, status=status_of(form))
