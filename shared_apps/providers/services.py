"""What a provider keeps itself: contacts, description, confirmation of vacancies."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.providers.models import Anbieter, Einrichtung
from shared_apps.providers.policies import (
    may_write_anbieter,
    may_write_own,
    own_anbieter,
    own_angebote,
    own_einrichtungen,
)

KONTAKT = ("strasse", "plz", "ort", "telefon", "email", "web", "ansprechpartner")
NICHT_EIGEN = "Das gehört nicht zu Ihrem Anbieter. Sie können nur eigene Einrichtungen ändern."


def _check_own(allowed: bool, rows: QuerySet, row_id: UUID) -> None:
    if not allowed or not rows.filter(pk=row_id).exists():
        raise Verweigert(NICHT_EIGEN)


def _apply(row: Anbieter | Einrichtung, angaben: dict[str, object], allowed: tuple[str, ...]) -> None:
    foreign = set(angaben) - set(allowed)
    if foreign:
        raise RegelVerletzt("Dieses Feld können Sie nicht selbst ändern.", feld=sorted(foreign)[0])
    for name, value in angaben.items():
        setattr(row, name, value)
    row.clean_fields(exclude={f.name for f in row._meta.fields} - set(angaben))
    row.save(update_fields=list(angaben))


@transaction.atomic
def update_einrichtung(*, akteur: Akteur, einrichtung: Einrichtung, angaben: dict[str, object]) -> Einrichtung:
    """Change contacts and description of an own facility. Rates and places are agreed, not typed."""
    _check_own(may_write_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
    _apply(einrichtung, angaben, (*KONTAKT, "beschreibung"))
    return einrichtung


@transaction.atomic
def update_anbieter(*, akteur: Akteur, anbieter: Anbieter, angaben: dict[str, object]) -> Anbieter:
    """Change contacts of the own provider."""
    _check_own(may_write_anbieter(akteur), own_anbieter(akteur), anbieter.pk)
    _apply(anbieter, angaben, KONTAKT)
    return anbieter


@transaction.atomic
def confirm_vakanzen(*, akteur: Akteur, einrichtung: Einrichtung | None = None) -> int:
    """Say that the shown vacancies are right, for one own facility or for all. Returns the number of offers."""
    if not may_write_own(akteur):
        raise Verweigert(NICHT_EIGEN)
    angebote = own_angebote(akteur)
    if einrichtung is not None:
        _check_own(may_write_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
        angebote = angebote.filter(einrichtung=einrichtung)
    return angebote.update(vakanz_bestaetigt_at=now())
