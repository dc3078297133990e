"""Handing over: the new worker has the case, the old one nothing of it; what was entrusted stays."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.core.errors import RegelVerletzt, Verweigert
from tenant_apps.cases.models import Falluebergabe
from tenant_apps.cases.policies import visible_anvertraute
from tenant_apps.cases.services.notizen import create_anvertraute_notiz
from tenant_apps.cases.services.sperre import seal_hilfefall
from tenant_apps.cases.services.uebergabe import transfer_hilfefaelle, transfer_hilfefall
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


def more(stage, anzahl: int, **fields) -> list:
    """Further cases of Anna's in her team."""
    anna = stage.akteure["anna"].user_id
    with stage.story.at_vg():
        return [create_hilfefall(fachkraft_id=anna, **({"team": "Anklam"} | fields)) for _ in range(anzahl)]


def test_all_open_cases_of_one_worker_pass_on_in_one_step(stage, sign_in):
    """The lead takes one out of the list; the closed, the other team's and the sealed case are not in it."""
    faelle = more(stage, 4)
    (zu,), (woanders,), (gesperrt,) = (
        more(stage, 1, zustand="ABGESCHLOSSEN"),
        more(stage, 1, team="Wolgast"),
        more(stage, 1),
    )
    stage.call(seal_hilfefall, "anna", hilfefall=gesperrt, benannte=[], grund=GRUND)
    anna, bernd = (stage.akteure[name].user_id for name in ("anna", "bernd"))
    clara, seite = sign_in("clara"), f"/hilfefaelle/uebergeben/{anna}/"
    uebersicht = clara.get("/hilfefaelle/uebergeben/").text
    assert seite in uebersicht and ">5<" in uebersicht
    page = clara.get(seite).text
    assert page.count("checked") == 5
    assert not any(f"Fall {fall.fallnummer}" in page for fall in (zu, woanders, gesperrt))
    eingabe = {"faelle": [str(fall.pk) for fall in faelle], "person": str(bernd), "grund": GRUND}
    ohne_grund = clara.post(seite, eingabe | {"grund": ""})
    assert ohne_grund.status_code == 422 and ohne_grund.text.count("checked") == 4, "what was chosen stays"
    assert clara.post(seite, eingabe).status_code == 302
    with stage.as_("bernd"):
        assert {u.hilfefall_id for u in Falluebergabe.objects.all()} == {fall.pk for fall in faelle}
    assert stage.sees("anna") and all(stage.sees("bernd", fall) and not stage.sees("anna", fall) for fall in faelle)
    assert all(stage.story.trail(fall).count("hilfefall.uebergeben") == 1 for fall in faelle), "each is recorded"


def test_several_at_once__all_or_none_and_only_what_she_may(stage, sign_in):
    fremd = more(stage, 2, team="Wolgast")
    bernd = stage.akteure["bernd"].user_id
    ids = [stage.fall.pk, fremd[0].pk]
    with pytest.raises(Verweigert, match="keiner übergeben"):
        stage.call(transfer_hilfefaelle, "clara", hilfefall_ids=ids, neue_fachkraft_id=bernd, grund=GRUND)
    assert stage.sees("anna") and not stage.sees("bernd")
    assert sign_in("bernd").get(f"/hilfefaelle/uebergeben/{stage.akteure['anna'].user_id}/").status_code == 404
    assert sign_in("doris").get("/hilfefaelle/uebergeben/").status_code == 403


def test_several_at_once__queries_do_not_grow(stage, sign_in):
    clara, anna = sign_in("clara"), stage.akteure["anna"].user_id
    seiten = ("/hilfefaelle/uebergeben/", f"/hilfefaelle/uebergeben/{anna}/")
    counts = []
    for _ in range(2):
        for seite in seiten:
            clara.get(seite)
            with CaptureQueriesContext(connection) as queries:
                clara.get(seite)
            counts.append(len(queries))
        more(stage, 5)
    assert counts[:2] == counts[2:]


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
