"""A reservation's time: extend it, give it back, let it run out."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now, real_now
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.inbox.models import Ausgang, HinweisArt
from shared_apps.inbox.services import settle_hinweis, update_frist
from shared_apps.occupancy.services import extend_bindung, release_plaetze, release_platz
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.notifications.services import mark_monate
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.policies import SCHRITTE_RESERVIERUNG
from tenant_apps.placements.rules import VERLAENGERN_BIS_TAGE
from tenant_apps.placements.services.decide import Reservierungsschritte, advance_reservierung
from tenant_apps.placements.states import (
    RESERVIERUNG_LEBEND,
    ReservierungAktion,
    ReservierungZustand,
)
from tenant_apps.placements.vorgaben import RESERVIERUNG_TAGE
from tenant_apps.vorgaben.selectors import get_vorgabe

STAPEL = 500


@transaction.atomic
def extend_reservierung(
    *,
    akteur: Akteur,
    reservierung: Reservierung,
    tage: int | None = None,
    schritte: Reservierungsschritte = SCHRITTE_RESERVIERUNG,
) -> Reservierung:
    """Move the expiry by `tage` (default: the usual time, as far as it goes), at most four weeks from today.

    `Konflikt` when the reservation has ended or lapsed, `RegelVerletzt` (field tage) when it is too long.
    """
    with advance_reservierung(
        reservierung, ReservierungAktion.VERLAENGERN, akteur=akteur, vorgang=Vorgang.RESERVIERUNG_VERLAENGERN,
        holds=False, schritte=schritte,
    ) as schritt:  # fmt: skip
        reservierung = schritt.row
        mehr = min(get_vorgabe(RESERVIERUNG_TAGE), compute_tage_frei(reservierung)) if tage is None else tage
        ablauf_at = reservierung.ablauf_at + timedelta(days=mehr)
        if mehr < 1 or ablauf_at > real_now() + timedelta(days=VERLAENGERN_BIS_TAGE):
            raise RegelVerletzt(
                "Eine Reservierung kann um mindestens einen Tag und bis höchstens"
                f" {anzahl_tage(VERLAENGERN_BIS_TAGE)} ab heute verlängert werden.",
                feld="tage",
            )
        extend_bindung(bindung_id=reservierung.bindung_id, ablauf_at=ablauf_at)
        schritt.set(ablauf_at=ablauf_at)
        update_frist(art=HinweisArt.RESERVIERUNG, objekt_id=reservierung.pk, frist_at=ablauf_at)
        schritt.mark()  # how long it is held is in no figure
    return reservierung


def compute_tage_frei(reservierung: Reservierung) -> int:
    """By how many whole days a reservation may still be extended today."""
    return (real_now() + timedelta(days=VERLAENGERN_BIS_TAGE) - reservierung.ablauf_at).days


@transaction.atomic
def withdraw_reservierung(
    *, akteur: Akteur, reservierung: Reservierung, grund: str, schritte: Reservierungsschritte = SCHRITTE_RESERVIERUNG
) -> Reservierung:
    """Give the place back. The provider's worklist is cleared. `RegelVerletzt` (field grund) without a reason."""
    if not grund.strip():
        raise RegelVerletzt("Bitte geben Sie an, warum Sie die Reservierung zurückziehen.", feld="grund")
    with advance_reservierung(
        reservierung, ReservierungAktion.ZURUECKZIEHEN, akteur=akteur, vorgang=Vorgang.RESERVIERUNG_ZURUECKZIEHEN,
        holds=False, schritte=schritte,
    ) as schritt:  # fmt: skip
        reservierung = schritt.row
        schritt.set(rueckzug_grund=grund.strip(), zurueckgezogen_von_id=akteur.user_id, zurueckgezogen_at=now())
        schritt.write()
        release_platz(bindung_id=reservierung.bindung_id)
        settle_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=reservierung.pk, ausgang=Ausgang.ZURUECKGENOMMEN)
        schritt.mark(*Zeitraum.from_range(reservierung.zeitraum).monate())
    return reservierung


@transaction.atomic
def expire_reservierungen() -> int:
    """End the open tenant's reservations whose time is over and give their places back. Returns how many.

    Rows that somebody is deciding on this very moment are left for the next run.
    """
    faellig = list(
        Reservierung.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .filter(zustand__in=RESERVIERUNG_LEBEND, ablauf_at__lt=real_now())
        .order_by("pk")[:STAPEL]
    )
    if not faellig:
        return 0
    Reservierung.objects.filter(pk__in=[r.pk for r in faellig]).update(zustand=ReservierungZustand.ABGELAUFEN.value)
    release_plaetze(bindung_ids=[r.bindung_id for r in faellig])
    for reservierung in faellig:
        settle_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=reservierung.pk, ausgang=Ausgang.ABGELAUFEN)
        record_access(akteur=None, aktion=Aktion.AENDERN, vorgang=Vorgang.RESERVIERUNG_ABLAUFEN, objekt=reservierung,
                      felder=["zustand"])  # fmt: skip
    mark_monate(monate={m for r in faellig for m in Zeitraum.from_range(r.zeitraum).monate()})
    return len(faellig)
