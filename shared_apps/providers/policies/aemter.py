"""For which offices somebody works, and what is in their districts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import AMT, Rolle
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.core.lookups import key_of
from shared_apps.providers.models import Angebot
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant


def own_jugendaemter(akteur: Akteur, rollen: Iterable[Rolle] = AMT) -> QuerySet[Gebietskoerperschaft]:
    """Districts of the offices where the person has one of these roles; at an office's host, of that one."""
    return Gebietskoerperschaft.objects.filter(kuerzel__in=own_offices(akteur, rollen).values("kuerzel"))


def angebote_im_bezirk(akteur: Akteur, rollen: tuple[Rolle, ...]) -> QuerySet[Angebot]:
    """Offers in the districts of the offices where the person has one of these roles; at an office's host, of that."""
    kreise = own_jugendaemter(akteur, rollen)
    if akteur.tenant_id is not None:
        return Angebot.objects.filter(einrichtung__gebietskoerperschaft=key_of(kreise))
    return Angebot.objects.filter(einrichtung__gebietskoerperschaft__in=kreise)


def own_offices(akteur: Akteur, rollen: Iterable[Rolle]) -> QuerySet[Tenant]:
    """Offices where the person has one of these roles; at an office's host, that one."""
    if akteur.tenant_id is not None:
        return Tenant.objects.filter(pk=akteur.tenant_id)
    own = list_valid_memberships(user_id=akteur.user_id).filter(rolle__in=rollen, tenant_id__isnull=False)
    return Tenant.objects.filter(pk__in=own.values("tenant_id"))


def works_for(akteur: Akteur, anbieter_id: UUID) -> bool:
    """Whether she is one of the provider's people, too: about it she decides nothing for an office (§ 16 SGB X). Asked
    on shared tables; trigger `providers_befangen` says the same."""
    return list_valid_memberships(user_id=akteur.user_id).filter(anbieter_id=anbieter_id).exists()
