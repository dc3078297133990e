"""Lists are read into the register: sent, assigned, looked at, released by a second person, taken back.

The pages run on shared tables at every host, as those about rates do: no role of an office writes the register.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.csv_export import csv_response
from shared_apps.core.errors import SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage, Weg, answered, ask, decide
from shared_apps.core.seite import Knopf, buttons, crumbs, is_just_opened, posted, show_error, status_of
from shared_apps.core.xlsx_export import Blatt, build_xlsx
from shared_apps.core.zahlwort import anzahl
from shared_apps.einlesen import policies, selectors
from shared_apps.einlesen.enums import Befund, Gegenstand
from shared_apps.einlesen.forms import DateiForm, GrundForm, ZeilenFilter, ZuordnungForm
from shared_apps.einlesen.katalog import PFLICHT, SPALTEN
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.policies import SCHRITTE_EINLESUNG
from shared_apps.einlesen.services import vorbereiten as services
from shared_apps.einlesen.services import zuruecknehmen
from shared_apps.einlesen.states import EinlesungAktion, EinlesungZustand
from tenants.door.middleware import runs_on_shared_tables

LISTEN = ("Listen einlesen", "/anbieter/einlesen/")
_LAEUFT = {EinlesungZustand.FREIGEGEBEN, EinlesungZustand.RUECKNAHME}


def _visible(request: HttpRequest, pk: UUID) -> Einlesung:
    return get_object_or_404(selectors.with_people(policies.visible_einlesungen(request.akteur)), pk=pk)


def _crumbs(einlesung: Einlesung, *weiter: str) -> list[dict[str, str]]:
    hier = (einlesung.dateiname, reverse("einlesen:detail", args=[einlesung.pk]))
    return crumbs(LISTEN, hier, *weiter)


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def einlesung_list(request: HttpRequest) -> HttpResponse:
    """Lists of one's own office, or the operator's."""
    warn_ignored(request)
    page = selectors.EINLESUNGEN.page(request, selectors.list_einlesungen(policies.visible_einlesungen(request.akteur)))
    context = {"page": page, "breadcrumb": crumbs(LISTEN[0])}
    return render(request, "einlesen/list.html", context)


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Send a file; what its columns are is asked next."""
    form = DateiForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, inhalt = form.cleaned_data["datei"]
        try:
            einlesung = services.create_einlesung(akteur=request.akteur, dateiname=name, inhalt=inhalt)
        except SojusError as error:
            show_error(error, form)
        else:
            return redirect("einlesen:assign", pk=einlesung.pk)
    context = {"form": form, "breadcrumb": crumbs(LISTEN, "Neue Liste")}
    return render(request, "einlesen/create.html", context, status=status_of(form))


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def columns(request: HttpRequest) -> HttpResponse:
    """What a list may hold, column by column."""
    gruppen = [(art.label, [spalte for spalte in SPALTEN if spalte.art == art]) for art in Gegenstand]
    return render(request, "einlesen/columns.html", {"gruppen": gruppen, "breadcrumb": crumbs(LISTEN, "Spalten")})


def _vorlage() -> tuple[list[str], list[list[str]]]:
    return [spalte.label for spalte in SPALTEN], [[spalte.beispiel for spalte in SPALTEN]]


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def template_csv(request: HttpRequest) -> HttpResponse:
    """A list with one line, to be filled in."""
    return csv_response("vorlage-anbieter.csv", *_vorlage())


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def template_xlsx(request: HttpRequest) -> HttpResponse:
    """The same for Excel."""
    kopf, zeilen = _vorlage()
    typ = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(build_xlsx([Blatt("Anbieter", kopf, zeilen, zum_ausfuellen=True)]), content_type=typ)
    response["Content-Disposition"] = 'attachment; filename="vorlage-anbieter.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where a list is on its way, what it does, and what the person may do with it; a list that runs says how far."""
    einlesung = _visible(request, pk)
    zustand = EinlesungZustand(einlesung.zustand)
    zahlen = selectors.count_befunde(einlesung)
    context: dict[str, Any] = {
        "einlesung": einlesung,
        "zahlen": [(befund, zahlen[befund]) for befund in (Befund.NEU, Befund.GEAENDERT, Befund.UNVERAENDERT,
                                                           Befund.GESPERRT, Befund.FEHLERHAFT)],
        "hat_zeilen": any(zahlen.values()),
        "fehlerhaft": zahlen[Befund.FEHLERHAFT],
        "laeuft": zustand in _LAEUFT,
        "zugeordnet": all(code in einlesung.zuordnung for code in PFLICHT),
        "eigene": policies.has_prepared(request.akteur.user_id, einlesung),
        "schritte": _steps(zustand),
        "knoepfe": _buttons(request, einlesung),
        "ausgelassen": zustand == EinlesungZustand.ZURUECKGENOMMEN
        and selectors.list_ausgelassen(einlesung).count(),
        "breadcrumb": crumbs(LISTEN, einlesung.dateiname),
    }  # fmt: skip
    template = "einlesen/_stand.html" if request.htmx else "einlesen/detail.html"
    return render(request, template, context)


def _steps(zustand: EinlesungZustand) -> list[dict[str, str]]:
    """The way of a list: prepared, released, read in."""
    stellen = {EinlesungZustand.ENTWURF: 0, EinlesungZustand.VORGELEGT: 1, EinlesungZustand.FREIGEGEBEN: 2}
    stelle = stellen.get(zustand, 3)
    worte = ("Spalten und Zeilen prüfen", "Freigabe durch eine zweite Person", "Einlesen")
    return [
        {"label": wort, "status": "done" if nr < stelle else "current" if nr == stelle else "open"}
        for nr, wort in enumerate(worte)
    ]


def _buttons(request: HttpRequest, einlesung: Einlesung) -> list[Knopf]:
    """The steps this person may take; whoever prepared a list does not release it, nobody else hands it in."""
    eigene = policies.has_prepared(request.akteur.user_id, einlesung)
    aktion = EinlesungAktion
    knoepfe = {
        aktion.VORLEGEN: Knopf("einlesen:submit"),
        aktion.FREIGEBEN: Knopf("einlesen:decide", "Prüfen und entscheiden"),
        aktion.ZURUECKGEBEN: Knopf("einlesen:decide", "Vorlage zurückziehen"),
        aktion.VERWERFEN: Knopf("einlesen:discard", level="danger"),
        aktion.ZURUECKNEHMEN: Knopf("einlesen:revoke", level="danger"),
    }
    nicht = {aktion.FREIGEBEN} if eigene else {aktion.VORLEGEN, aktion.ZURUECKGEBEN}
    if not all(code in einlesung.zuordnung for code in PFLICHT):
        nicht.add(aktion.VORLEGEN)
    here = {schritt: knopf for schritt, knopf in knoepfe.items() if schritt not in nicht}
    return buttons(SCHRITTE_EINLESUNG, EinlesungZustand(einlesung.zustand), request.akteur, here, einlesung.pk)


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which column of the file is what; saving looks at every line."""
    einlesung = _visible(request, pk)
    if einlesung.zustand != EinlesungZustand.ENTWURF and is_just_opened(request):
        return redirect("einlesen:detail", pk=pk)
    form = ZuordnungForm(posted(request), einlesung=einlesung, beispiele=selectors.beispiele(einlesung))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_zuordnung(
                akteur=request.akteur, einlesung=einlesung, zuordnung=form.zuordnung(), gelesen=form.marken
            )
        except SojusError as error:
            show_error(error, form)
        else:
            return redirect("einlesen:rows", pk=pk)
    context = {"form": form, "einlesung": einlesung, "breadcrumb": _crumbs(einlesung, "Spalten zuordnen")}
    return render(request, "einlesen/assign.html", context, status=status_of(form))


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def rows(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The lines: what each does, what is wrong with it and what to do."""
    einlesung = _visible(request, pk)
    form = ZeilenFilter(request.GET)
    werte = form.values()
    warn_ignored(request, form)
    found = selectors.list_zeilen(einlesung, **werte)
    page = selectors.ZEILEN.page(request, found, unter=selectors.list_zeilen(einlesung))
    zahlen = selectors.count_befunde(einlesung)
    context = {
        "einlesung": einlesung,
        "form": form,
        "page": page,
        "zeilen": [selectors.show_zeile(einlesung, zeile) for zeile in page],
        "fehlerhaft": zahlen[Befund.FEHLERHAFT],
        "umfang": ", ".join(f"{zahl} {befund.label}" for befund, zahl in zahlen.items() if zahl),
        "breadcrumb": _crumbs(einlesung, "Zeilen"),
    }
    return render(request, "einlesen/rows.html", context)


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def faulty(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Faulty lines as a file with the reason, to be mended and sent again."""
    einlesung = _visible(request, pk)
    return csv_response("fehlerhafte-zeilen.csv", *selectors.list_fehlerhafte(einlesung))


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def kept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What stayed when a list was taken back, and why."""
    einlesung = _visible(request, pk)
    warn_ignored(request)
    page = selectors.AUSGELASSEN.page(request, selectors.list_ausgelassen(einlesung))
    context = {"einlesung": einlesung, "page": page, "breadcrumb": _crumbs(einlesung, "Was geblieben ist")}
    return render(request, "einlesen/kept.html", context)


def _frage(einlesung: Einlesung, title: str, **words: Any) -> Frage:
    zahlen = selectors.count_befunde(einlesung)
    items = [
        {"label": "Liste", "wert": einlesung.dateiname},
        {"label": "Für", "wert": einlesung.tenant.name if einlesung.tenant else "den Betrieb"},
        {"label": "Vorbereitet von", "wert": einlesung.eingereicht_von.name},
        *({"label": befund.label.capitalize(), "wert": anzahl(zahl, "Zeile", "Zeilen")}
          for befund, zahl in zahlen.items() if zahl),
    ]  # fmt: skip
    hier = reverse("einlesen:detail", args=[einlesung.pk])
    return Frage(title=title, back=hier, breadcrumb=_crumbs(einlesung, title), items=items, **words)


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand the list to a second person."""
    einlesung = _visible(request, pk)
    frage = _frage(
        einlesung,
        "Liste zur Freigabe vorlegen?",
        text="Eine andere Person Ihres Amts sieht die Zeilen an und gibt die Liste frei. Erst dann wird sie eingelesen."
        " Fehlerhafte Zeilen bleiben außen vor.",
        action_label="Zur Freigabe vorlegen",
    )
    return ask(
        request,
        frage,
        work=lambda _: services.submit_einlesung(akteur=request.akteur, einlesung=einlesung),
        done="Die Liste wartet auf die Freigabe durch eine andere Person.",
    )


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_http_methods(["GET", "HEAD", "POST"])
def decide_einlesung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The second person releases the list or gives it back; whoever prepared it takes it back."""
    einlesung, akteur = _visible(request, pk), request.akteur
    offen = einlesung.zustand == EinlesungZustand.VORGELEGT
    eigene = policies.has_prepared(akteur.user_id, einlesung)
    darf = not einlesung.legt_anbieter_an or policies.may_release_anbieter(akteur, einlesung)
    aktion = EinlesungAktion
    form = GrundForm(answered(request, aktion.ZURUECKGEBEN.value))
    wirkt = "Danach sind Anbieter, Einrichtungen, Angebote und Plätze im Verzeichnis, und alle Jugendämter finden sie."
    entgelte = (
        " Die Entgelte der Liste gelten mit Ihrer Freigabe als bestätigt (§ 78e Abs. 1 SGB VIII)."
        if einlesung.tenant_id
        else " Die Entgelte der Liste warten danach auf die Bestätigung durch das Jugendamt am Standort."
    )
    wege = {
        aktion.FREIGEBEN.value: Weg(
            label="Freigeben und einlesen",
            work=lambda _: services.approve_einlesung(akteur=akteur, einlesung=einlesung),
            done="Die Liste ist freigegeben und wird eingelesen.",
            title="Freigeben",
            text=wirkt + entgelte,
            offered=offen and not eigene and darf,
        ),
        aktion.ZURUECKGEBEN.value: Weg(
            label="Vorlage zurückziehen" if eigene else "Zurückgeben",
            work=lambda data: services.decline_einlesung(akteur=akteur, einlesung=einlesung, grund=data["grund"]),
            done="Die Liste ist wieder in Vorbereitung.",
            form=form,
            title="Zurückziehen" if eigene else "Oder zurückgeben",
            level="danger",
            offered=offen,
        ),
    }
    frage = _frage(
        einlesung,
        "Liste freigeben",
        unmoeglich=""
        if offen and not eigene and darf
        else services.SELBST_VORBEREITET
        if offen and eigene
        else services.NUR_LEITUNG
        if offen
        else f"Diese Liste wartet nicht auf eine Freigabe: {einlesung.get_zustand_display()}.",
        template="einlesen/decide.html",
        kontext={"einlesung": einlesung},
    )
    return decide(request, frage, wege)


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Forget a list that was never handed in."""
    einlesung = _visible(request, pk)
    frage = _frage(
        einlesung,
        "Liste verwerfen?",
        text="Die Zeilen werden gelöscht. Im Verzeichnis ändert sich nichts.",
        action_label="Verwerfen",
        level="danger",
    )
    return ask(
        request,
        frage,
        work=lambda _: services.cancel_einlesung(akteur=request.akteur, einlesung=einlesung),
        done="Die Liste ist verworfen.",
        leads=LISTEN[1],
    )


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a whole list back."""
    einlesung = _visible(request, pk)
    frage = _frage(
        einlesung,
        "Import zurücknehmen?",
        text="Was die Liste angelegt hat, verschwindet aus dem Verzeichnis; was sie geändert hat, ist wieder wie zuvor."
        " Was seither jemand geändert hat oder woran etwas hängt, bleibt. Sie sehen danach, was geblieben ist.",
        action_label="Import zurücknehmen",
        level="danger",
        hindernisse=[{"text": text, "url": ""} for text in zuruecknehmen.list_belegte(einlesung)]
        if einlesung.zustand == EinlesungZustand.EINGELESEN
        else [],
        unmoeglich="" if zuruecknehmen.is_revocable(einlesung) else zuruecknehmen.VORBEI,
    )
    return ask(
        request,
        frage,
        work=lambda _: zuruecknehmen.revoke_einlesung(akteur=request.akteur, einlesung=einlesung),
        done="Die Liste wird zurückgenommen.",
    )
