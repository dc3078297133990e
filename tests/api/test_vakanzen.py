"""A provider's own system pushes its vacancies: GET and PUT /api/v1/einrichtungen/<uuid>/vakanzen/ at the portal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from shared_apps.accounts.models import Portalantwort
from shared_apps.accounts.umfang import Umfang
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.providers.models import Angebot, Einrichtung, Platz, Vakanzbestaetigung
from shared_apps.signin.services import create_api_token
from tenant_apps.repeats.tasks import purge_all_answers
from tenants.context import on_portal
from tests.architecture.test_fields import list_inputs
from tests.factories.register import create_angebot, create_einrichtung, occupy_platz
from tests.people import Visitor

pytestmark = pytest.mark.django_db

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
HEUTE = date.today()


def tag(n: int) -> str:
    return str(HEUTE + timedelta(days=n))


@pytest.fixture
def haus(db) -> Einrichtung:
    return create_einrichtung(anbieter=KUESTE, name="Haus Strandläufer")


@pytest.fixture
def angebot(haus) -> Angebot:
    return create_angebot(einrichtung=haus, plaetze=3, name="Wohngruppe Möwe")


@pytest.fixture
def ines(cast):
    return cast.api("ines")


def url(haus: Einrichtung, what: str = "vakanzen") -> str:
    return f"/api/v1/einrichtungen/{haus.pk}/{what}/"


def push(client: Any, haus: Einrichtung, *angebote: dict, key: str = "") -> Any:
    extra = {"headers": {"Idempotency-Key": key}} if key else {}
    return client.put(url(haus), {"angebote": list(angebote)}, content_type="application/json", **extra)


def platz(angebot: Angebot, nummer: int) -> Platz:
    return angebot.plaetze.get(nummer=nummer)


def sperre(ab: int = 0, bis: int | None = 30, grund: str = "RENOVIERUNG", notiz: str = "") -> dict:
    ende = None if bis is None else tag(bis)
    return {"beginn": tag(ab), "letzter_tag": ende, "grund": grund, "notiz": notiz}


def je_platz(angebot: Angebot, **plaetze: list[dict]) -> dict:
    genannt = [{"platz": str(platz(angebot, int(n[1:])).pk), "sperren": s} for n, s in plaetze.items()]
    return {"angebot": str(angebot.pk), "plaetze": genannt}


def frei_fuer(cast: Any, name: str = "anna", **anfrage: Any) -> int:
    """What an office's search finds of the first offer at this moment."""
    body = {
        "hilfeart": "S34", "region": "VG", "beginn": tag(3), "ende": tag(20), "tage_je_woche": "7",
        "spezialisierungen": [],
    } | anfrage  # fmt: skip
    answer = cast.api(name).post("/api/v1/suchen/?alle=1", body, content_type="application/json")
    assert answer.status_code == 201, answer.text
    return answer.json()["angebote"][0]["vakanzen"]


def rows(cast: Any, model: type) -> list:
    akteur = cast.akteur("ines")
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        return list(model.objects.order_by("created_at"))


def test_push__an_offices_search_obeys_at_the_next_request(cast, ines, haus, angebot):
    assert frei_fuer(cast) == 3
    answer = push(ines, haus, je_platz(angebot, p1=[sperre(notiz="Bad")], p2=[sperre(0, None, "BELEGT_AUSSERHALB")]))
    assert answer.status_code == 200, answer.text
    (lage,) = answer.json()["angebote"]
    assert (lage["frei"], lage["gesamt"], lage["stufe"], lage["stand"]) == (1, 3, "frisch", "heute bestätigt")
    assert [len(p["sperren"]) for p in lage["plaetze"]] == [1, 1, 0]
    assert lage["plaetze"][0]["sperren"][0] | {"uuid": "", "geaendert_at": ""} == sperre(notiz="Bad") | {
        "platz": str(platz(angebot, 1).pk), "uuid": "", "geaendert_at": "",
    }  # fmt: skip
    assert frei_fuer(cast) == 1
    stopp = {"beginn": tag(0), "letzter_tag": tag(10), "grund": "PERSONAL", "hinweis": "Nachtdienst"}
    assert push(ines, haus, {"angebot": str(angebot.pk), "aufnahmestopps": [stopp]}).status_code == 200
    assert frei_fuer(cast) == 0
    assert frei_fuer(cast, beginn=tag(40), ende=tag(60)) == 2, "places not named stayed as they were"
    again = ines.get(url(haus)).json()
    (back,), (was,) = push(ines, haus, *again["angebote"]).json()["angebote"], again["angebote"]
    assert back | {"bestaetigt_at": ""} == was | {"bestaetigt_at": ""}, "what was read may be sent back"
    leer = je_platz(angebot, p1=[], p2=[]) | {"aufnahmestopps": []}
    assert push(ines, haus, leer).json()["angebote"][0]["frei"] == 3
    assert frei_fuer(cast) == 3


def test_push__twice_changes_nothing_and_confirms(cast, ines, haus, angebot):
    meldung = je_platz(angebot, p1=[sperre(2, 9), sperre(10, 20, "PERSONAL")])
    first = push(ines, haus, meldung)
    before = rows(cast, Platzsperre)
    assert len(before) == 2 and len(rows(cast, Vakanzbestaetigung)) == 1, "one confirmation, whatever was changed"
    assert {r.weg for r in rows(cast, Vakanzbestaetigung)} == {"PROGRAMM"}, "not said to have been on a page"
    assert push(ines, haus, meldung).json()["angebote"][0]["plaetze"] == first.json()["angebote"][0]["plaetze"]
    assert [(r.pk, r.zeitraum, r.geaendert_at) for r in rows(cast, Platzsperre)] == [
        (r.pk, r.zeitraum, r.geaendert_at) for r in before
    ]
    assert len(rows(cast, Vakanzbestaetigung)) == 2
    assert push(ines, haus, {"angebot": str(angebot.pk)}).status_code == 200
    assert len(rows(cast, Vakanzbestaetigung)) == 3 and len(rows(cast, Platzsperre)) == 2, "named only: confirmed only"


def test_push__with_one_key_gets_the_first_answer_again(cast, ines, haus, angebot):
    meldung = je_platz(angebot, p1=[sperre()])
    first = push(ines, haus, meldung, key="nacht-1")
    again = push(ines, haus, meldung, key="nacht-1")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert len(rows(cast, Vakanzbestaetigung)) == 1
    other = push(ines, haus, je_platz(angebot, p1=[]), key="nacht-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key")
    jan = cast.api("jan")
    fremd = create_angebot(anbieter=SEE, plaetze=1)
    assert push(jan, fremd.einrichtung, {"angebot": str(fremd.pk)}, key="nacht-1").status_code == 200, "keys are hers"
    assert [r.key for r in rows(cast, Portalantwort)] == ["nacht-1"], "row-level security shows nobody else's"
    cast.user("ines").memberships.update(gueltig_bis=HEUTE)
    assert push(ines, haus, meldung, key="nacht-1").status_code in {401, 403, 404}


def test_kept_answers__are_gone_after_a_day(cast, ines, haus, angebot):
    push(ines, haus, {"angebot": str(angebot.pk)}, key="neu")
    akteur = cast.akteur("ines")
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_portalantwort (id, created_at, user_id, key, method, path, body_hash, status,"
            " response) VALUES (gen_random_uuid(), now() - interval '25 hours', sojus_user(), 'alt', 'PUT', '/', '',"
            " 200, '{}')"
        )
    cast.user("jan")
    jan = cast.akteur("jan")
    with on_portal(user_id=jan.user_id, anbieter_ids=jan.anbieter_ids):
        assert not Portalantwort.objects.exists(), (
            "a competitor reads none, also not in the hour before it is forgotten"
        )
    assert purge_all_answers(timestamp=0) == 1
    assert [r.key for r in rows(cast, Portalantwort)] == ["neu"]


def test_push__ten_thousand_entries_are_refused_before_anything_is_held(ines, haus, angebot):
    anzahl = {"angebot": str(angebot.pk), "gesperrt": [sperre(2 * n, 2 * n) | {"anzahl": 200} for n in range(3)]}
    stopps = {"aufnahmestopps": [{"beginn": tag(n), "letzter_tag": tag(n), "grund": "PERSONAL"} for n in range(20)]}
    fremd = [{"platz": str(uuid4()), "sperren": [sperre(n, n) for n in range(20)]} for _ in range(50)]
    viele = [{"angebot": str(uuid4()), "plaetze": fremd} for _ in range(10)]
    for meldungen in ([anzahl], [{"angebot": str(uuid4())} | stopps for _ in range(26)], viele):
        with CaptureQueriesContext(connection) as asked:
            answer = push(ines, haus, *meldungen)
        assert answer.status_code == 422 and "höchstens 500" in answer.json()["felder"]["angebote"][0]
        assert not any("FOR NO KEY UPDATE" in query["sql"] for query in asked)


def test_push__shortens_extends_moves_and_frees(cast, ines, haus, angebot):
    push(ines, haus, je_platz(angebot, p1=[sperre(0, 9), sperre(15, 20)], p2=[sperre(5, 8)]))
    ids = {r.pk for r in rows(cast, Platzsperre)}
    push(ines, haus, je_platz(angebot, p1=[sperre(0, 17, notiz="länger"), sperre(18, 30)], p2=[sperre(6, 8)]))
    gelten = [r for r in rows(cast, Platzsperre) if r.aufgehoben_at is None]
    assert sorted((r.dauer.beginn - HEUTE).days for r in gelten) == [0, 6, 18]
    assert sum(r.pk in ids for r in gelten) == 1, "the one that begins on the same day is the same row"


def test_push__what_has_begun_stays_and_the_rest_is_obeyed(cast, ines, haus, angebot):
    """A system that always says its periods from their first day, and one that says them from today on."""
    akteur = cast.akteur("ines")
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        row = Platzsperre.objects.create(
            platz=platz(angebot, 1), zeitraum=DateRange(HEUTE - timedelta(days=9), None), grund="PERSONAL",
            geaendert_von_id=akteur.user_id, geaendert_at=angebot.created_at,
        )  # fmt: skip
    for ab in (-9, -3, 0):
        assert push(ines, haus, je_platz(angebot, p1=[sperre(ab, None, "PERSONAL")])).status_code == 200
        (jetzt,) = rows(cast, Platzsperre)
        assert (jetzt.zeitraum, jetzt.geaendert_at) == (row.zeitraum, row.geaendert_at)
    assert push(ines, haus, je_platz(angebot, p1=[sperre(-30, -20), sperre(-9, 4, "PERSONAL")])).status_code == 200
    (jetzt,) = rows(cast, Platzsperre)
    assert (jetzt.dauer.beginn, jetzt.dauer.letzter_tag) == (HEUTE - timedelta(days=9), HEUTE + timedelta(days=4))
    push(ines, haus, je_platz(angebot, p1=[]))
    (jetzt,) = rows(cast, Platzsperre)
    assert jetzt.dauer.ende == HEUTE, "what was stays, today it is free"


def test_push__only_how_many(cast, vg, ines, haus, angebot):
    occupy_platz(platz=platz(angebot, 3), tenant=vg, zeitraum=DateRange(HEUTE + timedelta(days=5), None))
    gesperrt = {"angebot": str(angebot.pk), "gesperrt": [sperre(0, None) | {"anzahl": 2}]}
    lage = push(ines, haus, gesperrt).json()["angebote"][0]
    assert [len(p["sperren"]) for p in lage["plaetze"]] == [1, 1, 0], "never the one an office holds"
    before = rows(cast, Platzsperre)
    assert push(ines, haus, gesperrt).status_code == 200
    assert [r.pk for r in rows(cast, Platzsperre)] == [r.pk for r in before]
    gesperrt["gesperrt"][0]["anzahl"] = 1
    lage = push(ines, haus, gesperrt).json()["angebote"][0]
    assert sum(len(p["sperren"]) for p in lage["plaetze"]) == 1
    gesperrt["gesperrt"][0]["anzahl"] = 3
    answer = push(ines, haus, gesperrt)
    assert answer.status_code == 409 and "Vorpommern-Greifswald" in answer.json()["detail"]
    assert list(answer.json()["felder"]) == ["angebote.0.gesperrt.0"]
    assert sum(r.aufgehoben_at is None for r in rows(cast, Platzsperre)) == 1


def test_push__against_a_hold_is_refused_as_a_whole(cast, vg, ines, haus, angebot):
    zweites = create_angebot(einrichtung=haus, plaetze=1, name="Wohngruppe Robbe")
    occupy_platz(platz=platz(angebot, 2), tenant=vg, zeitraum=DateRange(HEUTE + timedelta(days=5), None))
    before = rows(cast, Vakanzbestaetigung)
    answer = push(ines, haus, je_platz(zweites, p1=[sperre()]), je_platz(angebot, p1=[sperre()], p2=[sperre(3, 9)]))
    assert answer.status_code == 409
    said = answer.json()
    assert said["code"] == "laeuft_noch"
    assert said["detail"].startswith("Platz 2: In dieser Zeit ist hier vergeben: Landkreis Vorpommern-Greifswald")
    assert list(said["felder"]) == ["angebote.1.plaetze.1.sperren.0"]
    assert rows(cast, Platzsperre) == [] and rows(cast, Vakanzbestaetigung) == before, "whole or not at all"
    assert push(ines, haus, je_platz(angebot, p2=[sperre(0, 4)])).status_code == 200, "until the day before it is"


@pytest.mark.parametrize(
    ("change", "feld"),
    [
        ({"beginn": "01.12.2026"}, "beginn"),
        ({"letzter_tag": tag(-1)}, "letzter_tag"),
        ({"grund": "QUATSCH"}, "grund"),
        ({"grund": None}, "grund"),
        ({"notiz": "x" * 201}, "notiz"),
        ({"notiz": "a\x07b"}, "notiz"),
    ],
)
def test_push__bad_input_is_said_in_german_at_its_field(ines, haus, angebot, change, feld):
    answer = push(ines, haus, je_platz(angebot, p1=[sperre() | change]))
    assert answer.status_code == 422, answer.text
    assert list(answer.json()["felder"]) == [f"angebote.0.plaetze.0.sperren.0.{feld}"]


def test_push__what_does_not_fit_together_is_refused(ines, haus, angebot):
    meldung = je_platz(angebot, p1=[sperre(0, 9), sperre(9, 12)])
    answer = push(ines, haus, meldung)
    assert (answer.status_code, list(answer.json()["felder"])) == (422, ["angebote.0.plaetze.0.sperren.1.beginn"])
    einmal = je_platz(angebot, p1=[])
    for body, feld in (
        ([einmal, einmal], "angebote.1"),
        ([einmal | {"plaetze": einmal["plaetze"] * 2}], "angebote.0.plaetze.1"),
        ([einmal | {"gesperrt": []}], "angebote.0.gesperrt"),
        ([], "angebote"),
        (["x"], "angebote.0"),
    ):
        answer = push(ines, haus, *body)
        assert answer.status_code == 422 and next(iter(answer.json()["felder"])).startswith(feld), answer.text
    unlesbar = ines.put(url(haus), "{", content_type="application/json")
    assert unlesbar.status_code == 400 and "JSON" in unlesbar.json()["detail"]
    stopps = [{"beginn": tag(0), "letzter_tag": None, "grund": "PERSONAL"}] * 2
    assert push(ines, haus, {"angebot": str(angebot.pk), "aufnahmestopps": stopps}).status_code == 422


def test_push__ids_of_others_do_not_exist(cast, ines, haus, angebot):
    fremd = create_angebot(anbieter=SEE, plaetze=1)
    anderes_haus = create_angebot(anbieter=KUESTE, plaetze=1)
    assert push(ines, fremd.einrichtung, {"angebot": str(fremd.pk)}).status_code == 404
    assert ines.get(url(fremd.einrichtung)).status_code == 404
    assert ines.get(url(fremd.einrichtung, "plaetze")).status_code == 404
    for wrong in (fremd, anderes_haus):
        assert push(ines, haus, {"angebot": str(wrong.pk)}).status_code == 404
        plaetze = [{"platz": str(platz(wrong, 1).pk), "sperren": [sperre()]}]
        assert push(ines, haus, {"angebot": str(angebot.pk), "plaetze": plaetze}).status_code == 404
    assert push(ines, haus, {"angebot": str(uuid4())}).status_code == 404
    assert rows(cast, Platzsperre) == [] and rows(cast, Vakanzbestaetigung) == []
    for path in (f"plaetze/{platz(fremd, 1).pk}/sperren/", f"angebote/{fremd.pk}/aufnahmestopps/"):
        body = {"beginn": tag(0), "grund": "PERSONAL"}
        assert ines.post(f"/api/v1/{path}", body, content_type="application/json").status_code == 404


def test_facility_staff_push_for_their_house_only(cast, angebot, haus):
    fritz, anderes = cast.api("fritz"), create_angebot(anbieter=KUESTE, plaetze=1)
    eigenes = Einrichtung.objects.get(name="Haus Strandläufer", anbieter__name=KUESTE)
    assert eigenes == haus
    assert push(fritz, haus, je_platz(angebot, p1=[sperre()])).status_code == 200
    assert push(fritz, anderes.einrichtung, {"angebot": str(anderes.pk)}).status_code == 404
    assert fritz.get(url(anderes.einrichtung)).status_code == 404


def test_who_may_push(cast, client, haus, angebot):
    meldung = je_platz(angebot, p1=[])
    assert push(cast.api("bille"), haus, meldung).status_code == 403, "billing reads"
    assert cast.api("bille").get(url(haus)).status_code == 200
    assert cast.api("anna", at="PORTAL").get(url(haus)).status_code == 403
    assert cast.api("ines", at="VG").get(url(haus)).status_code == 404, "the register is kept at the portal"
    assert client.get(url(haus), SERVER_NAME="portal.localhost").status_code == 401
    ines = cast.sign_in("ines", at="PORTAL")
    assert push(ines, haus, meldung).status_code == 200, "a session is as good as a key"


@pytest.mark.parametrize(
    ("umfang", "reads", "writes"),
    [([Umfang.LESEN], 403, 403), ([Umfang.REGISTER], 200, 403), ([Umfang.VAKANZEN], 403, 200)],
)
def test_a_key_does_what_it_was_made_for(cast, haus, angebot, umfang, reads, writes):
    key = create_api_token(user=cast.user("ines"), tenant=None, umfang=umfang)
    client = Visitor(SERVER_NAME="portal.localhost", HTTP_AUTHORIZATION=f"Token {key}")
    assert client.get(url(haus)).status_code == reads
    assert push(client, haus, {"angebot": str(angebot.pk)}).status_code == writes


def keyed(cast: Any, *umfang: Umfang) -> Visitor:
    key = create_api_token(user=cast.user("ines"), tenant=None, umfang=list(umfang))
    return Visitor(SERVER_NAME="portal.localhost", HTTP_AUTHORIZATION=f"Token {key}")


def test_a_key_that_only_reports__reads_nothing_of_what_the_house_wrote(cast, ines, haus, angebot):
    """Not in the answer to its own push, not in a kept one, not at the single blocks and stops."""
    anderes = create_angebot(einrichtung=haus, plaetze=1, name="Wohngruppe Robbe")
    wort = sperre(0, 9, "SONSTIGES", notiz="Wasserschaden Bad")
    stopp = {"beginn": tag(0), "letzter_tag": tag(3), "grund": "PERSONAL", "hinweis": "Nachtdienst fehlt"}
    assert push(ines, haus, je_platz(anderes, p1=[wort])).status_code == 200
    meldung = je_platz(angebot, p1=[wort]) | {"aufnahmestopps": [stopp]}
    full = push(ines, haus, meldung, key="nacht")
    assert "Wasserschaden Bad" in full.text and "Nachtdienst fehlt" in full.text, "it may be sent back as it is"
    geheim = ("Wasserschaden", "SONSTIGES", "Nachtdienst", "PERSONAL", "Robbe", str(anderes.pk))
    meldet, beides = keyed(cast, Umfang.VAKANZEN), keyed(cast, Umfang.VAKANZEN, Umfang.REGISTER)
    for answer in (push(meldet, haus, {"angebot": str(angebot.pk)}), push(meldet, haus, meldung, key="nacht")):
        assert answer.status_code == 200 and not [word for word in geheim if word in answer.text], answer.text
        (lage,) = answer.json()["angebote"]
        assert (lage["frei"], lage["gesamt"], lage["stand"]) == (0, 3, "heute bestätigt")
        (block,) = lage["plaetze"][0]["sperren"]
        assert set(block) == {"uuid", "platz", "beginn", "letzter_tag", "geaendert_at"}
    assert push(beides, haus, meldung, key="nacht").json() == full.json()
    (lage,) = push(meldet, haus, {"angebot": str(angebot.pk)}).json()["angebote"]
    pfade = [
        f"sperren/{lage['plaetze'][0]['sperren'][0]['uuid']}",
        f"aufnahmestopps/{lage['aufnahmestopps'][0]['uuid']}",
    ]
    for pfad in pfade:
        answer = meldet.post(f"/api/v1/{pfad}/aufheben/")
        assert answer.status_code == 200 and not [word for word in geheim if word in answer.text], answer.text


def test_board__says_from_day_to_day_what_a_place_is_and_never_who_holds_it(vg, ines, haus, angebot):
    occupy_platz(platz=platz(angebot, 1), tenant=vg, zeitraum=DateRange(HEUTE, HEUTE + timedelta(days=5)))
    push(ines, haus, je_platz(angebot, p2=[sperre(0, 9, notiz="Bad")]))
    answer = ines.get(url(haus, "plaetze"), {"tage": 30})
    assert "Greifswald" not in answer.text and "vg" not in answer.text.lower().replace("vergeben", "")
    (offer,) = answer.json()["angebote"]
    first, second, third = offer["plaetze"]
    assert [(a["art"], a["letzter_tag"]) for a in first["abschnitte"]] == [("belegt", tag(4)), ("frei", None)]
    gesperrt = second["abschnitte"][0]
    assert (gesperrt["art"], gesperrt["grund"], bool(gesperrt["eintrag"])) == ("gesperrt", "Bad", True)
    assert [a["art"] for a in third["abschnitte"]] == ["frei"]
    wrong = ines.get(url(haus, "plaetze"), {"ab": "gestern", "tage": "0"})
    assert (wrong.status_code, set(wrong.json()["felder"])) == (422, {"ab", "tage"})


def test_blocks_and_stops_one_by_one(cast, vg, ines, haus, angebot):
    post = {"content_type": "application/json"}
    platz_url = f"/api/v1/plaetze/{platz(angebot, 1).pk}/sperren/"
    made = ines.post(platz_url, sperre(0, 9), headers={"Idempotency-Key": "s"}, **post)
    assert made.status_code == 201, made.text
    assert ines.post(platz_url, sperre(0, 9), headers={"Idempotency-Key": "s"}, **post).json() == made.json()
    assert ines.post(platz_url, sperre(5, 12), **post).status_code == 409
    one = f"/api/v1/sperren/{made.json()['uuid']}/"
    kurz = ines.put(one, {"letzter_tag": tag(3), "grund": "PERSONAL"}, **post)
    assert (kurz.status_code, kurz.json()["letzter_tag"], kurz.json()["grund"]) == (200, tag(3), "PERSONAL")
    occupy_platz(platz=platz(angebot, 1), tenant=vg, zeitraum=DateRange(HEUTE + timedelta(days=6), None))
    lang = ines.put(one, {"letzter_tag": None, "grund": "PERSONAL"}, **post)
    assert lang.status_code == 409 and "Vorpommern-Greifswald" in lang.json()["detail"]
    for _ in range(2):
        assert ines.post(f"{one}aufheben/", headers={"Idempotency-Key": "weg"}).status_code == 200
    assert ines.post(f"{one}aufheben/").status_code == 404, "what is lifted is past"
    stopps = f"/api/v1/angebote/{angebot.pk}/aufnahmestopps/"
    stopp = ines.post(stopps, {"beginn": tag(0), "grund": "PERSONAL", "hinweis": "Nachtdienst"}, **post)
    assert stopp.status_code == 201 and frei_fuer(cast) == 0
    one = f"/api/v1/aufnahmestopps/{stopp.json()['uuid']}/"
    kurz = {"letzter_tag": tag(1), "grund": "RENOVIERUNG", "hinweis": ""}
    assert ines.put(one, kurz, **post).json()["letzter_tag"] == tag(1)
    assert ines.post(f"{one}aufheben/").status_code == 200
    assert [bool(s.aufgehoben_at) for s in rows(cast, Aufnahmestopp)] == [True]


def test_push_and_reading_cost_the_same_for_any_number(ines, haus, angebot):
    def statements(work: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert work().status_code == 200
        return len(captured)

    def costs() -> list[int]:
        body = [{"angebot": str(a.pk), "plaetze": [
            {"platz": str(p.pk), "sperren": []} for p in a.plaetze.all()
        ]} for a in haus.angebote.all()]  # fmt: skip
        return [statements(lambda: ines.get(url(haus))), statements(lambda: push(ines, haus, *body)),
                statements(lambda: ines.get(url(haus, "plaetze")))]  # fmt: skip

    ines.get(url(haus))
    few = costs()
    for _ in range(4):
        create_angebot(einrichtung=haus, plaetze=5)
    assert costs() == few


def test_hundreds_of_blocks__are_entered_changed_and_lifted_in_as_many_statements_as_five(cast, ines, haus, angebot):
    """One by one, each with its own questions, lifting 800 took 6.8 s in one transaction. The same again makes none."""
    gross = create_angebot(einrichtung=haus, plaetze=30, name="Wohngruppe Robbe")

    def heap(offer: Angebot, many: int, bis: int, grund: str = "RENOVIERUNG") -> dict:
        plaetze = [
            {"platz": str(p.pk), "sperren": [sperre(20 * n, 20 * n + bis, grund) for n in range(many)]}
            for p in offer.plaetze.all()
        ]
        stopps = [{"beginn": tag(20 * n), "letzter_tag": tag(20 * n + bis), "grund": "PERSONAL"} for n in range(many)]
        return {"angebot": str(offer.pk), "plaetze": plaetze, "aufnahmestopps": stopps}

    def costs(offer: Angebot, many: int) -> list[int]:
        counted = []
        leer = heap(offer, 0, 0)
        for said in (heap(offer, many, 9), heap(offer, many, 9), heap(offer, many, 12, "PERSONAL"), leer):
            with CaptureQueriesContext(connection) as asked:
                answer = push(ines, haus, said)
            assert answer.status_code == 200, answer.text
            counted.append(len(asked))
        return counted

    costs(angebot, 1)
    few = costs(angebot, 2)
    assert costs(gross, 14) == few
    assert len(rows(cast, Platzsperre)) == 3 + 3 * 2 + 30 * 14, "what says the same makes no new one"
    assert all(row.aufgehoben_at for row in rows(cast, Platzsperre) + rows(cast, Aufnahmestopp))


def test_the_note_of_what_a_push_lifts_before_it_began_goes_at_once(cast, ines, haus, angebot):
    """As on the page (ADR 0076): no job empties it later, for what never held has no end to count from."""
    note = {"beginn": tag(5), "letzter_tag": tag(9)}
    said = {
        "angebot": str(angebot.pk),
        "plaetze": [
            {"platz": str(platz(angebot, 1).pk), "sperren": [note | {"grund": "RENOVIERUNG", "notiz": "wegen Mia"}]}
        ],
        "aufnahmestopps": [note | {"grund": "PERSONAL", "hinweis": "wegen Mia"}],
    }
    assert push(ines, haus, said).status_code == 200
    said["plaetze"][0]["sperren"], said["aufnahmestopps"] = [], []
    assert push(ines, haus, said).status_code == 200
    ((sperre,), (stopp,)) = rows(cast, Platzsperre), rows(cast, Aufnahmestopp)
    assert sperre.aufgehoben_at and stopp.aufgehoben_at
    assert (sperre.notiz, stopp.hinweis) == ("", "")


def test_the_document_describes_the_hosts_own_operations_with_examples(cast):
    portal = cast.api("ines").get("/api/v1/schema/?format=json").json()
    push_it = portal["paths"]["/api/v1/einrichtungen/{uuid}/vakanzen/"]["put"]
    sent = push_it["requestBody"]["content"]["application/json"]["examples"]
    assert len(sent) >= 4 and "Idempotency-Key" in {p["name"] for p in push_it["parameters"]}
    assert push_it["responses"]["409"]["content"]["application/json"]["examples"]
    amt = cast.api("anna").get("/api/v1/schema/?format=json").json()
    assert not [path for path in amt["paths"] if "vakanzen" in path] and "/api/v1/suchen/" in amt["paths"]
    without = [
        f"{method.upper()} {path}"
        for path, operations in portal["paths"].items()
        for method, operation in operations.items()
        if {"vakanzen", "register"} & set(operation.get("tags", ())) and not _has_examples(operation)
    ]
    assert without == [], "an example of the answer, and of what is sent"


def _has_examples(operation: dict) -> bool:
    """Of the answer that is meant, unless it is a file, and of the body, if there is one."""
    good = [answer for code, answer in operation["responses"].items() if code.startswith("2")]
    asked = [operation["requestBody"]] if "requestBody" in operation else []
    kinds = [kind for part in good + asked for kind in part["content"].values()]
    return all(kind.get("examples") for kind in kinds if kind["schema"].get("format") != "binary")


def test_every_example_of_what_is_sent_would_be_taken(cast):
    """Each is read by the body's own fields: an example with a wrong word teaches it."""
    bodies = {body.__name__: body for body in list_inputs()}
    for doc in (cast.api("ines").get("/api/v1/schema/?format=json").json(),):
        for operations in doc["paths"].values():
            for operation in operations.values():
                for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                    for name, example in content.get("examples", {}).items():
                        ref = content["schema"]["$ref"].rpartition("/")[2]
                        body = bodies[ref.removesuffix("Request").removeprefix("Patched")]
                        data = _with_files(example["value"]) if kind == "multipart/form-data" else example["value"]
                        eingabe = body(data=data)
                        assert eingabe.is_valid(), (name, eingabe.errors)


def _with_files(value: dict[str, Any]) -> dict[str, Any]:
    """An example of files names them; a form brings them."""
    brings = {name: SimpleUploadedFile(value[name], b"%PDF") for name in {"datei"} & set(value)}
    brings |= {name: [SimpleUploadedFile(n, b"x") for n in value[name]] for name in {"dateien"} & set(value)}
    return value | brings
