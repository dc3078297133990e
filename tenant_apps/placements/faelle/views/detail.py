"""One reservation and one booking: what it is, where it stands, what is next for whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import require
from shared_apps.core.liste import related
from shared_apps.core.seite import Knopf, buttons, crumbs
from shared_apps.inbox.models import Ausgang, HinweisArt
from shared_apps.inbox.services import settle_hinweis
from shared_apps.providers.selectors.kontakte import list_kontakte
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.gespraeche.anzeige import Ansicht, build_ansicht
from tenant_apps.placements import policies
from tenant_apps.placements.anzeige import (
    NUMMER,
    TELEFON,
    build_bezug,
    describe_amounts,
    describe_person,
    describe_placement,
    describe_steps,
    get_next_text,
)
from tenant_apps.placements.enums import RECHNET_NICHT_AB, Ablehnungsgrund, Vorgang, say_ablehnung
from tenant_apps.placements.faelle.selectors import vorgang as selectors
from tenant_apps.placements.faelle.selectors.geschwister import list_geschwister
from tenant_apps.placements.faelle.selectors.ueberschneidung import (
    IN_ANDEREM_FALL,
    describe_ueberschneidungen,
    filter_gehalten,
    list_schichten,
    list_ueberschneidungen,
)
from tenant_apps.placements.hooks import find_vorgang, get_abrechnungsrechte, list_herkunft, list_offene_wege
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.search.selectors.vermerk import list_verlauf
from tenant_apps.placements.states import (
    BUCHUNG_ABRECHENBAR,
    BUCHUNG_LEBEND,
    VORGANG_OFFEN,
    BuchungAktion,
    BuchungZustand,
    ReservierungAktion,
    ReservierungZustand,
    VorgangZustand,
)
from tenants.tables.reads import names_nobody

_RELATED = (
    "suche", "hilfefall__fachkraft", "klient", "hilfeart", "anbieter", "einrichtung", "fremdeinrichtung", "angebot",
    "platz",
)  # fmt: skip


def _url(name: str, pk: UUID) -> str:
    """Address of a neighbour's page, empty while it does not exist."""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""


def _said_on_top(talk: Ansicht | None) -> tuple[str, ...]:
    """Number and, beside a talk, the other side's telephone are in the heading: each is said once."""
    return (NUMMER, TELEFON) if talk else (NUMMER,)


def record_reading(akteur: Akteur, objekt: Reservierung | Buchung, angaben: frozenset[str]) -> None:
    """Who looked at which person's data."""
    vorgang = Vorgang.BUCHUNG_ANSEHEN if isinstance(objekt, Buchung) else Vorgang.RESERVIERUNG_ANSEHEN
    record_access(akteur=akteur, aktion=Aktion.LESEN, vorgang=vorgang, objekt=objekt, felder=sorted(angaben))


def _disputable(angaben: frozenset[str]) -> frozenset[str]:
    """Fields of the person that are on the page; an age is there for the birth."""
    return angaben | {"geburtsdatum"} if "alter_bei_beginn" in angaben else angaben


_KNOEPFE_RESERVIERUNG = {
    ReservierungAktion.ZUSTIMMEN: Knopf("placements:confirm"),
    ReservierungAktion.ABLEHNEN: Knopf("placements:reject", level="danger"),
    ReservierungAktion.BUCHEN: Knopf("placements:book", "Verbindlich buchen"),
    ReservierungAktion.VERLAENGERN: Knopf("placements:extend", level="leise"),
    ReservierungAktion.ZURUECKZIEHEN: Knopf("placements:withdraw", level="danger"),
}
_KNOEPFE_AUFNAHME = {BuchungAktion.BEGINNEN: Knopf("placements:begin")}
_KNOEPFE_BUCHUNG = {
    BuchungAktion.VERLAENGERN: Knopf("placements:extend_booking", level="leise"),
    BuchungAktion.BEENDEN: Knopf("placements:end", "Hilfe beenden", level="danger"),
    BuchungAktion.STORNIEREN: Knopf("placements:cancel", level="danger"),
}


def _steps_of_reservierung(akteur: Akteur, reservierung: Reservierung, zustand: VorgangZustand) -> list[Knopf]:
    if zustand not in VORGANG_OFFEN:  # also when its deadline is over and nobody has swept it yet
        return []
    stored, knoepfe = ReservierungZustand(reservierung.zustand), _KNOEPFE_RESERVIERUNG
    if selectors.is_fast_abgelaufen(reservierung):
        knoepfe = knoepfe | {ReservierungAktion.VERLAENGERN: Knopf("placements:extend")}
    return buttons(policies.SCHRITTE_RESERVIERUNG, stored, akteur, knoepfe, reservierung.pk)


def _steps_of_buchung(akteur: Akteur, buchung: Buchung, zustand: BuchungZustand) -> tuple[list[Knopf], list[Knopf]]:
    """Its admission, once its first day has come and until somebody has confirmed it; and what ends it."""
    schritte, stored = policies.SCHRITTE_BUCHUNG, BuchungZustand(buchung.zustand)
    if not schritte.allowed(zustand, akteur) or not policies.may_change(akteur, buchung.reservierung):
        return [], []
    begun = zustand == BuchungZustand.LAUFEND
    return (
        buttons(schritte, stored, akteur, _KNOEPFE_AUFNAHME, buchung.pk) if begun else [],
        buttons(schritte, zustand, akteur, _KNOEPFE_BUCHUNG, buchung.pk),
    )


@names_nobody("it leads on to the reservation or the booking of a hold")
@require_GET
@require(policies.may_list_faelle)
def show_vorgang(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The page of the matter that holds a place, for links of those who know the hold alone."""
    rows = related("buchung")(policies.visible_reservierungen(request.akteur))
    reservierung = rows.filter(platzbindung_id=uuid).first()
    if reservierung is None:
        if ziel := find_vorgang(akteur=request.akteur, bindung_id=uuid):
            return redirect(ziel)
        raise Http404
    buchung = getattr(reservierung, "buchung", None)
    if buchung is None:
        return redirect("placements:reservierung", reservierung.pk)
    return redirect("placements:buchung", buchung.pk)


@require_GET
@require(policies.may_list_faelle)
def show_reservierung(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One reservation. The provider sees a pseudonym until the place is booked."""
    akteur = request.akteur
    rows = policies.visible_reservierungen(akteur)
    reservierung = get_object_or_404(related(*_RELATED, "buchung")(rows), pk=uuid)
    buchung = getattr(reservierung, "buchung", None)
    zustand = selectors.get_vorgang_zustand(reservierung, buchung)
    angaben = policies.readable_angaben(akteur, [reservierung])[reservierung.pk]
    sieht_namen = "nachname" in angaben
    record_reading(akteur, reservierung, angaben)
    fuehrt = policies.may_change(akteur, reservierung)
    actions = _steps_of_reservierung(akteur, reservierung, zustand) if fuehrt else []
    kennung = reservierung.hilfefall.fallnummer if sieht_namen or akteur.ist_amt else reservierung.pseudonym
    worte = reservierung.worte
    talk = build_ansicht(akteur, build_bezug(reservierung))
    return render(
        request,
        "placements/faelle/reservierung.html",
        {
            "reservierung": reservierung,
            "buchung": buchung,
            "ist_amt": akteur.ist_amt,
            "kennung": kennung,
            "zustand": zustand.label,
            "level": selectors.VORGANG_LEVELS.get(zustand, "neutral"),
            "ist_offen": zustand in VORGANG_OFFEN,
            "steps": describe_steps(reservierung, zustand),
            "weiter": get_next_text(
                zustand,
                ist_amt=akteur.ist_amt,
                ist_dran=bool(actions),
                worte=worte,
                ausserhalb=reservierung.ist_ausserhalb,
            ),
            "worte": worte,
            "abgelehnt": _say_ablehnung(reservierung),
            "actions": actions,
            "person": describe_person(reservierung, angaben),
            "sieht_namen": sieht_namen,
            "klient": reservierung.klient,
            "strittige_felder": _disputable(angaben),
            "nacht": policies.find_nachtaufnahme(akteur, reservierung),
            "verlauf": list_verlauf(reservierung.auswahlvermerk_id) if akteur.ist_amt else (),
            "platz": describe_placement(reservierung, buchung, ohne=_said_on_top(talk)),
            "kontakte": _kontakte(akteur, reservierung),
            "betraege": describe_amounts(reservierung, ist_amt=akteur.ist_amt, buchung=buchung),
            "geschwister": _list_geschwister(akteur, reservierung),
            "herkunft": list_herkunft(akteur=akteur, reservierung=reservierung),
            "vermerk_url": _url("placements:vermerk", reservierung.auswahlvermerk_id)
            if akteur.ist_amt and sieht_namen
            else "",
            "talk": talk,
            "breadcrumb": _crumbs(kennung),
        },
    )


def _say_ablehnung(reservierung: Reservierung) -> tuple[str, str]:
    """Why the house declined, and what it adds; another reason says itself what it is."""
    grund, text = reservierung.ablehnungsgrund, reservierung.ablehnung_text
    return say_ablehnung(grund, text), "" if grund == Ablehnungsgrund.SONSTIGES else text


def _kontakte(akteur: Akteur, objekt: Reservierung | Buchung) -> Any:
    """Whom to call, for the office; of a facility that is not in the register its page says it."""
    return list_kontakte(objekt.einrichtung) if akteur.ist_amt and objekt.einrichtung else None


def _list_geschwister(akteur: Akteur, reservierung: Reservierung) -> list[dict[str, Any]]:
    """Reservations of her brothers and sisters that the office's reader may open; a provider is not told who is one."""
    rows = list_geschwister(reservierung) if akteur.ist_amt else []
    sichtbar = policies.visible_ids(akteur, rows)
    return [
        {"pk": row.pk, "text": f"Reservierung Nr. {row.nummer} (Fall {row.hilfefall.fallnummer})"}
        for row in rows
        if row.pk in sichtbar
    ]


def _list_schichten(akteur: Akteur, buchung: Buchung) -> list[dict[str, Any]]:
    """What lies over the stay and what it lies over, with the way there; of a case that is not hers only that it is."""
    schichten = list_schichten(buchung) if akteur.ist_amt and buchung.ist_aufenthalt else []
    sichtbar = policies.visible_ids(akteur, [schicht.buchung.reservierung for schicht in schichten])
    return [
        {"text": schicht.text, "pk": schicht.buchung.pk, "nummer": schicht.buchung.nummer}
        if schicht.buchung.reservierung_id in sichtbar
        else {"text": f"Dieselben Nächte: {IN_ANDEREM_FALL}"}
        for schicht in schichten
    ]


def _crumbs(text: str) -> list[dict[str, Any]]:
    return crumbs(("Fallmanager", reverse("placements:list")), text)


def _list_gehaltene(akteur: Akteur, buchung: Buchung) -> list[dict[str, Any]]:
    """Places that are still held for the same child at the same time; hers to give back, with the reason."""
    if not akteur.ist_amt or buchung.zustand not in BUCHUNG_LEBEND:
        return []
    rows = filter_gehalten(
        list_ueberschneidungen(
            klient_id=buchung.klient_id,
            hilfeart=buchung.hilfeart,
            zeitraum=selectors.get_leistungszeitraum(buchung),
            ohne=buchung.reservierung_id,
        )
    )
    faelle = policies.bookable_ids(akteur, rows) if rows else frozenset()
    zeilen = describe_ueberschneidungen(rows, sichtbar=policies.visible_ids(akteur, rows))
    return [
        {**zeile, "zurueck": _url("placements:withdraw", row.pk) if _may_withdraw(akteur, row, faelle) else ""}
        for row, zeile in zip(rows, zeilen, strict=True)
    ]


def _may_withdraw(akteur: Akteur, row: Reservierung, faelle: frozenset[UUID]) -> bool:
    allowed = policies.SCHRITTE_RESERVIERUNG.allowed(ReservierungZustand(row.zustand), akteur)
    return ReservierungAktion.ZURUECKZIEHEN in allowed and row.hilfefall_id in faelle


@require_GET
@require(policies.may_list_faelle)
def show_buchung(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One booking with its months."""
    akteur = request.akteur
    rows = selectors.with_monate(policies.visible_buchungen(akteur))
    mit = (
        "reservierung__suche",
        "hilfefall__fachkraft",
        "klient",
        "hilfeart",
        "anbieter",
        "einrichtung",
        "fremdeinrichtung",
        "angebot",
        "reservierung__klient",
        "reservierung__hilfefall__fachkraft",
        "reservierung__angebot",
        "reservierung__platz__angebot__hilfeart",
        "reservierung__hilfeart",
        "reservierung__anbieter",
        "reservierung__einrichtung",
        "reservierung__fremdeinrichtung",
    )
    buchung = get_object_or_404(related(*mit)(rows), pk=uuid)
    zustand = selectors.get_zustand_heute(buchung)
    vorgang = selectors.get_vorgang_zustand(buchung.reservierung, buchung)
    angaben = policies.readable_angaben(akteur, [buchung.reservierung])[buchung.reservierung_id]
    sieht_namen = "nachname" in angaben
    kennung = buchung.hilfefall.fallnummer if sieht_namen or akteur.ist_amt else buchung.reservierung.pseudonym
    record_reading(akteur, buchung, angaben)
    aufnahme, ende = _steps_of_buchung(akteur, buchung, zustand)
    rechte = get_abrechnungsrechte(akteur)
    if policies.may_decide(akteur):  # she has seen what the pointers in her inbox lead to
        for art in (HinweisArt.BUCHUNG, HinweisArt.VERLAENGERUNG, HinweisArt.BEENDIGUNG, HinweisArt.STORNIERUNG):
            settle_hinweis(art=art, objekt_id=buchung.pk, ausgang=Ausgang.GESEHEN)
    talk = build_ansicht(akteur, build_bezug(buchung))
    return render(
        request,
        "placements/faelle/buchung.html",
        {
            "buchung": buchung,
            "kennung": kennung,
            "ist_amt": akteur.ist_amt,
            "reservierung": buchung.reservierung,
            "zustand": vorgang.label,
            "level": selectors.VORGANG_LEVELS.get(vorgang, "neutral"),
            "steps": describe_steps(buchung.reservierung, vorgang),
            "person": describe_person(buchung.reservierung, angaben),
            "sieht_namen": sieht_namen,
            "klient": buchung.klient,
            "strittige_felder": _disputable(angaben),
            "nacht": policies.find_nachtaufnahme(akteur, buchung.reservierung),
            "platz": describe_placement(buchung.reservierung, buchung, ohne=_said_on_top(talk)),
            "kontakte": _kontakte(akteur, buchung),
            "vermerk_url": _url("placements:vermerk", buchung.reservierung.auswahlvermerk_id)
            if akteur.ist_amt and sieht_namen
            else "",
            "worte": buchung.worte,
            "betraege": describe_amounts(buchung.reservierung, ist_amt=akteur.ist_amt, buchung=buchung),
            "schichten": _list_schichten(akteur, buchung),
            "gehaltene": _list_gehaltene(akteur, buchung),
            "offene_wege": list_offene_wege(akteur=akteur, buchung=buchung)
            if akteur.ist_amt and buchung.zustand in BUCHUNG_LEBEND
            else [],
            "rueckzug_grund": f"Gebucht ist ein anderer Platz: {buchung.haus.name}, Nummer {buchung.nummer}",
            "monate": selectors.list_monate(buchung),
            "rechnet_nicht_ab": RECHNET_NICHT_AB,
            "verlauf": list_verlauf(buchung.reservierung.auswahlvermerk_id) if akteur.ist_amt else (),
            "aufnahme": aufnahme,
            "actions": [*aufnahme, *ende],
            "kann_erfassen": rechte.darf_erfassen and zustand in BUCHUNG_ABRECHENBAR,
            "kann_abrechnen": rechte.darf_abrechnen,
            "zeigt_rechnungen": not akteur.nur_einrichtung,
            "sieht_rechnungen": rechte.sieht_rechnungen,
            "talk": talk,
            "breadcrumb": _crumbs(f"Buchung {kennung}"),
        },
    )
