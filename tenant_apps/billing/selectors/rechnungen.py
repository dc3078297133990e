"""Invoices for the list, and the months that still have to be billed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum, Window
from django.db.models.functions import Right

from shared_apps.catalogue.models import Einheit, Form
from shared_apps.core.clock import today
from shared_apps.core.ordnung import deutsch, get_ordnung
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, naechster_monat
from tenant_apps.billing.models import Leistungsnachweis, Rechnung, Rechnungsposition
from tenant_apps.billing.states import (
    RECHNUNG_AUSGEZAHLT,
    RECHNUNG_FESTGESTELLT,
    RECHNUNG_LEBEND,
    RECHNUNG_OFFEN,
    RechnungZustand,
)
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.faelle.selectors.vorgang import get_leistungszeitraum, get_zustand_heute
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.states import BUCHUNG_ABRECHENBAR, BuchungZustand
from tenants.context import current_tenant

SORTIERUNGEN = {
    "eingereicht": "eingereicht_at",
    "nummer": "nummer",
    "monat": "monat",
    "anbieter": deutsch("anbieter__name"),
    "betrag": "betrag",
    "zustand": "zustand",
}
STANDARD_SORTIERUNG = "-eingereicht"
LEVELS = {
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


def list_rechnungen(
    *,
    rechnungen: QuerySet[Rechnung],
    zustand: str = "",
    auffaellig: str = "",
    monat: date | None = None,
    anbieter: str = "",
    sortierung: str = STANDARD_SORTIERUNG,
) -> QuerySet[Rechnung]:
    """Invoices among those the person may see, narrowed and sorted."""
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
    _, ordnung = get_ordnung(SORTIERUNGEN, sortierung, STANDARD_SORTIERUNG)
    return rechnungen.order_by(ordnung, "-pk").select_related("anbieter", "buchung__hilfefall", "buchung__hilfeart")


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
    einer = {"partition_by": [F("buchung__klient"), F("monat")]}
    rows = lebend.order_by().annotate(anzahl=Window(Count("pk"), **einer)).filter(anzahl__gt=1)
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
    """Number, total of the live invoices, of these open and paid: one query."""
    summen = rechnungen.order_by().aggregate(
        anzahl=Count("pk"),
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


def list_faellige(buchungen: QuerySet[Buchung]) -> list[FaelligerNachweis]:
    """Months whose service is over and that are not billed, oldest first. Three queries, whatever the number."""
    rows = list(
        buchungen.exclude(zustand=BuchungZustand.STORNIERT).select_related(
            "hilfefall", "klient", "hilfeart", "einrichtung", "angebot"
        )
    )
    pks = [row.pk for row in rows]
    nachweise = {(n.buchung_id, n.monat): n for n in Leistungsnachweis.objects.filter(buchung_id__in=pks)}
    berechnet = set(
        Rechnung.objects.filter(buchung_id__in=pks, zustand__in=RECHNUNG_LEBEND).values_list("buchung_id", "monat")
    )
    faellig = [
        FaelligerNachweis(buchung, teil, nachweise.get((buchung.pk, teil.beginn.replace(day=1))))
        for buchung in rows
        for teil in _finished_months(buchung)
        if (buchung.pk, teil.beginn.replace(day=1)) not in berechnet
    ]
    return sorted(faellig, key=lambda eintrag: (eintrag.monat, eintrag.buchung.hilfefall.fallnummer))


def _finished_months(buchung: Buchung) -> Iterable[Zeitraum]:
    """The booking's part of every month whose last day of service has come."""
    if get_zustand_heute(buchung) not in BUCHUNG_ABRECHENBAR:
        return
    zeitraum = get_leistungszeitraum(buchung)
    morgen = today() + EIN_TAG
    monat = zeitraum.beginn.replace(day=1)
    while monat < morgen:
        teil = zeitraum.in_monat(monat)
        if teil is None:
            return
        if teil.ende <= morgen:
            yield teil
        monat = naechster_monat(monat)
