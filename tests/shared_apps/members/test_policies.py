"""Who gives, proposes, decides and sees roles: by role and place, and row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import User
from shared_apps.core.clock import now, today
from shared_apps.members import policies
from shared_apps.members.models import Mitgliedschaftsantrag
from tests.people import Cast, appoint

ADMIN, TEAM, HEAD, OPERATOR = Rolle.TENANT_ADMIN, Rolle.TEAMLEITUNG, Rolle.JUGENDAMTSLEITUNG, Rolle.BETRIEB


def person(*rollen: Rolle, at: int | None = None, verwaltet: UUID | None = None) -> Akteur:
    """Somebody at an office's host, or at the portal."""
    return Akteur(
        user_id=uuid4(), username="x", name="X", rollen=frozenset(rollen), tenant_id=at,
        verwaltet_ids=frozenset({verwaltet} if verwaltet else ()),
    )  # fmt: skip


def who(policy: Callable[[Akteur], bool], at: int | None) -> set[Rolle]:
    return {rolle for rolle in Rolle if policy(person(rolle, at=at))}


@pytest.mark.parametrize(
    ("policy", "office", "portal"),
    [
        (policies.may_administer, {ADMIN}, set()),
        (policies.may_propose, {ADMIN, TEAM}, set()),
        (policies.may_approve, {HEAD, ADMIN}, set()),
        (policies.may_view_mitglieder, {ADMIN, TEAM, HEAD}, set()),
        (policies.may_view_antraege, {ADMIN, TEAM, HEAD}, set()),
        (policies.may_operate_zugaenge, set(), {OPERATOR}),
    ],
)
def test_role_and_place(policy, office, portal):
    assert (who(policy, at=1), who(policy, at=None)) == (office, portal)


def test_administration_of_a_provider_is_for_the_portal_and_for_named_providers():
    ines = uuid4()
    for policy in (policies.may_administer, policies.may_view_mitglieder):
        assert policy(person(Rolle.ANBIETER, verwaltet=ines))
        assert not policy(person(Rolle.ANBIETER, verwaltet=ines, at=1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zustand", "by", "about", "decides"),
    [
        ("BEANTRAGT", "other", "third", True),
        ("BEANTRAGT", "self", "third", False),
        ("BEANTRAGT", "other", "self", False),
        ("BEWILLIGT", "other", "third", False),
        ("ABGELEHNT", "other", "third", False),
    ],
)
def test_open_proposal_of_another_person_about_another_person(zustand, by, about, decides):
    for akteur in (person(HEAD, at=1), person(OPERATOR)):
        ids = {"self": akteur.user_id, "other": uuid4(), "third": uuid4()}
        antrag = Mitgliedschaftsantrag(zustand=zustand, beantragt_von_id=ids[by], user_id=ids[about])
        assert policies.may_decide_antrag(akteur, antrag) is decides


@pytest.mark.django_db
def test_head_decides_at_her_host_and_operator_at_the_portal():
    ids = {"beantragt_von_id": uuid4(), "user_id": uuid4()}
    antrag = Mitgliedschaftsantrag(zustand="BEANTRAGT", rolle=TEAM, **ids)
    ordinary = Mitgliedschaftsantrag(zustand="BEANTRAGT", rolle=Rolle.ASD, **ids)
    assert who(lambda akteur: policies.may_decide_antrag(akteur, antrag), at=1) == {HEAD}
    assert who(lambda akteur: policies.may_decide_antrag(akteur, ordinary), at=1) == {HEAD, ADMIN}
    assert who(lambda akteur: policies.may_decide_antrag(akteur, antrag), at=None) == {OPERATOR}


# --- which rows -------------------------------------------------------------------------------------------------------


def user(name: str, **fields) -> User:
    return User.objects.create(username=f"{name}-{uuid4().hex[:6]}", nachname=name, **fields)


def member(
    name: str, rolle: Rolle = Rolle.ASD, *, of: User | None = None, ab: int = -9, bis: int | None = None, **place
):
    """A role; `ab` and `bis` in days from today."""
    return appoint(
        user=of or user(name), rolle=rolle, gueltig_ab=today() + timedelta(days=ab),
        gueltig_bis=None if bis is None else today() + timedelta(days=bis), **place,
    )  # fmt: skip


def proposal(name: str, rolle: Rolle, *, declined: bool = False, **place) -> Mitgliedschaftsantrag:
    antrag = Mitgliedschaftsantrag.objects.create(
        user=user(name), rolle=rolle, gueltig_ab=today(), beantragt_von=user("proposer"), begruendung="x", **place
    )
    if declined:  # a request begins open: the database refuses anything else
        antrag.zustand, antrag.ablehnungsgrund = "ABGELEHNT", "nein"
        antrag.entschieden_von, antrag.entschieden_at = user("decider"), now()
        antrag.save()
    return antrag


def names(rows) -> set[str]:
    return {row.nachname if isinstance(row, User) else row.user.nachname for row in rows}


@pytest.mark.django_db
def test_people_of_this_office_of_her_provider_and_nobody_elses(vg, hro, django_assert_num_queries):
    first = "Administration VG"  # the office was set up with her
    kueste, see = Cast.anbieter("Küste").pk, Cast.anbieter("See").pk
    bernd = member("Bernd", tenant=vg).user
    anna = member("Anna", tenant=vg).user
    member("Anna", of=anna, tenant=vg, deputy_of=bernd, bis=9)
    member("Former", tenant=vg, bis=-1)
    member("Gerd", tenant=hro)
    member("Ines", Rolle.ANBIETER, anbieter_id=kueste)
    member("Jan", Rolle.ANBIETER, anbieter_id=see)
    proposal("Neue", HEAD, tenant=vg)
    proposal("Rostockerin", HEAD, tenant=hro)
    proposal("Ministerin", Rolle.MINISTERIUM, koerperschaft="MINISTERIUM")
    for rolle in (ADMIN, TEAM, HEAD):
        with django_assert_num_queries(1):  # the whole list with names and offices, however many
            found = policies.visible_memberships(person(rolle, at=vg.pk))
            seen = {(m.user.nachname, m.tenant.kuerzel, m.deputy_of.nachname if m.deputy_of else "") for m in found}
        roles = {("Anna", "VG", ""), ("Anna", "VG", "Bernd"), ("Bernd", "VG", ""), ("Former", "VG", "")}
        assert seen == roles | {(first, "VG", "")}
        assert names(policies.visible_users(person(rolle, at=vg.pk))) == {first, "Anna", "Bernd", "Former", "Neue"}
    keeper = person(Rolle.ANBIETER, verwaltet=kueste)
    assert names(policies.visible_memberships(keeper)) == {"Ines"}
    assert names(policies.visible_users(keeper)) == {"Ines"}
    for stranger in (person(Rolle.ASD, at=vg.pk), person(Rolle.ANBIETER), person(OPERATOR)):
        assert not names(policies.visible_memberships(stranger)) | names(policies.visible_users(stranger))


@pytest.mark.django_db
def test_proposals_of_this_office(vg, hro, django_assert_num_queries):
    proposal("Open", HEAD, tenant=vg, deputy_of=user("Vertretene"), gueltig_bis=today() + timedelta(days=9))
    proposal("Declined", HEAD, tenant=vg, declined=True)
    proposal("Rostockerin", HEAD, tenant=hro)
    for rolle in (ADMIN, TEAM, HEAD):
        assert names(policies.visible_antraege(person(rolle, at=vg.pk))) == {"Open", "Declined"}
    assert not policies.visible_antraege(person(Rolle.ASD, at=vg.pk)).exists()
    with django_assert_num_queries(1):  # everybody's name and the office come with the list
        for row in policies.visible_antraege(person(HEAD, at=vg.pk)):
            people = (row.user, row.beantragt_von, row.entschieden_von, row.deputy_of)
            assert row.tenant.kuerzel == "VG" and any(one and one.nachname for one in people)


@pytest.mark.django_db
def test_operator_decides_for_the_state_and_for_an_office_without_a_head(vg, hro, lhsn):
    """Not for an office that has a head today; one who left, is locked out or leads elsewhere does not count."""
    member("Head", HEAD, tenant=hro)
    member("Left", HEAD, tenant=vg, bis=0)
    member("Locked out", HEAD, tenant=vg, of=user("Locked out", is_active=False))
    member("No head", ADMIN, tenant=vg)
    proposal("Vorpommern", ADMIN, tenant=vg)
    proposal("Vorpommern declined", ADMIN, tenant=vg, declined=True)
    proposal("Rostock", ADMIN, tenant=hro)
    proposal("Schwerin", HEAD, tenant=lhsn)
    proposal("Ministerin", Rolle.MINISTERIUM, koerperschaft="MINISTERIUM")
    proposal("Ministerin declined", Rolle.MINISTERIUM, koerperschaft="MINISTERIUM", declined=True)
    proposal("Fits nowhere", HEAD, koerperschaft=HEAD)
    proposal("Fits nowhere either", Rolle.MINISTERIUM, tenant=hro)
    seen = names(policies.visible_antraege(person(OPERATOR)))
    assert seen == {"Vorpommern", "Schwerin", "Ministerin", "Ministerin declined"}
    assert not policies.visible_antraege(person(Rolle.ANBIETER, verwaltet=uuid4())).exists()


@pytest.mark.django_db
def test_provider_is_administered_by_somebody_who_can_act_today():
    kueste, see = Cast.anbieter("Küste").pk, Cast.anbieter("See").pk
    rest = {"anbieter_id": kueste, "rolle": Rolle.ANBIETER}
    member("Of another provider", Rolle.ANBIETER, anbieter_id=see, verwaltet=True)
    member("Colleague", **rest)
    member("Left", verwaltet=True, bis=0, **rest)
    member("Not yet", verwaltet=True, ab=1, **rest)
    member("Locked out", verwaltet=True, of=user("Locked out", is_active=False), **rest)
    assert not policies.has_anbieter_verwaltung(kueste)
    member("Inge", verwaltet=True, **rest)
    assert policies.has_anbieter_verwaltung(kueste)
