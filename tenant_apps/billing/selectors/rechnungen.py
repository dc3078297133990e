"""Invoices for the list, and the months that still have to be billed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum, Window
from django.db.models.functions import Right

from shared_apps.catalogue.models import Einheit, Form
from shared_apps.core.clock import today
from shared_apps.core.liste import GRENZE, Liste, ordnung, related
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from tenant_apps.billing.models import Leistungsnachweis, Rechnung, Rechnungsposition
from tenant_apps.billing.states import (
    RECHNUNG_AUSGEZAHLT,
    RECHNUNG_FESTGESTELLT,
    RECHNUNG_LEBEND,
    RECHNUNG_OFFEN,
    RechnungZustand,
)
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.faelle.selectors.vorgang import get_leistungszeitraum
from tenant_apps.placements.models import Buchung
from tenants.context import current_tenant

RECHNUNGEN = Liste(
    "billing:list",
    {
        "eingereicht": ordnung("eingereicht_at", index="rechnung_neueste"),
        "nummer": ordnung("nummer"),
        "monat": ordnung("monat"),
        "anbieter": ordnung(deutsch("anbieter__name")),
        "betrag": ordnung("betrag"),
        "zustand": ordnung("zustand", "-eingereicht_at", index="rechnung_zustand"),
    },
    "-eingereicht",
    zeigt=related("anbieter", "buchung__hilfefall", "buchung__hilfeart"),
)
#: Months without an invoice, by the day their service ended; what is billed leaves the list.
_MONATE_ZEIGEN = related("hilfefall", "klient", "hilfeart", "einrichtung", "angebot")
MONATE = Liste("billing:months", {"faellig": ordnung("abrechenbar_ab", index="buchung_abrechenbar")}, "faellig")
LEVELS: dict[str, str] = {
    RechnungZustand.EINGEREICHT: "warning",
    RechnungZustand.SACHLICH_RICHTIG: "info",
    RechnungZustand.ANGEORDNET: "info",
    RechnungZustand.BEZAHLT: "success",
    RechnungZustand.BEANSTANDET: "danger",
    RechnungZustand.STORNIERT: "neutral",
}

#: Beside the states: what the list can be narrowed to.
OFFEN = "OFFEN"
#: What no single invoice shows: lists for the quality of the data, until a claim can be booked.
NACH_ENDE, DOPPELT = "nach_ende", "doppelt"
AUFFAELLIGKEITEN = {
    NACH_ENDE: "über die Hilfe hinaus berechnet",
    DOPPELT: "dieselben Tage in zwei Rechnungen",
}


def filter_rechnungen(
    *,
    rechnungen: QuerySet[Rechnung],
    zustand: str = "",
    auffaellig: str = "",
    monat: date | None = None,
    anbieter: str = "",
) -> QuerySet[Rechnung]:
    """Invoices among those the person may see, narrowed. `RECHNUNGEN` pages and sorts them."""
    if zustand == OFFEN:
        rechnungen = rechnungen.filter(zustand__in=RECHNUNG_OFFEN)
    elif zustand:
        rechnungen = rechnungen.filter(zustand=zustand)
    if auffaellig == NACH_ENDE:
        rechnungen = filter_nach_ende(rechnungen)
    elif auffaellig == DOPPELT:
        rechnungen = filter_doppelt(rechnungen)
    if monat:
        rechnungen = rechnungen.filter(monat=monat)
    if anbieter:
        rechnungen = rechnungen.filter(anbieter__name__icontains=anbieter)
    return rechnungen


def filter_nach_ende(rechnungen: QuerySet[Rechnung]) -> QuerySet[Rechnung]:
    """Certified invoices with a line that reaches out of the help as it really went (`find_ueberzahlung`)."""
    positionen = Rechnungsposition.objects.filter(rechnung=OuterRef("pk"))
    danach = positionen.filter(zeitraum__endswith__gt=OuterRef("buchung__ende_tatsaechlich") + EIN_TAG)
    davor = positionen.filter(zeitraum__startswith__lt=OuterRef("buchung__beginn_tatsaechlich"))
    return rechnungen.filter(Exists(danach) | Exists(davor), zustand__in=RECHNUNG_FESTGESTELLT)


def filter_doppelt(rechnungen: QuerySet[Rechnung]) -> QuerySet[Rechnung]:
    """Live invoices for a day that another one of the same young person and Leistungskreis charges, too.

    One pass finds who has two invoices for one month at all; only these are compared day by day, here. As a condition
    of each row the database asked it for every invoice of the office (tests/bench/test_doubled_days.py).
    """
    lebend = Rechnung.objects.filter(
        zustand__in=RECHNUNG_LEBEND,
        buchung__hilfeart__einheit=Einheit.TAG,
        buchung__hilfefall__in=Hilfefall.objects.all(),
    )
    anzahl = Window(Count("pk"), partition_by=[F("buchung__klient"), F("monat")])
    rows = lebend.order_by().annotate(anzahl=anzahl).filter(anzahl__gt=1)
    spalten = ("pk", "buchung__klient", "monat", "buchung__hilfeart", "buchung__hilfeart__form")
    monate: dict[tuple[UUID, date], list[tuple[UUID, set[object], set[int]]]] = defaultdict(list)
    for pk, klient, monat, hilfeart, form, tage in rows.values_list(*spalten, "leistungsnachweis__tage"):
        kreise = {hilfeart, form} if form == Form.STATIONAER else {hilfeart}
        monate[klient, monat].append((pk, kreise, set(tage)))
    doppelt = {
        pk
        for gruppe in monate.values()
        for eine, andere in combinations(gruppe, 2)
        if eine[1] & andere[1] and eine[2] & andere[2]
        for pk in (eine[0], andere[0])
    }
    return rechnungen.filter(pk__in=doppelt)


def get_summen(rechnungen: QuerySet[Rechnung]) -> dict[str, Any]:
    """Total of the live invoices, of these open and paid: one query over all of them."""
    summen = rechnungen.order_by().aggregate(
        gesamt=Sum("betrag", filter=Q(zustand__in=RECHNUNG_LEBEND)),
        bezahlt=Sum("betrag", filter=Q(zustand__in=RECHNUNG_AUSGEZAHLT)),
    )
    summen = {k: v if v is not None else Decimal("0.00") for k, v in summen.items()}
    return summen | {"offen": summen["gesamt"] - summen["bezahlt"]}


#: Digits of the running number.
LAUFEND = 5


def suggest_nummer(anbieter_id: UUID, tag: date) -> str:
    """Next free number of the provider at this office: R-VG-2026-00017. The unique constraint has the last word.

    "R-" tells it from a case number of the office (VG-2026-00017); numbers without it, from before, count on.
    """
    praefix = f"{current_tenant().kuerzel}-{tag.year}-"
    vergeben = Rechnung.objects.filter(anbieter_id=anbieter_id, nummer__regex=rf"^(R-)?{praefix}\d{{5}}$")
    letzte = vergeben.aggregate(laufend=Max(Right("nummer", LAUFEND)))["laufend"]
    return f"R-{praefix}{int(letzte or 0) + 1:0{LAUFEND}d}"


@dataclass(frozen=True, slots=True)
class FaelligerNachweis:
    """A month of a booking for which no invoice has been sent yet."""

    buchung: Buchung
    zeitraum: Zeitraum
    nachweis: Leistungsnachweis | None

    @property
    def monat(self) -> date:
        """First of the month."""
        return self.zeitraum.beginn.replace(day=1)


#: (booking, first of the month): the months of these bookings whose last day of service is over, without a live
#: invoice, in the order of that day. Read one by one first: joined, a provider's views (barriers) are asked once for
#: each month.
_FAELLIG = """
WITH eigene AS MATERIALIZED (
    SELECT id, COALESCE(beginn_tatsaechlich, lower(zeitraum)) AS beginn,
           COALESCE(ende_tatsaechlich, upper(zeitraum) - 1) AS ende
      FROM ({own}) b),
berechnet AS MATERIALIZED (SELECT buchung_id, monat FROM ({billed}) r)
SELECT e.id, m.monat::date FROM eigene e
 CROSS JOIN LATERAL generate_series(date_trunc('month', e.beginn::timestamp),
                                    LEAST(e.ende, %s)::timestamp, interval '1 month') m(monat)
 CROSS JOIN LATERAL (SELECT LEAST((m.monat + interval '1 month')::date - 1, e.ende) AS tag) letzter
 WHERE letzter.tag <= %s
   AND NOT EXISTS (SELECT 1 FROM berechnet r WHERE r.buchung_id = e.id AND r.monat = m.monat::date)
 ORDER BY letzter.tag, e.id LIMIT %s
"""
_SPALTEN = ("id", "zeitraum", "beginn_tatsaechlich", "ende_tatsaechlich")


def find_faellige(
    buchungen: QuerySet[Buchung], rechnungen: QuerySet[Rechnung], bis: int
) -> tuple[list[tuple[UUID, date]], bool]:
    """Keys of the months whose service is over and that are not billed, in the order in which it was, as far as they
    are counted; of more than that the first `bis`, and that there are more. Two statements.

    A booking has its first month on the day it is found by (`abrechenbar_ab`), so the first `bis` bookings have the
    first `bis` months. `rechnungen`: those for these bookings the person sees.
    """
    faellig = buchungen.filter(abrechenbar_ab__lte=today())
    ids = MONATE.find(faellig, 1, je_seite=GRENZE)
    viele = len(ids) > GRENZE
    keys = _list_monate(buchungen, rechnungen, ids[:bis] if viele else ids)
    return keys, viele or len(keys) > GRENZE


def _list_monate(
    buchungen: QuerySet[Buchung], rechnungen: QuerySet[Rechnung], ids: Sequence[UUID]
) -> list[tuple[UUID, date]]:
    if not ids:
        return []
    lebend = rechnungen.order_by().filter(zustand__in=RECHNUNG_LEBEND, buchung_id__in=ids)
    own, own_params = buchungen.order_by().filter(pk__in=ids).values(*_SPALTEN).query.sql_with_params()
    billed, billed_params = lebend.values("buchung_id", "monat").query.sql_with_params()
    tag = today()
    with connection.cursor() as cursor:
        cursor.execute(_FAELLIG.format(own=own, billed=billed), [*own_params, *billed_params, tag, tag, GRENZE + 1])
        return cursor.fetchall()


def load_faellige(keys: Sequence[tuple[UUID, date]]) -> list[FaelligerNachweis]:
    """These months with their bookings and what is recorded of them; of one month by case number."""
    pks = {pk for pk, _ in keys}
    buchungen = _MONATE_ZEIGEN(Buchung.objects.filter(pk__in=pks)).in_bulk()
    nachweise = {(n.buchung_id, n.monat): n for n in Leistungsnachweis.objects.filter(buchung_id__in=pks)}
    found = [
        FaelligerNachweis(buchung, zeitraum, nachweise.get((pk, monat)))
        for pk, monat in keys
        if (buchung := buchungen.get(pk)) and (zeitraum := get_leistungszeitraum(buchung).in_monat(monat))
    ]
    return sorted(found, key=lambda eintrag: (eintrag.monat, eintrag.buchung.hilfefall.fallnummer))
