"""The provider's month: calendar or hours, preview of the invoice, submission."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.catalogue.models import Einheit
from shared_apps.core.clock import today
from shared_apps.core.errors import SojusError
from shared_apps.core.liste import related
from shared_apps.core.seite import crumbs, is_just_opened, posted, show_error, status_of
from shared_apps.core.zeitraum import build_monat, format_datum, tage_im_monat
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.billing import policies, rules
from tenant_apps.billing.enums import Vorgang
from tenant_apps.billing.forms import RechnungForm, StundenForm, TageForm
from tenant_apps.billing.models import Leistungsnachweis, Rechnung
from tenant_apps.billing.selectors.berechnung import (
    check_berechnung,
    compute_rechnung,
    describe_zeilen,
    is_monat_fertig,
    list_entgeltwechsel,
    list_zaehltage,
)
from tenant_apps.billing.selectors.rechnungen import suggest_nummer
from tenant_apps.billing.services.issue import bill_monat
from tenant_apps.billing.services.record import record_leistungsnachweis
from tenant_apps.billing.states import LEISTUNGSNACHWEIS_BEARBEITBAR, RECHNUNG_LEBEND, RechnungZustand
from tenant_apps.placements.models import Buchung
from tenants.tables.reads import names_nobody

_RELATED = ("hilfefall", "klient", "hilfeart", "angebot", "einrichtung", "anbieter", "reservierung")


def _get_buchung(request: HttpRequest, uuid: UUID) -> Buchung:
    rows = policies.recordable_buchungen(request.akteur)
    return get_object_or_404(related(*_RELATED)(rows), pk=uuid)


def _get_nachweis(request: HttpRequest, uuid: UUID) -> Leistungsnachweis:
    rows = policies.visible_leistungsnachweise(request.akteur).filter(
        buchung__anbieter_id__in=request.akteur.anbieter_ids
    )
    return get_object_or_404(related(*(f"buchung__{name}" for name in _RELATED))(rows), pk=uuid)


def _weeks(monat: date, form: TageForm | StundenForm, zaehltage: list[date]) -> list[list[dict[str, Any] | None]]:
    """The month as weeks from Monday to Sunday, each day with its box (None = outside the month)."""
    in_tagen = isinstance(form, TageForm)
    gewaehlt = set(map(str, form["tage"].value() or [])) if in_tagen else set()
    erlaubt = {tag.day for tag in zaehltage}
    zellen: list[dict[str, Any] | None] = [None] * monat.weekday()
    for nummer in range(1, tage_im_monat(monat) + 1):
        tag = monat.replace(day=nummer)
        zelle = {"tag": tag, "erlaubt": nummer in erlaubt, "gewaehlt": str(nummer) in gewaehlt}
        if not in_tagen and nummer in erlaubt:
            zelle["feld"] = form[f"tag_{nummer}"]
        zellen.append(zelle)
    zellen += [None] * (-len(zellen) % 7)
    return [zellen[n : n + 7] for n in range(0, len(zellen), 7)]


def _get_form(request: HttpRequest, buchung: Buchung, nachweis: Leistungsnachweis | None, zaehltage: list[date]) -> Any:
    data = posted(request)
    bemerkung = nachweis.bemerkung if nachweis else ""
    if buchung.hilfeart.einheit == Einheit.TAG:
        tage = nachweis.tage if nachweis else [tag.day for tag in zaehltage]
        return TageForm(data, zaehltage=zaehltage, initial={"tage": tage, "bemerkung": bemerkung})
    je_tag = dict(zip(nachweis.tage, nachweis.tagesstunden, strict=True)) if nachweis and nachweis.tagesstunden else {}
    initial = {f"tag_{tag}": stunden for tag, stunden in je_tag.items()} | {
        "bemerkung": bemerkung,
        "stunden": nachweis.stunden if nachweis and not je_tag else None,
    }
    return StundenForm(
        data, zaehltage=zaehltage, initial=initial, je_tag=bool(je_tag or list_entgeltwechsel(buchung, zaehltage))
    )


def _save(request: HttpRequest, buchung: Buchung, monat: date, form: Any) -> HttpResponse | None:
    """Store the draft; None when it is refused (the form then shows why)."""
    try:
        nachweis = record_leistungsnachweis(
            buchung=buchung, monat=monat, akteur=request.akteur, gelesen=form.marken, **form.angaben
        )
    except SojusError as fehler:
        show_error(fehler, form)
        return None
    if not policies.may_bill(request.akteur):
        messages.success(request, "Der Entwurf ist gespeichert. Einreichen kann ihn die Abrechnung Ihres Anbieters.")
    elif "weiter" in request.POST:
        return redirect("billing:preview", nachweis.pk)
    else:
        messages.success(request, "Der Entwurf ist gespeichert.")
    return redirect("billing:record", buchung.pk, monat.year, monat.month)


@require_http_methods(["GET", "POST"])
@require(policies.may_record)
def record(request: HttpRequest, uuid: UUID, jahr: int, monat: int) -> HttpResponse:
    """The month's calendar (or hours). All days of the booking are chosen at first."""
    buchung = _get_buchung(request, uuid)
    try:
        erster = build_monat(jahr, monat)
    except ValueError as fehler:
        raise Http404 from fehler
    alle = list_zaehltage(buchung, erster)
    if not alle:
        raise Http404
    nachweis = buchung.leistungsnachweise.filter(monat=erster).first()
    darf_abrechnen = policies.may_bill(request.akteur)
    ist_bearbeitbar = nachweis is None or nachweis.zustand in LEISTUNGSNACHWEIS_BEARBEITBAR
    if nachweis and not ist_bearbeitbar and is_just_opened(request):  # what is sent comes back with the reason
        ziel = ("billing:nachweis", nachweis.pk) if darf_abrechnen else ("placements:buchung", buchung.pk)
        return redirect(*ziel)
    zaehltage = [tag for tag in alle if tag <= today()]
    form = _get_form(request, buchung, nachweis, zaehltage)
    if request.method == "POST" and form.is_valid():
        response = _save(request, buchung, erster, form)
        if response is not None:
            return response
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.NACHWEIS_ANSEHEN, objekt=buchung,
        felder=("vorname", "nachname", "fallnummer", "tage"),
    )  # fmt: skip
    in_tagen = isinstance(form, TageForm)
    return render(
        request,
        "billing/erfassen.html",
        {
            "buchung": buchung,
            "monat": erster,
            "von": alle[0],
            "bis": alle[-1],
            "form": form,
            "weeks": _weeks(erster, form, zaehltage),
            "in_tagen": in_tagen,
            "entgeltwechsel": [] if in_tagen else list_entgeltwechsel(buchung, zaehltage),
            "beanstandete": buchung.rechnungen.filter(monat=erster, zustand=RechnungZustand.BEANSTANDET).first(),
            "entfallen": _describe_entfallen(erster, nachweis, alle),
            "ist_fertig": is_monat_fertig(buchung, erster),
            "ist_neu": nachweis is None,
            "ist_bearbeitbar": ist_bearbeitbar,
            "darf_abrechnen": darf_abrechnen,
            "breadcrumb": _crumbs(buchung, "Leistung erfassen", darf_abrechnen=darf_abrechnen),
        },
        status=status_of(form),
    )


def _describe_entfallen(monat: date, nachweis: Leistungsnachweis | None, alle: list[date]) -> str:
    """Recorded days that are not booked any more: the page has no box for them, and saving it leaves them out."""
    gebucht = {tag.day for tag in alle}
    tage = [monat.replace(day=tag) for tag in nachweis.tage if tag not in gebucht] if nachweis else []
    return f"Erfasst ist auch: {', '.join(map(format_datum, tage))}. Beim Speichern entfällt das." if tage else ""


def _crumbs(buchung: Buchung, text: str, *, darf_abrechnen: bool = True) -> list[dict[str, str]]:
    liste = [("Abrechnung", reverse("billing:list"))] if darf_abrechnen else []
    eigene = (f"Buchung {buchung.hilfefall.fallnummer}", reverse("placements:buchung", args=[buchung.pk]))
    return crumbs(*liste, eigene, text)


@names_nobody("leads on to the page where the month stands")
@require_GET
@require(policies.may_list_rechnungen)
def open_nachweis(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Lead to where the month stands: recording, preview or invoice."""
    nachweis = get_object_or_404(policies.visible_leistungsnachweise(request.akteur), pk=uuid)
    rechnung = nachweis.rechnungen.exclude(zustand=RechnungZustand.STORNIERT).order_by("-eingereicht_at").first()
    if policies.may_record(request.akteur) and nachweis.zustand in LEISTUNGSNACHWEIS_BEARBEITBAR:
        return redirect("billing:record", nachweis.buchung_id, nachweis.monat.year, nachweis.monat.month)
    if rechnung:
        return redirect("billing:detail", rechnung.pk)
    if policies.may_bill(request.akteur):
        return redirect("billing:preview", nachweis.pk)
    return redirect("placements:buchung", nachweis.buchung_id)


@require_http_methods(["GET", "POST"])
@require(policies.may_bill)
def preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The invoice as it will be; sending it submits the proof of service, too."""
    nachweis = _get_nachweis(request, uuid)
    lebend = nachweis.rechnungen.filter(zustand__in=RECHNUNG_LEBEND).first()
    if lebend and request.POST.get("nummer", lebend.nummer) == lebend.nummer:  # sent twice: it is there
        return redirect("billing:nachweis", nachweis.pk)
    buchung = nachweis.buchung
    form = RechnungForm(
        posted(request),
        initial={"nummer": suggest_nummer(buchung.anbieter_id, today()) if buchung.anbieter_id else ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            rechnung = bill_monat(nachweis=nachweis, akteur=request.akteur, nummer=form.cleaned_data["nummer"])
        except SojusError as fehler:
            show_error(fehler, form)
        else:
            messages.success(request, f"Die Rechnung {rechnung.nummer} ist eingereicht.")
            return redirect("billing:detail", rechnung.pk)
    return _render_preview(request, nachweis, form, lebend)


def _render_preview(
    request: HttpRequest, nachweis: Leistungsnachweis, form: RechnungForm, lebend: Rechnung | None
) -> HttpResponse:
    berechnung, befunde, hindernis = None, [], ""
    try:
        berechnung = compute_rechnung(nachweis)
        befunde = check_berechnung(berechnung, nachweis, "")
    except rules.AbrechnungError as fehler:
        hindernis = str(fehler)
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.NACHWEIS_VORSCHAU, objekt=nachweis,
        felder=("vorname", "nachname", "fallnummer", "betrag"),
    )  # fmt: skip
    return render(
        request,
        "billing/vorschau.html",
        {
            "nachweis": nachweis,
            "buchung": nachweis.buchung,
            "berechnung": berechnung,
            "zeilen": describe_zeilen(berechnung, nachweis.buchung) if berechnung else [],
            "befunde": befunde,
            "hindernis": hindernis,
            "lebend": lebend,
            "form": form,
            "ist_fertig": is_monat_fertig(nachweis.buchung, nachweis.monat),
            "ist_bearbeitbar": nachweis.zustand in LEISTUNGSNACHWEIS_BEARBEITBAR,
            "breadcrumb": _crumbs(nachweis.buchung, "Rechnung prüfen und senden"),
        },
        status=status_of(form),
    )
