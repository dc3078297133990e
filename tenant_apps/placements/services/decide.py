"""The provider's answer to a reservation: consent or decline."""

from __future__ import annotations

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import local_date, now
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zeitraum import format_datum, monatserster
from shared_apps.inbox.models import HinweisArt
from shared_apps.inbox.services import settle_hinweis
from shared_apps.occupancy.services import release_platz
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.notifications.services import mark_monate
from tenant_apps.placements.enums import Ablehnungsgrund, Vorgang
from tenant_apps.placements.faelle.selectors.vorgang import is_abgelaufen
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.states import RESERVIERUNG, ReservierungAktion


def lock_reservierung(reservierung: Reservierung) -> Reservierung:
    """The row as it is now, held until the end of the transaction."""
    return (
        Reservierung.objects.select_for_update(of=("self",))
        .select_related("angebot", "hilfefall")
        .get(pk=reservierung.pk)
    )


def advance_reservierung(reservierung: Reservierung, aktion: ReservierungAktion) -> None:
    """Set the next state; Konflikt when the state or the expiry no longer allows the action."""
    abgelaufen = is_abgelaufen(reservierung)
    RESERVIERUNG.advance(reservierung, aktion)
    if abgelaufen:
        tag = format_datum(local_date(reservierung.ablauf_at))
        raise Konflikt(
            f"Die Reservierung ist am {tag} abgelaufen; der Platz wird nicht mehr gehalten. Bitte reservieren Sie neu.",
            code="abgelaufen",
        )


@transaction.atomic
def confirm_reservierung(*, reservierung: Reservierung, akteur: Akteur) -> Reservierung:
    """The provider consents. From now on the office may book."""
    reservierung = lock_reservierung(reservierung)
    advance_reservierung(reservierung, ReservierungAktion.ZUSTIMMEN)
    _save_decision(reservierung, akteur, vorgang=Vorgang.RESERVIERUNG_ZUSTIMMEN)
    return reservierung


@transaction.atomic
def reject_reservierung(
    *, reservierung: Reservierung, akteur: Akteur, grund: Ablehnungsgrund, text: str = ""
) -> Reservierung:
    """The provider declines with a coded reason; the place is free again at once."""
    text = text.strip()
    if grund == Ablehnungsgrund.SONSTIGES and not text:
        raise RegelVerletzt("Bitte erläutern Sie den Grund.", feld="text")
    reservierung = lock_reservierung(reservierung)
    advance_reservierung(reservierung, ReservierungAktion.ABLEHNEN)
    reservierung.ablehnungsgrund = Ablehnungsgrund(grund)
    reservierung.ablehnung_text = text
    release_platz(bindung_id=reservierung.platzbindung_id)
    _save_decision(
        reservierung,
        akteur,
        "ablehnungsgrund",
        "ablehnung_text",
        vorgang=Vorgang.RESERVIERUNG_ABLEHNEN,
        grund=str(grund),
    )
    return reservierung


def _save_decision(reservierung: Reservierung, akteur: Akteur, *felder: str, vorgang: Vorgang, grund: str = "") -> None:
    reservierung.entschieden_at = now()
    reservierung.entschieden_von_id = akteur.user_id
    geaendert = ("zustand", "entschieden_at", "entschieden_von", *felder)
    reservierung.save(update_fields=geaendert)
    settle_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=reservierung.pk)
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=vorgang, objekt=reservierung, felder=geaendert, grund=grund
    )
    mark_monate(monate=[monatserster(local_date(reservierung.entschieden_at))])
