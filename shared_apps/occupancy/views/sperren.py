"""What a house changes on the board: a place is blocked and freed, an offer stops taking people in; at the portal."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.catalogue.models import Grundart
from shared_apps.catalogue.selectors import name_gruende
from shared_apps.core.clock import local_date, today
from shared_apps.core.frage import Frage, Weg, answered, ask, decide
from shared_apps.core.seite import crumbs, posted
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum
from shared_apps.occupancy import policies
from shared_apps.occupancy.enums import BELEGT_AUSSERHALB
from shared_apps.occupancy.forms.plan import SperreAendernForm, SperreForm, StoppAendernForm, StoppForm
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.rules import describe
from shared_apps.occupancy.selectors import list_halter
from shared_apps.occupancy.selectors.plan import SPERREN, get_url, list_abschnitte, list_sperren
from shared_apps.occupancy.services import sperren as services
from shared_apps.occupancy.views.plan import PLAN
from shared_apps.providers.models import Angebot, Platz
from shared_apps.providers.policies import may_write_own, own_angebote
from shared_apps.providers.views.own import EIGENE, describe_ort, portal_only

AENDERN, AUFHEBEN = "aendern", "aufheben"
_WER_LIEST = (
    "Solange der Stopp gilt, findet die Suche der Jugendämter hier nichts Freies, und niemand kann ab einem dieser Tage"
    " reservieren. Wer da ist, bleibt; was reserviert ist, bleibt reserviert."
)


@require(may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def platz(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One own place: what it is from today on, and the form that blocks it."""
    rows = policies.own_plaetze(request.akteur).select_related("angebot__einrichtung", "angebot__hilfeart")
    row = get_object_or_404(rows, pk=pk)
    heute = today()
    form = SperreForm(posted(request), initial={"beginn": _tag(request.GET.get("ab", "")) or heute})
    page = SPERREN.page(request, list_sperren(row, heute))
    ausserhalb = _grund(Grundart.SPERRE, BELEGT_AUSSERHALB)
    frage = Frage(
        title=f"{row.bezeichnung} sperren",
        action_label=f"{row.angebot.worte.eins} sperren",
        items=describe_ort(row.angebot),
        text="Ist jemand da, den SoJuS nicht kennt, wählen Sie"
        f" „{ausserhalb}“ und den letzten Tag: So kündigen Sie an, wann wieder frei ist.",
        back=_plan(row.angebot),
        breadcrumb=_crumbs(row.angebot, row.bezeichnung),
        unmoeglich=_ended(row),
        template="occupancy/platz.html",
        kontext={
            "platz": row,
            "worte": row.angebot.worte,
            "page": page,
            "abschnitte": [
                (describe(teil, heute), get_url(row, teil, heute) if teil.zeile else "")
                for teil in list_abschnitte(row, page, heute)
            ],
            "halter": list_halter(row, Zeitraum(heute)),
        },
    )

    def work(data: dict[str, Any]) -> Platzsperre:
        return services.create_sperre(
            akteur=request.akteur, platz=row, zeitraum=form.dauer, grund=data["grund"], notiz=data["notiz"]
        )

    return ask(request, frage, form=form, work=work, done=lambda s: f"{row.bezeichnung} ist gesperrt: {s.dauer}.")


@require(may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def sperre(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One block of one's own place: shortened, extended, lifted."""
    rows = policies.own_sperren(request.akteur).select_related(
        "platz__angebot__einrichtung", "platz__angebot__hilfeart", "geaendert_von"
    )
    row = get_object_or_404(rows, pk=pk)
    name = row.platz.bezeichnung
    form = SperreAendernForm(
        answered(request, AENDERN),
        initial={"letzter_tag": row.dauer.letzter_tag, "grund": row.grund, "notiz": row.notiz},
    )

    def change(data: dict[str, Any]) -> Platzsperre:
        return services.update_sperre(
            akteur=request.akteur,
            sperre=row,
            ende=_danach(data["letzter_tag"]),
            grund=data["grund"],
            notiz=data["notiz"],
            gelesen=form.marken,
        )

    wege = {
        AENDERN: Weg(label="Sperre ändern", form=form, work=change, done=lambda s: f"{name} ist gesperrt: {s.dauer}."),
        AUFHEBEN: Weg(
            label=f"{row.platz.angebot.worte.eins} ab heute freigeben",
            title="Oder aufheben",
            text=f"{name} ist ab heute frei, und jedes Jugendamt findet das sofort.",
            work=lambda _: services.lift_sperre(akteur=request.akteur, sperre=row),
            done=f"{name} ist frei.",
        ),
    }
    return decide(
        request, _frage(row, row.platz.angebot, f"Sperre von {name}", _grund(Grundart.SPERRE, row.grund)), wege
    )


@require(may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def create_stopp(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One's own offer takes nobody in for a time."""
    angebot = get_object_or_404(own_angebote(request.akteur).select_related("einrichtung"), pk=pk)
    form = StoppForm(posted(request), initial={"beginn": today()})
    title = "Aufnahme stoppen"
    frage = Frage(
        title=title,
        action_label=title,
        text=_WER_LIEST,
        items=describe_ort(angebot),
        back=_plan(angebot),
        breadcrumb=_crumbs(angebot, title),
    )

    def work(data: dict[str, Any]) -> Aufnahmestopp:
        return services.create_stopp(
            akteur=request.akteur, angebot=angebot, zeitraum=form.dauer, grund=data["grund"], hinweis=data["hinweis"]
        )

    return ask(request, frage, form=form, work=work, done=lambda s: f"„{angebot.name}“ nimmt nicht auf: {s.dauer}.")


@require(may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def stopp(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One stop of one's own offer: shortened, extended, lifted."""
    rows = policies.own_stopps(request.akteur).select_related("angebot__einrichtung", "geaendert_von")
    row = get_object_or_404(rows, pk=pk)
    name = row.angebot.name
    form = StoppAendernForm(
        answered(request, AENDERN),
        initial={"letzter_tag": row.dauer.letzter_tag, "grund": row.grund, "hinweis": row.hinweis},
    )

    def change(data: dict[str, Any]) -> Aufnahmestopp:
        return services.update_stopp(
            akteur=request.akteur,
            stopp=row,
            ende=_danach(data["letzter_tag"]),
            grund=data["grund"],
            hinweis=data["hinweis"],
            gelesen=form.marken,
        )

    wege = {
        AENDERN: Weg(
            label="Aufnahmestopp ändern",
            form=form,
            work=change,
            done=lambda s: f"„{name}“ nimmt nicht auf: {s.dauer}.",
        ),
        AUFHEBEN: Weg(
            label="Ab heute wieder aufnehmen",
            title="Oder aufheben",
            text="Jedes Jugendamt findet sofort, was frei ist.",
            work=lambda _: services.lift_stopp(akteur=request.akteur, stopp=row),
            done=f"„{name}“ nimmt wieder auf.",
        ),
    }
    return decide(request, _frage(row, row.angebot, f"Aufnahmestopp: {name}", _grund(Grundart.STOPP, row.grund)), wege)


def _frage(row: Platzsperre | Aufnahmestopp, angebot: Angebot, title: str, grund: str) -> Frage:
    vorbei = row.dauer.ende is not None and row.dauer.ende <= today()
    return Frage(
        title=title,
        back=_plan(angebot),
        breadcrumb=_crumbs(angebot, title),
        unmoeglich=services.NICHT_MEHR if vorbei else "",
        items=[
            *describe_ort(angebot),
            ("Zeitraum", str(row.dauer)),
            ("Grund", grund),
            ("Zuletzt geändert", f"{format_datum(local_date(row.geaendert_at))}, {row.geaendert_von}"),
        ],
    )


def _grund(art: Grundart, code: str) -> str:
    return name_gruende(art, {code})[code]


def _plan(angebot: Angebot) -> str:
    return reverse("occupancy:facility", args=[angebot.einrichtung_id])


def _crumbs(angebot: Angebot, title: str) -> list[dict[str, str]]:
    return crumbs(EIGENE, PLAN, (str(angebot.einrichtung.name), _plan(angebot)), title)


def _danach(letzter_tag: date | None) -> date | None:
    return letzter_tag + EIN_TAG if letzter_tag else None


def _tag(text: str) -> date | None:
    """The day the board named; None for what is none, or past."""
    try:
        tag = date.fromisoformat(text)
    except ValueError:
        return None
    return tag if tag > today() else None


def _ended(row: Platz) -> str:
    return (
        f"{row.bezeichnung} gehört nicht mehr zum Angebot."
        if row.gueltig.upper and row.gueltig.upper <= today()
        else ""
    )
