"""Whom the operator still invites: without a password, of the state or the first of a place, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.hashers import make_password

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import User
from shared_apps.members import policies
from tests.people import Cast
from tests.shared_apps.members.test_policies import ADMIN, HEAD, OPERATOR, member, person, proposal, user

pytestmark = pytest.mark.django_db
MINISTRY = {"rolle": Rolle.MINISTERIUM, "koerperschaft": "MINISTERIUM"}


def invited(name: str, **fields) -> User:
    """She has an account and no password yet."""
    return user(name, password=make_password(None), **fields)


def arrived(name: str, **fields) -> User:
    """She can sign in."""
    return user(name, password="md5$x$y", **fields)


def listed(akteur=None) -> list[str]:
    rows = policies.visible_eingeladene(akteur or person(OPERATOR))
    return [f"{one.nachname} {one.vorname}".strip() for one in rows]


@pytest.fixture(autouse=True)
def offices(vg, hro, lhsn) -> None:
    """The offices' first administrators, with whom they were set up, have long arrived."""
    User.objects.filter(memberships__rolle=ADMIN).update(password="md5$x$y")


def test_first_administration_of_an_office_until_one_of_it_has_arrived(vg, hro):
    User.objects.filter(memberships__tenant=hro).update(password=make_password(None))
    member("Second", ADMIN, tenant=hro, of=invited("Second"))
    member("Of Vorpommern", ADMIN, tenant=vg, of=invited("Of Vorpommern"))
    member("Head", HEAD, tenant=hro, of=arrived("Head"))
    assert listed() == [User.objects.get(memberships__tenant=hro, username__startswith="admin").nachname, "Second"]
    member("Arrived", ADMIN, tenant=hro, of=arrived("Arrived"))
    assert listed() == []


def test_an_administrator_who_left_is_locked_or_was_named_for_later_has_not_arrived(hro):
    User.objects.filter(memberships__tenant=hro).update(is_active=False)
    member("First", ADMIN, tenant=hro, of=invited("First"))
    member("Left", ADMIN, tenant=hro, of=arrived("Left"), bis=0)
    member("Later", ADMIN, tenant=hro, of=arrived("Later"), ab=1)
    member("Locked", ADMIN, tenant=hro, of=arrived("Locked", is_active=False))
    member("Left invited", ADMIN, tenant=hro, of=invited("Left invited"), bis=0)
    member("Locked invited", ADMIN, tenant=hro, of=invited("Locked invited", is_active=False))
    assert listed() == ["First"]


def test_first_administration_of_a_provider_until_one_of_it_has_arrived():
    kueste, see = (Cast.anbieter(name).pk for name in ("Küste", "See"))
    member("Inge", Rolle.ANBIETER, anbieter_id=kueste, verwaltet=True, of=invited("Inge"))
    member("Colleague", Rolle.ANBIETER, anbieter_id=kueste, of=invited("Colleague"))
    member("Arrived colleague", Rolle.ANBIETER, anbieter_id=kueste, of=arrived("Arrived colleague"))
    member("Of the other", Rolle.ANBIETER, anbieter_id=see, verwaltet=True, of=invited("Of the other"))
    assert listed() == ["Inge", "Of the other"]
    member("Jan", Rolle.ANBIETER, anbieter_id=see, verwaltet=True, of=arrived("Jan"))
    assert listed() == ["Inge"]


def test_people_of_the_state_and_those_proposed_to_the_operator(vg):
    """Proposed people of an office are that office's to invite, also when somebody wrote a role of the state on it."""
    member("Karla", of=invited("Karla"), **MINISTRY)
    member("Signed in", of=arrived("Signed in"), **MINISTRY)
    member("Left", of=invited("Left"), bis=0, **MINISTRY)
    member("Next week", of=invited("Next week"), ab=7, **MINISTRY)
    for name, place in {
        "Proposed": MINISTRY,
        "Proposed and locked": MINISTRY,
        "Declined": MINISTRY | {"declined": True},
        "Of a provider": {"rolle": Rolle.ANBIETER, "anbieter": Cast.anbieter("Küste"), "verwaltet": True},
        "Of the office": {"rolle": HEAD, "tenant": vg},
        "Wrong role": {"rolle": HEAD, "koerperschaft": HEAD},
        "Wrong place": {"rolle": Rolle.MINISTERIUM, "tenant": vg},
    }.items():
        one = proposal(name, **place).user
        User.objects.filter(pk=one.pk).update(password=make_password(None), is_active="locked" not in name)
    assert listed() == ["Karla", "Next week", "Of a provider", "Proposed"]


def test_sorted_as_in_german_and_never_the_reader_herself():
    for number, nachname, vorname in ((6, "Zander", "A"), (7, "Ähre", "O"), (9, "Ähre", "E"), (8, "Ähre", "E")):
        key = f"00000000-0000-4000-8000-00000000000{number}"
        member(nachname, of=invited(nachname, vorname=vorname, pk=key), **MINISTRY)
    assert listed() == ["Ähre E", "Ähre E", "Ähre O", "Zander A"]
    keys = [str(one.pk)[-1] for one in policies.visible_eingeladene(person(OPERATOR))]
    assert keys == ["8", "9", "7", "6"]
    zander = User.objects.get(nachname="Zander")
    assert listed(replace(person(OPERATOR), user_id=zander.pk)) == ["Ähre E", "Ähre E", "Ähre O"]


@pytest.mark.parametrize("rolle", [Rolle.MINISTERIUM, Rolle.ANBIETER, ADMIN])
def test_nobody_but_the_operator(rolle, vg):
    member("Karla", of=invited("Karla"), **MINISTRY)
    assert listed() == ["Karla"]
    assert listed(person(rolle)) == listed(person(OPERATOR, at=vg.pk)) == []
