"""The one screen of an office's settings, and what was set before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.accounts.postfach import list_eigene_konten
from shared_apps.core.frage import Frage, ask
from shared_apps.core.gelesen import FELD
from shared_apps.core.seite import Stufe, crumbs, posted, save_label
from shared_apps.core.zeitraum import format_datum
from tenant_apps.vorgaben import policies, selectors, services
from tenant_apps.vorgaben.forms import VorgabeForm
from tenant_apps.vorgaben.katalog import Vorgabe, get_erklaerte
from tenant_apps.vorgaben.models import Vorgabewert

_LISTE = "Vorgaben"
_ZU_ZWEIT = "Der neue Wert gilt erst, wenn eine zweite Person ihn bestätigt hat."


def _get(code: str) -> Vorgabe[Any]:
    try:
        return get_erklaerte(code)
    except KeyError as error:
        raise Http404 from error


def _crumbs(*mehr: Stufe) -> list[dict[str, str]]:
    return crumbs((_LISTE, reverse("vorgaben:list")), *mehr)


def _url(vorgabe: Vorgabe[Any]) -> str:
    return reverse("vorgaben:detail", args=[vorgabe.code])


@require_safe
@require(policies.may_view_vorgaben)
def show_list(request: HttpRequest) -> HttpResponse:
    """All settings by area: what holds, since when, by whom, what holds without it."""
    gruppen = [
        (titel, [(stand, policies.may_update_vorgabe(request.akteur, stand.vorgabe)) for stand in staende])
        for titel, staende in selectors.list_staende()
    ]
    return render(request, "vorgaben/liste.html", {"gruppen": gruppen, "breadcrumb": crumbs(_LISTE)})


@require_safe
@require(policies.may_view_vorgaben)
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One setting, and page by page everything that was ever set."""
    vorgabe = _get(code)
    stand = selectors.get_stand(vorgabe)
    seite = selectors.VERLAUF.page(request, selectors.list_verlauf(vorgabe))
    eigene = list_eigene_konten()
    context = {
        "stand": stand,
        "page": seite,
        "verlauf": selectors.build_verlauf(vorgabe, seite),
        "angaben": _angaben(stand),
        "darf_aendern": policies.may_update_vorgabe(request.akteur, vorgabe),
        "zu_bestaetigen": [e for e in stand.wartet if policies.may_grant_vorgabewert(request.akteur, e.zeile, eigene)],
        "breadcrumb": _crumbs(vorgabe.name),
    }
    return render(request, "vorgaben/vorgabe.html", context)


def _angaben(stand: selectors.Stand) -> list[tuple[str, str]]:
    seit = stand.seit
    vorgabe = stand.vorgabe
    return [
        ("Gilt heute", stand.wert),
        ("Festgelegt", f"seit {format_datum(seit.gueltig_ab)}, {seit.user_name}" if seit else "bisher nicht"),
        *((f"Ab {format_datum(e.zeile.gueltig_ab)}", e.wert) for e in stand.geplant),
        ("Voreinstellung", stand.voreinstellung),
        ("Woher", vorgabe.quelle),
        ("Wer darf ändern", ", ".join(sorted(rolle.label for rolle in vorgabe.aendern))),
        *([("Zweite Person", _ZU_ZWEIT)] * vorgabe.zu_zweit),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@require(policies.may_update_vorgaben)
def update(request: HttpRequest, code: str) -> HttpResponse:
    """Set another value from a day on."""
    vorgabe = _get(code)
    if not policies.may_update_vorgabe(request.akteur, vorgabe):
        raise Http404
    stand = selectors.get_stand(vorgabe)
    frage = Frage(
        title=f"{vorgabe.name} ändern",
        text=vorgabe.erklaerung,
        items=[("Gilt heute", stand.wert), ("Voreinstellung", stand.voreinstellung)],
        action_label=save_label(wartet=vorgabe.zu_zweit),
        back=_url(vorgabe),
        breadcrumb=_crumbs((vorgabe.name, _url(vorgabe)), "Ändern"),
    )
    form = VorgabeForm(posted(request), vorgabe=vorgabe)
    return ask(
        request,
        frage,
        form=form,
        work=lambda data: services.create_vorgabewert(
            akteur=request.akteur, vorgabe=vorgabe, **data | {FELD: form.marken}
        ),
        done="Der Vorschlag liegt vor. Er gilt, sobald eine zweite Person ihn bestätigt."
        if vorgabe.zu_zweit
        else "Die Vorgabe ist festgelegt.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(policies.may_grant_vorgaben)
def grant(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm a value as the second person."""
    zeile = get_object_or_404(Vorgabewert, pk=pk)
    if not policies.may_grant_vorgabewert(request.akteur, zeile, list_eigene_konten()):
        raise Http404
    vorgabe = _get(zeile.vorgabe)
    frage = Frage(
        title=f"{vorgabe.name} bestätigen",
        text=vorgabe.erklaerung,
        items=[
            ("Gilt heute", selectors.get_stand(vorgabe).wert),
            ("Neuer Wert", vorgabe.write(vorgabe.read(zeile.wert))),
            ("Gilt ab", format_datum(zeile.gueltig_ab)),
            ("Vorgeschlagen von", zeile.user_name),
            ("Grund", zeile.grund),
        ],
        action_label="Bestätigen",
        back=_url(vorgabe),
        breadcrumb=_crumbs((vorgabe.name, _url(vorgabe)), "Bestätigen"),
    )
    return ask(
        request,
        frage,
        work=lambda _: services.grant_vorgabewert(akteur=request.akteur, wert=zeile),
        done="Der Wert ist bestätigt.",
    )
