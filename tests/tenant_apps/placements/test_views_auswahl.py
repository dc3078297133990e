"""The way from the question to the reserved place on screen, without JavaScript."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.services import bind_platz
from tenant_apps.audit.models import Protokoll
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.search import search_angebote
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot
from tests.factories.suchen import create_markt
from tests.seiten import text_of
from tests.trail import reading

URL = "/hze-auswahl/"
EINGABE = {
    "beginn": "2017-06-01", "ende": "2017-11-30", "hilfeart": "S34", "reichweite": "EIGENE", "tage_je_woche": "7,00",
}  # fmt: skip


@pytest.fixture
def anna(sign_in):
    return sign_in("anna")


@pytest.fixture
def fall(cast, vg):
    anna = cast.akteur("anna")
    with in_tenant(vg):
        return create_hilfefall(fachkraft_id=anna.user_id)


def test_search__counts_live_and_keeps_nothing(anna, vg):
    create_markt()
    create_angebot(plaetze=0)
    seite = text_of(anna.post(f"{URL}zaehlen/", EINGABE))
    assert "Alle Angebote</dt><dd>(15)" in seite and "Verfügbare Angebote</dt><dd>(14)" in seite
    assert "182,00" in seite and "26,00" in seite
    assert "liegt in der Vergangenheit" in seite
    with in_tenant(vg):
        assert not Suche.objects.exists()


@pytest.mark.parametrize(
    ("anders", "gesagt"),
    [
        ({"hilfeart": ""}, "Es fehlt noch: Hilfeart."),
        ({"hilfeart": "", "ende": ""}, "Es fehlt noch: Ende der Hilfe, Hilfeart."),
        ({"reichweite": "UMKREIS", "umkreis_km": "30"}, "Es fehlt noch: Postleitzahl."),
        ({"tage_je_woche": "9"}, "Tage je Woche: "),
        ({"ende": "31.2.2018", "hilfeart": ""}, "Ende der Hilfe: "),
        ({"ende": "2017-05-31"}, "Ende"),
        ({"hilfeart": "A31"}, "Bitte geben Sie die Stunden je Woche an"),
    ],
)
def test_search__says_why_nothing_can_be_counted(anna, anders, gesagt):
    seite = text_of(anna.post(f"{URL}zaehlen/", EINGABE | anders))
    assert gesagt in seite and "</dd>" not in seite
    ohne_script = text_of(anna.post(URL, EINGABE | anders | {"aktion": "zaehlen"}))
    assert gesagt in ohne_script and "fehler" not in ohne_script.partition("<main")[2].partition("<form")[0].casefold()


def test_search__counts_for_the_person_being_typed(anna):
    create_markt()
    junge = {"person-geburtsdatum": "2007-03-14", "person-geschlecht": "1"}
    seite = text_of(anna.post(f"{URL}zaehlen/", EINGABE | junge))
    assert "Verfügbare Angebote</dt><dd>(13)" in seite and "10 Jahre" in seite


def test_search__result_page_shows_the_slide(anna):
    create_markt()
    seite = text_of(anna.post(URL, EINGABE, follow=True))
    for stelle in ("14 verfügbare Angebote", "1 bis 14 von 14", "76,00 €", "13.832 €", "Bestpreis",
                   "+ 2.184 €", "20.403 €", "Nur weiblich", "Ende des günstigsten Drittels"):  # fmt: skip
        assert stelle in seite, stelle
    assert seite.count("günstigstes Drittel</span>") == 5
    assert "sojus-pages" not in seite, "one page says nothing of pages"


def test_search__errors_keep_what_was_typed(anna):
    antwort = anna.post(URL, EINGABE | {"ende": "2017-05-01", "person-pkz": "P-77"})
    seite = text_of(antwort)
    assert antwort.status_code == 422
    assert "P-77" in seite and "2017-05-01" in seite and "Bitte füllen Sie dieses Feld aus." in seite


def test_search__a_name_typed_and_nobody_chosen_is_not_lost(anna, fall, vg):
    with in_tenant(vg):
        name = fall.klient.nachname
    for text, gesagt in ((name, "niemanden gewählt"), ("Gibtesnicht", "steht niemand in der Liste")):
        antwort = anna.post(URL, EINGABE | {"person-suchtext": text})
        seite = text_of(antwort)
        assert antwort.status_code == 422 and gesagt in seite and f'value="{text}"' in seite
    with in_tenant(vg):
        assert not Suche.objects.exists()


def test_search__new_person_takes_part_in_the_search(anna, vg):
    create_angebot(geschlecht="m")
    create_angebot(geschlecht="w", alter_von=15)
    passend = create_angebot(geschlecht="w", alter_von=8, alter_bis=12)
    person = {"person-pkz": "P-1", "person-nachname": "Muster", "person-vorname": "Mia",
              "person-geburtsdatum": "2007-03-14", "person-geschlecht": "2"}  # fmt: skip
    anna.post(URL, EINGABE | person)
    with in_tenant(vg):
        suche = Suche.objects.get()
        assert (suche.geschlecht, suche.alter, suche.klient.pkz) == ("w", 10, "P-1")
        gefunden = search_angebote(kriterien_of(suche)).treffer
        assert [zeile.angebot for zeile in gefunden] == [passend.pk]
    zweite = EINGABE | person | {"person-pkz": "P-2"}
    antwort = anna.post(URL, zweite)
    assert antwort.status_code == 422
    assert "Es gibt schon eine Person mit diesem Namen und Geburtsdatum: Muster, Mia" in text_of(antwort)
    assert "P-2" in text_of(antwort) and "Es ist eine andere Person" in text_of(antwort)
    with reading(vg):
        assert Protokoll.objects.get(vorgang="klient.namensgleich").personen, "who is named is in the trail"
    assert anna.post(URL, zweite | {"person-andere_person": "on"}).status_code == 302


def test_search__names_of_other_peoples_cases_are_not_offered(sign_in, fall):
    assert fall.klient.nachname in text_of(sign_in("anna").get(URL))
    assert fall.klient.nachname not in text_of(sign_in("bernd").get(URL))
    assert sign_in("doris").get(URL).status_code == 403
    assert sign_in("ines", at="VG").get(URL).status_code == 403


def test_search__nothing_free_says_what_to_do(anna, vg):
    create_angebot(kreis="HRO")
    antwort = anna.post(URL, EINGABE, follow=True)
    assert "Außerhalb des eigenen Bezirks suchen" in text_of(antwort)
    with in_tenant(vg):
        suche = Suche.objects.get()
    weiter = text_of(anna.post(f"{URL}{suche.pk}/erneut/", {"reichweite": "LAND"}, follow=True))
    assert "1 verfügbares Angebot" in weiter and " · Rostock (Stadt) · " in weiter and "(HRO)" not in weiter
    nachbarn = text_of(anna.post(f"{URL}{suche.pk}/erneut/", {"reichweite": "NACHBARN"}, follow=True))
    assert "Vorpommern-Greifswald mit Nachbarkreisen" in nachbarn


def test_result__heading_and_pages_count_what_the_filter_leaves(anna):
    create_markt()
    seite = anna.post(URL, EINGABE, follow=True).redirect_chain[-1][0]
    eng = text_of(anna.get(f"{seite}?drittel=on"))
    assert "<h1>5 von 14 verfügbaren Angeboten</h1>" in eng and "1 bis 5 von 5" in eng
    assert "<h1>0 von 14 Angeboten, 0 verfügbar</h1>" in text_of(anna.get(f"{seite}?zeige=alle&text=gibtesnicht"))
    assert "<h1>14 verfügbare Angebote</h1>" in text_of(anna.get(f"{seite}?text="))


def test_result__is_live_and_paged(anna, vg):
    """26 offers are two pages; what came since is there, and the page says that the market has changed."""
    create_markt()
    seite = anna.post(URL, EINGABE, follow=True).redirect_chain[-1][0]
    erste = text_of(anna.get(seite))
    assert "Die Liste zeigt, was jetzt gilt." in erste and "<strong>Heute" not in erste
    assert 'data-label="Passung">–</td>' in erste, "nothing was asked that could be judged"
    for _ in range(12):
        create_angebot(entgelt="99.99")
    erste = text_of(anna.get(seite))
    assert "1 bis 25 von 26" in erste and "26 Angebote von 26" in erste
    assert "26 bis 26 von 26" in text_of(anna.get(f"{seite}?seite=2")) and "20.403 €" in text_of(
        anna.get(f"{seite}?seite=2")
    )
    assert text_of(anna.get(f"{seite}?sort=-kosten")).index("20.403 €") < text_of(anna.get(seite)).index("18.514 €")
    eng = text_of(anna.get(f"{seite}?soll=16100&sort=frei"))
    assert "2 von 26 verfügbaren Angeboten" in eng and "Soll-Entgelt bis 16.100,00 €" in eng
    assert '<option value="frei" selected>' in eng, "narrowing keeps the order"
    assert "nur günstigstes Drittel (2)" in eng and "bis 10 km (0)" in eng
    assert "Filter zurücksetzen" in text_of(anna.get(f"{seite}?km=10"))


def test_result__same_number_of_queries_for_any_number_of_offers(anna):
    create_angebot()
    seite = anna.post(URL, EINGABE, follow=True).redirect_chain[-1][0]

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            anna.get(seite)
        return [query["sql"] for query in captured]

    queries()
    few = queries()
    for _ in range(3):
        create_angebot()
    many = queries()
    assert len(many) == len(few)
    assert sum("geprueft AS MATERIALIZED" in sql for sql in many) == 1, "one statement finds, ranks, counts and cuts"


def test_offer__that_does_not_fit_any_more_leads_back_to_what_does(anna, vg):
    create_angebot()
    url = _detail_url(anna, vg)
    with in_tenant(vg):
        Suche.objects.update(region="HRO")
    assert "passt nicht oder nicht mehr" in text_of(anna.get(url, follow=True))


def test_result__occupied_offers_are_shown_on_request(anna):
    create_angebot()
    create_angebot(plaetze=0)
    antwort = anna.post(URL, EINGABE, follow=True)
    assert "placements-belegt" not in text_of(antwort)
    alle = text_of(anna.get(antwort.redirect_chain[-1][0] + "?zeige=alle"))
    assert "placements-belegt" in alle and "nicht absehbar frei</span></td>" in alle and "belegt<span" in alle


def _detail_url(anna, vg, **person) -> str:
    anna.post(URL, EINGABE | person)
    with in_tenant(vg):
        suche = Suche.objects.get()
        letztes = search_angebote(kriterien_of(suche)).treffer[-1]
        return f"{URL}{suche.pk}/angebote/{letztes.angebot}/"


def test_offer__another_time_to_hold__the_page_says_it_and_the_reservation_keeps_it(anna, vg, fall, settings):
    settings.RESERVIERUNG_TAGE = 9
    create_angebot(entgelt="76.00")
    url = _detail_url(anna, vg, **{"person-klient": str(fall.klient_id)})
    seite = text_of(anna.get(url))
    assert "neun Tage gehalten" in seite
    assert "sieben" not in seite
    anna.post(url, {"begruendung": ""})
    with in_tenant(vg):
        reservierung = Reservierung.objects.get()
    assert (reservierung.ablauf_at - reservierung.created_at).days in {8, 9}


def test_offer__shows_amounts_and_reserves(anna, vg, fall):
    create_angebot(entgelt="76.00")
    url = _detail_url(anna, vg, **{"person-klient": str(fall.klient_id)})
    seite = text_of(anna.get(url))
    for stelle in ("13.832,00 €", "0,00 €", "kein amtlicher Barbetrag hinterlegt", "kein Ansatz hinterlegt",
                   "Anna Ahlers", fall.fallnummer, "Betriebstage im Jahr</dt><dd>365</dd>"):  # fmt: skip
        assert stelle in seite, stelle
    antwort = anna.post(url, {"begruendung": ""})
    with in_tenant(vg):
        reservierung = Reservierung.objects.get()
    with reading(vg):
        assert Protokoll.objects.filter(vorgang="angebot.ansehen").exists()
    assert antwort.headers["Location"] == f"/reservierungen/{reservierung.pk}/"


def test_offer__missing_reason_keeps_the_page(anna, vg, fall):
    create_markt()
    url = _detail_url(anna, vg, **{"person-klient": str(fall.klient_id), "geschlecht": "egal"})
    antwort = anna.post(url, {"begruendung": "zu kurz"})
    assert antwort.status_code == 422
    assert "zu kurz</textarea>" in text_of(antwort) and "mindestens 10 Buchstaben" in text_of(antwort)


def test_offer__a_second_bed_is_warned_of_with_the_way_there_and_needs_a_reason(anna, vg, fall):
    """Anna forgets what she reserved this morning; the page tells her, and so does the page of the booking."""
    eins, zwei = create_angebot(), create_angebot()
    url = _detail_url(anna, vg, **{"person-klient": str(fall.klient_id)}).replace(str(eins.pk), str(zwei.pk))
    assert "schon einen Platz" not in text_of(anna.get(url)) and 'name="zweiter_platz"' not in text_of(anna.get(url))
    erste = anna.post(url.replace(str(zwei.pk), str(eins.pk)), {"begruendung": ""}).headers["Location"]
    seite = text_of(anna.get(url))
    assert "Für diese Nächte gibt es schon einen Platz" in seite and f'href="{erste}"' in seite
    assert 'name="zweiter_platz"' in seite and "warum dieser dazukommt" in seite
    unwissend = anna.post(url, {"begruendung": "Nur dort gibt es Therapie im Haus."})
    assert unwissend.status_code == 422 and "bestätigen Sie, dass dieser Platz dazukommt" in text_of(unwissend)
    ohne = anna.post(url, {"begruendung": "kurz", "zweiter_platz": "on"})
    assert ohne.status_code == 422 and "kurz</textarea>" in text_of(ohne)
    zweite = anna.post(url, {"begruendung": "Probewohnen an den Wochenenden.", "zweiter_platz": "on"}).headers[
        "Location"
    ]
    assert "weiterer Platz für dieselben Nächte" in text_of(anna.get(f"{zweite}buchen/"))


def test_offer__the_loser_of_the_race_keeps_what_was_typed(anna, vg, hro, fall):
    angebot = create_angebot()
    url = _detail_url(anna, vg, **{"person-klient": str(fall.klient_id)})
    with in_tenant(hro):
        halbjahr = Zeitraum.from_inclusive(date(2017, 6, 1), date(2017, 11, 30))
        bind_platz(angebot_id=angebot.pk, zeitraum=halbjahr, ablauf_at=timezone.now() + timedelta(days=1))
    antwort = anna.post(url, {"begruendung": "Die Schwester lebt schon dort."})
    assert antwort.status_code == 409
    assert "soeben anderweitig reserviert" in text_of(antwort)
    assert "Die Schwester lebt schon dort.</textarea>" in text_of(antwort)


def test_vermerk__checksum_is_checked_and_the_provider_never_sees_it(anna, sign_in, vg, fall):
    create_angebot()
    url = _detail_url(anna, vg, **{"person-klient": str(fall.klient_id)})
    anna.post(url, {"begruendung": ""})
    with in_tenant(vg):
        vermerk = Reservierung.objects.get().auswahlvermerk
    seite = text_of(anna.get(f"/auswahlvermerke/{vermerk.pk}/"))
    assert "Unverändert" in seite and vermerk.pruefsumme in seite
    assert sign_in("ines", at="VG").get(f"/auswahlvermerke/{vermerk.pk}/").status_code == 403
    assert sign_in("bernd").get(f"/auswahlvermerke/{vermerk.pk}/").status_code == 404


def test_extend_and_withdraw__on_screen(anna, vg, fall):
    create_angebot()
    anna.post(_detail_url(anna, vg, **{"person-klient": str(fall.klient_id)}), {"begruendung": ""})
    with in_tenant(vg):
        uuid = Reservierung.objects.get().pk
    assert anna.post(f"/reservierungen/{uuid}/verlaengern/", {"tage": "28"}).status_code == 422
    assert anna.post(f"/reservierungen/{uuid}/verlaengern/", {"tage": "3"}).status_code == 302
    assert anna.post(f"/reservierungen/{uuid}/zurueckziehen/", {"grund": ""}).status_code == 422
    assert anna.post(f"/reservierungen/{uuid}/zurueckziehen/", {"grund": "entfällt"}).status_code == 302
    with in_tenant(vg):
        assert Reservierung.objects.get().zustand == "ZURUECKGEZOGEN"
