"""Name, legal form, register number, recognition: proposed at the portal, decided by an office at its host.

The pages run on shared tables at every host: no role of an office writes the register.
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
from shared_apps.core.clock import local_date
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage, Weg, answered, decide
from shared_apps.core.seite import Stufe, crumbs, enter, posted
from shared_apps.providers import policies
from shared_apps.providers.forms.entgelte import AblehnungForm, VorschlagFilter
from shared_apps.providers.forms.stammdaten import StammdatenvorschlagForm
from shared_apps.providers.models import Stammdatenvorschlag
from shared_apps.providers.selectors import stammdaten as selectors
from shared_apps.providers.services import BEFANGEN
from shared_apps.providers.services import stammdaten as services
from shared_apps.providers.states import STAMMDATENVORSCHLAG, VorschlagAktion, VorschlagZustand
from shared_apps.providers.views.own import EIGENE, VERZEICHNIS, portal_only
from tenants.door.middleware import runs_on_shared_tables

AENDERUNGEN = ("Änderungen der Stammdaten", "/anbieter/stammdaten/")


@runs_on_shared_tables
@require(policies.may_see_stammdaten)
@require_safe
def list_vorschlaege(request: HttpRequest) -> HttpResponse:
    """Of one's own provider, or those that wait for the office."""
    form = VorschlagFilter(request.GET, entscheidet=policies.may_decide_stammdaten(request.akteur))
    werte = form.values()
    warn_ignored(request, form)
    seen = policies.decidable_stammdatenvorschlaege if werte.get("nur") else policies.visible_stammdatenvorschlaege
    rows = selectors.list_vorschlaege(seen(request.akteur), zustand=werte["zustand"])
    page = selectors.STAMMDATEN.page(request, rows)
    context = {"form": form, "page": page, "breadcrumb": _crumbs(request, AENDERUNGEN)}
    return render(request, "providers/aenderungen.html", context)


@require(policies.may_write_anbieter)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another name, legal form, register number or recognition of one's own provider."""
    anbieter = get_object_or_404(policies.own_anbieter(request.akteur), pk=pk)
    initial = selectors.read_zugelassenes(anbieter)
    form = StammdatenvorschlagForm(posted(request), pruefende=selectors.list_pruefende(anbieter), initial=initial)

    def work(angaben: dict[str, Any]) -> tuple[str, str]:
        kreis = angaben.pop("gebietskoerperschaft")
        vorschlag = services.submit_stammdatenvorschlag(
            akteur=request.akteur, anbieter=anbieter, gebietskoerperschaft=kreis, angaben=angaben
        )
        said = "Die Änderung ist vorgeschlagen. Sie gilt, sobald das Jugendamt sie bestätigt."
        return said, reverse("providers:master_change", args=[vorschlag.pk])

    return enter(
        request,
        form,
        work,
        name="Name, Rechtsform, Anerkennung ändern",
        lead=f"{anbieter.name}. Diese Angaben hat ein Jugendamt geprüft, als es Sie aufnahm. Darum bestätigt ein"
        " Jugendamt auch die Änderung; bis dahin bleibt alles, wie es ist.",
        back=reverse("providers:detail", args=[anbieter.pk]),
        breadcrumb=_crumbs(request, AENDERUNGEN, "Änderung vorschlagen"),
        wartet=True,
    )


@runs_on_shared_tables
@require(policies.may_see_stammdaten)
@require_http_methods(["GET", "HEAD", "POST"])
def decide_vorschlag(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One proposed change beside what holds, and what the person may do with it."""
    rows = selectors.with_names(policies.visible_stammdatenvorschlaege(request.akteur))
    vorschlag = get_object_or_404(rows, pk=pk)
    akteur = request.akteur
    offen = bool(STAMMDATENVORSCHLAG.erlaubt(VorschlagZustand(vorschlag.zustand)))
    im_amt = offen and policies.may_decide_stammdaten(akteur)
    befangen = im_amt and policies.works_for(akteur, vorschlag.anbieter_id, seit=local_date(vorschlag.created_at))
    zieht_zurueck = offen and policies.may_write_anbieter(akteur)
    hier = reverse("providers:master_change", args=[vorschlag.pk])
    wege = {
        VorschlagAktion.BESTAETIGEN.value: Weg(
            label="Änderung bestätigen",
            work=lambda _: services.confirm_stammdatenvorschlag(akteur=akteur, vorschlag=vorschlag),
            done="Die Änderung steht im Verzeichnis.",
            title="Bestätigen",
            text="Sie gilt dann für alle Jugendämter. Bitte prüfen Sie den Registerauszug oder den Bescheid.",
            leads=hier,
            offered=im_amt and not befangen,
        ),
        VorschlagAktion.ABLEHNEN.value: Weg(
            label="Ablehnen",
            work=lambda data: services.reject_stammdatenvorschlag(
                akteur=akteur, vorschlag=vorschlag, grund=data["grund"]
            ),
            done="Die Änderung ist abgelehnt.",
            form=AblehnungForm(answered(request, VorschlagAktion.ABLEHNEN.value)),
            title="Oder ablehnen",
            leads=hier,
            level="danger",
            offered=im_amt and not befangen,
        ),
        VorschlagAktion.ZURUECKZIEHEN.value: Weg(
            label="Zurückziehen",
            work=lambda _: services.withdraw_stammdatenvorschlag(akteur=akteur, vorschlag=vorschlag),
            done="Die Änderung ist zurückgezogen.",
            leads=hier,
            level="danger",
            offered=zieht_zurueck,
        ),
    }
    title = f"Stammdaten von „{vorschlag.bisher['name']}“"
    frage = Frage(
        title=title,
        back=AENDERUNGEN[1],
        breadcrumb=_crumbs(request, AENDERUNGEN, title),
        unmoeglich=_warum_nicht(vorschlag, befangen=befangen, offen=offen),
        template="providers/aenderung.html",
        kontext={"vorschlag": vorschlag, "zeilen": selectors.compare(vorschlag)},
    )
    return decide(request, frage, wege)


def _warum_nicht(vorschlag: Stammdatenvorschlag, *, befangen: bool, offen: bool) -> str:
    """Why the person decides nothing here; empty when she does."""
    if befangen:
        return BEFANGEN
    return "" if offen else f"Darüber ist entschieden: {vorschlag.get_zustand_display()}."


def _crumbs(request: HttpRequest, *stufen: Stufe) -> list[dict[str, str]]:
    return crumbs(EIGENE if request.akteur.hat(Rolle.ANBIETER) else VERZEICHNIS, *stufen)
