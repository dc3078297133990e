"""Handing over: the new worker has the case, the old one nothing of it; what was entrusted stays."""

from __future__ import annotations

import pytest

from shared_apps.core.errors import RegelVerletzt, Verweigert
from tenant_apps.cases.models import Falluebergabe
from tenant_apps.cases.policies import visible_anvertraute
from tenant_apps.cases.services.notizen import create_anvertraute_notiz
from tenant_apps.cases.services.sperre import seal_hilfefall
from tenant_apps.cases.services.uebergabe import transfer_hilfefall
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.policies import visible_reservierungen, visible_suchen
from tests.factories.cases import create_hilfefall
from tests.tenant_apps.cases.stage import GRUND, Stage
from tests.tenant_apps.placements.story import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(cast, vg) -> Stage:
    return Stage(tell(cast, vg))


def transfer(stage, by: str = "anna", to: str = "bernd"):
    return stage.call(
        transfer_hilfefall, by, hilfefall=stage.fall, neue_fachkraft_id=stage.akteure[to].user_id, grund=GRUND
    )


def test_old_worker_sees_nothing_any_more(stage):
    stage.story.reserve(hilfefall=stage.fall)
    transfer(stage)
    assert stage.sees("bernd") and not stage.sees("anna")
    for name, anzahl in (("anna", 0), ("bernd", 1)):
        with stage.as_(name):
            assert visible_suchen(stage.akteure[name]).count() == anzahl
            assert visible_reservierungen(stage.akteure[name]).count() == anzahl
    with stage.as_("bernd"):
        uebergabe = Falluebergabe.objects.get()
        assert (uebergabe.alte_fachkraft_id, uebergabe.grund) == (stage.akteure["anna"].user_id, GRUND)


def test_list_filter_api_and_file_show_the_new_worker(stage, sign_in, cast):
    """What the old worker searched, reserved and booked goes with the case, whichever page asks."""
    stage.story.reserve(hilfefall=stage.fall)
    stage.story.book(hilfefall=stage.fall)
    transfer(stage)
    new, old = sign_in("bernd"), sign_in("anna")
    for query in ("", "?fachkraft=meine"):
        page = new.get(f"/faelle/{query}").text
        assert page.count("Bernd Brandt") >= 2 and "Anna Ahlers" not in page, query
        assert "FARB-1" not in old.get(f"/faelle/{query}").text
    with stage.as_("bernd"):
        reservierung, buchung = Reservierung.objects.filter(buchung=None).get(), Buchung.objects.get()
    for path in (f"/reservierungen/{reservierung.pk}/", f"/buchungen/{buchung.pk}/"):
        assert "Bernd Brandt" in new.get(path).text
        assert old.get(path).status_code == 404
    table = new.get("/faelle/csv/").content.decode("utf-8-sig")
    assert "Bernd Brandt" in table and "Anna Ahlers" not in table
    answer = cast.api("bernd").get(f"/api/v1/buchungen/{buchung.pk}/").json()
    assert answer["fachkraft"] == "Bernd Brandt"
    assert "Bernd Brandt" in sign_in("ines", at="VG").get(f"/buchungen/{buchung.pk}/").text, "the provider asks her too"


def test_second_worker_who_takes_over_keeps_no_exception(stage):
    stage.release("bernd")
    transfer(stage, by="clara")
    with stage.as_("bernd"):
        assert not stage.fall.freigaben.filter(beendet_at=None).exists()


def test_sealed_case_names_the_new_worker_and_forgets_the_old_one(stage):
    stage.call(seal_hilfefall, "anna", hilfefall=stage.fall, benannte=[], grund=GRUND)
    transfer(stage)
    assert stage.sees("bernd") and not stage.sees("anna") and not stage.sees("clara")


def test_entrusted_note_stays_with_whom_it_was_entrusted(stage):
    stage.call(create_anvertraute_notiz, "anna", hilfefall=stage.fall, text="Farbgeheimnis")
    transfer(stage)
    for name, anzahl in (("anna", 1), ("bernd", 0), ("clara", 0)):
        with stage.as_(name):
            assert visible_anvertraute(stage.akteure[name]).count() == anzahl


@pytest.mark.parametrize(
    ("by", "to", "fehler"),
    [
        ("bernd", "bernd", Verweigert),
        ("doris", "bernd", Verweigert),
        ("anna", "doris", RegelVerletzt),
        ("anna", "anna", RegelVerletzt),
    ],
)
def test_refused(stage, by, to, fehler):
    with pytest.raises(fehler):
        transfer(stage, by, to)
    assert stage.sees("anna")


def test_two_cases_of_one_person_are_joined_by_the_team_lead(stage, sign_in):
    anna = stage.akteure["anna"]
    with stage.story.at_vg():
        zweiter = create_hilfefall(
            fachkraft_id=anna.user_id, klient=stage.fall.klient, fallnummer="FARB-2", aufgabe="ANDERE_AUFGABE"
        )
    path = f"/hilfefaelle/{stage.fall.pk}/"
    assert "FARB-2" not in sign_in("anna").get(path).text
    assert sign_in("anna").get(f"{path}verknuepfen/").status_code == 403
    clara = sign_in("clara")
    antwort = clara.post(f"{path}verknuepfen/", {"anderer": str(zweiter.pk), "grund": GRUND}, follow=True)
    assert "FARB-2" in antwort.text
    assert "FARB-2" in sign_in("anna").get(path).text
