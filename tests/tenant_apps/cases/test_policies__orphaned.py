"""Whoever leaves leaves no case behind: to whom her open ones are shown until they are handed on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_apps.accounts.enums import Rolle
from tenant_apps.cases import policies
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.services.sperre import seal_hilfefall
from tests.factories.cases import create_hilfefall
from tests.tenant_apps.cases.stage import GRUND, Stage, leave
from tests.tenant_apps.placements.story import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(cast, vg) -> Stage:
    """Anna leads a case of the team Anklam; Wilma is guardian, and so was somebody else."""
    return Stage(tell(cast, vg), names=("anna", "bernd", "clara", "doris", "emil", "wilma"))


def orphaned(stage: Stage, name: str) -> set:
    akteur = stage.story.akteur(name)
    with stage.as_(name):
        return set(policies.orphaned_hilfefaelle(akteur).values_list("fallnummer", flat=True))


@pytest.mark.parametrize("how", ["ended", "deactivated", "another role"])
def test_leavers_case_is_shown_to_team_lead_and_head(how, stage):
    assert all(orphaned(stage, name) == set() for name in ("clara", "emil", "wilma"))
    leave("anna", how)
    assert [orphaned(stage, name) for name in ("clara", "emil")] == [{"FARB-1"}] * 2
    assert all(orphaned(stage, name) == set() for name in ("bernd", "doris", "wilma"))


def test_closed_cases_and_those_of_another_team_are_not_the_team_leads(stage):
    anna = stage.akteure["anna"].user_id
    with stage.story.at_vg():
        create_hilfefall(fachkraft_id=anna, fallnummer="ZU-1", zustand="ABGESCHLOSSEN")
        create_hilfefall(fachkraft_id=anna, fallnummer="WOL-1", team="Wolgast")
        create_hilfefall(fachkraft_id=anna, fallnummer="OHNE-1", team="")
    leave("anna")
    assert orphaned(stage, "clara") == {"FARB-1"}
    assert orphaned(stage, "emil") == {"FARB-1", "WOL-1", "OHNE-1"}, "nothing is left without somebody"


def test_guardians_cases_stay_on_their_side(stage, cast):
    with stage.story.at_vg():
        create_hilfefall(fachkraft_id=stage.akteure["anna"].user_id, fallnummer="VOR-1", aufgabe="VORMUNDSCHAFT")
    assert (orphaned(stage, "wilma"), orphaned(stage, "clara")) == ({"VOR-1"}, set())
    leave("wilma")
    assert orphaned(stage, "emil") == {"VOR-1"}, "the head hands it on when no guardian is left"


def test_a_guardians_own_case_has_somebody_and_who_has_both_offices_sees_both_sides(stage):
    wilma = stage.akteure["wilma"].user_id
    with stage.story.at_vg():
        create_hilfefall(fachkraft_id=wilma, fallnummer="VOR-1", aufgabe="VORMUNDSCHAFT")
    assert [orphaned(stage, name) for name in ("wilma", "emil")] == [set(), set()]
    leave("wilma")
    leave("anna")
    clara = stage.akteure["clara"]
    both = replace(clara, rollen=clara.rollen | {Rolle.VORMUND})
    with stage.as_("clara"):
        numbers = policies.orphaned_hilfefaelle(both).values_list("fallnummer", flat=True)
        assert set(numbers) == {"FARB-1", "VOR-1"}


def test_who_went_over_to_the_guardians_has_left_her_old_case_and_keeps_her_ward(stage):
    """Whether somebody still leads a case is asked of each side of the wall by itself."""
    wilma = stage.akteure["wilma"].user_id
    with stage.story.at_vg():
        create_hilfefall(fachkraft_id=wilma, fallnummer="ALT-1")
        create_hilfefall(fachkraft_id=wilma, fallnummer="VOR-1", aufgabe="VORMUNDSCHAFT")
    assert [orphaned(stage, name) for name in ("emil", "clara", "wilma")] == [{"ALT-1"}, {"ALT-1"}, set()]


def test_a_guardian_who_was_left_a_case_of_ordinary_help_keeps_her_own(stage):
    """Nobody leads the one; what she leads as a guardian has somebody."""
    wilma = stage.akteure["wilma"].user_id
    with stage.story.at_vg():
        create_hilfefall(fachkraft_id=wilma, fallnummer="VOR-1", aufgabe="VORMUNDSCHAFT")
        create_hilfefall(fachkraft_id=wilma, fallnummer="HZE-1")
    assert orphaned(stage, "emil") == {"HZE-1"}


def test_the_rule_alone_without_the_row_rules_of_the_database_keeps_a_sealed_case(stage):
    """Named for money alone, or named once for a case that is open again: neither makes somebody hand it on."""
    named = [stage.akteure[name].user_id for name in ("doris", "bernd")]
    stage.call(seal_hilfefall, "anna", hilfefall=stage.fall, benannte=named, grund=GRUND)
    leave("anna")

    def seen(name: str) -> bool:
        with stage.story.at_vg():
            return policies.orphaned_hilfefaelle(stage.akteure[name]).exists()

    assert [seen(name) for name in ("bernd", "doris", "clara", "emil")] == [True, False, False, False]
    with stage.story.at_vg():
        Hilfefall.objects.filter(pk=stage.fall.pk).update(gesperrt=False)
    assert [seen(name) for name in ("bernd", "doris", "clara", "emil")] == [False, False, True, True]


def test_sealed_case_only_to_who_is_named(stage):
    named = [stage.akteure["bernd"].user_id]
    stage.call(seal_hilfefall, "anna", hilfefall=stage.fall, benannte=named, grund=GRUND)
    leave("anna")
    assert [orphaned(stage, name) for name in ("clara", "emil", "bernd")] == [set(), set(), {"FARB-1"}]
