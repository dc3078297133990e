"""POST and GET /api/v1/suchen/."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.catalogue.models import Sprache
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot
from tests.factories.suchen import FOLIE, SOLL, create_markt

URL = "/api/v1/suchen/"
ANFRAGE = {
    "hilfeart": "S34", "region": "VG", "beginn": "2017-06-01", "ende": "2017-11-30", "tage_je_woche": "7",
    "spezialisierungen": [], "geschlecht": None, "alter": None,
}  # fmt: skip


@pytest.fixture
def api(cast):
    return cast.api("anna")


def _post(client, body, **extra):
    return client.post(URL, body, content_type="application/json", **extra)


def test_create_suche__the_worked_example(api):
    markt = create_markt()
    antwort = _post(api, ANFRAGE)
    assert antwort.status_code == 201, antwort.content
    suche = antwort.json()
    assert (suche["tage"], suche["wochen"]) == ("182.00", "26.00")
    assert (suche["angebote_gesamt"], suche["angebote_verfuegbar"]) == (14, 14)
    zeilen = suche["angebote"]
    assert [z["angebot"] for z in zeilen] == [str(angebot.pk) for angebot in markt]
    assert [(z["vakanzen"], z["tagesentgelt"]) for z in zeilen] == list(FOLIE)
    assert [Decimal(z["soll_entgelt"]) for z in zeilen] == [Decimal(soll) for soll in SOLL]
    assert [z["differenz"] for z in zeilen] == [f"{soll - SOLL[0]}.00" for soll in SOLL]
    assert [z["bestprice"] for z in zeilen] == [True] + [False] * 13
    assert [z["rang"] for z in zeilen] == list(range(1, 15))
    assert zeilen[-1]["hinweis"] == "Nur weiblich"
    assert zeilen[0]["anbieter"] == "Jugendhilfe Küste gGmbH"


def test_create_suche__occupied_offers_only_on_request(api):
    create_angebot()
    create_angebot(plaetze=0)
    suche = _post(api, ANFRAGE).json()
    assert (suche["angebote_gesamt"], len(suche["angebote"])) == (2, 1)
    assert len(api.get(f"{URL}{suche['uuid']}/").json()["angebote"]) == 1
    assert len(api.get(f"{URL}{suche['uuid']}/?alle=1").json()["angebote"]) == 2


def test_get_suche__offers_come_in_pages(api, monkeypatch):
    monkeypatch.setattr("tenant_apps.placements.api.suchen.JE_SEITE", 5)
    markt = create_markt()
    suche = _post(api, ANFRAGE).json()
    assert (suche["anzahl"], len(suche["angebote"])) == (14, 5)
    gelesen, weiter = [], f"{URL}{suche['uuid']}/?sort=-kosten"
    while weiter:
        seite = api.get(weiter).json()
        gelesen += [zeile["angebot"] for zeile in seite["angebote"]]
        weiter = seite["weiter"]
    assert gelesen == [str(angebot.pk) for angebot in reversed(markt)]
    assert api.get(f"{URL}{suche['uuid']}/?page=4").status_code == 404
    assert api.get(f"{URL}{suche['uuid']}/?page=x").status_code == 404


def test_create_suche__without_result_is_kept(api):
    suche = _post(api, ANFRAGE).json()
    assert suche["ist_ergebnislos"] and suche["angebote"] == []
    assert api.get(URL).json()["results"][0]["uuid"] == suche["uuid"]


@pytest.mark.parametrize(
    ("change", "feld"),
    [
        ({"hilfeart": "X99"}, "hilfeart"),
        ({"beginn": "01.06.2017"}, "beginn"),
        ({"ende": "2017-05-01"}, "ende"),
        ({"region": "ZZ"}, "region"),
        ({"spezialisierungen": ["gibt-es-nicht"]}, "spezialisierungen"),
        ({"hilfeart": "A31"}, "stunden_je_woche"),
        ({"alter": 40}, "alter"),
        ({"sprachen": ["xx"]}, "sprachen"),
        ({"reichweite": "UMKREIS"}, "umkreis_plz"),
        ({"reichweite": "UMKREIS", "umkreis_plz": "17489"}, "umkreis_km"),
        ({"reichweite": "UMKREIS", "umkreis_plz": "99999", "umkreis_km": 5}, "umkreis_plz"),
        ({"umkreis_plz": "17489"}, "reichweite"),
        ({"barrierefrei": "NEIN"}, "barrierefrei"),
        ({"bestaetigt_tage": 0}, "bestaetigt_tage"),
        ({"verknuepfung": "KEINE"}, "verknuepfung"),
        ({"tage_je_woche": "4.3"}, "tage_je_woche"),
        ({"stunden_je_woche": "0"}, "stunden_je_woche"),
    ],
)
def test_create_suche__german_error_beside_the_field(api, change, feld):
    antwort = _post(api, ANFRAGE | change)
    assert antwort.status_code == 422
    assert list(antwort.json()["felder"]) == [feld]


def test_create_suche__what_an_offer_must_have_is_kept_and_answered(api):
    eins = create_angebot(spezialisierungen=("trauma",), barrierefrei="JA")
    eins.sprachen.set(Sprache.objects.filter(code__in=["ar", "uk"]))
    create_angebot(spezialisierungen=("sucht",))
    gefragt = {
        "spezialisierungen": ["sucht", "trauma"], "verknuepfung": "EINE", "sprachen": ["ar"],
        "barrierefrei": "TEILWEISE", "bestaetigt_tage": None,
    }  # fmt: skip
    suche = _post(api, ANFRAGE | gefragt).json()
    assert {name: suche[name] for name in gefragt} == gefragt
    assert [zeile["angebot"] for zeile in suche["angebote"]] == [str(eins.pk)]
    assert suche["angebote"][0]["passung"] == 82, "three of four things that were asked for, and open to all"


def test_create_suche__empty_body_names_every_field_in_german(api):
    felder = _post(api, {}).json()["felder"]
    assert set(felder) == {"hilfeart", "region", "beginn", "ende"}
    assert felder["beginn"] == ["Bitte füllen Sie dieses Feld aus."]


def test_create_suche__for_a_known_person(api, cast, vg):
    create_angebot()
    anna, bernd = cast.akteur("anna"), cast.akteur("bernd")
    with in_tenant(vg):
        eigener = create_hilfefall(fachkraft_id=anna.user_id).klient
        fremder = create_hilfefall(fachkraft_id=bernd.user_id).klient
    assert _post(api, ANFRAGE | {"klient": str(eigener.pk)}).json()["klient"] == str(eigener.pk)
    assert _post(api, ANFRAGE | {"klient": str(fremder.pk)}).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("doris", 403), ("frieda", 403), ("ines", 403)])
def test_create_suche__others_may_not(cast, name, status):
    assert _post(cast.api(name, at="VG"), ANFRAGE).status_code == status


def test_create_suche__strangers_are_asked_who_they_are(client):
    assert client.post(URL, ANFRAGE, content_type="application/json", SERVER_NAME="vg.localhost").status_code == 401


def test_get_suche__of_a_colleague_or_another_office_is_404(api, cast, vg):
    suche = _post(api, ANFRAGE).json()["uuid"]
    assert cast.api("clara").get(f"{URL}{suche}/").status_code == 404  # of no case yet: hers alone
    anna = cast.user("anna").pk  # inside the fence nobody reads accounts
    with in_tenant(vg):
        klient = create_hilfefall(fachkraft_id=anna, team="Anklam").klient
    im_team = _post(api, ANFRAGE | {"klient": str(klient.pk)}).json()["uuid"]
    assert cast.api("clara").get(f"{URL}{im_team}/").status_code == 200  # her team lead
    assert cast.api("bernd").get(f"{URL}{suche}/").status_code == 404
    assert cast.api("gerd").get(f"{URL}{suche}/").status_code == 404
    assert api.get(f"{URL}{uuid4()}/").status_code == 404


def test_list_suchen__same_number_of_queries_for_any_number(api):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert api.get(URL).status_code == 200
        return len(captured)

    _post(api, ANFRAGE)
    one = queries()
    for _ in range(5):
        _post(api, ANFRAGE)
    assert queries() == one


def test_create_suche__what_the_kind_of_help_is_not_searched_by_is_refused_not_left_out(api):
    """Days a week of care at home, hours of a home: somebody would believe that they were asked for."""
    ambulant = ANFRAGE | {"hilfeart": "A31", "tage_je_woche": None, "stunden_je_woche": "4"}
    assert _post(api, ambulant).status_code == 201
    for falsch in (ambulant | {"tage_je_woche": "5"}, ANFRAGE | {"stunden_je_woche": "4"}):
        antwort = _post(api, falsch)
        assert antwort.status_code == 422, antwort.content
        assert "lassen Sie die Angabe weg" in str(antwort.json()["felder"])
