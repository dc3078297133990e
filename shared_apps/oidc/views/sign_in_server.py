"""The district's own sign-in server, kept by the administration of its office: settings, test, on and off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.accounts.models import Anmeldedienst
from shared_apps.accounts.policies import may_confirm_anmeldedienst, may_set_anmeldedienst
from shared_apps.accounts.postfach import ist_dieselbe
from shared_apps.core.errors import RegelVerletzt, SojusError
from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import VORLEGEN, crumbs, posted, show_error, status_of
from shared_apps.oidc.forms import AnmeldedienstForm, GelesenForm
from shared_apps.oidc.selectors import find_anmeldedienst
from shared_apps.oidc.services import (
    Pruefschritt,
    check_anmeldedienst,
    check_aussteller,
    compute_gelesen,
    confirm_anmeldedienst,
    update_anmeldedienst,
)
from shared_apps.signin.door import SPAETER, get_anmeldedienst, hold_session, needs_confirmation, take_of_person
from tenants.door.middleware import at_sign_in_of, runs_without_transaction

_WAS = "anmeldedienst geprüft"
TOO_OFTEN = f"Sie haben zu oft einen Anmeldedienst geprüft. {SPAETER}"
WARTET = (
    "Gespeichert. Die Anmeldung mit diesem Dienst gilt erst, wenn die Jugendamtsleitung oder eine zweite "
    "Administration ihn unter „Konto“, „Anmeldedienst bestätigen“ bestätigt hat."
)
NACHFRAGEN = (
    "Wer den Anmeldedienst wählt, bestimmt, wer sich als wer anmeldet. Deshalb gilt er erst, wenn eine zweite Person "
    "ihn bestätigt hat. Bitte fragen Sie die IT des Landkreises, ob dieser Aussteller ihr Anmeldedienst ist."
)
OHNE_DIENST = "Dieses Jugendamt hat keinen eigenen Anmeldedienst eingetragen."
EIGENER = (
    "Sie haben den Dienst eingetragen. Die Jugendamtsleitung oder eine zweite Administration bestätigt ihn auf "
    "dieser Seite."
)
BESTAETIGT = "Dieser Anmeldedienst ist bestätigt."


@runs_without_transaction
@sensitive_post_parameters("client_secret")
@sensitive_variables("form", "schritte")
@require(may_set_anmeldedienst)
@needs_confirmation
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Save (the server is asked first when it is switched on), or only test what is typed."""
    with at_sign_in_of(request):
        dienst = find_anmeldedienst(tenant=request.tenant)
    form = AnmeldedienstForm(posted(request), dienst=dienst)
    callback = request.build_absolute_uri(reverse("oidc_callback"))
    schritte: list[Pruefschritt] = []
    saves = False
    if request.method == "POST" and form.is_valid():
        saves = request.POST.get("aktion") != "pruefen"
        if _asks_too_often(request, form, saves=saves):
            saves = False
        elif saves:
            saves = _answers(form)
        else:
            schritte = _test(request, form, dienst, callback)
    with at_sign_in_of(request):
        if saves and _save(request, form):
            return redirect("signin_server")
        context = {
            "form": form,
            "dienst": dienst,
            "callback": callback,
            "schritte": schritte,
            "knopf": VORLEGEN,
            "breadcrumb": crumbs(("Konto", "/konto/"), "Anmeldedienst"),
        }
        return render(request, "oidc/sign_in_server.html", context, status=status_of(form))


def _asks_too_often(request: HttpRequest, form: AnmeldedienstForm, *, saves: bool) -> bool:
    """Count what asks the address that was typed: to test it, and to switch it on."""
    asks = not saves or form.cleaned_data["ist_aktiv"]
    if not asks or not take_of_person(_WAS, request, request.user).wartet:
        return False
    show_error(RegelVerletzt(TOO_OFTEN), form)
    return True


def _answers(form: AnmeldedienstForm) -> bool:
    """Whether the server that is to be switched on answers; outside of the transaction in which it is saved."""
    try:
        if form.cleaned_data["ist_aktiv"]:
            check_aussteller(issuer=form.cleaned_data["issuer"])
    except SojusError as error:
        show_error(error, form)
        return False
    return True


def _save(request: HttpRequest, form: AnmeldedienstForm) -> bool:
    data = form.cleaned_data
    try:
        with transaction.atomic():
            update_anmeldedienst(
                tenant=request.tenant,
                client_secret=data["client_secret"],
                removes_secret=data.get("ohne_geheimnis", False),
                bezeichnung=data["bezeichnung"],
                ist_aktiv=data["ist_aktiv"],
                geaendert_von_id=request.akteur.user_id,
                **{name: data[name] for name in Anmeldedienst.GEPRUEFT},
            )
            hold_session(request)  # after the server's row, as whoever signs in with it does
    except SojusError as error:
        show_error(error, form)
        return False
    if data["ist_aktiv"] and get_anmeldedienst(request.tenant) is None:
        messages.warning(request, WARTET)
        return True
    an = "eingeschaltet" if data["ist_aktiv"] else "ausgeschaltet"
    messages.success(request, f"Gespeichert. Die Anmeldung mit diesem Dienst ist {an}.")
    return True


@runs_without_transaction  # or her own row would be held before the server's
@require(may_confirm_anmeldedienst)
@needs_confirmation
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The second person reads which server opens the accounts of her office, and confirms it."""
    with at_sign_in_of(request):
        return _confirm(request)


def _confirm(request: HttpRequest) -> HttpResponse:
    dienst = find_anmeldedienst(tenant=request.tenant)
    frage = Frage(
        title="Anmeldedienst bestätigen",
        text=NACHFRAGEN,
        action_label="Anmeldedienst bestätigen",
        items=[] if dienst is None else _describe(dienst),
        unmoeglich=_why_not(dienst, request.akteur.user_id),
        back=reverse("account"),
        breadcrumb=crumbs(("Konto", "/konto/"), "Anmeldedienst bestätigen"),
    )

    def sign(data: dict[str, Any]) -> None:
        with transaction.atomic():
            confirm_anmeldedienst(akteur=request.akteur, tenant=request.tenant, gelesen=data["gelesen"])
            hold_session(request)  # after the server's row, as in `_save`

    gelesen = "" if dienst is None else compute_gelesen(dienst)
    form = GelesenForm(posted(request), initial={"gelesen": gelesen})
    return ask(
        request,
        frage,
        form=form,
        work=sign,
        done="Bestätigt. Die Anmeldung mit diesem Dienst gilt ab jetzt.",
        leads=reverse("signin_server_confirm"),
    )


def _why_not(dienst: Anmeldedienst | None, user_id: UUID) -> str:
    if dienst is None:
        return OHNE_DIENST
    if dienst.bestaetigt_at is not None:
        return BESTAETIGT
    return EIGENER if ist_dieselbe(dienst.geaendert_von_id, user_id) else ""


def _describe(dienst: Anmeldedienst) -> list[dict[str, Any]]:
    bestaetigt = (
        f"{dienst.bestaetigt_von} am {localtime(dienst.bestaetigt_at):%d.%m.%Y}" if dienst.bestaetigt_at else "–"
    )
    return [
        {"label": "Bezeichnung", "wert": dienst.bezeichnung},
        {"label": "Aussteller (issuer)", "wert": dienst.issuer},
        {"label": "Client-Kennung", "wert": dienst.client_id},
        {"label": "Angabe mit der E-Mail-Adresse", "wert": dienst.email_claim},
        {"label": "Wer für die Adresse einsteht", "wert": _buergt(dienst)},
        {"label": "Angabe mit dem zweiten Faktor", "wert": dienst.faktor_claim or "amr und acr"},
        {"label": "Werte, die ihn belegen", "wert": ", ".join(dienst.mfa_werte) or "keine: SoJuS fragt selbst"},
        {"label": "Eingetragen von", "wert": str(dienst.geaendert_von or "Betrieb")},
        {"label": "Bestätigt von", "wert": bestaetigt},
    ]


def _buergt(dienst: Anmeldedienst) -> str:
    if dienst.asks_email_verified:
        return "der Anmeldedienst (email_verified)"
    if dienst.adresse_vom_landkreis:
        return "der Landkreis: Niemand kann sich diese Angabe selbst eintragen"
    return "niemand: Neue Personen werden nicht erkannt"


def _test(
    request: HttpRequest, form: AnmeldedienstForm, stored: Anmeldedienst | None, callback: str
) -> list[Pruefschritt]:
    """With what is typed, and with the stored secret only for the server it was stored for."""
    data = form.cleaned_data
    typed = Anmeldedienst(tenant=request.tenant, issuer=data["issuer"], client_id=data["client_id"])
    if stored and stored.issuer == data["issuer"] and not data.get("ohne_geheimnis"):
        typed.pk, typed.client_secret = stored.pk, stored.client_secret
    return check_anmeldedienst(dienst=typed, client_secret=data["client_secret"], callback=callback)
