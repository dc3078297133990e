"""An office appoints somebody who works elsewhere to be on call at night: by two people, for a time, and ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.members.models import Mitgliedschaftsantrag
from shared_apps.members.selectors.rufbereitschaft import KEIN_KONTO, get_konto
from shared_apps.members.services import Rollenwunsch, create_membership
from shared_apps.members.services.memberships import check_rollenwunsch
from tests.plans import plan_of

BERUFEN = "/verwaltung/mitglieder/rufbereitschaft/"


def _answers(user: User, **answers: str) -> dict[str, str]:
    bis = f"{today() + timedelta(days=90):%d.%m.%Y}"
    return {
        "benutzername": user.username, "email": user.email, "gueltig_ab": f"{today():%d.%m.%Y}", "letzter_tag": bis,
        "team": "", "begruendung": "Nächte mit Rostock geteilt",
    } | answers  # fmt: skip


def _asked_for(user: User) -> bool:
    return Mitgliedschaftsantrag.objects.filter(user=user, rolle=Rolle.RUFBEREITSCHAFT).exists()


def test_appointed__by_two_people__and_ended_by_the_administration(cast, sign_in, vg):
    gerd = cast.user("gerd")  # a worker of HRO
    anton, emil = sign_in("anton"), sign_in("emil")
    assert "Höchstens 366 Tage." in anton.get(BERUFEN).text
    assert "Rufbereitschaft berufen" in anton.get("/verwaltung/mitglieder/").text
    assert anton.post(BERUFEN, _answers(gerd)).status_code == 302
    antrag = Mitgliedschaftsantrag.objects.get(user=gerd, tenant=vg)
    assert not Membership.objects.filter(user=gerd, tenant=vg).exists(), "one signature gives nothing"
    emil.post(f"/verwaltung/rollenantraege/{antrag.pk}/", {"entscheidung": "bewilligen"})
    row = Membership.objects.get(user=gerd, tenant=vg)
    assert (row.rolle, row.gueltig_bis) == (Rolle.RUFBEREITSCHAFT, today() + timedelta(days=91))
    assert sign_in("gerd", at="VG").get("/heute-nacht/").status_code == 200

    assert "Gerd" in anton.get("/verwaltung/mitglieder/?rolle=RUFBEREITSCHAFT").text
    seite = anton.get(f"/verwaltung/mitglieder/{gerd.pk}/").text
    assert "HRO" not in seite, "where else she works is not this office's to know"
    assert f"/{row.pk}/vertretung/" not in seite
    assert anton.get(f"/verwaltung/mitgliedschaften/{row.pk}/vertretung/").status_code == 404, "nobody deputises"
    anton.post(f"/verwaltung/mitgliedschaften/{row.pk}/beenden/", {"letzter_tag": ""})
    assert sign_in("gerd", at="VG").get("/heute-nacht/").status_code == 302
    assert sign_in("gerd").get("/heute-nacht/").status_code == 200, "at her own office nothing has changed"


@pytest.mark.parametrize(
    "wrong",
    [{"email": "anna@example.org"}, {"benutzername": "niemand"}, {"benutzername": "nora", "email": "nora@example.org"}],
)
def test_an_account_is_found_by_both_its_names_alone(wrong, cast, sign_in):
    """Nora works nowhere. One sentence for all of them: it tells nobody which accounts there are."""
    gerd = cast.user("gerd")
    cast.user("nora")
    answer = sign_in("anton").post(BERUFEN, _answers(gerd, **wrong))
    assert answer.status_code == 422 and KEIN_KONTO in answer.text and not _asked_for(gerd)


def test_an_account_that_waits_for_its_owner_is_not_found(cast):
    """A second office could send its invitation again, and see the link."""
    gerd = cast.user("gerd")
    gerd.set_password(None)
    gerd.save()
    with pytest.raises(RegelVerletzt, match="arbeitet niemand"):
        get_konto(benutzername="gerd", email=gerd.email)


def test_an_account_is_found_as_it_signs_in__by_an_index(cast):
    """Capitals do not count. Of 100,000 accounts only those of one mailbox are read."""
    gerd = cast.user("gerd")
    User.objects.filter(pk=gerd.pk).update(username="Gerd")
    with CaptureQueriesContext(connection) as queries:
        assert get_konto(benutzername=" GERD ", email=gerd.email.upper()) == gerd
    assert "user_postfach" in plan_of(queries[0]["sql"])


def test_rules__dated__alone_at_its_place__given_by_two(cast, vg, hro):
    gerd, anna = cast.user("gerd"), cast.user("anna")
    wunsch = {"rolle": Rolle.RUFBEREITSCHAFT, "gueltig_ab": today(), "tenant_id": vg.pk}
    for bis in (None, today() + timedelta(days=367)):
        with pytest.raises(RegelVerletzt, match=r"befristet.*für höchstens 366 Tage"):
            check_rollenwunsch(Rollenwunsch(user=gerd, gueltig_bis=bis, **wunsch))
    bis = today() + timedelta(days=366)
    check_rollenwunsch(Rollenwunsch(user=gerd, gueltig_bis=bis, **wunsch))
    with pytest.raises(RegelVerletzt, match="im selben Jugendamt"):
        check_rollenwunsch(Rollenwunsch(user=anna, gueltig_bis=bis, **wunsch))
    check_rollenwunsch(Rollenwunsch(user=anna, gueltig_bis=bis, **wunsch | {"tenant_id": hro.pk}))
    with pytest.raises(RegelVerletzt, match="keine Vertretung"):
        check_rollenwunsch(Rollenwunsch(user=gerd, gueltig_bis=bis, deputy_of=cast.user("rufina"), **wunsch))
    with pytest.raises(Verweigert, match="zwei Personen"):
        create_membership(akteur=cast.akteur("anton"), wunsch=Rollenwunsch(user=gerd, gueltig_bis=bis, **wunsch))


def test_attack__who_may_appoint(cast, sign_in):
    gerd = cast.user("gerd")
    for wer in ("anna", "emil", "doris", "rufina"):
        assert sign_in(wer).post(BERUFEN, _answers(gerd)).status_code == 403, wer
    clara = sign_in("clara")
    assert clara.post(BERUFEN, _answers(gerd)).status_code == 302, "a team lead proposes, as with every role"
    assert clara.post(BERUFEN, _answers(cast.user("clara"))).status_code == 403, "nobody herself"
