"""Bodies that no program of a house sends: refused in German with a 4xx, quickly, and never obeyed half."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.core.api_felder import UNBEKANNT
from shared_apps.occupancy.models import Platzsperre
from shared_apps.providers.models import Angebot, Vakanzbestaetigung
from tenants.context import on_portal
from tests.api.test_vakanzen import KUESTE, platz, sperre, url
from tests.factories.register import create_angebot
from tests.hostile import find_english

pytestmark = pytest.mark.django_db


@pytest.fixture
def angebot(db) -> Angebot:
    return create_angebot(anbieter=KUESTE, plaetze=3, name="Wohngruppe Möwe")


@pytest.fixture
def ines(cast):
    return cast.api("ines")


def meldung(angebot: Angebot) -> str:
    gesperrt = {"platz": str(platz(angebot, 1).pk), "sperren": [sperre()]}
    return json.dumps({"angebote": [{"angebot": str(angebot.pk), "plaetze": [gesperrt]}]})


def push(client: Any, angebot: Angebot, body: str | bytes) -> Any:
    answer = client.put(url(angebot.einrichtung), body, content_type="application/json")
    assert not find_english(answer.text), answer.text
    return answer


def untouched(cast: Any) -> bool:
    akteur = cast.akteur("ines")
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        return not Platzsperre.objects.exists() and not Vakanzbestaetigung.objects.exists()


@pytest.mark.parametrize("zahl", ["1e400", "-1e400", "NaN", "-Infinity", "9" * 5_000])
def test_a_number_without_bound_is_no_number(cast, ines, angebot, zahl):
    """1e400 used to be taken as the text "inf"."""
    answer = push(ines, angebot, meldung(angebot).replace('"notiz": ""', f'"notiz": {zahl}'))
    assert (answer.status_code, answer.json()["code"]) == (400, "unlesbar")
    assert untouched(cast)


def test_a_number_in_place_of_a_text_obeys_what_a_text_obeys(cast, ines, angebot):
    """As a number its length was not asked, and what was kept of it was cut."""
    answer = push(ines, angebot, meldung(angebot).replace('"notiz": ""', f'"notiz": {"9" * 4_000}'))
    assert answer.status_code == 422
    assert "höchstens 200 Zeichen" in answer.json()["felder"]["angebote.0.plaetze.0.sperren.0.notiz"][0]
    haus = f"/api/v1/einrichtungen/{angebot.einrichtung_id}/"
    answer = ines.patch(haus, {"ort": 10**300}, content_type="application/json")
    assert answer.status_code == 422 and list(answer.json()["felder"]) == ["ort"], answer.text
    assert untouched(cast)


@pytest.mark.parametrize("twice", ['"angebote": []', '"grund": "PERSONAL"', '"sperren": []'])
def test_what_is_said_twice_is_not_obeyed_half(cast, ines, angebot, twice):
    """The last one counted: a house that had blocked a place and said its list again read 200, and it was free."""
    body = meldung(angebot)
    name = twice.partition(":")[0]
    before = body.index(name)
    answer = push(ines, angebot, f"{body[:before]}{twice}, {body[before:]}")
    assert (answer.status_code, answer.json()["code"]) == (422, "doppelt") and "zweimal" in answer.json()["detail"]
    assert untouched(cast)


@pytest.mark.parametrize(
    ("right", "wrong", "feld"),
    [
        ('"plaetze"', '"platze"', "angebote.0.platze"),
        ('"sperren"', '"Sperren"', "angebote.0.plaetze.0.Sperren"),
        ('"letzter_tag"', '"ende"', "angebote.0.plaetze.0.sperren.0.ende"),
        ('{"angebote"', '{"stand": 1, "angebote"', "stand"),
    ],
)
def test_a_field_with_a_wrong_name_is_not_left_out_and_the_rest_confirmed(cast, ines, angebot, right, wrong, feld):
    """With its blocks under "platze" an offer read "heute bestätigt", and the place was free."""
    answer = push(ines, angebot, meldung(angebot).replace(right, wrong))
    assert answer.status_code == 422 and answer.json()["felder"].get(feld) == [UNBEKANNT], answer.text
    assert untouched(cast)
    viele = json.dumps({"angebote": [], **dict.fromkeys(map(str, range(50_000)), 1), "x" * 100_000: 1})
    assert len(push(ines, angebot, viele).content) < 2_000


@pytest.mark.parametrize("body", ["null", "[]", "true", "1", '"x"', "[[[]]]"])
def test_what_is_no_object_is_said_in_german(ines, angebot, body):
    answer = push(ines, angebot, body)
    assert answer.status_code == 422 and "Objekt" in answer.json()["felder"]["non_field_errors"][0]


@pytest.mark.parametrize("inside", ["[", '{"a":'])
def test_nesting_without_end_is_no_body(ines, angebot, inside):
    for depth in (300, 900, 100_000):
        tief = inside * depth + ("1" + "}" * depth if "{" in inside else "]" * depth)
        assert push(ines, angebot, f'{{"angebote": {tief}}}').status_code in {400, 422}
        assert push(ines, angebot, f'{meldung(angebot)[:-1]}, "x": {tief}}}').status_code == 400


def test_a_hundred_thousand_entries_are_counted_before_one_is_looked_at(cast, ines, angebot):
    """They took 44 seconds of a web process and were answered with 16 MB."""
    kaputt = {"angebot": "x", "plaetze": [{"platz": "x", "sperren": [{}] * 20}] * 25}
    genannt = {"angebot": str(angebot.pk), "plaetze": [{"platz": str(platz(angebot, 1).pk), "sperren": []}] * 200}
    for angebote, said in (
        ([kaputt] * 200, "höchstens 500"),
        (["x"] * 50_000, "höchstens 200"),
        ([genannt | {"plaetze": genannt["plaetze"] * 50}], "höchstens 2.000 Plätze"),
        ([genannt] * 11, "höchstens 2.000 Plätze"),
    ):
        body = json.dumps({"angebote": angebote})
        began = time.process_time()
        with CaptureQueriesContext(connection) as asked:
            answer = push(ines, angebot, body)
        assert answer.status_code == 422 and said in answer.json()["felder"]["angebote"][0], answer.text[:200]
        assert len(answer.content) < 1_000
        assert time.process_time() - began < 2
        assert not any("FOR NO KEY UPDATE" in query["sql"] for query in asked)
    assert untouched(cast)


def test_a_body_beyond_the_bound_is_said_to_be_too_large(ines, angebot):
    """It was said to be incomplete, and a program that believes that sends it again."""
    answer = push(ines, angebot, '{"x": "' + "a" * 6_000_000 + '"}')
    assert (answer.status_code, answer.json()["detail"]) == (413, "Die Anfrage ist zu groß.")
