"""What is charged already beyond a help that is about to end or to begin: said before, not found months later."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.urls import reverse

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.geld import format_geld
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.billing.enums import AMT_MIT_RECHNUNGEN
from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.rules import Ueberzahlung
from tenant_apps.billing.selectors.berechnung import check_ueberzahlung
from tenant_apps.billing.selectors.rechnungen import AUFFAELLIGKEITEN, NACH_ENDE
from tenant_apps.billing.states import RECHNUNG_FESTGESTELLT, RECHNUNG_LEBEND, RechnungZustand
from tenant_apps.cases.hooks import Laufendes
from tenant_apps.placements.hooks import Berechnetes
from tenant_apps.placements.models import Buchung

NUR_EINGEREICHT = (
    "Noch ist nichts als richtig festgestellt: die Wirtschaftliche Jugendhilfe wird die Rechnung beanstanden."
)
ZU_KLAEREN = (
    "Danach sehen Jugendamt und Anbieter den Hinweis an jeder dieser Rechnungen; die Abrechnung führt sie unter"
    f" „{AUFFAELLIGKEITEN[NACH_ENDE]}“. Was nicht angeordnet ist, wird beanstandet. Was schon bezahlt ist, klärt die"
    " Wirtschaftliche Jugendhilfe mit dem Anbieter; eine Rückforderung wird hier noch nicht gebucht."
)
NICHT_JE_TAG = "Die Stunden sind nicht je Tag erfasst: bitte prüfen Sie, an welchen Tagen sie geleistet wurden."


def find_berechnetes(akteur: Akteur, buchung: Buchung, hilfe: Zeitraum) -> Berechnetes | None:
    """Live invoices that reach out of `hilfe`, with days and euros as `pruefe_ueberzahlung` counts them.

    Two queries. Registered with `tenant_apps.placements.hooks`.
    """
    rows = Rechnung.objects.filter(buchung=buchung, zustand__in=RECHNUNG_LEBEND).order_by("monat", "nummer")
    rows = rows.select_related("leistungsnachweis__buchung__hilfeart").prefetch_related("positionen")
    funde = [(rechnung, zuviel) for rechnung in rows if (zuviel := check_ueberzahlung(rechnung, hilfe)) is not None]
    if not funde:
        return None
    darf = akteur.hat(*AMT_MIT_RECHNUNGEN)
    festgestellt = any(rechnung.zustand in RECHNUNG_FESTGESTELLT for rechnung, _ in funde)
    return Berechnetes(
        text=_summe(funde, hilfe),
        folge=ZU_KLAEREN if festgestellt else NUR_EINGEREICHT,
        rechnungen=tuple(_zeile(rechnung, zuviel, "billing:detail" if darf else "") for rechnung, zuviel in funde),
        liste_url=f"{reverse('billing:list')}?auffaellig={NACH_ENDE}" if darf and festgestellt else "",
    )


def is_berechnet(buchung_id: UUID, monat: date) -> bool:
    """Whether a month of a help has a live invoice. Registered with `tenant_apps.placements.hooks`."""
    return Rechnung.objects.filter(buchung=buchung_id, monat=monat, zustand__in=RECHNUNG_LEBEND).exists()


def _summe(funde: list[tuple[Rechnung, Ueberzahlung]], hilfe: Zeitraum) -> str:
    betrag = sum((z.betrag for _, z in funde if z.betrag is not None), Decimal(0))
    bezahlt = sum((z.betrag for r, z in funde if z.betrag and r.zustand == RechnungZustand.BEZAHLT), Decimal(0))
    menge = " und ".join(
        filter(None, [_tage(sum(len(z.tage) for _, z in funde)), format_geld(betrag) if betrag else ""])
    )
    davon = f"davon bezahlt: {format_geld(bezahlt)}" if bezahlt else "davon ist noch nichts bezahlt"
    saetze = [f"Die Hilfe liefe vom {hilfe}. Darüber hinaus sind schon berechnet: {menge}, {davon}."] if menge else []
    if any(z.betrag is None for _, z in funde):
        saetze.append(f"Eine Rechnung reicht über die Hilfe vom {hilfe} hinaus. {NICHT_JE_TAG}")
    return " ".join(saetze)


def _zeile(rechnung: Rechnung, zuviel: Ueberzahlung, route: str) -> Laufendes:
    menge = " und ".join(filter(None, [_tage(len(zuviel.tage)), format_geld(zuviel.betrag) if zuviel.betrag else ""]))
    text = f"Rechnung {rechnung.nummer} für {rechnung.monat:%m/%Y} ({rechnung.get_zustand_display()})"
    return Laufendes(f"{text}: {menge or 'Stunden nicht je Tag erfasst'}", rechnung.pk, route)


def _tage(zahl: int) -> str:
    return anzahl_tage(zahl) if zahl else ""
