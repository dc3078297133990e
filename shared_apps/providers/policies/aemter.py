"""For which offices somebody works, and what is in their districts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Func, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import IM_DIENST, Rolle
from shared_apps.accounts.models import Membership
from shared_apps.accounts.postfach import list_konten
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.core.lookups import key_of
from shared_apps.journal.models import JournalEintrag
from shared_apps.providers.models import Angebot
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant


def own_jugendaemter(akteur: Akteur, rollen: Iterable[Rolle] = IM_DIENST) -> QuerySet[Gebietskoerperschaft]:
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
    own = list_valid_memberships(user_id=akteur.user_id).filter(rolle__in=rollen)
    return Tenant.objects.filter(pk__in=own.values("tenant_id"))


def own_memberships(akteur: Akteur) -> QuerySet[Membership]:
    """Roles of the person, ended ones, too, and of every account with her mailbox: inviting somebody makes an account
    of its own, so who works at two places may have two. Asked on shared tables; function `providers_ist_dieselbe` says
    the same."""
    return Membership.objects.filter(user__in=list_konten(akteur.user_id))


def worked_for(akteur: Akteur, anbieter_id: UUID) -> bool:
    """Whether she is, or ever was, one of the provider's people: who keeps its account, and who comes in first, she
    does not say for an office."""
    return own_memberships(akteur).filter(anbieter_id=anbieter_id).exists()


def works_for(akteur: Akteur, anbieter_id: UUID, *, seit: date) -> bool:
    """Whether she is one of the provider's people, too, was on any day since `seit`, or will be: about it she decides
    nothing for an office (§ 16 SGB X). A role that somebody has altered since counts, whatever day it says now. Asked
    on shared tables; trigger `providers_befangen` says the same."""
    return own_memberships(akteur).filter(_since(seit), anbieter_id=anbieter_id).exists()


def without_own(rows: QuerySet[Any], akteur: Akteur, anbieter: str) -> QuerySet[Any]:
    """Of proposals those about no provider that she has worked for since they were made (`works_for`); `anbieter`: the
    column that says about whom. On shared tables; an office's own pages ask views (`rights.befangen_sql`)."""
    seit = _since(_tag_of(OuterRef("created_at")), _tag_of(OuterRef(OuterRef("created_at"))))
    return rows.filter(~Exists(own_memberships(akteur).filter(seit, anbieter_id=OuterRef(anbieter))))


def _since(tag: date | Func, innen: date | Func | None = None) -> Q:
    """Roles that are not over before this day, or that somebody has altered since. `innen`: the same day as a query
    within that of the roles names it."""
    beruehrt = JournalEintrag.objects.filter(
        tabelle=Membership._meta.db_table,
        zeile=Cast(OuterRef("pk"), TextField()),
        user_id__isnull=False,
        created_at__date__gte=innen or tag,
    )
    return Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gte=tag) | Q(Exists(beruehrt))


def _tag_of(moment: OuterRef) -> Func:
    """The day of a moment in Germany (`local_date`); Django's own function knows no column of another query."""
    template = f"(%(expressions)s AT TIME ZONE '{settings.TIME_ZONE}')::date"
    return Func(moment, template=template)
