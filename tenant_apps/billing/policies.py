"""Who may record, bill, check, order and pay (docs/security.md "Who may see what")."""

from __future__ import annotations

from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.zustand import Schritte, Spur
from tenant_apps.billing.enums import AMT_MIT_RECHNUNGEN
from tenant_apps.billing.models import Leistungsnachweis, Rechnung
from tenant_apps.billing.states import (
    LEISTUNGSNACHWEIS,
    RECHNUNG,
    LeistungsnachweisAktion,
    RechnungAktion,
    RechnungZustand,
)
from tenant_apps.cases import policies as cases
from tenant_apps.placements.hooks import Abrechnungsrechte
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.policies import visible_buchungen


def may_record(akteur: Akteur) -> bool:
    """Record a month's service: the provider, and the people of a facility for their own."""
    return akteur.hat(Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG, Rolle.EINRICHTUNG)


def may_bill(akteur: Akteur) -> bool:
    """Hand a month in and bill it: the provider, never a facility's people."""
    return akteur.hat(Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG)


def may_check(akteur: Akteur) -> bool:
    """Certify an invoice as correct (sachlich und rechnerisch richtig): WJH."""
    return akteur.hat(Rolle.WJH)


def may_approve(akteur: Akteur) -> bool:
    """Order payment (Anordnung): lead of the office; another person than the certifier (database check)."""
    return akteur.hat(Rolle.JUGENDAMTSLEITUNG)


def may_pay(akteur: Akteur) -> bool:
    """Mark as paid: WJH."""
    return akteur.hat(Rolle.WJH)


def may_object(akteur: Akteur) -> bool:
    """Object to an invoice: whoever may certify or order it."""
    return may_check(akteur) or may_approve(akteur)


#: Which step of an invoice is whose. Nobody cancels by hand: a corrected invoice does.
SCHRITTE_RECHNUNG = Schritte(
    RECHNUNG,
    {
        RechnungAktion.FESTSTELLEN: may_check,
        RechnungAktion.ANORDNEN: may_approve,
        RechnungAktion.BEZAHLEN: may_pay,
        RechnungAktion.BEANSTANDEN: may_object,
    },
    {
        RechnungZustand.SACHLICH_RICHTIG: Spur("die Richtigkeit festgestellt", "festgestellt_von", "festgestellt_at"),
        RechnungZustand.ANGEORDNET: Spur("die Zahlung angeordnet", "angeordnet_von", "angeordnet_at"),
        RechnungZustand.BEZAHLT: Spur("die Zahlung vermerkt", "auszahlung__erfasst_von", "auszahlung__created_at"),
        RechnungZustand.BEANSTANDET: Spur("die Rechnung beanstandet", "beanstandet_von", "beanstandet_at"),
        RechnungZustand.STORNIERT: Spur(
            "eine Rechnung gestellt, die diese ersetzt",
            "storniert_durch__eingereicht_von",
            "storniert_durch__eingereicht_at",
            anbieter=True,
        ),
    },
)
#: The office's two steps follow from those with the invoice.
SCHRITTE_NACHWEIS = Schritte(LEISTUNGSNACHWEIS, {LeistungsnachweisAktion.EINREICHEN: may_bill})


def may_list_rechnungen(akteur: Akteur) -> bool:
    """See invoices: WJH, leads, and providers their own."""
    return akteur.hat(*AMT_MIT_RECHNUNGEN, Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG)


def get_abrechnungsrechte(akteur: Akteur) -> Abrechnungsrechte:
    """What the page of a help may offer her. Registered with `tenant_apps.placements.hooks`."""
    return Abrechnungsrechte(
        darf_erfassen=may_record(akteur), darf_abrechnen=may_bill(akteur), sieht_rechnungen=may_list_rechnungen(akteur)
    )


def may_correct_nachweis(akteur: Akteur, rechnung: Rechnung) -> bool:
    """Correct the month of an invoice that was objected to; the next one takes its place."""
    return may_record(akteur) and rechnung.zustand == RechnungZustand.BEANSTANDET


def visible_rechnungen(akteur: Akteur) -> QuerySet[Rechnung]:
    """Of the cases she may see, if only by number and amount; the provider's own otherwise."""
    if akteur.hat(*AMT_MIT_RECHNUNGEN):
        return Rechnung.objects.filter(buchung__hilfefall__in=cases.visible_vorgaenge(akteur))
    if akteur.hat(Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG):
        return Rechnung.objects.filter(anbieter_id__in=akteur.anbieter_ids)
    return Rechnung.objects.none()


def recordable_buchungen(akteur: Akteur) -> QuerySet[Buchung]:
    """Bookings whose months she records: her provider's, of a facility's people only the facility's."""
    if not may_record(akteur):
        return Buchung.objects.none()
    return visible_buchungen(akteur).filter(anbieter_id__in=akteur.anbieter_ids)


def visible_leistungsnachweise(akteur: Akteur) -> QuerySet[Leistungsnachweis]:
    """As for invoices, by the booking's provider."""
    if akteur.hat(*AMT_MIT_RECHNUNGEN):
        return Leistungsnachweis.objects.filter(buchung__hilfefall__in=cases.visible_vorgaenge(akteur))
    if may_record(akteur):
        return Leistungsnachweis.objects.filter(buchung__in=recordable_buchungen(akteur))
    return Leistungsnachweis.objects.none()
