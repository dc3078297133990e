"""A help ended earlier than was already paid: both sides see it until a claim can be booked."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.billing import rules
from tenant_apps.billing.services.check import approve_rechnung, check_rechnung, settle_rechnung
from tenant_apps.billing.services.issue import bill_monat
from tenant_apps.placements.enums import Beendigungsgrund
from tenant_apps.placements.services.end import begin_buchung, end_buchung
from tests.tenant_apps.billing.story import JUNI, bill, record
from tests.tenant_apps.placements.story import Story, tell

JULI = date(2017, 7, 1)
NICHTS = "Es wurde nichts gefunden."


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def url(rechnung) -> str:
    return f"/abrechnung/rechnungen/{rechnung.pk}/"


def pay(story, rechnung) -> None:
    doris, emil = story.akteur("doris"), story.akteur("emil")
    with story.at_vg():
        check_rechnung(rechnung=rechnung, akteur=doris)
        approve_rechnung(rechnung=rechnung, akteur=emil)
        settle_rechnung(rechnung=rechnung, akteur=doris)


def end(story, buchung, letzter_tag: date) -> None:
    """Anna ends it and knows what is charged."""
    anna, grund = story.akteur("anna"), Beendigungsgrund("22")
    with story.at_vg():
        end_buchung(buchung=buchung, akteur=anna, letzter_tag=letzter_tag, grund=grund, trotz_rechnung=True)


def test_paid__then_ended_before__both_sides_see_days_and_euros(story, sign_in) -> None:
    buchung = story.book()
    juni = bill(story, buchung)
    pay(story, juni)
    juli = bill(story, buchung, JULI, range(1, 32))
    pay(story, juli)
    doris, ines = sign_in("doris"), sign_in("ines", at="VG")
    assert "Über die Hilfe hinaus" not in (sauber := doris.get(url(juni)).text) and NICHTS in sauber
    end(story, buchung, date(2017, 6, 15))
    for person in (doris, ines):
        page = person.get(url(juni)).text
        assert "Über die Hilfe hinaus berechnet" in page and NICHTS not in page, "not beside a warning"
        assert "16.06.2017 bis 30.06.2017" in page and "15 Tage und 1.140,00" in page
        assert "31 Tage und 2.356,00" in person.get(url(juli)).text
    liste = "/abrechnung/?auffaellig=nach_ende"
    for person in (doris, ines):
        assert all(rechnung.nummer in person.get(liste).text for rechnung in (juni, juli))
    booking = ines.get(f"/buchungen/{buchung.pk}/").text
    assert "Juli 2017" in booking and "außerhalb der Hilfe" in booking, "the paid month does not vanish with the end"


def test_end__says_before_what_is_charged_after_the_last_day(story, sign_in) -> None:
    buchung = story.book()
    juni, juli = bill(story, buchung), bill(story, buchung, JULI, range(1, 32))
    pay(story, juni)
    anna, clara, adresse = sign_in("anna"), sign_in("clara"), f"/buchungen/{buchung.pk}/beenden/"
    assert "schon berechnet" not in anna.get(adresse).text and "trotz_rechnung" not in anna.get(adresse).text
    eingabe = {"letzter_tag": "15.06.2017", "grund": "22", "text": "Umzug"}
    page = anna.post(adresse, eingabe)
    assert page.status_code == 422 and "Umzug" in page.text and "(nötig bei „sonstige Gründe“)" in page.text
    assert "46 Tage und 3.496,00 €, davon bezahlt: 1.140,00 €" in page.text.replace("\xa0", " ")
    assert f"Rechnung {juli.nummer} für 07/2017 (Eingereicht): 31 Tage und" in page.text
    assert "nach_ende" not in page.text, "a worker opens no invoices"
    mit_weg = clara.post(adresse, eingabe).text
    assert url(juni) in mit_weg and "/abrechnung/?auffaellig=nach_ende" in mit_weg
    wer, grund = story.akteur("anna"), Beendigungsgrund("22")
    with story.at_vg(), pytest.raises(RegelVerletzt, match="46 Tage"):
        end_buchung(buchung=buchung, akteur=wer, letzter_tag=date(2017, 6, 15), grund=grund)
    api, daten = (
        f"/api/v1/reservierungen/{buchung.reservierung_id}/beenden/",
        {"letzter_tag": "2017-06-15", "grund": "22"},
    )
    programm = anna.post(api, daten, content_type="application/json")
    assert programm.status_code == 422 and "trotz_rechnung" in programm.text and "46 Tage" in programm.text
    assert anna.post(adresse, eingabe | {"trotz_rechnung": "on"}).status_code == 302
    assert story.reload(buchung).ende_tatsaechlich == date(2017, 6, 15)


def test_begin__says_before_what_is_charged_before_the_first_day(story, sign_in) -> None:
    buchung = story.book("2017-06-01", "2017-06-30")
    bill(story, buchung)
    anna, adresse = sign_in("anna"), f"/buchungen/{buchung.pk}/beginnen/"
    assert "trotz_rechnung" not in anna.get(adresse).text
    assert "2 Tage und 152,00" in anna.post(adresse, {"beginn": "03.06.2017"}).text
    assert anna.post(adresse, {"beginn": "03.06.2017", "trotz_rechnung": "on"}).status_code == 302


def test_list__only_what_reaches_out_of_the_help(story, sign_in) -> None:
    ganz, kurz = story.book(), story.book()
    for buchung in (ganz, kurz):
        pay(story, bill(story, buchung))
    end(story, kurz, date(2017, 6, 29))
    end(story, ganz, date(2017, 6, 30))
    text = sign_in("doris").get("/abrechnung/?auffaellig=nach_ende").text
    with story.at_vg():
        assert kurz.rechnungen.get().nummer in text and ganz.rechnungen.get().nummer not in text


def test_list__days_that_stand_in_two_invoices(story, sign_in) -> None:
    eins = story.book("2017-06-01", "2017-06-15")
    with story.at_vg():
        fall = eins.hilfefall
    zwei = story.book("2017-06-15", "2017-06-30", hilfefall=fall)
    both = bill(story, eins, tage=range(1, 16)), bill(story, zwei, tage=range(15, 31))
    alone = bill(story, story.book())
    text = sign_in("doris").get("/abrechnung/?auffaellig=doppelt").text
    assert all(rechnung.nummer in text for rechnung in both) and alone.nummer not in text
    pages = [sign_in("doris").get(url(rechnung)).text for rechnung in (*both, alone)]
    assert [NICHTS in page for page in pages] == [False, False, True]
    assert "doppelt" not in sign_in("ines", at="VG").get("/abrechnung/").text


def test_begun__later_than_billed(story, sign_in) -> None:
    buchung = story.book("2017-06-01", "2017-06-30")
    rechnung = bill(story, buchung)
    pay(story, rechnung)
    anna = story.akteur("anna")
    with story.at_vg():
        begin_buchung(buchung=buchung, akteur=anna, beginn=date(2017, 6, 3), trotz_rechnung=True)
    assert "2 Tage und 152,00" in sign_in("doris").get(url(rechnung)).text


def test_hours__by_day_or_asked_for(cast, vg, sign_in) -> None:
    story = tell(cast, vg, entgelt="40.00", hilfeart="A30")
    ines = story.akteur("ines")
    je_tag, gesamt = story.book(), story.book()
    hours = {"tage": [2, 20], "tagesstunden": [Decimal(1), Decimal(2)]}, {"tage": (), "stunden": Decimal(3)}
    rechnungen = []
    for buchung, wie in zip((je_tag, gesamt), hours, strict=True):
        nachweis = record(story, buchung, JUNI, **wie)
        with story.at_vg():
            rechnungen.append(bill_monat(nachweis=nachweis, akteur=ines))
        pay(story, rechnungen[-1])
        end(story, buchung, date(2017, 6, 15))
    doris = sign_in("doris")
    assert "1 Tag und 80,00" in doris.get(url(rechnungen[0])).text
    unclear = doris.get(url(rechnungen[1])).text
    assert "Die Stunden sind nicht je Tag erfasst" in unclear and "zu viel" not in unclear


@given(
    tage=st.sets(st.integers(1, 30), min_size=1),
    letzter=st.integers(1, 30),
    wechsel=st.integers(2, 30),
    cent=st.tuples(st.integers(1, 99_999), st.integers(1, 99_999)),
)
def test_rule__a_corrected_invoice_and_the_difference_are_the_invoice(tage, letzter, wechsel, cent) -> None:
    alt, neu = (Decimal(c) / 100 for c in cent)
    entgelte = [(Zeitraum(date(2017, 1, 1)), alt), (Zeitraum(JUNI + timedelta(days=wechsel - 1)), neu)]
    tage = [JUNI + timedelta(days=tag - 1) for tag in sorted(tage)]
    hilfe = Zeitraum(date(2017, 5, 1), JUNI + timedelta(days=letzter))
    positionen = rules.rechnungspositionen(tage, entgelte)
    zuviel = rules.pruefe_ueberzahlung(positionen, dict.fromkeys(tage, Decimal(1)), hilfe)
    richtig = rules.rechnungspositionen([tag for tag in tage if tag in hilfe], entgelte)
    betrag = zuviel.betrag if zuviel else Decimal(0)
    assert rules.rechnungssumme(richtig) + betrag == rules.rechnungssumme(positionen)
    assert (zuviel.tage if zuviel else ()) == tuple(tag for tag in tage if tag not in hilfe)
