"""Nobody knows how long Lena will need help: Anna searches, holds and books for her until further notice."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Angebot
from tenant_apps.placements.faelle.selectors.ueberschneidung import list_gleichzeitige
from tenant_apps.placements.models import Auswahlvermerk, Buchung, Reservierung, Suche
from tenant_apps.placements.search.selectors.fast_passend import list_fast_passend
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.pruefsumme import is_unveraendert
from tenant_apps.placements.search.selectors.search import search_angebote
from tenant_apps.placements.services.auftrag import create_suchauftrag
from tenant_apps.placements.services.book import ENDE_FEHLT, HAT_EIN_ENDE, book_reservierung
from tenant_apps.placements.services.decide import confirm_reservierung
from tenant_apps.placements.services.fremd import Entgeltangabe, create_fremdeinrichtung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import DateRange, create_angebot, create_einrichtung, occupy_platz
from tests.factories.suchen import search_for
from tests.seiten import words_of

URL = "/hze-auswahl/"
AB = date(2017, 6, 1)
#: As far as the office plans, its last day not counted: 182 days.
GEPLANT_BIS = date(2017, 11, 30)
FREMDES_HAUS = {
    "name": "Haus Alsterblick", "anbieter": "Alster Jugendhilfe gGmbH", "strasse": "Uferweg 3", "plz": "22087",
    "ort": "Hamburg", "land": "Hamburg", "kreis": None, "ansprechpartner": "", "telefon": "", "email": "",
    "behoerde": "",
}  # fmt: skip
EINGABE = {
    "beginn": "2017-06-01", "ende": "", "ohne_ende": "on", "hilfeart": "S34", "reichweite": "EIGENE",
    "tage_je_woche": "7,00",
}  # fmt: skip


@pytest.fixture
def anna(sign_in):
    return sign_in("anna")


@pytest.fixture
def haeuser(vg, hro) -> dict[str, Angebot]:
    """One is never taken; two are, far beyond what is planned and until within it; one closes in two years."""
    namen = ("immer", "bis 2018", "ab August", "schließt")
    rows = {
        name: create_angebot(
            einrichtung=create_einrichtung(name=f"Haus {name}", kreis="VG"), plaetze=1, entgelt="76.00"
        )
        for name in namen
    }
    for name, von, bis in (("bis 2018", date(2018, 9, 1), None), ("ab August", date(2017, 1, 1), date(2017, 8, 1))):
        occupy_platz(platz=rows[name].plaetze.get(), tenant=hro, zeitraum=DateRange(von, bis))
    Angebot.objects.filter(pk=rows["schließt"].pk).update(gueltig=DateRange(date(2010, 1, 1), date(2019, 6, 1)))
    return rows


def _search(akteur, fall=None, **fields) -> Suche:
    return search_for(akteur, fall, **({"beginn": AB, "ende": GEPLANT_BIS, "ohne_ende": True} | fields))


def test_only_what_is_free_without_end_fits__the_rest_is_one_click_away(anna, haeuser, vg):
    zahlen = words_of(anna.post(f"{URL}zaehlen/", EINGABE))
    assert "bis auf Weiteres; gerechnet bis 30.11.2017" in zahlen and "Verfügbare Angebote (1)" in zahlen
    seite = anna.post(URL, EINGABE, follow=True)
    text = words_of(seite)
    assert "1 verfügbares Angebot" in text and "ab 01.06.2017 bis auf Weiteres" in text
    assert "Beträge bis 30.11.2017 gerechnet" in text and "Gerechnet bis 30.11.2017" in text and "13.832 €" in text
    assert "frei bis 31.08.2018 Bis 31.08.2018 suchen Haus bis 2018" in text
    assert "frei bis 31.05.2019 Bis 31.05.2019 suchen Haus schließt" in text
    assert "frei ab 01.08.2017 Ab 01.08. suchen Haus ab August" in text
    with in_tenant(vg):
        suche = Suche.objects.get()
        assert [(z.angebot, z.soll_entgelt) for z in search_angebote(kriterien_of(suche)).treffer if z.verfuegbar] == [
            (haeuser["immer"].pk, Decimal(13832))
        ]
    for name, ohne_ende, bis in (("ab August", True, None), ("bis 2018", False, date(2018, 8, 31))):
        wann = f"bis {bis:%d.%m.%Y}" if bis else "ab 01.08.2017"
        knopf = re.search(rf"<h3>frei {wann}</h3>.*?</form>", seite.text, re.DOTALL)
        assert knopf is not None
        felder = dict(re.findall(r'name="(beginn|ende|reichweite)" value="([^"]*)"', knopf[0]))
        anders = anna.post(f"{URL}{suche.pk}/erneut/", felder)
        with in_tenant(vg):
            neu = Suche.objects.get(pk=anders.url.rstrip("/").rpartition("/")[2])
            assert (neu.ohne_ende, neu.endet_am) == (ohne_ende, bis)
            assert haeuser[name].pk in {z.angebot for z in search_angebote(kriterien_of(neu)).treffer if z.verfuegbar}
            assert not neu.ohne_ende or neu.tage == suche.tage, "planned with as many days from the later day on"
            assert haeuser[name].pk not in {f.angebot for f in list_fast_passend(neu)}
    wieder = anna.get(f"{URL}?suche={suche.pk}").text
    assert re.search(r'name="ohne_ende"[^>]*checked', wieder)


def test_the_form__an_end_or_none__the_box_counts(anna, vg):
    fehlt = anna.post(URL, EINGABE | {"ohne_ende": ""})
    assert fehlt.status_code == 422 and "Ende der Hilfe" in words_of(fehlt)
    anna.post(URL, EINGABE | {"ende": "2016-01-01"})
    with in_tenant(vg):
        assert [(s.ohne_ende, s.letzter_tag) for s in Suche.objects.all()] == [(True, GEPLANT_BIS)]


def test_held_until_further_notice_and_booked_until_it_is_granted(anna, cast, haeuser, sign_in, vg):
    akteur, ines, haus = cast.akteur("anna"), sign_in("ines", at="VG"), cast.akteur("ines", at="VG")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=akteur.user_id)
        suche = _search(akteur, fall)
    angebot = haeuser["immer"]
    detail = words_of(anna.get(f"{URL}{suche.pk}/angebote/{angebot.pk}/"))
    assert "ab 01.06.2017 bis auf Weiteres" in detail and "Gerechnet bis 30.11.2017" in detail
    assert detail.count("der letzte Tag wird nicht gezählt") == 1, "the day on which she leaves (ADR 0008)"
    anna.post(f"{URL}{suche.pk}/angebote/{angebot.pk}/", {"begruendung": "", "wuensche": "", "gezeigt": "13832"})
    with in_tenant(vg):
        reservierung = Reservierung.objects.get()
        vermerk = Auswahlvermerk.objects.get()
        bindung = Platzbindung.objects.get(pk=reservierung.platzbindung_id)
        assert (bindung.zeitraum.lower, bindung.zeitraum.upper) == (AB, None)
        assert (reservierung.ohne_ende, reservierung.soll_entgelt) == (True, Decimal(13832))
        assert vermerk.kriterien["ohne_ende"] is True and is_unveraendert(vermerk)
        spaet = _search(akteur, beginn=date(2030, 1, 1), ende=date(2030, 2, 1), ohne_ende=False)
        frei = [z.angebot for z in search_angebote(kriterien_of(spaet)).treffer if z.verfuegbar]
        assert angebot.pk not in frei, "held without end"
        spaeter = Zeitraum(date(2030, 1, 1), date(2030, 2, 1))
        assert [r.pk for r in list_gleichzeitige(klient_id=fall.klient_id, zeitraum=spaeter)] == [reservierung.pk]
        assert not list_gleichzeitige(klient_id=fall.klient_id, zeitraum=Zeitraum(date(2016, 1, 1), AB))
    for wer in (anna, ines):
        blatt = words_of(wer.get(f"/reservierungen/{reservierung.pk}/"))
        assert "ab 01.06.2017 bis auf Weiteres" in blatt
        assert "gerechnet bis 30.11.2017, der letzte Tag wird nicht gezählt" in blatt
    api = cast.api("anna").get(f"/api/v1/reservierungen/{reservierung.pk}/").json()
    assert (api["ende"], api["ohne_ende"], api["planung_bis"]) == (None, True, "2017-11-30")

    with in_tenant(vg):
        confirm_reservierung(reservierung=reservierung, akteur=haus)
        with pytest.raises(RegelVerletzt) as fehlt:
            book_reservierung(reservierung=reservierung, akteur=akteur)
    assert (fehlt.value.message, fehlt.value.feld) == (ENDE_FEHLT, "letzter_tag")
    url = f"/reservierungen/{reservierung.pk}/buchen/"
    assert 'value="2017-11-30"' in anna.get(url).text
    zu_frueh = anna.post(url, {"letzter_tag": "2017-05-01"})
    assert zu_frueh.status_code == 422 and "vor dem Beginn" in words_of(zu_frueh)
    frage = anna.post(url, {"letzter_tag": "2018-05-31"})
    assert "Noch ist nichts gebucht" in frage.text
    (summe,) = re.findall(r'class="sojus-dl__summe">(.*?)</div>', frage.text, re.DOTALL)
    summe = " ".join(re.sub(r"<[^>]+>", " ", summe).replace("\N{NO-BREAK SPACE}", " ").split())
    assert summe.startswith("Soll-Kosten bis 31.05.2018 27.664,00 €"), "what is agreed to stands large"
    assert "bisher, gerechnet bis 30.11.2017: 13.832,00 €" in summe, "the other one is named as what it was"
    assert "01.06.2017 bis 31.05.2018" in words_of(frage) and "364,00 Tage" in words_of(frage)
    verdeckt = dict(re.findall(r'name="(gezeigt\w*)" value="([^"]*)"', frage.text))
    assert "verbindlich gebucht" in words_of(anna.post(url, {"letzter_tag": "2018-05-31"} | verdeckt, follow=True))
    with in_tenant(vg):
        buchung = Buchung.objects.get()
        reservierung.refresh_from_db()
        bindung.refresh_from_db()
    assert buchung.letzter_tag == reservierung.endet_am == date(2018, 5, 31)
    assert bindung.zeitraum.upper == buchung.letzter_tag + EIN_TAG and bindung.zustand == "GEBUCHT"
    assert reservierung.menge == 364 and reservierung.soll_entgelt == 364 * 76
    assert buchung.soll_kosten == reservierung.soll_kosten


def test_as_planned__the_amounts_stay__and_what_has_an_end_takes_none(cast, haeuser, vg):
    anna, ines = cast.akteur("anna"), cast.akteur("ines", at="VG")
    with in_tenant(vg):
        for ohne_ende, gesagt, angebot in ((True, GEPLANT_BIS, "immer"), (False, None, "bis 2018")):
            fall = create_hilfefall(fachkraft_id=anna.user_id)
            suche = _search(anna, fall, ohne_ende=ohne_ende)
            reservierung = reserve_angebot(
                akteur=anna, suche=suche, angebot_id=haeuser[angebot].pk, betroffen=Betroffen(fall.klient, fall)
            )
            confirm_reservierung(reservierung=reservierung, akteur=ines)
            if not ohne_ende:
                with pytest.raises(RegelVerletzt, match=HAT_EIN_ENDE):
                    book_reservierung(reservierung=reservierung, akteur=anna, letzter_tag=GEPLANT_BIS)
            buchung = book_reservierung(reservierung=reservierung, akteur=anna, letzter_tag=gesagt)
            assert (buchung.letzter_tag, buchung.soll_kosten) == (GEPLANT_BIS, reservierung.soll_kosten)


def test_it_goes_on_looking__ninety_days_and_not_only_as_far_as_is_planned(cast, haeuser, vg):
    anna = cast.akteur("anna")
    with in_tenant(vg):
        suche = _search(anna)
        assert suche.letzter_tag < today(), "what is planned is over, the help is not"
        assert create_suchauftrag(akteur=anna, suche=suche).gilt_bis == today() + timedelta(days=90)


def test_api__an_end_or_none(cast, haeuser):
    anfrage = {"hilfeart": "S34", "region": "VG", "beginn": "2017-06-01", "tage_je_woche": "7"}

    def post(**mehr):
        return cast.api("anna").post("/api/v1/suchen/", anfrage | mehr, content_type="application/json")

    suche = post(ohne_ende=True).json()
    assert (suche["ende"], suche["ohne_ende"], suche["planung_bis"]) == (None, True, "2017-11-30")
    assert [zeile["angebot"] for zeile in suche["angebote"]] == [str(haeuser["immer"].pk)]
    for falsch in ({}, {"ohne_ende": True, "ende": "2017-11-30"}):
        antwort = post(**falsch)
        assert antwort.status_code == 422 and list(antwort.json()["felder"]) == ["ende"]


def test_api__booked_to_the_day_that_is_sent(cast, haeuser, vg):
    anna, ines, api = cast.akteur("anna"), cast.akteur("ines", at="VG"), cast.api("anna")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        reservierung = reserve_angebot(
            akteur=anna, suche=_search(anna, fall), angebot_id=haeuser["immer"].pk,
            betroffen=Betroffen(fall.klient, fall),
        )  # fmt: skip
        confirm_reservierung(reservierung=reservierung, akteur=ines)
    pfad = f"/api/v1/reservierungen/{reservierung.pk}/buchen/"
    ohne = api.post(pfad, {}, content_type="application/json")
    assert ohne.status_code == 422 and ohne.json()["felder"] == {"letzter_tag": [ENDE_FEHLT]}
    gebucht = api.post(pfad, {"letzter_tag": "2017-12-31"}, content_type="application/json")
    assert gebucht.status_code == 201 and gebucht.json()["ende"] == "2017-12-31"
    with in_tenant(vg):
        assert Platzbindung.objects.get(pk=reservierung.platzbindung_id).zeitraum.upper == date(2018, 1, 1)


def test_outside_of_the_register__booked_to_the_day_that_is_granted(anna, cast, vg):
    akteur = cast.akteur("anna")
    hilfeart = Hilfeart.objects.get(code="S34")
    entgelt = Entgeltangabe(hilfeart, Decimal("100.00"), date(2017, 1, 1), "Vereinbarung vom 12.12.2016")
    with in_tenant(vg):
        haus = create_fremdeinrichtung(akteur=akteur, angaben=FREMDES_HAUS, entgelt=entgelt)
        suche = _search(akteur, create_hilfefall(fachkraft_id=akteur.user_id))
    pfad = f"{URL}{suche.pk}/ausserhalb/{haus.pk}/"
    seite = anna.get(pfad).text
    assert "Bewilligt bis" in seite and 'value="2017-11-30"' in seite and 'name="gezeigt" value="18200"' in seite
    angaben = {"zugesagt_am": "2017-05-20", "zugesagt_durch": "Frau Petersen", "gezeigt": "18200",
               "begruendung": "Keines im Land nimmt Kinder mit dieser Erkrankung auf.", "wuensche": ""}  # fmt: skip
    assert anna.post(pfad, angaben | {"letzter_tag": "2017-01-01"}).status_code == 422
    angaben |= {"letzter_tag": "2017-06-11"}
    gesehen = anna.post(pfad, angaben | {"gezeigt_bis": "2017-11-30"}).text
    assert "Bisher, gerechnet bis 30.11.2017: 18.200,00" in " ".join(gesehen.split())
    angaben |= dict(re.findall(r'name="(gezeigt\w*)" value="([^"]*)"', gesehen))
    assert "Gebucht bei" in words_of(anna.post(pfad, angaben, follow=True))
    with in_tenant(vg):
        buchung, vermerk = Buchung.objects.get(), Auswahlvermerk.objects.get()
        assert (buchung.letzter_tag, buchung.soll_kosten) == (date(2017, 6, 11), Decimal(1000))
        assert not Reservierung.objects.get().ohne_ende and vermerk.kriterien["ohne_ende"] is True
        fest = _search(akteur, create_hilfefall(fachkraft_id=akteur.user_id), ohne_ende=False)
    assert "Bewilligt bis" not in anna.get(f"{URL}{fest.pk}/ausserhalb/{haus.pk}/").text
