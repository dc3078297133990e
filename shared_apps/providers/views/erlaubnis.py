"""Licences of a facility and exceptions from them, entered by the provider at the portal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.seite import posted
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers import policies
from shared_apps.providers.forms.erlaubnis import AusnahmeForm, ErlaubnisForm, NeueAusnahmeForm, NeueErlaubnisForm
from shared_apps.providers.models import Betriebserlaubnis
from shared_apps.providers.selectors.ende import list_belegt_ohne_erlaubnis
from shared_apps.providers.services import erlaubnis as services
from shared_apps.providers.views.angebote import enter
from shared_apps.providers.views.own import portal_only


@require(policies.may_offer_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def create_erlaubnis(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A licence of one's own facility; the one before ends with it."""
    einrichtung = get_object_or_404(policies.own_einrichtungen(request.akteur), pk=pk)
    form = NeueErlaubnisForm(posted(request))
    back = reverse("providers:facility", args=[einrichtung.pk])

    def work(data: dict[str, Any]) -> tuple[str, str]:
        erlaubnis = services.create_erlaubnis(akteur=request.akteur, einrichtung=einrichtung, angaben=data)
        return f"Die Betriebserlaubnis Nr. {erlaubnis.nummer} ist eingetragen.", back

    lead = f"{einrichtung.name}. Gilt schon eine, endet sie am Tag vor der neuen."
    return enter(request, form, work, ort=einrichtung, title="Betriebserlaubnis eintragen", lead=lead, back=back)


@require(policies.may_offer_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_erlaubnis(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is wrong in a licence, how long it goes on, its end."""
    erlaubnis = get_object_or_404(policies.own_erlaubnisse(request.akteur).select_related("einrichtung"), pk=pk)
    initial = {name: getattr(erlaubnis, name) for name in (*services.ERLAUBNIS, "letzter_tag")}
    form = ErlaubnisForm(posted(request), initial=initial)

    def work(data: dict[str, Any]) -> tuple[str, str]:
        angaben = {feld: data[feld] for feld in form.changed_data}
        neu = services.update_erlaubnis(
            akteur=request.akteur, erlaubnis=erlaubnis, angaben=angaben, gelesen=form.marken
        )
        return _said(neu, ends="letzter_tag" in angaben), reverse("providers:facility", args=[erlaubnis.einrichtung_id])

    return enter(
        request,
        form,
        work,
        ort=erlaubnis.einrichtung,
        title="Betriebserlaubnis ändern",
        lead=f"{erlaubnis.einrichtung.name}. Eine neue Erlaubnis tragen Sie neu ein, die bisherige bleibt stehen.",
        back=reverse("providers:facility", args=[erlaubnis.einrichtung_id]),
    )


def _said(erlaubnis: Betriebserlaubnis, *, ends: bool) -> str:
    """What is held beyond the last day is not ended: she has to talk with those who hold it."""
    said = f"Die Betriebserlaubnis Nr. {erlaubnis.nummer} ist gespeichert."
    if not ends or erlaubnis.letzter_tag is None:
        return said
    belegt = [eintrag.text for eintrag in list_belegt_ohne_erlaubnis(erlaubnis)]
    danach = f" Nach dem {format_datum(erlaubnis.letzter_tag)} nimmt die Einrichtung niemanden mehr auf."
    if not belegt:
        return said + danach
    return f"{said}{danach} Bitte sprechen Sie mit den Jugendämtern, die dann noch dort belegen: {'; '.join(belegt)}."


@require(policies.may_offer_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def create_ausnahme(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A dated exception of the authority for one's own facility."""
    einrichtung = get_object_or_404(policies.own_einrichtungen(request.akteur), pk=pk)
    form = NeueAusnahmeForm(posted(request))
    back = reverse("providers:facility", args=[einrichtung.pk])

    def work(data: dict[str, Any]) -> tuple[str, str]:
        services.create_ausnahme(akteur=request.akteur, einrichtung=einrichtung, angaben=data)
        return "Die Ausnahme ist eingetragen.", back

    lead = f"{einrichtung.name}. Mehr Plätze oder ein anderes Alter auf Zeit, wie die Erlaubnisbehörde es erlaubt hat."
    return enter(request, form, work, ort=einrichtung, title="Ausnahme eintragen", lead=lead, back=back)


@require(policies.may_offer_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_ausnahme(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is wrong in an exception, or its earlier end."""
    ausnahme = get_object_or_404(policies.own_ausnahmen(request.akteur).select_related("einrichtung"), pk=pk)
    initial = {name: getattr(ausnahme, name) for name in (*services.AUSNAHME, "beginn", "letzter_tag")}
    form = AusnahmeForm(posted(request), initial=initial)
    back = reverse("providers:facility", args=[ausnahme.einrichtung_id])

    def work(data: dict[str, Any]) -> tuple[str, str]:
        angaben = {feld: data[feld] for feld in form.changed_data}
        services.update_ausnahme(akteur=request.akteur, ausnahme=ausnahme, angaben=angaben, gelesen=form.marken)
        return "Die Ausnahme ist gespeichert.", back

    haus = ausnahme.einrichtung
    return enter(request, form, work, ort=haus, title="Ausnahme ändern", lead=haus.name, back=back)
