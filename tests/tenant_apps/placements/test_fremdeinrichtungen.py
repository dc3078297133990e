"""Nothing in the register fits Lena; Anna books at a house in Hamburg, which her office keeps in a list of its own."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shared_apps.aufnahme import services as aufnahme
from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.catalogue.models import Hilfeart
from shared_apps.comparison.models import Kennzahlwert
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.inbox.models import Hinweis
from shared_apps.occupancy.models import Platzbindung
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.billing.selectors.berechnung import list_entgelte
from tenant_apps.cases.states import HilfefallZustand
from tenant_apps.controlling.publish import publish_monate
from tenant_apps.controlling.selectors import sum_gebunden
from tenant_apps.placements import rules
from tenant_apps.placements.abgleich import list_without_hold
from tenant_apps.placements.enums import Beendigungsgrund
from tenant_apps.placements.models import Auswahlvermerk, Buchung, Fremdeinrichtung, Reservierung
from tenant_apps.placements.search.selectors.pruefsumme import is_unveraendert
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.end import cancel_buchung, end_buchung
from tenant_apps.placements.services.extend import extend_buchung
from tenant_apps.placements.services.fremd import (
    Entgeltangabe,
    Zusage,
    book_fremdeinrichtung,
    create_fremdeinrichtung,
    create_fremdentgelt,
    submit_fremdeinrichtung,
    update_fremdeinrichtung,
)
from tenant_apps.placements.services.person import Betroffen
from tenants.context import in_tenant, on_portal
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_reservierung
from tests.factories.register import create_angebot, period
from tests.factories.suchen import create_markt, search_for
from tests.formulare import gelesen

WARUM = "Keines im Land nimmt Kinder mit dieser Erkrankung auf."
ANGABEN: dict[str, Any] = {
    "name": "Haus Alsterblick", "anbieter": "Alster Jugendhilfe gGmbH", "strasse": "Uferweg 3", "plz": "22087",
    "ort": "Hamburg", "land": "Hamburg", "kreis": None, "ansprechpartner": "Frau Petersen", "telefon": "040 123456",
    "email": "haus@alster.example", "behoerde": "Landesjugendamt Hamburg",
}  # fmt: skip


@pytest.fixture
def anna(cast):
    return cast.akteur("anna")


def _entgelt(betrag: str = "190.00", ab: date = date(2017, 1, 1), **fields) -> Entgeltangabe:
    hilfeart = Hilfeart.objects.get(code="S34")
    return Entgeltangabe(hilfeart, Decimal(betrag), ab, "Vereinbarung Hamburg vom 12.12.2016", **fields)


def _haus(anna, **fields) -> Fremdeinrichtung:
    return create_fremdeinrichtung(akteur=anna, angaben=ANGABEN | fields, entgelt=_entgelt())


def _book(anna, haus, fall=None, **fields) -> Buchung:
    fall = fall or create_hilfefall(fachkraft_id=anna.user_id)
    gesucht = {name: fields.pop(name) for name in ("beginn", "ende") if name in fields}
    suche = search_for(anna, fall, **gesucht)
    fields = {"zusage": Zusage(date(2017, 5, 20), "Frau Petersen"), "begruendung": WARUM} | fields
    return book_fremdeinrichtung(
        akteur=anna, suche=suche, einrichtung=haus, betroffen=Betroffen(fall.klient, fall), **fields
    )


def test_book__sealed_with_the_whole_list_and_no_place_held(anna, vg):
    create_markt()
    with in_tenant(vg):
        buchung = _book(anna, _haus(anna), wuensche="In der Nähe des Vaters.", gezeigt=34_580)
        reservierung, vermerk = buchung.reservierung, Auswahlvermerk.objects.get()
        assert (reservierung.zustand, buchung.zustand, buchung.ist_auswaertig) == ("GEBUCHT", "GEBUCHT", True)
        assert (buchung.haus.name, buchung.anbieter_name) == ("Haus Alsterblick", "Alster Jugendhilfe gGmbH")
        assert reservierung.soll_entgelt == Decimal(182) * 190 and buchung.soll_kosten == reservierung.soll_kosten
        assert buchung.nummer == reservierung.nummer and buchung.ist_aufenthalt
        assert not Platzbindung.objects.exists() and list_without_hold(vg) == []
        assert vermerk.angebot_id is None and len(vermerk.angebote) == vermerk.anzahl == 14
        gewaehlt = vermerk.kriterien["ausserhalb"]
        assert (gewaehlt["einrichtung"], gewaehlt["zugesagt_durch"]) == ("Haus Alsterblick", "Frau Petersen")
        soll = [Decimal(z["soll_entgelt"]) for z in vermerk.angebote]
        assert vermerk.ersparnis == rules.median(soll) - reservierung.soll_entgelt < 0
        assert is_unveraendert(vermerk) and vermerk.wuensche == "In der Nähe des Vaters."
        assert list_entgelte(buchung)[0][1] == Decimal("190.00"), "what billing would pay"
        buchung.hilfefall.refresh_from_db()
        assert buchung.hilfefall.zustand == HilfefallZustand.LAUFEND


@pytest.mark.parametrize(
    ("falsch", "feld"),
    [
        ({"begruendung": "....."}, "begruendung"),
        ({"zusage": Zusage(date(2999, 1, 1), "")}, "zugesagt_am"),
        ({"beginn": date(2016, 6, 1), "ende": date(2016, 8, 1)}, "entgelt"),
    ],
)
def test_book__refused(anna, vg, falsch, feld):
    with in_tenant(vg):
        haus = _haus(anna)
        with pytest.raises(RegelVerletzt) as error:
            _book(anna, haus, **falsch)
        assert error.value.feld == feld and not Reservierung.objects.exists()


def test_book__one_child_one_bed_and_the_price_that_was_shown(anna, vg):
    angebot = create_angebot()
    with in_tenant(vg):
        fall, haus = create_hilfefall(fachkraft_id=anna.user_id), _haus(anna)
        with pytest.raises(Konflikt, match="seit es Ihnen gezeigt wurde"):
            _book(anna, haus, fall, gezeigt=1)
        heim = create_reservierung(
            fachkraft_id=anna.user_id, angebot=angebot, hilfefall=fall, zeitraum=period("2017-06-01", "2017-11-30"),
            zustand="ZUGESTIMMT",
        )  # fmt: skip
        with pytest.raises(RegelVerletzt) as error:
            _book(anna, haus, fall)
        assert error.value.feld == "zweiter_platz", "held in the register, for the same nights"
        book_reservierung(reservierung=heim, akteur=anna)
        with pytest.raises(RegelVerletzt) as error:
            _book(anna, haus, fall, zweiter_platz=True)
        assert error.value.feld == "ueberlagerung" and heim.nummer in error.value.message
        assert Buchung.objects.count() == 1


def test_end_and_cancel__nobody_is_told_and_no_place_comes_free(anna, vg):
    with in_tenant(vg):
        haus = _haus(anna)
        buchung = _book(anna, haus)
        end_buchung(
            buchung=buchung, akteur=anna, letzter_tag=date(2017, 8, 31), grund=Beendigungsgrund.ABBRUCH_EINRICHTUNG
        )
        ab = today() + timedelta(days=30)
        spaeter = _book(anna, haus, beginn=ab, ende=ab + timedelta(days=90), zusage=Zusage(today(), ""))
        cancel_buchung(buchung=spaeter, akteur=anna, text="Die Familie ist umgezogen.")
        assert sorted(Buchung.objects.values_list("zustand", flat=True)) == ["ABGEBROCHEN", "STORNIERT"]


def test_extend__at_the_rates_of_the_list_and_nobody_is_told(anna, vg):
    with in_tenant(vg):
        buchung = _book(anna, _haus(anna))
        neu = extend_buchung(buchung=buchung, akteur=anna, letzter_tag=date(2017, 12, 10), begruendung=WARUM)
        assert neu.letzter_tag == date(2017, 12, 10)
        assert neu.soll_kosten - buchung.soll_kosten == 10 * Decimal("190.00")
    with on_portal():
        assert not Hinweis.objects.exists()


def test_rates__what_was_booked_on_days_that_have_passed_keeps_its_rate(anna, vg):
    """A help of 2017 goes on: only the ten days more have the rate of these days. A rate cannot reach back over it."""
    with in_tenant(vg):
        haus = _haus(anna)
        buchung = _book(anna, haus)
        with pytest.raises(RegelVerletzt, match="war hier schon jemand gebucht") as error:
            create_fremdentgelt(akteur=anna, einrichtung=haus, entgelt=_entgelt("300.00", date(2017, 9, 1)))
        assert error.value.feld == "ab" and haus.entgelte.get().letzter_tag is None
        create_fremdentgelt(akteur=anna, einrichtung=haus, entgelt=_entgelt("300.00", date(2017, 12, 1)))
        eingetragen = {a.neu for a in haus.aenderungen.filter(alt="")}
        assert eingetragen == {
            "190,00\N{NO-BREAK SPACE}€ ab 01.01.2017 bis auf Weiteres",
            "300,00\N{NO-BREAK SPACE}€ ab 01.12.2017 bis auf Weiteres",
        }, "what was entered is in the history, too"
        (aenderung,) = haus.aenderungen.exclude(alt="")
        assert (aenderung.feld, aenderung.alt, aenderung.neu) == (
            "Entgelt § 34",
            "190,00\N{NO-BREAK SPACE}€ ab 01.01.2017 bis auf Weiteres",
            "190,00\N{NO-BREAK SPACE}€ ab 01.01.2017 bis 30.11.2017",
        )
        neu = extend_buchung(buchung=buchung, akteur=anna, letzter_tag=date(2017, 12, 10), begruendung=WARUM)
        assert neu.soll_kosten - buchung.soll_kosten == 190 + 9 * 300, "the last planned day is the first added one"
        assert neu.reservierung.tagesentgelt == Decimal(190)


def test_book__the_same_house_twice_from_one_search_is_one_booking(anna, vg):
    """Also with the box for a second place ticked, and for a help that gives no bed."""
    with in_tenant(vg):
        haus, fall = _haus(anna), create_hilfefall(fachkraft_id=anna.user_id)
        spfh = Hilfeart.objects.get(code="A31")
        create_fremdentgelt(
            akteur=anna, einrichtung=haus, entgelt=Entgeltangabe(spfh, Decimal(60), date(2017, 1, 1), "Vereinbarung")
        )
        suche = search_for(anna, fall, hilfeart=spfh, stunden_je_woche=Decimal(5))
        wahl = {"suche": suche, "einrichtung": haus, "betroffen": Betroffen(fall.klient, fall)}
        wahl |= {"zusage": Zusage(date(2017, 5, 20), ""), "begruendung": WARUM, "zweiter_platz": True}
        erste = book_fremdeinrichtung(akteur=anna, **wahl)
        with pytest.raises(Konflikt, match="aus dieser Suche schon gebucht"):
            book_fremdeinrichtung(akteur=anna, **wahl)
        end_buchung(buchung=erste, akteur=anna, letzter_tag=date(2017, 8, 31), grund=Beendigungsgrund.PLANMAESSIG)
        assert book_fremdeinrichtung(akteur=anna, **wahl).pk != erste.pk


def test_figures__cases_and_planned_costs_but_no_sum_that_tells_the_few_who_are_there(anna, vg):
    """Published sums of Auswärtige Buchungen and Fremdbelegungen are equal; a difference would be who is in Hamburg."""
    with in_tenant(vg):
        vorpommern = Gebietskoerperschaft.objects.get(kuerzel="VG")
        hier = {"name": "Hof Peene", "land": "Mecklenburg-Vorpommern", "kreis": vorpommern}
        buchungen = [_book(anna, _haus(anna)), _book(anna, _haus(anna, **hier))]
        assert [buchung.ist_auswaertig for buchung in buchungen] == [True, False]
        juni = sum_gebunden(von=date(2017, 6, 1), bis=date(2017, 7, 1), mit_gesperrten=True)
        erwartet = sum(round(buchung.soll_kosten * 30 / 183, 2) for buchung in buchungen)
        assert abs(sum(juni.values()) - erwartet) <= Decimal("0.02")
    with in_tenant(vg):
        publish_monate(monate=[date(2017, 6, 1)])
        gesamt = Kennzahlwert.objects.filter(kuerzel="VG", hilfeart_code="", spezialisierung_code="")
        werte = dict(gesamt.values_list("kennzahl__code", "wert"))
    assert (werte["fallzahlen"], werte["auswaertige_buchungen"], werte["fremdbelegungen"]) == (2, 0, 0)


def test_list__once_with_history_and_rates_that_follow_each_other(anna, vg):
    with in_tenant(vg):
        haus = _haus(anna)
        with pytest.raises(RegelVerletzt, match="steht schon in der Liste"):
            _haus(anna, name="HAUS ALSTERBLICK")
        for falsch in ({"land": "Mecklenburg-Vorpommern"}, {"kreis": Gebietskoerperschaft.objects.get(kuerzel="VG")}):
            with pytest.raises(RegelVerletzt) as error:
                _haus(anna, name="Anderes Haus", **falsch)
            assert error.value.feld == "kreis"
        update_fremdeinrichtung(akteur=anna, einrichtung=haus, angaben=ANGABEN | {"telefon": "040 999"})
        (aenderung,) = haus.aenderungen.exclude(alt="")
        assert (aenderung.feld, aenderung.alt, aenderung.neu) == ("Telefon", "040 123456", "040 999")
        create_fremdentgelt(akteur=anna, einrichtung=haus, entgelt=_entgelt("200.00", date(2017, 9, 1)))
        assert [(e.betrag, e.letzter_tag) for e in haus.entgelte.order_by("gueltig")] == [
            (Decimal(190), date(2017, 8, 31)), (Decimal(200), None),
        ]  # fmt: skip
        with pytest.raises(RegelVerletzt) as error:
            create_fremdentgelt(
                akteur=anna, einrichtung=haus, entgelt=_entgelt("1.00", date(2017, 3, 1), bis=date(2017, 4, 1))
            )
        assert error.value.feld == "ab"
        assert _book(anna, haus).reservierung.soll_entgelt == 92 * 190 + 90 * 200, "split where the rate changes"


def test_database__a_house_of_the_register_or_one_of_the_list_never_both(anna, vg):
    angebot = create_angebot()
    with in_tenant(vg):
        haus = _haus(anna)
        reservierung = create_reservierung(fachkraft_id=anna.user_id, angebot=angebot)
        for felder in ({"fremdeinrichtung": haus}, {"angebot": None}, {"platz": None}):
            with pytest.raises(IntegrityError, match="reservierung_ein_haus"), transaction.atomic():
                Reservierung.objects.filter(pk=reservierung.pk).update(**felder)


MEHR = {
    "rechtsform": "gGmbH", "anerkennung": "ANERKANNT", "steuerstatus": "GEMEINNUETZIG",
    "email": "haus@peene.example", "vorname": "Paul", "nachname": "Peters", "person_email": "peters@peene.example",
}  # fmt: skip


def test_propose__by_the_way_every_provider_has(anna, cast, vg):
    with in_tenant(vg):
        with pytest.raises(RegelVerletzt, match="bleibt in Ihrer Liste"):
            submit_fremdeinrichtung(akteur=anna, einrichtung=_haus(anna), angaben=MEHR)
        rostock = Gebietskoerperschaft.objects.get(kuerzel="HRO")
        hof = _haus(anna, name="Hof Warnow", land="Mecklenburg-Vorpommern", kreis=rostock)
        submit_fremdeinrichtung(akteur=anna, einrichtung=hof, angaben=MEHR)
        with pytest.raises(Konflikt, match="schon vorgeschlagen"):
            submit_fremdeinrichtung(akteur=anna, einrichtung=hof, angaben=MEHR)
    with on_portal():
        antrag = Aufnahmeantrag.objects.get()
        assert (antrag.name, antrag.tenant.kuerzel, antrag.zustand) == (ANGABEN["anbieter"], "HRO", "UNBESTAETIGT")
        assert antrag.einrichtungen[0]["name"] == "Hof Warnow"


def test_propose__what_is_not_stored_is_not_marked_and_can_be_proposed_again(anna, vg, sign_in, monkeypatch):
    """The first link has run out. Three applications of one address wait at most: the fourth house is told so."""
    rostock = {"land": "Mecklenburg-Vorpommern", "kreis": Gebietskoerperschaft.objects.get(kuerzel="HRO")}
    with in_tenant(vg):
        haeuser = [_haus(anna, name=f"Hof {n}", **rostock) for n in "ABCD"]

    def propose(haus: Fremdeinrichtung) -> Fremdeinrichtung:
        with in_tenant(vg):
            return submit_fremdeinrichtung(akteur=anna, einrichtung=haus, angaben=MEHR)

    with monkeypatch.context() as gestern:
        gestern.setattr(aufnahme, "BESTAETIGEN_BINNEN", timedelta(hours=-1))
        propose(haeuser[0])
    seite = f"/ausserhalb/{haeuser[0].pk}/"
    offen = sign_in("anna").get(seite).text
    assert f"{seite}vorschlagen/" in offen and "nicht bestätigt" in offen
    erster = propose(haeuser[0])
    assert f"{seite}vorschlagen/" not in sign_in("anna").get(seite).text
    with pytest.raises(Konflikt, match="schon vorgeschlagen"):
        propose(haeuser[0])
    for haus in haeuser[1:3]:
        propose(haus)
    with pytest.raises(Konflikt, match=r"Nicht vorgeschlagen: Für peters@peene\.example warten"):
        propose(haeuser[3])
    with in_tenant(vg):
        assert Fremdeinrichtung.objects.get(vorgeschlagen_at=None) == haeuser[3]
    with on_portal():
        link = aufnahme._build_token(erster.vorschlag_id)
        aufnahme.confirm_aufnahmeantrag(token=link)
        aufnahme.withdraw_by_link(token=link)
    assert propose(haeuser[3]).vorgeschlagen_at and f"{seite}vorschlagen/" in sign_in("anna").get(seite).text


FORM = {name: wert or "" for name, wert in ANGABEN.items()} | {
    "hilfeart": "S34", "betrag": "190,00", "ab": "2017-01-01", "bis": "", "quelle": "Vereinbarung Hamburg",
}  # fmt: skip


def test_pages__from_an_empty_list_to_the_booking(anna, vg, sign_in):
    """From the result of a search: enter the house once, book, read the choice; who pays reads the list, too."""
    create_markt()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
    browser = sign_in("anna")
    wahl = f"/hze-auswahl/{suche.pk}/ausserhalb/"
    assert wahl in browser.get(f"/hze-auswahl/{suche.pk}/").text
    assert "Noch keine Einrichtung eingetragen" in browser.get(wahl).text
    neu = f"/ausserhalb/neu/?suche={suche.pk}"
    falsch = browser.post(neu, FORM | {"betrag": "viel"})
    assert falsch.status_code == 422 and "Haus Alsterblick" in falsch.text, "nothing typed is lost"
    buchen = browser.post(neu, FORM).headers["Location"]
    with in_tenant(vg):
        haus = Fremdeinrichtung.objects.get()
    assert buchen == f"{wahl}{haus.pk}/"
    assert "34.580" in browser.get(wahl).text
    seite = browser.get(buchen)
    assert "Kosten im Zeitraum" in seite.text and 'name="gezeigt" value="34580"' in seite.text
    angaben = {"zugesagt_am": "2017-05-20", "zugesagt_durch": "Frau Petersen", "gezeigt": "34580"}
    stumm = browser.post(buchen, angaben | {"begruendung": "…", "wuensche": "Mit dem Hund."})
    assert stumm.status_code == 422 and "warum keines der Angebote" in stumm.text and "Mit dem Hund." in stumm.text
    gebucht = browser.post(buchen, angaben | {"begruendung": WARUM, "wuensche": "Mit dem Hund."}, follow=True)
    assert "Gebucht bei Haus Alsterblick" in gebucht.text and "steht nicht darin" in gebucht.text
    assert "<time>20.05.2017</time> Einrichtung hat zugesagt" in gebucht.text
    assert "rechnet nicht mit SoJuS ab" in gebucht.text and f"/ausserhalb/{haus.pk}/" in gebucht.text
    assert "(nicht im Verzeichnis)" in browser.get("/faelle/").text
    with in_tenant(vg):
        vermerk, reservierung = Auswahlvermerk.objects.get(), Reservierung.objects.get()
    vermerkt = browser.get(f"/auswahlvermerke/{vermerk.pk}/").text
    for wort in ("Unverändert", "Haus Alsterblick", "durch Frau Petersen", WARUM, "14 Angebote waren im Verzeichnis"):
        assert wort in vermerkt, wort
    assert "34.580" not in browser.get(f"/auswahlvermerke/{vermerk.pk}/?preise=ohne").text
    assert reservierung.nummer in browser.get(f"/reservierungen/{reservierung.pk}/").text
    doris = sign_in("doris")
    for pfad in ("/ausserhalb/", f"/ausserhalb/{haus.pk}/"):
        liste = doris.get(pfad).text
        assert "Haus Alsterblick" in liste and 'href="/hze-auswahl/"' not in liste, "no way to what she may not open"
    assert doris.get(neu).status_code == 403 and doris.get(f"/ausserhalb/{haus.pk}/aendern/").status_code == 403


def _shown(seite: str) -> dict[str, str]:
    """What the page says it has shown of the price."""
    return dict(re.findall(r'type="hidden" name="(gezeigt\w*)" value="([^"]*)"', seite))


def test_page__of_several_kinds_of_help_she_says_which__and_sees_what_that_one_costs(anna, cast, vg, sign_in):
    """A home or a foster family: nothing is chosen for her, and a price that she has not seen is not booked."""
    vollzeit = Hilfeart.objects.get(code="S33")
    with in_tenant(vg):
        haus, fall = _haus(anna), create_hilfefall(fachkraft_id=anna.user_id)
        familie = Entgeltangabe(vollzeit, Decimal("60.00"), date(2017, 1, 1), "Vereinbarung")
        create_fremdentgelt(akteur=anna, einrichtung=haus, entgelt=familie)
        suche = search_for(anna, fall, weitere=(vollzeit, Hilfeart.objects.get(code="S35")))
    browser, wahl = sign_in("anna"), f"/hze-auswahl/{suche.pk}/ausserhalb/"
    liste = " ".join(browser.get(wahl).text.split())
    assert "34.580" in liste and "10.920" in liste and liste.count("kein Entgelt für diese Hilfeart") == 1
    url = f"{wahl}{haus.pk}/"
    seite = browser.get(url).text
    assert 'name="hilfeart"' in seite and "Bitte wählen Sie zuerst" in seite and "Verbindlich buchen" not in seite

    typed = {"zugesagt_am": "2017-05-20", "begruendung": WARUM, "wuensche": "Mit dem Hund."}
    for hilfeart in ("", "A31", "S34' OR 1=1 --"):
        stumm = browser.post(url, typed | {"hilfeart": hilfeart})
        assert stumm.status_code == 422 and WARUM in stumm.text and "Mit dem Hund." in stumm.text, hilfeart
    gefragt = browser.post(url, typed | {"hilfeart": "S35", "aktion": "filtern"})
    assert gefragt.status_code == 200 and "ist kein Entgelt vereinbart" in gefragt.text
    gefragt = browser.post(url, typed | {"hilfeart": "S34", "aktion": "filtern"})
    gezeigt = _shown(gefragt.text)
    assert gezeigt == {"gezeigt": "34580", "gezeigt_art": "S34"} and "Mit dem Hund." in gefragt.text
    anders = browser.post(url, typed | gezeigt | {"hilfeart": "S33"})
    assert "Noch ist nichts gebucht" in anders.text and WARUM in anders.text, "she has seen what the home costs"
    with in_tenant(vg):
        assert not Buchung.objects.exists()
    gezeigt = _shown(anders.text)
    assert browser.post(url, typed | gezeigt | {"hilfeart": "S33"}).status_code == 302
    with in_tenant(vg):
        buchung, vermerk = Buchung.objects.get(), Auswahlvermerk.objects.get()
        assert (buchung.hilfeart, buchung.reservierung.hilfeart) == (vollzeit, vollzeit)
        assert buchung.reservierung.soll_entgelt == 182 * 60 and list_entgelte(buchung)[0][1] == Decimal("60.00")
        assert vermerk.kriterien["ausserhalb"]["hilfeart_name"] == str(vollzeit)
    assert str(vollzeit) in browser.get(f"/auswahlvermerke/{vermerk.pk}/").text


def test_api__of_several_kinds_of_help_it_is_said_which(anna, cast, vg):
    with in_tenant(vg):
        haus, fall = _haus(anna), create_hilfefall(fachkraft_id=anna.user_id)
        eine, mehrere = (search_for(anna, fall, weitere=w) for w in ((), (Hilfeart.objects.get(code="S33"),)))

    def book(suche, **mehr):
        data = {"fremdeinrichtung": str(haus.pk), "zugesagt_am": "2017-05-20", "begruendung": WARUM} | mehr
        url = f"/api/v1/suchen/{suche.pk}/ausserhalb-buchen/"
        return cast.api("anna").post(url, data, content_type="application/json")

    for suche, hilfeart in ((mehrere, None), (mehrere, "A31"), (mehrere, "nix"), (eine, "S33")):
        answer = book(suche, hilfeart=hilfeart)
        assert (answer.status_code, [*answer.json()["felder"]]) == (422, ["hilfeart"]), (hilfeart, answer.content)
    answer = book(mehrere, hilfeart="S34")
    assert answer.status_code == 201 and answer.json()["hilfeart"] == "S34", answer.content


def test_page__a_second_stay_is_asked_for_only_where_there_is_a_first_one(anna, vg, sign_in):
    """Lena is booked in a home; the house in Hamburg takes her over the summer, and the form says so."""
    angebot = create_angebot()
    with in_tenant(vg):
        haus, kinder = _haus(anna), [create_hilfefall(fachkraft_id=anna.user_id) for _ in range(2)]
        heim = create_reservierung(
            fachkraft_id=anna.user_id, angebot=angebot, hilfefall=kinder[0],
            zeitraum=period("2017-06-01", "2017-09-30"), zustand="ZUGESTIMMT",
        )  # fmt: skip
        book_reservierung(reservierung=heim, akteur=anna)
        mit, ohne = (f"/hze-auswahl/{search_for(anna, fall).pk}/ausserhalb/{haus.pk}/" for fall in kinder)
    browser = sign_in("anna")
    assert 'name="ueberlagerung"' not in browser.get(ohne).text
    seite = browser.get(mit).text
    assert heim.nummer in seite and 'name="ueberlagerung"' in seite
    assert str(heim.letzter_tag) in seite, "proposed is the last day of the home"
    angaben = {"zugesagt_am": "2017-05-20", "begruendung": WARUM, "zweiter_platz": "on"}
    halb = browser.post(mit, angaben | {"ueberlagerung_grund": "Die Klinik ist nebenan."})
    assert halb.status_code == 422 and "Die Klinik ist nebenan." in halb.text
    ganz = angaben | {
        "ueberlagerung": "KLINIK", "ueberlagerung_bis": str(heim.letzter_tag),
        "ueberlagerung_grund": "Die Klinik ist nebenan.",
    }  # fmt: skip
    assert browser.post(mit, ganz).status_code == 302
    with in_tenant(vg):
        assert Buchung.objects.get(fremdeinrichtung=haus).ueberlagerung == "KLINIK"


def test_pages__change_with_history_and_what_a_colleague_changed_meanwhile(anna, vg, sign_in):
    with in_tenant(vg):
        haus = _haus(anna)
    browser, url = sign_in("anna"), f"/ausserhalb/{haus.pk}/"
    alt = gelesen(browser.get(f"{url}aendern/").text)
    angaben = {name: wert or "" for name, wert in ANGABEN.items()} | {"ist_aktiv": "on"}
    assert browser.post(f"{url}aendern/", angaben | alt | {"telefon": "040 1"}).status_code == 302
    veraltet = browser.post(f"{url}aendern/", angaben | alt | {"telefon": "040 2"})
    assert veraltet.status_code == 409 and "Inzwischen geändert" in veraltet.text
    verlauf = " ".join(re.sub(r"<[^>]+>", " ", browser.get(url).text.partition("<h2>Verlauf</h2>")[2]).split())
    assert "Telefon : 040 1 vorher 040 123456" in verlauf
    browser.post(f"{url}entgelt/", {name: FORM[name] for name in ("hilfeart", "quelle")} | {
        "betrag": "200", "ab": "2018-01-01", "bis": "",
    })  # fmt: skip
    seite = " ".join(browser.get(url).text.split())
    assert "200,00" in seite and "ab 01.01.2017 bis 31.12.2017" in seite
    browser.post(f"{url}aendern/", angaben | gelesen(browser.get(f"{url}aendern/").text) | {"ist_aktiv": ""})
    assert "Haus Alsterblick" not in browser.get("/ausserhalb/").text
    assert "Haus Alsterblick" in browser.get("/ausserhalb/?alte=1").text


def test_page__rates_and_history_of_many_years_are_paged_and_the_list_shows_what_holds(anna, vg, sign_in):
    """Twenty rates and twenty changes on a page, each with its own pages; as many statements as for few."""
    with in_tenant(vg):
        haus = _haus(anna)
        create_fremdentgelt(akteur=anna, einrichtung=haus, entgelt=_entgelt("2018.00", date(2018, 1, 1)))
    browser, url = sign_in("anna"), f"/ausserhalb/{haus.pk}/"
    browser.get(url)  # a session's first page reads more
    with CaptureQueriesContext(connection) as wenige:
        assert "Seite 2" not in browser.get(url).text
    with in_tenant(vg):
        for jahr in range(2019, 2043):
            create_fremdentgelt(akteur=anna, einrichtung=haus, entgelt=_entgelt(f"{jahr}.00", date(jahr, 1, 1)))
    with CaptureQueriesContext(connection) as viele:
        erste = " ".join(browser.get(url).text.split())
    assert len(viele) == len(wenige), "however many there are"
    zelle = 'data-label="Entgelt">'
    assert f"{zelle}2.042,00" in erste and f"{zelle}2.022,00" not in erste and "1 bis 20 von 26" in erste
    zweite = " ".join(browser.get(f"{url}?seite=2").text.split())
    assert f"{zelle}190,00" in zweite and f"{zelle}2.042,00" not in zweite and "21 bis 26 von 26" in zweite
    assert "Eingetragen<" not in erste and "Eingetragen<" in browser.get(f"{url}?verlauf=3").text
    assert browser.get(f"{url}?seite=99&verlauf=-1").status_code == 200
    liste = " ".join(browser.get("/ausserhalb/").text.split())
    jahr = today().year
    erstes = re.search(r"§ 34: ([\d.,]+)", liste.replace("\xa0", " "))
    assert erstes and erstes[1] == f"2.{jahr - 2000:03},00", "what holds today is first"
    assert f"ab 01.01.{jahr} bis 31.12.{jahr}" in liste and "190,00" not in liste


def test_lists__as_many_statements_for_many_houses_as_for_one(anna, cast, vg, sign_in):
    """Page and API: the rates of all houses are asked for at once."""
    browser, api = sign_in("anna"), cast.api("anna", at="VG")

    def count() -> list[int]:
        zahlen = []
        for client, url in ((browser, "/ausserhalb/"), (api, "/api/v1/ausserhalb/")):
            client.get(url)
            with CaptureQueriesContext(connection) as gefragt:
                assert client.get(url).status_code == 200
            zahlen.append(len(gefragt))
        return zahlen

    with in_tenant(vg):
        _haus(anna)
    eines = count()
    with in_tenant(vg):
        for n in range(5):
            haus = _haus(anna, name=f"Haus {n}")
            create_fremdentgelt(akteur=anna, einrichtung=haus, entgelt=_entgelt("200.00", date(2018, 1, 1)))
    assert count() == eines


def test_list__what_is_still_to_be_proposed(anna, vg, sign_in, monkeypatch):
    """Four houses name one person: the fourth is refused for now and stays on a list, with the one whose link has run
    out; as many statements for four as for one."""
    rostock = {"land": "Mecklenburg-Vorpommern", "kreis": Gebietskoerperschaft.objects.get(kuerzel="HRO")}
    with in_tenant(vg):
        _haus(anna)
        haeuser = [_haus(anna, name=f"Hof {n}", **rostock) for n in "ABCDE"]
    browser, url = sign_in("anna"), "/ausserhalb/?vorschlag=offen"

    def offen() -> tuple[set[str], int]:
        with CaptureQueriesContext(connection) as gefragt:
            seite = browser.get(url).text
        return {n for n in "ABCDE" if f"Hof {n}" in seite}, len(gefragt)

    offen()
    with in_tenant(vg), monkeypatch.context() as gestern:
        gestern.setattr(aufnahme, "BESTAETIGEN_BINNEN", timedelta(hours=-1))
        submit_fremdeinrichtung(akteur=anna, einrichtung=haeuser[4], angaben=MEHR)
    welche, statements = offen()
    assert welche == set("ABCDE") and "Haus Alsterblick" not in browser.get(url).text
    for haus in haeuser[:3]:
        with in_tenant(vg):
            submit_fremdeinrichtung(akteur=anna, einrichtung=haus, angaben=MEHR)
    with in_tenant(vg), pytest.raises(Konflikt, match="noch vorzuschlagen"):
        submit_fremdeinrichtung(akteur=anna, einrichtung=haeuser[3], angaben=MEHR)
    assert offen() == ({"D", "E"}, statements)
    doris = sign_in("doris").get(url)
    assert doris.status_code == 200 and "Hof D" in doris.text


def test_foreign_ids__another_office_reads_nothing(anna, cast, vg, hro, sign_in):
    with in_tenant(vg):
        haus = _haus(anna)
    gerd = sign_in("gerd", at="HRO")
    for pfad in ("", "aendern/", "entgelt/", "vorschlagen/"):
        assert gerd.get(f"/ausserhalb/{haus.pk}/{pfad}").status_code == 404
    assert "Haus Alsterblick" not in gerd.get("/ausserhalb/").text
    assert cast.api("gerd", at="HRO").get(f"/api/v1/ausserhalb/{haus.pk}/").status_code == 404


def test_api__enter_rate_and_book(anna, cast, vg):
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        suche = search_for(anna, fall)
    api = cast.api("anna")

    def post(pfad: str, key: str, **body):
        return api.post(f"/api/v1/{pfad}", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)

    haus = post("ausserhalb/", "1", **{name: wert for name, wert in ANGABEN.items() if wert}).json()
    assert haus["entgelte"] == [] and haus["ist_aktiv"]
    buchung = {
        "fremdeinrichtung": haus["uuid"], "zugesagt_am": "2017-05-20", "begruendung": WARUM, "soll_entgelt": "34580",
    }  # fmt: skip
    pfad = f"suchen/{suche.pk}/ausserhalb-buchen/"
    assert set(post(pfad, "2", **buchung).json()["felder"]) == {"entgelt"}
    entgelt = {"hilfeart": "S34", "betrag": "190.00", "ab": "2017-01-01", "quelle": "Vereinbarung"}
    (satz,) = post(f"ausserhalb/{haus['uuid']}/entgelte/", "3", **entgelt).json()["entgelte"]
    assert satz == entgelt | {"bis": None}
    gebucht, nochmal = post(pfad, "4", **buchung), post(pfad, "4", **buchung)
    assert gebucht.status_code == 201, gebucht.content
    assert gebucht.json() == nochmal.json()
    antwort = gebucht.json()
    assert (antwort["einrichtung"], antwort["angebot"], antwort["fremdeinrichtung"]) == (
        "Haus Alsterblick", None, haus["uuid"],
    )  # fmt: skip
    zeile = api.get(f"/api/v1/reservierungen/{antwort['reservierung']}/").json()
    assert (zeile["anbieter"], zeile["platz"], zeile["zustand"]) == (ANGABEN["anbieter"], None, "GEBUCHT")
    ende = {"letzter_tag": "2017-07-31", "grund": "10"}
    assert post(f"buchungen/{antwort['uuid']}/beenden/", "5", **ende).json()["zustand"] == "BEENDET"
    assert [row["name"] for row in api.get("/api/v1/ausserhalb/").json()["results"]] == ["Haus Alsterblick"]


def test_api__another_telephone_does_not_put_a_house_back_into_use(anna, cast, vg):
    """Whether it is used changes only for whom says so; everything else is replaced."""
    with in_tenant(vg):
        haus = _haus(anna)
        update_fremdeinrichtung(akteur=anna, einrichtung=haus, angaben={"ist_aktiv": False})
    angaben = {name: wert for name, wert in ANGABEN.items() if wert} | {"telefon": "040 9"}
    for schluessel, mehr in enumerate(({}, {"ist_aktiv": True})):
        antwort = cast.api("anna").post(
            f"/api/v1/ausserhalb/{haus.pk}/aendern/", angaben | mehr, content_type="application/json",
            HTTP_IDEMPOTENCY_KEY=str(schluessel),
        )  # fmt: skip
        assert antwort.status_code == 200, antwort.content
        assert (antwort.json()["telefon"], antwort.json()["ist_aktiv"]) == ("040 9", bool(mehr))


def test_pages__all_that_is_wrong_with_a_new_house_is_said_at_once(sign_in, vg):
    falsch = {"name": "", "land": "Mecklenburg-Vorpommern", "kreis": "", "ab": "2018-01-01", "bis": "2017-01-01"}
    antwort = sign_in("anna").post("/ausserhalb/neu/", FORM | falsch)
    assert antwort.status_code == 422 and antwort.text.count('aria-invalid="true"') == 3
    for text in ("Bitte wählen Sie den Kreis", "Der letzte Tag liegt vor dem ersten"):
        assert text in antwort.text, text
