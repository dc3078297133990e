"""The comparison on the screen, on the portal and at every office's host."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import require
from shared_apps.comparison import policies
from shared_apps.comparison.export import write_csv
from shared_apps.comparison.forms import FilterForm, parse_modus, parse_monat
from shared_apps.comparison.modus import Modus, list_modi
from shared_apps.comparison.presenter import build_context
from shared_apps.comparison.selectors import Auswahl, Ergebnis, KennzahlError, get_ergebnis, list_kennzahlen
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.filter_query import kept_query, note_ignored, warn_ignored
from shared_apps.core.seite import crumbs
from shared_apps.core.zeitraum import monatserster

STANDARD = "fallzahlen"


def eigenes_kuerzel(request: HttpRequest) -> str | None:
    """The office whose host this is: it sees its own exact figures."""
    return request.tenant.kuerzel if request.tenant else None


def _read(request: HttpRequest, kennzahl: str) -> tuple[Ergebnis, str]:
    """The table asked for, and a message when it was not possible and the nearest possible one is shown."""
    get = request.GET
    eigen = eigenes_kuerzel(request)
    try:
        modus = parse_modus(get.get("modus"))
        passend = {k.code: list_modi(k.code, ist_verhaeltnis=k.ist_verhaeltnis) for k in list_kennzahlen()}
        if modus not in passend.get(kennzahl, list(Modus)):
            modus = Modus.ABSOLUT  # the tab was changed, the display was kept: nobody's mistake
        auswahl = Auswahl(
            kennzahl,
            parse_monat(get.get("monat")),
            get.get("hilfeart", ""),
            get.get("spezialisierung", ""),
            modus,
            eigen,
        )
        return get_ergebnis(auswahl), ""
    except RegelVerletzt as error:
        if error.feld is None:
            raise
        return get_ergebnis(Auswahl(kennzahl, eigen=eigen)), error.message


@require(policies.may_view_kennzahlen)
@require_safe
def table(request: HttpRequest, kennzahl: str = STANDARD) -> HttpResponse:
    """One figure: table, bars, tile map, definition."""
    try:
        ergebnis, meldung = _read(request, kennzahl)
    except KennzahlError as error:
        raise Http404 from error
    except RegelVerletzt as error:
        return render(request, "comparison/leer.html", {"meldung": error.message}, status=error.status)
    form = FilterForm(
        initial={
            "hilfeart": ergebnis.auswahl.hilfeart,
            "spezialisierung": ergebnis.auswahl.spezialisierung,
            "monat": f"{ergebnis.monat:%Y-%m}",
            "modus": ergebnis.auswahl.modus.code,
        },
        hilfearten=ergebnis.hilfearten,
        spezialisierungen=ergebnis.spezialisierungen,
        modi=ergebnis.modi,
        laufend=monatserster(today()),
    )
    # A boosted or restored page needs the frame; only the filter asks for the inner part.
    inner = bool(request.htmx) and request.htmx.target == "kennzahl"
    # Where one value is wrong, the table shown obeys none of them: its links and its CSV file do not, either.
    verworfen = [*form.fields] if meldung else []
    if inner:
        note_ignored(request, form, verworfen=verworfen)
    else:
        warn_ignored(request, form, verworfen=verworfen)  # what has a wrong value says `meldung`
    context = build_context(ergebnis, query=_query(request)) | {
        "inner": inner,
        "form": form,
        "meldung": meldung,
        "darf_mitnehmen": policies.may_export_kennzahlen(request.akteur),
        "csv_url": _with_query(reverse("comparison:export", args=[kennzahl], urlconf=request.urlconf), request),
        "breadcrumb": crumbs("Kennzahlen"),
    }
    response = render(request, "comparison/_kennzahl.html" if inner else "comparison/table.html", context)
    response["Vary"] = "HX-Request, HX-Target"
    return response


def _query(request: HttpRequest) -> str:
    return kept_query(request).urlencode()


def _with_query(url: str, request: HttpRequest) -> str:
    return f"{url}?{_query(request)}" if _query(request) else url


@require(policies.may_export_kennzahlen)
@require_safe
def export(request: HttpRequest, kennzahl: str) -> HttpResponse:
    """The same table as CSV."""
    try:
        ergebnis, _ = _read(request, kennzahl)
    except KennzahlError as error:
        raise Http404 from error
    except RegelVerletzt as error:
        return render(request, "comparison/leer.html", {"meldung": error.message}, status=error.status)
    response = HttpResponse(write_csv(ergebnis), content_type="text/csv; charset=utf-8")
    name = f"{kennzahl}-{ergebnis.monat:%Y-%m}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
