"""What else a program keeps of its register: exceptions, names of places, ends, the provider itself, its proposals."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from shared_apps.accounts.umfang import Umfang
from shared_apps.providers.api import beispiele
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Entgelt, Kontakt, LeqVereinbarung
from shared_apps.regions.models import Gebietskoerperschaft
from shared_apps.signin.services import create_api_token
from tests.factories.register import create_angebot, create_einrichtung, license_einrichtung, occupy_platz, period
from tests.people import Visitor

pytestmark = pytest.mark.django_db

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
HEUTE = date.today()
JSON = {"content_type": "application/json"}
API = "/api/v1/"


def tag(n: int) -> str:
    return str(HEUTE + timedelta(days=n))


def one(thing: str, row: object, step: str = "") -> str:
    return f"{API}{thing}/{getattr(row, 'pk', row)}/" + (f"{step}/" if step else "")


@pytest.fixture
def ines(cast):
    return cast.api("ines")


@pytest.fixture
def haus(db) -> Einrichtung:
    haus = create_einrichtung(anbieter=KUESTE, name="Haus Strandläufer")
    license_einrichtung(haus, nummer="BE 17", plaetze=3, alter_bis=20)
    return haus


@pytest.fixture
def angebot(haus) -> Angebot:
    return create_angebot(einrichtung=haus, plaetze=3, name="Wohngruppe Möwe")


AUSNAHME = {
    "aktenzeichen": "KSV 4-31", "datum": tag(0), "beginn": tag(0), "letzter_tag": tag(90), "plaetze_mehr": 1,
    "grund": "Umbau",
}  # fmt: skip


def test_exception__entered_corrected_and_what_leans_on_it(ines, haus, angebot):
    url = one("einrichtungen", haus, "ausnahmen")
    nichts = ines.post(url, AUSNAHME | {"plaetze_mehr": 0}, **JSON)
    assert (nichts.status_code, list(nichts.json()["felder"])) == (422, ["plaetze_mehr"])
    made = ines.post(url, AUSNAHME, headers={"Idempotency-Key": "a"}, **JSON)
    assert made.status_code == 201, made.text
    assert ines.post(url, AUSNAHME, headers={"Idempotency-Key": "a"}, **JSON).json() == made.json()
    assert [a["uuid"] for a in ines.get(one("einrichtungen", haus)).json()["ausnahmen"]] == [made.json()["uuid"]]
    mehr = {"anzahl": 4, "ab": tag(0), "letzter_tag": tag(90)}
    assert ines.put(one("angebote", angebot, "platzzahl"), mehr, **JSON).status_code == 200
    ausnahme = one("ausnahmen", made.json()["uuid"])
    kurz = ines.patch(ausnahme, {"letzter_tag": tag(30)}, **JSON)
    assert kurz.status_code == 422 and "Wohngruppe Möwe" in kurz.json()["detail"]
    assert ines.patch(ausnahme, {"letzter_tag": tag(120), "alter_bis": 21}, **JSON).json()["alter_bis"] == 21
    assert list(ines.patch(ausnahme, {"letzter_tag": tag(-1)}, **JSON).json()["felder"]) == ["letzter_tag"]


def test_names_of_places__read_said_swapped(cast, ines, angebot):
    url = one("angebote", angebot, "platznamen")
    assert [(p["nummer"], p["name"]) for p in ines.get(url).json()["plaetze"]] == [(1, ""), (2, ""), (3, "")]

    def name(*namen: tuple[int, str]) -> object:
        return ines.put(url, {"plaetze": [{"nummer": n, "name": name} for n, name in namen]}, **JSON)

    assert [p["name"] for p in name((1, "Zimmer 1"), (2, "Zimmer 2")).json()["plaetze"]] == ["Zimmer 1", "Zimmer 2", ""]
    assert [p["name"] for p in name((2, "Zimmer 1"), (1, "Zimmer 2")).json()["plaetze"]] == ["Zimmer 2", "Zimmer 1", ""]
    for wrong, feld in (
        (((1, "Neu"), (3, "Zimmer 1")), "plaetze.1.name"),
        (((9, "Zimmer 9"),), "plaetze.0.name"),
        (((1, "A"), (1, "B")), "plaetze.1.nummer"),
        (((1, "x" * 61),), "plaetze.0.name"),
        ((), "plaetze"),
    ):
        answer = name(*wrong)
        assert (answer.status_code, list(answer.json()["felder"])) == (422, [feld]), answer.text
    assert [p["name"] for p in ines.get(url).json()["plaetze"]] == ["Zimmer 2", "Zimmer 1", ""], "all of it or nothing"
    assert cast.api("bille").get(url).status_code == 200


def test_end_of_an_offer__names_who_holds_a_place_and_is_taken_back(vg, ines, angebot):
    occupy_platz(platz=angebot.plaetze.get(nummer=2), tenant=vg, zeitraum=period(tag(0), tag(90)))
    url, back = one("angebote", angebot, "beenden"), one("angebote", angebot, "ende-zuruecknehmen")
    held = ines.post(url, {"letzter_tag": tag(30)}, **JSON)
    assert (held.status_code, held.json()["code"]) == (409, "laeuft_noch")
    assert "Landkreis Vorpommern-Greifswald: 1 Platz reserviert oder gebucht" in held.json()["detail"]
    ended = ines.post(url, {"letzter_tag": tag(100)}, headers={"Idempotency-Key": "e"}, **JSON)
    assert (ended.status_code, ended.json()["letzter_tag"]) == (200, tag(100))
    assert ines.post(url, {"letzter_tag": tag(100)}, headers={"Idempotency-Key": "e"}, **JSON).json() == ended.json()
    assert ines.post(url, {"letzter_tag": tag(110)}, **JSON).status_code == 409, "it has an end"
    assert ines.post(back, **JSON).json()["letzter_tag"] is None
    assert ines.post(back, **JSON).status_code == 409
    assert list(ines.post(url, {"letzter_tag": "gestern"}, **JSON).json()["felder"]) == ["letzter_tag"]


def test_end_of_a_facility_and_the_provider__from_the_bottom_to_the_top(ines, haus, angebot):
    anbieter, ende = haus.anbieter, {"letzter_tag": tag(60)}
    for thing, row, runs in (("einrichtungen", haus, "Wohngruppe Möwe"), ("anbieter", anbieter, "Haus Strandläufer")):
        noch = ines.post(one(thing, row, "beenden"), ende, **JSON)
        assert (noch.status_code, noch.json()["code"]) == (409, "laeuft_noch") and runs in noch.json()["detail"]
    for thing, row in (("angebote", angebot), ("einrichtungen", haus), ("anbieter", anbieter)):
        ended = ines.post(one(thing, row, "beenden"), ende, **JSON)
        assert (ended.status_code, ended.json()["letzter_tag"]) == (200, tag(60)), ended.text
    above = ines.post(one("angebote", angebot, "ende-zuruecknehmen"))
    assert above.status_code == 409 and "Haus Strandläufer" in above.json()["detail"]
    for thing, row in (("anbieter", anbieter), ("einrichtungen", haus), ("angebote", angebot)):
        assert ines.post(one(thing, row, "ende-zuruecknehmen")).json()["letzter_tag"] is None


def test_provider__read_and_what_it_says_of_itself_changed(cast, ines, haus):
    (row,) = ines.get(f"{API}anbieter/").json()["anbieter"]
    assert (row["name"], row["letzter_tag"], row["kontakte"]) == (KUESTE, None, [])
    assert "iban" not in str(row), "the account is no program's"
    url = one("anbieter", row["uuid"])
    changed = ines.patch(url, {"dachverband": "Diakonie", "steuerstatus": "GEMEINNUETZIG", "plz": "17489"}, **JSON)
    assert (changed.json()["dachverband"], changed.json()["plz"]) == ("Diakonie", "17489")
    assert ines.get(url).json() == changed.json()
    for wrong in ({"plz": "1"}, {"email": "keine"}, {"steuerstatus": "QUATSCH"}):
        assert list(ines.patch(url, wrong, **JSON).json()["felder"]) == list(wrong)
    named = ines.patch(url, {"name": "Anders"}, **JSON)
    assert list(named.json()["felder"]) == ["name"] and ines.get(url).json()["name"] == KUESTE, "an office admitted it"
    assert cast.api("bille").get(url).status_code == 200
    assert cast.api("bille").patch(url, {"dachverband": "x"}, **JSON).status_code == 403
    fritz = cast.api("fritz")
    assert fritz.get(f"{API}anbieter/").json()["anbieter"] == [], "she speaks for her house"
    assert (fritz.get(url).status_code, fritz.patch(url, {"dachverband": "x"}, **JSON).status_code) == (404, 403)


def test_contacts_of_the_provider__entered_changed_and_deleted(cast, ines, haus):
    url = one("anbieter", haus.anbieter, "kontakte")
    ruf = {"funktion": "BEREITSCHAFT", "name": "Vera Voß", "telefon": "0381 112", "ist_notruf": True}
    made = ines.post(url, ruf, headers={"Idempotency-Key": "k"}, **JSON)
    assert made.status_code == 201, made.text
    assert list(ines.post(url, ruf, **JSON).json()["felder"]) == ["ist_notruf"]
    assert ines.get(one("einrichtungen", haus)).json()["notfalltelefon"] == "0381 112"
    assert [k["name"] for k in ines.get(one("anbieter", haus.anbieter)).json()["kontakte"]] == ["Vera Voß"]
    kontakt = one("kontakte", made.json()["uuid"])
    assert ines.patch(kontakt, {"telefon": "0381 113"}, **JSON).json()["telefon"] == "0381 113"
    fritz = cast.api("fritz")
    assert fritz.post(url, ruf, **JSON).status_code == 403
    assert fritz.post(f"{kontakt}entfernen/").status_code == 404, "not of her house"
    assert cast.api("jan").post(f"{kontakt}entfernen/").status_code == 404
    for _ in range(2):
        weg = ines.post(f"{kontakt}entfernen/", headers={"Idempotency-Key": "weg"})
        assert (weg.status_code, weg.json()) == (200, {"uuid": made.json()["uuid"]}), (
            "of what is deleted nothing is said"
        )
    assert not Kontakt.objects.exists() and ines.post(f"{kontakt}entfernen/").status_code == 404


def test_master_data__proposed_read_and_withdrawn(cast, vg, ines, haus):
    url = one("anbieter", haus.anbieter, "stammdatenvorschlaege")
    body = {"name": "Jugendhilfe Ostsee gGmbH", "gebietskoerperschaft": "VG", "begruendung": "Umbenannt"}
    for change, feld in (
        ({"gebietskoerperschaft": "HRO"}, "gebietskoerperschaft"),
        ({"name": KUESTE}, "name"),
        ({"begruendung": ""}, "begruendung"),
    ):
        wrong = ines.post(url, body | change, **JSON)
        assert (wrong.status_code, list(wrong.json()["felder"])) == (422, [feld]), wrong.text
    made = ines.post(url, body, headers={"Idempotency-Key": "s"}, **JSON)
    assert made.status_code == 201, made.text
    row = made.json()
    assert (row["zustand"], row["name"], row["bisher"]["name"]) == ("VORGESCHLAGEN", body["name"], KUESTE)
    assert row["rechtsform"] == haus.anbieter.rechtsform, "what is not sent stays"
    assert ines.post(url, body, headers={"Idempotency-Key": "s"}, **JSON).json() == row
    assert ines.post(url, body, **JSON).status_code == 409, "one waits"
    assert ines.get(one("anbieter", haus.anbieter)).json()["name"] == KUESTE, "it holds when an office confirms it"
    liste = f"{API}stammdatenvorschlaege/"
    assert [r["uuid"] for r in ines.get(f"{liste}?zustand=VORGESCHLAGEN").json()["results"]] == [row["uuid"]]
    assert ines.get(f"{liste}?zustand=ABGELEHNT").json()["results"] == []
    assert list(ines.get(f"{liste}?zustand=QUATSCH").json()["felder"]) == ["zustand"]
    hier = one("stammdatenvorschlaege", row["uuid"])
    assert ines.get(hier).json() == row
    assert cast.api("jan").get(hier).status_code == 404
    assert cast.api("jan").post(f"{hier}zurueckziehen/").status_code == 404
    assert cast.api("fritz").get(liste).status_code == 403
    assert ines.post(f"{hier}zurueckziehen/").json()["zustand"] == "ZURUECKGEZOGEN"
    assert ines.post(f"{hier}zurueckziehen/").status_code == 409


SATZ = {"grundleistung": "55.00", "ab": tag(1), "vereinbart_am": tag(0), "rechtsgrundlage": "77"}


def test_rates__for_one_office_alone_proposed_read_and_withdrawn(cast, vg, ines, haus):
    hilfe = create_angebot(hilfeart="A31", einrichtung=haus, stunden_je_woche=40, entgelt="50.00")
    gruppe = create_angebot(einrichtung=haus, plaetze=1, name="Wohngruppe Robbe")
    amt = Gebietskoerperschaft.objects.get(kuerzel="VG")
    Entgelt.je_amt.create(
        angebot=hilfe, jugendamt=amt, betrag="52.00", einheit="STUNDE", gueltig=period("2020-01-01", "2099-12-31")
    )
    papier = LeqVereinbarung.objects.create(
        einrichtung=haus, datum=HEUTE, rechtsgrundlage="77", jugendamt=amt, vom_anbieter=True
    )
    url = one("angebote", hilfe, "entgeltvorschlaege")
    for body, feld in (
        ({"jugendamt": "VG", "rechtsgrundlage": "78b"}, "rechtsgrundlage"),
        ({"jugendamt": "QUATSCH"}, "jugendamt"),
        ({"vereinbarung": str(uuid4())}, "vereinbarung"),
        ({"vereinbarung": str(papier.pk)}, "vereinbarung"),
    ):
        wrong = ines.post(url, SATZ | body, **JSON)
        assert (wrong.status_code, list(wrong.json()["felder"])) == (422, [feld]), wrong.text
    alle = ines.post(one("angebote", gruppe, "entgeltvorschlaege"), SATZ | {"jugendamt": "VG"}, **JSON)
    assert list(alle.json()["felder"]) == ["jugendamt"], "its rate binds all offices"
    made = ines.post(url, SATZ | {"jugendamt": "VG", "vereinbarung": str(papier.pk)}, **JSON)
    assert made.status_code == 201, made.text
    row = made.json()
    assert (row["jugendamt"], row["vereinbarung"], row["vom_anbieter"]) == ("VG", str(papier.pk), True)
    stand = ines.get(one("angebote", hilfe)).json()
    assert [(e["jugendamt"], e["betrag"]) for e in stand["einzelentgelte"]] == [("VG", "52.00")]
    assert [(e["jugendamt"], e["betrag"]) for e in stand["entgelte"]] == [(None, "50.00")]
    assert (stand["entgelt"]["betrag"], stand["entgeltvorschlag"]) == ("50.00", None), "that of all offices"
    assert [v["uuid"] for v in stand["einzelvorschlaege"]] == [row["uuid"]]
    liste, hier = f"{API}entgeltvorschlaege/", one("entgeltvorschlaege", row["uuid"])
    assert [r["uuid"] for r in ines.get(f"{liste}?zustand=VORGESCHLAGEN").json()["results"]] == [row["uuid"]]
    assert ines.get(hier).json() == row
    for client in (cast.api("jan"), cast.api("fritz")):
        assert client.get(hier).status_code in {403, 404}
        assert client.post(f"{hier}zurueckziehen/").status_code in {403, 404}
    weg = ines.post(f"{hier}zurueckziehen/", headers={"Idempotency-Key": "w"})
    assert (weg.status_code, weg.json()["zustand"]) == (200, "ZURUECKGEZOGEN")
    assert ines.post(f"{hier}zurueckziehen/").status_code == 409


def test_what_is_somebody_elses_does_not_exist(cast, haus, angebot):
    """Of another provider, and of another house for whoever works in one."""
    kontakt = Kontakt.objects.create(einrichtung=haus, funktion="LEITUNG", telefon="1")
    ausnahme = haus.ausnahmen.create(
        aktenzeichen="1", datum=HEUTE, plaetze_mehr=1, grund="Umbau", gueltig=period(tag(0), tag(9))
    )
    anderes = create_angebot(anbieter=KUESTE)
    ende, jan, fritz = {"letzter_tag": tag(9)}, cast.api("jan"), cast.api("fritz")
    namen = {"plaetze": [{"nummer": 1, "name": "Meins"}]}
    for method, path, body in (
        ("post", one("einrichtungen", haus, "ausnahmen"), AUSNAHME),
        ("patch", one("ausnahmen", ausnahme), {"grund": "Umbau"}),
        ("get", one("angebote", angebot, "platznamen"), {}),
        ("put", one("angebote", angebot, "platznamen"), namen),
        ("post", one("angebote", angebot, "beenden"), ende),
        ("post", one("angebote", angebot, "ende-zuruecknehmen"), {}),
        ("post", one("einrichtungen", haus, "beenden"), ende),
        ("post", one("einrichtungen", haus, "ende-zuruecknehmen"), {}),
        ("get", one("anbieter", haus.anbieter), {}),
        ("patch", one("anbieter", haus.anbieter), {"dachverband": "x"}),
        ("post", one("anbieter", haus.anbieter, "beenden"), ende),
        ("post", one("anbieter", haus.anbieter, "ende-zuruecknehmen"), {}),
        ("post", one("anbieter", haus.anbieter, "kontakte"), {"funktion": "LEITUNG", "telefon": "03834 1"}),
        ("post", one("kontakte", kontakt, "entfernen"), {}),
    ):
        answer = getattr(jan, method)(path, body, **({} if method == "get" else JSON))
        assert answer.status_code == 404, (path, answer.text)
    assert fritz.put(one("angebote", anderes, "platznamen"), namen, **JSON).status_code == 404
    assert fritz.put(one("angebote", angebot, "platznamen"), namen, **JSON).status_code == 200
    for path in (one("angebote", angebot, "beenden"), one("einrichtungen", haus, "ausnahmen")):
        assert fritz.post(path, ende | AUSNAHME, **JSON).status_code == 403, "whoever speaks for the whole provider"
    assert Anbieter.objects.get(name=KUESTE).gueltig_bis is None


@pytest.mark.parametrize("umfang", [Umfang.LESEN, Umfang.VAKANZEN, Umfang.REGISTER])
def test_a_key_without_the_scope_keeps_nothing(cast, haus, angebot, umfang):
    key = create_api_token(user=cast.user("ines"), tenant=None, umfang=[umfang])
    client = Visitor(SERVER_NAME="portal.localhost", HTTP_AUTHORIZATION=f"Token {key}")
    assert client.post(one("angebote", angebot, "beenden"), {"letzter_tag": tag(9)}, **JSON).status_code == 403
    reads = 200 if umfang == Umfang.REGISTER else 403
    for path in ("anbieter/", "stammdatenvorschlaege/", "entgeltvorschlaege/", f"angebote/{angebot.pk}/platznamen/"):
        assert client.get(f"{API}{path}").status_code == reads, path


def test_examples_of_answers_have_the_fields_of_the_answers(vg, ines, haus, angebot):
    """An example that has forgotten a field, or has one that is not there any more, teaches a wrong thing."""
    amt = {"gebietskoerperschaft": "VG", "begruendung": "Umbenannt", "name": "Anders"}
    kontakt = {"funktion": "LEITUNG", "telefon": "03834 1"}
    pairs = (
        (beispiele.ANBIETER, ines.get(one("anbieter", haus.anbieter)).json()),
        (beispiele.EINRICHTUNG, ines.get(one("einrichtungen", haus)).json()),
        (beispiele.ZEILE, ines.get(f"{API}einrichtungen/").json()["results"][0]),
        (beispiele.ANGEBOT, ines.get(one("angebote", angebot)).json()),
        (beispiele.PLATZNAMEN_DA, ines.get(one("angebote", angebot, "platznamen")).json()),
        (beispiele.RUF_DA, ines.post(one("anbieter", haus.anbieter, "kontakte"), kontakt, **JSON).json()),
        (beispiele.AUSNAHME_DA, ines.post(one("einrichtungen", haus, "ausnahmen"), AUSNAHME, **JSON).json()),
        (
            beispiele.AENDERUNG_DA,
            ines.post(one("anbieter", haus.anbieter, "stammdatenvorschlaege"), amt, **JSON).json(),
        ),
        (
            beispiele.VORSCHLAG_DA,
            ines.post(
                one("angebote", angebot, "entgeltvorschlaege"), SATZ | {"rechtsgrundlage": "78b"}, **JSON
            ).json(),
        ),
    )  # fmt: skip
    for example, answer in pairs:
        assert set(example.value) == set(answer), example.name
