"""What a search asks for is kept, shown again, named in the result, and sealed; what contradicts the person is said."""

from __future__ import annotations

import re

import pytest

from shared_apps.catalogue.models import Sprache
from shared_apps.core.clock import now
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.search import Zahlen
from tenant_apps.placements.search.selectors.vermerk import describe_kriterien
from tenant_apps.placements.services.vermerk import freeze_kriterien
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot

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


def _text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().replace("\xa0", " ")))


def test_criteria__are_kept_and_shown_again(anna, vg):
    angebot = create_angebot(spezialisierungen=("trauma",), barrierefrei="JA", vakanz_bestaetigt_at=now())
    angebot.sprachen.set(Sprache.objects.filter(code="ar"))
    seite = _text(anna.post(URL, EINGABE | GEFRAGT, follow=True))
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


def test_days_per_week__come_in_quarters(anna):
    for falsch, gesagt in (("4,3", "ganze, halbe oder Viertel"), ("0", "von 0,25 bis 7"), ("7,25", "von 0,25 bis 7")):
        antwort = anna.post(URL, EINGABE | {"tage_je_woche": falsch})
        assert antwort.status_code == 422 and gesagt in _text(antwort), falsch


def test_what_contradicts_the_person__is_named(anna, cast, vg):
    user_id = cast.akteur("anna").user_id
    with in_tenant(vg):  # a girl of ten
        fall = create_hilfefall(fachkraft_id=user_id)
    gewaehlt = EINGABE | {"person-klient": str(fall.klient.pk)}
    saetze = ("Gesucht wird für männlich; bei der Person steht weiblich.",
              "Gesucht wird für 12 Jahre; die Person ist bei Beginn 10 Jahre alt.")  # fmt: skip
    for anders, gesagt in (({}, False), ({"geschlecht": "m", "alter": "12"}, True), ({"geschlecht": "egal"}, False)):
        gezaehlt = _text(anna.post(f"{URL}zaehlen/", gewaehlt | anders))
        gefunden = _text(anna.post(URL, gewaehlt | anders, follow=True))
        for satz in saetze:
            assert (satz in gezaehlt, satz in gefunden) == (gesagt, gesagt), (anders, satz)
