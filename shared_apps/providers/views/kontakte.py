"""Whom offices call at one's own provider and its facilities: list, enter, change, take away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import posted
from shared_apps.providers import policies
from shared_apps.providers.forms.kontakte import KontaktForm, NeuerKontaktForm
from shared_apps.providers.models import Anbieter, Einrichtung, Kontakt
from shared_apps.providers.selectors.kontakte import list_kontakte
from shared_apps.providers.services import kontakte as services
from shared_apps.providers.views.angebote import enter
from shared_apps.providers.views.own import crumbs_below, portal_only

TITEL = "Kontakte"
_WER_LIEST = "Das lesen alle Jugendämter und Ihr Haus, kein anderer Anbieter."


@require(policies.may_write_own)
@portal_only
@require_safe
def list_einrichtung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Contacts of one's own facility."""
    return _list(request, _einrichtung(request, pk))


@require(policies.may_write_anbieter)
@portal_only
@require_safe
def list_anbieter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Contacts of one's own provider."""
    return _list(request, _anbieter(request, pk))


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def create_einrichtung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new contact of one's own facility."""
    return _create(request, _einrichtung(request, pk))


@require(policies.may_write_anbieter)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def create_anbieter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new contact of one's own provider."""
    return _create(request, _anbieter(request, pk))


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_kontakt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A contact of one's own, changed."""
    kontakt = _kontakt(request, pk)
    form = KontaktForm(posted(request), initial={name: getattr(kontakt, name) for name in services.KONTAKT})

    def work(data: dict[str, Any]) -> tuple[str, str]:
        angaben = {feld: data[feld] for feld in form.changed_data}
        services.update_kontakt(akteur=request.akteur, kontakt=kontakt, angaben=angaben, gelesen=form.marken)
        return "Der Kontakt ist gespeichert.", _liste(_ort(kontakt))

    ort = _ort(kontakt)
    return _enter(request, form, work, ort, "Kontakt ändern")


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def end_kontakt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A contact of one's own is taken away."""
    kontakt = _kontakt(request, pk)
    ort = _ort(kontakt)
    title = f"Kontakt „{kontakt}“ entfernen?"
    notruf = " Es ist Ihr Notfalltelefon: Danach steht hier keines mehr." if kontakt.ist_notruf else ""
    frage = Frage(
        title=title,
        text=f"{ort.name}, {kontakt.get_funktion_display()}. Der Kontakt wird gelöscht, Jugendämter sehen ihn nicht"
        f" mehr.{notruf}",
        action_label="Kontakt entfernen",
        level="danger",
        back=_liste(ort),
        breadcrumb=crumbs_below(ort, (TITEL, _liste(ort)), title.rstrip("?")),
    )
    work = services.end_kontakt
    return ask(
        request,
        frage,
        work=lambda _: work(akteur=request.akteur, kontakt=kontakt),
        done="Der Kontakt ist entfernt.",
    )


def _list(request: HttpRequest, ort: Anbieter | Einrichtung) -> HttpResponse:
    context = {
        "ort": ort,
        "liste": list_kontakte(ort),
        "neu": _address(ort, "create_{}_contact"),
        "back": reverse("providers:detail" if isinstance(ort, Anbieter) else "providers:facility", args=[ort.pk]),
        "breadcrumb": crumbs_below(ort, TITEL),
    }
    return render(request, "providers/kontakte.html", context)


def _create(request: HttpRequest, ort: Anbieter | Einrichtung) -> HttpResponse:
    form = NeuerKontaktForm(posted(request))

    def work(data: dict[str, Any]) -> tuple[str, str]:
        services.create_kontakt(akteur=request.akteur, ort=ort, angaben=data)
        return "Der Kontakt ist eingetragen.", _liste(ort)

    return _enter(request, form, work, ort, "Kontakt eintragen")


def _enter(request: HttpRequest, form: Any, work: Any, ort: Anbieter | Einrichtung, title: str) -> HttpResponse:
    lead, back = f"{ort.name}. {_WER_LIEST}", _liste(ort)
    return enter(request, form, work, ort=ort, davor=((TITEL, back),), title=title, lead=lead, back=back)


def _einrichtung(request: HttpRequest, pk: UUID) -> Einrichtung:
    return get_object_or_404(policies.own_einrichtungen(request.akteur), pk=pk)


def _anbieter(request: HttpRequest, pk: UUID) -> Anbieter:
    return get_object_or_404(policies.own_anbieter(request.akteur), pk=pk)


def _kontakt(request: HttpRequest, pk: UUID) -> Kontakt:
    rows = policies.own_kontakte(request.akteur).select_related("anbieter", "einrichtung")
    return get_object_or_404(rows, pk=pk)


def _ort(kontakt: Kontakt) -> Anbieter | Einrichtung:
    ort = kontakt.einrichtung or kontakt.anbieter
    assert ort is not None  # constraint kontakt_genau_ein_ort
    return ort


def _liste(ort: Anbieter | Einrichtung) -> str:
    return _address(ort, "{}_contacts")


def _address(ort: Anbieter | Einrichtung, route: str) -> str:
    what = "provider" if isinstance(ort, Anbieter) else "facility"
    return reverse(f"providers:{route.format(what)}", args=[ort.pk])
