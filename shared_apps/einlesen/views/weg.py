"""The way of one list: how far it is, handed in, released by a second person, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.frage import Frage, Weg, answered, ask, decide
from shared_apps.core.geld import format_zahl
from shared_apps.core.seite import Knopf, buttons, crumbs
from shared_apps.core.zahlwort import anzahl
from shared_apps.einlesen import policies, selectors
from shared_apps.einlesen.enums import Befund
from shared_apps.einlesen.forms import GrundForm
from shared_apps.einlesen.katalog import PFLICHT
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.policies import SCHRITTE_EINLESUNG
from shared_apps.einlesen.services import stehende, zuruecknehmen
from shared_apps.einlesen.services import vorbereiten as services
from shared_apps.einlesen.states import EinlesungAktion, EinlesungZustand
from shared_apps.einlesen.views.liste import LISTEN, get_einlesung, trail
from tenants.door.middleware import runs_on_shared_tables

TEILWEISE = "{} von {} sind eingelesen und gelten. Die übrigen stehen nicht im Verzeichnis."
EINGELESEN = "Das Verzeichnis enthält, was die Liste sagt."
EINGELESEN_OHNE = "Das Verzeichnis enthält, was die Liste sagt, ohne die fehlerhaften Zeilen."


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where a list is on its way, what it does, and what the person may do with it; a list that runs says how far."""
    einlesung = get_einlesung(request, pk)
    zustand = EinlesungZustand(einlesung.zustand)
    zahlen, steht = selectors.count_befunde(einlesung), bool(selectors.list_stehende([einlesung]))
    leer = _leer(einlesung, zahlen)
    context: dict[str, Any] = {
        "einlesung": einlesung,
        "zahlen": [(befund, zahlen[befund]) for befund in (Befund.NEU, Befund.GEAENDERT, Befund.UNVERAENDERT,
                                                           Befund.GESPERRT, Befund.FEHLERHAFT)],
        "hat_zeilen": any(zahlen.values()),
        "fehlerhaft": zahlen[Befund.FEHLERHAFT],
        "eingelesen": EINGELESEN_OHNE if zahlen[Befund.FEHLERHAFT] else EINGELESEN,
        "laeuft": zustand in selectors.LAEUFT and not steht,
        "steht": steht,
        "unvollstaendig": einlesung.erledigt < einlesung.anzahl,
        "teilweise": _teilweise(einlesung),
        "zugeordnet": all(code in einlesung.zuordnung for code in PFLICHT),
        "eigene": policies.has_prepared(request.akteur.user_id, einlesung),
        "wartet_auf_sie": policies.waits_for(request.akteur, einlesung),
        "nur_leitung": services.NUR_LEITUNG,
        "schritte": _steps(zustand),
        "leer": leer,
        "knoepfe": _buttons(request, einlesung, leer, steht=steht),
        "ausgelassen": zustand == EinlesungZustand.ZURUECKGENOMMEN
        and selectors.list_ausgelassen(einlesung).count(),
        "breadcrumb": crumbs(LISTEN, einlesung.dateiname),
    }  # fmt: skip
    template = "einlesen/_stand.html" if request.htmx else "einlesen/detail.html"
    return render(request, template, context)


def _teilweise(einlesung: Einlesung) -> str:
    zeilen = anzahl(einlesung.anzahl, "Zeile", "Zeilen")
    return TEILWEISE.format(format_zahl(Decimal(einlesung.erledigt), 0), zeilen)


def _steps(zustand: EinlesungZustand) -> list[dict[str, str]]:
    """The way of a list: prepared, released, read in."""
    stellen = {EinlesungZustand.ENTWURF: 0, EinlesungZustand.VORGELEGT: 1, EinlesungZustand.FREIGEGEBEN: 2}
    stelle = stellen.get(zustand, 3)
    worte = ("Spalten und Zeilen prüfen", "Freigabe durch eine zweite Person", "Einlesen")
    return [
        {"label": wort, "status": "done" if nr < stelle else "current" if nr == stelle else "open"}
        for nr, wort in enumerate(worte)
    ]


def _buttons(request: HttpRequest, einlesung: Einlesung, leer: str, *, steht: bool) -> list[Knopf]:
    """The steps this person may take; whoever prepared a list does not release it, nobody else hands it in."""
    eigene = policies.has_prepared(request.akteur.user_id, einlesung)
    aktion = EinlesungAktion
    knoepfe = {
        aktion.VORLEGEN: Knopf("einlesen:submit"),
        aktion.FREIGEBEN: Knopf("einlesen:decide", "Prüfen und entscheiden"),
        aktion.ZURUECKGEBEN: Knopf("einlesen:decide", "Liste zurückholen"),
        aktion.VERWERFEN: Knopf("einlesen:discard", level="danger"),
        aktion.ZURUECKNEHMEN: Knopf("einlesen:revoke", level="danger"),
        aktion.ABBRECHEN: Knopf("einlesen:stalled", "Erneut versuchen oder abbrechen"),
    }
    nicht = {aktion.FREIGEBEN} if eigene else {aktion.VORLEGEN, aktion.ZURUECKGEBEN}
    if not all(code in einlesung.zuordnung for code in PFLICHT) or leer:
        nicht.add(aktion.VORLEGEN)
    if not steht:
        nicht.add(aktion.ABBRECHEN)
    here = {schritt: knopf for schritt, knopf in knoepfe.items() if schritt not in nicht}
    return buttons(SCHRITTE_EINLESUNG, EinlesungZustand(einlesung.zustand), request.akteur, here, einlesung.pk)


def _frage(einlesung: Einlesung, title: str, zahlen: Mapping[Befund, int] | None = None, **words: Any) -> Frage:
    zahlen = zahlen or selectors.count_befunde(einlesung)
    items = [
        {"label": "Liste", "wert": einlesung.dateiname},
        {"label": "Für", "wert": einlesung.tenant.name if einlesung.tenant else "den Betrieb"},
        {"label": "Vorbereitet von", "wert": einlesung.eingereicht_von.name},
        *({"label": befund.label.capitalize(), "wert": anzahl(zahl, "Zeile", "Zeilen")}
          for befund, zahl in zahlen.items() if zahl),
    ]  # fmt: skip
    hier = reverse("einlesen:detail", args=[einlesung.pk])
    return Frage(title=title, back=hier, breadcrumb=trail(einlesung, title), items=items, **words)


def _leer(einlesung: Einlesung, zahlen: Mapping[Befund, int]) -> str:
    """Why a list that is not handed in yet has nothing to hand in."""
    if einlesung.zustand != EinlesungZustand.ENTWURF or any(code not in einlesung.zuordnung for code in PFLICHT):
        return ""
    return services.compute_warum_leer(zahlen)


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand the list to a second person."""
    einlesung = get_einlesung(request, pk)
    zahlen = selectors.count_befunde(einlesung)
    frage = _frage(
        einlesung,
        "Liste zur Freigabe vorlegen?",
        text="Eine andere Person Ihres Amts sieht die Zeilen an und gibt die Liste frei. Erst dann wird sie eingelesen."
        " Fehlerhafte Zeilen bleiben außen vor.",
        action_label="Zur Freigabe vorlegen",
        unmoeglich=_leer(einlesung, zahlen),
        zahlen=zahlen,
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
    einlesung, akteur = get_einlesung(request, pk), request.akteur
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
            label="Liste zurückholen" if eigene else "Zurückgeben",
            work=lambda data: services.decline_einlesung(akteur=akteur, einlesung=einlesung, grund=data["grund"]),
            done="Die Liste ist wieder in Vorbereitung.",
            form=form,
            title="Zurückholen" if eigene else "Oder zurückgeben",
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
    einlesung = get_einlesung(request, pk)
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
    einlesung = get_einlesung(request, pk)
    frage = _frage(
        einlesung,
        "Liste zurücknehmen?",
        text="Was die Liste angelegt hat, verschwindet aus dem Verzeichnis; was sie geändert hat, ist wieder wie zuvor."
        " Was seither jemand geändert hat oder woran etwas hängt, bleibt. Sie sehen danach, was geblieben ist.",
        action_label="Liste zurücknehmen",
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


@runs_on_shared_tables
@require(policies.may_einlesen)
@require_http_methods(["GET", "HEAD", "POST"])
def decide_stalled(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A list whose job was given up: once more, or not at all."""
    einlesung, akteur = get_einlesung(request, pk), request.akteur
    steht = bool(selectors.list_stehende([einlesung]))
    liest = einlesung.zustand == EinlesungZustand.FREIGEGEBEN
    wege = {
        "wiederholen": Weg(
            label="Erneut versuchen",
            work=lambda _: stehende.submit_again(akteur=akteur, einlesung=einlesung),
            done="Die Liste wird weiter eingelesen." if liest else "Die Liste wird zurückgenommen.",
            text="Es geht dort weiter, wo es stehen geblieben ist. Keine Zeile wird zweimal eingelesen."
            if liest
            else "Die Rücknahme beginnt von vorn. Bis sie fertig ist, bleibt im Verzeichnis alles, wie es ist.",
            offered=steht,
        ),
        EinlesungAktion.ABBRECHEN.value: Weg(
            label="Abbrechen",
            work=lambda _: stehende.end_einlesung(akteur=akteur, einlesung=einlesung),
            done="Das Einlesen ist abgebrochen." if liest else "Die Rücknahme ist abgebrochen.",
            title="Oder abbrechen",
            text="Was eingelesen ist, bleibt und lässt sich danach zurücknehmen. Die übrigen Zeilen können Sie als CSV"
            " laden und als eigene Liste senden."
            if liest
            else "Es bleibt alles, wie die Liste es eingetragen hat. Sie können sie später zurücknehmen.",
            level="danger",
            offered=steht,
        ),
    }
    frage = _frage(
        einlesung,
        "Einlesen blieb stehen" if liest else "Rücknahme blieb stehen",
        unmoeglich="" if steht else stehende.NICHT_STEHENGEBLIEBEN,
    )
    return decide(request, frage, wege)
