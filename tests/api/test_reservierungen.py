"""Reserving, withdrawing, extending through the API, and repeating a request."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.models import Reservierung
from tenant_apps.repeats.models import IdempotencyRecord
from tenants.context import in_tenant
from tests.api.test_suchen import ANFRAGE
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot
from tests.factories.suchen import create_markt

URL = "/api/v1/reservierungen/"
ZWEI_PLAETZE = "Probewohnen neben der Wohngruppe."
NEU = {
    "pkz": "P-4711", "vorname": "Mia", "nachname": "Muster", "geburtsdatum": "2007-03-14", "geschlecht": "w",
    "fallnummer": "VG-1",
}  # fmt: skip


@pytest.fixture
def api(cast):
    return cast.api("anna")


@pytest.fixture
def fall(cast, vg) -> Hilfefall:
    anna = cast.akteur("anna")
    with in_tenant(vg):
        return create_hilfefall(fachkraft_id=anna.user_id)


def post(client, url, body, key=None):
    extra = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    return client.post(url, body, content_type="application/json", **extra)


def search(client, **fields) -> dict:
    return post(client, "/api/v1/suchen/", ANFRAGE | fields).json()


def body_for(suche: dict, nummer: int = 0, **fields) -> dict:
    return {"suche": suche["uuid"], "angebot": suche["angebote"][nummer]["angebot"]} | fields


def test_reserve__for_a_known_person(api, fall):
    create_markt()
    antwort = post(api, URL, body_for(search(api), klient=str(fall.klient_id)))
    assert antwort.status_code == 201, antwort.content
    data = antwort.json()
    assert (data["zustand"], data["soll_kosten"], data["taschengeld"]) == ("RESERVIERT", "13832.00", "0.00")
    assert (data["klient"], data["fallnummer"]) == (str(fall.klient_id), fall.fallnummer)
    assert (data["beginn"], data["ende"]) == ("2017-06-01", "2017-11-30")
    assert api.get(f"{URL}{data['uuid']}/").json() == data
    assert [row["uuid"] for row in api.get(URL).json()["results"]] == [data["uuid"]]


def test_reserve__for_the_person_of_the_search(api, fall):
    create_angebot()
    suche = search(api, klient=str(fall.klient_id))
    assert post(api, URL, body_for(suche)).json()["klient"] == str(fall.klient_id)


def test_reserve__for_somebody_new(api, vg):
    create_angebot(plaetze=2)
    data = post(api, URL, body_for(search(api), klient=NEU)).json()
    assert data["fallnummer"] == "VG-1"
    assert post(api, URL, body_for(search(api), klient=NEU)).status_code == 422  # a second bed for the same nights
    noch_einmal = post(api, URL, body_for(search(api), klient=NEU, begruendung=ZWEI_PLAETZE, zweiter_platz=True)).json()
    assert noch_einmal["klient"] == data["klient"]  # the same details mean the same person
    with in_tenant(vg):
        assert Klient.objects.get().pkz == "P-4711"


def test_reserve__taken_pkz_of_somebody_else_is_a_field_error(api, fall):
    create_angebot()
    antwort = post(api, URL, body_for(search(api), klient=NEU | {"pkz": fall.klient.pkz}))
    assert antwort.status_code == 422
    assert "schon vergeben" in antwort.json()["felder"]["pkz"][0]


def test_reserve__a_field_of_the_person_is_named_with_its_way_there(api):
    """As the OpenAPI document says: every value of `felder` is a list of texts."""
    create_angebot()
    antwort = post(api, URL, body_for(search(api), klient=NEU | {"geburtsdatum": "31.12.9999"}))
    assert antwort.status_code == 422
    assert list(antwort.json()["felder"]) == ["klient.geburtsdatum"]


def test_reserve__nobody_given(api):
    create_angebot()
    antwort = post(api, URL, body_for(search(api)))
    assert (antwort.status_code, antwort.json()["felder"]) == (
        422, {"klient": ["Bitte geben Sie an, für wen reserviert wird."]},
    )  # fmt: skip


def test_reserve__outside_the_cheapest_third_without_reason(api, fall):
    create_markt()
    suche = search(api, klient=str(fall.klient_id))
    antwort = post(api, URL, body_for(suche, 7))
    assert antwort.status_code == 422
    assert "begründen Sie Ihre Wahl" in antwort.json()["felder"]["begruendung"][0]
    assert post(api, URL, body_for(suche, 7, begruendung="Nur dort gibt es Therapie im Haus.")).status_code == 201


def test_reserve__last_place_gone_is_409_and_leaves_nothing(api, cast, fall, vg):
    create_angebot()
    suche = search(api)
    gerd = cast.api("gerd")
    assert post(gerd, URL, body_for(search(gerd), klient=NEU)).status_code == 201
    antwort = post(api, URL, body_for(suche, klient=NEU))
    assert (antwort.status_code, antwort.json()["code"]) == (409, "kein_platz_frei")
    with in_tenant(vg):
        assert not Klient.objects.mit_pkz("P-4711").exists()  # the new person went with the transaction
        assert not Reservierung.objects.exists()


def test_reserve__foreign_ids_are_404(api, cast, fall):
    create_angebot()
    suche = search(api)
    assert post(api, URL, body_for(suche, klient=str(fall.klient_id)) | {"suche": str(uuid4())}).status_code == 404
    assert post(api, URL, body_for(suche, klient=str(uuid4()))).status_code == 404
    assert post(cast.api("bernd"), URL, body_for(suche, klient=str(fall.klient_id))).status_code == 404
    assert post(cast.api("gerd"), URL, body_for(suche, klient=str(fall.klient_id))).status_code == 404


def test_reserve__malformed_ids_are_field_errors(api):
    antwort = post(api, URL, {"suche": "x", "angebot": "y", "klient": [1]})
    assert antwort.status_code == 422
    assert set(antwort.json()["felder"]) == {"suche", "angebot", "klient"}


def test_get_reservierung__colleague_other_office_and_other_provider_see_nothing(api, cast, fall):
    create_angebot()
    uuid = post(api, URL, body_for(search(api, klient=str(fall.klient_id)))).json()["uuid"]
    for stranger in (cast.api("bernd"), cast.api("gerd"), cast.api("jan", at="VG")):
        assert stranger.get(f"{URL}{uuid}/").status_code == 404
    anbieter = cast.api("ines", at="VG").get(f"{URL}{uuid}/").json()
    assert anbieter["pseudonym"].startswith("VG-")
    assert not {"klient", "fallnummer", "suche", "auswahlvermerk", "soll_kosten"} & set(anbieter)


def test_zurueckziehen(api, fall):
    create_angebot()
    uuid = post(api, URL, body_for(search(api, klient=str(fall.klient_id)))).json()["uuid"]
    assert post(api, f"{URL}{uuid}/zurueckziehen/", {}).json()["felder"]["grund"]
    antwort = post(api, f"{URL}{uuid}/zurueckziehen/", {"grund": "Die Familie hat sich anders entschieden."})
    assert (antwort.status_code, antwort.json()["zustand"]) == (200, "ZURUECKGEZOGEN")
    assert post(api, f"{URL}{uuid}/zurueckziehen/", {"grund": "noch einmal"}).status_code == 409
    assert search(api)["angebote_verfuegbar"] == 1


def test_verlaengern(api, fall):
    create_angebot()
    vorher = post(api, URL, body_for(search(api, klient=str(fall.klient_id)))).json()
    nachher = post(api, f"{URL}{vorher['uuid']}/verlaengern/", {"tage": 7}).json()
    assert nachher["ablauf_at"] > vorher["ablauf_at"]
    assert post(api, f"{URL}{vorher['uuid']}/verlaengern/", {"tage": 28}).status_code == 422


def test_idempotency_key__same_request_same_answer(api, fall, vg):
    create_angebot(plaetze=5)
    body = body_for(search(api, klient=str(fall.klient_id)))
    erste, zweite = post(api, URL, body, key="k-1"), post(api, URL, body, key="k-1")
    assert (erste.status_code, zweite.status_code) == (201, 201)
    assert erste.json() == zweite.json()
    assert zweite.headers["Idempotency-Replayed"] == "true"
    with in_tenant(vg):
        assert Reservierung.objects.count() == IdempotencyRecord.objects.count() == 1


def test_idempotency_key__same_key_other_body_is_refused(api, fall):
    create_angebot(plaetze=5)
    body = body_for(search(api, klient=str(fall.klient_id)))
    post(api, URL, body, key="k-1")
    antwort = post(api, URL, body | {"begruendung": "anderer Inhalt"}, key="k-1")
    assert (antwort.status_code, antwort.json()["code"]) == (422, "idempotency_key")
    assert post(api, URL, body, key="k" * 201).status_code == 422


def test_idempotency_key__a_refused_request_may_be_repeated(api, fall, vg):
    create_markt()
    body = body_for(search(api, klient=str(fall.klient_id)), 9)
    assert post(api, URL, body, key="k-2").status_code == 422
    with in_tenant(vg):
        assert not IdempotencyRecord.objects.exists()
    assert post(api, URL, body | {"begruendung": "Schule im Haus, kein Wechsel."}, key="k-2").status_code == 201


def test_idempotency_key__belongs_to_one_person(api, cast, fall):
    create_angebot(plaetze=5)
    post(api, URL, body_for(search(api, klient=str(fall.klient_id))), key="k-1")
    clara = cast.api("clara")
    body = body_for(search(clara, klient=str(fall.klient_id)), begruendung=ZWEI_PLAETZE, zweiter_platz=True)
    assert post(clara, URL, body, key="k-1").status_code == 201


def test_schema__describes_both_kinds_of_person(api):
    schema = api.get("/api/v1/schema/?format=json").json()
    klient = schema["components"]["schemas"]["ReservierungEingabeRequest"]["properties"]["klient"]
    refs = str(klient)
    assert "uuid" in refs and "NeuePersonEingabe" in refs
    assert "NeuePersonEingabeRequest" in schema["components"]["schemas"]
