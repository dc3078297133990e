"""Another module is a file: an offer says by its form what the file declares, and the search finds it by that."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.catalogue.models import Hilfeart, Modul, Spezialisierung
from shared_apps.catalogue.rules import Merkmal, check_kriterium, passt
from shared_apps.catalogue.services import load_modul
from shared_apps.providers.models import Angebot, Angebotsmerkmal, Entgelt
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.fast_passend import list_fast_passend
from tenant_apps.placements.search.selectors.search import search_angebote
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.register import IMMER, create_angebot, create_einrichtung
from tests.factories.suchen import kriterien_folie, search_for
from tests.formulare import gelesen
from tests.people import Cast
from tests.tenants.owner import manage

ORACLE_OF = "tenant_apps/placements/search/selectors/search.py"
DATEI = Path(__file__).parent / "data" / "pflege.json"
KUESTE = "Jugendhilfe Küste gGmbH"
SUCHE = {
    "beginn": "2017-06-01",
    "ende": "2017-11-30",
    "reichweite": "EIGENE",
    "hilfeart": "P36",
    "stunden_je_woche": "4",
}


@pytest.fixture
def pflege(own_database) -> Modul:
    """The made-up module, loaded twice by command."""
    for _ in range(2):
        assert "4 Kriterien, 1 Hilfearten" in manage(own_database, "load_modul", str(DATEI)).stdout
    return Modul.objects.get(code="pflege")


def test_the_market_has_its_modules_and_no_code_is_made_up(db):
    assert [m.code for m in Modul.objects.filter(eingeschaltet=True)] == ["sgb8"] and Modul.objects.count() == 7
    sgb8 = Modul.objects.get(code="sgb8")
    assert [k.feld for k in sgb8.kriterien.all()] == ["geschlecht", "alter", "spezialisierungen"]
    assert sgb8.hilfearten.count() == Hilfeart.objects.count() == 16
    codes = dict(Hilfeart.objects.values_list("code", "statistik_code"))
    assert (codes["S42"], codes["S19"], codes["S41"], codes["A35"]) == ("", "", "", "12"), "no code is made up"
    assert Spezialisierung.objects.filter(code="krisenaufnahme").exists()


def test_an_offer_of_another_module_is_entered_and_found_by_what_its_file_declares(pflege):
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    sign_in = cast.sign_in
    assert pflege.kriterien.count() == 4
    einrichtung = create_einrichtung(anbieter=cast.anbieter(KUESTE), name="Pflegedienst Küste")
    ines, url = sign_in("ines"), f"/anbieter/eigene/einrichtungen/{einrichtung.pk}/angebote/neu/"
    wahl = ines.get(url).text
    assert "Häusliche Pflegehilfe" in wahl and "Hilfen zur Erziehung" in wahl
    art = Hilfeart.objects.get(code="P36")
    url = f"{url}?hilfeart={art.pk}"
    page = ines.get(url).text
    for label in ("Pflegegrad von", "Pflegegrad bis", "Sprachniveau", "Leistungen", "Fuhrpark", "Stunden je Woche"):
        assert label in page
    for label in ("Aufnahmealter", "Geschlecht", "Spezialisierungen", "Plätze"):
        assert label not in page.partition("<main")[2]
    typed = {
        "hilfeart": art.pk, "name": "Tour Nord", "beginn": str(date.today()), "plaetze": "2", "stunden_je_woche": "30",
        "merkmal_pflege_pflegegrad_von": "2", "merkmal_pflege_pflegegrad_bis": "", "merkmal_pflege_sprachniveau": "b1",
        "merkmal_pflege_leistung": ["grundpflege", "nachtwache"], "merkmal_pflege_fuhrpark": "auto",
    }  # fmt: skip
    refused = ines.post(url, typed)
    assert refused.status_code == 422 and "beide Zahlen" in refused.text and 'value="30"' in refused.text
    assert ines.post(url, typed | {"merkmal_pflege_pflegegrad_bis": "4"}).status_code == 302
    angebot = Angebot.objects.get(name="Tour Nord")
    seite = sign_in("anna").get(f"/anbieter/einrichtungen/{einrichtung.pk}/").text
    for said in ("<dt>Pflegegrad</dt><dd>2 bis 4", "<dt>Sprachniveau</dt><dd>B1", "Grundpflege, Nachtwache", "Auto"):
        assert said in seite
    assert "<dt>Aufnahme</dt>" not in seite

    edit = f"/anbieter/eigene/angebote/{angebot.pk}/"
    seen = gelesen(ines.get(edit).text)
    changed = {k: v for k, v in typed.items() if k not in {"hilfeart", "beginn", "plaetze"}}
    changed |= {"merkmal_pflege_pflegegrad_von": "3", "merkmal_pflege_pflegegrad_bis": "5"}
    assert ines.post(edit, changed | seen).status_code == 302
    assert ines.post(edit, changed | seen | {"merkmal_pflege_pflegegrad_von": "1"}).status_code == 409, "an old form"

    Angebot.objects.filter(pk=angebot.pk).update(gueltig=IMMER)
    angebot.plaetze.update(gueltig=IMMER)
    Entgelt.objects.create(angebot=angebot, betrag=40, einheit="STUNDE", gueltig=IMMER)
    anna = sign_in("anna")
    form = anna.get("/hze-auswahl/").text
    assert "Pflegegrad" in form and "Fuhrpark" not in form, "what is not searched for is not asked"
    for asked, found in (
        ({}, 1), ({"merkmal_pflege_pflegegrad": "4"}, 1), ({"merkmal_pflege_pflegegrad": "2"}, 0),
        ({"merkmal_pflege_sprachniveau": "a2"}, 0), ({"merkmal_pflege_leistung": ["nachtwache"]}, 1),
    ):  # fmt: skip
        assert anna.post("/hze-auswahl/", SUCHE | asked).status_code == 302
        with in_tenant(vg):
            suche = Suche.objects.order_by("-created_at")[0]
        assert suche.angebote_gesamt == found, asked
    result = anna.get(f"/hze-auswahl/{suche.pk}/")
    assert result.status_code == 200 and "Nachtwache" in result.text
    assert "Nachtwache" in anna.get(f"/hze-auswahl/?suche={suche.pk}").text
    detail = anna.get(f"/hze-auswahl/{suche.pk}/angebote/{angebot.pk}/")
    assert "<dt>Pflegegrad</dt><dd>3 bis 5" in detail.text
    akteur = cast.akteur("anna", at="VG")
    with in_tenant(vg):  # 27 years old: the age of an offer is no criterion here, it takes whom it takes
        erwachsen = create_klient(geburtsdatum=date(1990, 3, 14))
        fall = create_hilfefall(fachkraft_id=akteur.user_id, klient=erwachsen)
        suche = search_for(akteur, fall, hilfeart=art, tage_je_woche=None, stunden_je_woche=4)
    assert "Aufnahmealter" not in anna.get(f"/hze-auswahl/{suche.pk}/angebote/{angebot.pk}/").text
    with in_tenant(vg):
        betroffen = Betroffen(erwachsen, fall)
        reservierung = reserve_angebot(akteur=akteur, suche=suche, angebot_id=angebot.pk, betroffen=betroffen)
        assert "abweichungen" not in reservierung.auswahlvermerk.kriterien
    fremd = anna.post("/hze-auswahl/", SUCHE | {"hilfeart": "A31", "merkmal_pflege_pflegegrad": "4"})
    assert fremd.status_code == 422 and "nur bei: Häusliche Pflege" in fremd.text

    einrichtung = create_einrichtung(anbieter=cast.anbieter(KUESTE))
    url = f"/anbieter/eigene/einrichtungen/{einrichtung.pk}/angebote/neu/"
    typed = {
        "hilfeart": Hilfeart.objects.get(code="S34").pk, "name": "Gruppe", "beginn": str(date.today()), "plaetze": "2",
        "alter_von": "6", "alter_bis": "12", "merkmal_pflege_sprachniveau": "b1",
    }  # fmt: skip
    page = ines.post(url, typed)
    assert page.status_code == 422 and "gehört nicht zu der Hilfeart" in page.text
    assert not Angebot.objects.filter(name="Gruppe").exists(), "of another module: nothing is kept"


def test_programs_enter_and_find_an_offer_by_what_the_file_declares(pflege):
    """The provider's system by the portal's API, the office's by its own; both say a criterion by its code."""
    cast, art = Cast(), {"content_type": "application/json"}
    einrichtung = create_einrichtung(anbieter=cast.anbieter(KUESTE))
    ines, anna = cast.api("ines"), cast.api("anna")
    url = f"/api/v1/einrichtungen/{einrichtung.pk}/angebote/"
    merkmale = {"pflegegrad": {"von": 2, "bis": 4}, "sprachniveau": "b1", "leistung": ["nachtwache"]}
    neu = {
        "hilfeart": "P36", "name": "Tour Nord", "beginn": str(date.today()), "plaetze": 2, "stunden_je_woche": 30,
        "merkmale": merkmale,
    }  # fmt: skip
    for wrong, feld in (
        ({"pflegegrad": {"von": 4, "bis": 2}}, "pflegegrad"), ({"pflegegrad": {"von": 2}}, "pflegegrad"),
        ({"pflegegrad": {"von": 2, "bis": None}}, "pflegegrad"), ({"pflegegrad": 3}, "pflegegrad"),
        ({"pflegegrad": {"von": 0, "bis": 9}}, "pflegegrad"), ({"sprachniveau": "c2"}, "sprachniveau"),
        ({"sprachniveau": ["b1"]}, "sprachniveau"), ({"leistung": "nachtwache"}, "leistung"),
        ({"leistung": [{}]}, "leistung"), ({"haarfarbe": "rot"}, "haarfarbe"),
    ):  # fmt: skip
        refused = ines.post(url, neu | {"merkmale": wrong}, **art)
        assert (refused.status_code, list(refused.json()["felder"])) == (422, [f"merkmale.{feld}"]), wrong
    made = ines.post(url, neu, **art)
    assert made.status_code == 201, made.text
    assert made.json()["merkmale"] == merkmale | {"fuhrpark": None}
    one = f"/api/v1/angebote/{made.json()['uuid']}/"
    changed = ines.patch(one, {"merkmale": {"pflegegrad": {"von": 3, "bis": 5}}}, **art).json()
    assert changed["merkmale"] == merkmale | {"pflegegrad": {"von": 3, "bis": 5}, "fuhrpark": None}, "the rest stays"

    angebot = Angebot.objects.get(name="Tour Nord")
    Angebot.objects.filter(pk=angebot.pk).update(gueltig=IMMER)
    angebot.plaetze.update(gueltig=IMMER)
    Entgelt.objects.create(angebot=angebot, betrag=40, einheit="STUNDE", gueltig=IMMER)
    suche = SUCHE | {"region": "VG", "spezialisierungen": []}
    for asked, found in (
        ({}, 1), ({"pflegegrad": 4}, 1), ({"pflegegrad": 2}, 0), ({"pflegegrad": None}, 1),
        ({"sprachniveau": "a2"}, 0), ({"leistung": ["nachtwache"]}, 1), ({"leistung": ["grundpflege"]}, 0),
    ):  # fmt: skip
        answer = anna.post("/api/v1/suchen/", suche | {"merkmale": asked}, **art)
        assert answer.status_code == 201, answer.text
        assert answer.json()["angebote_gesamt"] == found, asked
    assert answer.json()["merkmale"] == {"leistung": ["grundpflege"]}
    with in_tenant(Tenant.objects.get(kuerzel="VG")):
        (fast,) = list_fast_passend(Suche.objects.get(pk=answer.json()["uuid"]))
        assert (fast.angebot, fast.ohne, fast.kriterien.merkmale) == (angebot.pk, "MERKMAL:leistung", {})
        assert fast.wann == f"passt nicht bei „{pflege.kriterien.get(code='leistung').name}“"
    assert anna.post("/api/v1/suchen/", suche | {"alter": 80}, **art).status_code == 422, "no young person is"
    ungefragt = anna.post("/api/v1/suchen/", suche | {"alter": 12}, **art)
    assert (ungefragt.status_code, list(ungefragt.json()["felder"])) == (422, ["alter"]), "not asked for here"
    for wrong, feld in (
        ({"pflegegrad": 9}, "pflegegrad"), ({"pflegegrad": "vier"}, "pflegegrad"), ({"fuhrpark": "auto"}, "fuhrpark"),
    ):  # fmt: skip
        refused = anna.post("/api/v1/suchen/", suche | {"merkmale": wrong}, **art)
        assert (refused.status_code, list(refused.json()["felder"])) == (422, [f"merkmale.{feld}"]), wrong
    fremd = anna.post("/api/v1/suchen/", suche | {"hilfeart": "A31", "merkmale": {"pflegegrad": 4}}, **art)
    assert list(fremd.json()["felder"]) == ["merkmale.pflegegrad"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "x", "name": "X", "art": "SPANNE"},
        {"code": "x", "name": "X", "art": "WAHL"},
        {"code": "x", "name": "X", "art": "WAHL", "werte": [{"code": "a", "name": "A"}] * 2},
        {"code": "x", "name": "X", "art": "MENGE", "feld": "alter"},
        {"code": "x", "name": "X", "art": "SPANNE", "feld": "preis"},
        {"code": "x", "name": "X", "art": "FREI"},
        {"name": "X", "art": "FREI"},
        {"code": "mit Abstand", "name": "X", "art": "SPANNE", "von": 1, "bis": 2},
    ],
)
def test_a_file_that_contradicts_itself_changes_nothing(db, tmp_path, wrong):
    daten = json.loads(DATEI.read_text(encoding="utf-8")) | {"kriterien": [wrong]}
    datei = tmp_path / "pflege.json"
    datei.write_text(json.dumps(daten), encoding="utf-8")
    with pytest.raises(ValueError, match=r"pflege\.json"):
        load_modul(datei)
    assert not Modul.objects.filter(code="pflege").exists()


CODES = st.lists(st.sampled_from(["grundpflege", "nachtwache"]), unique=True)
SPANNEN = st.none() | st.tuples(st.integers(1, 5), st.integers(1, 5)).map(sorted)


def test_the_search_finds_what_the_rule_says(pflege):
    vg = Tenant.objects.get(kuerzel="VG")
    nach_code = {k.code: k for k in pflege.kriterien.all()}
    angebot = create_angebot(hilfeart="P36", entgelt=None)
    art = Hilfeart.objects.get(code="P36")

    @given(SPANNEN, st.sampled_from(["", "a2", "b1"]), CODES, st.integers(1, 5), st.sampled_from(["a2", "b1"]), CODES)
    def search(spanne, niveau, leistung, grad, gesucht, leistungen):
        gesagt = {
            "pflegegrad": Merkmal((), *spanne) if spanne else Merkmal(),
            "sprachniveau": Merkmal((niveau,) if niveau else ()),
            "leistung": Merkmal(tuple(leistung)),
        }
        for code, merkmal in gesagt.items():
            Angebotsmerkmal.objects.update_or_create(
                angebot=angebot,
                kriterium=nach_code[code],
                defaults={"werte": list(merkmal.werte), "von": merkmal.von, "bis": merkmal.bis},
            )
        gefragt = {"pflegegrad": grad, "sprachniveau": gesucht, "leistung": leistungen}
        erwartet = all(passt(nach_code[code].art, gesagt[code], wert) for code, wert in gefragt.items())
        kriterien = kriterien_folie(hilfeart=art, stunden_je_woche=4, tage_je_woche=None, merkmale=gefragt)
        with in_tenant(vg):
            assert search_angebote(kriterien).gesamt == int(erwartet)

    search()


@given(st.sampled_from(["WAHL", "SPANNE", "MENGE", "FREI"]), st.text(max_size=3), st.none() | st.integers(), CODES)
def test_a_declaration_is_right_or_says_why(art, feld, zahl, codes):
    mangel = check_kriterium(art, feld, zahl, zahl, codes)
    if not mangel and not feld:
        assert codes if art in {"WAHL", "MENGE"} else zahl is not None and zahl >= 0
