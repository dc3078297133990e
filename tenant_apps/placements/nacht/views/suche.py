"""Two questions, a list, one tap that holds a place. Nothing of the child is in an address: the answers are sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from shared_apps.accounts.guards import require
from shared_apps.core.clock import now, today
from shared_apps.core.errors import SojusError
from shared_apps.core.liste import related
from shared_apps.core.seite import crumbs, is_just_opened, posted, show_error, status_of
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from shared_apps.regions.models import Postleitzahl
from shared_apps.regions.selectors import find_postleitzahl
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.foster.policies import may_read_pflegestellen
from tenant_apps.placements import policies
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.faelle.selectors.ueberschneidung import (
    describe_ueberschneidungen,
    list_gleichzeitige,
)
from tenant_apps.placements.models import Nachtaufnahme
from tenant_apps.placements.nacht.forms import (
    MEHR_HOECHSTENS,
    STANDORT,
    Blick,
    BlickForm,
    KindForm,
    NachtForm,
    PlatzForm,
    StandortForm,
)
from tenant_apps.placements.nacht.selectors.angebote import (
    GEZEIGT,
    Nachtfrage,
    list_anrufbare,
    list_beinahe,
    list_nachtplaetze,
    search_nacht,
)
from tenant_apps.placements.nacht.selectors.aufnahme import (
    describe_gesucht,
    find_begonnene,
    gesucht_of,
    get_stand,
    list_gleiche,
)
from tenant_apps.placements.nacht.selectors.pflege import count_bereitschaft
from tenant_apps.placements.rules import Ausschluss
from tenant_apps.placements.search.selectors.search import get_region
from tenant_apps.placements.search.selectors.treffer import NACHT_REGEL
from tenant_apps.placements.services.nacht import (
    GEBUCHT,
    compute_id,
    reserve_nacht,
    update_nachtaufnahme,
)
from tenants.tables.reads import names_nobody

#: Cards that are seen at once; the others are one tap away, on the same page.
ZUERST = 4
ANRUFBARE = 3
SCHON_RESERVIERT = (
    "Für dieses Kind halten Sie schon diesen Platz. Für ein weiteres Kind beginnen Sie bitte neu, mit „Weiteres Kind“."
)
#: In the session: the postcode she measures from. It says where she is, nothing of a child, and ends with the session.
_AB_PLZ = "nacht_ab_plz"
#: Codes of what ends the choice of a place: no list helps then.
VORUEBER = frozenset({"gebucht", "fall_abgeschlossen"})


@require_http_methods(["GET", "POST"])
@require(policies.may_reserve_nachts)
def search(request: HttpRequest) -> HttpResponse:
    """The two questions with the telephones of the nearest houses; sent off, the list, counted from the postcode that
    was typed with them. Sent once more after a place is held: the page of that child."""
    form, blick = NachtForm(posted(request)), BlickForm(posted(request)).blick
    standort = _keep_standort(request) if STANDORT in request.POST else None
    if not (form.is_bound and form.is_valid()) or blick.fragen or (standort and standort.errors):
        return _ask(request, form, standort)
    einmal = KindForm(posted(request)).get_einmal()
    pk = compute_id(request.akteur, einmal)
    if begonnen := find_begonnene(policies.visible_nachtaufnahmen(request.akteur), pk):
        return _lead_to(request, begonnen)
    if Nachtaufnahme.objects.filter(pk=pk).exists():  # given back: this is another child, or another try
        einmal = ""
    return _show_list(request, form.ask(blick, _plz_of(request)), form=form, einmal=einmal, grund=blick.grund)


def _lead_to(request: HttpRequest, aufnahme: Nachtaufnahme) -> HttpResponse:
    """To the child that was taken in already."""
    messages.info(request, SCHON_RESERVIERT)
    return redirect("placements:nacht_gehalten", aufnahme.pk)


def _ask(request: HttpRequest, form: NachtForm, standort: StandortForm | None = None) -> HttpResponse:
    ort = _ort_of(request)
    plz = ort.plz if ort else ""
    ergebnis = search_nacht(Nachtfrage(ab_plz=plz), region=request.tenant.kuerzel)
    context = {
        "form": form,
        "einmal": KindForm(posted(request)).get_einmal(),
        "standort": standort or StandortForm(initial={"ab_plz": plz}),
        "frei": ergebnis.zahlen.verfuegbar,
        "jetzt": now(),
        "sitz": _describe_sitz(request, ort),
        "eigene": policies.count_eigene(request.akteur),
        "anrufbare": list_anrufbare(list_nachtplaetze(ergebnis), ANRUFBARE),
        "breadcrumb": crumbs("Heute Nacht"),
    }
    return render(request, "placements/nacht/start.html", context, status=status_of(form, standort))


@names_nobody("where she is, and the page of the two questions")
@require_POST
@require(policies.may_reserve_nachts)
def set_standort(request: HttpRequest) -> HttpResponse:
    """Measure from where she is, until she signs off or says otherwise. What she has answered already stays as it is;
    it is neither asked for nor judged yet."""
    standort, form = _keep_standort(request), NachtForm(posted(request))
    if form.ist_leer and standort.is_valid():
        return redirect("placements:nacht")
    form.errors.clear()
    return _ask(request, form, standort)


def _keep_standort(request: HttpRequest) -> StandortForm:
    """The postcode as it was sent, kept for the session where it can be measured from."""
    form = StandortForm(posted(request))
    if form.is_valid():
        request.session.pop(_AB_PLZ, None)
        if ort := form.cleaned_data[STANDORT]:
            request.session[_AB_PLZ] = ort.plz
    return form


def _ort_of(request: HttpRequest) -> Postleitzahl | None:
    """Where she said she is; None: nowhere, or where nobody knows the middle of any more. One query at most."""
    return find_postleitzahl(request.session.get(_AB_PLZ, ""))


def _plz_of(request: HttpRequest) -> str:
    ort = _ort_of(request)
    return ort.plz if ort else ""


def _describe_sitz(request: HttpRequest, ort: Postleitzahl | None) -> str:
    """From where the way is counted."""
    return str(ort) if ort else get_region(request.tenant.kuerzel).sitz


@require_POST
@require(policies.may_reserve_nachts)
def reserve(request: HttpRequest) -> HttpResponse:
    """Hold this one at once. Gone meanwhile: the list as it is now, which says so. A second tap leads to the first
    one's child."""
    form, platz, blick = NachtForm(posted(request)), PlatzForm(posted(request)), BlickForm(posted(request)).blick
    if not form.is_valid():
        return _ask(request, form)
    kind, gesucht = KindForm(posted(request)), form.ask(blick, _plz_of(request))
    einmal = kind.get_einmal()
    if platz.is_valid():
        try:
            aufnahme, ist_neu = reserve_nacht(
                akteur=request.akteur,
                gesucht=gesucht,
                angebot_id=platz.cleaned_data["angebot"].pk,
                einmal=einmal,
                weiteres=kind.ist_weiteres,
            )
        except SojusError as error:
            show_error(error, platz)
            if error.code == "schon_benutzt":
                einmal = ""
        else:
            return redirect("placements:nacht_gehalten", aufnahme.pk) if ist_neu else _lead_to(request, aufnahme)
    return _show_list(request, gesucht, form=form, einmal=einmal, platz=platz)


@require_http_methods(["GET", "POST"])
@require(policies.may_reserve_nachts)
def replace(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The list again for the same child; one tap takes the other place and gives this one back. Once that is booked
    there is nothing to choose."""
    rows = related("klient", "reservierung__einrichtung")(policies.visible_nachtaufnahmen(request.akteur))
    aufnahme = get_object_or_404(rows, pk=uuid)
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.NACHT_ANDERER_PLATZ, objekt=aufnahme,
        felder=["alter", "geschlecht"],
    )  # fmt: skip
    platz, blick = PlatzForm(posted(request)), _blick(request)
    if platz.is_bound and platz.is_valid():
        try:
            update_nachtaufnahme(
                akteur=request.akteur,
                aufnahme=aufnahme,
                angebot_id=platz.cleaned_data["angebot"].pk,
                kurz=blick.kurz,
                mehr=blick.mehr,
                ab_plz=_plz_of(request),
            )
        except SojusError as error:
            if error.code in VORUEBER:
                return _tell(request, aufnahme, error.message)
            show_error(error, platz)
        else:
            return redirect("placements:nacht_gehalten", aufnahme.pk)
    elif get_stand(aufnahme).gebucht:
        return _tell(request, aufnahme, GEBUCHT)
    gesucht = gesucht_of(aufnahme, kurz=blick.kurz, mehr=blick.mehr, ab_plz=_plz_of(request))
    return _show_list(request, gesucht, aufnahme=aufnahme, platz=platz, grund=blick.grund)


def _tell(request: HttpRequest, aufnahme: Nachtaufnahme, text: str) -> HttpResponse:
    """To the page of her place, which says how it stands."""
    messages.error(request, text)
    return redirect("placements:nacht_gehalten", aufnahme.pk)


def _blick(request: HttpRequest) -> Blick:
    """How the list is looked at: nothing of the child is in that, so it is in the address of a page just opened."""
    return BlickForm(request.GET if is_just_opened(request) else posted(request)).blick


def _list_weitere(request: HttpRequest, aufnahme: Nachtaufnahme) -> list[dict[str, Any]]:
    """Other places of this child tonight, beside the one that is given back."""
    heute = Zeitraum.from_inclusive(today(), today() + EIN_TAG)
    rows = list_gleichzeitige(klient_id=aufnahme.klient_id, zeitraum=heute, ohne=aufnahme.reservierung_id)
    stays = [row for row in rows if row.hilfeart.ist_aufenthalt]
    return list(describe_ueberschneidungen(stays, sichtbar=policies.visible_ids(request.akteur, stays)))


def _list_gleiche(request: HttpRequest, gesucht: Nachtfrage) -> list[Nachtaufnahme]:
    """Whom she has taken in this night already who is called the same: the list names them first, each by her time,
    house and number."""
    sichtbar = related("reservierung__einrichtung")(policies.visible_nachtaufnahmen(request.akteur))
    gleiche = list_gleiche(sichtbar, gesucht, user_id=request.akteur.user_id)
    if gleiche:
        record_access(
            akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.NACHT_ANSEHEN,
            objekt_art="placements.nachtaufnahme", felder=("alter", "geschlecht"), zeilen=gleiche,
        )  # fmt: skip
    return gleiche


def _show_list(
    request: HttpRequest,
    gesucht: Nachtfrage,
    *,
    form: NachtForm | None = None,
    einmal: str = "",
    aufnahme: Nachtaufnahme | None = None,
    platz: PlatzForm | None = None,
    grund: Ausschluss | None = None,
) -> HttpResponse:
    """`form` with `einmal` for a child who has no place yet; empty: a new child. `aufnahme`: one who has."""
    ergebnis = search_nacht(gesucht, region=request.tenant.kuerzel)
    plaetze = list_nachtplaetze(ergebnis)
    context: dict[str, Any] = {
        "form": form,
        "aufnahme": aufnahme,
        "einmal": einmal or KindForm().get_einmal(),
        "gleiche": _list_gleiche(request, gesucht) if form else [],
        "platz_form": platz,
        "ergebnis": ergebnis,
        "bereitschaft": count_bereitschaft(gesucht, ergebnis.bis),
        "darf_pflegestellen": may_read_pflegestellen(request.akteur),
        "zuerst": plaetze if gesucht.mehr else plaetze[:ZUERST],
        "danach": [] if gesucht.mehr else plaetze[ZUERST:],
        "gesucht": describe_gesucht(gesucht),
        "kurz": gesucht.kurz,
        "mehr": gesucht.mehr,
        "weitere": min(ergebnis.weitere, GEZEIGT) if gesucht.mehr < MEHR_HOECHSTENS else 0,
        "regel": NACHT_REGEL,
        "grund": grund.value if grund else "",
        "beinahe": [] if plaetze and not grund else list_beinahe(ergebnis, region=request.tenant.kuerzel, grund=grund),
        "bis": ergebnis.bis,
        "ueberschneidungen": _list_weitere(request, aufnahme) if aufnahme else [],
        "sitz": _describe_sitz(request, find_postleitzahl(gesucht.ab_plz)),
        "breadcrumb": crumbs("Heute Nacht"),
    }
    return render(request, "placements/nacht/liste.html", context, status=status_of(platz))
