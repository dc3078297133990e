"""Where a provider is paid: one of its people enters another account, an independent second one confirms it, or an
office does at its host. The office's pages run on shared tables: none of its roles reads what was entered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.accounts.models import User
from shared_apps.core.errors import SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage, Weg, answered, decide
from shared_apps.core.seite import VORLEGEN, crumbs, posted, show_error, status_of
from shared_apps.providers import policies
from shared_apps.providers.forms.konto import KontoAblehnungForm, KontoFilter, KontoForm, KontoPruefungForm
from shared_apps.providers.models import Kontovorschlag
from shared_apps.providers.selectors import konto as selectors
from shared_apps.providers.selectors.stammdaten import list_pruefende
from shared_apps.providers.services import konto as services
from shared_apps.providers.states import KontoAktion, KontoZustand
from shared_apps.providers.views.own import EIGENE, VERZEICHNIS, portal_only
from tenants.door.middleware import runs_on_shared_tables

TITEL = "Bankverbindung"
PRUEFEN = ("Bankverbindungen prüfen", "/anbieter/konten/")


@require(policies.may_keep_konto)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def show_konto(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The account that holds, the one that waits, those before; and the form for another one."""
    anbieter = get_object_or_404(policies.own_anbieter(request.akteur), pk=pk)
    zweite = selectors.list_bestaetigende(anbieter.pk, neben=request.akteur.user_id)
    pruefende = [] if zweite else list(list_pruefende(anbieter))
    form = KontoForm(
        posted(request),
        zur_wahl=list_pruefende(anbieter) if len(pruefende) > 1 else None,
        initial={"inhaber": anbieter.name[:70]},
    )
    if request.method == "POST" and form.is_valid():
        try:
            vorschlag = services.submit_kontovorschlag(akteur=request.akteur, anbieter=anbieter, **form.cleaned_data)
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(request, f"Das Konto ist eingetragen. Es gilt, sobald {_wer(vorschlag)} es bestätigt.")
            return redirect("providers:account_change", pk=vorschlag.pk)
    vorschlaege = selectors.list_vorschlaege(anbieter)
    wartend = next((v for v in vorschlaege if v.stand is KontoZustand.VORGESCHLAGEN), None)
    context: dict[str, Any] = {
        "anbieter": anbieter,
        "form": form,
        "knopf": VORLEGEN,
        "konto": selectors.find_bankverbindung(anbieter),
        "wartend": wartend,
        "fruehere": [v for v in vorschlaege if v is not wartend][: selectors.FRUEHERE],
        "zweite": _namen(zweite),
        "pruefende": [amt.kurzname for amt in pruefende],
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
    rows = policies.visible_kontovorschlaege(request.akteur).select_related(
        "anbieter", "vorgeschlagen_von", "gebietskoerperschaft"
    )
    vorschlag = get_object_or_404(rows, pk=pk)
    akteur = request.akteur
    offen = vorschlag.stand is KontoZustand.VORGESCHLAGEN
    ist_autor = vorschlag.vorgeschlagen_von_id == akteur.user_id
    zweite = _zweite(vorschlag) if offen else []
    bestaetigt = akteur.user_id in {user.pk for user in zweite}
    back = reverse("providers:account", args=[vorschlag.anbieter_id])
    wege = {
        KontoAktion.BESTAETIGEN.value: Weg(
            label="Konto bestätigen",
            work=lambda _: services.confirm_kontovorschlag(akteur=akteur, vorschlag=vorschlag),
            done="Das Konto gilt ab sofort.",
            title="Bestätigen",
            text="Bitte vergleichen Sie die Nummer mit einem Beleg der Bank, nicht mit einer E-Mail.",
            offered=bestaetigt,
        ),
        KontoAktion.ABLEHNEN.value: Weg(
            label="Ablehnen",
            work=lambda data: services.decline_kontovorschlag(akteur=akteur, vorschlag=vorschlag, grund=data["grund"]),
            done="Das Konto ist abgelehnt. Das bisherige gilt weiter.",
            form=KontoAblehnungForm(answered(request, KontoAktion.ABLEHNEN.value)),
            title="Oder ablehnen" if bestaetigt else "",
            level="danger",
            offered=offen and not ist_autor,
        ),
        KontoAktion.ZURUECKZIEHEN.value: Weg(
            label="Zurückziehen",
            work=lambda _: services.withdraw_kontovorschlag(akteur=akteur, vorschlag=vorschlag),
            done="Der Eintrag ist zurückgezogen. Das bisherige Konto gilt weiter.",
            level="danger",
            offered=offen and ist_autor,
        ),
    }
    frage = Frage(
        title="Konto bestätigen" if bestaetigt else "Eingetragenes Konto",
        back=back,
        breadcrumb=crumbs(EIGENE, (TITEL, back), "Eingetragenes Konto"),
        unmoeglich="" if offen else _entschieden(vorschlag),
        template="providers/kontovorschlag.html",
        kontext={
            "vorschlag": vorschlag,
            "konto": selectors.find_bankverbindung(vorschlag.anbieter),
            "offen": offen,
            "zweite": _namen(zweite),
            "ist_autor": ist_autor,
        },
    )
    return decide(request, frage, wege)


@runs_on_shared_tables
@require(policies.may_check_konto)
@require_safe
def list_konten(request: HttpRequest) -> HttpResponse:
    """Accounts that the office is asked for, and those it has decided."""
    form = KontoFilter(request.GET)
    warn_ignored(request, form)
    rows = selectors.list_zu_pruefende(policies.checked_kontovorschlaege(request.akteur), **form.values())
    page = selectors.KONTEN.page(request, rows)
    context = {"form": form, "page": page, "breadcrumb": crumbs(VERZEICHNIS, PRUEFEN)}
    return render(request, "providers/konten.html", context)


@runs_on_shared_tables
@require(policies.may_check_konto)
@require_http_methods(["GET", "HEAD", "POST"])
def check_konto(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The office confirms an account where nobody of the provider is independent of who entered it, or declines it."""
    rows = policies.checked_kontovorschlaege(request.akteur).select_related("anbieter", "gebietskoerperschaft")
    vorschlag = get_object_or_404(rows, pk=pk)
    akteur = request.akteur
    offen = vorschlag.stand is KontoZustand.VORGESCHLAGEN
    hier = reverse("providers:account_check", args=[vorschlag.pk])
    wege = {
        KontoAktion.BESTAETIGEN.value: Weg(
            label="Konto bestätigen",
            work=lambda data: services.confirm_kontovorschlag(akteur=akteur, vorschlag=vorschlag, **data),
            done="Das Konto gilt ab sofort. Wer den Anbieter bezahlt, bekommt eine E-Mail.",
            form=KontoPruefungForm(answered(request, KontoAktion.BESTAETIGEN.value)),
            title="Bestätigen",
            text="Rufen Sie unter einer Nummer an, die Sie vorher kannten, oder lassen Sie sich einen Beleg der Bank"
            " schicken. Nie unter einer Nummer, die mit der Änderung kam.",
            leads=hier,
            offered=offen,
        ),
        KontoAktion.ABLEHNEN.value: Weg(
            label="Ablehnen",
            work=lambda data: services.decline_kontovorschlag(akteur=akteur, vorschlag=vorschlag, grund=data["grund"]),
            done="Das Konto ist abgelehnt. Das bisherige gilt weiter.",
            form=KontoAblehnungForm(answered(request, KontoAktion.ABLEHNEN.value)),
            title="Oder ablehnen",
            text="Den Grund liest der Anbieter.",
            leads=hier,
            level="danger",
            offered=offen,
        ),
    }
    title = f"Bankverbindung von „{vorschlag.anbieter.name}“"
    frage = Frage(
        title=title,
        back=PRUEFEN[1],
        breadcrumb=crumbs(VERZEICHNIS, PRUEFEN, title),
        unmoeglich="" if offen else _entschieden(vorschlag),
        template="providers/kontopruefung.html",
        kontext={"vorschlag": vorschlag, "konto": selectors.find_bankverbindung(vorschlag.anbieter), "offen": offen},
    )
    return decide(request, frage, wege)


def _zweite(vorschlag: Kontovorschlag) -> list[User]:
    """Colleagues who may confirm it; nobody where an office does."""
    if vorschlag.gebietskoerperschaft_id is not None:
        return []
    return selectors.list_bestaetigende(
        vorschlag.anbieter_id, neben=vorschlag.vorgeschlagen_von_id, seit=vorschlag.created_at
    )


def _namen(leute: list[User]) -> str:
    namen = [user.name for user in leute]
    return " oder ".join(filter(None, (", ".join(namen[:-1]), *namen[-1:])))


def _wer(vorschlag: Kontovorschlag) -> str:
    amt = vorschlag.gebietskoerperschaft
    return f"das Jugendamt {amt.kurzname}" if amt else "eine zweite Person"


def _entschieden(vorschlag: Kontovorschlag) -> str:
    return f"Darüber ist entschieden: {vorschlag.stand.label}."
