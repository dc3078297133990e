"""Whoever leaves leaves no case behind: the pages on which her open ones are counted, shown and handed on."""

from __future__ import annotations

import pytest

from shared_apps.accounts.models import Membership
from shared_apps.core.errors import RegelVerletzt, Verweigert
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.services.freigabe import create_benennung
from tenant_apps.cases.services.sperre import seal_hilfefall
from tests.factories.cases import create_hilfefall
from tests.tenant_apps.cases.stage import GRUND, Stage, leave
from tests.tenant_apps.placements.story import tell

pytestmark = pytest.mark.django_db
LISTE = "/hilfefaelle/ohne-fachkraft/"


@pytest.fixture
def stage(cast, vg) -> Stage:
    """Anna leads a case of the team Anklam; Wilma is guardian, and so was somebody else."""
    return Stage(tell(cast, vg), names=("anna", "bernd", "clara", "doris", "emil", "wilma"))


def test_ending_her_role_says_how_many_cases_she_leads_and_who_hands_them_over(stage, sign_in):
    """A number without a case: the closed and the sealed one do not count, and another role leaves none."""
    anna = stage.akteure["anna"].user_id
    with stage.story.at_vg():
        create_hilfefall(fachkraft_id=anna, fallnummer="ZU-1", zustand="ABGESCHLOSSEN")
        create_hilfefall(fachkraft_id=anna, fallnummer="AUF-1")
        gesperrt = create_hilfefall(fachkraft_id=anna, fallnummer="GEH-1")
    stage.call(seal_hilfefall, "anna", hilfefall=gesperrt, benannte=[], grund=GRUND)
    anton, seite = sign_in("anton"), "/verwaltung/mitgliedschaften/{}/beenden/"
    page = anton.get(seite.format(Membership.objects.get(user__username="anna").pk)).text
    assert "Anna Ahlers führt 2 offene Fälle" in page
    assert "Anna Ahlers selbst" in page and "Clara Clasen, Teamleitung" in page
    assert "Emil Ebert" not in page, "the head hands on what has nobody, not before"
    assert "FARB-1" not in page and "AUF-1" not in page
    for name in ("bernd", "doris"):
        assert "führt" not in anton.get(seite.format(Membership.objects.get(user__username=name).pk)).text


def test_start_page_counts_the_rows_of_the_page_and_the_head_hands_on_by_number(stage, sign_in):
    head = sign_in("emil")
    assert "Jeder Fall hat eine Fachkraft" in head.get(LISTE).text
    leave("anna")
    assert "Fälle ohne Fachkraft übergeben" in head.get("/").text
    page = head.get(LISTE).text
    assert "FARB-1" in page and "Anna Ahlers" in page and "Farbtupfer" not in page
    path = f"/hilfefaelle/{stage.fall.pk}/"
    assert head.get(path).status_code == 404, "the file stays closed"
    frage = head.get(f"{path}uebergeben/")
    assert "Bernd Brandt" in frage.text and "Farbtupfer" not in frage.text and "Anna Ahlers, Anklam" not in frage.text
    bernd = str(stage.akteure["bernd"].user_id)
    short = head.post(f"{path}uebergeben/", {"person": bernd, "grund": "kurz"})
    assert short.status_code == 422
    done = head.post(f"{path}uebergeben/", {"person": bernd, "grund": GRUND}, follow=True)
    assert (
        "Der Fall ist übergeben an: Bernd Brandt, Anklam." in done.text and "Jeder Fall hat eine Fachkraft" in done.text
    )
    with stage.story.at_vg():
        assert str(Hilfefall.objects.get(pk=stage.fall.pk).fachkraft_id) == bernd
    assert head.get(f"{path}uebergeben/").status_code == 404, "it has a worker again"
    assert "FARB-1" in sign_in("bernd").get("/hilfefaelle/?fachkraft=meine").text


def test_team_lead_finds_it_from_her_list(stage, sign_in):
    leave("anna", "deactivated")
    clara = sign_in("clara")
    assert "Ohne Fachkraft: 1" in clara.get("/hilfefaelle/").text
    assert "FARB-1" in clara.get(LISTE).text
    assert sign_in("bernd").get(LISTE).status_code == 403


class TestSealedAndAbandoned:
    """Before, a sealed case whose named people had all left was seen by nobody, for ever."""

    @pytest.fixture
    def path(self, stage) -> str:
        """Anna sealed her case, named Bernd, and both have left."""
        named = [stage.akteure["bernd"].user_id]
        stage.call(seal_hilfefall, "anna", hilfefall=stage.fall, benannte=named, grund=GRUND)
        leave("anna")
        return f"/hilfefaelle/{stage.fall.pk}/benennen/"

    def test_the_head_learns_number_and_names_a_colleague_who_takes_it_on(self, path, stage, sign_in):
        head = sign_in("emil")
        assert "FARB-1" not in head.get(LISTE).text and head.get(path).status_code == 404, "Bernd is still there"
        leave("bernd", "another role")
        assert "Fälle ohne Fachkraft übergeben" in head.get("/").text
        page = head.get(LISTE).text
        assert "1 gesperrter Fall" in page and "FARB-1" in page
        assert "Farbtupfer" not in page and "Anna Ahlers" not in page
        assert "Ohne Fachkraft: 1" in head.get("/hilfefaelle/").text
        clara = str(stage.akteure["clara"].user_id)
        frage = head.get(path)
        assert "Clara Clasen" in frage.text and "Emil Ebert" not in frage.text.split("<form")[-1]
        short = head.post(path, {"person": clara, "grund": "kurz"})
        assert short.status_code == 422 and "mindestens 10 Zeichen" in short.text
        done = head.post(path, {"person": clara, "grund": GRUND}, follow=True)
        assert "Die Person ist benannt: Clara Clasen, Anklam." in done.text and "FARB-1" not in done.text
        assert head.get(path).status_code == 404, "somebody is named again"
        assert head.get(f"/hilfefaelle/{stage.fall.pk}/").status_code == 404, "the file stays closed to her"
        hers = sign_in("clara")
        assert "FARB-1" in hers.get(LISTE).text
        assert "Farbtupfer" in hers.get(f"/hilfefaelle/{stage.fall.pk}/").text
        taken = hers.post(f"/hilfefaelle/{stage.fall.pk}/uebergeben/", {"person": clara, "grund": GRUND})
        assert taken.status_code == 302
        with stage.story.at_vg():
            assert str(Hilfefall.objects.get(pk=stage.fall.pk).fachkraft_id) == clara

    def test_nobody_else_learns_of_it_and_nobody_names_herself_or_a_wrong_role(self, path, stage, sign_in):
        leave("bernd")
        for name in ("clara", "wilma"):
            assert "FARB-1" not in sign_in(name).get(LISTE).text
            assert sign_in(name).get(path).status_code == 403
        for wrong in ("emil", "doris", "wilma", "anna"):
            user_id = stage.akteure[wrong].user_id
            with pytest.raises(RegelVerletzt):
                stage.call(create_benennung, "emil", hilfefall_id=stage.fall.pk, user_id=user_id, grund=GRUND)
        with pytest.raises(Verweigert):
            clara = stage.akteure["clara"].user_id
            stage.call(create_benennung, "clara", hilfefall_id=stage.fall.pk, user_id=clara, grund=GRUND)

    def test_closed_one_waits_for_nobody(self, path, stage, sign_in):
        leave("bernd")
        with stage.story.at_vg():
            Hilfefall.objects.filter(pk=stage.fall.pk).update(zustand="ABGESCHLOSSEN")
        assert "FARB-1" not in sign_in("emil").get(LISTE).text
