"""Which help of a case still runs: asked before the case ends (`tenant_apps.cases.hooks`)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import real_now
from shared_apps.core.zeitraum import format_datum
from tenant_apps.cases.hooks import Laufendes
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.states import BUCHUNG_LEBEND, RESERVIERUNG_LEBEND


def list_laufende_hilfen(akteur: Akteur, hilfefall: Hilfefall, letzter_tag: date) -> list[Laufendes]:
    """Living reservations, living bookings, and helps whose end is recorded for a day after `letzter_tag`; two queries.

    A reservation past its expiry holds nothing, swept or not. The trigger `placements_nichts_laeuft` asks the same.
    """
    reservierungen = Reservierung.objects.filter(
        hilfefall=hilfefall, zustand__in=RESERVIERUNG_LEBEND, ablauf_at__gte=real_now()
    )
    endet_spaeter = Q(ende_tatsaechlich__gt=letzter_tag)
    buchungen = Buchung.objects.filter(Q(zustand__in=BUCHUNG_LEBEND) | endet_spaeter, hilfefall=hilfefall)
    return [
        *(
            _name_reservierung(r)
            for r in reservierungen.select_related("einrichtung", "fremdeinrichtung", "hilfeart").order_by("zeitraum")
        ),
        *(
            _name_buchung(b)
            for b in buchungen.select_related("einrichtung", "fremdeinrichtung", "hilfeart").order_by("zeitraum")
        ),
    ]


def _name_reservierung(reservierung: Reservierung) -> Laufendes:
    wo = f"{reservierung.hilfeart.paragraf} bei {reservierung.haus.name}"
    stand = reservierung.get_zustand_display()
    return Laufendes(f"Reservierung {wo} ({stand})", reservierung.pk, "placements:reservierung")


def _name_buchung(buchung: Buchung) -> Laufendes:
    bis = buchung.ende_tatsaechlich or buchung.letzter_tag
    wo = f"{buchung.hilfeart.paragraf} bei {buchung.haus.name}"
    stand = buchung.get_zustand_display()
    return Laufendes(f"Hilfe {wo} bis {format_datum(bis)} ({stand})", buchung.pk, "placements:buchung")
