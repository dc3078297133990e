"""An administration alone gives roles that see no persons and confirm nothing, at its own place, never its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_apps.accounts.enums import AMT, ZU_ZWEIT, Rolle
from shared_apps.accounts.models import Membership
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.members.services import Rollenwunsch, create_membership
from tenants.context import on_portal
from tests.people import PEOPLE

pytestmark = pytest.mark.django_db


def wish(user, rolle=Rolle.AUSSCHUSS, **fields) -> Rollenwunsch:
    return Rollenwunsch(user=user, rolle=rolle, **({"gueltig_ab": today()} | fields))


def test_administration__gives_an_ordinary_role(cast, vg) -> None:
    row = create_membership(akteur=cast.akteur("anton"), wunsch=wish(cast.user("nora"), tenant_id=vg.pk))
    assert (row.tenant, row.rolle, row.gueltig_ab) == (vg, Rolle.AUSSCHUSS, today())


def test_own_role__never(cast, vg) -> None:
    with pytest.raises(Verweigert, match="eigenen Rollen"):
        create_membership(akteur=cast.akteur("anton"), wunsch=wish(cast.user("anton"), tenant_id=vg.pk))


@pytest.mark.parametrize("name", ["anna", "clara", "emil", "dora", "quirin", "wilma", "frieda"])
def test_others_of_the_office__never(name, cast, vg) -> None:
    with pytest.raises(Verweigert):
        create_membership(akteur=cast.akteur(name), wunsch=wish(cast.user("paula"), tenant_id=vg.pk))


def test_another_office__never(cast, vg, hro) -> None:
    with pytest.raises(Verweigert):
        create_membership(akteur=cast.akteur("anton"), wunsch=wish(cast.user("gerd"), tenant_id=hro.pk))


@pytest.mark.parametrize("rolle", sorted(ZU_ZWEIT & AMT))
def test_role_that_sees_persons_leads_or_confirms__needs_a_second_person(rolle, cast, vg) -> None:
    with pytest.raises(Verweigert, match="zwei Personen"):
        create_membership(akteur=cast.akteur("anton"), wunsch=wish(cast.user("paula"), rolle, tenant_id=vg.pk))


def test_refused_pair__named_with_its_reason(cast, vg) -> None:
    with pytest.raises(RegelVerletzt, match="personell zu trennen") as caught:
        create_membership(akteur=cast.akteur("anton"), wunsch=wish(cast.user("wilma"), tenant_id=vg.pk))
    assert caught.value.feld == "rolle"
    assert not Membership.objects.filter(user=cast.user("wilma"), rolle=Rolle.AUSSCHUSS).exists()


@pytest.mark.parametrize(
    ("fields", "feld"),
    [
        ({"gueltig_ab": today() - timedelta(days=1)}, "gueltig_ab"),
        ({"gueltig_bis": today()}, "letzter_tag"),
        ({"rolle": Rolle.ANBIETER}, "rolle"),
        ({"rolle": Rolle.EINRICHTUNG}, "rolle"),
    ],
)
def test_broken_rules__stand_at_their_field(fields, feld, cast, vg) -> None:
    with pytest.raises(RegelVerletzt) as caught:
        create_membership(akteur=cast.akteur("anton"), wunsch=wish(cast.user("paula"), tenant_id=vg.pk, **fields))
    assert caught.value.feld == feld


def test_same_role_twice_from_one_day__said_in_german(cast, vg) -> None:
    anton, wunsch = cast.akteur("anton"), wish(cast.user("paula"), tenant_id=vg.pk)
    create_membership(akteur=anton, wunsch=wunsch)
    with pytest.raises(RegelVerletzt, match="beginnt an diesem Tag schon"):
        create_membership(akteur=anton, wunsch=wunsch)


def test_deputy__never_by_one_person_alone(cast, vg) -> None:
    wunsch = wish(
        cast.user("bernd"), Rolle.ASD, tenant_id=vg.pk, deputy_of=cast.user("anna"),
        gueltig_bis=today() + timedelta(days=14),
    )  # fmt: skip
    with pytest.raises(Verweigert, match="zwei Personen"):
        create_membership(akteur=cast.akteur("anton"), wunsch=wunsch)


def test_provider__gives_at_her_own_only(cast) -> None:
    inge = cast.akteur("inge")
    kueste, see = cast.anbieter_id("inge"), cast.anbieter_id("jan")
    haus = cast.einrichtung(PEOPLE["fritz"])
    wunsch = wish(cast.user("nora"), Rolle.EINRICHTUNG, anbieter_id=kueste, einrichtung_id=haus.pk)
    with on_portal(user_id=inge.user_id):
        row = create_membership(akteur=inge, wunsch=wunsch)
    assert row.einrichtung_id == haus.pk
    with pytest.raises(Verweigert):
        create_membership(akteur=inge, wunsch=wish(cast.user("jan"), Rolle.ANBIETER_ABRECHNUNG, anbieter_id=see))
    with pytest.raises(Verweigert):
        create_membership(
            akteur=cast.akteur("ines"), wunsch=wish(cast.user("bille"), Rolle.ANBIETER, anbieter_id=kueste)
        )
