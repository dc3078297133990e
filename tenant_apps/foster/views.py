"""Own foster places of the office: the list, one of them, entering, changing, ending; and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shared_apps.accounts.guards import require
from shared_apps.core.clock import today
from shared_apps.core.csv_export import csv_response
from shared_apps.core.filter_query import build_filter_query, warn_ignored
from shared_apps.core.seite import Stufe, crumbs, enter, posted, status_of
from tenant_apps.drafts.selectors import get_suchtext
from tenant_apps.drafts.services import create_suchtext
from tenant_apps.foster import policies, services
from tenant_apps.foster.forms import (
    NeuePflegestelleForm,
    NeuerPflegegeldsatzForm,
    PflegegeldsatzForm,
    PflegestelleEndeForm,
    PflegestelleForm,
    PflegestellenFilter,
)
from tenant_apps.foster.models import Pflegegeldsatz, Pflegestelle
from tenant_apps.foster.selectors import (
    PFLEGEGELD,
    PFLEGESTELLEN,
    filter_pflegestellen,
    list_saetze,
    with_satz,
)

TITEL = "Pflegestellen"
PFLEGEGELD_TITEL = "Pflegegeldsätze"
#: What is asked about the child. It is kept apart (`drafts.Suchtext`); the address has the key of it alone.
VOM_KIND = ("alter", "geschlecht")
SUCHE = "suche"
_OHNE_PERSON = (
    "Die Familie selbst steht nicht im Portal: kein Name, keine Anschrift, kein Kind. Wer gemeint ist, sagt die Akte"
    " Ihres Pflegekinderdienstes."
)
_KOPF = (
    "Kennzeichen", "Form", "Region", "Plätze", "davon belegt", "frei ab", "Alter von", "Alter bis", "Geschlecht",
    "höchstens Tage", "Pflegegeld je Monat", "ab", "bis", "Stand",
)  # fmt: skip


@require_GET
@require(policies.may_read_pflegestellen)
def list_pflegestellen(request: HttpRequest) -> HttpResponse:
    """The office's places, or those that come into question for a search; as a file, too."""
    return _show_list(request, PflegestellenFilter(_read_filter(request)))


def _show_list(request: HttpRequest, form: PflegestellenFilter, *, status: int = 200) -> HttpResponse:
    """The list by what the filter takes; what it does not take is said at its field."""
    werte = form.values()
    bekannt = {**dict.fromkeys(VOM_KIND, ()), SUCHE: None}
    warn_ignored(request, form, bekannt=bekannt, sortierungen=PFLEGESTELLEN.sortierungen)
    rows = filter_pflegestellen(
        hilfearten=[art.code for art in werte["hilfeart"] or ()],
        alter=form.cleaned_data.get("alter"),  # 0 is an age
        geschlecht=werte["geschlecht"],
        ab=werte["ab"] or None,
        bis=werte["bis"] or None,
        nur_freie=bool(werte["frei"]),
        region=werte["region"],
        auch_alte=bool(werte["alte"]),
    )
    am, alter = werte["ab"] or today(), form.cleaned_data.get("alter")
    if request.GET.get("format") == "csv":
        alle = PFLEGESTELLEN.all(with_satz(rows, am=am, alter=alter))
        return csv_response("pflegestellen.csv", _KOPF, map(_zeile, alle))
    page = PFLEGESTELLEN.page(request, rows, unter=Pflegestelle.objects.all())
    saetze = list_saetze(page, am=am, alter=alter)
    context = {
        "page": page,
        "zeilen": [(stelle, saetze.get(stelle.pk)) for stelle in page],
        "sortierung": PFLEGESTELLEN.get_wunsch(request.GET.get("sort", "")),
        "form": form,
        "ohne_alter": alter is None,
        "gefiltert": any(werte.values()) or alter is not None,
        "darf_fuehren": policies.may_keep_pflegestellen(request.akteur),
        "darf_saetze": policies.may_keep_pflegegeld(request.akteur),
        "breadcrumb": crumbs(TITEL),
    }
    return render(request, "foster/liste.html", context, status=status)


def _read_filter(request: HttpRequest) -> QueryDict:
    """The filter of the address, with what was asked about the child; what the address itself says of it does not
    count."""
    eingabe = request.GET.copy()
    vom_kind = QueryDict(get_suchtext(user_id=request.akteur.user_id, suchtext_id=eingabe.get(SUCHE, "")))
    for name in VOM_KIND:
        eingabe[name] = vom_kind.get(name, "")
    return eingabe


@require_POST
@require(policies.may_read_pflegestellen)
def search_pflegestellen(request: HttpRequest) -> HttpResponse:
    """The filter's form, and the way from a search: age and sex are kept apart, the rest goes into the address.

    What the filter does not take is shown again as it was typed.
    """
    form = PflegestellenFilter(request.POST)
    if not form.is_valid():
        return _show_list(request, form, status=status_of(form))
    query: dict[str, Any] = build_filter_query(form, request.POST, PFLEGESTELLEN.sortierungen)
    if arten := form.cleaned_data.get("hilfeart"):
        query["hilfeart"] = [art.code for art in arten]
    vom_kind = _read_vom_kind(request.POST)
    query = {name: wert for name, wert in query.items() if name not in VOM_KIND}
    if vom_kind:
        query[SUCHE] = str(create_suchtext(user_id=request.akteur.user_id, text=urlencode(vom_kind)).pk)
    return redirect(f"{reverse('foster:list')}{'?' if query else ''}{urlencode(query, doseq=True)}")


def _read_vom_kind(eingabe: QueryDict) -> dict[str, str]:
    """What is kept about the child, of a filter that takes it."""
    werte = {name: eingabe.get(name, "").strip() for name in VOM_KIND}
    return {name: wert for name, wert in werte.items() if wert}


def _zeile(stelle: Any) -> tuple[Any, ...]:
    return (
        stelle.kennzeichen, stelle.get_form_display(), stelle.region, stelle.plaetze, stelle.belegt, stelle.frei_ab,
        stelle.alter_von, stelle.alter_bis, stelle.get_geschlecht_display(), stelle.hoechstens_tage, stelle.satz,
        stelle.erster_tag, stelle.letzter_tag, stelle.stand_at,
    )  # fmt: skip


@require_GET
@require(policies.may_read_pflegestellen)
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One place, and what a child there costs today."""
    rows = with_satz(Pflegestelle.objects.select_related("eingetragen_von", "stand_von"), am=today())
    stelle = get_object_or_404(rows, pk=uuid)
    context = {
        "stelle": stelle,
        "darf_fuehren": policies.may_keep_pflegestellen(request.akteur),
        "breadcrumb": _crumbs(stelle.kennzeichen),
    }
    return render(request, "foster/pflegestelle.html", context)


@require_http_methods(["GET", "POST"])
@require(policies.may_keep_pflegestellen)
def create(request: HttpRequest) -> HttpResponse:
    """Enter a place."""
    form = NeuePflegestelleForm(posted(request), initial={"ab": today()})

    def work(data: dict[str, Any]) -> tuple[str, str]:
        stelle = services.create_pflegestelle(akteur=request.akteur, angaben=_angaben(data), ab=data["ab"])
        return "Die Pflegestelle steht jetzt in der Liste.", _url(stelle)

    return enter(
        request, form, work, name="Pflegestelle eintragen", lead=_OHNE_PERSON, back=reverse("foster:list"),
        breadcrumb=_crumbs("Pflegestelle eintragen"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require(policies.may_keep_pflegestellen)
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a place, or confirm that it is still so."""
    stelle = get_object_or_404(Pflegestelle, pk=uuid)
    form = PflegestelleForm(posted(request), initial={name: getattr(stelle, name) for name in services.ANGABEN})

    def work(data: dict[str, Any]) -> tuple[str, str]:
        services.update_pflegestelle(akteur=request.akteur, stelle=stelle, angaben=_angaben(data), gelesen=form.marken)
        return "Die Pflegestelle ist gespeichert, mit dem Stand von heute.", _url(stelle)

    return enter(
        request, form, work, name="Pflegestelle ändern",
        lead=f"Auch ohne Änderung gespeichert, gilt die Pflegestelle als heute bestätigt. {_OHNE_PERSON}",
        back=_url(stelle), breadcrumb=_crumbs((stelle.kennzeichen, _url(stelle)), "Ändern"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require(policies.may_keep_pflegestellen)
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Until when a place is kept."""
    stelle = get_object_or_404(Pflegestelle, pk=uuid)
    form = PflegestelleEndeForm(posted(request), initial={"letzter_tag": stelle.letzter_tag})

    def work(data: dict[str, Any]) -> tuple[str, str]:
        services.end_pflegestelle(
            akteur=request.akteur, stelle=stelle, letzter_tag=data["letzter_tag"], gelesen=form.marken
        )
        return "Das Ende ist eingetragen.", _url(stelle)

    return enter(
        request, form, work, name="Pflegestelle beenden",
        lead=f"{stelle.kennzeichen}: Danach steht sie nicht mehr neben den Suchen, bleibt aber unter „Beendete“.",
        back=_url(stelle), breadcrumb=_crumbs((stelle.kennzeichen, _url(stelle)), "Beenden"),
    )  # fmt: skip


@require_GET
@require(policies.may_read_pflegestellen)
def list_pflegegeld(request: HttpRequest) -> HttpResponse:
    """All rates by form and age."""
    warn_ignored(request, sortierungen=PFLEGEGELD.sortierungen)
    context = {
        "page": PFLEGEGELD.page(request, Pflegegeldsatz.objects.all()),
        "heute": today(),
        "darf_saetze": policies.may_keep_pflegegeld(request.akteur),
        "breadcrumb": _crumbs(PFLEGEGELD_TITEL),
    }
    return render(request, "foster/pflegegeld.html", context)


@require_http_methods(["GET", "POST"])
@require(policies.may_keep_pflegegeld)
def create_satz(request: HttpRequest) -> HttpResponse:
    """Enter a rate, or the one that follows."""

    def work(data: dict[str, Any]) -> tuple[str, str]:
        services.create_pflegegeldsatz(akteur=request.akteur, angaben=data)
        return "Der Satz ist eingetragen.", reverse("foster:rates")

    return enter(
        request, NeuerPflegegeldsatzForm(posted(request)), work, name="Pflegegeldsatz eintragen",
        lead="Ein Satz für dasselbe Alter, der bis auf Weiteres gilt, endet am Tag vor dem neuen. Das Portal bringt"
        " keine Beträge mit: Maßgeblich ist, was in Ihrem Jugendamt beschlossen ist.",
        back=reverse("foster:rates"), breadcrumb=_crumbs(_saetze(), "Satz eintragen"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require(policies.may_keep_pflegegeld)
def edit_satz(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Correct a rate, or say until when it holds."""
    satz = get_object_or_404(Pflegegeldsatz, pk=uuid)
    initial = {"betrag": satz.betrag, "ab": satz.erster_tag, "bis": satz.letzter_tag, "quelle": satz.quelle}
    form = PflegegeldsatzForm(posted(request), initial=initial)

    def work(data: dict[str, Any]) -> tuple[str, str]:
        services.update_pflegegeldsatz(akteur=request.akteur, satz=satz, angaben=data, gelesen=form.marken)
        return "Der Satz ist gespeichert.", reverse("foster:rates")

    return enter(
        request, form, work, name="Pflegegeldsatz ändern",
        lead=f"{satz}. Auswahlvermerke behalten, was sie festhalten.",
        back=reverse("foster:rates"), breadcrumb=_crumbs(_saetze(), "Satz ändern"),
    )  # fmt: skip


def _angaben(data: Mapping[str, Any]) -> dict[str, Any]:
    """As the service takes it: no text is None."""
    leer_ist_keins = {"frei_ab", "hoechstens_tage", "plaetze", "belegt", "alter_von", "alter_bis"}
    return {name: data[name] if name in leer_ist_keins else data[name] or "" for name in services.ANGABEN}


def _url(stelle: Pflegestelle) -> str:
    return reverse("foster:detail", args=[stelle.pk])


def _saetze() -> Stufe:
    return PFLEGEGELD_TITEL, reverse("foster:rates")


def _crumbs(*mehr: Stufe) -> list[dict[str, str]]:
    return crumbs((TITEL, reverse("foster:list")), *mehr)
