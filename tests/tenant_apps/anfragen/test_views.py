"""The same through the pages: from the result to the reservation in a few clicks, and what each side reads."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils.timezone import localtime

from shared_apps.core.clock import real_now
from shared_apps.core.errors import Konflikt
from tenant_apps.anfragen.anzeige import get_next_text, say_vorwahl, say_zahlen
from tenant_apps.anfragen.models import Hausanfrage
from tenant_apps.anfragen.selectors import STAENDE, choose_vorgewaehlte, group_zeilen, order_zeilen
from tenant_apps.anfragen.services.ask import extend_anfrage
from tenant_apps.anfragen.states import HausanfrageZustand
from tenant_apps.audit.models import Protokoll
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tests.factories.placements import create_buchung
from tests.seiten import text_of
from tests.tenant_apps.anfragen.story import BEDARF, HEUTE, Anfragestory, tell
from tests.trail import reading


@pytest.fixture
def story(cast, vg, settings) -> Anfragestory:
    settings.FIXED_TODAY = HEUTE
    return tell(cast, vg)


def test_from_the_result_to_the_reservation(story, sign_in) -> None:
    anna = sign_in("anna", at="VG")
    neu = f"/anfragen/neu/{story.suche.pk}/"
    assert neu in anna.get(f"/hze-auswahl/{story.suche.pk}/").text
    seite = anna.get(neu).text
    assert seite.count(" checked") == 2, "all that fit are ticked: two clicks from the result to sent"
    daten = {"angebote": [str(story.kueste.pk), str(story.see.pk)], "dringlichkeit": "EILIG", "antwort_bis": ""}
    falsch = anna.post(neu, daten | {"bedarf": "Mia Wrobel braucht Ruhe."})
    assert falsch.status_code == 422
    assert "Diese Stellen sind gemeint" in falsch.text
    assert "<mark>Mia</mark>" in falsch.text and "Mia Wrobel braucht Ruhe." in falsch.text
    assert "Der Text verrät" in falsch.text and falsch.text.count(" checked") == 2
    gesendet = anna.post(neu, daten | {"bedarf": BEDARF})
    assert gesendet.status_code == 302
    anfrage_url = gesendet.url
    assert "2 Häuser gefragt: 0 Ja, 0 Nein, 2 ohne Antwort" in text_of(anna.get(anfrage_url))
    assert "Zu dieser Suche läuft schon eine Anfrage" in anna.get(neu).text

    haus, andere = story.haus(story.kueste), story.haus(story.see)
    eingang = text_of(sign_in("ines", at="PORTAL").get("/eingang/"))
    assert haus.nummer in eingang and "Antworten" in eingang and "Wrobel" not in eingang and BEDARF not in eingang
    ines, ziel = sign_in("ines", at="VG"), f"/anfragen/haeuser/{haus.pk}/"
    gelesen = text_of(ines.get(ziel))
    for wort in ("12 bis 14 Jahre", "weiblich", BEDARF, haus.nummer, "Anna Ahlers", "01.06.2017"):
        assert wort in gelesen, wort
    for wort in ("Mia", "Wrobel", "14.03.2004", "Haus am See", story.fall.fallnummer):
        assert wort not in gelesen, wort
    ohne_grund = ines.post(ziel, {"entscheidung": "absagen", "grund": "", "erlaeuterung": "Wir sind voll"})
    assert ohne_grund.status_code == 422 and "Wir sind voll" in ohne_grund.text

    stand = f"{anfrage_url}stand/"
    vorher = anna.get(stand).text
    kennung = vorher.partition("stand=")[2].partition('"')[0]
    assert anna.get(f"{stand}?stand={kennung}").status_code == 204
    assert ines.post(ziel, {"entscheidung": "zusagen", "tage": "3"}, follow=True).status_code == 200
    neu_stand = anna.get(f"{stand}?stand={kennung}")
    assert neu_stand.status_code == 200 and "1 Ja" in neu_stand.text and "hält einen Platz bis" in neu_stand.text

    vorgang = f"/vorgaenge/{haus.pk}/"  # from the overview of what is held, before there is a reservation
    assert (anna.get(vorgang).url, ines.get(vorgang).url) == (anfrage_url, ziel)
    assert sign_in("jan", at="VG").get(vorgang).status_code == 404

    annehmen = f"/anfragen/haeuser/{haus.pk}/annehmen/"
    assert annehmen in neu_stand.text
    assert "13.832,00 €" in text_of(anna.get(annehmen))
    fertig = anna.post(annehmen, {"gezeigt": "13832", "begruendung": "", "wuensche": ""}, follow=True)
    verlauf = text_of(fertig).partition("Verlauf")[2]
    assert 0 < verlauf.index("Auf die Anfrage zugesagt") < verlauf.index("Reserviert")
    assert "Anbieter hat zugestimmt" not in verlauf
    assert "das Haus hat zugestimmt" in fertig.text and "Verbindlich buchen" in fertig.text
    assert anfrage_url in fertig.text, "the way back to the enquiry"
    jan = text_of(sign_in("jan", at="PORTAL").get("/eingang/?zustand=erledigt"))
    assert andere.nummer in jan and "anderweitig besetzt" in jan
    zu = text_of(sign_in("jan", at="VG").get(f"/anfragen/haeuser/{andere.pk}/"))
    assert "Zusage eines anderen Hauses" in zu and BEDARF not in zu
    liste = text_of(anna.get("/anfragen/?zustand=ANGENOMMEN"))
    assert "Wrobel, Mia" in liste and "1 Ja" in liste
    assert anfrage_url in anna.get(f"/hilfefaelle/{story.fall.pk}/").text


def test_get_next_text__who_never_answered_is_not_thanked_and_a_yes_is_not_called_late() -> None:
    for zustand in ("GESCHLOSSEN", "VERFALLEN"):
        stumm, geantwortet = (get_next_text(Hausanfrage(zustand=zustand, antwort_at=am)) for am in (None, real_now()))
        assert "Vielen Dank" not in stumm and geantwortet.endswith("Vielen Dank für Ihre Antwort.")
    assert "ohne dass das Jugendamt entschieden hat" in geantwortet


def test_withdraw__and_the_result_leads_to_a_new_one(story, sign_in) -> None:
    anfrage = story.ask()
    anna = sign_in("anna", at="VG")
    assert f"/anfragen/{anfrage.pk}/" in anna.get(f"/hze-auswahl/{story.suche.pk}/").text
    ziel = f"/anfragen/{anfrage.pk}/zurueckziehen/"
    assert anna.get(ziel).status_code == 200
    with reading(story.vg):
        assert Protokoll.objects.filter(vorgang="anfrage.schritt", objekt_id=anfrage.pk).exists()
    assert anna.post(ziel, {"grund": ""}).status_code == 422
    assert "zurückgezogen" in anna.post(ziel, {"grund": "Mutter sagt ab"}, follow=True).text
    assert f"/anfragen/neu/{story.suche.pk}/" in anna.get(f"/hze-auswahl/{story.suche.pk}/").text


def test_result__says_who_has_declined_for_this_case(story, sign_in) -> None:
    story.ask()
    haus = story.haus(story.kueste)
    antwort = sign_in("ines", at="VG").post(
        f"/anfragen/haeuser/{haus.pk}/", {"entscheidung": "absagen", "grund": "PERSONAL", "erlaeuterung": ""}
    )
    assert antwort.status_code == 302
    assert "abgesagt: Personal fehlt" in sign_in("anna", at="VG").get(f"/hze-auswahl/{story.suche.pk}/").text


def test_decline__another_reason_is_said_with_what_it_is_and_the_house_is_not_ticked_again(story, sign_in) -> None:
    anfrage = story.ask()
    haus, text = story.haus(story.kueste), "kein Nachtdienst bis Ostern"
    ines, anna, ziel = sign_in("ines", at="VG"), sign_in("anna", at="VG"), f"/anfragen/haeuser/{haus.pk}/"
    ines.post(ziel, {"entscheidung": "absagen", "grund": "SONSTIGES", "erlaeuterung": text})
    for seite in (anna.get(f"/anfragen/{anfrage.pk}/"), anna.get(f"/hze-auswahl/{story.suche.pk}/"), ines.get(ziel)):
        assert f"anderer Grund: {text}" in text_of(seite) and "bitte angeben" not in seite.text
    assert "2 Häuser gefragt: 0 Ja, 1 Nein, 1 ohne Antwort" in text_of(anna.get(f"/anfragen/{anfrage.pk}/"))
    anna.post(f"/anfragen/{anfrage.pk}/zurueckziehen/", {"grund": "Mutter sagt ab"})
    assert "0 Ja, 1 Nein, 1 zurückgezogen" in text_of(anna.get("/anfragen/"))
    neu = anna.get(f"/anfragen/neu/{story.suche.pk}/")
    assert f'value="{story.kueste.pk}"' in neu.text and f'id="haus-{story.kueste.pk}" checked' not in neu.text
    assert f'id="haus-{story.see.pk}" checked' in neu.text
    assert "Wer für diesen Fall schon abgesagt hat, ist nicht vorgewählt." in text_of(neu)


def test_preselection__what_fits_best_and_the_page_says_so(story) -> None:
    zeilen = [
        Trefferzeile(angebot=uuid4(), passung=passung, vakanzen=1) for passung in (40, None, 90, 90, 70)
    ]  # the cheapest first
    keys = [zeile.angebot for zeile in zeilen]
    wahl = partial(choose_vorgewaehlte, zeilen, hoechstens=2)
    assert wahl(gemerkt=(), ohne=()) == {keys[2], keys[3]}
    assert wahl(gemerkt=(), ohne={keys[2]}) == {keys[3], keys[4]}, "who has declined is not asked again by itself"
    assert wahl(gemerkt=[keys[0]], ohne=()) == {keys[0]}
    gesagt = partial(say_vorwahl, zeilen, ohne=())
    assert gesagt(wahl(gemerkt=(), ohne=()), gemerkt=()) == "Vorgewählt: 2 Häuser mit der besten Passung."
    assert gesagt({keys[0]}, gemerkt=[keys[0]]) == "Vorgewählt ist, was Sie gemerkt haben."
    assert gesagt(set(keys), gemerkt=()) == ""


def test_counts__each_state_of_a_house_is_in_one_of_the_numbers() -> None:
    gezaehlt = [zustand for zustaende in STAENDE.values() for zustand in zustaende]
    assert sorted(gezaehlt) == sorted(HausanfrageZustand)
    zahlen = dict.fromkeys(STAENDE, 0) | {"ja": 1, "nein": 1, "besetzt": 18}
    assert say_zahlen(zahlen) == "1 Ja, 1 Nein, 18 anderweitig besetzt"


def test_answer__a_house_reads_what_it_holds_and_how_it_gets_back(story, sign_in) -> None:
    story.ask()
    haus, ines = story.haus(story.kueste), sign_in("ines", at="VG")
    ziel = f"/anfragen/haeuser/{haus.pk}/"
    assert "Sie halten" not in ines.get(ziel).text
    ja = ines.post(ziel, {"entscheidung": "zusagen", "tage": "3"}, follow=True)
    bis = localtime(story.haus(story.kueste).haelt_bis_at)
    assert f"Platz 1, bis {bis:%d.%m.%Y, %H:%M} Uhr" in text_of(ja)
    assert f'href="http://{settings.PORTAL_HOST}/eingang/">Zum Eingang</a>' in ja.text


def test_way__is_said_as_the_result_says_it(story, sign_in) -> None:
    anfrage = story.ask()
    with story.at_vg():
        Hausanfrage.objects.filter(angebot_id=story.kueste.pk).update(entfernung_km="74.5")
    seite = text_of(sign_in("anna", at="VG").get(f"/anfragen/{anfrage.pk}/"))
    assert "75 km" in seite and "74,50" not in seite


def test_question__the_office_answers_it_the_house_reads_and_writes_back(story, sign_in) -> None:
    anfrage = story.ask()
    haus, andere = story.haus(story.kueste), story.haus(story.see)
    ines, jan, anna = (sign_in(name, at="VG") for name in ("ines", "jan", "anna"))
    ziel, schreiben = f"/anfragen/haeuser/{haus.pk}/", f"/rueckfragen/zu/{haus.pk}/schreiben/"
    assert ines.get(schreiben).status_code == 404, "the office begins: a house has no row of the case"
    ines.post(ziel, {"entscheidung": "rueckfragen", "frage": "Gibt es Allergien?"})
    assert schreiben in anna.get(f"/anfragen/{anfrage.pk}/").text
    assert "Gibt es Allergien?" in text_of(anna.get(schreiben))
    verraten = anna.post(schreiben, {"text": "Mia hat keine."})
    assert verraten.status_code == 422 and "<mark>Mia</mark>" in verraten.text
    gesendet = anna.post(schreiben, {"text": "Sie hat keine Allergien."})
    gespraech = gesendet.url
    assert gesendet.status_code == 302 and "Anfrage " + haus.nummer in text_of(anna.get(gespraech))
    assert "Haus an der Küste" in text_of(anna.get("/rueckfragen/")) or haus.nummer in text_of(
        anna.get("/rueckfragen/")
    )
    assert f'href="{gespraech}"' in anna.get(f"/anfragen/{anfrage.pk}/").text

    assert "Nachricht des Jugendamtes" in text_of(sign_in("ines", at="PORTAL").get("/eingang/"))
    gelesen = text_of(ines.get(ziel))
    assert "Sie hat keine Allergien." in gelesen and "Wrobel" not in gelesen
    gelesen = text_of(ines.get(gespraech))
    assert "Sie hat keine Allergien." in gelesen and story.fall.fallnummer not in gelesen
    assert ines.post(schreiben, {"text": "Danke, dann geht es."}).status_code == 302
    assert "Danke, dann geht es." in text_of(anna.get(gespraech))
    for fremd in (gespraech, schreiben, ziel):
        assert jan.get(fremd).status_code == 404
    assert "Allergien" not in jan.get(f"/anfragen/haeuser/{andere.pk}/").text


def test_further_houses__are_asked_in_the_enquiry_that_is_open(story, sign_in) -> None:
    anfrage = story.ask(story.kueste)
    anna, neu = sign_in("anna", at="VG"), f"/anfragen/neu/{story.suche.pk}/"
    for woher in (f"/anfragen/{anfrage.pk}/", f"/hze-auswahl/{story.suche.pk}/"):
        assert f'href="{neu}"' in anna.get(woher).text, woher
    seite = text_of(anna.get(neu))
    assert "Zu dieser Suche läuft schon eine" in seite and BEDARF in seite and f'value="{story.see.pk}"' in seite
    assert f'value="{story.kueste.pk}"' not in seite and " checked" not in seite
    daten = {"zu": str(anfrage.pk), "angebote": [str(story.see.pk)]}
    assert anna.post(neu, {"zu": str(anfrage.pk)}).status_code == 422
    assert anna.post(neu, daten).url == f"/anfragen/{anfrage.pk}/"
    assert "2 Häuser gefragt: 0 Ja, 0 Nein, 2 ohne Antwort" in text_of(anna.get(f"/anfragen/{anfrage.pk}/"))
    haus = story.haus(story.see)
    assert haus.anfrage_id == anfrage.pk and story.hinweis(haus).frist_at == anfrage.antwort_bis_at
    assert BEDARF in text_of(sign_in("jan", at="VG").get(f"/anfragen/haeuser/{haus.pk}/"))

    alte_seite = {"bedarf": BEDARF, "dringlichkeit": "EILIG", "antwort_bis": "", "angebote": [str(story.see.pk)]}
    assert anna.post(neu, alte_seite).status_code == 409, "a second enquiry is not taken for further houses"
    with story.at_vg() as wer, pytest.raises(Konflikt, match="schon gefragt"):
        extend_anfrage(akteur=wer, anfrage=anfrage, angebote=[story.see.pk])
    anna.post(f"/anfragen/{anfrage.pk}/zurueckziehen/", {"grund": "Mutter sagt ab"})
    assert "Diese Anfrage ist beendet" in anna.post(neu, daten, follow=True).text


def test_start_page__says_that_houses_have_answered(story, sign_in) -> None:
    story.ask()
    haus, anna = story.haus(story.kueste), sign_in("anna", at="VG")
    assert "Häuser haben geantwortet" not in anna.get("/").text
    sign_in("ines", at="VG").post(f"/anfragen/haeuser/{haus.pk}/", {"entscheidung": "anrufen"})
    start = anna.get("/").text
    assert "Anfragen: Häuser haben geantwortet" in start and "/anfragen/?zustand=antwort" in start
    assert "Wrobel, Mia" in anna.get("/anfragen/?zustand=antwort").text


def test_child_that_has_a_place__is_said_before_asking_and_before_accepting(story, sign_in) -> None:
    with story.at_vg():
        buchung = create_buchung(
            fachkraft_id=story.fall.fachkraft_id,
            angebot=story.kueste,
            hilfefall=story.fall,
            zeitraum=story.suche.zeitraum,
        )
    anfrage = story.ask(story.see)
    haus, anna = story.haus(story.see), sign_in("anna", at="VG")
    sign_in("jan", at="VG").post(f"/anfragen/haeuser/{haus.pk}/", {"entscheidung": "zusagen", "tage": "0"})
    for seite in (f"/anfragen/neu/{story.suche.pk}/", f"/anfragen/haeuser/{haus.pk}/annehmen/"):
        text = anna.get(seite).text
        assert "Für diese Zeit gibt es schon einen Platz" in text, seite
        assert f"/reservierungen/{buchung.reservierung_id}/" in text, seite
    nichts = anna.post(f"/anfragen/haeuser/{haus.pk}/annehmen/", {"gezeigt": "16016"})
    assert nichts.status_code == 422 and "bestätigen Sie, dass dieser Platz dazukommt" in text_of(nichts)
    assert 'href="#id_zweiter_platz"' in nichts.text and 'href="#id_begruendung"' in nichts.text, "both at once"
    assert anfrage.pk == haus.anfrage_id


def test_marked_houses__are_asked_from_result_and_comparison_and_only_they_are_ticked(story, sign_in) -> None:
    anna = sign_in("anna", at="VG")
    with story.at_vg():
        Suche.objects.filter(pk=story.suche.pk).update(gemerkt=[str(story.see.pk)])
    for woher in (f"/hze-auswahl/{story.suche.pk}/", f"/hze-auswahl/{story.suche.pk}/vergleich/"):
        assert "1 gemerktes Haus anfragen" in anna.get(woher).text, woher
    seite = anna.get(f"/anfragen/neu/{story.suche.pk}/")
    assert seite.text.count(" checked") == 1 and f'id="haus-{story.see.pk}" checked' in seite.text
    assert "Vorgewählt ist, was Sie gemerkt haben." in text_of(seite)


def test_choice__what_is_ticked_is_in_sight_and_the_rest_in_groups(story) -> None:
    zeilen = [Trefferzeile(angebot=uuid4(), passung=n % 100) for n in range(174)]
    gewaehlt = {str(zeile.angebot) for zeile in zeilen[:30]}
    geordnet = order_zeilen(zeilen, gewaehlt)
    assert {str(zeile.angebot) for zeile in geordnet[:30]} == gewaehlt
    assert [zeile.passung for zeile in geordnet[30:33]] == [99, 98, 97]
    gruppen = group_zeilen(geordnet, zuerst=30)
    assert [(ab, len(teil)) for ab, teil in gruppen] == [(1, 30), *((n, 25) for n in range(31, 156, 25)), (156, 19)]
    assert group_zeilen([], zuerst=0) == [] and [ab for ab, _ in group_zeilen(zeilen[:25], zuerst=20)] == [1]


def test_answer__who_only_bills_reads_no_need(story, sign_in) -> None:
    story.ask()
    haus = story.haus(story.kueste)
    seite = text_of(sign_in("bille", at="VG").get(f"/anfragen/haeuser/{haus.pk}/"))
    assert haus.nummer in seite and BEDARF not in seite and "12 bis 14" not in seite
    assert 'value="zusagen"' not in seite


def test_booking__something_else_for_the_same_child_offers_to_withdraw(story, sign_in) -> None:
    anfrage = story.ask(story.see)
    with story.at_vg():
        buchung = create_buchung(fachkraft_id=story.fall.fachkraft_id, angebot=story.kueste, hilfefall=story.fall)
    seite = text_of(sign_in("anna", at="VG").get(f"/buchungen/{buchung.pk}/"))
    assert "Es sind noch andere Häuser gefragt" in seite and "zurückziehen (1 Haus)" in seite
    assert f"/anfragen/{anfrage.pk}/zurueckziehen/" in seite
    assert "andere Häuser gefragt" not in text_of(sign_in("ines", at="VG").get(f"/buchungen/{buchung.pk}/"))
