"""The catalogue of the market at the portal: read, kept, and how it came to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.guards import require
from shared_apps.catalogue import policies, selectors
from shared_apps.catalogue.forms.eintrag import EndeForm, build_form
from shared_apps.catalogue.models import Grund, Hilfeart, Modul, Spezialisierung, Sprache
from shared_apps.catalogue.services import pflege
from shared_apps.core.clock import today
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage, ask
from shared_apps.core.liste import Liste
from shared_apps.core.seite import Stufe, crumbs, enter, posted


@dataclass(frozen=True, slots=True)
class Rubrik:
    """One kind of entry: its model, its words, its list."""

    model: Any
    mehrzahl: str
    neu: str
    liste: Liste


RUBRIKEN = {
    "hilfearten": Rubrik(Hilfeart, "Hilfearten", "Neue Hilfeart", selectors.HILFEARTEN),
    "spezialisierungen": Rubrik(
        Spezialisierung, "Spezialisierungen", "Neue Spezialisierung", selectors.SPEZIALISIERUNGEN
    ),
    "sprachen": Rubrik(Sprache, "Sprachen", "Neue Sprache", selectors.SPRACHEN),
    "gruende": Rubrik(Grund, "Gründe", "Neuer Grund", selectors.GRUENDE),
    "module": Rubrik(Modul, "Module", "", selectors.MODULE),
}
_VERLAUF = "Verlauf"


def _rubrik(art: str) -> Rubrik:
    if art not in RUBRIKEN:
        raise Http404
    return RUBRIKEN[art]


def _url(art: str) -> str:
    return reverse(f"catalogue:{art}")


def _tabs(aktiv: str) -> list[dict[str, Any]]:
    tabs = [{"label": r.mehrzahl, "url": _url(art), "active": art == aktiv} for art, r in RUBRIKEN.items()]
    return [*tabs, {"label": _VERLAUF, "url": reverse("catalogue:history"), "active": not aktiv}]


def _crumbs(*mehr: Stufe) -> list[dict[str, str]]:
    return crumbs(("Katalog", _url("hilfearten")), *mehr)


@require(policies.may_view_katalog)
@require_safe
def show_rubrik(request: HttpRequest, art: str) -> HttpResponse:
    """All entries of one kind with the days on which they are offered."""
    rubrik = _rubrik(art)
    warn_ignored(request, sortierungen=rubrik.liste.sortierungen)
    page = rubrik.liste.page(request, rubrik.model._default_manager.all())
    zeilen = [
        {
            "eintrag": row,
            "tage": selectors.describe_tage(row),
            "heute": row.eingeschaltet if isinstance(row, Modul) else _is_heute(row),
        }
        for row in page.object_list
    ]
    context = {
        "art": art,
        "rubrik": rubrik,
        "page": page,
        "zeilen": zeilen,
        "quelle": find_common_quelle(page.object_list),
        "tabs": _tabs(art),
        "darf": policies.may_edit_katalog(request.akteur),
        "breadcrumb": _crumbs(rubrik.mehrzahl),
    }
    return render(request, "catalogue/liste.html", context)


def find_common_quelle(rows: Sequence[Any]) -> str:
    """The source of most rows of the page: it is said once, and only rows with another one name theirs."""
    quellen = Counter(getattr(row, "quelle", "") for row in rows)
    return str(quellen.most_common(1)[0][0]) if quellen else ""


def _is_heute(row: Any) -> bool:
    tag = today()
    return (row.gueltig.lower is None or row.gueltig.lower <= tag) and (
        row.letzter_tag is None or tag <= row.letzter_tag
    )


@require(policies.may_view_katalog)
@require_safe
def show_verlauf(request: HttpRequest) -> HttpResponse:
    """Who changed what, before and after; of one entry with `?eintrag=`."""
    zeile = _uuid(request.GET.get("eintrag", ""))
    warn_ignored(request, bekannt={"eintrag": None}, sortierungen=selectors.VERLAUF.sortierungen)
    page = selectors.VERLAUF.page(request, selectors.list_verlauf(zeile=zeile))
    context = {
        "page": page,
        "zeilen": selectors.build_verlauf(page.object_list),
        "nur_einer": zeile is not None,
        "tabs": _tabs(""),
        "breadcrumb": _crumbs(_VERLAUF),
    }
    return render(request, "catalogue/verlauf.html", context)


def _uuid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


@require(policies.may_edit_katalog)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, art: str) -> HttpResponse:
    """A new entry."""
    rubrik = _rubrik(art)
    if not rubrik.neu:  # modules come with their file
        raise Http404
    form = build_form(rubrik.model, None, posted(request))

    def work(data: dict[str, Any]) -> Any:
        return pflege.create_eintrag(akteur=request.akteur, model=rubrik.model, angaben=data)

    return _enter(
        request, form, work, art=art, title=rubrik.neu, lead="Angeboten wird der Eintrag an den Tagen, die Sie nennen."
    )


@require(policies.may_edit_katalog)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, art: str, pk: UUID) -> HttpResponse:
    """What may change of an entry."""
    rubrik = _rubrik(art)
    eintrag: Any = get_object_or_404(rubrik.model, pk=pk)
    form = build_form(rubrik.model, eintrag, posted(request))

    def work(data: dict[str, Any]) -> Any:
        angaben = {name: data[name] for name in form.changed_data}
        return pflege.update_eintrag(akteur=request.akteur, eintrag=eintrag, angaben=angaben, gelesen=form.marken)

    lead = f"Code {eintrag.code}. {selectors.describe_ende(eintrag)}"
    return _enter(request, form, work, art=art, title=f"{eintrag} ändern", lead=lead)


@require(policies.may_edit_katalog)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, art: str, pk: UUID) -> HttpResponse:
    """The last day of an entry."""
    rubrik = _rubrik(art)
    if rubrik.model is Modul:  # switched off, not ended
        raise Http404
    eintrag: Any = get_object_or_404(rubrik.model, pk=pk)
    frage = Frage(
        title=f"{eintrag} beenden?",
        text="Nach diesem Tag steht der Eintrag nicht mehr zur Wahl, wenn jemand etwas neu einträgt oder sucht."
        f" {selectors.describe_ende(eintrag)}",
        action_label="Beenden",
        level="danger",
        items=[("Wird angeboten", selectors.describe_tage(eintrag))],
        back=_url(art),
        breadcrumb=_crumbs((rubrik.mehrzahl, _url(art)), f"{eintrag} beenden"),
        unmoeglich=pflege.BLEIBT_IMMER.format(eintrag) if _stays(eintrag) else "",
    )
    return ask(
        request,
        frage,
        form=EndeForm(posted(request), initial={"letzter_tag": eintrag.letzter_tag or today()}),
        work=lambda data: pflege.end_eintrag(akteur=request.akteur, eintrag=eintrag, letzter_tag=data["letzter_tag"]),
        done=f"„{eintrag}“: Der letzte Tag ist eingetragen.",
    )


def _stays(eintrag: Any) -> bool:
    return isinstance(eintrag, Grund) and eintrag.fest


def _enter(request: HttpRequest, form: Any, work: Any, *, art: str, title: str, lead: str) -> HttpResponse:
    def write(data: dict[str, Any]) -> tuple[str, str]:
        eintrag = work({name: wert for name, wert in data.items() if name != "gelesen"})
        return f"„{eintrag}“ ist gespeichert.", _url(art)

    trail = _crumbs((RUBRIKEN[art].mehrzahl, _url(art)), title)
    return enter(request, form, write, name=title, lead=lead, back=_url(art), breadcrumb=trail)
