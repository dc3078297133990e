"""Whom offices call at a provider and its facilities, as the provider keeps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import RegelVerletzt, refused_by
from shared_apps.core.gelesen import Gelesen
from shared_apps.providers.models import Anbieter, Einrichtung, Kontakt
from shared_apps.providers.policies import (
    may_write_anbieter,
    may_write_own,
    own_anbieter,
    own_einrichtungen,
    own_kontakte,
)
from shared_apps.providers.services import check_own, clean_angaben, update_angaben

KONTAKT = ("funktion", "name", "telefon", "email", "ist_notruf")
#: More than anybody calls at one house.
KONTAKTE_MAX = 20
ZU_VIELE = f"Hier stehen schon {KONTAKTE_MAX} Kontakte. Bitte entfernen Sie zuerst einen."
NICHT_ERREICHBAR = "Bitte geben Sie eine Telefonnummer oder eine E-Mail-Adresse an."
NOTRUF_OHNE_TELEFON = "Ein Notfalltelefon braucht eine Telefonnummer."
NOTRUF_DOPPELT = (
    "Ein Notfalltelefon ist hier schon eingetragen. Nehmen Sie dort zuerst das Häkchen weg: Im Notfall soll niemand"
    " zwischen zwei Nummern wählen."
)


@transaction.atomic
def create_kontakt(*, akteur: Akteur, ort: Anbieter | Einrichtung, angaben: dict[str, Any]) -> Kontakt:
    """A contact of one's own provider or facility. `RegelVerletzt` for one nobody can reach, and for a second
    emergency telephone of the same place."""
    if isinstance(ort, Anbieter):
        check_own(may_write_anbieter(akteur), own_anbieter(akteur), ort.pk)
        kontakt = Kontakt(anbieter=ort)
    else:
        check_own(may_write_own(akteur), own_einrichtungen(akteur), ort.pk)
        kontakt = Kontakt(einrichtung=ort)
    type(ort)._default_manager.select_for_update(no_key=True).filter(pk=ort.pk).first()  # one request after the other
    if ort.kontakte.count() >= KONTAKTE_MAX:
        raise RegelVerletzt(ZU_VIELE)
    clean_angaben(kontakt, angaben, KONTAKT)
    _check_erreichbar(kontakt)
    return _one_notruf(lambda: _insert(kontakt))


@transaction.atomic
def update_kontakt(*, akteur: Akteur, kontakt: Kontakt, angaben: dict[str, Any], gelesen: Gelesen) -> Kontakt:
    """Change a contact of one's own; `Veraltet` as with a facility, `RegelVerletzt` as with a new one."""
    check_own(may_write_own(akteur), own_kontakte(akteur), kontakt.pk)

    def save() -> Kontakt:
        neu = Kontakt.objects.select_for_update(no_key=True).get(pk=kontakt.pk)
        clean_angaben(neu, angaben, KONTAKT)
        _check_erreichbar(neu)
        return update_angaben(kontakt, angaben, KONTAKT, gelesen)

    return _one_notruf(save)


@transaction.atomic
def end_kontakt(*, akteur: Akteur, kontakt: Kontakt) -> None:
    """Take a contact of one's own away. The row is deleted: a name that no longer answers is kept for nothing."""
    check_own(may_write_own(akteur), own_kontakte(akteur), kontakt.pk)
    Kontakt.objects.filter(pk=kontakt.pk).delete()


def _insert(kontakt: Kontakt) -> Kontakt:
    kontakt.save(force_insert=True)
    return kontakt


def _check_erreichbar(kontakt: Kontakt) -> None:
    if not kontakt.telefon and not kontakt.email:
        raise RegelVerletzt(NICHT_ERREICHBAR, feld="telefon")
    if kontakt.ist_notruf and not kontakt.telefon:
        raise RegelVerletzt(NOTRUF_OHNE_TELEFON, feld="telefon")


def _one_notruf(save: Callable[[], Kontakt]) -> Kontakt:
    try:
        with transaction.atomic():
            return save()
    except IntegrityError as error:
        if refused_by(error) == "kontakt_ein_notruf":
            raise RegelVerletzt(NOTRUF_DOPPELT, feld="ist_notruf") from error
        raise
