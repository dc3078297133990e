"""Input nobody types by accident: always a refusal in German, never an error of ours."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.api.test_suchen import ANFRAGE
from tests.factories.register import create_angebot

NUL, HALF = "a\x00b", "\ud800"


@pytest.fixture
def api(cast, vg):
    create_angebot()
    return cast.api("anna")


def send(client, body) -> object:
    return client.post("/api/v1/suchen/", body, content_type="application/json")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        b"\xff\xfe",
        '{"a": NaN}',
        "[" * 100_000,
        '{"hilfeart": "S34\\u0000"}',
        '{"geschlecht": "\\ud800"}',
        '{"spezialisierungen": ["\\ud800"]}',
    ],
)
def test_unreadable_json_is_refused_in_german(api, body) -> None:
    antwort = send(api, body)
    assert antwort.status_code == 400
    assert antwort.json()["code"] == "unlesbar"
    assert "gültiges JSON" in antwort.json()["detail"]


def test_unknown_id_is_not_found_in_german(api) -> None:
    antwort = api.get("/api/v1/buchungen/00000000-0000-0000-0000-000000000000/")
    assert (antwort.status_code, antwort.json()["detail"]) == (404, "Nicht gefunden.")


@pytest.mark.parametrize(
    ("beginn", "ende", "felder"),
    [
        ("2027-01-01", "9999-12-31", ["ende"]),
        ("2027-01-01", "9999-12-30", ["ende"]),
        ("2027-01-01", "2127-01-01", ["ende"]),
        ("9999-12-30", "9999-12-31", ["beginn", "ende"]),
        ("0001-01-01", "9999-12-31", ["beginn", "ende"]),
        ("0001-01-01", "0001-06-01", ["beginn", "ende"]),
    ],
)
def test_period_that_no_help_can_have(api, sign_in, beginn, ende, felder) -> None:
    antwort = send(api, ANFRAGE | {"beginn": beginn, "ende": ende})
    assert antwort.status_code == 422
    assert list(antwort.json()["felder"]) == felder
    form = {"beginn": beginn, "ende": ende, "hilfeart": "S34", "reichweite": "EIGENE", "tage_je_woche": "7"}
    anna = sign_in("anna")
    assert anna.post("/hze-auswahl/", form).status_code == 422
    assert anna.post("/hze-auswahl/zaehlen/", form).status_code == 200


def test_childhood_long_help_can_be_searched(api) -> None:
    assert send(api, ANFRAGE | {"beginn": "2027-01-01", "ende": "2045-12-31"}).status_code == 201


@pytest.mark.parametrize("monat", ["0001-01", "1989-12", "2200-01", "9999-12"])
def test_month_far_away(api, sign_in, monat) -> None:
    antwort = api.get("/api/v1/kennzahlen/fallzahlen/", {"monat": monat})
    assert (antwort.status_code, list(antwort.json()["felder"])) == (422, ["monat"])
    assert sign_in("anna").get("/kennzahlen/", {"monat": monat}).status_code < 500


def test_nul_in_texts_that_are_searched_for(api, cast, sign_in) -> None:
    antwort = cast.api("ines", at="PORTAL").get("/api/v1/hinweise/", {"jugendamt": NUL})
    assert (antwort.status_code, antwort.json()["detail"]) == (400, "Die Anfrage ist unvollständig.")
    anna = sign_in("anna")
    for path in ("/hze-auswahl/", "/hze-auswahl/zaehlen/", "/hze-auswahl/personen/"):
        assert anna.post(path, {"person-suchtext": NUL}).status_code < 500, path


@pytest.mark.parametrize("host", ["evil.example", "vg.localhost.evil.example", "127.0.0.1"])
@pytest.mark.parametrize("path", ["/anmelden/", "/api/v1/suchen/"])
def test_foreign_host_name_is_a_bad_request(db, settings, host, path) -> None:
    settings.ALLOWED_HOSTS = [".localhost"]
    antwort = Client(SERVER_NAME=host, raise_request_exception=False).get(path)
    assert antwort.status_code == 400
    assert host not in antwort.text
