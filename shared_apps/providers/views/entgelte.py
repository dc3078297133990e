"""Rates: proposed at the portal or in the office, decided by the office at the place of the facility.

The pages run on shared tables at every host: no role of an office writes rates.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.guards import require
from shared_apps.accounts.postfach import ist_dieselbe
from shared_apps.core.clock import local_date, today
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage, Weg, answered, decide
from shared_apps.core.seite import Stufe, crumbs, enter, posted
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers import policies
from shared_apps.providers.forms.entgelte import AblehnungForm, EntgeltForm, VorschlagFilter
from shared_apps.providers.models import Angebot, Entgelt, Entgeltvorschlag, Rechtsgrundlage
from shared_apps.providers.selectors import entgelte as selectors
from shared_apps.providers.services import BEFANGEN
from shared_apps.providers.services import entgelte as services
from shared_apps.providers.states import ENTGELTVORSCHLAG, VorschlagAktion, VorschlagZustand
from shared_apps.providers.views.own import EIGENE, VERZEICHNIS
from tenants.door.middleware import runs_on_shared_tables

ENTGELTE = ("Entgelte", "/anbieter/entgelte/")
_WER = "das Jugendamt am Standort"
_WER_EINZELN = f"{_WER} oder das, für das allein es gelten soll,"
_ZUERST_PAPIERE = (
    " Haben Sie die Vereinbarung als PDF, laden Sie sie zuerst unter „Dokumente“ der Einrichtung hoch: Dann wählen Sie"
    " sie hier aus, und das Jugendamt liest sie mit."
)
_FUER_EINES = "Es gilt dann nur für Ihr Jugendamt und geht dort dem Entgelt für alle vor (§ 77 SGB VIII). "
_FUER_ALLE = "Es gilt dann für alle Jugendämter (§ 78e Abs. 1 SGB VIII). "


@runs_on_shared_tables
@require(policies.may_propose_entgelt)
@require_safe
def list_vorschlaege(request: HttpRequest) -> HttpResponse:
    """Proposed rates of one's own offers, or of the facilities in the office's district."""
    form = VorschlagFilter(request.GET, entscheidet=policies.may_decide_entgelt(request.akteur))
    werte = form.values()
    warn_ignored(request, form)
    seen = policies.decidable_vorschlaege if werte.get("nur") else policies.visible_vorschlaege
    rows = selectors.list_vorschlaege(seen(request.akteur), zustand=werte["zustand"])
    page = selectors.VORSCHLAEGE.page(request, rows)
    context = {"form": form, "page": page, "breadcrumb": _crumbs(request, ENTGELTE)}
    return render(request, "providers/entgelte.html", context)


@runs_on_shared_tables
@require(policies.may_propose_entgelt)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The rate of one offer, to be confirmed by another person: at the portal by the office."""
    rows = policies.rated_angebote(request.akteur).select_related("einrichtung", "hilfeart")
    angebot = get_object_or_404(rows, pk=pk)
    einzeln = angebot.hilfeart.hat_einzelentgelte
    recht = Rechtsgrundlage.P77 if einzeln else Rechtsgrundlage.P78B
    form = EntgeltForm(
        posted(request),
        wahl=services.get_vorschlagswahl(request.akteur, angebot),
        initial={"ab": today(), "vereinbart_am": today(), "rechtsgrundlage": recht.value},
    )

    def work(data: dict[str, Any]) -> tuple[str, str]:
        for teil in ("investition", "sonderleistung"):
            data[teil] = data[teil] or 0
        vorschlag = services.submit_entgeltvorschlag(akteur=request.akteur, angebot=angebot, **data)
        said = "Das Entgelt ist vorgeschlagen. Es gilt, sobald das Jugendamt es bestätigt."
        return said, reverse("providers:rate", args=[vorschlag.pk])

    return enter(
        request,
        form,
        work,
        name="Entgelt vorschlagen",
        lead=f"{angebot.name}, {angebot.hilfeart}, je {angebot.hilfeart.get_einheit_display()}."
        f" Es gilt, sobald {_WER_EINZELN if einzeln else _WER} es bestätigt."
        + ("" if "vereinbarung" in form.fields or request.tenant else _ZUERST_PAPIERE),
        back=reverse("providers:facility", args=[angebot.einrichtung_id]),
        breadcrumb=_crumbs(request, _haus(angebot), "Entgelt vorschlagen"),
        wartet=True,
    )


@runs_on_shared_tables
@require(policies.may_propose_entgelt)
@require_http_methods(["GET", "HEAD", "POST"])
def decide_vorschlag(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One proposed rate beside the one it follows, and what the person may do with it."""
    vorschlag = get_object_or_404(selectors.with_names(policies.visible_vorschlaege(request.akteur)), pk=pk)
    akteur = request.akteur
    offen = bool(ENTGELTVORSCHLAG.erlaubt(VorschlagZustand(vorschlag.zustand)))
    eigener = services.is_own_side(akteur, vorschlag)
    im_amt = offen and policies.may_decide_entgelt(akteur)
    im_amt = im_amt and not ist_dieselbe(vorschlag.vorgeschlagen_von_id, akteur.user_id)
    anbieter_id, seit = vorschlag.angebot.einrichtung.anbieter_id, local_date(vorschlag.created_at)
    befangen = im_amt and policies.works_for(akteur, anbieter_id, seit=seit)
    entscheidet = im_amt and not befangen
    hier = reverse("providers:rate", args=[vorschlag.pk])
    form, kontext = AblehnungForm(answered(request, VorschlagAktion.ABLEHNEN.value)), _kontext(request, vorschlag)
    wege = {
        VorschlagAktion.BESTAETIGEN.value: Weg(
            label="Entgelt bestätigen",
            work=lambda _: services.confirm_entgeltvorschlag(akteur=akteur, vorschlag=vorschlag),
            done=f"Das Entgelt gilt ab dem {format_datum(vorschlag.ab)}.",
            title="Bestätigen",
            leads=hier,
            text=_wirkung(vorschlag, kontext["vergleich"].bisher),
            offered=entscheidet,
        ),
        VorschlagAktion.ABLEHNEN.value: Weg(
            label="Ablehnen",
            work=lambda data: services.reject_entgeltvorschlag(akteur=akteur, vorschlag=vorschlag, grund=data["grund"]),
            done="Der Vorschlag ist abgelehnt.",
            form=form,
            leads=hier,
            title="Oder ablehnen",
            level="danger",
            offered=entscheidet,
        ),
        VorschlagAktion.ZURUECKZIEHEN.value: Weg(
            label="Zurückziehen",
            work=lambda _: services.withdraw_entgeltvorschlag(akteur=akteur, vorschlag=vorschlag),
            done="Der Vorschlag ist zurückgezogen.",
            leads=hier,
            text="Zurückgezogen gilt der Vorschlag nicht mehr; dann können Sie ein anderes Entgelt vorschlagen.",
            level="danger",
            offered=offen and eigener,
        ),
    }
    title = f"Entgelt für „{vorschlag.angebot.name}“"
    frage = Frage(
        title=title,
        back=ENTGELTE[1],
        breadcrumb=_crumbs(request, ENTGELTE, _haus(vorschlag.angebot), title),
        unmoeglich="" if entscheidet or (offen and eigener) else BEFANGEN if befangen else _warum(vorschlag),
        template="providers/entgelt.html",
        kontext=kontext,
    )
    return decide(request, frage, wege)


@runs_on_shared_tables
@require(policies.may_read_entgelte)
@require_safe
def rate_history(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How the rates of one offer have developed: a chart, and the same as a table."""
    rows = policies.priced_angebote(request.akteur).select_related("einrichtung__anbieter", "hilfeart")
    angebot = get_object_or_404(rows, pk=pk)
    title = f"Entgelte von „{angebot.name}“"
    context = {
        "angebot": angebot,
        "verlaeufe": selectors.list_verlaeufe(angebot, policies.visible_entgelte(request.akteur)),
        "title": title,
        "breadcrumb": _crumbs(request, _haus(angebot), "Entwicklung der Entgelte"),
    }
    return render(request, "providers/entgelt_verlauf.html", context)


def _wirkung(vorschlag: Entgeltvorschlag, bisher: Entgelt | None) -> str:
    """What a confirmation does, to whom and to the rate before it."""
    if vorschlag.jugendamt_id is not None:
        endet = bisher is not None and bisher.jugendamt_id is not None
        return _FUER_EINES + ("Das bisherige Entgelt Ihres Jugendamts endet am Tag davor." if endet else "")
    fuer_alle = _FUER_ALLE if vorschlag.rechtsgrundlage == Rechtsgrundlage.P78B else ""
    return fuer_alle + ("Das bisherige Entgelt endet am Tag davor." if bisher else "")


def _warum(vorschlag: Entgeltvorschlag) -> str:
    if vorschlag.zustand == VorschlagZustand.VORGESCHLAGEN:
        wo = vorschlag.jugendamt.name if vorschlag.jugendamt else "am Standort"
        return f"Darüber entscheidet eine andere Person im Jugendamt {wo}."
    return f"Über diesen Vorschlag ist entschieden: {vorschlag.get_zustand_display()}."


def _kontext(request: HttpRequest, vorschlag: Entgeltvorschlag) -> dict[str, Any]:
    return {
        "vorschlag": vorschlag,
        "vergleich": selectors.get_vergleich(vorschlag),
        "dokumente": selectors.list_papiere(vorschlag),
        "im_amt": bool(request.tenant),
    }


def _haus(angebot: Angebot) -> Stufe:
    return str(angebot.einrichtung.name), reverse("providers:facility", args=[angebot.einrichtung_id])


def _crumbs(request: HttpRequest, *stufen: Stufe) -> list[dict[str, str]]:
    """Where the way to rates begins: an office's in the register, a provider's at its facilities."""
    return crumbs(EIGENE if request.akteur.hat(Rolle.ANBIETER) else VERZEICHNIS, *stufen)
