"""Who gives, proposes, approves and ends roles (docs/security.md "Who may see what")."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Upper

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import LAND, LEITUNG_ENTSCHEIDET, Rolle
from shared_apps.accounts.models import Membership, Postfach, User
from shared_apps.accounts.postfach import list_konten
from shared_apps.accounts.rules import VERTRETBAR_DURCH
from shared_apps.accounts.selectors import valid_on
from shared_apps.core.clock import today
from shared_apps.core.ordnung import deutsch
from shared_apps.members.enums import ZugangZiel
from shared_apps.members.models import Mitgliedschaftsantrag, OffenerAntrag, Zugangsantrag
from shared_apps.members.states import MITGLIEDSCHAFTSANTRAG, AntragAktion, AntragZustand, ZugangZustand
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


#: Who proposes what two people grant in an office.
VORSCHLAGEND = (Rolle.TENANT_ADMIN, Rolle.TEAMLEITUNG)


def deciding_roles(rolle: str) -> tuple[Rolle, ...]:
    """Whose second signature counts in an office: always its head's, for some roles an administrator's, too."""
    return (Rolle.JUGENDAMTSLEITUNG,) if rolle in LEITUNG_ENTSCHEIDET else (Rolle.JUGENDAMTSLEITUNG, Rolle.TENANT_ADMIN)


def may_propose(akteur: Akteur) -> bool:
    """Propose a role or a deputyship that two people grant: an office's administration, a team lead."""
    return akteur.tenant_id is not None and akteur.hat(*VORSCHLAGEND)


def may_approve(akteur: Akteur) -> bool:
    """Decide on what others of the office propose: its head, of ordinary roles a second administrator."""
    return akteur.tenant_id is not None and akteur.hat(Rolle.JUGENDAMTSLEITUNG, Rolle.TENANT_ADMIN)


def may_view_antraege(akteur: Akteur) -> bool:
    """All proposals of the office: who proposes or decides."""
    return may_propose(akteur) or may_approve(akteur)


def may_open_antraege(akteur: Akteur) -> bool:
    """The page of proposals: for everybody else of the office those that would let somebody stand in for her."""
    return akteur.tenant_id is not None and akteur.ist_amt


def may_view_zulassungen(akteur: Akteur) -> bool:
    """Who admitted whom and who stands in for whom: who gives roles here, and data protection."""
    return akteur.tenant_id is not None and (may_view_mitglieder(akteur) or akteur.hat(Rolle.DATENSCHUTZ))


def may_operate_zugaenge(akteur: Akteur) -> bool:
    """The operator: roles of the state (two operators), first administration of an office or a provider."""
    return akteur.tenant_id is None and akteur.hat(Rolle.BETRIEB)


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


def visible_zulassungen(akteur: Akteur) -> QuerySet[Membership]:
    """Every role and deputyship of this office, ended ones too."""
    rows = Membership.objects.select_related("user", "deputy_of", "antrag__beantragt_von", "antrag__entschieden_von")
    return rows.filter(tenant=akteur.tenant_id) if may_view_zulassungen(akteur) else rows.none()


def _without_second_person() -> Q:
    """Open requests of offices where nobody but proposer and subject may decide: here the operator confirms."""
    others = Membership.objects.filter(valid_on(today()), tenant=OuterRef("tenant"), user__is_active=True)
    others = others.alias(postfach=Postfach("user__email"))
    for beteiligte in ("user", "beantragt_von"):
        ihr_postfach = Postfach(OuterRef(f"{beteiligte}__email"))
        others = others.exclude(user=OuterRef(beteiligte)).exclude(~Q(user__email=""), postfach=ihr_postfach)
    leitung = Exists(others.filter(rolle=Rolle.JUGENDAMTSLEITUNG))
    administration = Exists(others.filter(rolle=Rolle.TENANT_ADMIN))
    return (
        Q(zustand=AntragZustand.BEANTRAGT, tenant__isnull=False)
        & ~leitung
        & (Q(rolle__in=sorted(LEITUNG_ENTSCHEIDET)) | ~administration)
    )


def list_deciders(antrag: Mitgliedschaftsantrag) -> QuerySet[User]:
    """Who may give the second signature: people of the office and whom it is about to stand in for; else operators."""
    roles = valid_on(today()) & Q(user__is_active=True)
    here = roles & Q(tenant_id=antrag.tenant_id, rolle__in=deciding_roles(antrag.rolle))
    people = User.objects.exclude(pk__in=list_konten(antrag.beantragt_von_id).values("pk"))
    people = people.exclude(pk__in=list_konten(antrag.user_id).values("pk"))
    if antrag.tenant_id is not None:
        own = people.filter(
            Q(pk__in=Membership.objects.filter(here).values("user_id")) | Q(pk=antrag.deputy_of_id, is_active=True)
        )
        if own.exists():
            return own
    operators = Membership.objects.filter(roles, rolle=Rolle.BETRIEB)
    return people.filter(pk__in=operators.values("user_id"))


def eligible_vertretungen(akteur: Akteur, membership: Membership) -> QuerySet[User]:
    """Who may stand in for a colleague in this role: her own role today lets her work the colleague's cases.

    Not the colleague, and not who proposes it.
    """
    own = Membership.objects.filter(
        valid_on(today()),
        tenant=membership.tenant_id,
        deputy_of__isnull=True,
        rolle__in=VERTRETBAR_DURCH[membership.rolle],
    )
    people = User.objects.filter(pk__in=own.values("user_id"), is_active=True)
    return people.exclude(pk__in=[membership.user_id, akteur.user_id]).order_by(deutsch("nachname"), deutsch("vorname"))


def is_vertretbar(membership: Membership) -> bool:
    """Whether somebody may stand in for her in this role: of an office, and not as a deputy herself."""
    return membership.deputy_of_id is None and bool(VERTRETBAR_DURCH.get(membership.rolle))


def describe_vertretbar(rolle: Rolle) -> str:
    """The roles whose people may stand in for this one, in German: „A“ oder „B“."""
    return " oder ".join(f"„{Rolle(eigene).label}“" for eigene in VERTRETBAR_DURCH[rolle])


def nobody_proposes(tenant_id: int) -> bool:
    """Whether this office has nobody who could propose a role: then two operators give it an administration."""
    proposing = valid_on(today()) & Q(tenant_id=tenant_id, rolle__in=VORSCHLAGEND, user__is_active=True)
    return not Membership.objects.filter(proposing).exists()


def visible_antraege(akteur: Akteur) -> QuerySet[Mitgliedschaftsantrag]:
    """Of this office, or those to stand in for her; for the operator those of the state, of a provider's first
    administration, and of offices without a second person, open ones and those an operator has decided.
    """
    rows = Mitgliedschaftsantrag.objects.select_related(
        "user", "tenant", "anbieter", "deputy_of", "beantragt_von", "entschieden_von"
    )
    if akteur.tenant_id is not None:
        if not akteur.ist_amt:
            return rows.none()
        own = rows.filter(tenant_id=akteur.tenant_id)
        return own if may_view_antraege(akteur) else own.filter(deputy_of_id=akteur.user_id)
    if may_operate_zugaenge(akteur):
        of_state = Q(tenant__isnull=True, rolle__in=sorted(LAND)) | Q(anbieter__isnull=False)
        return rows.filter(of_state | _without_second_person() | ~Q(auftrag=""))
    return rows.none()


def is_beteiligt(akteur: Akteur, antrag: Mitgliedschaftsantrag) -> bool:
    """Whether she proposes it or is to get the role, under whichever account: then somebody else decides."""
    beteiligt = {antrag.beantragt_von_id, antrag.user_id}
    return akteur.user_id in beteiligt or list_konten(akteur.user_id).filter(pk__in=beteiligt).exists()


def may_decide_antrag(akteur: Akteur, antrag: Mitgliedschaftsantrag) -> bool:
    """Another person than proposer and subject, with the right at this place."""
    if AntragAktion.BEWILLIGEN not in MITGLIEDSCHAFTSANTRAG.erlaubt(AntragZustand(antrag.zustand)):
        return False
    darf = antrag.deputy_of_id == akteur.user_id or akteur.hat(*deciding_roles(antrag.rolle))
    if akteur.tenant_id is None:
        darf = may_operate_zugaenge(akteur)
    return darf and not is_beteiligt(akteur, antrag)


def decidable_antraege(akteur: Akteur) -> QuerySet[Mitgliedschaftsantrag]:
    """Those of the office that wait for her signature."""
    mine = _mine(akteur, vertretene="deputy_of_id")
    konten = list_konten(akteur.user_id).values("pk")
    return (
        visible_antraege(akteur)
        .filter(mine, zustand=AntragZustand.BEANTRAGT)
        .exclude(user__in=konten)
        .exclude(beantragt_von__in=konten)
    )


def count_decidable(akteur: Akteur) -> int:
    """How many these are, asked from the office's own pages, which read no requests."""
    rows = OffenerAntrag.objects.filter(_mine(akteur, vertretene="vertretene_id"))
    return rows.exclude(user_id=akteur.user_id).exclude(vorschlag_id=akteur.user_id).count()


def _mine(akteur: Akteur, *, vertretene: str) -> Q:
    rollen = [rolle for rolle in Rolle if akteur.hat(*deciding_roles(rolle))]
    return Q(rolle__in=rollen) | Q(**{vertretene: akteur.user_id})


def has_anbieter_verwaltung(anbieter_id: UUID | None) -> bool:
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

    Their role has not ended, or is still proposed. Once somebody of an office or a provider can sign in, that place
    invites its own people.
    """
    if not may_operate_zugaenge(akteur):
        return User.objects.none()
    roles = Membership.objects.exclude(gueltig_bis__lte=today())
    arrived = Membership.objects.filter(valid_on(today()), user__is_active=True).exclude(
        user__password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    office = {"rolle": Rolle.TENANT_ADMIN, "tenant__isnull": False}
    erste = roles.filter(**office).exclude(tenant__in=arrived.filter(**office).values("tenant"))
    verwaltung = roles.filter(verwaltet=True).exclude(
        anbieter_id__in=arrived.filter(verwaltet=True).values("anbieter_id")
    )
    proposed = Mitgliedschaftsantrag.objects.filter(
        Q(tenant__isnull=True, rolle__in=sorted(LAND)) | Q(anbieter__isnull=False), zustand=AntragZustand.BEANTRAGT
    )
    return (
        User.objects.filter(
            Q(pk__in=erste.values("user"))
            | Q(pk__in=verwaltung.values("user"))
            | Q(pk__in=proposed.values("user"))
            | Q(pk__in=roles.filter(rolle__in=sorted(LAND)).values("user")),
            is_active=True,
            password__startswith=UNUSABLE_PASSWORD_PREFIX,
        )
        .exclude(pk=akteur.user_id)
        .order_by(deutsch("nachname"), deutsch("vorname"), "pk")
    )
