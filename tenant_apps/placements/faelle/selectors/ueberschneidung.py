"""Other stays of the same young person: two places for the same nights are never taken in silence."""

from __future__ import annotations

from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from shared_apps.catalogue.models import Form, Hilfeart
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements import rules
from tenant_apps.placements.faelle.selectors.vorgang import (
    annotate_vorgang,
    get_leistungszeitraum,
    get_vorgang_zustand,
)
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.states import VORGANG_GEBUNDEN


def list_ueberschneidungen(
    *, klient_id: UUID, hilfeart: Hilfeart, zeitraum: Zeitraum, ohne: UUID | None = None
) -> list[Reservierung]:
    """Living reservations and bookings with stay by night that share a night with the period, earliest first.

    Only helps with stay (stationär) exclude each other; a day group beside a foster family is right. `ohne` is the
    reservation that is looked at itself. Stays of a sealed case are none for whoever may not open it: the row rule is
    on the case, so the case is asked. One query.
    """
    if hilfeart.form != Form.STATIONAER:
        return []
    rows = annotate_vorgang(
        Reservierung.objects.filter(
            klient_id=klient_id, hilfeart__form=Form.STATIONAER, hilfefall__in=Hilfefall.objects.all()
        )
    )
    rows = rows.filter(
        Q(vorgang_zustand__in=VORGANG_GEBUNDEN), zeitraum__overlap=DateRange(zeitraum.beginn, zeitraum.ende)
    )
    if ohne is not None:
        rows = rows.exclude(pk=ohne)
    rows = rows.select_related("buchung", "einrichtung", "hilfeart").order_by("zeitraum", "pk")
    return [row for row in rows if rules.teilen_naechte(get_aufenthalt(row), zeitraum)]


def get_aufenthalt(reservierung: Reservierung) -> Zeitraum:
    """The stay as it was or is planned: a booking's real first and last day, else the reserved period."""
    buchung = getattr(reservierung, "buchung", None)
    return Zeitraum.from_range(reservierung.zeitraum) if buchung is None else get_leistungszeitraum(buchung)


def describe_ueberschneidungen(
    rows: list[Reservierung], *, sichtbar: frozenset[UUID]
) -> list[dict[str, str | UUID | None]]:
    """Each other stay as a sentence, and its id where the reader may open it; of the rest only that there is one."""
    zeilen: list[dict[str, str | UUID | None]] = []
    for row in rows:
        if row.pk not in sichtbar:
            zeilen.append(
                {"text": "In einem anderen Fall Ihres Jugendamtes. Bitte fragen Sie Ihre Leitung.", "pk": None}
            )
            continue
        stand = get_vorgang_zustand(row, getattr(row, "buchung", None)).label
        zeilen.append({"text": f"{row.einrichtung.name}, {get_aufenthalt(row)} ({stand})", "pk": row.pk})
    return zeilen
