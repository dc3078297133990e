"""Lena was searched for until further notice; what Anna books ends on the day that the help is granted for."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.errors import RegelVerletzt
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.foster.selectors import Pflegeangebot
from tenant_apps.notifications.models import FaelligerMonat
from tenant_apps.placements.faelle.selectors.vorgang import filter_faelle
from tenant_apps.placements.models import Auswahlvermerk, Buchung, Reservierung
from tenant_apps.placements.search.selectors.pflege import Pflegevergleich
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.fremd import Entgeltangabe, create_fremdeinrichtung
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_buchung, create_reservierung
from tests.factories.register import create_angebot, create_einrichtung, occupy_platz, period
from tests.factories.suchen import kriterien_folie, search_for
from tests.seiten import words_of

GEPLANT = period("2017-06-01", "2017-11-30")
KLINIK = {"ueberlagerung": "KLINIK", "ueberlagerung_grund": "Die Klinik ist nebenan."}
FREMDES_HAUS = {
    "name": "Haus Alsterblick", "anbieter": "Alster Jugendhilfe gGmbH", "strasse": "Uferweg 3", "plz": "22087",
    "ort": "Hamburg", "land": "Hamburg", "kreis": None, "ansprechpartner": "", "telefon": "", "email": "",
    "behoerde": "",
}  # fmt: skip
ZUSAGE = {
    "zugesagt_am": "2017-05-20", "zugesagt_durch": "Frau Petersen", "wuensche": "",
    "begruendung": "Keines im Land nimmt Kinder mit dieser Erkrankung auf.",
}  # fmt: skip


@pytest.fixture
def anna(sign_in):
    return sign_in("anna")


def _hidden(response) -> dict[str, str]:
    return dict(re.findall(r'name="(gezeigt\w*)" value="([^"]*)"', response.text))


def _reserve_open(akteur, angebot, fall=None) -> Reservierung:
    """A place that the house has said yes to, held without end."""
    reservierung = create_reservierung(
        fachkraft_id=akteur.user_id, angebot=angebot, hilfefall=fall, zeitraum=GEPLANT, ohne_ende=True,
        gesucht={"ohne_ende": True}, zustand="ZUGESTIMMT",
    )  # fmt: skip
    offen = DateRange(GEPLANT.lower, None)
    Platzbindung.objects.filter(pk=reservierung.platzbindung_id).update(zeitraum=offen)
    return reservierung


def _keep_fremdes_haus(akteur):
    hilfeart = Hilfeart.objects.get(code="S34")
    entgelt = Entgeltangabe(hilfeart, Decimal("100.00"), date(2017, 1, 1), "Vereinbarung vom 12.12.2016")
    return create_fremdeinrichtung(akteur=akteur, angaben=FREMDES_HAUS, entgelt=entgelt)


@pytest.mark.parametrize(("ab", "braucht"), [("2018-01-01", True), ("2018-06-01", False), ("2017-09-01", True)])
def test_another_stay_is_asked_about_where_the_granted_days_meet_it(anna, cast, vg, ab, braucht):
    """In the register: the other stay may begin after the days that are planned with."""
    akteur, hier, dort = cast.akteur("anna"), create_angebot(), create_angebot()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=akteur.user_id)
        reservierung = _reserve_open(akteur, hier, fall)
        create_buchung(fachkraft_id=akteur.user_id, angebot=dort, hilfefall=fall, zeitraum=period(ab, "2018-12-31"))
    url = f"/reservierungen/{reservierung.pk}/buchen/"
    angaben = {"letzter_tag": "2018-05-31"}
    gesehen = anna.post(url, angaben)
    assert ('name="ueberlagerung"' in gesehen.text) is braucht
    if braucht:
        angaben |= KLINIK | {"ueberlagerung_bis": "2018-05-31"}
        gesehen = anna.post(url, angaben)
    assert "Noch ist nichts gebucht" in gesehen.text
    assert "verbindlich gebucht" in words_of(anna.post(url, angaben | _hidden(gesehen), follow=True))


def test_a_proposal_nobody_touched_goes__what_was_said_stays_and_is_refused(anna, cast, vg):
    akteur, hier, dort = cast.akteur("anna"), create_angebot(), create_angebot()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=akteur.user_id)
        reservierung = _reserve_open(akteur, hier, fall)
        create_buchung(
            fachkraft_id=akteur.user_id, angebot=dort, hilfefall=fall,
            zeitraum=period("2017-09-01", "2018-12-31"),
        )  # fmt: skip
    url = f"/reservierungen/{reservierung.pk}/buchen/"
    seite = anna.get(url).text
    assert 'name="ueberlagerung"' in seite and 'value="2017-11-30"' in seite
    vorher = {"letzter_tag": "2017-08-31", "ueberlagerung": "", "ueberlagerung_bis": "2017-11-30"}
    gesagt = vorher | KLINIK
    nein = anna.post(url, gesagt | _hidden(anna.post(url, gesagt)))
    assert nein.status_code == 422 and "kein anderer Aufenthalt gebucht" in words_of(nein)
    assert "Die Klinik ist nebenan." in nein.text
    assert "verbindlich gebucht" in words_of(anna.post(url, vorher | _hidden(anna.post(url, vorher)), follow=True))


def test_outside_of_the_register__the_price_of_the_granted_days_is_seen_first(anna, cast, vg):
    akteur = cast.akteur("anna")
    create_angebot(entgelt="76.00")
    with in_tenant(vg):
        haus = _keep_fremdes_haus(akteur)
        fall = create_hilfefall(fachkraft_id=akteur.user_id)
        suche = search_for(akteur, fall, ohne_ende=True)
    pfad = f"/hze-auswahl/{suche.pk}/ausserhalb/{haus.pk}/"
    seite = anna.get(pfad)
    assert _hidden(seite) == {"gezeigt": "18200", "gezeigt_bis": "2017-11-30"}
    angaben = ZUSAGE | {"letzter_tag": "2018-05-31"}
    gesehen = anna.post(pfad, angaben | _hidden(seite))
    text = words_of(gesehen)
    assert "Noch ist nichts gebucht" in text and "Gerechnet bis 31.05.2018 364,00 Tage" in text
    assert "36.400" in text and "Frau Petersen" in gesehen.text and not _bookings(vg)
    alt = anna.post(pfad, angaben | {"gezeigt": "1", "gezeigt_bis": "2018-05-31"})
    assert alt.status_code == 409 and "seit es Ihnen gezeigt wurde" in words_of(alt)
    assert "Gebucht bei" in words_of(anna.post(pfad, angaben | _hidden(gesehen), follow=True))
    assert _bookings(vg) == [(date(2018, 5, 31), Decimal(36400))]


def _bookings(vg) -> list[tuple[date, Decimal]]:
    with in_tenant(vg):
        return [(b.letzter_tag, b.soll_kosten) for b in Buchung.objects.all()]


def test_outside_of_the_register__programs_are_told_when_it_costs_something_else(cast, vg):
    akteur, api = cast.akteur("anna"), cast.api("anna")
    with in_tenant(vg):
        haus = _keep_fremdes_haus(akteur)
        suche = search_for(akteur, create_hilfefall(fachkraft_id=akteur.user_id), ohne_ende=True)
    pfad = f"/api/v1/suchen/{suche.pk}/ausserhalb-buchen/"
    eingabe = ZUSAGE | {"fremdeinrichtung": str(haus.pk), "letzter_tag": "2018-05-31", "soll_entgelt": "18200"}
    antwort = api.post(pfad, eingabe, content_type="application/json")
    assert antwort.status_code == 409 and "seit es Ihnen gezeigt wurde" in antwort.text
    assert api.post(pfad, eingabe | {"soll_entgelt": "36400"}, content_type="application/json").status_code == 201


def test_outside_of_the_register__sealed_as_searched_and_the_granted_day_beside_it(anna, cast, hro, vg):
    """One home is free without end, one only until next year: the second was not in the list that was looked at."""
    akteur = cast.akteur("anna")
    create_angebot(entgelt="76.00")
    bald_weg = create_angebot(einrichtung=create_einrichtung(name="Haus bis 2018", kreis="VG"), plaetze=1)
    occupy_platz(platz=bald_weg.plaetze.get(), tenant=hro, zeitraum=DateRange(date(2018, 9, 1), None))
    with in_tenant(vg):
        haus = _keep_fremdes_haus(akteur)
        suche = search_for(akteur, create_hilfefall(fachkraft_id=akteur.user_id), ohne_ende=True)
    pfad = f"/hze-auswahl/{suche.pk}/ausserhalb/{haus.pk}/"
    angaben = ZUSAGE | {"letzter_tag": "2017-06-11"}
    anna.post(pfad, angaben | _hidden(anna.post(pfad, angaben)))
    with in_tenant(vg):
        vermerk = Auswahlvermerk.objects.get()
        assert vermerk.kriterien["ohne_ende"] is True and vermerk.kriterien["angebote_verfuegbar"] == 1
        assert [zeile["soll_entgelt"] for zeile in vermerk.angebote if zeile["rang"]] == ["13832.00"]
        assert vermerk.ersparnis == 13832 - 18200, "compared for the days of the list"
        assert Reservierung.objects.get().soll_entgelt == 1000
    blatt = words_of(anna.get(f"/auswahlvermerke/{vermerk.pk}/"))
    assert "Bewilligt bis 11.06.2017 Soll-Entgelt bis dahin: 1.000 € Soll-Entgelt bis 30.11.2017 18.200 €" in blatt


@pytest.mark.parametrize("zustand", ["ABGELEHNT", "ZURUECKGEZOGEN", "ABGELAUFEN"])
def test_what_came_to_nothing_is_no_help_of_next_year(cast, vg, zustand):
    akteur, angebot = cast.akteur("anna"), create_angebot()
    with in_tenant(vg):
        reservierung = _reserve_open(akteur, angebot)
        alle = Reservierung.objects.all()
        spaet = {"reservierungen": alle, "von": date(2018, 1, 1)}
        assert list(filter_faelle(**spaet)) == [reservierung], "held without end"
        alle.update(zustand=zustand)
        assert not filter_faelle(**spaet)
        assert list(filter_faelle(reservierungen=alle, von=date(2017, 11, 1))) == [reservierung]


def test_months_that_are_given_up_have_other_figures_too(cast, vg):
    akteur, angebot = cast.akteur("anna"), create_angebot()
    with in_tenant(vg):
        reservierung = _reserve_open(akteur, angebot)
        FaelligerMonat.objects.all().delete()
        book_reservierung(reservierung=reservierung, akteur=akteur, letzter_tag=date(2017, 7, 31))
        monate = set(FaelligerMonat.objects.values_list("monat", flat=True))
    assert {date(2017, monat, 1) for monat in range(6, 12)} <= monate


@pytest.mark.parametrize("code", ["T32", "T35A"])
def test_day_groups_are_not_paid_for_the_nights_of_a_home(vg, code):
    """Both are paid by the day, but on five days a week and on seven."""
    with in_tenant(vg):
        gruppe, pflege = Hilfeart.objects.get(code=code), Hilfeart.objects.get(code="S33")
        kriterien_folie(weitere=(pflege,)).check()
        with pytest.raises(RegelVerletzt, match=r"für 5 Tage je Woche geplant, „§ 34 .*“ für 7;") as fehler:
            kriterien_folie(weitere=(pflege, gruppe)).check()
    assert fehler.value.feld == "weitere_hilfearten" and "Bitte suchen Sie danach getrennt." in fehler.value.message


def test_programs_may_say_what_they_know_it_to_cost(cast, vg):
    akteur, angebot, api = cast.akteur("anna"), create_angebot(), cast.api("anna")
    with in_tenant(vg):
        reservierung = _reserve_open(akteur, angebot)
    pfad = f"/api/v1/reservierungen/{reservierung.pk}/buchen/"
    geplant, bis_mai = str(reservierung.soll_kosten), str(angebot.entgelte.get().betrag * 364)
    antwort = api.post(pfad, {"letzter_tag": "2018-05-31", "soll_kosten": geplant}, content_type="application/json")
    assert antwort.status_code == 409 and not _bookings(vg)
    neu = api.post(pfad, {"letzter_tag": "2018-05-31", "soll_kosten": bis_mai}, content_type="application/json")
    assert neu.status_code == 201 and _bookings(vg) == [(date(2018, 5, 31), Decimal(bis_mai))]


def test_the_next_search_ends_in_a_year_that_is_said_and_can_be_searched(anna, cast, hro, vg):
    """All three houses are free for a while, one of them for longer than a help can be."""
    akteur = cast.akteur("anna")
    for name, ab in (("Haus Acht", date(2018, 9, 1)), ("Haus Ewig", date(2060, 1, 1)), ("Haus Bald", date(2017, 9, 1))):
        angebot = create_angebot(einrichtung=create_einrichtung(name=name, kreis="VG"), plaetze=1)
        occupy_platz(platz=angebot.plaetze.get(), tenant=hro, zeitraum=DateRange(ab, None))
    with in_tenant(vg):
        suche = search_for(akteur, ohne_ende=True)
    ergebnis = anna.get(f"/hze-auswahl/{suche.pk}/")
    knoepfe = re.findall(r"Bis [0-9.]+ suchen", words_of(ergebnis))
    assert sorted(knoepfe) == ["Bis 31.08. suchen", "Bis 31.08.2018 suchen", "Bis 31.12.2044 suchen"]
    assert "Ohne bekanntes Ende ist nichts Passendes frei" in words_of(ergebnis)
    weiter = anna.post(f"/hze-auswahl/{suche.pk}/erneut/", {"beginn": "2017-06-01", "ende": "2044-12-31"}, follow=True)
    assert "1 verfügbares Angebot" in words_of(weiter)


def test_pages_of_an_open_help_speak_of_no_period(anna, cast, sign_in, vg):
    akteur, angebot = cast.akteur("anna"), create_angebot(entgelt="76.00")
    with in_tenant(vg):
        suche = search_for(akteur, create_hilfefall(fachkraft_id=akteur.user_id), ohne_ende=True)
    pfad = f"/hze-auswahl/{suche.pk}/angebote/{angebot.pk}/"
    blatt = words_of(anna.get(pfad))
    assert "ohne bekanntes Ende" in blatt and "Kosten bis 30.11.2017" in blatt
    anna.post(pfad, {"begruendung": "", "wuensche": "", "gezeigt": "13832"})
    with in_tenant(vg):
        reservierung = Reservierung.objects.get()
    vermerk = words_of(anna.get(f"/auswahlvermerke/{reservierung.auswahlvermerk_id}/"))
    assert "davon 1 ohne bekanntes Ende frei" in vermerk
    zusagen = words_of(sign_in("ines", at="VG").get(f"/reservierungen/{reservierung.pk}/zustimmen/"))
    assert "Sie sagen den Platz bis auf Weiteres zu." in zusagen
    for seite in (blatt, vermerk, zusagen):
        assert "im Zeitraum" not in seite and "ganzen Zeitraum" not in seite


def test_half_a_euro_is_rounded_as_the_amount_beside_it():
    """1.000,50 Pflegegeld is 1.001 in full euro, like the offer it is compared with."""
    angebot = Pflegeangebot(gefuehrt=1, anzahl=1, ab=Decimal("1000.50"), ohne_satz=0)
    assert Pflegevergleich(angebot, Decimal(3000)).erspart == 1999
