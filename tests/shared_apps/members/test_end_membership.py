"""Ending a role: at once or later, never one's own, never elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.members.services import Rollenwunsch, create_membership, end_membership

pytestmark = pytest.mark.django_db


def role_of(user) -> Membership:
    return Membership.objects.get(user=user)


def test_at_once__the_host_admits_her_no_more(cast, vg) -> None:
    anna = cast.user("anna")
    end_membership(akteur=cast.akteur("anton"), membership=role_of(anna), letzter_tag=None)
    assert get_akteur(user=anna, tenant=vg) is None


def test_later__until_the_end_of_that_day(cast, vg, settings) -> None:
    anna, day = cast.user("anna"), today() + timedelta(days=10)
    end_membership(akteur=cast.akteur("anton"), membership=role_of(anna), letzter_tag=day)
    settings.FIXED_TODAY = day.isoformat()
    assert get_akteur(user=anna, tenant=vg)
    settings.FIXED_TODAY = (day + timedelta(days=1)).isoformat()
    assert get_akteur(user=anna, tenant=vg) is None


@pytest.mark.parametrize("tage", [0, 5])
def test_given_today_or_later__can_still_be_revoked_and_given_again(tage, cast, vg) -> None:
    anton, frieda, ab = cast.akteur("anton"), cast.user("frieda"), today() + timedelta(days=tage)
    wunsch = Rollenwunsch(user=frieda, rolle=Rolle.AUSSCHUSS, gueltig_ab=ab, tenant_id=vg.pk)
    row = create_membership(akteur=anton, wunsch=wunsch)
    row = end_membership(akteur=anton, membership=row, letzter_tag=None)
    assert row.gueltig_bis == ab
    assert Rolle.AUSSCHUSS not in get_akteur(user=frieda, tenant=vg).rollen
    row = create_membership(akteur=anton, wunsch=wunsch)
    end_membership(akteur=anton, membership=row, letzter_tag=ab + timedelta(days=3))


def test_own__stays(cast) -> None:
    with pytest.raises(Verweigert, match="eigenen Rollen"):
        end_membership(akteur=cast.akteur("anton"), membership=role_of(cast.user("anton")), letzter_tag=None)


@pytest.mark.parametrize("name", ["anna", "clara", "emil", "dora"])
def test_without_administration__refused(name, cast) -> None:
    with pytest.raises(Verweigert):
        end_membership(akteur=cast.akteur(name), membership=role_of(cast.user("bernd")), letzter_tag=None)


def test_other_office_or_provider__refused(cast) -> None:
    for who, whose in (("anton", "gerd"), ("anton", "ines"), ("inge", "jan"), ("inge", "anna"), ("ines", "bille")):
        with pytest.raises(Verweigert):
            end_membership(akteur=cast.akteur(who), membership=role_of(cast.user(whose)), letzter_tag=None)


def test_past_and_prolonging__refused(cast) -> None:
    anton, quirin = cast.akteur("anton"), role_of(cast.user("quirin"))
    with pytest.raises(RegelVerletzt, match="frühestens heute"):
        end_membership(akteur=anton, membership=quirin, letzter_tag=today() - timedelta(days=2))
    with pytest.raises(RegelVerletzt, match="endet schon früher"):
        end_membership(akteur=anton, membership=quirin, letzter_tag=today() + timedelta(days=60))
