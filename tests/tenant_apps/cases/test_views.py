"""The case screens: enter, correct, find; wrong input loses nothing."""

from __future__ import annotations

import pytest

from tenant_apps.cases.models import Hilfefall
from tests.factories.cases import create_hilfefall
from tests.formulare import gelesen
from tests.tenant_apps.cases.stage import GRUND, Stage
from tests.tenant_apps.placements.story import tell

pytestmark = pytest.mark.django_db

PERSON = {
    "pkz": "PKZ-NEU", "nachname": "Grünwald", "vorname": "Ida", "geburtsdatum": "14.03.2015", "geschlecht": "2",
    "fallnummer": "", "aufgabe": "LEISTUNG",
}  # fmt: skip


@pytest.fixture
def stage(cast, vg) -> Stage:
    return Stage(tell(cast, vg))


def test_enter_find_and_correct(stage, sign_in):
    anna = sign_in("anna")
    seite = anna.post("/hilfefaelle/neu/", PERSON, follow=True)
    assert "Ida Grünwald" in seite.text and "führt den Fall" in seite.text
    for q in ("Grünwald", "Ida", "PKZ-NEU"):
        liste = anna.post("/hilfefaelle/suchen/", {"q": q}, follow=True)
        assert "Ida" in liste.text and "Farbtupfer" not in liste.text, q
        assert q not in liste.redirect_chain[0][0]
    assert "Kein Fall gefunden" in anna.post("/hilfefaelle/suchen/", {"q": "Niemand"}, follow=True).text
    with stage.as_("anna"):
        fall = Hilfefall.objects.exclude(pk=stage.fall.pk).get()
    path = f"/hilfefaelle/{fall.pk}/bearbeiten/"
    geaendert = PERSON | {"vorname": "Ada", "fallnummer": "F-1", "zustand": "LAUFEND"} | gelesen(anna.get(path).text)
    assert "Ada Grünwald" in anna.post(path, geaendert, follow=True).text
    assert sign_in("bernd").get(path).status_code == 404
    csv = anna.get("/hilfefaelle/csv/").content.decode()
    assert "F-1" in csv and "Grünwald" not in csv


def test_wrong_input_keeps_what_was_typed(stage, sign_in):
    anna = sign_in("anna")
    for falsch, meldung in (
        ({"pkz": "PKZ-FARBE"}, "schon vergeben"),
        ({"fallnummer": "FARB-1"}, "schon vergeben"),
        ({"geburtsdatum": "14.03.2999"}, "liegt in der Zukunft"),
        ({"geburtsdatum": "gestern"}, "gültiges Datum"),
    ):
        seite = anna.post("/hilfefaelle/neu/", PERSON | falsch)
        assert seite.status_code == 422, falsch
        assert meldung in seite.text and "Grünwald" in seite.text and "Ida" in seite.text, falsch
    with stage.as_("anna"):
        assert Hilfefall.objects.count() == 1


def test_same_name_and_birth_under_another_pkz__asked_back_only_where_she_sees_the_person(stage, sign_in):
    """Before, the same child was entered twice without a word, and two nights of hers were two children's."""
    anna = sign_in("anna")
    anna.post("/hilfefaelle/neu/", PERSON)
    with stage.as_("anna"):
        ida = Hilfefall.objects.exclude(pk=stage.fall.pk).get()
    zweite = PERSON | {"pkz": "PKZ-ZWEI", "vorname": "IDA"}
    assert "andere_person" in anna.get("/hilfefaelle/neu/").text
    assert "Es ist eine andere Person" not in anna.get("/hilfefaelle/neu/").text
    seite = anna.post("/hilfefaelle/neu/", zweite)
    assert seite.status_code == 422 and "Es gibt schon eine Person mit diesem Namen und Geburtsdatum" in seite.text
    assert (
        f'href="/hilfefaelle/{ida.pk}/"' in seite.text
        and "PKZ-ZWEI" in seite.text
        and "Es ist eine andere" in seite.text
    )
    for anders in ({"geburtsdatum": "15.03.2015"}, {"nachname": "Grünfeld"}):
        pkz = {"pkz": "PKZ-" + next(iter(anders))}
        assert anna.post("/hilfefaelle/neu/", zweite | pkz | anders).status_code == 302, "somebody else"
    seite = sign_in("bernd").post("/hilfefaelle/neu/", zweite | {"pkz": "PKZ-DREI"})
    assert seite.status_code == 302, "Bernd does not see her, so he is told nothing"
    assert anna.post("/hilfefaelle/neu/", zweite | {"andere_person": "on"}).status_code == 302


def test_note_too_empty_and_note_kept(stage, sign_in):
    anna = sign_in("anna")
    path = f"/hilfefaelle/{stage.fall.pk}/notiz/"
    assert anna.post(path, {"text": "  "}).status_code == 422
    assert "Die Schule rief an" in anna.post(path, {"text": "Die Schule rief an"}, follow=True).text
    assert anna.get(path).status_code == 302


def test_hand_over_release_seal_on_screen(stage, sign_in):
    anna, bernd = sign_in("anna"), str(stage.akteure["bernd"].user_id)
    path = f"/hilfefaelle/{stage.fall.pk}/"
    seite = anna.get(f"{path}freigeben/").text
    assert "Bernd Brandt, Anklam" in seite and "Doris" not in seite and "Groth" not in seite
    freigeben = {"art": "MITARBEIT", "person": bernd, "grund": GRUND, "gueltig_bis": ""}
    seite = anna.post(f"{path}freigeben/", freigeben, follow=True).text
    assert "Bernd Brandt" in seite and "Mitarbeit (zweite Fachkraft)" in seite
    assert sign_in("bernd").get(path).status_code == 200
    ende = anna.get(path).text.split("/hilfefaelle/freigaben/")[1].split("/")[0]
    assert sign_in("bernd").get(f"/hilfefaelle/freigaben/{ende}/beenden/").status_code == 404
    anna.post(f"/hilfefaelle/freigaben/{ende}/beenden/")
    assert sign_in("bernd").get(path).status_code == 404
    seite = anna.post(f"{path}sperren/", {"benannte": [bernd], "grund": GRUND}, follow=True).text
    assert "Gesperrter Fall" in seite and "Bernd Brandt" in seite
    assert sign_in("clara").get(path).status_code == 404
    assert anna.post(f"{path}entsperren/", {"grund": GRUND}, follow=True).status_code == 200
    assert anna.post(f"{path}uebergeben/", {"person": bernd, "grund": GRUND}).status_code == 302
    assert anna.get(path).status_code == 404
    assert "Anna Ahlers an Bernd Brandt" in sign_in("bernd").get(path).text


def test_new_case_of_a_sealed_person_is_sealed(stage, sign_in):
    anna = sign_in("anna")
    path = f"/hilfefaelle/{stage.fall.pk}/"
    anna.post(f"{path}sperren/", {"benannte": [], "grund": GRUND})
    neu = anna.post(f"{path}weiterer-fall/", {"aufgabe": "ANDERE_AUFGABE", "fallnummer": ""}, follow=True)
    assert "Gesperrter Fall" in neu.text
    assert "Noch kein Fall" in sign_in("clara").get("/hilfefaelle/").text


def test_list_takes_the_same_number_of_queries(stage, sign_in, django_assert_max_num_queries):
    anna = stage.akteure["anna"].user_id
    with stage.story.at_vg():
        for _ in range(12):
            create_hilfefall(fachkraft_id=anna)
    client = sign_in("anna")
    with django_assert_max_num_queries(30):
        assert client.get("/hilfefaelle/").status_code == 200
