"""Roles and deputyships: one proposes, another decides; nobody is two of proposer, decider and subject."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from shared_apps.accounts.enums import LAND, Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.members import policies
from shared_apps.members.models import Mitgliedschaftsantrag
from shared_apps.members.services import (
    Rollenwunsch,
    approve_mitgliedschaftsantrag,
    create_person,
    issue_einladung,
    reject_mitgliedschaftsantrag,
    submit_mitgliedschaftsantrag,
)
from shared_apps.members.services.first import create_first_tenant_admin
from tenants.context import in_tenant, on_portal
from tests.mails import work
from tests.people import GRUENDUNG, appoint

pytestmark = pytest.mark.django_db


def propose(cast, vg, by="anton", whom="bernd", rolle=Rolle.TEAMLEITUNG, **fields) -> Mitgliedschaftsantrag:
    wunsch = Rollenwunsch(user=cast.user(whom), rolle=rolle, gueltig_ab=today(), tenant_id=vg.pk, **fields)
    return submit_mitgliedschaftsantrag(akteur=cast.akteur(by), wunsch=wunsch, begruendung="Nachfolge")


@pytest.mark.parametrize("by", ["anton", "clara"])
def test_thread__proposed_then_approved_by_the_head(by, cast, vg) -> None:
    antrag = propose(cast, vg, by=by)
    bernd = cast.user("bernd")
    assert Rolle.TEAMLEITUNG not in get_akteur(user=bernd, tenant=vg).rollen
    membership = approve_mitgliedschaftsantrag(akteur=cast.akteur("emil"), antrag=antrag)
    assert Rolle.TEAMLEITUNG in get_akteur(user=bernd, tenant=vg).rollen
    antrag.refresh_from_db()
    assert (antrag.zustand, antrag.membership, antrag.entschieden_von) == ("BEWILLIGT", membership, cast.user("emil"))


@pytest.mark.parametrize("by", ["anna", "emil", "frieda", "dora", "quirin"])
def test_proposing__only_administration_and_team_lead(by, cast, vg) -> None:
    with pytest.raises(Verweigert):
        propose(cast, vg, by=by, whom="paula")


def test_proposing_for_oneself__never(cast, vg) -> None:
    with pytest.raises(Verweigert, match="eigenen Rollen"):
        propose(cast, vg, by="clara", whom="clara", rolle=Rolle.JUGENDAMTSLEITUNG)


@pytest.mark.parametrize("who", ["anton", "clara", "anna", "dora", "frieda"])
def test_deciding_on_a_leading_role__only_the_head(who, cast, vg) -> None:
    antrag = propose(cast, vg)
    with pytest.raises(Verweigert):
        approve_mitgliedschaftsantrag(akteur=cast.akteur(who), antrag=antrag)


def test_ordinary_role__a_second_administrator_is_enough(cast, vg) -> None:
    antrag = propose(cast, vg, by="clara", whom="nora", rolle=Rolle.ASD)
    for name in ("clara", "anna", "frieda", "dora"):
        with pytest.raises(Verweigert):
            approve_mitgliedschaftsantrag(akteur=cast.akteur(name), antrag=antrag)
    assert approve_mitgliedschaftsantrag(akteur=cast.akteur("anton"), antrag=antrag)


def test_proposer_whose_account_was_closed__nothing_of_hers_is_confirmed(cast, vg) -> None:
    antrag = propose(cast, vg, by="clara", whom="nora", rolle=Rolle.ASD)
    User.objects.filter(pk=cast.user("clara").pk).update(is_active=False)
    with pytest.raises(Konflikt, match="ist gesperrt"):
        approve_mitgliedschaftsantrag(akteur=cast.akteur("anton"), antrag=antrag)
    reject_mitgliedschaftsantrag(akteur=cast.akteur("anton"), antrag=antrag, grund="Konto gesperrt")


def stand_in(cast, vg, by="anton") -> Mitgliedschaftsantrag:
    wunsch = Rollenwunsch(
        user=cast.user("bernd"), rolle=Rolle.ASD, gueltig_ab=today(), gueltig_bis=today() + timedelta(days=14),
        tenant_id=vg.pk, deputy_of=cast.user("anna"),
    )  # fmt: skip
    return submit_mitgliedschaftsantrag(akteur=cast.akteur(by), wunsch=wunsch, begruendung="Urlaub")


def test_deputyship__the_represented_person_consents(cast, vg) -> None:
    antrag = stand_in(cast, vg)
    anna, doris = cast.akteur("anna"), cast.akteur("doris")
    assert set(policies.visible_antraege(anna)) == {antrag} == set(policies.decidable_antraege(anna))
    assert not policies.visible_antraege(doris).exists()
    for name in ("bernd", "doris", "anton"):
        with pytest.raises(Verweigert):
            approve_mitgliedschaftsantrag(akteur=cast.akteur(name), antrag=antrag)
    assert get_akteur(user=cast.user("bernd"), tenant=vg).vertritt == frozenset()
    approve_mitgliedschaftsantrag(akteur=anna, antrag=antrag)
    assert get_akteur(user=cast.user("bernd"), tenant=vg).vertritt == {anna.user_id}


def test_deputyship__or_the_head_in_her_place_or_nobody(cast, vg) -> None:
    reject_mitgliedschaftsantrag(akteur=cast.akteur("anna"), antrag=stand_in(cast, vg), grund="Nicht nötig")
    assert approve_mitgliedschaftsantrag(akteur=cast.akteur("emil"), antrag=stand_in(cast, vg)).deputy_of.username


def test_deputyship__rules_of_period_and_place(cast, vg) -> None:
    anton, bis = cast.akteur("anton"), today() + timedelta(days=14)
    deputy = {"tenant_id": vg.pk, "rolle": Rolle.ASD, "deputy_of": cast.user("anna"), "gueltig_ab": today()}
    for fields, message in (
        ({"user": cast.user("bernd")}, "letzten Tag"),
        ({"user": cast.user("gerd"), "gueltig_bis": bis}, "selbst im Jugendamt"),
        ({"user": cast.user("paula"), "gueltig_bis": bis}, "als „Sozialpädagogischer Dienst .ASD.“ oder „Teamleitung“"),
        ({"user": cast.user("bernd"), "gueltig_bis": today() + timedelta(days=367)}, "höchstens 366 Tage"),
    ):
        with pytest.raises(RegelVerletzt, match=message):
            submit_mitgliedschaftsantrag(akteur=anton, wunsch=Rollenwunsch(**deputy, **fields), begruendung="Urlaub")


def test_who_may_decide_is_told_by_mail__without_names(cast, vg) -> None:
    cast.user("emil"), cast.user("doris")
    mail.outbox.clear()
    stand_in(cast, vg)
    work()
    assert {m.to[0] for m in mail.outbox} == {"emil@example.org", "anna@example.org"}
    assert all("Rollenantrag" in m.subject for m in mail.outbox)
    assert not any(word in m.body for m in mail.outbox for word in ("Ahlers", "Brandt", "Urlaub", "ASD"))


def test_link_seen_by_the_proposer_only__no_role_before_it_is_used(cast, vg, settings) -> None:
    settings.SENDS_MAIL = False
    neu = create_person(vorname="Ute", nachname="Uhl", email="ute@example.org")
    wunsch = Rollenwunsch(user=neu, rolle=Rolle.ASD, gueltig_ab=today(), tenant_id=vg.pk)
    antrag = submit_mitgliedschaftsantrag(akteur=cast.akteur("anton"), wunsch=wunsch, begruendung="neu im Team")
    with pytest.raises(RegelVerletzt, match="selbst bestätigt"):
        approve_mitgliedschaftsantrag(akteur=cast.akteur("emil"), antrag=antrag)
    neu.set_password("Regen-Wind-Sonne-2026")
    neu.save()
    assert approve_mitgliedschaftsantrag(akteur=cast.akteur("emil"), antrag=antrag)


def test_link_that_is_shown__never_for_an_account_that_opens_cases(cast, vg, settings) -> None:
    anna = cast.user("anna")
    anna.set_unusable_password()  # she signs in with the district's own account
    anna.save()
    anton = cast.user("anton").pk
    assert issue_einladung(user=anna, tenant=vg, von_id=anton).link == ""
    settings.SENDS_MAIL = False
    with pytest.raises(RegelVerletzt, match="nur per E-Mail"):
        issue_einladung(user=anna, tenant=vg, von_id=anton)


def test_deciding_about_oneself__never(cast, vg) -> None:
    antrag = propose(cast, vg, whom="emil")
    with pytest.raises(Verweigert, match="andere Person"):
        approve_mitgliedschaftsantrag(akteur=cast.akteur("emil"), antrag=antrag)
    assert approve_mitgliedschaftsantrag(akteur=cast.akteur("edda"), antrag=antrag)


def test_proposer_who_became_head__still_does_not_decide(cast, vg) -> None:
    antrag = propose(cast, vg, by="clara")
    appoint(user=cast.user("clara"), tenant=vg, rolle="JUGENDAMTSLEITUNG", gueltig_ab=today())
    with pytest.raises(Verweigert, match="andere Person"):
        approve_mitgliedschaftsantrag(akteur=cast.akteur("clara"), antrag=antrag)


def test_head_of_another_office__does_not_decide(cast, vg, hro) -> None:
    antrag = propose(cast, vg)
    appoint(user=cast.user("hilde"), tenant=hro, rolle="JUGENDAMTSLEITUNG", gueltig_ab=today())
    with pytest.raises(Verweigert):
        approve_mitgliedschaftsantrag(akteur=cast.akteur("hilde"), antrag=antrag)


@pytest.mark.parametrize("field", ["beantragt_von_id", "user_id"])
def test_four_eyes__the_database_refuses_as_well(field, cast, vg) -> None:
    antrag = propose(cast, vg)
    with pytest.raises(IntegrityError, match="antrag_vier_augen"), transaction.atomic():
        Mitgliedschaftsantrag.objects.filter(pk=antrag.pk).update(
            zustand="ABGELEHNT",
            entschieden_von_id=getattr(antrag, field),
            entschieden_at=timezone.now(),
            ablehnungsgrund="x",
        )
    with pytest.raises(IntegrityError, match="antrag_vier_augen"), transaction.atomic():
        Mitgliedschaftsantrag.objects.filter(pk=antrag.pk).update(beantragt_von_id=antrag.user_id)


def test_decided__once(cast, vg) -> None:
    antrag, emil = propose(cast, vg), cast.akteur("emil")
    reject_mitgliedschaftsantrag(akteur=emil, antrag=antrag, grund="Stelle entfällt")
    with pytest.raises(Konflikt, match="schon entschieden"):
        approve_mitgliedschaftsantrag(akteur=emil, antrag=antrag)
    assert not Membership.objects.filter(user=cast.user("bernd"), rolle="TEAMLEITUNG").exists()


def test_rejecting__needs_a_reason(cast, vg) -> None:
    with pytest.raises(RegelVerletzt, match="Grund"):
        reject_mitgliedschaftsantrag(akteur=cast.akteur("emil"), antrag=propose(cast, vg), grund=" ")


def test_same_proposal_twice__refused(cast, vg) -> None:
    propose(cast, vg)
    with pytest.raises(Konflikt, match="wartet schon"):
        propose(cast, vg, by="clara")


def test_refused_pair__said_when_proposed_and_again_when_decided(cast, vg) -> None:
    with pytest.raises(RegelVerletzt, match="Bezahlung"):
        propose(cast, vg, whom="doris")
    antrag = propose(cast, vg, whom="paula")
    appoint(user=cast.user("paula"), tenant=vg, rolle="WJH", gueltig_ab=today())
    with pytest.raises(RegelVerletzt, match="Bezahlung"):
        approve_mitgliedschaftsantrag(akteur=cast.akteur("emil"), antrag=antrag)


@pytest.mark.parametrize(("tage", "ok"), [(None, False), (100, False), (60, True)])
def test_auditor__proposed_with_an_end_only(tage, ok, cast, vg) -> None:
    bis = None if tage is None else today() + timedelta(days=tage)
    if ok:
        assert propose(cast, vg, whom="nora", rolle=Rolle.PRUEFUNG, gueltig_bis=bis)
    else:
        with pytest.raises(RegelVerletzt, match="befristet"):
            propose(cast, vg, whom="nora", rolle=Rolle.PRUEFUNG, gueltig_bis=bis)


def test_auditor__the_operator_may_set_less(cast, vg, settings) -> None:
    settings.PRUEFUNG_TAGE = 30
    bis = today() + timedelta(days=31)
    with pytest.raises(RegelVerletzt, match="höchstens 30 Tage"):
        propose(cast, vg, whom="nora", rolle=Rolle.PRUEFUNG, gueltig_bis=bis)
    assert propose(cast, vg, whom="nora", rolle=Rolle.PRUEFUNG, gueltig_bis=bis - timedelta(days=1))


def test_first_head_of_an_office__confirmed_by_the_operator_on_a_written_order_then_never_again(cast, vg) -> None:
    antrag, lars = propose(cast, vg, whom="paula", rolle=Rolle.JUGENDAMTSLEITUNG), cast.akteur("lars")
    zweiter = propose(cast, vg, whom="bernd")
    founding = set(Mitgliedschaftsantrag.objects.filter(begruendung=GRUENDUNG, rolle__in=LAND))
    assert set(policies.visible_antraege(lars)) == {antrag, zweiter} | founding
    for order, word in (
        ({}, "schriftlichen Auftrags"),
        ({"auftrag": "51-2026/7"}, "schriftlichen Auftrags"),
        ({"auftrag": "51-2026/7", "auftrag_vom": today() + timedelta(days=1)}, "Zukunft"),
    ):
        with pytest.raises(RegelVerletzt, match=word):
            approve_mitgliedschaftsantrag(akteur=lars, antrag=antrag, **order)
    order = {"auftrag": "51-2026/7", "auftrag_vom": today()}
    mail.outbox.clear()
    approve_mitgliedschaftsantrag(akteur=lars, antrag=antrag, **order)
    work()
    told = [m for m in mail.outbox if "bestätigt" in m.subject]
    assert "anton@example.org" in {m.to[0] for m in told}
    assert not any("Peters" in m.body or "51-2026" in m.body for m in told)
    assert set(policies.visible_antraege(lars)) == {antrag} | founding, "what was confirmed stays listed"
    with pytest.raises(Verweigert):
        approve_mitgliedschaftsantrag(akteur=lars, antrag=zweiter, **order)


def test_office_in_which_nobody_can_propose__operator_and_head(cast, vg) -> None:
    lars = cast.akteur("lars")
    cast.user("emil")
    who = {"vorname": "Ute", "nachname": "Uhl", "email": "ute@example.org", "begruendung": "Nachfolge"}
    with pytest.raises(Konflikt, match="selbst"):
        create_first_tenant_admin(akteur=lars, tenant=vg, **who)
    Membership.objects.filter(tenant=vg, rolle=Rolle.TENANT_ADMIN).update(gueltig_bis=today())
    create_first_tenant_admin(akteur=lars, tenant=vg, **who)
    antrag = Mitgliedschaftsantrag.objects.get(user__email="ute@example.org")
    with pytest.raises(Verweigert):
        approve_mitgliedschaftsantrag(akteur=lars, antrag=antrag, auftrag="x", auftrag_vom=today())
    with pytest.raises(Verweigert):
        approve_mitgliedschaftsantrag(akteur=cast.akteur("leif"), antrag=antrag, auftrag="x", auftrag_vom=today())
    assert approve_mitgliedschaftsantrag(akteur=cast.akteur("emil"), antrag=antrag).rolle == Rolle.TENANT_ADMIN


def test_roles_of_the_state__two_operators(cast) -> None:
    wunsch = Rollenwunsch(
        user=cast.user("nora"), rolle=Rolle.MINISTERIUM, koerperschaft="MINISTERIUM", gueltig_ab=today()
    )
    antrag = submit_mitgliedschaftsantrag(akteur=cast.akteur("lars"), wunsch=wunsch, begruendung="neu im Referat")
    with pytest.raises(Verweigert, match="andere Person"):
        approve_mitgliedschaftsantrag(akteur=cast.akteur("lars"), antrag=antrag)
    for name in ("karla", "lena", "emil", "inge"):
        with pytest.raises(Verweigert):
            approve_mitgliedschaftsantrag(akteur=cast.akteur(name), antrag=antrag)
    approve_mitgliedschaftsantrag(akteur=cast.akteur("leif"), antrag=antrag)
    assert get_akteur(user=cast.user("nora"), tenant=None).rollen == {Rolle.MINISTERIUM}


# -- a mailbox is one person (ADR 0078) -----------------------------------------------------------------------------


def second_account(of: str, rolle: Rolle | None, vg, *, tag: str = "+zwei") -> User:
    """Another account behind the same mailbox, with a role of its own."""
    user = User.objects.create_user(
        username=f"{of}-zwei", password="Regen-Wind-Sonne-2026", nachname="Zwei", email=f"{of.upper()}{tag}@example.org"
    )
    if rolle is not None:
        appoint(user=user, tenant=vg, rolle=rolle, gueltig_ab=today())
    return user


def test_one_mailbox__does_not_propose_for_herself(cast, vg) -> None:
    zwei = second_account("anton", None, vg)
    wunsch = Rollenwunsch(user=zwei, rolle=Rolle.CONTROLLING, gueltig_ab=today(), tenant_id=vg.pk)
    anton = cast.akteur("anton")
    with pytest.raises(Verweigert, match="eigenes E-Mail-Postfach"):
        submit_mitgliedschaftsantrag(akteur=anton, wunsch=wunsch, begruendung="Nachfolge")
    with pytest.raises(IntegrityError, match="three people"), transaction.atomic(), on_portal(user_id=anton.user_id):
        Mitgliedschaftsantrag.objects.create(
            user=zwei,
            tenant=vg,
            rolle="CONTROLLING",
            gueltig_ab=today(),
            begruendung="x",
            beantragt_von_id=anton.user_id,
        )


def test_one_mailbox__does_not_decide_what_it_has_proposed(cast, vg) -> None:
    """Neither by page nor by statement, and nothing of it waits for her; another person decides."""
    zwei = second_account("anton", Rolle.TENANT_ADMIN, vg)
    cast.user("emil")
    antrag = propose(cast, vg, whom="nora", rolle=Rolle.CONTROLLING)
    akteur = get_akteur(user=zwei, tenant=vg)
    assert not policies.may_decide_antrag(akteur, antrag)
    for decide, more in ((approve_mitgliedschaftsantrag, {}), (reject_mitgliedschaftsantrag, {"grund": "nein"})):
        with pytest.raises(Verweigert, match="andere Person"):
            decide(akteur=akteur, antrag=antrag, **more)
    rows = Mitgliedschaftsantrag.objects.filter(pk=antrag.pk)
    lie = {"zustand": "ABGELEHNT", "entschieden_von": zwei, "entschieden_at": timezone.now(), "ablehnungsgrund": "x"}
    with pytest.raises(IntegrityError, match="three people"), transaction.atomic(), on_portal(user_id=zwei.pk):
        rows.update(**lie)
    assert zwei not in policies.list_deciders(antrag)
    for who, waits in ((akteur, 0), (cast.akteur("emil"), 1)):
        assert policies.decidable_antraege(who).count() == waits
        with in_tenant(vg, user_id=who.user_id):
            assert policies.count_decidable(who) == waits
    assert approve_mitgliedschaftsantrag(akteur=cast.akteur("emil"), antrag=antrag).rolle == Rolle.CONTROLLING


def test_one_mailbox__does_not_decide_about_its_own_role(cast, vg) -> None:
    zwei = second_account("emil", None, vg)
    wunsch = Rollenwunsch(user=zwei, rolle=Rolle.CONTROLLING, gueltig_ab=today(), tenant_id=vg.pk)
    antrag = submit_mitgliedschaftsantrag(akteur=cast.akteur("anton"), wunsch=wunsch, begruendung="Nachfolge")
    with pytest.raises(Verweigert, match="andere Person"):
        approve_mitgliedschaftsantrag(akteur=cast.akteur("emil"), antrag=antrag)
    assert approve_mitgliedschaftsantrag(akteur=cast.akteur("edda"), antrag=antrag)


def test_one_mailbox__is_no_second_person_for_the_operator_to_wait_for(cast, vg) -> None:
    """The only other administrator is the proposer again: the operator decides on the office's order."""
    cast.user("anton")
    Membership.objects.filter(tenant=vg, rolle=Rolle.TENANT_ADMIN).exclude(user=cast.user("anton")).update(
        gueltig_bis=today()
    )
    second_account("anton", Rolle.TENANT_ADMIN, vg)
    antrag, lars = propose(cast, vg, whom="nora", rolle=Rolle.CONTROLLING), cast.akteur("lars")
    assert set(policies.list_deciders(antrag)) == {cast.user("lars")}
    assert antrag in policies.visible_antraege(lars)
    with on_portal(user_id=lars.user_id):
        assert approve_mitgliedschaftsantrag(akteur=lars, antrag=antrag, auftrag="51-1", auftrag_vom=today())
    appoint(user=cast.user("frieda"), tenant=vg, rolle=Rolle.TENANT_ADMIN, gueltig_ab=today())
    zweiter = propose(cast, vg, whom="paula", rolle=Rolle.CONTROLLING)
    assert zweiter not in policies.visible_antraege(lars)
