"""Which money of a case is still open: asked before the case ends (`tenant_apps.cases.hooks`)."""

from __future__ import annotations

from datetime import date

from shared_apps.accounts.akteur import Akteur
from tenant_apps.billing.enums import AMT_MIT_RECHNUNGEN
from tenant_apps.billing.models import Leistungsnachweis, Rechnung
from tenant_apps.billing.states import RECHNUNG_ENDGUELTIG, RECHNUNG_OFFEN, LeistungsnachweisZustand
from tenant_apps.cases.hooks import Laufendes
from tenant_apps.cases.models import Hilfefall

_WARTET_AUF_ANBIETER = (LeistungsnachweisZustand.EINGEREICHT, LeistungsnachweisZustand.BEANSTANDET)


def list_offene_abrechnung(akteur: Akteur, hilfefall: Hilfefall, letzter_tag: date) -> list[Laufendes]:
    """Invoices of the case that the office has not settled block its end. Where only the provider can go on (an
    objected invoice, a proof without invoice), it is said and does not block: nobody else could end it. Two queries.
    """
    rechnungen = Rechnung.objects.filter(buchung__hilfefall=hilfefall).exclude(zustand__in=RECHNUNG_ENDGUELTIG)
    nachweise = Leistungsnachweis.objects.filter(
        buchung__hilfefall=hilfefall, zustand__in=_WARTET_AUF_ANBIETER
    ).exclude(rechnungen__zustand__in=RECHNUNG_OFFEN)
    route = "billing:detail" if akteur.hat(*AMT_MIT_RECHNUNGEN) else ""  # others read number and state
    return [
        *(_name_rechnung(r, route) for r in rechnungen.order_by("monat", "nummer")),
        *(_name_nachweis(n) for n in nachweise.order_by("monat")),
    ]


def _name_rechnung(rechnung: Rechnung, route: str) -> Laufendes:
    text = f"Rechnung {rechnung.nummer} für {rechnung.monat:%m/%Y} ({rechnung.get_zustand_display()})"
    return Laufendes(text, rechnung.pk, route, hindert=rechnung.zustand in RECHNUNG_OFFEN)


def _name_nachweis(nachweis: Leistungsnachweis) -> Laufendes:
    text = f"Leistungsnachweis für {nachweis.monat:%m/%Y} ({nachweis.get_zustand_display()}), noch ohne Rechnung"
    return Laufendes(text, nachweis.pk, hindert=False)
