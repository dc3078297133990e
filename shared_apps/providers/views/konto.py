"""Where one's own provider is paid: one person enters another account, a second one confirms it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.errors import SojusError
from shared_apps.core.frage import Frage, Weg, answered, decide
from shared_apps.core.seite import crumbs, posted, show_error, status_of
from shared_apps.providers import policies
from shared_apps.providers.forms.konto import KontoAblehnungForm, KontoForm
from shared_apps.providers.models import Kontovorschlag
from shared_apps.providers.selectors import konto as selectors
from shared_apps.providers.services import konto as services
from shared_apps.providers.states import KontoAktion, KontoZustand
from shared_apps.providers.views.own import EIGENE, portal_only

TITEL = "Bankverbindung"


@require(policies.may_keep_konto)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def show_konto(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The account that holds, the one that waits, those before; and the form for another one."""
    anbieter = get_object_or_404(policies.own_anbieter(request.akteur), pk=pk)
    form = KontoForm(posted(request), initial={"inhaber": anbieter.name[:70]})
    if request.method == "POST" and form.is_valid():
        try:
            vorschlag = services.submit_kontovorschlag(akteur=request.akteur, anbieter=anbieter, **form.cleaned_data)
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(request, "Das Konto ist eingetragen. Es gilt, sobald eine zweite Person es bestätigt.")
            return redirect("providers:account_change", pk=vorschlag.pk)
    vorschlaege = selectors.list_vorschlaege(anbieter)
    wartend = next((v for v in vorschlaege if v.stand is KontoZustand.VORGESCHLAGEN), None)
    context: dict[str, Any] = {
        "anbieter": anbieter,
        "form": form,
        "konto": selectors.find_bankverbindung(anbieter),
        "wartend": wartend,
        "fruehere": [v for v in vorschlaege if v is not wartend][: selectors.FRUEHERE],
        "zweite": selectors.list_zweite(anbieter.pk, ohne=request.akteur.user_id).exists(),
        "verwaltet": anbieter.pk in request.akteur.verwaltet_ids,
        "keine_zweite": services.KEINE_ZWEITE,
        "frist": services.BESTAETIGEN_BINNEN,
        "breadcrumb": crumbs(EIGENE, TITEL),
    }
    return render(request, "providers/konto.html", context, status=status_of(form))


@require(policies.may_keep_konto)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def decide_konto(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One account that was entered beside the one that holds, and what the person may do with it."""
    rows = policies.visible_kontovorschlaege(request.akteur).select_related("anbieter", "vorgeschlagen_von")
    vorschlag = get_object_or_404(rows, pk=pk)
    akteur = request.akteur
    offen = vorschlag.stand is KontoZustand.VORGESCHLAGEN
    ist_autor = vorschlag.vorgeschlagen_von_id == akteur.user_id
    entscheidet = offen and not ist_autor
    back = reverse("providers:account", args=[vorschlag.anbieter_id])
    form = KontoAblehnungForm(answered(request, KontoAktion.ABLEHNEN.value))
    wege = {
        KontoAktion.BESTAETIGEN.value: Weg(
            label="Konto bestätigen",
            work=lambda _: services.confirm_kontovorschlag(akteur=akteur, vorschlag=vorschlag),
            done="Das Konto gilt ab sofort.",
            title="Bestätigen",
            text="Bitte vergleichen Sie die Nummer mit einem Beleg der Bank, nicht mit einer E-Mail.",
            offered=entscheidet,
        ),
        KontoAktion.ABLEHNEN.value: Weg(
            label="Ablehnen",
            work=lambda data: services.decline_kontovorschlag(akteur=akteur, vorschlag=vorschlag, grund=data["grund"]),
            done="Das Konto ist abgelehnt. Das bisherige gilt weiter.",
            form=form,
            title="Oder ablehnen",
            level="danger",
            offered=entscheidet,
        ),
        KontoAktion.ZURUECKZIEHEN.value: Weg(
            label="Zurückziehen",
            work=lambda _: services.withdraw_kontovorschlag(akteur=akteur, vorschlag=vorschlag),
            done="Der Eintrag ist zurückgezogen. Das bisherige Konto gilt weiter.",
            title="Zurückziehen",
            level="danger",
            offered=offen and ist_autor,
        ),
    }
    frage = Frage(
        title="Konto bestätigen" if entscheidet else "Eingetragenes Konto",
        back=back,
        breadcrumb=crumbs(EIGENE, (TITEL, back), "Eingetragenes Konto"),
        unmoeglich=_warum(vorschlag, offen=offen, ist_autor=ist_autor),
        template="providers/kontovorschlag.html",
        kontext={"vorschlag": vorschlag, "konto": selectors.find_bankverbindung(vorschlag.anbieter), "offen": offen},
    )
    return decide(request, frage, wege)


def _warum(vorschlag: Kontovorschlag, *, offen: bool, ist_autor: bool) -> str:
    if offen:
        return "Eine andere Person Ihres Anbieters bestätigt es. Sie hat eine E-Mail bekommen." if ist_autor else ""
    return f"Darüber ist entschieden: {vorschlag.stand.label}."
