"""Meine Einrichtungen: what a provider keeps itself, over all districts, at the portal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.accounts.addresses import portal_address
from shared_apps.accounts.guards import require
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.seite import Stufe, crumbs, enter, posted
from shared_apps.core.zahlwort import anzahl
from shared_apps.providers import policies, services
from shared_apps.providers.forms.stammdaten import AnbieterForm, EinrichtungForm
from shared_apps.providers.forms.vakanz import EigeneFilter
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung
from shared_apps.providers.selectors import own as selectors
from shared_apps.providers.selectors import vakanz
from shared_apps.providers.selectors.konto import Kontoaufgaben, get_kontoaufgaben
from shared_apps.providers.selectors.register import list_kreise
from shared_apps.providers.selectors.schritte import find_weg

#: The two crumbs that pages of the register begin with: a house's own, and everybody's.
EIGENE = ("Meine Einrichtungen", "/anbieter/eigene/")
VERZEICHNIS = ("Anbieter", "/anbieter/")


def mark_area(request: HttpRequest, *, ist_ihre: bool) -> tuple[str, str]:
    """Where the page of a house or a provider belongs: at the portal, one's own is no entry of a register."""
    if not ist_ihre or request.tenant:
        return VERZEICHNIS
    request.bereich = "providers:own"
    return EIGENE


def crumbs_below(ort: Anbieter | Einrichtung, *stufen: Stufe) -> list[dict[str, str]]:
    """The way to a page about one's own facility, or provider: it names whose page it is, and leads back there."""
    route = "providers:detail" if isinstance(ort, Anbieter) else "providers:facility"
    return crumbs(EIGENE, (str(ort.name), reverse(route, args=[ort.pk])), *stufen)


def describe_ort(angebot: Angebot) -> list[dict[str, str]]:
    """Which offer of which facility a page is about, each with the way there: the first `items` of a Frage."""
    haus, url = angebot.einrichtung, reverse("providers:facility", args=[angebot.einrichtung_id])
    return [
        {"label": "Angebot", "wert": angebot.name, "url": f"{url}#angebot-{angebot.pk}"},
        {"label": "Einrichtung", "wert": haus.name, "url": url},
    ]


def portal_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The register is written at the portal; an office's host sends the person there."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.tenant is not None:
            return redirect(portal_address(request, "/anbieter/eigene/"))
        return view(request, *args, **kwargs)

    return checked


@require(policies.may_keep_own)
@portal_only
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """One table of all own facilities, with places taken today, what is due and what is missing."""
    alle = policies.own_einrichtungen(request.akteur)
    form = EigeneFilter(request.GET, kreise=list_kreise(alle))
    werte = form.values()
    warn_ignored(request, form, sortierungen=selectors.EIGENE.sortierungen)
    page = selectors.EIGENE.page(request, selectors.list_eigene(alle, **werte), unter=alle)
    eigene = selectors.list_belegungen(page.object_list)
    letzte = vakanz.list_letzte_bestaetigungen(b.angebot.pk for e in eigene for b in e.angebote)
    zuverlaessig = vakanz.compute_zuverlaessigkeit(e.pk for e in page.object_list)
    ueberblick = selectors.sum_up_eigene(alle)
    context = {
        "form": form,
        "page": page,
        "zeilen": [
            (e, [(b, letzte.get(b.angebot.pk)) for b in e.angebote], zuverlaessig[e.einrichtung.pk].text)
            for e in eigene
        ],
        "sortierung": selectors.EIGENE.get_wunsch(request.GET.get("sort", "")),
        "ueberblick": ueberblick,
        "gesamt_text": ueberblick.gesamt_text,
        "anteil": vakanz.compute_anteil(policies.own_angebote(request.akteur)),
        "anteil_land": vakanz.compute_anteile()[""],
        "konten": _kontoaufgaben(request),
        "offene_meldungen": vakanz.count_offene(alle),
        "anbieter_liste": policies.own_anbieter(request.akteur),
        "darf_anbieter_schreiben": policies.may_write_anbieter(request.akteur),
        "darf_konto": policies.may_keep_konto(request.akteur),
        "darf_schreiben": policies.may_write_own(request.akteur),
        "weg": find_weg(alle) if policies.may_offer_own(request.akteur) else None,
        "darf_einladen": bool(request.akteur.verwaltet_ids),
        "darf_anbieten": policies.may_offer_own(request.akteur),
        "gefiltert": any(werte.values()),
        "breadcrumb": crumbs(EIGENE),
    }
    return render(request, "providers/own.html", context)


def _kontoaufgaben(request: HttpRequest) -> Kontoaufgaben:
    if not policies.may_keep_konto(request.akteur):
        return Kontoaufgaben()
    return get_kontoaufgaben(policies.own_anbieter(request.akteur), user_id=request.akteur.user_id)


@require(policies.may_write_own)
@portal_only
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """One tap: the vacancies shown are right, for all own offers or those of one facility, then back."""
    einrichtung = None
    if request.POST.get("einrichtung"):
        einrichtung = get_object_or_404(policies.own_einrichtungen(request.akteur), pk=_uuid(request))
    bestaetigt = services.confirm_vakanzen(akteur=request.akteur, einrichtung=einrichtung)
    wovon = f"von „{einrichtung.name}“" if einrichtung else "aller Einrichtungen"
    wieviele = anzahl(bestaetigt, "Angebot", "Angebote")
    messages.success(request, f"Danke. Die Vakanzen {wovon} sind bestätigt ({wieviele}).")
    if offen := vakanz.count_offene(policies.own_einrichtungen(request.akteur)):
        warten = anzahl(offen, "Meldung wartet", "Meldungen warten")
        messages.info(request, f"{warten} auf Ihre Antwort. Bis dahin gilt das Angebot als nicht frei.")
    if request.POST.get("von") == "plan":
        return redirect("occupancy:facility", einrichtung.pk) if einrichtung else redirect("occupancy:plan")
    return redirect("providers:own")


def _uuid(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST["einrichtung"])
    except ValueError:
        return None


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_einrichtung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Contacts, description, days of operation of one's own facility."""
    einrichtung = get_object_or_404(policies.own_einrichtungen(request.akteur), pk=pk)
    form = EinrichtungForm(
        posted(request),
        instance=einrichtung,
        darf_eroeffnen=policies.may_offer_own(request.akteur),
        hat_betriebstage=selectors.has_betriebstage(einrichtung),
    )

    def save(angaben: dict[str, Any]) -> str:
        row = services.update_einrichtung(
            akteur=request.akteur, einrichtung=einrichtung, angaben=angaben, gelesen=form.marken
        )
        return selectors.describe_plz(row)

    return _edit(request, form, einrichtung, save)


@require(policies.may_write_anbieter)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_anbieter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Contacts, Dachverband and tax status of one's own provider."""
    anbieter = get_object_or_404(policies.own_anbieter(request.akteur), pk=pk)
    form = AnbieterForm(posted(request), instance=anbieter)

    def save(angaben: dict[str, Any]) -> str:
        services.update_anbieter(akteur=request.akteur, anbieter=anbieter, angaben=angaben, gelesen=form.marken)
        return ""

    return _edit(request, form, anbieter, save)


def _edit(request: HttpRequest, form: Any, ort: Anbieter | Einrichtung, save: Any) -> HttpResponse:
    name = str(ort.name)

    def work(data: dict[str, Any]) -> tuple[str, str]:
        hinweis = save({feld: data[feld] for feld in form.changed_data})
        return f"Die Angaben zu „{name}“ sind gespeichert. {hinweis}".strip(), EIGENE[1]

    lead = "Diese Angaben sehen alle Jugendämter."
    breadcrumb = crumbs_below(ort, "Angaben ändern")
    return enter(request, form, work, name=name, lead=lead, back=EIGENE[1], breadcrumb=breadcrumb)
