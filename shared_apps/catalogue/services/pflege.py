"""What the Landesjugendamt enters and changes in the catalogue. Who, when, before, after: a trigger notes it."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from psycopg.errors import UniqueViolation

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.hooks import count_angebote
from shared_apps.catalogue.models import Grund, Hilfeart, Modul, Spezialisierung, Sprache
from shared_apps.catalogue.policies import may_edit_katalog
from shared_apps.catalogue.selectors import Eintrag, read_wert
from shared_apps.core.eingabe import TAGE_VERTAUSCHT
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import EIN_TAG

E = TypeVar("E", Hilfeart, Spezialisierung, Sprache, Grund, Modul)

#: What may be said when an entry is made, and changed later. The rest is what offers, bookings and figures rest on.
NEU: dict[type[models.Model], tuple[str, ...]] = {
    Hilfeart: (
        "modul", "code", "paragraf", "name", "form", "einheit", "statistik_code", "tage_je_woche", "hat_barbetrag",
        "erlaubnispflichtig", "entgeltrecht", "sortierung", "quelle",
    ),
    Spezialisierung: ("code", "name", "sortierung"),
    Sprache: ("code", "name", "sortierung"),
    Grund: ("art", "code", "name", "sortierung"),
}  # fmt: skip
AENDERBAR: dict[type[models.Model], tuple[str, ...]] = {
    Hilfeart: ("name", "statistik_code", "tage_je_woche", "sortierung", "quelle"),
    Spezialisierung: ("name", "sortierung"),
    Sprache: ("name", "sortierung"),
    Grund: ("name", "sortierung"),
    Modul: ("name", "rechtsgrundlage", "sortierung", "eingeschaltet"),
}
#: Days of `gueltig`, as forms have them.
TAGE = ("ab", "letzter_tag")

NICHT_IHRE = "Den Katalog pflegt das Landesjugendamt."
NICHT_AENDERBAR = "Diese Angabe bleibt, wie sie ist: Angebote, Buchungen und Kennzahlen beruhen auf ihr."
CODE_VERGEBEN = "Diesen Code gibt es schon. Bitte wählen Sie einen anderen."
OHNE_HILFEARTEN = "Für dieses Modul gibt es noch keine Hilfeart. Tragen Sie zuerst eine ein."
BLEIBT_IMMER = (
    "„{}“ steht immer zur Wahl: Ohne diesen Eintrag fehlte auf einer Seite, was sie erklärt, oder die letzte Wahl."
    " Umbenennen können Sie ihn."
)
NOCH_ANGEBOTE = "In diesem Modul läuft noch: {}. Es lässt sich ausschalten, wenn keines mehr läuft."


def _check_darf(akteur: Akteur) -> None:
    if not may_edit_katalog(akteur):
        raise Verweigert(NICHT_IHRE)


@transaction.atomic
def create_eintrag(*, akteur: Akteur, model: type[E], angaben: dict[str, Any]) -> E:
    """Enter an entry of a kind. `RegelVerletzt` for a code twice, or days the wrong way round."""
    _check_darf(akteur)
    row = model()
    _fill(row, angaben, NEU.get(model, ()))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise RegelVerletzt(CODE_VERGEBEN, feld="code") from error
        raise
    return row


@transaction.atomic
def update_eintrag(*, akteur: Akteur, eintrag: E, angaben: dict[str, Any], gelesen: Gelesen) -> E:
    """Change what may change of an entry, its days included. `Veraltet` for what a colleague has changed meanwhile.

    A module is switched on only with a kind of help, and off only when no offer of it runs; a reason that stays has no
    days (`Konflikt`).
    """
    _check_darf(akteur)
    row = type(eintrag)._default_manager.select_for_update(no_key=True).get(pk=eintrag.pk)
    gelesen.check(jetzt={name: read_wert(row, name) for name in angaben}, neu=angaben)
    felder = _fill(row, angaben, AENDERBAR[type(eintrag)])
    if isinstance(row, Modul) and "eingeschaltet" in angaben:
        _check_schalten(row)
    row.save(update_fields=felder)
    return row


@transaction.atomic
def end_eintrag(*, akteur: Akteur, eintrag: E, letzter_tag: date) -> E:
    """The last day on which an entry is offered. Whoever has it keeps it. `Konflikt` for a reason that stays."""
    _check_darf(akteur)
    row = type(eintrag)._default_manager.select_for_update(no_key=True).get(pk=eintrag.pk)
    row.save(update_fields=_fill(row, {"letzter_tag": letzter_tag}, ()))
    return row


def _fill(row: Eintrag, angaben: dict[str, Any], erlaubt: tuple[str, ...]) -> list[str]:
    """Put what was entered into a row, cleaned; the columns that it is in."""
    werte = {name: wert for name, wert in angaben.items() if name not in TAGE}
    if fremd := sorted(set(werte) - set(erlaubt)):
        raise RegelVerletzt(NICHT_AENDERBAR, feld=fremd[0])
    for name, wert in werte.items():
        setattr(row, name, wert)
    felder = list(werte)
    if not isinstance(row, Modul) and set(angaben) & set(TAGE):
        if isinstance(row, Grund) and row.fest:
            raise Konflikt(BLEIBT_IMMER.format(row), code="zustand")
        ab, letzter = (angaben.get(name, read_wert(row, name)) for name in TAGE)
        if ab and letzter and letzter < ab:
            raise RegelVerletzt(TAGE_VERTAUSCHT, feld="letzter_tag")
        row.gueltig = DateRange(ab, letzter + EIN_TAG if letzter else None)
        felder.append("gueltig")
    row.clean_fields(exclude={f.name for f in row._meta.fields} - set(werte))
    return felder


def _check_schalten(modul: Modul) -> None:
    if modul.eingeschaltet:
        if not modul.hilfearten.exists():
            raise Konflikt(OHNE_HILFEARTEN, code="zustand")
    elif laufende := count_angebote(Modul, modul.pk):
        raise Konflikt(NOCH_ANGEBOTE.format(anzahl(laufende, "Angebot", "Angebote")), code="laeuft_noch")
