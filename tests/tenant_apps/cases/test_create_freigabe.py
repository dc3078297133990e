"""Second worker and lead: by name, for a period, with a reason; guardian and the period must both agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from guardian.shortcuts import remove_perm

from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.cases.models import Fallfreigabe, FreigabeArt
from tenant_apps.cases.services.freigabe import create_einsicht, create_freigabe, end_freigabe
from tests.tenant_apps.cases.stage import GRUND, Stage
from tests.tenant_apps.placements.story import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(cast, vg) -> Stage:
    return Stage(tell(cast, vg))


def test_second_worker_works_on_the_case_until_it_ends(stage):
    assert not stage.sees("bernd")
    freigabe = stage.release("bernd")
    assert stage.sees("bernd")
    stage.call(end_freigabe, "anna", freigabe=freigabe)
    assert not stage.sees("bernd")
    assert stage.story.trail(stage.fall)[-2:] == ["freigabe.mitarbeit", "freigabe.mitarbeit.beenden"]


def test_period_is_checked_at_every_look(stage):
    freigabe = stage.release("bernd", bis=today() + timedelta(days=2))
    assert stage.sees("bernd")
    with stage.as_("anna"):
        Fallfreigabe.objects.filter(pk=freigabe.pk).update(gueltig_ab=today() - timedelta(days=9), gueltig_bis=today())
    assert not stage.sees("bernd")
    stage.release("bernd")  # the one that ran out does not stand in the way
    assert stage.sees("bernd")


def test_right_of_guardian_alone_or_period_alone_is_worth_nothing(stage):
    stage.release("bernd")
    bernd = stage.story.cast.user("bernd")
    with stage.as_("anna"):
        remove_perm("cases.mitarbeiten_hilfefall", bernd, stage.fall)
    assert not stage.sees("bernd")


@pytest.mark.parametrize("by", ["bernd", "doris", "emil"])
def test_others_may_not_release(stage, by):
    with pytest.raises(Verweigert):
        stage.release("bernd", by=by)


def test_second_worker_does_not_pass_it_on(stage):
    stage.release("bernd")
    with pytest.raises(Verweigert):
        stage.release("clara", by="bernd")


@pytest.mark.parametrize(("to", "feld"), [("doris", "person"), ("emil", "person"), ("anna", "person")])
def test_only_to_a_colleague_of_that_work(stage, to, feld):
    with pytest.raises(RegelVerletzt) as fehler:
        stage.release(to)
    assert fehler.value.feld == feld


def test_reason_is_asked_for_and_twice_is_once(stage):
    with pytest.raises(RegelVerletzt):
        stage.call(
            create_freigabe, "anna", hilfefall=stage.fall, user_id=stage.akteure["bernd"].user_id,
            art=FreigabeArt.MITARBEIT, grund="kurz",
        )  # fmt: skip
    stage.release("bernd")
    with pytest.raises(Konflikt):
        stage.release("bernd")


def test_audit_needs_an_end(stage):
    with pytest.raises(RegelVerletzt) as fehler:
        stage.release("bernd", art=FreigabeArt.PRUEFUNG)
    assert fehler.value.feld == "gueltig_bis"


@pytest.mark.parametrize(("gesetzt", "tage", "ok"), [(92, 92, True), (92, 93, False), (30, 31, False), (30, 30, True)])
def test_audit_of_a_case_ends_within_the_days_the_operator_set(gesetzt, tage, ok, stage, settings):
    """The same rule and setting as for the auditor's role."""
    settings.PRUEFUNG_TAGE = gesetzt
    stage.akteure["quirin"] = stage.story.akteur("quirin")
    bis = today() + timedelta(days=tage)
    if ok:
        assert stage.release("quirin", art=FreigabeArt.PRUEFUNG, bis=bis).gueltig_bis == bis
    else:
        with pytest.raises(RegelVerletzt, match=f"höchstens {gesetzt} Tage"):
            stage.release("quirin", art=FreigabeArt.PRUEFUNG, bis=bis)


def test_lead_looks_with_a_reason_for_the_day(stage):
    assert not stage.sees("emil")
    freigabe = stage.call(create_einsicht, "emil", hilfefall=stage.fall, grund=GRUND)
    assert stage.sees("emil")
    assert freigabe.letzter_tag == today()
    for name in ("bernd", "doris"):
        with pytest.raises(Verweigert):
            stage.call(create_einsicht, name, hilfefall=stage.fall, grund=GRUND)


def test_lead_asks_on_screen(stage, sign_in):
    emil = sign_in("emil")
    path = f"/hilfefaelle/{stage.fall.pk}/"
    assert emil.get(path).status_code == 404
    antwort = emil.post("/hilfefaelle/einsicht/", {"fallnummer": "GIBT-ES-NICHT", "grund": GRUND})
    assert antwort.status_code == 422 and "keinen Fall" in antwort.text and GRUND in antwort.text
    assert emil.post("/hilfefaelle/einsicht/", {"fallnummer": "FARB-1", "grund": "kurz"}).status_code == 422
    antwort = emil.post("/hilfefaelle/einsicht/", {"fallnummer": "FARB-1", "grund": GRUND}, follow=True)
    assert "Farbtupfer" in antwort.text and "Einsicht der Jugendamtsleitung" in antwort.text
    assert "Farbtupfer" in emil.get("/hilfefaelle/").text
    assert emil.get(f"{path}bearbeiten/").status_code == 403
