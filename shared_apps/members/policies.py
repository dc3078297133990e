"""Who gives, proposes, approves and ends roles (access matrix: users/roles of tenant, provider's users)."""

from __future__ import annotations

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Upper

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import LAND, Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.selectors import valid_on
from shared_apps.core.clock import today
from shared_apps.core.ordnung import deutsch
from shared_apps.members.enums import AntragZustand, ZugangZiel, ZugangZustand
from shared_apps.members.models import Mitgliedschaftsantrag, Zugangsantrag
from shared_apps.providers.models import Anbieter


def may_administer(akteur: Akteur) -> bool:
    """Give and end roles: an office's administration at its host, a provider's at the portal."""
    if akteur.tenant_id is not None:
        return akteur.hat(Rolle.TENANT_ADMIN)
    return bool(akteur.verwaltet_ids)


def may_view_own_journal(akteur: Akteur) -> bool:
    """What changed at her own provider: who administers its people, at the portal."""
    return akteur.tenant_id is None and bool(akteur.verwaltet_ids)


def may_view_mitglieder(akteur: Akteur) -> bool:
    """The list of people: who administers, and leads who propose or approve."""
    return may_administer(akteur) or may_propose(akteur) or may_approve(akteur)


def may_propose(akteur: Akteur) -> bool:
    """Propose a leading role in an office: its administration, a team lead."""
    return akteur.tenant_id is not None and akteur.hat(Rolle.TENANT_ADMIN, Rolle.TEAMLEITUNG)


def may_approve(akteur: Akteur) -> bool:
    """Decide on a leading role in an office: its head; never a proposal of her own or about herself."""
    return akteur.tenant_id is not None and akteur.hat(Rolle.JUGENDAMTSLEITUNG)


def may_view_antraege(akteur: Akteur) -> bool:
    """Who proposes or decides on leading roles."""
    return may_propose(akteur) or may_approve(akteur)


def may_operate_zugaenge(akteur: Akteur) -> bool:
    """The operator: roles of the state (two operators), first administration of an office or a provider."""
    return akteur.tenant_id is None and akteur.hat(Rolle.BETRIEB)


def may_decide_zugang(akteur: Akteur) -> bool:
    """Work through requests for access: whoever administers here, at the portal also the operator."""
    return may_administer(akteur) or may_operate_zugaenge(akteur)


def visible_memberships(akteur: Akteur) -> QuerySet[Membership]:
    """Roles of this office; of her providers; nobody else's."""
    rows = Membership.objects.select_related("user", "deputy_of", "tenant")
    if akteur.tenant_id is not None:
        return rows.filter(tenant_id=akteur.tenant_id) if may_view_mitglieder(akteur) else rows.none()
    return rows.filter(anbieter_id__in=akteur.verwaltet_ids)


def visible_users(akteur: Akteur) -> QuerySet[User]:
    """People who have or had a role here, or for whom one is proposed here."""
    found = Q(pk__in=visible_memberships(akteur).values("user_id"))
    if akteur.tenant_id is not None and may_view_mitglieder(akteur):
        found |= Q(pk__in=Mitgliedschaftsantrag.objects.filter(tenant_id=akteur.tenant_id).values("user_id"))
    return User.objects.filter(found)


def _tenants_without_leitung() -> QuerySet:
    leitung = valid_on(today()) & Q(rolle=Rolle.JUGENDAMTSLEITUNG, tenant=OuterRef("tenant"))
    return Q(tenant__isnull=False) & ~Exists(Membership.objects.filter(leitung, user__is_active=True))


def visible_antraege(akteur: Akteur) -> QuerySet[Mitgliedschaftsantrag]:
    """Of this office; for the operator those of the state, and open ones of offices that have no head yet."""
    rows = Mitgliedschaftsantrag.objects.select_related(
        "user", "tenant", "deputy_of", "beantragt_von", "entschieden_von"
    )
    if akteur.tenant_id is not None:
        return rows.filter(tenant_id=akteur.tenant_id) if may_view_antraege(akteur) else rows.none()
    if may_operate_zugaenge(akteur):
        return rows.filter(
            Q(tenant__isnull=True, rolle__in=sorted(LAND))
            | (Q(zustand=AntragZustand.BEANTRAGT) & _tenants_without_leitung())
        )
    return rows.none()


def may_decide_antrag(akteur: Akteur, antrag: Mitgliedschaftsantrag) -> bool:
    """Another person than proposer and subject, with the right at this place."""
    if akteur.user_id in {antrag.beantragt_von_id, antrag.user_id} or antrag.zustand != AntragZustand.BEANTRAGT:
        return False
    return may_approve(akteur) if akteur.tenant_id is not None else may_operate_zugaenge(akteur)


def has_anbieter_verwaltung(anbieter_id: object) -> bool:
    """Whether somebody administers this provider's people today."""
    return Membership.objects.filter(
        valid_on(today()), anbieter_id=anbieter_id, verwaltet=True, user__is_active=True
    ).exists()


def _verwaltete_namen() -> QuerySet:
    verwaltet = Membership.objects.filter(valid_on(today()), verwaltet=True, user__is_active=True)
    return Anbieter.objects.filter(pk__in=verwaltet.values("anbieter_id")).values(gross=Upper("name"))


def visible_zugangsantraege(akteur: Akteur) -> QuerySet[Zugangsantrag]:
    """Confirmed ones only: of this office; of her provider (by its exact name); the rest goes to the operator."""
    rows = Zugangsantrag.objects.exclude(zustand=ZugangZustand.UNBESTAETIGT).select_related("tenant", "entschieden_von")
    if akteur.tenant_id is not None:
        return rows.filter(tenant_id=akteur.tenant_id) if may_administer(akteur) else rows.none()
    named = rows.annotate(gross=Upper("organisation"))
    own = Anbieter.objects.filter(pk__in=akteur.verwaltet_ids).values(gross=Upper("name"))
    allowed = Q(ziel=ZugangZiel.ANBIETER, gross__in=own)
    if may_operate_zugaenge(akteur):
        allowed |= Q(ziel=ZugangZiel.LAND) | (Q(ziel=ZugangZiel.ANBIETER) & ~Q(gross__in=_verwaltete_namen()))
    return named.filter(allowed)


def visible_eingeladene(akteur: Akteur) -> QuerySet[User]:
    """People the operator invites, without a password yet: of the state, and the first who administer a place.

    Once somebody of an office or a provider can sign in, that place invites its own people.
    """
    if not may_operate_zugaenge(akteur):
        return User.objects.none()
    admins = Membership.objects.filter(valid_on(today()), user__is_active=True)
    arrived = admins.exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    here = {"rolle": Rolle.TENANT_ADMIN, "tenant__isnull": False}
    erste = admins.filter(**here).exclude(tenant__in=arrived.filter(**here).values("tenant"))
    verwaltung = admins.filter(verwaltet=True).exclude(
        anbieter_id__in=arrived.filter(verwaltet=True).values("anbieter_id")
    )
    land = Mitgliedschaftsantrag.objects.filter(tenant__isnull=True, rolle__in=sorted(LAND))
    return (
        User.objects.filter(
            Q(pk__in=erste.values("user"))
            | Q(pk__in=verwaltung.values("user"))
            | Q(pk__in=land.values("user"))
            | Q(pk__in=admins.filter(rolle__in=sorted(LAND)).values("user")),
            is_active=True,
            password__startswith=UNUSABLE_PASSWORD_PREFIX,
        )
        .exclude(pk=akteur.user_id)
        .order_by(deutsch("nachname"), deutsch("vorname"), "pk")
    )
