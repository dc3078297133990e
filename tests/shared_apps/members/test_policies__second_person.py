"""Whose signature a proposal waits for, and who may stand in for whom, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import User
from shared_apps.core.clock import today
from shared_apps.members import policies
from shared_apps.members.models import Mitgliedschaftsantrag
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.people import Cast
from tests.shared_apps.members.test_policies import ADMIN, HEAD, OPERATOR, TEAM, member, names, person, proposal, user

pytestmark = pytest.mark.django_db
ASD = Rolle.ASD


def as_(one: User, *rollen: Rolle, at: int | None = None) -> Akteur:
    """This very person at an office's host, or at the portal."""
    return replace(person(*rollen, at=at), user_id=one.pk)


def deputy_proposal(name: str, vertretene: User, **fields) -> Mitgliedschaftsantrag:
    """Somebody is to stand in for a colleague."""
    return proposal(name, ASD, deputy_of=vertretene, gueltig_bis=today() + timedelta(days=9), **fields)


def founder(tenant) -> User:
    """The administrator with whom the office was set up."""
    return User.objects.get(memberships__tenant=tenant, memberships__rolle=ADMIN)


# --- who gives the second signature -----------------------------------------------------------------------------------


def deciders(antrag: Mitgliedschaftsantrag) -> set[str]:
    return names(policies.list_deciders(antrag))


def test_head_signs_leading_roles_and_an_administrator_ordinary_ones_too(vg, hro):
    member("Head", HEAD, tenant=vg)
    member("Social worker", tenant=vg)
    member("Left", HEAD, tenant=vg, bis=0)
    member("Not yet", HEAD, tenant=vg, ab=1)
    member("Locked out", HEAD, tenant=vg, of=user("Locked out", is_active=False))
    member("Elsewhere", HEAD, tenant=hro)
    member("Operator", OPERATOR, koerperschaft="BETRIEB")
    assert deciders(proposal("Neue", TEAM, tenant=vg)) == {"Head"}
    assert deciders(proposal("Neue", ASD, tenant=vg)) == {"Head", founder(vg).nachname}


def test_neither_who_proposes_nor_who_is_to_get_the_role(vg):
    both = member("Both", HEAD, tenant=vg)
    antrag = proposal("Neue", ASD, tenant=vg)
    antrag.beantragt_von = both.user
    assert deciders(antrag) == {founder(vg).nachname}
    antrag.beantragt_von, antrag.user = founder(vg), both.user
    assert not policies.list_deciders(antrag).exists()


def test_the_represented_one_may_sign_as_long_as_she_can_sign_in(vg):
    vertretene = member("Vertretene", tenant=vg).user
    antrag = deputy_proposal("Neue", vertretene, tenant=vg)
    assert deciders(antrag) == {"Vertretene", founder(vg).nachname}
    User.objects.filter(pk=vertretene.pk).update(is_active=False)
    assert deciders(antrag) == {founder(vg).nachname}


def test_where_nobody_can_sign_the_operators_of_today_do(vg):
    member("Operator", OPERATOR, koerperschaft="BETRIEB")
    member("Former operator", OPERATOR, koerperschaft="BETRIEB", bis=0)
    member("Locked operator", OPERATOR, koerperschaft="BETRIEB", of=user("Locked operator", is_active=False))
    member("Ministry", Rolle.MINISTERIUM, koerperschaft="MINISTERIUM")
    assert deciders(proposal("Leading", TEAM, tenant=vg)) == {"Operator"}, "an office without a head"
    assert deciders(proposal("Of the state", Rolle.MINISTERIUM, koerperschaft="MINISTERIUM")) == {"Operator"}


# --- what waits for her -----------------------------------------------------------------------------------------------


def waiting(akteur: Akteur, tenant: Tenant) -> set[str]:
    """The rows of the page; the office's own pages count as many."""
    rows = names(policies.decidable_antraege(akteur))
    with in_tenant(tenant):
        assert policies.count_decidable(akteur) == len(rows)
    return rows


def test_page_of_proposals_and_the_start_page_count_the_same(vg, hro):
    """Open ones of others about others, of the roles she signs, and whoever is to stand in for her."""
    head, admin, anna = (member(name, rolle, tenant=vg).user for name, rolle in (("H", HEAD), ("A", ADMIN), ("N", ASD)))
    proposal("Leading", TEAM, tenant=vg)
    proposal("Ordinary", ASD, tenant=vg)
    proposal("Declined", ASD, tenant=vg, declined=True)
    proposal("Elsewhere", ASD, tenant=hro)
    deputy_proposal("For Anna", anna, tenant=vg)
    for one in (head, admin):
        rest = {"tenant": vg, "rolle": ASD, "gueltig_ab": today(), "begruendung": "x"}
        Mitgliedschaftsantrag.objects.create(user=one, beantragt_von=user("proposer"), **rest)
        Mitgliedschaftsantrag.objects.create(user=user(f"By {one.nachname}"), beantragt_von=one, **rest)
    ordinary = {"Ordinary", "For Anna"}
    assert waiting(as_(head, HEAD, at=vg.pk), vg) == ordinary | {"Leading", "A", "By A"}
    assert waiting(as_(admin, ADMIN, at=vg.pk), vg) == ordinary | {"H", "By H"}
    assert waiting(as_(anna, ASD, at=vg.pk), vg) == {"For Anna"}
    assert waiting(as_(user("Nobody"), ASD, at=vg.pk), vg) == set()


def test_operator_signs_where_only_proposer_and_subject_could(vg, hro, lhsn):
    """An administrator alone in her office proposes, or a second one is about to become head: nobody else is there."""
    rest = {"rolle": ASD, "gueltig_ab": today(), "begruendung": "x"}
    Mitgliedschaftsantrag.objects.create(user=user("By the only one"), beantragt_von=founder(vg), tenant=vg, **rest)
    Mitgliedschaftsantrag.objects.create(user=founder(hro), beantragt_von=user("Team"), tenant=hro, **rest)
    proposal("Has an administrator", ASD, tenant=lhsn)
    seen = {row.user_id for row in policies.visible_antraege(person(OPERATOR))}
    assert seen == {User.objects.get(nachname="By the only one").pk, founder(hro).pk}


def test_operators_list_comes_with_the_names_of_providers(vg, django_assert_num_queries):
    proposal("First", Rolle.ANBIETER, anbieter=Cast.anbieter("Küste"), verwaltet=True)
    with django_assert_num_queries(1):
        assert [row.anbieter.name for row in policies.visible_antraege(person(OPERATOR))] == ["Küste"]


# --- who may stand in -------------------------------------------------------------------------------------------------


def test_stands_in_who_works_there_today_in_a_fitting_role_of_her_own(vg, hro):
    anna, proposer = member("Anna", tenant=vg), member("Proposer", TEAM, tenant=vg).user
    gone = member("Gone", tenant=vg, bis=3).user
    member("Left", tenant=vg, bis=0)
    member("Locked out", tenant=vg, of=user("Locked out", is_active=False))
    member("Elsewhere", tenant=hro)
    member("Economic help", Rolle.WJH, tenant=vg)
    lead = member("Lead", Rolle.JUGENDAMTSLEITUNG, tenant=vg).user
    # of one family name in no order that a table or an index could have by itself
    alle_aehre = [("Ähre", vorname) for vorname in ("Otto", "Änne", "Ute", "Anton", "Eva", "Zoe", "Ida")]
    for nachname, vorname in (("Zander", "Ute"), *alle_aehre, ("Berg", "Ida")):
        member(nachname, tenant=vg, of=user(nachname, vorname=vorname))
    member("Team", TEAM, tenant=vg)
    # the head stands in for a team lead: her own role does not lead cases of Anna's kind
    member("Lead", TEAM, of=lead, tenant=vg, deputy_of=proposer, bis=9)
    rows = policies.eligible_vertretungen(as_(proposer, TEAM, at=vg.pk), anna)
    assert [f"{one.nachname} {one.vorname}".strip() for one in rows] == [
        "Ähre Änne", "Ähre Anton", "Ähre Eva", "Ähre Ida", "Ähre Otto", "Ähre Ute", "Ähre Zoe",
        "Berg Ida", gone.nachname, "Team", "Zander Ute",
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["left", "locked out"])
def test_an_office_can_propose_again_only_with_somebody_who_can_act(how, vg, hro):
    first = founder(vg)
    assert not policies.nobody_proposes(vg.pk)
    if how == "locked out":
        User.objects.filter(pk=first.pk).update(is_active=False)
    else:
        first.memberships.update(gueltig_bis=today())
    member("Head", HEAD, tenant=vg)  # decides, and does not propose
    member("Elsewhere", TEAM, tenant=hro)
    assert policies.nobody_proposes(vg.pk)
    member("Lead", TEAM, tenant=vg)
    assert not policies.nobody_proposes(vg.pk)


# --- who admitted whom ------------------------------------------------------------------------------------------------


def test_who_admitted_whom_comes_as_one_list_to_who_gives_roles_and_to_data_protection(
    vg, hro, django_assert_num_queries
):
    first = founder(vg).nachname
    anna = member("Anna", tenant=vg).user
    deputy = member("Deputy", tenant=vg).user
    member("Deputy", of=deputy, tenant=vg, deputy_of=anna, bis=9)
    member("Former", tenant=vg, bis=-1)
    member("Elsewhere", tenant=hro)
    signatures = {("gruendung-eins", "gruendung-zwei")}
    for rolle in (ADMIN, TEAM, HEAD, Rolle.DATENSCHUTZ):
        with django_assert_num_queries(1):
            rows = list(policies.visible_zulassungen(person(rolle, at=vg.pk)))
            assert {(row.user.nachname, row.deputy_of.nachname if row.deputy_of else "") for row in rows} == {
                (first, ""), ("Anna", ""), ("Deputy", ""), ("Deputy", "Anna"), ("Former", ""),
            }  # fmt: skip
            antraege = [row.antrag for row in rows if row.user.nachname != first]
            assert {(a.beantragt_von.username, a.entschieden_von.username) for a in antraege} == signatures
    for stranger in (person(ASD, at=vg.pk), person(Rolle.DATENSCHUTZ), person(OPERATOR)):
        assert not policies.visible_zulassungen(stranger).exists()
