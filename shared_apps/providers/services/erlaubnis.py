"""Licences and exceptions: the provider enters what the authority has decided (§ 45 SGB VIII)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import today
from shared_apps.core.eingabe import ALTER_VERTAUSCHT, NOCH_NICHT, TAGE_VERTAUSCHT
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import EIN_TAG, format_datum
from shared_apps.providers.models import Ausnahme, Betriebserlaubnis, Einrichtung
from shared_apps.providers.policies import may_offer_own, own_ausnahmen, own_einrichtungen, own_erlaubnisse
from shared_apps.providers.rules import Betrieb, Erlaubnisstand, ueberschneidet
from shared_apps.providers.selectors.erlaubnis import Eintrag, stand_of_ausnahme, stand_of_erlaubnis
from shared_apps.providers.services import check_anzahl, check_own, clean_angaben
from shared_apps.providers.services.grenzen import check_grenzen, lock_betrieb

#: Columns of a licence; beside them its last day (`letzter_tag`).
ERLAUBNIS = ("nummer", "behoerde", "datum", "gueltig_ab", "plaetze", "alter_von", "alter_bis", "nebenbestimmungen")
#: Columns of an exception; beside them its first and last day (`beginn`, `letzter_tag`).
AUSNAHME = ("aktenzeichen", "datum", "plaetze_mehr", "alter_von", "alter_bis", "grund")

SPAETERE = "Ab dem {} gilt schon die Betriebserlaubnis Nr. {}. Bitte geben Sie als letzten Tag einen Tag davor an."
GLEICHZEITIG = (
    "In dieser Zeit gilt schon die Betriebserlaubnis Nr. {}. Es gilt immer nur eine: Bitte prüfen Sie die Tage."
)
BESCHEID_KOMMT_NOCH = (
    "Dieser Tag liegt in der Zukunft. Bitte geben Sie den Tag an, der auf dem Bescheid steht. Ab wann die Erlaubnis"
    " gilt, ist eine eigene Angabe."
)
NICHTS_ERLAUBT = "Bitte geben Sie an, was die Behörde zusätzlich erlaubt: Plätze oder ein anderes Alter."


@transaction.atomic
def create_erlaubnis(*, akteur: Akteur, einrichtung: Einrichtung, angaben: dict[str, Any]) -> Betriebserlaubnis:
    """Enter a licence of one's own facility. The one that holds on its first day ends the day before.

    `RegelVerletzt` when it allows less than what is offered, with the list of it, or when a later one is there already.
    """
    check_own(may_offer_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
    betrieb = lock_betrieb(einrichtung.pk)
    check_anzahl(Betriebserlaubnis.objects.filter(einrichtung=einrichtung))
    erlaubnis = clean_erlaubnis(Betriebserlaubnis(einrichtung=einrichtung), angaben)
    neue = stand_of_erlaubnis(erlaubnis)
    alte, andere = find_abgeloeste(betrieb.erlaubnisse, neue)
    abgeloest = (replace(alte, ende=neue.beginn),) if alte else ()
    check_grenzen(
        replace(betrieb, erlaubnisse=(*andere, *abgeloest, neue)), plaetze="plaetze", eintrag=Eintrag.ERLAUBNIS
    )
    if alte:
        Betriebserlaubnis.objects.filter(pk=alte.erlaubnis_id).update(gueltig_bis=neue.beginn)
    erlaubnis.save(force_insert=True)
    return erlaubnis


def find_abgeloeste(
    erlaubnisse: Iterable[Erlaubnisstand], neue: Erlaubnisstand
) -> tuple[Erlaubnisstand | None, tuple[Erlaubnisstand, ...]]:
    """(the licence that the new one ends, all others). `RegelVerletzt` when another one holds at the same time."""
    alle = tuple(erlaubnisse)
    alte = next((stand for stand in alle if _holds_on_the_eve_of(stand, neue)), None)
    andere = tuple(stand for stand in alle if stand is not alte)
    check_eine_zur_zeit(andere, neue)
    return alte, andere


def check_eine_zur_zeit(andere: Iterable[Erlaubnisstand], neue: Erlaubnisstand) -> None:
    """`RegelVerletzt` when another one holds on a day of this one."""
    if zweite := ueberschneidet(andere, neue):
        if zweite.beginn > neue.beginn:
            raise RegelVerletzt(SPAETERE.format(format_datum(zweite.beginn), zweite.nummer), feld="letzter_tag")
        raise RegelVerletzt(GLEICHZEITIG.format(zweite.nummer), feld="gueltig_ab")


def _holds_on_the_eve_of(stand: Erlaubnisstand, neue: Erlaubnisstand) -> bool:
    return stand.beginn < neue.beginn and (stand.ende is None or stand.ende > neue.beginn)


@transaction.atomic
def update_erlaubnis(
    *, akteur: Akteur, erlaubnis: Betriebserlaubnis, angaben: dict[str, Any], gelesen: Gelesen
) -> Betriebserlaubnis:
    """Correct a licence of one's own facility, prolong it, or end it with its last day.

    An earlier end is never refused: the authority has decided it (§ 45 Abs. 7 SGB VIII), and nobody must be taken in
    any more. `RegelVerletzt` when it would allow less than what is offered; `Veraltet` as with a facility.
    """
    check_own(may_offer_own(akteur), own_erlaubnisse(akteur), erlaubnis.pk)
    betrieb = lock_betrieb(erlaubnis.einrichtung_id)
    erlaubnis = Betriebserlaubnis.objects.select_for_update(no_key=True).get(pk=erlaubnis.pk)
    gelesen.check(jetzt={name: getattr(erlaubnis, name, None) for name in angaben}, neu=angaben)
    neue = stand_of_erlaubnis(clean_erlaubnis(erlaubnis, angaben))
    check_eine_zur_zeit(betrieb.erlaubnisse, neue)
    andere = (stand for stand in betrieb.erlaubnisse if stand.erlaubnis_id != erlaubnis.pk)
    check_grenzen(replace(betrieb, erlaubnisse=(*andere, neue)), plaetze="plaetze", eintrag=Eintrag.ERLAUBNIS)
    erlaubnis.save(update_fields=[*(name for name in angaben if name in ERLAUBNIS), "gueltig_bis"])
    return erlaubnis


def clean_erlaubnis(erlaubnis: Betriebserlaubnis, angaben: dict[str, Any]) -> Betriebserlaubnis:
    """Put what was entered into a licence, cleaned, whoever enters it; `letzter_tag` is its last day."""
    clean_angaben(erlaubnis, {name: wert for name, wert in angaben.items() if name != "letzter_tag"}, ERLAUBNIS)
    if "datum" in angaben and erlaubnis.datum > today():
        raise RegelVerletzt(BESCHEID_KOMMT_NOCH, feld="datum")
    if "letzter_tag" in angaben:
        letzter_tag = angaben["letzter_tag"]
        erlaubnis.gueltig_bis = letzter_tag + EIN_TAG if letzter_tag else None
    if erlaubnis.gueltig_bis is not None and erlaubnis.gueltig_bis <= erlaubnis.beginn:
        raise RegelVerletzt(TAGE_VERTAUSCHT, feld="letzter_tag")
    if erlaubnis.alter_bis < erlaubnis.alter_von:
        raise RegelVerletzt(ALTER_VERTAUSCHT, feld="alter_bis")
    return erlaubnis


@transaction.atomic
def create_ausnahme(*, akteur: Akteur, einrichtung: Einrichtung, angaben: dict[str, Any]) -> Ausnahme:
    """Enter a dated exception of the authority for one's own facility."""
    check_own(may_offer_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
    betrieb = lock_betrieb(einrichtung.pk)
    check_anzahl(Ausnahme.objects.filter(einrichtung=einrichtung))
    ausnahme = _fill_ausnahme(Ausnahme(einrichtung=einrichtung), angaben)
    _check_ausnahme(betrieb, ausnahme)
    ausnahme.save(force_insert=True)
    return ausnahme


@transaction.atomic
def update_ausnahme(*, akteur: Akteur, ausnahme: Ausnahme, angaben: dict[str, Any], gelesen: Gelesen) -> Ausnahme:
    """Correct an exception of one's own facility, or shorten it. `RegelVerletzt` when what is offered leans on it."""
    check_own(may_offer_own(akteur), own_ausnahmen(akteur), ausnahme.pk)
    betrieb = lock_betrieb(ausnahme.einrichtung_id)
    ausnahme = Ausnahme.objects.select_for_update(no_key=True).get(pk=ausnahme.pk)
    gelesen.check(jetzt={name: getattr(ausnahme, name, None) for name in angaben}, neu=angaben)
    _check_ausnahme(betrieb, _fill_ausnahme(ausnahme, angaben))
    ausnahme.save(update_fields=[*(name for name in angaben if name in AUSNAHME), "gueltig"])
    return ausnahme


def _check_ausnahme(betrieb: Betrieb, ausnahme: Ausnahme) -> None:
    andere = (stand for stand in betrieb.ausnahmen if stand.ausnahme_id != ausnahme.pk)
    nachher = replace(betrieb, ausnahmen=(*andere, stand_of_ausnahme(ausnahme)))
    check_grenzen(nachher, plaetze="plaetze_mehr", eintrag=Eintrag.AUSNAHME)


def _fill_ausnahme(ausnahme: Ausnahme, angaben: dict[str, Any]) -> Ausnahme:
    tage = {name: angaben[name] for name in ("beginn", "letzter_tag") if name in angaben}
    beginn = tage.get("beginn") or ausnahme.beginn
    letzter_tag = tage.get("letzter_tag") or ausnahme.letzter_tag
    if letzter_tag < beginn:
        raise RegelVerletzt(TAGE_VERTAUSCHT, feld="letzter_tag")
    clean_angaben(ausnahme, {name: wert for name, wert in angaben.items() if name not in tage}, AUSNAHME)
    if "datum" in angaben and ausnahme.datum > today():
        raise RegelVerletzt(NOCH_NICHT, feld="datum")
    ausnahme.gueltig = DateRange(beginn, letzter_tag + EIN_TAG)
    if not ausnahme.plaetze_mehr and ausnahme.alter_von is None and ausnahme.alter_bis is None:
        raise RegelVerletzt(NICHTS_ERLAUBT, feld="plaetze_mehr")
    if ausnahme.alter_von is not None and ausnahme.alter_bis is not None and ausnahme.alter_bis < ausnahme.alter_von:
        raise RegelVerletzt(ALTER_VERTAUSCHT, feld="alter_bis")
    return ausnahme
