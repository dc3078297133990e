"""Steps of the case, each on its own page with a question: consent, decline, book, begin, end, cancel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.clock import today
from shared_apps.core.frage import Frage
from shared_apps.core.liste import related
from shared_apps.core.seite import crumbs, posted
from shared_apps.core.zeitraum import Zeitraum, format_datum
from tenant_apps.audit.frage import ask_about
from tenant_apps.audit.services import Vorhaben
from tenant_apps.placements import policies
from tenant_apps.placements.anzeige import (
    BITTE_ANSEHEN,
    SAGEN_SIE_ES,
    describe_amounts,
    describe_bewilligt,
    describe_placement,
)
from tenant_apps.placements.enums import Ablehnungsgrund, Beendigungsgrund, Vorgang
from tenant_apps.placements.faelle.forms import (
    AblehnungForm,
    BeendigungForm,
    BeginnForm,
    BuchenForm,
    StornoForm,
    TrotzRechnungForm,
)
from tenant_apps.placements.faelle.selectors.ueberschneidung import (
    describe_ueberschneidungen,
    filter_allein_geworden,
    filter_gehalten,
    list_darueber,
    list_ueberschneidungen,
)
from tenant_apps.placements.faelle.selectors.vorgang import describe_abgelaufen, get_beginn
from tenant_apps.placements.forms import read_bewilligt
from tenant_apps.placements.hooks import get_berechnetes
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.services.aufenthalt import find_ueberlagert_bis
from tenant_apps.placements.services.book import book_reservierung, compute_mit_ende
from tenant_apps.placements.services.decide import confirm_reservierung, reject_reservierung
from tenant_apps.placements.services.end import (
    BITTE_BESTAETIGEN,
    begin_buchung,
    cancel_buchung,
    end_buchung,
)
from tenant_apps.placements.states import BuchungAktion, ReservierungAktion

ERFAEHRT = "Mit der Buchung erfährt der Anbieter Name und Geburtsdatum des jungen Menschen."
ERFAEHRT_SPAETER = (
    "Name und Geburtsdatum sind noch nicht bekannt. Sobald Sie sie eintragen, sieht sie der Anbieter an der Buchung."
)
NOCH_NICHT = "Die Hilfe beginnt erst am {}. Bitte bestätigen Sie die Aufnahme, wenn der junge Mensch da ist."
DARUEBER = {
    "title": "Achtung: Der junge Mensch ist in dieser Zeit auch anderswo",
    "text": "Über dieser Hilfe liegt ein anderer Aufenthalt:",
    "folge": "Endet diese Hilfe früher, ist der junge Mensch danach nur noch dort. Bitte prüfen Sie, ob das stimmt.",
}
ALLEIN_GEWORDEN = "Der junge Mensch ist jetzt nur noch dort: {} Bitte prüfen Sie, ob diese Hilfe so weitergeht."
_RELATED = ("hilfefall__fachkraft", "hilfeart", "anbieter", "einrichtung", "fremdeinrichtung", "angebot")


def _reservierung(request: HttpRequest, uuid: UUID, *mehr: str) -> Reservierung:
    rows = policies.changeable_reservierungen(request.akteur)
    return get_object_or_404(related(*_RELATED, *mehr)(rows), pk=uuid)


def _buchung(request: HttpRequest, uuid: UUID) -> Buchung:
    rows = policies.changeable_buchungen(request.akteur)
    return get_object_or_404(related("reservierung", *_RELATED)(rows), pk=uuid)


def _ask(
    request: HttpRequest,
    objekt: Reservierung | Buchung,
    vorhaben: Vorhaben[Any, Any],
    *,
    work: Callable[[dict[str, Any]], Reservierung | Buchung],
    done: str | Callable[[Any], str],
    form: forms.Form | None = None,
    first: Callable[[Frage], Frage | None] | None = None,
    vorab: str = "",
    **worte: Any,
) -> HttpResponse:
    """The question about a reservation or booking; it leads to what came of it."""
    back = _url(objekt)
    frage = Frage(
        back=back,
        breadcrumb=crumbs(
            ("Fallmanager", reverse("placements:list")), (_kennung(request, objekt), back), worte["title"]
        ),
        **worte,
    )
    return ask_about(
        objekt, Vorgang.FALL_SCHRITT, request, frage,
        vorhaben=vorhaben, vorab=vorab, form=form, work=work, done=done, leads=_url,
        **({"first": lambda _: first(frage)} if first else {}),
    )  # fmt: skip


def _url(objekt: Reservierung | Buchung) -> str:
    art = "buchung" if isinstance(objekt, Buchung) else "reservierung"
    return reverse(f"placements:{art}", args=[objekt.pk])


def _kennung(request: HttpRequest, objekt: Reservierung | Buchung) -> str:
    if isinstance(objekt, Buchung) or policies.sees_name(request.akteur, objekt):
        return objekt.hilfefall.fallnummer
    return objekt.pseudonym


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_RESERVIERUNG.may(ReservierungAktion.ZUSTIMMEN))
def confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The provider consents."""
    reservierung = _reservierung(request, uuid)
    wie_lange = "bis auf Weiteres" if reservierung.ohne_ende else "für den ganzen Zeitraum"
    return _ask(
        request,
        reservierung,
        Vorhaben(policies.SCHRITTE_RESERVIERUNG, ReservierungAktion.ZUSTIMMEN),
        vorab=describe_abgelaufen(reservierung),
        title="Der Reservierung zustimmen?",
        text=f"Sie sagen {reservierung.worte.den} {wie_lange} zu. Das Jugendamt kann dann buchen.",
        items=describe_placement(reservierung) + describe_amounts(reservierung, ist_amt=False),
        action_label="Zustimmen",
        work=lambda _: confirm_reservierung(reservierung=reservierung, akteur=request.akteur),
        done="Sie haben der Reservierung zugestimmt.",
    )


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_RESERVIERUNG.may(ReservierungAktion.ABLEHNEN))
def reject(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The provider declines, with a reason."""
    reservierung = _reservierung(request, uuid)
    return _ask(
        request,
        reservierung,
        Vorhaben(policies.SCHRITTE_RESERVIERUNG, ReservierungAktion.ABLEHNEN),
        vorab=describe_abgelaufen(reservierung),
        title="Reservierung ablehnen?",
        text=f"{reservierung.worte.Der} wird sofort wieder frei. Bitte geben Sie den Grund an.",
        action_label="Ablehnen",
        level="danger",
        form=AblehnungForm(posted(request)),
        work=lambda data: reject_reservierung(
            reservierung=reservierung,
            akteur=request.akteur,
            grund=Ablehnungsgrund(data["grund"]),
            text=data["text"],
        ),
        done=f"Sie haben die Reservierung abgelehnt. {reservierung.worte.Der} ist wieder frei.",
    )


def _weitere(reservierung: Reservierung) -> list[Reservierung]:
    """Other places of the same child at the same time; each was given a reason when it was reserved."""
    return list_ueberschneidungen(
        klient_id=reservierung.klient_id,
        hilfeart=reservierung.hilfeart,
        zeitraum=reservierung.dauer,
        ohne=reservierung.pk,
    )


def _zeilen(request: HttpRequest, rows: list[Reservierung]) -> list[dict[str, Any]]:
    """Each other help by name, with the way there where she may go."""
    return [
        {"text": zeile["text"], "url": reverse("placements:reservierung", args=[zeile["pk"]]) if zeile["pk"] else ""}
        for zeile in describe_ueberschneidungen(rows, sichtbar=policies.visible_ids(request.akteur, rows))
    ]


def _say_weitere(request: HttpRequest, rows: list[Reservierung], *, ist_aufenthalt: bool) -> dict[str, Any]:
    """All of them by name with the way there, and what becomes of those that are held."""
    if not rows:
        return {}
    title = "weiterer Platz für dieselben Nächte" if ist_aufenthalt else "dieselbe Hilfe zur selben Zeit"
    return {
        "achtung": {
            "title": f"Achtung: {title}",
            "text": "Für diesen jungen Menschen hält oder bucht das Jugendamt zur selben Zeit:",
            "zeilen": _zeilen(request, rows),
            "folge": "Was nur gehalten wird, können Sie nach der Buchung dort zurückziehen."
            if filter_gehalten(rows)
            else "",
        }
    }


def _build_buchen(request: HttpRequest, reservierung: Reservierung) -> BuchenForm | None:
    """The last day of an open help, and the fields of a second stay, where there is one on the days to be booked that
    she may know of; what was sent is judged by all of them."""
    geplant = Zeitraum.from_range(reservierung.zeitraum)
    bis = find_ueberlagert_bis(
        klient_id=reservierung.klient_id, hilfeart=reservierung.hilfeart,
        tage=read_bewilligt(posted(request), geplant) if reservierung.ohne_ende else geplant,
        auch_gesperrte=request.method == "POST",
    )  # fmt: skip
    if not bis and not reservierung.ohne_ende:
        return None
    planung_bis = reservierung.letzter_tag if reservierung.ohne_ende else None
    return BuchenForm(posted(request), planung_bis=planung_bis, ueberlagert_bis=bis)


def _preview_ende(reservierung: Reservierung, form: BuchenForm, frage: Frage) -> Frage | None:
    """The question with what is booked until another day than planned; None once that was shown for this day."""
    bis = form.cleaned_data.get("letzter_tag")
    if bis in {None, reservierung.letzter_tag}:
        return None
    neu = compute_mit_ende(reservierung, reservierung.klient, bis)
    if (form.cleaned_data["gezeigt_bis"], form.cleaned_data["gezeigt"]) == (bis, neu["soll_kosten"]):
        return None
    form.show(bis, neu["soll_kosten"])
    items = describe_bewilligt(reservierung, neu)
    return replace(frage, items=items, text=BITTE_ANSEHEN, action_label="Jetzt buchen")


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_RESERVIERUNG.may(ReservierungAktion.BUCHEN))
def book(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The office books."""
    reservierung = _reservierung(request, uuid, "buchung", "klient")
    weitere = _weitere(reservierung)
    gebucht = f"{reservierung.worte.Der} ist verbindlich gebucht."
    if filter_gehalten(weitere):
        gebucht += " Andere Plätze für dieselbe Zeit sind noch gehalten; sie stehen hier zum Zurückziehen."
    form = _build_buchen(request, reservierung)
    return _ask(
        request,
        reservierung,
        Vorhaben(policies.SCHRITTE_RESERVIERUNG, ReservierungAktion.BUCHEN),
        vorab=describe_abgelaufen(reservierung),
        title="Verbindlich buchen?",
        text=ERFAEHRT_SPAETER if reservierung.klient.ist_unbekannt else ERFAEHRT,
        items=[*describe_placement(reservierung), *describe_amounts(reservierung, ist_amt=True)],
        **_say_weitere(request, weitere, ist_aufenthalt=reservierung.hilfeart.ist_aufenthalt),
        action_label="Verbindlich buchen",
        form=form,
        first=(lambda frage: _preview_ende(reservierung, form, frage)) if form and reservierung.ohne_ende else None,
        work=lambda data: book_reservierung(
            reservierung=reservierung, akteur=request.akteur, **(form.service_data if form else data)
        ),
        done=gebucht,
    )


def _say_berechnetes(request: HttpRequest, buchung: Buchung, form: TrotzRechnungForm, feld: str) -> dict[str, Any]:
    """What the day cuts off that is charged already, before it is recorded; nothing is asked where nothing is."""
    form.full_clean()
    tag = form.cleaned_data.get(feld) if form.is_bound else form.initial[feld]
    hilfe = _hilfe(buchung, **{feld: tag}) if tag else None
    berechnetes = get_berechnetes(akteur=request.akteur, buchung=buchung, hilfe=hilfe) if hilfe else None
    if berechnetes is None:
        del form.fields["trotz_rechnung"]
        return {}
    if form.is_bound and not form.cleaned_data.get("trotz_rechnung"):
        form.add_error("trotz_rechnung", BITTE_BESTAETIGEN)  # the service would say it with the sums that are here
    zeilen: list[Any] = list(berechnetes.rechnungen)
    if berechnetes.liste_url:
        zeilen.append({"text": "Alle Rechnungen, die über eine Hilfe hinausreichen", "url": berechnetes.liste_url})
    achtung = {"title": "Tage außerhalb der Hilfe sind schon berechnet", "text": berechnetes.text}
    return {"achtung": achtung | {"zeilen": zeilen, "folge": berechnetes.folge}}


def _hilfe(buchung: Buchung, beginn: date | None = None, letzter_tag: date | None = None) -> Zeitraum | None:
    """The help with the day that was typed; None when there is none, the service says why."""
    beginn, letzter_tag = beginn or get_beginn(buchung), letzter_tag or buchung.letzter_tag
    return Zeitraum.from_inclusive(beginn, letzter_tag) if beginn <= letzter_tag else None


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_BUCHUNG.may(BuchungAktion.BEGINNEN))
def begin(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The young person has come."""
    buchung = _buchung(request, uuid)
    form = BeginnForm(posted(request), initial={"beginn": buchung.beginn})
    return _ask(
        request,
        buchung,
        policies.BEGINNEN,
        vorab=NOCH_NICHT.format(format_datum(buchung.beginn)) if buchung.beginn > today() else "",
        title="Aufnahme bestätigen",
        text="An welchem Tag hat die Hilfe tatsächlich begonnen? Ab diesem Tag wird abgerechnet.",
        action_label="Aufnahme bestätigen",
        **_say_berechnetes(request, buchung, form, "beginn"),
        form=form,
        work=lambda data: begin_buchung(
            buchung=buchung,
            akteur=request.akteur,
            beginn=data["beginn"],
            trotz_rechnung=data["trotz_rechnung"],
        ),
        done="Die Aufnahme ist bestätigt.",
    )


def _say_darueber(request: HttpRequest, rows: list[Reservierung], **sonst: Any) -> dict[str, Any]:
    """What lies over the help that ends: the child stays with it. `sonst`: another warning, which is shown first."""
    if not rows:
        return sonst
    zeilen = _zeilen(request, rows)
    return sonst | {"hinweise": zeilen} if sonst else {"achtung": DARUEBER | {"zeilen": zeilen}}


def _say_ended(request: HttpRequest, text: str, darueber: list[Reservierung]) -> Callable[[Any], str]:
    """What is said afterwards, with the stays that have the child for themselves from now on."""

    def say(_: Any) -> str:
        geworden = filter_allein_geworden(darueber)
        texte = [zeile["text"].rstrip(".") + "." for zeile in _zeilen(request, geworden)]
        return " ".join([text, *(ALLEIN_GEWORDEN.format(zeile) for zeile in texte)])

    return say


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_BUCHUNG.may(BuchungAktion.BEENDEN))
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Planned end or termination."""
    buchung = _buchung(request, uuid)
    vorschlag = max(get_beginn(buchung), min(today(), buchung.letzter_tag))
    form = BeendigungForm(posted(request), initial={"letzter_tag": vorschlag})
    darueber = list_darueber(buchung)
    return _ask(
        request,
        buchung,
        policies.BEENDEN,
        title="Hilfe beenden",
        text="Ein Abbruch ist eine Beendigung mit einem der Gründe „Abbruch durch …“.",
        action_label="Hilfe beenden",
        level="danger",
        **_say_darueber(request, darueber, **_say_berechnetes(request, buchung, form, "letzter_tag")),
        form=form,
        work=lambda data: end_buchung(
            buchung=buchung,
            akteur=request.akteur,
            letzter_tag=data["letzter_tag"],
            grund=Beendigungsgrund(data["grund"]),
            text=data["text"],
            trotz_rechnung=data["trotz_rechnung"],
        ),
        done=_say_ended(
            request,
            "Die Hilfe ist beendet."
            + ("" if buchung.ist_ausserhalb else f" {buchung.worte.Der} ist ab dem folgenden Tag wieder frei."),
            darueber,
        ),
    )


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_BUCHUNG.may(BuchungAktion.STORNIEREN))
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Cancel before the start."""
    buchung = _buchung(request, uuid)
    darueber = list_darueber(buchung)
    return _ask(
        request,
        buchung,
        policies.STORNIEREN,
        title="Buchung stornieren?",
        text="Die Hilfe hat noch nicht begonnen. "
        + (
            SAGEN_SIE_ES if buchung.ist_ausserhalb else f"{buchung.worte.Der} wird für den ganzen Zeitraum wieder frei."
        ),
        action_label="Buchung stornieren",
        level="danger",
        **_say_darueber(request, darueber),
        form=StornoForm(posted(request)),
        work=lambda data: cancel_buchung(buchung=buchung, akteur=request.akteur, text=data["text"]),
        done=_say_ended(request, "Die Buchung ist storniert.", darueber),
    )
