"""A provider's own system reads and keeps its register: /api/v1/einrichtungen/, /api/v1/angebote/ at the portal."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.accounts.umfang import Umfang
from shared_apps.catalogue.models import Spezialisierung, Sprache
from shared_apps.core import api_felder
from shared_apps.providers.api import eingabe
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Entgelt, Entgeltvorschlag, Kontakt
from shared_apps.regions.models import Region
from shared_apps.signin.services import create_api_token
from tenants.context import on_portal
from tests.factories.register import create_angebot, create_einrichtung, license_einrichtung, occupy_platz, period
from tests.people import Visitor

pytestmark = pytest.mark.django_db

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
HEUTE = date.today()
JSON = {"content_type": "application/json"}
EINRICHTUNGEN, ANGEBOTE = "/api/v1/einrichtungen/", "/api/v1/angebote/"


def tag(n: int) -> str:
    return str(HEUTE + timedelta(days=n))


@pytest.fixture
def ines(cast):
    return cast.api("ines")


@pytest.fixture
def haus(db) -> Einrichtung:
    haus = create_einrichtung(anbieter=KUESTE, name="Haus Strandläufer", telefon="03834 1")
    license_einrichtung(haus, nummer="BE 17", plaetze=5, alter_bis=20)
    return haus


@pytest.fixture
def angebot(haus) -> Angebot:
    return create_angebot(einrichtung=haus, plaetze=2, name="Wohngruppe Möwe")


def test_list__own_facilities_with_what_is_free_today_and_what_is_due(ines, haus, angebot):
    create_angebot(anbieter=SEE)
    answer = ines.get(EINRICHTUNGEN).json()
    (row,) = answer["results"]
    assert (answer["count"], row["name"], row["kreis"], row["frei"], row["gesamt"]) == (1, haus.name, "VG", 2, 2)
    assert (row["faellig"], row["angebote"][0]["stand"]) == (1, "nie bestätigt")
    for query, found in (("suche=Strand", 1), ("suche=Berg", 0), ("kreis=HRO", 0), ("zu_tun=ja", 1)):
        assert ines.get(f"{EINRICHTUNGEN}?{query}").json()["count"] == found, query
    wrong = ines.get(f"{EINRICHTUNGEN}?kreis=QUATSCH&zu_tun=nein")
    assert (wrong.status_code, set(wrong.json()["felder"])) == (422, {"kreis", "zu_tun"})
    for n in range(3):
        create_einrichtung(anbieter=KUESTE, name=f"Haus {n}")
    page = ines.get(f"{EINRICHTUNGEN}?page_size=3").json()
    assert (page["count"], len(page["results"])) == (4, 3)
    assert len(ines.get(page["next"]).json()["results"]) == 1


def test_retrieve__all_that_is_kept_of_a_facility_and_an_offer(cast, ines, haus, angebot):
    row = ines.get(f"{EINRICHTUNGEN}{haus.pk}/").json()
    assert (row["telefon"], row["anbieter_name"], row["letzter_tag"]) == ("03834 1", KUESTE, None)
    assert [(e["nummer"], e["plaetze"]) for e in row["betriebserlaubnisse"]] == [("BE 17", 5)]
    assert [a["uuid"] for a in row["angebote"]] == [str(angebot.pk)]
    angebot = create_angebot(einrichtung=haus, plaetze=2, entgelt=None, name="Wohngruppe Robbe")
    for betrag, zeit in (("80.00", period("2020-01-01", tag(9))), ("90.00", period(tag(10), "2099-12-31"))):
        Entgelt.objects.create(angebot=angebot, betrag=betrag, gueltig=zeit)
    row = ines.get(f"{ANGEBOTE}{angebot.pk}/").json()
    assert (row["name"], row["hilfeart"], row["einheit"], row["stufe"]) == (angebot.name, "S34", "TAG", "nie")
    assert (row["frei"], row["gesamt"], row["stunden_je_woche"], row["entgeltvorschlag"]) == (2, 2, None, None)
    assert row["entgelt"]["betrag"] == "80.00"
    assert [e["betrag"] for e in row["entgelte"]] == ["90.00", "80.00"], "the coming one, too"
    ambulant = create_angebot(hilfeart="A31", einrichtung=haus, stunden_je_woche=40, entgelt="55.00")
    row = ines.get(f"{ANGEBOTE}{ambulant.pk}/").json()
    assert (row["stunden_je_woche"], row["einheit"]) == ("40.00", "STUNDE")
    assert ines.get(f"{ANGEBOTE}?hilfeart=A31").json()["count"] == 1
    assert ines.get(f"{ANGEBOTE}?einrichtung={haus.pk}").json()["count"] == 3
    assert ines.get(f"{ANGEBOTE}?einrichtung={uuid4()}").json()["count"] == 0


def test_what_is_somebody_elses_does_not_exist(cast, ines, haus):
    fremd = create_angebot(anbieter=SEE)
    assert ines.get(f"{EINRICHTUNGEN}{fremd.einrichtung_id}/").status_code == 404
    assert ines.get(f"{ANGEBOTE}{fremd.pk}/").status_code == 404
    assert ines.get(ANGEBOTE).json()["results"] == []
    assert ines.patch(f"{EINRICHTUNGEN}{fremd.einrichtung_id}/", {"telefon": "03834 1"}, **JSON).status_code == 404
    assert ines.patch(f"{ANGEBOTE}{fremd.pk}/", {"name": "Meins"}, **JSON).status_code == 404
    assert ines.put(f"{ANGEBOTE}{fremd.pk}/platzzahl/", {"anzahl": 1, "ab": tag(0)}, **JSON).status_code == 404
    assert ines.post(f"{ANGEBOTE}{fremd.pk}/entgeltvorschlaege/", VORSCHLAG, **JSON).status_code == 404
    assert ines.post(f"{EINRICHTUNGEN}{fremd.einrichtung_id}/angebote/", NEU, **JSON).status_code == 404
    assert ines.post(f"{EINRICHTUNGEN}{fremd.einrichtung_id}/erlaubnisse/", ERLAUBNIS, **JSON).status_code == 404
    erlaubnis = fremd.einrichtung.betriebserlaubnis_liste.get()
    assert ines.patch(f"/api/v1/erlaubnisse/{erlaubnis.pk}/", {"plaetze": 1}, **JSON).status_code == 404
    fremder = Anbieter.objects.get(name=SEE)
    body = {"anbieter": str(fremder.pk), "kreis": "VG", "name": "Neu"}
    assert ines.post(EINRICHTUNGEN, body, **JSON).status_code == 404


NEU = {"hilfeart": "S34", "name": "Robbe", "beginn": tag(0), "plaetze": 2, "alter_von": 6, "alter_bis": 14}
VORSCHLAG = {"grundleistung": "90.00", "ab": tag(1), "vereinbart_am": tag(0), "rechtsgrundlage": "78b"}
ERLAUBNIS = {"nummer": "BE 18", "behoerde": "Amt", "datum": tag(0), "plaetze": 9, "alter_von": 0, "alter_bis": 20}


def test_staff_of_a_house_and_billing(cast, haus, angebot):
    fritz, bille = cast.api("fritz"), cast.api("bille")
    anderes = create_angebot(anbieter=KUESTE)
    assert [r["name"] for r in fritz.get(EINRICHTUNGEN).json()["results"]] == [haus.name]
    assert fritz.get(f"{ANGEBOTE}{anderes.pk}/").status_code == 404
    assert fritz.patch(f"{EINRICHTUNGEN}{haus.pk}/", {"telefon": "03834 2"}, **JSON).json()["telefon"] == "03834 2"
    assert fritz.patch(f"{ANGEBOTE}{angebot.pk}/", {"hinweis": "am Wasser"}, **JSON).status_code == 200
    for method, path, body in (
        ("post", EINRICHTUNGEN, {"kreis": "VG", "name": "Neu"}),
        ("post", f"{EINRICHTUNGEN}{haus.pk}/angebote/", NEU),
        ("put", f"{ANGEBOTE}{angebot.pk}/platzzahl/", {"anzahl": 1, "ab": tag(0)}),
        ("post", f"{ANGEBOTE}{angebot.pk}/entgeltvorschlaege/", VORSCHLAG),
        ("post", f"{EINRICHTUNGEN}{haus.pk}/erlaubnisse/", ERLAUBNIS),
    ):
        assert getattr(fritz, method)(path, body, **JSON).status_code == 403, path
        assert getattr(bille, method)(path, body, **JSON).status_code == 403, path
    assert bille.get(f"{ANGEBOTE}{angebot.pk}/").status_code == 200
    assert bille.patch(f"{EINRICHTUNGEN}{haus.pk}/", {"telefon": "03834 3"}, **JSON).status_code == 403
    assert cast.api("anna", at="PORTAL").get(ANGEBOTE).status_code == 403
    assert cast.api("ines", at="VG").get(ANGEBOTE).status_code == 404


def test_field_that_is_none_is_refused_by_its_name__nothing_is_done(cast, haus, angebot):
    """A program that mistypes a name would be told that what it meant is done."""
    ines, vorher = cast.api("ines"), haus.telefon
    for method, path, body in (
        ("patch", f"{EINRICHTUNGEN}{haus.pk}/", {"telefon": "03834 9", "telefonnummer": "1"}),
        ("patch", f"{ANGEBOTE}{angebot.pk}/", {"telefonnummer": ""}),
        ("post", f"{EINRICHTUNGEN}{haus.pk}/angebote/", NEU | {"telefonnummer": "1"}),
        ("put", f"{ANGEBOTE}{angebot.pk}/platzzahl/", {"anzahl": 1, "ab": tag(0), "telefonnummer": "1"}),
        ("post", f"{EINRICHTUNGEN}{haus.pk}/ende-zuruecknehmen/", {"telefonnummer": "1"}),
    ):
        refused = getattr(ines, method)(path, body, **JSON)
        assert refused.status_code == 422, (path, refused.text)
        assert refused.json()["felder"] == {"telefonnummer": [api_felder.UNBEKANNT]}
    haus.refresh_from_db()
    assert haus.telefon == vorher
    assert ines.get(f"{EINRICHTUNGEN}?telefonnummer=1").status_code == 200, "an address has other parameters, too"


@pytest.mark.parametrize("umfang", [Umfang.LESEN, Umfang.VAKANZEN, Umfang.REGISTER])
def test_a_key_without_the_scope_keeps_nothing(cast, haus, umfang):
    key = create_api_token(user=cast.user("ines"), tenant=None, umfang=[umfang])
    client = Visitor(SERVER_NAME="portal.localhost", HTTP_AUTHORIZATION=f"Token {key}")
    assert client.patch(f"{EINRICHTUNGEN}{haus.pk}/", {"telefon": "03834 9"}, **JSON).status_code == 403
    assert client.get(EINRICHTUNGEN).status_code == (200 if umfang == Umfang.REGISTER else 403)


def test_contacts__read_entered_and_changed(cast, ines, haus):
    Kontakt.objects.create(anbieter=haus.anbieter, funktion="BEREITSCHAFT", telefon="0381 112", ist_notruf=True)
    one, ruf = f"{EINRICHTUNGEN}{haus.pk}/", {"funktion": "BEREITSCHAFT", "telefon": "03834 99", "ist_notruf": True}
    row = ines.get(one).json()
    assert (row["notfalltelefon"], row["kontakte"]) == ("0381 112", []), "its provider's, while it has none"
    made = ines.post(f"{one}kontakte/", ruf, headers={"Idempotency-Key": "k"}, **JSON)
    assert made.status_code == 201 and made.json()["ist_notruf"] is True
    assert ines.post(f"{one}kontakte/", ruf, headers={"Idempotency-Key": "k"}, **JSON).json() == made.json()
    zweites = ines.post(f"{one}kontakte/", ruf, **JSON)
    assert (zweites.status_code, list(zweites.json()["felder"])) == (422, ["ist_notruf"])
    kontakt = f"/api/v1/kontakte/{made.json()['uuid']}/"
    assert ines.patch(kontakt, {"telefon": "03834 100"}, **JSON).json()["telefon"] == "03834 100"
    assert list(ines.patch(kontakt, {"telefon": ""}, **JSON).json()["felder"]) == ["telefon"], "nobody can reach it"
    for wrong in ({"telefon": "abc"}, {"funktion": "CHEF"}, {"email": "keine"}):
        assert list(ines.patch(kontakt, wrong, **JSON).json()["felder"]) == list(wrong)
    row = ines.get(one).json()
    assert (row["notfalltelefon"], [k["telefon"] for k in row["kontakte"]]) == ("03834 100", ["03834 100"])
    jan = cast.api("jan")
    assert jan.patch(kontakt, {"telefon": "03834 1"}, **JSON).status_code == 404
    assert jan.post(f"{one}kontakte/", ruf, **JSON).status_code == 404
    assert cast.api("bille").patch(kontakt, {"telefon": "03834 1"}, **JSON).status_code == 403


def test_facility__entered_and_changed(ines, haus):
    region = Region.objects.filter(gebietskoerperschaft__kuerzel="VG").first()
    fremde = Region.objects.exclude(gebietskoerperschaft__kuerzel="VG").first()
    body = {"kreis": "VG", "name": "Haus Möwe", "plz": "17489", "email": "haus@example.org", "web": "www.example.org"}
    wrong = ines.post(EINRICHTUNGEN, body | {"plz": "1748"}, **JSON)
    assert (wrong.status_code, set(wrong.json()["felder"])) == (422, {"plz", "web"})
    body["web"] = "https://www.example.org/"
    made = ines.post(EINRICHTUNGEN, body, headers={"Idempotency-Key": "h"}, **JSON)
    assert made.status_code == 201, made.text
    assert (made.json()["plz"], made.json()["betriebstage_jahr"]) == ("17489", "365.00")
    assert ines.post(EINRICHTUNGEN, body, headers={"Idempotency-Key": "h"}, **JSON).json() == made.json()
    twice = ines.post(EINRICHTUNGEN, body, **JSON)
    assert (twice.status_code, list(twice.json()["felder"])) == (422, ["name"])
    one = f"{EINRICHTUNGEN}{made.json()['uuid']}/"
    changed = ines.patch(one, {"telefon": "03834 99", "email": ""}, **JSON).json()
    assert (changed["telefon"], changed["email"], changed["plz"]) == ("03834 99", "", "17489"), "the rest stays"
    wo = {"breite": "54.09311", "laenge": "13.38786", "betriebstage_woche": "5"}
    changed = ines.patch(one, wo, **JSON).json()
    assert (changed["breite"], changed["betriebstage_woche"]) == ("54.09311", "5.00")
    assert ines.patch(one, {"betriebstage_jahr": None}, **JSON).status_code == 422, "null says nothing of days"
    if region:
        assert ines.patch(one, {"region": region.name}, **JSON).json()["region"] == region.name
    if fremde:
        wrong = ines.patch(one, {"region": fremde.name + "x"}, **JSON)
        assert list(wrong.json()["felder"]) == ["region"]
    for bad, feld in (({"email": "keine"}, "email"), ({"name": ""}, "name"), ({"telefon": "a\x07"}, "telefon")):
        assert list(ines.patch(one, bad, **JSON).json()["felder"]) == [feld]


def test_offer__entered_found_changed_and_limited_by_the_licence(cast, ines, haus):
    spezialisierung, sprache = Spezialisierung.objects.first().code, Sprache.objects.first().code
    neu = NEU | {"spezialisierungen": [spezialisierung], "sprachen": [sprache]}
    made = ines.post(f"{EINRICHTUNGEN}{haus.pk}/angebote/", neu, **JSON)
    assert made.status_code == 201, made.text
    assert (made.json()["spezialisierungen"], made.json()["sprachen"]) == ([spezialisierung], [sprache])
    row = made.json()
    assert (row["gesamt"], row["alter_von"], row["stufe"]) == (2, 6, "frisch")
    one = f"{ANGEBOTE}{row['uuid']}/"
    mehr = ines.put(f"{one}platzzahl/", {"anzahl": 6, "ab": tag(0)}, **JSON)
    assert (mehr.status_code, list(mehr.json()["felder"])) == (422, ["anzahl"])
    assert "Betriebserlaubnis Nr. BE 17" in mehr.json()["detail"]
    assert ines.put(f"{one}platzzahl/", {"anzahl": 4, "ab": tag(0)}, **JSON).json()["gesamt"] == 4
    alt = ines.patch(one, {"alter_bis": 22}, **JSON)
    assert alt.status_code == 422 and "Betriebserlaubnis" in alt.json()["detail"]
    assert ines.patch(one, {"geschlecht": "w", "schule": "nebenan"}, **JSON).json()["geschlecht"] == "w"
    stunden = ines.patch(one, {"stunden_je_woche": 5}, **JSON)
    assert list(stunden.json()["felder"]) == ["stunden_je_woche"]
    fremd = ines.patch(one, {"merkmale": {"pflegegrad": {"von": 1, "bis": 2}}}, **JSON)
    assert list(fremd.json()["felder"]) == ["merkmale.pflegegrad"]
    fremd = ines.patch(one, {"sprachen": ["klingonisch"]}, **JSON)
    assert list(fremd.json()["felder"]) == ["sprachen"] and "klingonisch" in fremd.json()["detail"]
    assert ines.patch(one, {"sprachen": []}, **JSON).json()["sprachen"] == []
    fehlt = ines.post(f"{EINRICHTUNGEN}{haus.pk}/angebote/", {"hilfeart": "X"}, **JSON)
    assert {"hilfeart", "name", "beginn", "plaetze"} <= set(fehlt.json()["felder"])


def test_places__what_an_office_holds_stays(vg, ines, angebot):
    occupy_platz(platz=angebot.plaetze.get(nummer=2), tenant=vg, zeitraum=period(tag(0), tag(90)))
    occupy_platz(platz=angebot.plaetze.get(nummer=1), tenant=vg, zeitraum=period(tag(0), tag(90)))
    answer = ines.put(f"{ANGEBOTE}{angebot.pk}/platzzahl/", {"anzahl": 1, "ab": tag(1)}, **JSON)
    assert answer.status_code == 409 and "Vorpommern-Greifswald" in answer.json()["detail"]


def test_rate__proposed_and_not_confirmed_by_its_own_side(cast, ines, angebot):
    url = f"{ANGEBOTE}{angebot.pk}/entgeltvorschlaege/"
    made = ines.post(url, VORSCHLAG, headers={"Idempotency-Key": "e"}, **JSON)
    assert made.status_code == 201, made.text
    assert (made.json()["zustand"], made.json()["betrag"]) == ("VORGESCHLAGEN", "90.00")
    assert ines.post(url, VORSCHLAG, headers={"Idempotency-Key": "e"}, **JSON).json() == made.json()
    assert ines.post(url, VORSCHLAG, **JSON).status_code == 409, "one waits"
    assert ines.get(f"{ANGEBOTE}{angebot.pk}/").json()["entgeltvorschlag"]["uuid"] == made.json()["uuid"]
    akteur = cast.akteur("ines")
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        assert Entgeltvorschlag.objects.get().vom_anbieter
    kommt = ines.post(url, VORSCHLAG | {"ab": tag(3), "vereinbart_am": tag(2)}, **JSON)
    assert kommt.status_code == 422 and list(kommt.json()["felder"]) == ["vereinbart_am"]
    zurueck = ines.post(url, VORSCHLAG | {"ab": tag(-3)}, **JSON)
    assert zurueck.status_code == 422 and "§ 78d" in zurueck.json()["detail"]


def test_licence__entered_and_ended(ines, haus, angebot):
    url = f"{EINRICHTUNGEN}{haus.pk}/erlaubnisse/"
    klein = ines.post(url, ERLAUBNIS | {"plaetze": 1}, **JSON)
    assert klein.status_code == 422 and "Wohngruppe Möwe" in klein.json()["detail"]
    kommt_noch = ines.post(url, ERLAUBNIS | {"datum": tag(1)}, **JSON)
    assert kommt_noch.status_code == 422 and "in der Zukunft" in kommt_noch.json()["detail"], kommt_noch.text
    made = ines.post(url, ERLAUBNIS, **JSON)
    assert (made.status_code, made.json()["beginn"]) == (201, tag(0)), made.text
    akte = ines.get(f"{EINRICHTUNGEN}{haus.pk}/").json()["betriebserlaubnisse"]
    assert {e["nummer"]: e["letzter_tag"] for e in akte} == {"BE 18": None, "BE 17": tag(-1)}
    one = f"/api/v1/erlaubnisse/{made.json()['uuid']}/"
    assert ines.patch(one, {"letzter_tag": tag(30)}, **JSON).json()["letzter_tag"] == tag(30)


def test_reading_costs_the_same_for_any_number(ines, haus, angebot):
    def costs() -> list[int]:
        counted = []
        for url in (EINRICHTUNGEN, ANGEBOTE, f"{EINRICHTUNGEN}{haus.pk}/", f"{ANGEBOTE}{angebot.pk}/"):
            with CaptureQueriesContext(connection) as captured:
                assert ines.get(url).status_code == 200
            counted.append(len(captured))
        return counted

    ines.get(EINRICHTUNGEN)
    few = costs()
    for _ in range(3):
        create_angebot(anbieter=KUESTE, plaetze=2)
        create_angebot(einrichtung=haus, plaetze=1)
    assert costs() == few


@pytest.mark.parametrize("form", eingabe.FORMULARE, ids=lambda form: form.__name__)
def test_every_field_of_a_page_is_taken_by_the_api(form):
    """A kind of field without a counterpart in `_ARTEN` of api/eingabe.py would be missing from the body."""
    assert eingabe.list_unbekannte(form) == []
