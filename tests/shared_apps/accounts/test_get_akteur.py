"""Whom a host admits, as what, and on which days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.clock import today
from tests.people import PEOPLE, appoint

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["karla", "lena", "lars", "leif"])
def test_state_and_operator__portal_only(name, cast, vg, hro) -> None:
    user = cast.user(name)
    assert get_akteur(user=user, tenant=None).rollen == {PEOPLE[name].rollen[0]}
    assert get_akteur(user=user, tenant=vg) is None
    assert get_akteur(user=user, tenant=hro) is None


@pytest.mark.parametrize("name", ["anna", "anton", "wilma", "dora", "quirin", "paula"])
def test_office__own_host_only(name, cast, vg, hro) -> None:
    user = cast.user(name)
    assert get_akteur(user=user, tenant=vg).tenant_id == vg.pk
    assert get_akteur(user=user, tenant=hro) is None


def test_auditor__only_in_her_period(cast, vg, settings) -> None:
    user = cast.user("quirin")
    bis = Membership.objects.get(user=user).gueltig_bis
    settings.FIXED_TODAY = (bis - timedelta(days=1)).isoformat()
    assert get_akteur(user=user, tenant=vg).rollen == {Rolle.PRUEFUNG}
    settings.FIXED_TODAY = bis.isoformat()
    assert get_akteur(user=user, tenant=vg) is None


def test_deputy__only_in_the_period(cast, vg, settings) -> None:
    anna, bernd = cast.user("anna"), cast.user("bernd")
    ab = today()
    appoint(user=bernd, tenant=vg, rolle=Rolle.ASD, deputy_of=anna, gueltig_ab=ab, gueltig_bis=ab + timedelta(days=3))
    assert get_akteur(user=bernd, tenant=vg).vertritt == {anna.pk}
    for day in (ab - timedelta(days=1), ab + timedelta(days=3)):
        settings.FIXED_TODAY = day.isoformat()
        assert get_akteur(user=bernd, tenant=vg).vertritt == frozenset()


def test_facility__provider_and_facility_are_named(cast, vg) -> None:
    akteur = get_akteur(user=cast.user("fritz"), tenant=vg)
    assert akteur.nur_einrichtung
    assert akteur.anbieter_ids == {cast.anbieter_id("ines")}
    assert akteur.einrichtung_ids == {cast.einrichtung(PEOPLE["fritz"]).pk}
    assert not get_akteur(user=cast.user("bille"), tenant=vg).einrichtung_ids


def test_provider_administration__is_a_flag(cast) -> None:
    assert get_akteur(user=cast.user("inge"), tenant=None).verwaltet_ids == {cast.anbieter_id("inge")}
    assert not get_akteur(user=cast.user("ines"), tenant=None).verwaltet_ids


def test_nobody__without_membership_or_deactivated(cast, vg) -> None:
    assert get_akteur(user=cast.user("nora"), tenant=None) is None
    anna = cast.user("anna")
    anna.is_active = False
    assert get_akteur(user=anna, tenant=vg) is None


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ab=st.integers(-30, 30), length=st.one_of(st.none(), st.integers(1, 40)))
def test_property__admitted_exactly_in_the_half_open_period(ab, length, cast, vg) -> None:
    nora, day = cast.user("nora"), today()
    start = day + timedelta(days=ab)
    end = None if length is None else start + timedelta(days=length)
    Membership.objects.update_or_create(
        user=nora, tenant=vg, rolle=Rolle.AUSSCHUSS, defaults={"gueltig_ab": start, "gueltig_bis": end}
    )
    inside = start <= day and (end is None or day < end)
    assert (get_akteur(user=nora, tenant=vg) is not None) is inside
