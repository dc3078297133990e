"""What a search asks for is kept, shown again, named in the result, and sealed; what contradicts the person is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from shared_apps.catalogue.models import Hilfeart, Sprache
from shared_apps.core.clock import now
from shared_apps.providers.models import Angebot
from tenant_apps.placements.models import Suche
from tenant_apps.placements.rules import Ausschluss, Geprueft, Gesucht, list_ausschluesse
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.search import Zahlen
from tenant_apps.placements.search.selectors.vermerk import describe_kriterien
from tenant_apps.placements.services.search import create_suche
from tenant_apps.placements.services.vermerk import freeze_kriterien
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.regions import postleitzahlen
from tests.factories.register import create_angebot, create_einrichtung
from tests.seiten import words_of

URL = "/hze-auswahl/"
EINGABE = {
    "beginn": "2017-06-01", "ende": "2017-11-30", "hilfeart": "S34", "reichweite": "EIGENE", "tage_je_woche": "4,25",
}  # fmt: skip
GEFRAGT = {
    "spezialisierungen": ["sucht", "trauma"], "verknuepfung": "EINE", "sprachen": ["ar"], "barrierefrei": "JA",
    "bestaetigt_tage": "14",
}  # fmt: skip


@pytest.fixture
def anna(sign_in):
    return sign_in("anna")


def test_criteria__are_kept_and_shown_again(anna, vg):
    angebot = create_angebot(spezialisierungen=("trauma",), barrierefrei="JA", vakanz_bestaetigt_at=now())
    angebot.sprachen.set(Sprache.objects.filter(code="ar"))
    seite = words_of(anna.post(URL, EINGABE | GEFRAGT, follow=True))
    worte = (
        "mindestens eine von: ",
        "Sprachen Arabisch",
        "Barrierefrei ja",
        "Vakanzen bestätigt in den letzten 14 Tagen",
    )
    for wort in ("1 verfügbares Angebot", "4,25 = 110,50 Tage", *worte):
        assert wort in seite, wort
    with in_tenant(vg):
        suche = Suche.objects.get()
        versiegelt = freeze_kriterien(suche, Zahlen(1, {}), sortierung="kosten", klient_id=suche.pk)
        gesiegelt = " ".join(" ".join(zeile) for zeile in describe_kriterien(versiegelt))
    for wort in worte:
        assert wort in gesiegelt, wort
    formular = anna.get(f"{URL}?suche={suche.pk}").content.decode()
    offen = r'<details\s+class="sojus-falte" open>'
    assert len(re.findall(offen, formular)) == 2, "what is filled in is not folded away"
    assert re.search(r'value="ar"[^>]*checked', formular) and re.search(r'value="EINE"\s+selected', formular)
    assert re.search(r'name="bestaetigt_tage" value="14"', formular)
    leer = anna.get(URL).content.decode()
    assert leer.count("sojus-falte") >= 2 and not re.search(offen, leer)


def test_german_is_spoken_everywhere(anna, cast, vg):
    """No house says so. Nobody is offered to ask for it, and whoever asks all the same is kept from nothing."""
    angebot, akteur = create_angebot(), cast.akteur("anna")
    formular = anna.get(URL).text
    assert 'value="ar"' in formular and 'value="de"' not in formular and "Deutsch wird überall gesprochen" in formular
    with in_tenant(vg):
        art = Hilfeart.objects.get(code="S34")
        kriterien = Kriterien(
            hilfeart=art, region="VG", beginn=date(2017, 6, 1), ende=date(2017, 11, 30), sprachen=("de",)
        )
        assert kriterien.sprachen == () and replace(kriterien, sprachen=("de", "ar")).sprachen == ("ar",)
        suche = create_suche(akteur=akteur, kriterien=kriterien)
        Suche.objects.filter(pk=suche.pk).update(sprachen=["de"])  # as it was kept before
    assert "1 verfügbares Angebot" in words_of(anna.get(f"{URL}{suche.pk}/"))
    gesucht = Gesucht(kriterien.zeitraum, sprachen=frozenset({"de"}))
    assert Ausschluss.SPRACHE not in list_ausschluesse(gesucht, Geprueft(kriterien.zeitraum))
    programm = cast.api("anna").post(
        "/api/v1/suchen/", {"hilfeart": "S34", "region": "VG", "beginn": "2017-06-01", "ende": "2017-11-30",
                            "sprachen": ["de"]}, content_type="application/json",
    )  # fmt: skip
    assert programm.status_code == 201 and programm.json()["sprachen"] == []
    angebot.sprachen.set(Sprache.objects.filter(code__in=["de", "ar"]))
    assert "Sprachen neben Deutsch Arabisch " in words_of(anna.get(f"{URL}{suche.pk}/angebote/{angebot.pk}/"))


def test_days_per_week__come_in_quarters(anna):
    for falsch, gesagt in (("4,3", "ganze, halbe oder Viertel"), ("0", "von 0,25 bis 7"), ("7,25", "von 0,25 bis 7")):
        antwort = anna.post(URL, EINGABE | {"tage_je_woche": falsch})
        assert antwort.status_code == 422 and gesagt in words_of(antwort), falsch


def test_what_contradicts_the_person__is_named(anna, cast, vg):
    user_id = cast.akteur("anna").user_id
    with in_tenant(vg):  # a girl of ten
        fall = create_hilfefall(fachkraft_id=user_id)
    gewaehlt = EINGABE | {"person-klient": str(fall.klient.pk)}
    saetze = ("Gesucht wird für männlich; bei der Person steht weiblich.",
              "Gesucht wird für 12 Jahre; die Person ist bei Beginn 10 Jahre alt.")  # fmt: skip
    for anders, gesagt in (({}, False), ({"geschlecht": "m", "alter": "12"}, True), ({"geschlecht": "egal"}, False)):
        gezaehlt = words_of(anna.post(f"{URL}zaehlen/", gewaehlt | anders))
        gefunden = words_of(anna.post(URL, gewaehlt | anders, follow=True))
        for satz in saetze:
            assert (satz in gezaehlt, satz in gefunden) == (gesagt, gesagt), (anders, satz)


UMKREIS = EINGABE | {"reichweite": "UMKREIS", "umkreis_plz": "17489", "umkreis_km": "30", "tage_je_woche": "7"}


@pytest.fixture
def um_greifswald(db) -> Iterator[dict[str, Angebot]]:
    """Houses 1, 31 and 150 km from the middle of 17489; one without coordinates, and one that is nowhere."""
    orte = {
        "nah": {"breite": "54.09000", "laenge": "13.38000"},
        "knapp": {"breite": "53.81500", "laenge": "13.39000", "kreis": "VR"},
        "fern": {"breite": "53.63000", "laenge": "11.41000", "kreis": "HRO"},
        "plz": {"plz": "17438"},
        "nirgends": {"plz": "99999"},
    }
    with postleitzahlen({"17489": ("54.093", "13.388"), "17438": ("54.052", "13.773")}):
        yield {
            name: create_angebot(einrichtung=create_einrichtung(name=f"Haus {name}", **lage))
            for name, lage in orte.items()
        }


def test_umkreis__measures_from_the_middle_of_the_postcode(anna, vg, um_greifswald):
    antwort = anna.post(URL, UMKREIS, follow=True)
    seite = words_of(antwort)
    assert "5 geprüft: 2 passen 3 nicht passend: 3 außerhalb des Umkreises" in seite
    assert "Region 30 km um PLZ 17489" in seite and "ca. 26 km" in seite
    assert "von der Mitte der Postleitzahl 17489" in seite
    with in_tenant(vg):
        suche = Suche.objects.get()
        versiegelt = freeze_kriterien(suche, Zahlen(2, {}), sortierung="kosten", klient_id=suche.pk)
        assert ("Region", "30 km um PLZ 17489") in describe_kriterien(versiegelt)
    draussen = words_of(anna.get(f"{URL}{suche.pk}/nicht-passend/?grund=UMKREIS"))
    assert [name for name in um_greifswald if f"Haus {name}" in draussen] == ["knapp", "fern", "nirgends"]
    assert "31 km 1 km zu weit" in draussen and "– Lage nicht bekannt" in draussen
    assert "im Umkreis von 31 km Umkreis 31 km Haus knapp Greifswald (VR), 1 km weiter" in seite
    weiter = anna.post(
        f"{URL}{suche.pk}/erneut/", {"beginn": "2017-06-01", "reichweite": "UMKREIS", "umkreis_km": "31"}, follow=True
    )
    assert "5 geprüft: 3 passen" in words_of(weiter)
    landesweit = words_of(anna.post(f"{URL}{suche.pk}/erneut/", {"reichweite": "LAND"}, follow=True))
    assert "5 geprüft: 5 passen" in landesweit and "Region landesweit" in landesweit
    formular = anna.get(f"{URL}?suche={suche.pk}").content.decode()
    assert re.search(r'name="umkreis_plz" value="17489"', formular) and re.search(
        r'value="UMKREIS"[^>]*checked', formular
    )
    angebot = words_of(anna.get(f"{URL}{suche.pk}/angebote/{um_greifswald['nah'].pk}/"))
    assert "0,6 km Luftlinie von der Mitte der Postleitzahl 17489" in angebot


@pytest.mark.parametrize(
    ("anders", "gesagt"),
    [
        ({"umkreis_plz": "99999"}, "Zur Postleitzahl 99999 ist kein Ort hinterlegt."),
        ({"umkreis_plz": ""}, "Bitte füllen Sie dieses Feld aus."),
        ({"umkreis_plz": "1748"}, "Eine Postleitzahl hat fünf Ziffern"),
        ({"umkreis_km": "301"}, "von 1 bis 300"),
    ],
)
def test_umkreis__says_what_is_wrong(anna, vg, anders, gesagt):
    antwort = anna.post(URL, UMKREIS | anders)
    assert antwort.status_code == 422 and gesagt in words_of(antwort)
    if "99999" in gesagt:
        assert gesagt in words_of(anna.post(f"{URL}zaehlen/", UMKREIS | anders))
    with in_tenant(vg):
        assert not Suche.objects.exists()


def test_umkreis__a_postcode_is_kept_for_that_reach_alone(anna, vg):
    anna.post(URL, UMKREIS | {"reichweite": "LAND", "umkreis_plz": "99999"})
    with in_tenant(vg):
        suche = Suche.objects.get()
    assert (suche.reichweite, suche.umkreis_plz, suche.umkreis_km) == ("LAND", "", None)
