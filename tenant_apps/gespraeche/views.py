"""Questions and answers between office and house: the thread, writing, and closing without an answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shared_apps.accounts.guards import require
from shared_apps.core.errors import SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage
from shared_apps.core.liste import related
from shared_apps.core.seite import crumbs, posted
from tenant_apps.audit.frage import ask_about
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.gespraeche import policies, services
from tenant_apps.gespraeche.anzeige import build_zeilen, describe_gegenueber
from tenant_apps.gespraeche.enums import Rueckfragenwahl, Vorgang
from tenant_apps.gespraeche.forms import NachrichtForm
from tenant_apps.gespraeche.hooks import Bezug, find_bezug, list_bezuege
from tenant_apps.gespraeche.models import Gespraech, Gespraechsnachricht
from tenant_apps.gespraeche.selectors import NACHRICHTEN, RUECKFRAGEN, filter_staende, find_stand
from tenant_apps.gespraeche.services.nachrichten import VORBEI, NenntPerson

TITEL = "Rückfragen"
GESENDET = "Die Nachricht ist gesendet."


def _load(request: HttpRequest, uuid: UUID) -> Gespraech:
    rows = policies.visible_gespraeche(request.akteur)
    return get_object_or_404(related("hilfefall__fachkraft", "einrichtung")(rows), pk=uuid)


@require_GET
@require(policies.may_list_rueckfragen)
def list_rueckfragen(request: HttpRequest) -> HttpResponse:
    """The office's talks, what nobody has read first; `?nur=` narrows them."""
    akteur, nur = request.akteur, request.GET.get("nur", "")
    nur = nur if nur in Rueckfragenwahl.values else ""
    warn_ignored(request, bekannt={"nur": set(Rueckfragenwahl.values)})
    sichtbar = policies.visible_staende(akteur)
    page = RUECKFRAGEN.page(request, filter_staende(sichtbar, nur), unter=sichtbar)
    lesbar = policies.readable_ids(akteur, page)
    record_access(
        akteur=akteur, aktion=Aktion.LESEN, vorgang=Vorgang.GESPRAECHE_ANSEHEN,
        objekt_art="gespraeche.gespraech", felder=("vorname", "nachname", "fallnummer"), zeilen=list(page),
    )  # fmt: skip
    wahl = [("", "Alle"), *Rueckfragenwahl.choices]
    context = {
        "page": page,
        "zeilen": [(stand, stand.gespraech_id in lesbar) for stand in page],
        "nur": nur,
        "tabs": [
            {"label": label, "url": f"{request.path}?nur={wert}" if wert else request.path, "active": wert == nur}
            for wert, label in wahl
        ],
        "breadcrumb": crumbs(TITEL),
    }
    return render(request, "gespraeche/liste.html", context)


@require_GET
@require(policies.may_read_gespraeche)
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The whole thread, the newest first, with the matters it is about; what she is shown counts as read."""
    akteur = request.akteur
    gespraech = _load(request, uuid)
    bezuege = list_bezuege(akteur, gespraech)
    if akteur.ist_anbieter and bezuege:  # a house that is only asked sees no case
        gespraech.hilfefall = bezuege[0].hilfefall
    alle = Gespraechsnachricht.objects.filter(gespraech=gespraech)
    page = NACHRICHTEN.page(request, alle, unter=alle)
    neu = services.mark_gelesen(akteur=akteur, gespraech=gespraech, gezeigt=page)
    zeilen = build_zeilen(akteur, page, neu)
    record_access(
        akteur=akteur, aktion=Aktion.LESEN, vorgang=Vorgang.GESPRAECH_ANSEHEN, objekt=gespraech, felder=("text",)
    )
    bezug = bezuege[0] if bezuege else None
    darf = bezug is not None and bezug.ist_offen and policies.may_write_about(akteur, gespraech.hilfefall_id)
    context = {
        "gespraech": gespraech,
        "haus": gespraech.einrichtung,
        "ist_amt": akteur.ist_amt,
        "bezug": bezug,
        "bezuege": bezuege,
        "telefon": describe_gegenueber(akteur, bezug) if bezug else None,
        "page": page,
        "zeilen": zeilen,
        "form": NachrichtForm() if darf else None,
        "stand": find_stand(gespraech) if darf and akteur.ist_amt else None,
        "breadcrumb": _crumbs(f"Nummer {bezug.nummer}" if bezug else TITEL, bezug),
    }
    return render(request, "gespraeche/gespraech.html", context)


@require_http_methods(["GET", "POST"])
@require(policies.may_write_gespraeche)
def write(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A message about a matter, found by the id its number is made of."""
    akteur = request.akteur
    bezug = find_bezug(akteur, uuid)
    if bezug is None or not policies.may_write_about(akteur, bezug.hilfefall.pk):
        raise Http404

    kontext: dict[str, Any] = {}

    def work(data: dict[str, Any]) -> Gespraechsnachricht:
        try:
            return services.create_nachricht(akteur=akteur, bezug=bezug, text=data["text"], einmal=data["einmal"])
        except NenntPerson as error:
            kontext["teile"] = error.teile
            raise

    frage = Frage(
        title="Nachricht schreiben",
        text=f"Zu Nummer {bezug.nummer}. {_who_reads(bezug, ist_amt=akteur.ist_amt)}",
        items=[("Frage der Einrichtung", bezug.frage)] if bezug.frage and akteur.ist_amt else [],
        action_label="Nachricht senden",
        back=reverse(bezug.route, args=[bezug.objekt_id]),
        breadcrumb=_crumbs("Nachricht", bezug),
        unmoeglich="" if bezug.ist_offen else VORBEI,
        kontext=kontext,
    )
    return ask_about(
        bezug.hilfefall,
        Vorgang.GESPRAECH_SCHREIBEN,
        request,
        frage,
        form=NachrichtForm(posted(request)),
        work=work,
        done=GESENDET,
        leads=lambda nachricht: reverse("gespraeche:detail", args=[nachricht.gespraech_id]),
    )


def _who_reads(bezug: Bezug, *, ist_amt: bool) -> str:
    """Who will read it, and what does not belong in it yet."""
    if not ist_amt:
        return "Ihre Nachricht liest, wer den Fall im Jugendamt bearbeitet; sie gehört zur Akte."
    liest = f"Ihre Nachricht liest {bezug.einrichtung.name}; sie gehört zur Akte."
    if bezug.ist_gebucht:
        return liest
    return f"{liest} Vor der Buchung gehören Name, Geburtsdatum und PKZ nicht hinein (§ 64 Abs. 2a SGB VIII)."


@require_POST
@require(policies.may_settle)
def settle(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """No answer is needed."""
    gespraech = _load(request, uuid)
    try:
        services.settle_gespraech(akteur=request.akteur, gespraech=gespraech)
    except SojusError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Die Rückfrage wartet nicht mehr auf eine Antwort.")
    return redirect("gespraeche:detail", gespraech.pk)


def _crumbs(text: str, bezug: Bezug | None) -> list[dict[str, str]]:
    if bezug is None:
        return crumbs(TITEL, text)
    return crumbs((f"{bezug.wort} {bezug.nummer}", reverse(bezug.route, args=[bezug.objekt_id])), text)
