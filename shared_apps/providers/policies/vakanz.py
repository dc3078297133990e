"""Who says that a vacancy was none, who asks after it, who is told how reliable a house is."""

from __future__ import annotations

from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.providers.models import Angebot, Einrichtung, Vakanzmeldung
from shared_apps.providers.policies.aemter import angebote_im_bezirk
from shared_apps.providers.policies.register import may_write_own, own_angebote, sees_entgelt
from tenants.models import Tenant

#: Who looks for places in an office.
SUCH_ROLLEN = (Rolle.ASD, Rolle.TEAMLEITUNG, Rolle.JUGENDAMTSLEITUNG)
#: Who sees in an office, and for the whole state, whose vacancies nobody has confirmed.
NACHFASSEN_ROLLEN = (*SUCH_ROLLEN, Rolle.CONTROLLING)
LANDESWEIT = (Rolle.LANDESJUGENDAMT, Rolle.MINISTERIUM)


def may_report_vakanz(akteur: Akteur) -> bool:
    """Who says that a place was not free: whoever looks for places in an office."""
    return akteur.hat(*SUCH_ROLLEN)


def may_read_meldungen(akteur: Akteur) -> bool:
    """Who works with such reports: the office that reported, the provider that answers."""
    return may_report_vakanz(akteur) or may_write_own(akteur)


def visible_meldungen(akteur: Akteur) -> QuerySet[Vakanzmeldung]:
    """A provider's people: those about their own offers. At an office's host: those of that office. Nobody else's."""
    if akteur.ist_anbieter and not akteur.ist_amt:
        return Vakanzmeldung.objects.filter(angebot__in=own_angebote(akteur))
    if akteur.tenant_id is None:
        return Vakanzmeldung.objects.none()
    schema = Tenant.objects.filter(pk=akteur.tenant_id).values("schema_name")
    return Vakanzmeldung.objects.filter(mandant__in=schema)


def may_chase_vakanzen(akteur: Akteur) -> bool:
    """Who sees which vacancies are unconfirmed, with the telephone: the office at the place, and the state."""
    return akteur.hat(*NACHFASSEN_ROLLEN, *LANDESWEIT)


def chased_angebote(akteur: Akteur) -> QuerySet[Angebot]:
    """Offers in the office's district; for the state all."""
    return Angebot.objects.all() if akteur.hat(*LANDESWEIT) else angebote_im_bezirk(akteur, NACHFASSEN_ROLLEN)


def sees_zuverlaessigkeit(akteur: Akteur, einrichtung: Einrichtung) -> bool:
    """Offices, the state and the facility's own people; no competitor is told how well another one keeps its word."""
    return sees_entgelt(akteur, einrichtung)
