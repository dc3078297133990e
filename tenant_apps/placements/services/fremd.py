"""Facilities that are not in the register: the office's own list, and what is booked there (ADR 0089).

Booking holds in the order of `reserve`: person, case, search, chain of the Auswahlvermerke, months last. There is no
place to hold: the house has said yes on the telephone or in writing, and whoever books says when and who.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.aufnahme.services import find_stand_of, list_staende_of, submit_aufnahmeantrag
from shared_apps.aufnahme.states import AufnahmeZustand
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import local_date, midnight, now, real_now, today
from shared_apps.core.eingabe import count_letters
from shared_apps.core.errors import Konflikt, RegelVerletzt, SojusError, refused_by
from shared_apps.core.gelesen import Gelesen, Ungelesen
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum
from shared_apps.providers.models import Anbieter
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.notifications.services import mark_monate
from tenant_apps.placements import rules
from tenant_apps.placements.enums import BEGRUENDUNG_MINDESTENS, Vorgang
from tenant_apps.placements.faelle.selectors.ueberschneidung import list_ueberschneidungen
from tenant_apps.placements.models import (
    Buchung,
    Fremdaenderung,
    Fremdeinrichtung,
    Fremdentgelt,
    Reservierung,
    Suche,
)
from tenant_apps.placements.search.selectors.fremd import find_land, is_im_land
from tenant_apps.placements.search.selectors.kriterien import Kriterien, kriterien_of
from tenant_apps.placements.search.selectors.passung import get_gewichtung
from tenant_apps.placements.search.selectors.preise import Preis, compute_preis, list_fremdsaetze
from tenant_apps.placements.search.selectors.search import search_angebote
from tenant_apps.placements.search.selectors.treffer import Sortierung
from tenant_apps.placements.services.aufenthalt import Angabe, check_aufenthalt, check_zugleich
from tenant_apps.placements.services.book import ENDE_FEHLT, HAT_EIN_ENDE, advance_fall, create_buchung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.preis import OHNE_ENTGELT, check_preis
from tenant_apps.placements.services.reserve import (
    build_felder,
    build_pseudonym,
    check_weitere,
    compute_alter,
    lock_betroffen,
)
from tenant_apps.placements.services.search import lock_suche, search_geschlecht
from tenant_apps.placements.services.vermerk import create_vermerk_ausserhalb, lock_kette
from tenant_apps.placements.states import BUCHUNG_LEBEND, BuchungZustand, ReservierungZustand
from tenants.context import current_tenant, on_portal

SCHON_DA = "Diese Einrichtung steht schon in der Liste Ihres Jugendamtes."
KREIS_FEHLT = "Bitte wählen Sie den Kreis, in dem die Einrichtung liegt."
KREIS_ZUVIEL = "Ein Kreis gehört nur zu einer Einrichtung in {}."
ENTGELT_SCHON = "Für diese Hilfeart gilt ab diesem Tag schon ein Entgelt. Bitte geben Sie einen anderen Tag an."
SCHON_GEBUCHT = (
    "Ab dem {} war hier schon jemand gebucht. Was vergangene Tage kosten, ändert sich nicht mehr: Bitte geben Sie einen"
    " Tag ab heute an, oder einen, ab dem noch niemand gebucht war."
)
SCHON_HIER_GEBUCHT = "Für diese Person ist bei dieser Einrichtung aus dieser Suche schon gebucht."
ENDE_DAVOR = "Der letzte Tag liegt vor dem ersten."
WIRD_NICHT_BELEGT = "Diese Einrichtung wird nicht mehr belegt. Bitte wählen Sie eine andere."
ZUERST_EINTRAGEN = "Bitte tragen Sie es zuerst ein."
WELCHE_HILFEART = "Gesucht wurden mehrere Hilfearten. Bitte wählen Sie, welche gebucht wird."
NICHT_GESUCHT = "Diese Hilfeart gehört nicht zu der Suche. Bitte wählen Sie eine der gesuchten."
WARUM_KEINE = (
    "Bitte schreiben Sie auf, warum keines der Angebote im Verzeichnis das geeignete ist (mindestens"
    f" {BEGRUENDUNG_MINDESTENS} Buchstaben)."
)
ZUSAGE_KUENFTIG = "Die Zusage kann nicht in der Zukunft liegen."
NUR_IM_LAND = "Für das Verzeichnis wird nur vorgeschlagen, was in {} liegt. Diese Einrichtung bleibt in Ihrer Liste."
SCHON_VORGESCHLAGEN = "Diese Einrichtung wurde am {} schon vorgeschlagen."
ZU_VIELE_ANTRAEGE = (
    "Nicht vorgeschlagen: Für {} warten schon mehrere Anträge. Bitte versuchen Sie es wieder, wenn über sie entschieden"
    " ist, oder nennen Sie eine andere Person. Bis dahin steht die Einrichtung in der Liste bei „noch vorzuschlagen“."
)
SCHON_IM_VERZEICHNIS = "Den Anbieter „{}“ gibt es im Verzeichnis schon. Bitte sehen Sie dort nach."

#: Once its application is one of these, a facility can be proposed again; None: nobody has confirmed it in time.
_OHNE_ERGEBNIS = frozenset({None, AufnahmeZustand.ABGELEHNT, AufnahmeZustand.ZURUECKGEZOGEN})
#: What the list keeps of a facility, as form and API name it.
ANGABEN = (
    "name", "anbieter", "strasse", "plz", "ort", "land", "kreis", "ansprechpartner", "telefon", "email",
    "behoerde",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entgeltangabe:
    """A rate as it was agreed on: for which help, from when, to which day, and where that is written."""

    hilfeart: Hilfeart
    betrag: Decimal
    ab: date
    quelle: str
    bis: date | None = None


@dataclass(frozen=True, slots=True)
class Zusage:
    """Who at the house has said yes, and when."""

    am: date
    durch: str


@transaction.atomic
def create_fremdeinrichtung(
    *, akteur: Akteur, angaben: Mapping[str, Any], entgelt: Entgeltangabe | None = None
) -> Fremdeinrichtung:
    """Put a facility on the office's list, with its first rate. `RegelVerletzt` (kreis, name, a field of the rate)."""
    RegelVerletzt.refuse(list_maengel(angaben) + (list_entgeltmaengel(entgelt.ab, entgelt.bis) if entgelt else []))
    with _check_einmal():
        einrichtung = Fremdeinrichtung.objects.create(
            eingetragen_von_id=akteur.user_id, **{name: angaben[name] for name in ANGABEN}
        )
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.FREMDE_ANLEGEN, objekt=einrichtung)
    if entgelt is not None:
        create_fremdentgelt(akteur=akteur, einrichtung=einrichtung, entgelt=entgelt)
    return einrichtung


@transaction.atomic
def update_fremdeinrichtung(
    *, akteur: Akteur, einrichtung: Fremdeinrichtung, angaben: Mapping[str, Any], gelesen: Gelesen | None = None
) -> Fremdeinrichtung:
    """Change what is written of it; what was before stays in its history. Unchanged is as good.

    `angaben`: those of `ANGABEN` and `ist_aktiv` that are said. `Veraltet` for what a colleague has changed meanwhile.
    """
    einrichtung = (
        Fremdeinrichtung.objects.select_for_update(of=("self",)).select_related("kreis").get(pk=einrichtung.pk)
    )
    jetzt = {name: getattr(einrichtung, name) for name in (*ANGABEN, "ist_aktiv")}
    neu = {name: angaben[name] for name in jetzt if name in angaben}
    (gelesen or Ungelesen()).check(jetzt=jetzt, neu=neu)
    RegelVerletzt.refuse(list_maengel(jetzt | neu))
    geaendert = [name for name, wert in neu.items() if getattr(einrichtung, name) != wert]
    if not geaendert:
        return einrichtung
    for name in geaendert:
        Fremdaenderung.objects.create(
            fremdeinrichtung=einrichtung,
            feld=str(Fremdeinrichtung._meta.get_field(name).verbose_name),
            alt=_write(getattr(einrichtung, name)),
            neu=_write(neu[name]),
            fachkraft_id=akteur.user_id,
        )
        setattr(einrichtung, name, neu[name])
    with _check_einmal():
        einrichtung.save(update_fields=geaendert)
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.FREMDE_AENDERN, objekt=einrichtung, felder=geaendert
    )
    return einrichtung


def _write(wert: Any) -> str:
    """An entry as its history says it."""
    return {True: "ja", False: "nein", None: ""}.get(wert, str(wert)) if not isinstance(wert, str) else wert


@contextmanager
def _check_einmal() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if refused_by(error) == "fremdeinrichtung_einmal":
            raise RegelVerletzt(SCHON_DA, feld="name") from error
        raise


def list_maengel(angaben: Mapping[str, Any]) -> list[RegelVerletzt]:
    """What is wrong with a facility: inside the state the district says who would admit it. What was not understood is
    not judged."""
    if not angaben.get("land") or "kreis" not in angaben:
        return []
    im_land, kreis = is_im_land(angaben["land"]), angaben["kreis"]
    if im_land and kreis is None:
        return [RegelVerletzt(KREIS_FEHLT, feld="kreis")]
    return [] if im_land or kreis is None else [RegelVerletzt(KREIS_ZUVIEL.format(find_land()), feld="kreis")]


def list_entgeltmaengel(ab: date | None, bis: date | None) -> list[RegelVerletzt]:
    """The same of the days of a rate."""
    davor = ab is not None and bis is not None and bis < ab
    return [RegelVerletzt(ENDE_DAVOR, feld="bis")] if davor else []


@transaction.atomic
def create_fremdentgelt(*, akteur: Akteur, einrichtung: Fremdeinrichtung, entgelt: Entgeltangabe) -> Fremdentgelt:
    """Enter a rate. One that holds without an end ends the day before; no other one is changed.

    The history of the house says both.

    `RegelVerletzt` (bis or ab): ends before it begins, another one holds on one of its days, or somebody was booked
    there on one of them that has passed: what these days cost was agreed on then.
    """
    RegelVerletzt.refuse(list_entgeltmaengel(entgelt.ab, entgelt.bis))
    Fremdeinrichtung.objects.select_for_update(of=("self",)).get(pk=einrichtung.pk)
    rows = Fremdentgelt.objects.filter(fremdeinrichtung=einrichtung, hilfeart=entgelt.hilfeart)
    _check_vergangen(einrichtung, entgelt, rows)
    offen = rows.filter(gueltig__upper_inf=True, gueltig__startswith__lt=entgelt.ab).first()
    try:
        with transaction.atomic():
            if offen is not None:
                vorher = offen.beschreibung
                offen.gueltig = DateRange(offen.gueltig.lower, entgelt.ab)
                offen.save(update_fields=["gueltig"])
                _note_entgelt(akteur, offen, vorher)
            neu = Fremdentgelt.objects.create(
                fremdeinrichtung=einrichtung,
                hilfeart=entgelt.hilfeart,
                betrag=entgelt.betrag,
                gueltig=DateRange(entgelt.ab, None if entgelt.bis is None else entgelt.bis + EIN_TAG),
                quelle=entgelt.quelle,
                eingetragen_von_id=akteur.user_id,
            )
            _note_entgelt(akteur, neu)
    except IntegrityError as error:
        if refused_by(error) == "fremdentgelt_eines":
            raise RegelVerletzt(ENTGELT_SCHON, feld="ab") from error
        raise
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.FREMDE_ENTGELT, objekt=neu)
    return neu


def _note_entgelt(akteur: Akteur, entgelt: Fremdentgelt, vorher: str = "") -> None:
    """A rate in the history of its house: entered, or ended by the next one."""
    Fremdaenderung.objects.create(
        fremdeinrichtung_id=entgelt.fremdeinrichtung_id,
        feld=f"Entgelt {entgelt.hilfeart.paragraf}",
        alt=vorher,
        neu=entgelt.beschreibung,
        fachkraft_id=akteur.user_id,
    )


def find_hindernis(einrichtung: Fremdeinrichtung) -> SojusError | None:
    """Why it cannot be proposed to the register; None: it can. One query at most."""
    if einrichtung.kreis_id is None:
        return RegelVerletzt(NUR_IM_LAND.format(find_land()))
    if einrichtung.vorgeschlagen_at is not None and is_vorgeschlagen(einrichtung):
        am = format_datum(local_date(einrichtung.vorgeschlagen_at))
        return Konflikt(SCHON_VORGESCHLAGEN.format(am), code="vorgeschlagen")
    if Anbieter.objects.filter(name__iexact=einrichtung.anbieter).exists():
        return Konflikt(SCHON_IM_VERZEICHNIS.format(einrichtung.anbieter), code="im_verzeichnis")
    return None


def _check_vergangen(einrichtung: Fremdeinrichtung, entgelt: Entgeltangabe, rows: QuerySet[Fremdentgelt]) -> None:
    """A rate holds until the next one begins; on these days of it that have passed nobody may be booked there."""
    naechstes = rows.filter(gueltig__startswith__gt=entgelt.ab).order_by("gueltig").first()
    bis = today() if naechstes is None else min(today(), naechstes.gueltig.lower)
    if entgelt.ab >= bis:
        return
    gebucht = Buchung.objects.filter(
        Q(ende_tatsaechlich=None) | Q(ende_tatsaechlich__gte=entgelt.ab),
        fremdeinrichtung=einrichtung,
        hilfeart=entgelt.hilfeart,
        zeitraum__overlap=DateRange(entgelt.ab, bis),
    ).exclude(zustand=BuchungZustand.STORNIERT)
    if gebucht.exists():
        raise RegelVerletzt(SCHON_GEBUCHT.format(format_datum(entgelt.ab)), feld="ab")


@transaction.atomic
def submit_fremdeinrichtung(
    *, akteur: Akteur, einrichtung: Fremdeinrichtung, angaben: Mapping[str, Any]
) -> Fremdeinrichtung:
    """Propose it to the register, by the way every provider has ("Anbieter werden", ADR 0061): the house confirms by
    the link of a mail, two people of the office at its place decide. `angaben`: what the list does not keep.
    Once that application is gone (nobody has confirmed it) or declined, it can be proposed again.

    `RegelVerletzt` for a facility outside the state, and where its office could not decide (kreis); `Konflikt` when it
    was proposed already, its provider is in the register, or too many applications of that address wait.
    """
    rows = Fremdeinrichtung.objects.select_for_update(of=("self",)).select_related("kreis")
    einrichtung = rows.get(pk=einrichtung.pk)
    if hindernis := find_hindernis(einrichtung):
        raise hindernis
    assert einrichtung.kreis is not None  # that would be one
    ort = {name: getattr(einrichtung, name) for name in ("strasse", "plz", "ort")}
    haus = {"name": einrichtung.name, "kreis": einrichtung.kreis.kuerzel, **ort}
    antrag = {
        "name": einrichtung.anbieter, "register_nr": "", "dachverband": "", "telefon": einrichtung.telefon, "web": "",
        **ort, **angaben,
    }  # fmt: skip
    with on_portal():
        einrichtung.vorschlag_id = submit_aufnahmeantrag(angaben=antrag, einrichtungen=[haus])
    if einrichtung.vorschlag_id is None:
        raise Konflikt(ZU_VIELE_ANTRAEGE.format(angaben["person_email"]), code="zu_viele_antraege")
    einrichtung.vorgeschlagen_at, einrichtung.vorgeschlagen_von_id = now(), akteur.user_id
    einrichtung.save(update_fields=["vorgeschlagen_at", "vorgeschlagen_von", "vorschlag_id"])
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.FREMDE_VORSCHLAGEN, objekt=einrichtung,
        felder=["vorgeschlagen_at"],
    )  # fmt: skip
    return einrichtung


def is_vorgeschlagen(einrichtung: Fremdeinrichtung) -> bool:
    """Whether the application that was made of its proposal waits, or was admitted. One query where there is one."""
    if einrichtung.vorschlag_id is None:
        return False
    with on_portal():
        stand = find_stand_of(einrichtung.vorschlag_id)
    return stand not in _OHNE_ERGEBNIS


def list_vorgeschlagene() -> set[UUID]:
    """Keys of the facilities whose application waits, or was admitted. Two queries at most, however many there are."""
    alle = Fremdeinrichtung.objects.values_list("vorschlag_id", "pk")
    rows = {vorschlag_id: pk for vorschlag_id, pk in alle.exclude(vorschlag_id=None) if vorschlag_id}
    if not rows:
        return set()
    with on_portal():
        staende = list_staende_of(rows)
    return {pk for vorschlag_id, pk in rows.items() if staende.get(vorschlag_id) not in _OHNE_ERGEBNIS}


def _with_ende(kriterien: Kriterien, letzter_tag: date | None) -> Kriterien:
    """What is booked: as it was searched for, or to the last day that a help until further notice is granted for."""
    if kriterien.ohne_ende:
        if letzter_tag is None:
            raise RegelVerletzt(ENDE_FEHLT, feld="letzter_tag")
        kriterien = replace(kriterien, ende=letzter_tag, ohne_ende=False)
    elif letzter_tag is not None:
        raise RegelVerletzt(HAT_EIN_ENDE, feld="letzter_tag")
    try:
        kriterien.check()
    except RegelVerletzt as error:
        if letzter_tag is not None and error.feld == "ende":
            error.feld = "letzter_tag"
        raise
    return kriterien


def _of_hilfeart(gesucht: Kriterien, hilfeart: Hilfeart | None) -> Kriterien:
    """The same question of the kind of help that is booked; of several that were searched for, who books says which."""
    if hilfeart is None:
        if gesucht.weitere:
            raise RegelVerletzt(WELCHE_HILFEART, feld="hilfeart")
        hilfeart = gesucht.hilfeart
    if hilfeart not in gesucht.hilfearten:
        raise RegelVerletzt(NICHT_GESUCHT, feld="hilfeart")
    return gesucht.of_kind(hilfeart.pk)


@transaction.atomic
def book_fremdeinrichtung(
    *,
    akteur: Akteur,
    suche: Suche,
    einrichtung: Fremdeinrichtung,
    betroffen: Betroffen,
    zusage: Zusage,
    begruendung: str,
    wuensche: str = "",
    zweiter_platz: bool = False,
    gezeigt: Decimal | int | None = None,
    sortierung: str = Sortierung.KOSTEN.value,
    probe: int | None = None,
    angabe: Angabe | None = None,
    letzter_tag: date | None = None,
    hilfeart: Hilfeart | None = None,
) -> Buchung:
    """Book at a facility of the office's list that has said yes. The whole list of the register is sealed beside it, as
    it was shown (`sortierung`, `probe` as in `reserve_angebot`), with the reason why it is none of these.

    `gezeigt`: the Soll-Entgelt that was shown; another one is refused. `angabe`: what a second stay is. `letzter_tag`:
    until when a help that was searched for until further notice is granted; then the price is that of these days. The
    list is sealed as it was searched for, with what the house costs for the same days, and the granted day beside it.
    `hilfeart`: which of the kinds of help that were searched for; where it was one, that one.

    Raises `RegelVerletzt` (hilfeart, begruendung, zugesagt_am, entgelt, klient, zweiter_platz, ueberlagerung…) and
    `Konflikt`.
    """
    betroffen = lock_betroffen(betroffen)
    suche = lock_suche(suche.pk)
    gesucht = kriterien_of(suche)
    geplant_wird = _of_hilfeart(gesucht, hilfeart)
    kriterien, art = _with_ende(geplant_wird, letzter_tag), geplant_wird.hilfeart
    einrichtung = Fremdeinrichtung.objects.select_related("kreis").get(pk=einrichtung.pk)
    begruendung = begruendung.strip()
    _check(einrichtung, zusage, begruendung)
    saetze = list_fremdsaetze(einrichtung.pk, art.pk)
    ohne = RegelVerletzt(f"{OHNE_ENTGELT} {ZUERST_EINTRAGEN}", feld="entgelt")
    preis = check_preis(compute_preis(kriterien, saetze), gezeigt=gezeigt, ohne=ohne)
    geplant = check_preis(compute_preis(geplant_wird, saetze), gezeigt=None, ohne=ohne)
    alter = compute_alter(betroffen, kriterien)
    geschlecht, wen = search_geschlecht(betroffen.klient), rules.Wen(suche.alter, suche.alter, suche.geschlecht)
    abweichungen = rules.list_abweichungen(alter=alter, geschlecht=geschlecht, wen=wen, woher=rules.Woher.GESUCHT)
    _check_einmal_gebucht(suche, einrichtung, betroffen)
    kreis = list_ueberschneidungen(klient_id=betroffen.klient.pk, hilfeart=art, zeitraum=kriterien.zeitraum)
    weitere = check_weitere(akteur, kreis, betroffen, begruendung, zweiter_platz=zweiter_platz)
    ergebnis = search_angebote(gesucht, sortierung, gewichtung=get_gewichtung(suche.klient_id, preis=probe))
    lock_kette()
    vermerk = create_vermerk_ausserhalb(
        akteur=akteur,
        suche=suche,
        hilfefall=betroffen.hilfefall,
        ergebnis=ergebnis,
        sortierung=sortierung,
        probe=probe,
        gewaehlt=freeze_einrichtung(einrichtung, geplant, zusage, einheit=str(art.get_einheit_display()))
        | ({"hilfeart_name": str(art)} if gesucht.weitere else {})
        | _freeze_bewilligt(letzter_tag, preis),
        soll=geplant.soll,
        begruendung=begruendung,
        abweichungen=abweichungen,
        weitere=weitere,
        wuensche=wuensche.strip(),
    )
    reservierung = Reservierung.objects.create(
        **build_felder(
            vermerk,
            suche,
            betroffen,
            preis,
            alter=alter,
            land=einrichtung.land,
            pseudonym=build_pseudonym(),
            kriterien=kriterien,
        ),
        fremdeinrichtung=einrichtung,
        ist_auswaertig=einrichtung.kreis is None
        or rules.ist_auswaertig(einrichtung.kreis.ags, current_tenant().ags[:5]),
        zustand=ReservierungZustand.GEBUCHT.value,
        ablauf_at=real_now(),
        entschieden_at=midnight(zusage.am),
    )
    aufenthalt = check_aufenthalt(akteur=akteur, reservierung=reservierung, angabe=angabe or Angabe())
    with check_zugleich():
        buchung = create_buchung(reservierung, akteur, aufenthalt)
    advance_fall(betroffen.hilfefall)
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.FREMDE_BUCHEN, objekt=buchung)
    tage = Zeitraum.from_range(buchung.zeitraum)
    mark_monate(monate={*tage.monate(), local_date(buchung.gebucht_at).replace(day=1)})
    return buchung


def freeze_einrichtung(einrichtung: Fremdeinrichtung, preis: Preis, zusage: Zusage, *, einheit: str) -> dict[str, Any]:
    """What was chosen instead of the list, in plain values, as it is now."""
    return {
        "id": str(einrichtung.pk),
        "einrichtung": einrichtung.name,
        "anbieter": einrichtung.anbieter,
        "ort": einrichtung.ort,
        "land": einrichtung.land,
        "einheit": einheit,
        "tagesentgelt": str(preis.satz),
        "soll_entgelt": str(preis.soll),
        "zugesagt_am": zusage.am.isoformat(),
        "zugesagt_durch": zusage.durch.strip(),
    }


def _freeze_bewilligt(letzter_tag: date | None, preis: Preis) -> dict[str, str]:
    """Of a help that was searched for until further notice: until when it is granted, and what it costs to that day."""
    return {"bewilligt_bis": letzter_tag.isoformat(), "soll_bewilligt": str(preis.soll)} if letzter_tag else {}


def _check_einmal_gebucht(suche: Suche, einrichtung: Fremdeinrichtung, betroffen: Betroffen) -> None:
    """The same press of the button twice is one booking, also where a second place is wanted."""
    lebend = Buchung.objects.filter(
        reservierung__suche=suche, fremdeinrichtung=einrichtung, klient=betroffen.klient, zustand__in=BUCHUNG_LEBEND
    )
    if lebend.exists():
        raise Konflikt(SCHON_HIER_GEBUCHT, code="schon_gebucht")


def _check(einrichtung: Fremdeinrichtung, zusage: Zusage, begruendung: str) -> None:
    if not einrichtung.ist_aktiv:
        raise Konflikt(WIRD_NICHT_BELEGT, code="nicht_belegt")
    fehler = []
    if count_letters(begruendung) < BEGRUENDUNG_MINDESTENS:
        fehler.append(RegelVerletzt(WARUM_KEINE, feld="begruendung"))
    if zusage.am > today():
        fehler.append(RegelVerletzt(ZUSAGE_KUENFTIG, feld="zugesagt_am"))
    RegelVerletzt.refuse(fehler)
