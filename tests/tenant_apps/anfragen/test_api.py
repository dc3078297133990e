"""The same by programs of both sides, each request once for its Idempotency-Key."""

from __future__ import annotations

import pytest

from tenant_apps.anfragen.models import Anfrage
from tenant_apps.placements.models import Reservierung
from tests.tenant_apps.anfragen.story import BEDARF, HEUTE, Anfragestory, tell

ANFRAGEN, HAEUSER = "/api/v1/anfragen/", "/api/v1/hausanfragen/"


@pytest.fixture
def story(cast, vg, settings) -> Anfragestory:
    settings.FIXED_TODAY = HEUTE
    return tell(cast, vg)


def _send(client, path: str, body: dict | None = None, key: str = ""):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(path, body or {}, content_type="application/json", headers=headers)


def test_asked_answered_accepted__each_once(story, sign_in) -> None:
    anna, ines, jan = (sign_in(name, at="VG") for name in ("anna", "ines", "jan"))
    body = {"suche": str(story.suche.pk), "angebote": [str(a.pk) for a in (story.kueste, story.see)], "bedarf": BEDARF}
    verraten = _send(anna, ANFRAGEN, body | {"bedarf": "Mia braucht Ruhe."})
    assert verraten.status_code == 422 and "Mia" in verraten.json()["felder"]["bedarf"][0]
    gefragt = [_send(anna, ANFRAGEN, body, key="frage-1") for _ in range(2)]
    assert [antwort.status_code for antwort in gefragt] == [201, 201]
    assert gefragt[0].json() == gefragt[1].json() and len(gefragt[0].json()["haeuser"]) == 2
    with story.at_vg():
        assert Anfrage.objects.count() == 1

    haus = story.haus(story.kueste)
    gelesen = ines.get(f"{HAEUSER}{haus.pk}/").json()
    assert (gelesen["nummer"], gelesen["bedarf"], gelesen["alter_von"]) == (haus.nummer, BEDARF, 12)
    assert (gelesen["anfrage"], gelesen["soll_entgelt"], gelesen["passung"]) == (None, None, None)
    assert jan.get(f"{HAEUSER}{haus.pk}/").status_code == 404
    assert _send(jan, f"{HAEUSER}{haus.pk}/absagen/", {"grund": "PERSONAL"}).status_code == 404
    assert _send(anna, f"{HAEUSER}{haus.pk}/zusagen/").status_code == 403
    for key in ("ja-1", "ja-1"):
        ja = _send(ines, f"{HAEUSER}{haus.pk}/zusagen/", {"tage": 3}, key=key)
        assert ja.status_code == 200 and ja.json()["zustand"] == "ZUGESAGT" and ja.json()["haelt_bis_at"]
    assert _send(ines, f"{HAEUSER}{haus.pk}/zusagen/", {"tage": 3}, key="ja-2").status_code == 409

    for key in ("nimm-1", "nimm-1"):
        genommen = _send(anna, f"{HAEUSER}{haus.pk}/annehmen/", {"soll_entgelt": "13832.00"}, key=key)
        assert genommen.status_code == 200, genommen.content
        assert genommen.json()["zustand"] == "ANGENOMMEN" and genommen.json()["reservierung"]
    with story.at_vg():
        assert Reservierung.objects.get().platzbindung_id == haus.pk
    stand = anna.get(f"{ANFRAGEN}{haus.anfrage_id}/").json()
    assert {h["zustand"] for h in stand["haeuser"]} == {"ANGENOMMEN", "GESCHLOSSEN"}
    zu = jan.get(f"{HAEUSER}{story.haus(story.see).pk}/").json()
    assert (zu["zustand"], zu["bedarf"], zu["alter_von"]) == ("GESCHLOSSEN", None, None)
    assert anna.get(ANFRAGEN).json()["results"][0]["zustand"] == "ANGENOMMEN"


def test_other_answers_and_the_way_back(story, sign_in) -> None:
    anfrage = story.ask()
    ines, jan, anna = (sign_in(name, at="VG") for name in ("ines", "jan", "anna"))
    kueste, see = story.haus(story.kueste), story.haus(story.see)
    assert _send(ines, f"{HAEUSER}{kueste.pk}/anrufen/").json()["zustand"] == "ANRUF"
    assert _send(ines, f"{HAEUSER}{kueste.pk}/rueckfragen/", {"frage": "Allergien?"}).json()["zustand"] == "RUECKFRAGE"
    ohne = _send(jan, f"{HAEUSER}{see.pk}/absagen/", {"grund": "SONSTIGES"})
    assert ohne.status_code == 422 and "erlaeuterung" in ohne.json()["felder"]
    assert _send(jan, f"{HAEUSER}{see.pk}/absagen/", {"grund": "PERSONAL"}).json()["absagegrund"] == "PERSONAL"
    zurueck = _send(anna, f"{ANFRAGEN}{anfrage.pk}/zurueckziehen/", {"grund": "Mutter sagt ab"})
    assert [h["zustand"] for h in zurueck.json()["haeuser"]].count("ZURUECKGEZOGEN") == 1
