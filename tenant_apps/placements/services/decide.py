"""The provider's answer to a reservation: consent or decline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import local_date, now
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zustand import Schritte
from shared_apps.inbox.models import Ausgang, HinweisArt
from shared_apps.inbox.services import settle_hinweis, transfer_hinweis
from shared_apps.occupancy.services import release_platz
from tenant_apps.audit.services import Schritt, Vorhaben, advance
from tenant_apps.placements.enums import ERLAEUTERN, Ablehnungsgrund, Vorgang
from tenant_apps.placements.faelle.selectors.vorgang import describe_abgelaufen
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.policies import SCHRITTE_RESERVIERUNG
from tenant_apps.placements.states import ReservierungAktion, ReservierungZustand

#: Whose steps of a reservation they are: those of the day's pages, or of the night's.
Reservierungsschritte = Schritte[ReservierungZustand, ReservierungAktion]


@contextmanager
def advance_reservierung(
    reservierung: Reservierung,
    aktion: ReservierungAktion,
    *,
    akteur: Akteur,
    vorgang: Vorgang | None,
    grund: str = "",
    holds: bool = True,
    schritte: Reservierungsschritte = SCHRITTE_RESERVIERUNG,
) -> Iterator[Schritt[Reservierung]]:
    """A step of a reservation; `holds`: it is refused (Konflikt, abgelaufen) when the place is held no longer.

    `schritte`: whose step it is (`SCHRITTE_RESERVIERUNG_NACHTS` at night).
    """
    rows = Reservierung.objects.select_related("angebot", "hilfeart", "hilfefall")
    with advance(
        rows, reservierung.pk, Vorhaben(schritte, aktion), akteur=akteur, vorgang=vorgang, grund=grund
    ) as schritt:
        if holds and (text := describe_abgelaufen(schritt.row)):
            raise Konflikt(text, code="abgelaufen")
        yield schritt


@transaction.atomic
def confirm_reservierung(*, reservierung: Reservierung, akteur: Akteur) -> Reservierung:
    """The provider consents. From now on the office may book."""
    with advance_reservierung(
        reservierung, ReservierungAktion.ZUSTIMMEN, akteur=akteur, vorgang=Vorgang.RESERVIERUNG_ZUSTIMMEN
    ) as schritt:
        _decide(schritt, akteur)
        transfer_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=schritt.row.pk)
    return schritt.row


@transaction.atomic
def reject_reservierung(
    *, reservierung: Reservierung, akteur: Akteur, grund: Ablehnungsgrund, text: str = ""
) -> Reservierung:
    """The provider declines with a coded reason; the place is free again at once."""
    text = text.strip()
    if grund == Ablehnungsgrund.SONSTIGES and not text:
        raise RegelVerletzt(ERLAEUTERN, feld="text")
    with advance_reservierung(
        reservierung,
        ReservierungAktion.ABLEHNEN,
        akteur=akteur,
        vorgang=Vorgang.RESERVIERUNG_ABLEHNEN,
        grund=str(grund),
    ) as schritt:
        release_platz(bindung_id=schritt.row.bindung_id)
        _decide(schritt, akteur, ablehnungsgrund=Ablehnungsgrund(grund), ablehnung_text=text)
        settle_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=schritt.row.pk, ausgang=Ausgang.ABGELEHNT)
    return schritt.row


def _decide(schritt: Schritt[Reservierung], akteur: Akteur, **antwort: str) -> None:
    entschieden_at = now()
    schritt.set(entschieden_at=entschieden_at, entschieden_von_id=akteur.user_id, **antwort)
    schritt.write()
    schritt.mark(local_date(entschieden_at))
