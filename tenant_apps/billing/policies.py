"""Who may record, bill, check, order and pay (access matrix, security.md)."""

from __future__ import annotations

from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from tenant_apps.billing.models import Leistungsnachweis, Rechnung


def may_record(akteur: Akteur) -> bool:
    """Record a month's service and bill it: the provider."""
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


def may_list_rechnungen(akteur: Akteur) -> bool:
    """See invoices: WJH, leads, and providers their own."""
    return akteur.hat(Rolle.WJH, Rolle.JUGENDAMTSLEITUNG, Rolle.TEAMLEITUNG, Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG)


def visible_rechnungen(akteur: Akteur) -> QuerySet[Rechnung]:
    """All of the office for its roles; the provider's own otherwise."""
    if akteur.hat(Rolle.WJH, Rolle.JUGENDAMTSLEITUNG, Rolle.TEAMLEITUNG):
        return Rechnung.objects.all()
    if akteur.hat(Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG):
        return Rechnung.objects.filter(anbieter_id__in=akteur.anbieter_ids)
    return Rechnung.objects.none()


def visible_leistungsnachweise(akteur: Akteur) -> QuerySet[Leistungsnachweis]:
    """As for invoices, by the booking's provider."""
    if akteur.hat(Rolle.WJH, Rolle.JUGENDAMTSLEITUNG, Rolle.TEAMLEITUNG):
        return Leistungsnachweis.objects.all()
    if may_record(akteur):
        return Leistungsnachweis.objects.filter(buchung__anbieter_id__in=akteur.anbieter_ids)
    return Leistungsnachweis.objects.none()
