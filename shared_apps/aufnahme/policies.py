"""Who lets a provider in."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.models import Membership, User
from shared_apps.aufnahme.models import Aufnahmeantrag, OffeneAufnahme
from shared_apps.aufnahme.states import AufnahmeZustand
from shared_apps.core.clock import today
from shared_apps.providers.policies import SIGNIERT, may_admit_anbieter
from tenants.models import Tenant

__all__ = ["SIGNIERT", "may_admit_anbieter"]


def visible_aufnahmeantraege(akteur: Akteur) -> QuerySet[Aufnahmeantrag]:
    """Those of her own office whose address is confirmed."""
    if not may_admit_anbieter(akteur):
        return Aufnahmeantrag.objects.none()
    return Aufnahmeantrag.objects.filter(tenant=akteur.tenant_id).exclude(zustand=AufnahmeZustand.UNBESTAETIGT)


def is_author(akteur: Akteur, antrag: Aufnahmeantrag) -> bool:
    """Whether she has given the first signature: the second one is somebody else's."""
    return antrag.vorgeschlagen_von_id == akteur.user_id


def works_in_office(email: str, tenant: Tenant) -> bool:
    """Whether this address belongs to somebody of the office: she must not administer what her office admits."""
    rows = Membership.objects.filter(Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=today()), tenant=tenant)
    return User.objects.filter(email__iexact=email, pk__in=rows.values("user_id")).exists()


def count_waiting(akteur: Akteur) -> int:
    """How many wait for her, asked from the office's own pages, which read no applications."""
    if not may_admit_anbieter(akteur):
        return 0
    geprueft = Q(zustand=AufnahmeZustand.GEPRUEFT) & ~Q(vorschlag_id=akteur.user_id)
    return OffeneAufnahme.objects.filter(Q(zustand=AufnahmeZustand.OFFEN) | geprueft).count()
