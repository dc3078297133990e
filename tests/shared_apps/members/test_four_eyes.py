"""The database itself: no role that sees persons, no deputyship, without a request that a second person approved."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction
from django.utils import timezone

from shared_apps.accounts.enums import LAND, LEITUNG_ENTSCHEIDET, ZU_ZWEIT, Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.core.clock import today
from shared_apps.members.models import Mitgliedschaftsantrag
from shared_apps.members.services import Rollenwunsch, approve_mitgliedschaftsantrag, submit_mitgliedschaftsantrag
from tenants.context import on_portal
from tenants.db.base import SessionStatementRefused
from tests.people import appoint

pytestmark = pytest.mark.django_db


def commit() -> None:
    """What the end of a transaction would check."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def place(rolle: Rolle, vg) -> dict[str, object]:
    return {"koerperschaft": rolle} if rolle in LAND else {"tenant": vg}


def until(rolle: Rolle):
    return today() + timedelta(days=30) if rolle in {Rolle.PRUEFUNG, Rolle.RUFBEREITSCHAFT} else None


def refused():
    return pytest.raises(IntegrityError, match="needs a request that a second person has approved")


def test_the_lists_of_the_database_are_the_codes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT members_leitende_rollen()")
        assert set(cursor.fetchone()[0]) == LEITUNG_ENTSCHEIDET | LAND
        cursor.execute("SELECT members_zu_zweit_rollen()")
        assert set(cursor.fetchone()[0]) == ZU_ZWEIT


@pytest.mark.parametrize("rolle", sorted(ZU_ZWEIT))
def test_bare_membership__refused_at_the_end_of_the_transaction(rolle, cast, vg):
    fields = {"rolle": rolle, "gueltig_ab": today(), "gueltig_bis": until(rolle), **place(rolle, vg)}
    with refused(), transaction.atomic():
        Membership.objects.create(user=cast.user("nora"), **fields)
        commit()
    assert appoint(user=cast.user("nora"), **fields)
    commit()


def test_raw_sql_of_the_login_role__refused(cast, vg):
    nora = cast.user("nora")
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_membership (id, created_at, user_id, tenant_id, koerperschaft, rolle, team,"
            " gueltig_ab, verwaltet) VALUES (gen_random_uuid(), now(), %s, %s, '', 'TENANT_ADMIN', '', %s, false)",
            [nora.pk, vg.pk, today()],
        )
        commit()


def test_ordinary_role_raised_to_a_leading_one__refused(cast, vg):
    bernd = cast.user("bernd")
    with refused(), transaction.atomic():
        Membership.objects.filter(user=bernd).update(rolle=Rolle.TEAMLEITUNG)
        commit()


@pytest.mark.parametrize(
    "change",
    [
        {"gueltig_ab": today() - timedelta(days=400)},
        {"rolle": Rolle.JUGENDAMTSLEITUNG},
        {"user": "paula"},
        {"tenant": "hro"},
    ],
    ids=str,
)
def test_approved_membership_widened_or_given_away__refused(change, cast, vg, hro):
    row = appoint(user=cast.user("bernd"), tenant=vg, rolle=Rolle.TEAMLEITUNG, gueltig_ab=today())
    meant = {"paula": cast.user("paula"), "hro": hro}
    fields = {name: meant.get(value, value) if isinstance(value, str) else value for name, value in change.items()}
    Membership.objects.filter(user=cast.user("paula")).update(gueltig_bis=today())
    Membership.objects.filter(user=cast.user("bernd"), rolle="ASD").update(gueltig_bis=today())
    commit()
    with refused(), transaction.atomic():
        Membership.objects.filter(pk=row.pk).update(**fields)
        commit()


def test_ending__always_possible_and_another_team_for_who_leads_none(cast, vg):
    row = appoint(user=cast.user("bernd"), tenant=vg, rolle=Rolle.TEAMLEITUNG, gueltig_ab=today())
    Membership.objects.filter(user=cast.user("anna"), rolle="ASD").update(team="Wolgast")
    Membership.objects.filter(pk=row.pk).update(gueltig_bis=today() + timedelta(days=9))
    Membership.objects.filter(pk=row.pk).update(gueltig_bis=today())
    commit()


@pytest.mark.parametrize("team", ["Wolgast", ""])
def test_team_of_who_leads_it__is_part_of_what_two_granted(team, cast, vg):
    row = appoint(user=cast.user("bernd"), tenant=vg, rolle=Rolle.TEAMLEITUNG, team="Anklam", gueltig_ab=today())
    with refused(), transaction.atomic():
        Membership.objects.filter(pk=row.pk).update(team=team)
        commit()


def test_ended_role__is_not_opened_again_by_its_old_request(cast, vg):
    anna = Membership.objects.filter(user=cast.user("anna"))
    anna.update(gueltig_bis=today())
    commit()
    with refused(), transaction.atomic():
        anna.update(gueltig_bis=None)
        commit()


@pytest.mark.parametrize("rolle", [Rolle.ASD, Rolle.AUSSCHUSS])
def test_deputyship__of_whatever_role_needs_two(rolle, cast, vg):
    anna, bernd = cast.user("anna"), cast.user("bernd")
    if rolle is Rolle.AUSSCHUSS:
        for member in (anna, bernd):  # who stands in for the committee is of it
            appoint(user=member, tenant=vg, rolle=rolle, gueltig_ab=today())
    fields = {"tenant": vg, "rolle": rolle, "gueltig_ab": today(), "gueltig_bis": until(Rolle.PRUEFUNG)}
    with refused(), transaction.atomic():
        Membership.objects.create(user=bernd, deputy_of=anna, **fields)
        commit()
    assert appoint(user=bernd, deputy_of=anna, **fields)
    commit()


def test_provider__its_administration_gives_alone_and_nobody_else(cast):
    inge, ines, nora = cast.user("inge"), cast.user("ines"), cast.user("nora")
    fields = {"user": nora, "anbieter_id": cast.anbieter_id("inge"), "rolle": Rolle.ANBIETER, "gueltig_ab": today()}
    for who in (None, ines.pk, cast.user("lars").pk):
        with refused(), on_portal(user_id=who):
            Membership.objects.create(**fields)
            commit()
    with on_portal(user_id=inge.pk):
        Membership.objects.create(**fields)
        commit()
    with refused(), on_portal(user_id=nora.pk):
        Membership.objects.filter(user=nora).update(verwaltet=True)
        commit()


def no_right():
    return pytest.raises(IntegrityError, match="no right to decide")


@pytest.mark.parametrize(
    ("rolle", "decider", "allowed"),
    [
        (Rolle.ASD, "emil", True),
        (Rolle.ASD, "clara", False),
        (Rolle.ASD, "anna", False),
        (Rolle.ASD, "frieda", False),
        (Rolle.ASD, "lars", False),
        (Rolle.TEAMLEITUNG, "emil", True),
        (Rolle.TEAMLEITUNG, "zweite", False),
        (Rolle.ASD, "zweite", True),
        (Rolle.ASD, "gerd", False),
    ],
)
def test_second_signature__only_of_somebody_with_the_right(rolle, decider, allowed, cast, vg):
    emil = cast.user("emil")
    zweite = User.objects.create_user(username="zweite", password=None, nachname="Zweite")
    appoint(user=zweite, tenant=vg, rolle=Rolle.TENANT_ADMIN, gueltig_ab=today())
    who = {"zweite": zweite, "emil": emil}.get(decider) or cast.user(decider)
    antrag = Mitgliedschaftsantrag.objects.create(
        user=cast.user("nora"), tenant=vg, rolle=rolle, gueltig_ab=today(), begruendung="x",
        beantragt_von=cast.user("anton"),
    )  # fmt: skip
    expected = nullcontext() if allowed else no_right()
    with expected, on_portal(user_id=who.pk):
        _grant(antrag, who)


def _grant(antrag: Mitgliedschaftsantrag, who: User, **fields: object) -> None:
    row = Membership.objects.create(
        user=antrag.user, tenant=antrag.tenant, rolle=antrag.rolle, gueltig_ab=today(), deputy_of=antrag.deputy_of,
        gueltig_bis=antrag.gueltig_bis,
    )  # fmt: skip
    Mitgliedschaftsantrag.objects.filter(pk=antrag.pk).update(
        zustand="BEWILLIGT", membership=row, entschieden_von=who, entschieden_at=timezone.now(), **fields
    )
    commit()


def test_represented_person__consents_and_nobody_for_her(cast, vg):
    anna, bernd, doris = cast.user("anna"), cast.user("bernd"), cast.user("doris")
    antrag = Mitgliedschaftsantrag.objects.create(
        user=bernd, deputy_of=anna, tenant=vg, rolle=Rolle.ASD, gueltig_ab=today(), begruendung="Urlaub",
        gueltig_bis=until(Rolle.PRUEFUNG), beantragt_von=cast.user("anton"),
    )  # fmt: skip
    with no_right(), on_portal(user_id=doris.pk):
        _grant(antrag, doris)
    with on_portal(user_id=anna.pk):
        _grant(antrag, anna)


def test_operator__only_with_an_order_and_only_while_nobody_else_may(cast, vg):
    anton, lars, nora = cast.user("anton"), cast.user("lars"), cast.user("nora")
    order = {"auftrag": "51-2026/7", "auftrag_vom": today()}
    vg_admins = Membership.objects.filter(tenant=vg, rolle=Rolle.TENANT_ADMIN).exclude(user=anton)
    antrag = Mitgliedschaftsantrag.objects.create(
        user=nora, tenant=vg, rolle=Rolle.ASD, gueltig_ab=today(), begruendung="x", beantragt_von=anton
    )
    with no_right(), on_portal(user_id=lars.pk):
        _grant(antrag, lars, **order)  # the administrator from the set-up could decide
    vg_admins.update(gueltig_bis=today() + timedelta(days=0))
    commit()
    with no_right(), on_portal(user_id=lars.pk):
        _grant(antrag, lars)
    with on_portal(user_id=lars.pk):
        _grant(antrag, lars, **order)


def test_request_of_another_person_or_role_or_still_open__does_not_count(cast, vg):
    anton, clara, nora = cast.user("anton"), cast.user("clara"), cast.user("nora")
    fields = {"tenant": vg, "gueltig_ab": today(), "begruendung": "x", "beantragt_von": anton}
    for user, rolle in ((clara, Rolle.DATENSCHUTZ), (nora, Rolle.TEAMLEITUNG), (nora, None)):
        with refused(), transaction.atomic():
            row = Membership.objects.create(user=nora, tenant=vg, rolle=Rolle.DATENSCHUTZ, gueltig_ab=today())
            antrag = Mitgliedschaftsantrag.objects.create(user=user, rolle=rolle or Rolle.DATENSCHUTZ, **fields)
            if rolle:
                Mitgliedschaftsantrag.objects.filter(pk=antrag.pk).update(
                    zustand="BEWILLIGT",
                    membership=row,
                    entschieden_von=cast.user("emil"),
                    entschieden_at=timezone.now(),
                )
            commit()


def test_request_is_made_and_decided_in_ones_own_name(cast, vg):
    """One person's request to the server cannot bring both signatures."""
    anton, emil, nora = cast.user("anton"), cast.user("emil"), cast.user("nora")
    fields = {"user": nora, "tenant": vg, "rolle": Rolle.DATENSCHUTZ, "gueltig_ab": today(), "begruendung": "x"}
    decided = {"zustand": "ABGELEHNT", "ablehnungsgrund": "x", "entschieden_at": timezone.now()}
    with pytest.raises(IntegrityError, match="in the name of another"), on_portal(user_id=anton.pk):
        Mitgliedschaftsantrag.objects.create(**fields, beantragt_von=emil)
    with on_portal(user_id=anton.pk):
        antrag = Mitgliedschaftsantrag.objects.create(**fields, beantragt_von=anton)
    mine = Mitgliedschaftsantrag.objects.filter(pk=antrag.pk)
    with pytest.raises(IntegrityError, match="in the name of another"), on_portal(user_id=anton.pk):
        mine.update(**decided, entschieden_von=emil)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        mine.update(beantragt_von=cast.user("clara"))
    with on_portal(user_id=emil.pk):
        mine.update(**decided, entschieden_von=emil)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        mine.update(ablehnungsgrund="anders")
    with pytest.raises(IntegrityError, match="begins open"), transaction.atomic():
        Mitgliedschaftsantrag.objects.create(**fields, **decided, beantragt_von=anton, entschieden_von=emil)


def test_the_services_way__accepted_at_the_end_of_each_request(cast, vg):
    anton, emil, bernd = cast.akteur("anton"), cast.akteur("emil"), cast.user("bernd")
    wunsch = Rollenwunsch(user=bernd, rolle=Rolle.TEAMLEITUNG, gueltig_ab=today(), tenant_id=vg.pk)
    with on_portal(user_id=anton.user_id):
        antrag = submit_mitgliedschaftsantrag(akteur=anton, wunsch=wunsch, begruendung="Nachfolge")
        commit()
    with on_portal(user_id=emil.user_id):
        assert approve_mitgliedschaftsantrag(akteur=emil, antrag=antrag)
        commit()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE accounts_membership DISABLE TRIGGER members_vier_augen",
        "DROP TRIGGER members_vier_augen ON accounts_membership",
        "DROP FUNCTION members_leitende_rollen() CASCADE",
        "DROP TRIGGER members_antrag_geprueft ON members_mitgliedschaftsantrag",
        "SET SESSION AUTHORIZATION postgres",
    ],
)
def test_the_login_role_cannot_switch_it_off(statement):
    refusals = (ProgrammingError, OperationalError, SessionStatementRefused)
    with pytest.raises(refusals), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
