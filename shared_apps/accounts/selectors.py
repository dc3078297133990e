"""Reads of people and memberships."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import ANBIETERSEITE, Rolle
from shared_apps.accounts.models import Datenschutzzustimmung, Membership, User
from shared_apps.core.clock import today
from tenants.models import Tenant, TenantZustand


class Mitgliedschaft(Protocol):
    """What `build_akteur` reads of a membership."""

    @property
    def tenant_id(self) -> int | None: ...

    @property
    def rolle(self) -> str: ...

    @property
    def anbieter_id(self) -> UUID | None: ...

    @property
    def einrichtung_id(self) -> UUID | None: ...

    @property
    def team(self) -> str: ...

    @property
    def deputy_of_id(self) -> UUID | None: ...

    @property
    def verwaltet(self) -> bool: ...


def valid_on(day: date) -> Q:
    """Condition on memberships: valid that day, in the half-open period."""
    return Q(gueltig_ab__lte=day) & not_over(day)


def not_over(day: date) -> Q:
    """Condition on memberships: valid that day, or one that begins later."""
    return Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=day)


def list_valid_memberships(*, user_id: UUID, on: date | None = None) -> QuerySet[Membership]:
    """Memberships of a person valid on a day (default today), in the half-open period."""
    return Membership.objects.filter(valid_on(on or today()), user_id=user_id)


def get_akteur(*, user: User, tenant: Tenant | None, request_id: str = "") -> Akteur | None:
    """The person with the roles she has at this host, or None when the host does not admit her.

    A tenant's host admits members of that tenant and people of providers, never the state or the
    operator; the portal admits everybody who has any valid membership. A deputy counts in her period only.
    """
    memberships = list_valid_memberships(user_id=user.pk)
    return build_akteur(user=user, memberships=list(memberships), tenant=tenant, request_id=request_id)


def build_akteur(
    *, user: User, memberships: Sequence[Mitgliedschaft], tenant: Tenant | None, request_id: str = ""
) -> Akteur | None:
    """As `get_akteur`, from the memberships that hold today."""
    if tenant is None:
        here = list(memberships)
    else:
        # Never both in one request: who works in this office is not a provider at its host (docs/adr/0016).
        here = [m for m in memberships if m.tenant_id == tenant.pk]
        here = here or [m for m in memberships if m.rolle in ANBIETERSEITE]
    if not user.is_active or not here:
        return None
    return Akteur(
        user_id=user.pk,
        username=user.username,
        name=user.name,
        rollen=frozenset(Rolle(m.rolle) for m in here),
        anbieter_ids=frozenset(m.anbieter_id for m in here if m.anbieter_id),
        teams=frozenset(m.team for m in here if m.team and m.tenant_id),
        geleitete_teams=frozenset(m.team for m in here if m.team and m.tenant_id and m.rolle == Rolle.TEAMLEITUNG),
        vertritt=frozenset(m.deputy_of_id for m in here if m.deputy_of_id and m.tenant_id),
        einrichtung_ids=frozenset(m.einrichtung_id for m in here if m.einrichtung_id),
        verwaltet_ids=frozenset(m.anbieter_id for m in here if m.verwaltet and m.anbieter_id),
        tenant_id=tenant.pk if tenant else None,
        request_id=request_id,
    )


def list_own_tenants(*, user_id: UUID) -> QuerySet[Tenant]:
    """Youth offices a person works in; not those she is only on call for at night (`list_rufbereitschaften`)."""
    rows = list_valid_memberships(user_id=user_id).filter(tenant__isnull=False)
    ids = rows.exclude(rolle=Rolle.RUFBEREITSCHAFT).values("tenant_id")
    return Tenant.objects.filter(pk__in=ids)


def list_rufbereitschaften(*, user_id: UUID) -> QuerySet[Tenant]:
    """Youth offices that have appointed a person to be on call at night, today, and that are open."""
    rows = list_valid_memberships(user_id=user_id).filter(rolle=Rolle.RUFBEREITSCHAFT)
    return Tenant.objects.filter(pk__in=rows.values("tenant_id")).exclude(zustand=TenantZustand.STILLGELEGT)


def has_consented(*, user_id: UUID, textversion: str) -> bool:
    """Whether the person agreed to this version of the data-protection rules."""
    return Datenschutzzustimmung.objects.filter(user_id=user_id, textversion=textversion).exists()


def list_memberships(*, user_id: UUID) -> QuerySet[Membership]:
    """All memberships of a person, ended ones too, newest first."""
    return Membership.objects.filter(user_id=user_id).select_related("tenant", "deputy_of").order_by("-gueltig_ab")


def list_consents(*, user_id: UUID) -> QuerySet[Datenschutzzustimmung]:
    """What a person agreed to and when, newest first."""
    return Datenschutzzustimmung.objects.filter(user_id=user_id).select_related("tenant").order_by("-created_at")
