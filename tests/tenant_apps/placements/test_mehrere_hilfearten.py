"""A home or a foster family: Anna looks for both at once, and reserves what she chooses as what it is."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.errors import RegelVerletzt
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Angebot
from tenant_apps.placements.models import Auswahlvermerk, Reservierung, Suche
from tenant_apps.placements.search.selectors.ausschluss import get_aufschluesselung
from tenant_apps.placements.search.selectors.fast_passend import list_fast_passend
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.pruefsumme import is_unveraendert
from tenant_apps.placements.search.selectors.search import search_angebote
from tenant_apps.placements.services.geschwister import Angaben, Wahl, reserve_geschwister
from tenant_apps.placements.services.person import Betroffen
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import DateRange, create_angebot, create_einrichtung, occupy_platz
from tests.factories.suchen import kriterien_folie, search_for
from tests.seiten import words_of

URL = "/hze-auswahl/"
HEIM, PFLEGE, LERNEN = "§ 34 Heimerziehung", "§ 33 Vollzeitpflege", "A31"
EINGABE = {
    "beginn": "2017-06-01", "ende": "2017-11-30", "hilfeart": "S34", "weitere_hilfearten": ["S33", "S34"],
    "reichweite": "EIGENE", "tage_je_woche": "7,00",
}  # fmt: skip


@pytest.fixture
def anna(sign_in):
    return sign_in("anna")


@pytest.fixture
def markt(vg, hro) -> dict[str, Angebot]:
    """Two homes and two foster families; one of them is taken from September on. A home without a licence."""

    def offer(name: str, **fields) -> Angebot:
        return create_angebot(einrichtung=create_einrichtung(name=name, kreis="VG"), plaetze=1, **fields)

    rows = {
        "Haus Nah": offer("Haus Nah", entgelt="76.00"),
        "Haus Teuer": offer("Haus Teuer", entgelt="99.00"),
        "Familie Ost": offer("Familie Ost", hilfeart="S33", entgelt="50.00"),
        "Familie West": offer("Familie West", hilfeart="S33", entgelt="60.00"),
        "Haus Ohne": offer("Haus Ohne", entgelt="70.00", erlaubnis=False),
        "Gruppe": offer("Gruppe", hilfeart="T32", entgelt="40.00"),
    }
    occupy_platz(
        platz=rows["Familie West"].plaetze.get(), tenant=hro, zeitraum=DateRange(date(2017, 9, 1), date(2017, 12, 5))
    )
    return rows


def test_both_are_one_list__and_what_is_chosen_is_reserved_as_what_it_is(anna, cast, markt, vg):
    akteur = cast.akteur("anna")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=akteur.user_id)
    zahlen = words_of(anna.post(f"{URL}zaehlen/", EINGABE))
    assert "Alle Angebote (4)" in zahlen and "Verfügbare Angebote (3)" in zahlen
    seite = anna.post(URL, EINGABE | {"person-klient": str(fall.klient_id)}, follow=True)
    text = words_of(seite)
    assert "3 verfügbare Angebote" in text and "und 1 weitere Hilfeart" in text
    assert "5 geprüft: 3 passen 2 nicht passend: 1 ohne Betriebserlaubnis 1 belegt" in text
    assert re.search(r"Familie Ost § 33 · .*Haus Nah § 34 · ", text), "the cheapest first, each says what it is"
    assert "frei bis 31.08.2017 Bis 31.08. suchen Familie West § 33," in text
    with in_tenant(vg):
        suche = Suche.objects.get()
        summe = get_aufschluesselung(suche)
        assert summe and (summe.geprueft, summe.passend) == (5, 3)
        zeilen = search_angebote(kriterien_of(suche)).treffer
        assert [(z.einrichtung, z.hilfeart, z.rang, z.im_guenstigsten_drittel) for z in zeilen if z.rang] == [
            ("Familie Ost", "S33", 1, True), ("Haus Nah", "S34", 2, False), ("Haus Teuer", "S34", 3, False),
        ]  # fmt: skip
        assert [f.name for f in list_fast_passend(suche)] == ["Familie West"]
    pfad = f"{URL}{suche.pk}/angebote/{markt['Familie Ost'].pk}/"
    anna.get(pfad)
    anna.post(pfad, {"begruendung": "", "wuensche": "", "gezeigt": "9100"})
    with in_tenant(vg):
        reservierung, vermerk = Reservierung.objects.get(), Auswahlvermerk.objects.get()
        assert reservierung.hilfeart.code == "S33" and reservierung.soll_entgelt == 9100
        assert vermerk.rang == 1 and vermerk.anzahl == 3 and is_unveraendert(vermerk)
        assert [name.split(",")[0] for name in vermerk.kriterien["hilfearten"]] == [HEIM, PFLEGE]
    blatt = words_of(anna.get(f"/auswahlvermerke/{vermerk.pk}/"))
    assert "§ 33 · " in blatt and f"{HEIM}, sonstige betreute Wohnform; {PFLEGE}" in blatt
    wieder = anna.get(f"{URL}?suche={suche.pk}").text
    assert re.search(r'name="weitere_hilfearten"[^>]*value="S33"[^>]*checked', wieder)


def test_siblings__each_has_the_kind_of_the_offer_and_no_end(cast, vg):
    anna, haus = cast.akteur("anna"), create_einrichtung(name="Hof", kreis="VG")
    heim, familie = (create_angebot(einrichtung=haus, hilfeart=art, plaetze=1) for art in ("S34", "S33"))
    with in_tenant(vg):
        pflege = Hilfeart.objects.get(code="S33")
        wahlen = []
        for angebot in (heim, familie):
            fall = create_hilfefall(fachkraft_id=anna.user_id)
            suche = search_for(anna, fall, weitere=(pflege,), ohne_ende=True)
            wahlen.append(Wahl(Betroffen(fall.klient, fall), suche, angebot_id=angebot.pk))
        reserviert = reserve_geschwister(akteur=anna, wahlen=wahlen, angaben=Angaben())
        assert [(r.hilfeart.code, r.endet_am) for r in reserviert] == [("S34", None), ("S33", None)]
        gehalten = Platzbindung.objects.filter(pk__in=[r.platzbindung_id for r in reserviert])
        assert [bindung.zeitraum.upper for bindung in gehalten] == [None, None]


@pytest.mark.parametrize(
    ("weitere", "gesagt"), [(LERNEN, "wird je Stunde bezahlt, „§ 34 Heimerziehung"), ("X1", "keine verfügbare Auswahl")]
)
def test_what_cannot_be_compared_is_named_at_its_field(anna, weitere, gesagt, vg):
    antwort = anna.post(URL, EINGABE | {"weitere_hilfearten": [weitere]})
    assert antwort.status_code == 422
    if weitere == LERNEN:
        assert gesagt in words_of(antwort) and "Bitte suchen Sie danach getrennt." in words_of(antwort)
        assert gesagt in words_of(anna.post(f"{URL}zaehlen/", EINGABE | {"weitere_hilfearten": [weitere]}))
    with in_tenant(vg):
        assert not Suche.objects.exists()


def _offered(text: str) -> set[str]:
    """Codes of the further kinds of help that the page offers to tick."""
    return set(re.findall(r'name="weitere_hilfearten"[^>]*value="(\w+)"', text))


def test_only_what_can_be_looked_through_together_is_offered(anna, vg):
    """By the day or by the hour, for as many days a week: whatever is offered is taken, and nothing before the first
    kind is known. Without script the button that counts shows it; with script it comes with the count, once."""
    leer = anna.get(URL).text
    assert not _offered(leer) and "Wählen Sie zuerst die Hilfeart" in leer
    arten = list(Hilfeart.objects.all())
    for erste in (art for art in arten if art.code in {"S34", "T32", "A31"}):
        gewaehlt = EINGABE | {"hilfeart": erste.code, "weitere_hilfearten": [], "stunden_je_woche": "5"}
        angeboten = _offered(anna.post(URL, gewaehlt | {"aktion": "zaehlen"}).text)
        passen = [art for art in arten if art.einheit == erste.einheit and art != erste]
        if erste.ist_stationaer:
            passen = [art for art in passen if art.tage_je_woche == erste.tage_je_woche]
        assert angeboten == {art.code for art in passen} and angeboten, erste.code
        gezaehlt = anna.post(f"{URL}zaehlen/", gewaehlt | {"weitere_hilfearten": sorted(angeboten)})
        assert "Verfügbare Angebote" in gezaehlt.text, erste.code
    assert _offered(anna.post(f"{URL}zaehlen/", EINGABE | {"weitere_fuer": "A31"}).text) >= {"S33", "S41"}
    assert not _offered(anna.post(f"{URL}zaehlen/", EINGABE | {"weitere_fuer": "S34"}).text), "what she ticks stays"
    anders = anna.post(URL, EINGABE | {"hilfeart": "A31", "weitere_hilfearten": ["S33"], "stunden_je_woche": "5"})
    assert anders.status_code == 422 and "wird je Tag bezahlt" in words_of(anders)
    assert re.search(r'name="weitere_hilfearten"[^>]*value="S33"[^>]*checked', anders.text), "to be taken out by her"


def test_a_line_says_its_paragraph__and_more_where_two_have_the_same(vg):
    with in_tenant(vg):
        arten = {art.code: art for art in Hilfeart.objects.filter(code__in=["S33", "S35A", "T35A"])}
        kriterien = kriterien_folie(hilfeart=arten["S35A"], weitere=(arten["T35A"], arten["S33"]))
    namen = [kriterien.describe_hilfeart(arten[code].pk) for code in ("S33", "S35A", "T35A")]
    assert namen == ["§ 33", "§ 35a Eingliederungshilfe, stationär", "§ 35a Eingliederungshilfe, teilstationär"]
    assert replace(kriterien, weitere=()).describe_hilfeart(arten["S35A"].pk) == ""


def test_another_module_is_another_search(vg):
    fremde = Hilfeart(code="P1", paragraf="§ 36", name="Pflege zu Hause", modul_id="sgb11", einheit="TAG")
    with in_tenant(vg), pytest.raises(RegelVerletzt, match="Pflege zu Hause“ gehört zu einem anderen Bereich"):
        kriterien_folie(weitere=(fremde,)).check()


def test_api__several_kinds(cast, markt):
    anfrage = {
        "hilfeart": "S34", "weitere_hilfearten": ["S33"], "region": "VG", "beginn": "2017-06-01", "ende": "2017-11-30",
        "tage_je_woche": "7",
    }  # fmt: skip
    api = cast.api("anna")
    suche = api.post("/api/v1/suchen/", anfrage, content_type="application/json").json()
    assert suche["weitere_hilfearten"] == ["S33"]
    assert [zeile["hilfeart"] for zeile in suche["angebote"]] == ["S33", "S34", "S34"]
    for falsch in ("A31", "X99"):
        anders = anfrage | {"weitere_hilfearten": [falsch]}
        antwort = api.post("/api/v1/suchen/", anders, content_type="application/json")
        assert antwort.status_code == 422 and list(antwort.json()["felder"]) == ["weitere_hilfearten"]
