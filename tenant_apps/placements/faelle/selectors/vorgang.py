"""Reads of the Fallmanager: derived states, rows of the list, one reservation, one booking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, Sum, Value, When
from django.db.models.fields import CharField

from shared_apps.core.clock import real_now, today
from shared_apps.core.ordnung import deutsch, get_ordnung
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, monatserster
from shared_apps.inbox.selectors import BALD_TAGE
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.search.selectors.vermerk import list_spezialisierungen
from tenant_apps.placements.states import (
    RESERVIERUNG_LEBEND,
    VORGANG_GEBUCHT,
    VORGANG_GEBUNDEN,
    VORGANG_OFFEN,
    BuchungZustand,
    ReservierungZustand,
    VorgangZustand,
)

VORGANG_LEVELS = {
    VorgangZustand.RESERVIERT: "warning",
    VorgangZustand.ZUGESTIMMT: "info",
    VorgangZustand.GEBUCHT: "success",
    VorgangZustand.LAUFEND: "success",
    VorgangZustand.ABGELEHNT: "danger",
    VorgangZustand.ABGEBROCHEN: "danger",
}
SORTIERUNGEN = {
    "reserviert": "created_at",
    "gebucht": "buchung__gebucht_at",
    "fachkraft": deutsch("hilfefall__fachkraft__nachname"),
    "hilfeart": "hilfeart__code",
    "anbieter": deutsch("anbieter__name"),
    "kosten": "soll_kosten",
    "entgelt": "soll_entgelt",
    "zustand": "vorgang_zustand",
    "beginn": "zeitraum",
}
STANDARD_SORTIERUNG = "-reserviert"
#: What the list can be narrowed to: a state, or those whose deadline is near.
BALD = "BALD"
STAND_FILTER = {**dict(VorgangZustand.choices()), BALD: f"Frist endet in {anzahl(BALD_TAGE, 'Tag', 'Tagen')}"}


# --- derived states ---------------------------------------------------------------------------------------


def is_abgelaufen(reservierung: Reservierung) -> bool:
    """Whether a waiting or consented reservation is past its expiry, swept or not."""
    return reservierung.zustand in RESERVIERUNG_LEBEND and reservierung.ablauf_at <= real_now()


def get_zustand_heute(buchung: Buchung) -> BuchungZustand:
    """The booking's state; a help whose planned start has come is running, confirmed or not."""
    if buchung.zustand == BuchungZustand.GEBUCHT and buchung.beginn <= today():
        return BuchungZustand.LAUFEND
    return BuchungZustand(buchung.zustand)


def get_beginn(buchung: Buchung) -> date:
    """First day of service: the confirmed one, else the planned one."""
    return buchung.beginn_tatsaechlich or buchung.beginn


def get_leistungszeitraum(buchung: Buchung) -> Zeitraum:
    """Days on which service can have been rendered."""
    return Zeitraum.from_inclusive(get_beginn(buchung), buchung.ende_tatsaechlich or buchung.letzter_tag)


def get_vorgang_zustand(reservierung: Reservierung, buchung: Buchung | None) -> VorgangZustand:
    """State of the row, as the list shows and filters it."""
    if buchung is not None:
        return VorgangZustand(get_zustand_heute(buchung).value)
    return VorgangZustand.ABGELAUFEN if is_abgelaufen(reservierung) else VorgangZustand(reservierung.zustand)


def annotate_vorgang(reservierungen: QuerySet[Reservierung]) -> QuerySet[Reservierung]:
    """The same state as `get_vorgang_zustand`, in the database, to filter and sort by."""
    return reservierungen.annotate(
        vorgang_zustand=Case(
            When(
                buchung__zustand=BuchungZustand.GEBUCHT,
                buchung__zeitraum__startswith__lte=today(),
                then=Value(VorgangZustand.LAUFEND.value),
            ),
            When(buchung__isnull=False, then=F("buchung__zustand")),
            When(
                zustand__in=RESERVIERUNG_LEBEND,
                ablauf_at__lte=real_now(),
                then=Value(VorgangZustand.ABGELAUFEN.value),
            ),
            default=F("zustand"),
            output_field=CharField(),
        )
    )


# --- the list ---------------------------------------------------------------------------------------------


def list_faelle(
    *,
    reservierungen: QuerySet[Reservierung],
    zustand: str = "",
    hilfeart: str = "",
    fachkraft_ids: frozenset | None = None,
    fallnummer: str = "",
    von: date | None = None,
    bis: date | None = None,
    sortierung: str = STANDARD_SORTIERUNG,
    nur_pseudonym: bool = False,
) -> QuerySet[Reservierung]:
    """Rows of the Fallmanager. `reservierungen` is what the person may see (policies).

    The period filters by overlap with the help. With `nur_pseudonym` (providers) the text finds the
    case number only where the place is booked; else it would reveal it.
    """
    rows = annotate_vorgang(reservierungen)
    if zustand:
        rows = rows.filter(_stand(zustand))
    if hilfeart:
        rows = rows.filter(hilfeart__code=hilfeart)
    if fachkraft_ids is not None:
        rows = rows.filter(hilfefall__fachkraft_id__in=fachkraft_ids)
    if fallnummer:
        nach_fall = Q(hilfefall__fallnummer__icontains=fallnummer)
        if nur_pseudonym:
            nach_fall &= Q(zustand=ReservierungZustand.GEBUCHT)
        rows = rows.filter(nach_fall | Q(pseudonym__icontains=fallnummer))
    if von:
        rows = rows.filter(zeitraum__endswith__gt=von)
    if bis:
        rows = rows.filter(zeitraum__startswith__lte=bis)
    _, ordnung = get_ordnung(SORTIERUNGEN, sortierung, STANDARD_SORTIERUNG)
    return rows.order_by(ordnung, "-pk").select_related(
        "hilfefall__fachkraft", "klient", "hilfeart", "anbieter", "einrichtung", "buchung"
    )


def _stand(stand: str) -> Q:
    """Rows of `annotate_vorgang` in one of `STAND_FILTER`."""
    if stand == BALD:
        return Q(vorgang_zustand__in=VORGANG_OFFEN, ablauf_at__lt=real_now() + timedelta(days=BALD_TAGE))
    return Q(vorgang_zustand=stand)


def count_staende(reservierungen: QuerySet[Reservierung], staende: Iterable[str]) -> dict[str, int]:
    """How many rows the list shows for each of these filters (`STAND_FILTER`), in one query."""
    rows = annotate_vorgang(reservierungen).order_by()
    return rows.aggregate(**{stand: Count("pk", filter=_stand(stand)) for stand in staende})


def get_summen(rows: QuerySet[Reservierung], feld: str = "soll_kosten") -> dict[str, Any]:
    """Number of rows, amount of the committed ones and, of these, of the booked ones: one query."""
    summen = rows.order_by().aggregate(
        anzahl=Count("pk"),
        gebunden=Sum(feld, filter=Q(vorgang_zustand__in=VORGANG_GEBUNDEN)),
        gebucht=Sum(feld, filter=Q(vorgang_zustand__in=VORGANG_GEBUCHT)),
    )
    return {k: v if v is not None else Decimal("0.00") for k, v in summen.items()}


# --- one reservation, one booking --------------------------------------------------------------------------


def list_bedarf(reservierung: Reservierung) -> list[str]:
    """Names of the specialities that were searched for: the need as the provider may know it."""
    return list_spezialisierungen(reservierung.suche.spezialisierungen)


def with_monate(buchungen: QuerySet[Buchung]) -> QuerySet[Buchung]:
    """Bookings with their service records and invoices, for `list_monate`."""
    nachweise = Buchung._meta.get_field("leistungsnachweise").related_model
    rechnungen = Buchung._meta.get_field("rechnungen").related_model
    return buchungen.prefetch_related(
        Prefetch("leistungsnachweise", queryset=nachweise.objects.order_by("monat")),
        Prefetch("rechnungen", queryset=rechnungen.objects.order_by("eingereicht_at")),
    )


def list_monate(buchung: Buchung) -> list[dict[str, Any]]:
    """Months of service that have begun, newest first, each with its proof of service and its live invoice.

    A month out of the help (`zeitraum` None) is here as long as an invoice charges it.
    """
    zeitraum = get_leistungszeitraum(buchung)
    bis_heute = zeitraum.intersect(Zeitraum(zeitraum.beginn, max(zeitraum.beginn, today()) + EIN_TAG))
    begonnen = [] if zeitraum.beginn > today() else list(bis_heute.monate())
    nachweise = {nachweis.monat: nachweis for nachweis in buchung.leistungsnachweise.all()}
    rechnungen = {r.monat: r for r in buchung.rechnungen.all() if not r.ist_storniert}
    teile = {monat: zeitraum.in_monat(monat) for monat in sorted({*begonnen, *rechnungen}, reverse=True)}
    return [
        {
            "monat": monat,
            "zeitraum": teil,
            "nachweis": nachweise.get(monat),
            "rechnung": rechnungen.get(monat),
            "ist_laufend": monat == monatserster(today()) and teil is not None and teil.letzter_tag > today(),
        }
        for monat, teil in teile.items()
    ]
