"""Become a provider: the public form at the portal, and the link of its mail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import public, secret_address
from shared_apps.aufnahme.forms import AufnahmeForm
from shared_apps.aufnahme.services import (
    LINK_VORBEI,
    confirm_aufnahmeantrag,
    find_stand,
    submit_aufnahmeantrag,
    withdraw_by_link,
)
from shared_apps.aufnahme.states import AUFNAHMEANTRAG, AufnahmeAktion
from shared_apps.core.errors import SojusError
from shared_apps.core.seite import posted
from shared_apps.signin.door import CONSENT, SETUP, STEP, ask_counted, by_network, open_before
from tenants.door.middleware import counts_first, runs_on_shared_tables

JOINING = public("Joining: a provider that has no account yet; the answer is the same for every name and address.")


@runs_on_shared_tables
@counts_first(by_network("aufnahme"))
@JOINING
@never_cache
@sensitive_post_parameters("vorname", "nachname", "person_email")
@require_http_methods(["GET", "HEAD", "POST"])
def beantragen(request: HttpRequest) -> HttpResponse:
    """The public form. It says nothing about who is in the register or has an account."""
    form = AufnahmeForm(posted(request), im_amt=False)

    def work() -> None:
        submit_aufnahmeantrag(angaben=form.angaben(), einrichtungen=form.einrichtungen())

    return ask_counted(request, form, work, template="aufnahme/beantragen.html", sent="anbieter_werden_gesendet")


@runs_on_shared_tables
@JOINING
@require_safe
def gesendet(request: HttpRequest) -> HttpResponse:
    """What happens next."""
    return render(request, "aufnahme/gesendet.html")


@secret_address
@open_before(STEP, CONSENT, SETUP)  # the link says whose address it confirms, whoever is signed in here
@runs_on_shared_tables
@JOINING
@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def antrag(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm the address, later take the application back. By a button: programs that open links do neither."""
    status, fehler = 200, ""
    stand = find_stand(token)
    if request.method == "POST" and stand is not None:
        work = withdraw_by_link if request.POST.get("was") == AufnahmeAktion.ZURUECKZIEHEN else confirm_aufnahmeantrag
        try:
            work(token=token)
        except SojusError as error:
            fehler, status = error.message, error.status
        stand = find_stand(token)
    if stand is None:
        fehler, status = LINK_VORBEI, 403
    erlaubt = AUFNAHMEANTRAG.erlaubt(stand) if stand else frozenset()
    context = {
        "stand": stand,
        "fehler": fehler,
        "kann_bestaetigen": AufnahmeAktion.BESTAETIGEN in erlaubt,
        "kann_zurueckziehen": AufnahmeAktion.ZURUECKZIEHEN in erlaubt,
        "zurueckziehen": AufnahmeAktion.ZURUECKZIEHEN.value,
    }
    return render(request, "aufnahme/antrag.html", context, status=status)
