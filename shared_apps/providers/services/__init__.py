"""What a provider keeps itself: master data, confirmation of vacancies, the end of what it offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model, Q, QuerySet
from psycopg.errors import UniqueViolation

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.core.geld import format_zahl
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import EIN_TAG, format_datum
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Ausnahme,
    Bestaetigungsweg,
    Betriebserlaubnis,
    Einrichtung,
    Foto,
    Kontakt,
)
from shared_apps.providers.policies import (
    may_end_own,
    may_offer_own,
    may_write_anbieter,
    may_write_own,
    own_anbieter,
    own_angebote,
    own_einrichtungen,
)
from shared_apps.providers.rules import NIE, liegt_bei, umkreis_des_landes
from shared_apps.providers.selectors.ende import (
    Laufendes,
    list_angebote_nach,
    list_belegt_nach,
    list_einrichtungen_nach,
    why_not_reopened,
)
from shared_apps.providers.selectors.erlaubnis import stand_of_platz
from shared_apps.providers.services.bestaetigung import record_bestaetigung
from shared_apps.providers.services.grenzen import check_angebot
from shared_apps.regions.models import Gebietskoerperschaft, Postleitzahl
from shared_apps.regions.selectors import find_postleitzahl

E = TypeVar("E", Anbieter, Einrichtung)
R = TypeVar("R", Anbieter, Einrichtung, Angebot, Foto, Betriebserlaubnis, Ausnahme, Kontakt)

KONTAKT = ("strasse", "plz", "ort", "telefon", "email", "web", "ansprechpartner")
#: What a provider says of itself without asking an office; the rest of it is admitted (`services.stammdaten`).
ANBIETER = (*KONTAKT, "dachverband", "steuerstatus")
#: Where a facility is on the map, in degrees.
LAGE = ("breite", "laenge")
#: Told to whoever looks for a place; nothing is computed from them, so they hold from the moment they are entered.
BETRIEB = ("betriebstage_woche", "betriebstage_jahr")
EINRICHTUNG = ("name", "region", *KONTAKT, "beschreibung", "eroeffnet_am", *BETRIEB, *LAGE)
#: Said by whoever speaks for the whole provider, never by the staff of one facility.
NUR_ANBIETER = {"eroeffnet_am", *BETRIEB}
NAME_EINRICHTUNG = "Eine Einrichtung mit diesem Namen haben Sie schon. Bitte wählen Sie einen anderen."
FREMDE_REGION = "Diese Region liegt nicht im Kreis der Einrichtung."
NICHT_IHR_FELD = "Dieses Feld können Sie nicht selbst ändern."
LAGE_HALB = "Bitte geben Sie Breite und Länge an, oder keine von beiden."
LAGE_FERN = (
    "Dieser Ort liegt weit außerhalb des Landes: Erwartet werden Breite {} bis {} und Länge {} bis {}."
    " Sind Breite und Länge vertauscht?"
)
PLZ_FERN = "Breite und Länge liegen mehr als 50 km von der Postleitzahl {} ({}) entfernt. Bitte prüfen Sie beides."
VOR_EROEFFNUNG = "Die Einrichtung öffnet erst am {}. Vorher beginnt hier kein Angebot."
ANGEBOT_FRUEHER = "Das Angebot „{}“ beginnt schon am {}. Später kann die Einrichtung nicht öffnen."
#: Licences, and exceptions, at one facility, ended ones, too: more than a house collects in decades, and its page shows
#: all of them. Papers with a file: `dateien.DOKUMENTE_MAX`.
ERLAUBNISSE_MAX = 200
ZU_VIELE_ERLAUBNISSE = (
    "Bei dieser Einrichtung stehen schon {} Einträge dieser Art, mehr nimmt das Portal nicht an. Bitte wenden Sie sich"
    " an den Betrieb."
)
NICHT_EIGEN = "Das gehört nicht zu Ihrem Anbieter. Sie können nur eigene Einrichtungen ändern."
BEFANGEN = (
    "Sie arbeiten auch für diesen Anbieter. Darüber entscheidet im Jugendamt eine andere Person (§ 16 Abs. 1 SGB X)."
)
LAEUFT_NOCH = "Das geht noch nicht. Nach diesem Tag läuft noch:"
SCHON_BEENDET = (
    "Hier ist schon ein Ende eingetragen ({}). Nehmen Sie es zuerst zurück, wenn es ein anderer Tag sein soll."
)
ENDET_OHNEHIN = "Das Angebot endet ohnehin am {}. Bitte geben Sie einen früheren Tag an."
VOR_BEGINN = "Das Angebot beginnt erst am {}. Der letzte Tag kann nicht davor liegen."


def check_own(allowed: bool, rows: QuerySet, row_id: UUID) -> None:
    """`Verweigert` unless the person may, and the row is among hers."""
    if not allowed or not rows.filter(pk=row_id).exists():
        raise Verweigert(NICHT_EIGEN)


def check_anzahl(eintraege: QuerySet) -> None:
    """`Konflikt` when a facility has as many licences, or exceptions, as it may; its row is held: two do not pass."""
    if eintraege.count() >= ERLAUBNISSE_MAX:
        raise Konflikt(ZU_VIELE_ERLAUBNISSE.format(ERLAUBNISSE_MAX), code="zustand")


def clean_angaben(row: R, angaben: dict[str, Any], allowed: tuple[str, ...]) -> None:
    """Put what was entered into a row, cleaned; `RegelVerletzt` for a field that is not hers to change.

    A row that is given (a region) was read just now: it is not asked for again, once for each line of a list.
    """
    _check_allowed(angaben, allowed)
    for name, value in angaben.items():
        setattr(row, name, value)
    typed = {name for name, value in angaben.items() if not isinstance(value, Model)}
    row.clean_fields(exclude={f.name for f in row._meta.fields} - typed)


def _check_allowed(angaben: dict[str, Any], allowed: tuple[str, ...]) -> None:
    foreign = set(angaben) - set(allowed)
    if foreign:
        raise RegelVerletzt(NICHT_IHR_FELD, feld=sorted(foreign)[0])


def update_angaben(row: R, angaben: dict[str, Any], allowed: tuple[str, ...], gelesen: Gelesen) -> R:
    """Change a row of hers, held meanwhile; `Veraltet` for what a colleague has changed since it was read."""
    _check_allowed(angaben, allowed)
    row = type(row).objects.select_for_update(no_key=True).get(pk=row.pk)
    gelesen.check(jetzt={name: getattr(row, name) for name in angaben}, neu=angaben)
    clean_angaben(row, angaben, allowed)
    row.save(update_fields=list(angaben))
    return row


def check_einmal(save: Callable[[], R], twice: str) -> R:
    """`RegelVerletzt` at the name when another row of the same house has it."""
    try:
        with transaction.atomic():
            return save()
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise RegelVerletzt(twice, feld="name") from error
        raise


def check_region(einrichtung: Einrichtung) -> None:
    """`RegelVerletzt` for a region of another district."""
    region = einrichtung.region
    if region is not None and region.gebietskoerperschaft_id != einrichtung.gebietskoerperschaft_id:
        raise RegelVerletzt(FREMDE_REGION, feld="region")


def check_lage(einrichtung: Einrichtung, angaben: dict[str, Any]) -> None:
    """`RegelVerletzt` for half a place on the map, and for one far from the state or from its postcode."""
    if {*LAGE} & set(angaben):
        land = Gebietskoerperschaft.objects.filter(land=einrichtung.gebietskoerperschaft.land)
        check_ort(einrichtung.breite, einrichtung.laenge, land)
    if {*LAGE, "plz"} & set(angaben) and einrichtung.breite is not None:
        check_plz(einrichtung.breite, einrichtung.laenge, find_postleitzahl(einrichtung.plz))


def check_ort(breite: Decimal | None, laenge: Decimal | None, land: Iterable[Gebietskoerperschaft]) -> None:
    """The same of a latitude and a longitude, in a state of these districts; of whoever enters many, read once."""
    if (breite is None) != (laenge is None):
        raise RegelVerletzt(LAGE_HALB, feld="laenge" if laenge is None else "breite")
    if breite is None or laenge is None:
        return
    sitze = [(k.breite, k.laenge) for k in land if k.breite is not None and k.laenge is not None]
    umkreis = umkreis_des_landes(sitze)
    if umkreis is not None and not umkreis.enthaelt(breite, laenge):
        grenzen = (umkreis.sued, umkreis.nord, umkreis.west, umkreis.ost)
        raise RegelVerletzt(LAGE_FERN.format(*(format_zahl(grad, 1) for grad in grenzen)), feld="breite")


def check_plz(breite: Decimal | None, laenge: Decimal | None, plz: Postleitzahl | None) -> None:
    """`RegelVerletzt` for coordinates far from the middle of the postcode, where both are known."""
    if breite is None or laenge is None or plz is None:
        return
    if not liegt_bei((breite, laenge), (plz.breite, plz.laenge)):
        raise RegelVerletzt(PLZ_FERN.format(plz.plz, plz.name), feld="breite")


def check_eroeffnung(einrichtung: Einrichtung, tag: date) -> None:
    """`RegelVerletzt` when an offer begins before the house opens. It is held from now on: no offer comes meanwhile."""
    Einrichtung.objects.select_for_update(no_key=True).get(pk=einrichtung.pk)
    gab_es = Q(gueltig__endswith__isnull=True) | Q(gueltig__endswith__gt=NIE + EIN_TAG)
    frueher = einrichtung.angebote.filter(gab_es, gueltig__startswith__lt=tag)
    if erstes := frueher.order_by("gueltig").first():
        text = ANGEBOT_FRUEHER.format(erstes.name, format_datum(erstes.gueltig.lower))
        raise RegelVerletzt(text, feld="eroeffnet_am")


@transaction.atomic
def update_einrichtung(
    *, akteur: Akteur, einrichtung: Einrichtung, angaben: dict[str, Any], gelesen: Gelesen
) -> Einrichtung:
    """Change what is said of one's own facility; its district stays. `Veraltet` when that would take back what a
    colleague has changed since it was read (`gelesen`)."""
    check_own(may_write_own(akteur), own_einrichtungen(akteur), einrichtung.pk)

    if (fremd := sorted(NUR_ANBIETER & set(angaben))) and not may_offer_own(akteur):
        raise RegelVerletzt(NICHT_IHR_FELD, feld=fremd[0])

    def save() -> Einrichtung:
        if tag := angaben.get("eroeffnet_am"):
            check_eroeffnung(einrichtung, tag)
        row = update_angaben(einrichtung, angaben, EINRICHTUNG, gelesen)
        check_region(row)
        check_lage(row, angaben)
        return row

    return check_einmal(save, NAME_EINRICHTUNG)


@transaction.atomic
def update_anbieter(*, akteur: Akteur, anbieter: Anbieter, angaben: dict[str, Any], gelesen: Gelesen) -> Anbieter:
    """Change what one's own provider says of itself: contacts, Dachverband, tax status. `Veraltet` as above."""
    check_own(may_write_anbieter(akteur), own_anbieter(akteur), anbieter.pk)
    return update_angaben(anbieter, angaben, ANBIETER, gelesen)


@transaction.atomic
def confirm_vakanzen(*, akteur: Akteur, einrichtung: Einrichtung | None = None) -> int:
    """Say that the shown vacancies are right, for one own facility or for all. Returns the number of offers.

    Not those that an office has reported: they are confirmed by the answer.
    """
    if not may_write_own(akteur):
        raise Verweigert(NICHT_EIGEN)
    angebote = own_angebote(akteur)
    if einrichtung is not None:
        check_own(may_write_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
        angebote = angebote.filter(einrichtung=einrichtung)
    ids = angebote.values_list("pk", flat=True)
    return record_bestaetigung(akteur=akteur, angebote=ids, weg=Bestaetigungsweg.SEITE)


# --- the end and the way back ---------------------------------------------------------------------------------------


@transaction.atomic
def end_angebot(*, akteur: Akteur, angebot: Angebot, letzter_tag: date) -> Angebot:
    """End one's own offer with its last day. `Konflikt` (laeuft_noch) names the offices with a place held beyond it.

    The row is locked first, and every hold locks it, too (trigger `occupancy_bindung_pruefen`): a reservation at the
    same moment is seen, or refused.
    """
    check_own(may_end_own(akteur), own_angebote(akteur), angebot.pk)
    rows = Angebot.objects.select_for_update(of=("self",), no_key=True).select_related("hilfeart")
    angebot = rows.get(pk=angebot.pk)
    if angebot.gueltig_zuvor is not None:
        assert angebot.letzter_tag is not None  # it was ended with one
        raise Konflikt(SCHON_BEENDET.format(format_datum(angebot.letzter_tag)), code="zustand")
    if angebot.letzter_tag is not None and letzter_tag >= angebot.letzter_tag:
        raise RegelVerletzt(ENDET_OHNEHIN.format(format_datum(angebot.letzter_tag)), feld="letzter_tag")
    if angebot.gueltig.lower is not None and letzter_tag < angebot.gueltig.lower:
        raise RegelVerletzt(VOR_BEGINN.format(format_datum(angebot.gueltig.lower)), feld="letzter_tag")
    _check_nothing_runs(list_belegt_nach(angebot, letzter_tag))
    angebot.gueltig_zuvor = angebot.gueltig
    angebot.gueltig = DateRange(angebot.gueltig.lower, letzter_tag + EIN_TAG)
    angebot.save(update_fields=["gueltig", "gueltig_zuvor"])
    return angebot


@transaction.atomic
def end_einrichtung(*, akteur: Akteur, einrichtung: Einrichtung, letzter_tag: date) -> Einrichtung:
    """End one's own facility with its last day. `Konflikt` (laeuft_noch) names the offers that go on."""
    check_own(may_end_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
    return _end(Einrichtung, einrichtung, letzter_tag, list_angebote_nach)


@transaction.atomic
def end_anbieter(*, akteur: Akteur, anbieter: Anbieter, letzter_tag: date) -> Anbieter:
    """End one's own provider with its last day. `Konflikt` (laeuft_noch) names the facilities that go on.

    Its people keep their access: what was rendered is still billed.
    """
    check_own(may_end_own(akteur), own_anbieter(akteur), anbieter.pk)
    return _end(Anbieter, anbieter, letzter_tag, list_einrichtungen_nach)


@transaction.atomic
def reopen_angebot(*, akteur: Akteur, angebot: Angebot) -> Angebot:
    """Take the end of one's own offer back while its last day has not passed: it runs as long as before."""
    check_own(may_end_own(akteur), own_angebote(akteur), angebot.pk)
    rows = Angebot.objects.select_for_update(of=("self",), no_key=True).select_related("einrichtung__anbieter")
    angebot = rows.get(pk=angebot.pk)
    _check_reopened(angebot)
    angebot.gueltig, angebot.gueltig_zuvor = angebot.gueltig_zuvor, None
    check_angebot(angebot, map(stand_of_platz, angebot.plaetze.all()))
    angebot.save(update_fields=["gueltig", "gueltig_zuvor"])
    return angebot


@transaction.atomic
def reopen_einrichtung(*, akteur: Akteur, einrichtung: Einrichtung) -> Einrichtung:
    """Take the end of one's own facility back while its last day has not passed. Its offers stay ended."""
    check_own(may_end_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
    return _reopen(Einrichtung, einrichtung)


@transaction.atomic
def reopen_anbieter(*, akteur: Akteur, anbieter: Anbieter) -> Anbieter:
    """Take the end of one's own provider back while its last day has not passed. Its facilities stay ended."""
    check_own(may_end_own(akteur), own_anbieter(akteur), anbieter.pk)
    return _reopen(Anbieter, anbieter)


def _end(model: type[E], row: E, letzter_tag: date, what_runs: Callable[[E, date], list[Laufendes]]) -> E:
    row = model.objects.select_for_update(no_key=True).get(pk=row.pk)
    if row.letzter_tag is not None:
        raise Konflikt(SCHON_BEENDET.format(format_datum(row.letzter_tag)), code="zustand")
    _check_nothing_runs(what_runs(row, letzter_tag))
    row.gueltig_bis = letzter_tag + EIN_TAG
    row.save(update_fields=["gueltig_bis"])
    return row


def _reopen(model: type[E], row: E) -> E:
    row = model.objects.select_for_update(no_key=True).get(pk=row.pk)
    _check_reopened(row)
    row.gueltig_bis = None
    row.save(update_fields=["gueltig_bis"])
    return row


def _check_nothing_runs(laufendes: list[Laufendes]) -> None:
    if laufendes:
        raise Konflikt(f"{LAEUFT_NOCH} {'; '.join(eintrag.text for eintrag in laufendes)}.", code="laeuft_noch")


def _check_reopened(row: Anbieter | Einrichtung | Angebot) -> None:
    if grund := why_not_reopened(row):
        raise Konflikt(grund.text, code=grund.code)
