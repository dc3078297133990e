"""Providers that an office admits: what waits, entering one, and the two signatures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.aufnahme import policies, selectors, services
from shared_apps.aufnahme.forms import AblehnungForm, AufnahmeFilter, AufnahmeForm, PruefForm, VerwaltungForm
from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.aufnahme.rules import fremde_adresse
from shared_apps.aufnahme.states import AUFNAHMEANTRAG, AufnahmeAktion, AufnahmeZustand
from shared_apps.core.errors import SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage, Weg, answered, ask, decide
from shared_apps.core.seite import VORLEGEN, Stufe, crumbs, posted, show_error, status_of
from shared_apps.providers.services import BEFANGEN
from shared_apps.providers.views.own import VERZEICHNIS
from tenants.door.middleware import runs_on_shared_tables

EINLADEN = "einladen"
EINLADUNG_ZURUECK = "einladung_zurueckziehen"
VORSCHLAGEN = (
    "Für einen Anbieter, der im Verzeichnis steht und dessen Zugänge niemand verwaltet. Eine zweite Person Ihres "
    "Jugendamtes stimmt zu, dann geht die Einladung per E-Mail an die Person."
)
ZWEI = "Wer einen Anbieter anlegt oder prüft, nimmt ihn nicht selbst auf. Darüber entscheidet eine andere Person."


def _trail(*stufen: Stufe) -> list[dict[str, str]]:
    return crumbs(VERZEICHNIS, ("Aufnahme", reverse("aufnahme:list")), *stufen)


@runs_on_shared_tables
@require(policies.may_admit_anbieter)
@require_safe
def antraege(request: HttpRequest) -> HttpResponse:
    """Applications of this office, newest first."""
    form = AufnahmeFilter(request.GET)
    werte = form.values()
    warn_ignored(request, form)
    rows = policies.visible_aufnahmeantraege(request.akteur)
    seen = policies.decidable_aufnahmeantraege(request.akteur) if werte["nur"] else rows
    page = selectors.ANTRAEGE.page(request, selectors.list_antraege(seen, zustand=werte["zustand"]), unter=rows)
    context = {"form": form, "page": page, "breadcrumb": _trail()}
    return render(request, "aufnahme/list.html", context)


@runs_on_shared_tables
@require(policies.may_admit_anbieter)
@require_http_methods(["GET", "HEAD", "POST"])
def anlegen(request: HttpRequest) -> HttpResponse:
    """The office enters a provider itself; a second person admits it."""
    initial = {"kreis_1": request.tenant.kuerzel}
    form = AufnahmeForm(posted(request), im_amt=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.create_aufnahmeantrag(
                akteur=request.akteur, angaben=form.angaben(), einrichtungen=form.einrichtungen()
            )
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(
                request, "Der Anbieter ist angelegt. Er wird aufgenommen, wenn eine zweite Person zustimmt."
            )
            return redirect("aufnahme:detail", pk=row.pk)
    context = {"form": form, "knopf": VORLEGEN, "breadcrumb": _trail("Anbieter anlegen")}
    return render(request, "aufnahme/anlegen.html", context, status=status_of(form))


@runs_on_shared_tables
@require(policies.may_admit_anbieter)
@require_safe
def ohne_verwaltung(request: HttpRequest) -> HttpResponse:
    """Providers of the district whom nobody administers, such as a list that was read in leaves them."""
    page = selectors.OHNE_VERWALTUNG.page(request, policies.visible_unverwaltete(request.akteur))
    return render(request, "aufnahme/unadministered.html", {"page": page, "breadcrumb": _trail("Ohne Verwaltung")})


@runs_on_shared_tables
@require(policies.may_admit_anbieter)
@require_http_methods(["GET", "HEAD", "POST"])
def erste_verwaltung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose who shall administer a provider of the register; a second person decides on the application's page."""
    akteur = request.akteur
    anbieter = get_object_or_404(policies.visible_anbieter(akteur), pk=pk)
    wartet = selectors.find_wartender(anbieter)
    unmoeglich = services.WARTET_SCHON if wartet else ""
    if not policies.visible_unverwaltete(akteur).filter(pk=anbieter.pk).exists():
        unmoeglich = services.VERWALTET
    if policies.is_befangen(akteur, anbieter.pk):
        unmoeglich = BEFANGEN
    frage = Frage(
        title=f"Erste Verwaltung für „{anbieter.name}“",
        action_label="Vorschlagen",
        back=reverse("providers:detail", args=[anbieter.pk]),
        breadcrumb=crumbs(VERZEICHNIS, (anbieter.name, reverse("providers:detail", args=[anbieter.pk])), "Verwaltung"),
        text="" if unmoeglich else VORSCHLAGEN,
        unmoeglich=unmoeglich,
    )
    return ask(
        request,
        frage,
        form=VerwaltungForm(posted(request)),
        work=lambda data: services.submit_erste_verwaltung(akteur=akteur, anbieter=anbieter, **data),
        done="Vorgeschlagen. Eingeladen wird, wenn eine zweite Person Ihres Jugendamtes zustimmt.",
        leads=lambda row: reverse("aufnahme:detail", args=[row.pk]),
    )


@runs_on_shared_tables
@never_cache
@require(policies.may_admit_anbieter)
@require_http_methods(["GET", "HEAD", "POST"])
def antrag(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One application beside the providers it could be mistaken for, and what the person may do with it."""
    akteur = request.akteur
    rows = policies.visible_aufnahmeantraege(akteur)
    row = get_object_or_404(selectors.with_names(rows), pk=pk)
    erlaubt = AUFNAHMEANTRAG.erlaubt(AufnahmeZustand(row.zustand))
    eigener, gezeichnet = policies.is_author(akteur, row), policies.has_signed(akteur, row)
    befangen = bool(erlaubt) and policies.is_befangen(akteur, row.vorhandener_id)
    hier = reverse("aufnahme:detail", args=[row.pk])
    unverwaltete = policies.visible_unverwaltete(akteur)
    doppelte = selectors.list_doppelte(row, unverwaltete=unverwaltete) if erlaubt and not row.ist_beitritt else []
    kandidaten = [d.anbieter for d in doppelte if d.unverwaltet]
    pruefen = AufnahmeAktion.PRUEFEN.value
    eingeladen = row.membership is not None and services.is_waiting_for(row.membership.user)
    wege = {
        AufnahmeAktion.PRUEFEN.value: Weg(
            label=AufnahmeAktion.PRUEFEN.label,
            title="Prüfen",
            text="Bitte prüfen Sie Registereintrag und Betriebserlaubnis auf anderem Weg, und ob die Person für den "
            "Anbieter handeln darf. Danach entscheidet eine zweite Person.",
            form=PruefForm(answered(request, pruefen), kandidaten=kandidaten) if kandidaten else None,
            work=lambda data: services.check_aufnahmeantrag(akteur=akteur, antrag=row, vorhandener=data.get("wen")),
            done="Geprüft. Jetzt entscheidet eine zweite Person Ihres Jugendamtes.",
            leads=hier,
            offered=AufnahmeAktion.PRUEFEN in erlaubt,
        ),
        AufnahmeAktion.AUFNEHMEN.value: Weg(
            label=AufnahmeAktion.AUFNEHMEN.label,
            title="Aufnehmen",
            text=f"{row.person} wird dann per E-Mail eingeladen, die Zugänge von „{row.vorhandener}“ zu verwalten. Am "
            "Verzeichnis ändert sich nichts."
            if row.ist_beitritt
            else f"Der Anbieter steht dann mit seinen Einrichtungen im Verzeichnis, und {row.person} wird per E-Mail "
            "eingeladen, seine Zugänge zu verwalten.",
            work=lambda _: services.approve_aufnahmeantrag(akteur=akteur, antrag=row),
            done="Die Einladung ist unterwegs."
            if row.ist_beitritt
            else f"„{row.name}“ ist aufgenommen. Die Einladung ist unterwegs.",
            leads=hier,
            offered=AufnahmeAktion.AUFNEHMEN in erlaubt and not gezeichnet and not befangen,
        ),
        AufnahmeAktion.ABLEHNEN.value: Weg(
            label=AufnahmeAktion.ABLEHNEN.label,
            title="" if eigener else "Oder ablehnen",
            level="danger",
            form=AblehnungForm(answered(request, AufnahmeAktion.ABLEHNEN.value)),
            work=lambda data: services.reject_aufnahmeantrag(akteur=akteur, antrag=row, grund=data["grund"]),
            done="Der Antrag ist abgelehnt."
            if row.vom_amt
            else "Der Antrag ist abgelehnt. Der Anbieter erhält den Grund per E-Mail.",
            leads=hier,
            offered=AufnahmeAktion.ABLEHNEN in erlaubt and not (eigener and row.vom_amt) and not befangen,
        ),
        AufnahmeAktion.ZURUECKZIEHEN.value: Weg(
            label=AufnahmeAktion.ZURUECKZIEHEN.label,
            level="danger",
            work=lambda _: services.withdraw_aufnahmeantrag(akteur=akteur, antrag=row),
            done="Der Antrag ist zurückgezogen.",
            leads=hier,
            offered=AufnahmeAktion.ZURUECKZIEHEN in erlaubt and eigener and row.vom_amt,
        ),
        EINLADEN: Weg(
            label="Einladung noch einmal senden",
            title="Einladung",
            text=f"{row.person} hat den Zugang noch nicht eingerichtet. Ein früherer Link gilt danach nicht mehr.",
            work=lambda _: services.issue_neue_einladung(akteur=akteur, antrag=row),
            done="Die Einladung ist noch einmal unterwegs.",
            leads=hier,
            offered=eingeladen,
        ),
        EINLADUNG_ZURUECK: Weg(
            label="Einladung zurückziehen",
            title="Falsche Adresse?",
            text="Der Link gilt dann nicht mehr, und der Anbieter hat wieder keine Verwaltung. Auf seiner Seite kann "
            "Ihr Jugendamt eine andere Person vorschlagen.",
            level="danger",
            work=lambda _: services.revoke_einladung(akteur=akteur, antrag=row),
            done="Die Einladung ist zurückgezogen.",
            leads=hier,
            offered=eingeladen,
        ),
    }
    frage = Frage(
        title=row.name,
        back=reverse("aufnahme:list"),
        breadcrumb=_trail(row.name),
        unmoeglich=BEFANGEN if befangen else ZWEI if gezeichnet and AufnahmeAktion.AUFNEHMEN in erlaubt else "",
        template="aufnahme/entscheiden.html",
        kontext=_kontext(row, rows, wartet=bool(erlaubt)) | {"doppelte": doppelte, "eingeladen": eingeladen},
    )
    return decide(request, frage, wege)


def _kontext(row: Aufnahmeantrag, rows: Any, *, wartet: bool) -> dict[str, Any]:
    kreise = dict(selectors.list_kreise())
    return {
        "antrag": row,
        "haeuser": [haus | {"kreisname": kreise.get(haus["kreis"], haus["kreis"])} for haus in row.haeuser],
        "fremd": wartet and fremde_adresse(row.person_email, (row.email, row.web)),
        "gleichzeitige": selectors.list_gleichzeitige(rows, row) if wartet else [],
    }
