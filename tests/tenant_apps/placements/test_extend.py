"""A booked help goes on: the same place, until a later day, or from when it is taken."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from uuid6 import uuid7

from shared_apps.core.clock import today
from shared_apps.core.errors import KeinPlatzFrei, Konflikt, RegelVerletzt
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.cases.models import Klient
from tenant_apps.placements import rules
from tenant_apps.placements.models import Auswahlvermerk, Buchung, Reservierung
from tenant_apps.placements.services.extend import extend_buchung
from tests.factories.register import occupy_platz, period
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell

GRUND = "Die Eltern sind noch nicht erreichbar."
URL = "/buchungen/{}/verlaengern/"


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg, plaetze=1)


def _extend(story, buchung, tag: str, grund: str = GRUND) -> Buchung:
    anna = story.akteur("anna")
    with story.at_vg():
        return extend_buchung(buchung=buchung, akteur=anna, letzter_tag=date.fromisoformat(tag), begruendung=grund)


def _post(browser, buchung, tag: str, **gesehen: str):
    """Type the day, read what it costs, confirm."""
    data = {"letzter_tag": tag, "begruendung": GRUND} | gesehen
    frage = browser.post(URL.format(buchung.pk), data)
    assert "Noch ist nichts geändert" in frage.text and GRUND in frage.text and frage.status_code == 200
    verdeckt = dict(re.findall(r'name="(gezeigt\w*)" value="([^"]*)"', frage.text))
    return browser.post(URL.format(buchung.pk), data | verdeckt, follow=True)


def test_extend__the_place_is_hers_until_the_new_day_and_everything_says_so(story, sign_in) -> None:
    buchung, anna, ines = story.book("2026-11-30", "2026-12-01"), sign_in("anna"), sign_in("ines", at="VG")
    assert "Verlängern" in anna.get(f"/buchungen/{buchung.pk}/").text
    page = _post(anna, buchung, "2026-12-15").text
    assert "bis zum 15.12.2026 verlängert" in page and "Verlängert bis 15.12.2026" in page
    neu = story.reload(buchung)
    assert neu.letzter_tag == date(2026, 12, 15) and story.bindung(buchung).zeitraum.upper == date(2026, 12, 16)
    with story.at_vg():
        reservierung = Reservierung.objects.get(pk=buchung.reservierung_id)
        nachtrag = Auswahlvermerk.objects.get(nachtrag_zu=reservierung.auswahlvermerk_id)
    assert reservierung.letzter_tag == neu.letzter_tag
    assert reservierung.menge == 15 and neu.soll_kosten == reservierung.soll_kosten == Decimal(15 * 76)
    assert GRUND in nachtrag.begruendung and "bisher bis 01.12.2026" in nachtrag.begruendung
    assert story.open_hinweise(buchung) == ["VERLAENGERUNG"] and "buchung.verlaengern" in story.trail(buchung)
    assert "15.12.2026" in ines.get(f"/buchungen/{buchung.pk}/").text
    assert story.open_hinweise(buchung) == [], "she has seen it"
    assert _extend(story, neu, "2026-12-20").letzter_tag == date(2026, 12, 20)
    assert _extend(story, story.reload(buchung), "2026-12-21") and story.open_hinweise(buchung) == ["VERLAENGERUNG"]


def test_extend__taken_afterwards__from_which_day_and_how_far(story, hro, sign_in) -> None:
    buchung = story.book("2026-11-30", "2026-12-01")
    occupy_platz(platz=story.angebot.plaetze.get(), tenant=hro, zeitraum=period("2026-12-10", "2026-12-20"))
    with pytest.raises(KeinPlatzFrei) as gesagt:
        _extend(story, buchung, "2027-06-01")
    assert gesagt.value.message == (
        "Der Platz ist ab dem 10.12.2026 schon gehalten. Verlängern lässt sich bis zum 09.12.2026."
    )
    assert story.reload(buchung).letzter_tag == date(2026, 12, 1)
    assert story.bindung(buchung).zeitraum.upper == date(2026, 12, 2), "nothing is kept of the tries"
    data = {"letzter_tag": "2026-12-10", "begruendung": GRUND}
    antwort = sign_in("anna").post(URL.format(buchung.pk), data)
    assert antwort.status_code == 409 and GRUND in antwort.text and "ab dem 10.12.2026" in antwort.text
    _extend(story, buchung, "2026-12-09")
    with pytest.raises(KeinPlatzFrei, match="Verlängern lässt sich hier nicht"):
        _extend(story, story.reload(buchung), "2026-12-10")


def test_extend__not_beyond_the_end_of_the_place(story) -> None:
    buchung = story.book("2026-11-30", "2026-12-01")
    story.angebot.plaetze.update(gueltig=period("2020-01-01", "2026-12-05"))
    with pytest.raises(KeinPlatzFrei, match=r"ab dem 06\.12\.2026 nicht mehr angeboten.*bis zum 05\.12\.2026"):
        _extend(story, buchung, "2026-12-20")


@pytest.mark.parametrize(
    ("tag", "grund", "feld"),
    [("2026-12-01", GRUND, "letzter_tag"), ("2099-12-15", GRUND, "letzter_tag"), ("2026-12-15", "...", "begruendung")],
)
def test_extend__later_than_now__not_for_ever__with_a_reason(story, tag, grund, feld) -> None:
    with pytest.raises(RegelVerletzt) as gesagt:
        _extend(story, story.book("2026-11-30", "2026-12-01"), tag, grund)
    assert gesagt.value.feld == feld


def test_extend__not_what_has_ended_nor_a_restricted_person(story) -> None:
    buchung = story.book("2026-11-30", "2026-12-01")
    with story.at_vg():
        Klient.objects.filter(pk=buchung.klient_id).update(eingeschraenkt_seit=today())
    with pytest.raises(Konflikt, match="eingeschränkt"):
        _extend(story, buchung, "2026-12-15")
    with story.at_vg():
        Klient.objects.filter(pk=buchung.klient_id).update(eingeschraenkt_seit=None)
        Buchung.objects.filter(pk=buchung.pk).update(
            zustand="BEENDET", ende_tatsaechlich=today(), beendigungsgrund="10"
        )
    with pytest.raises(Konflikt, match="nicht möglich"):
        _extend(story, buchung, "2026-12-15")


def test_extend__no_night_to_two_stays(story) -> None:
    """The child is booked elsewhere from the tenth on: the first stay goes on to the day of the move, not beyond."""
    buchung = story.book("2026-11-30", "2026-12-01")
    heim = tell(story.cast, story.vg)
    with story.at_vg():
        fall = buchung.hilfefall
    heim.book("2026-12-10", "2027-05-31", hilfefall=fall)
    with pytest.raises(RegelVerletzt, match="schon ein Aufenthalt gebucht") as gesagt:
        _extend(story, buchung, "2026-12-11")
    assert gesagt.value.feld == "letzter_tag"
    assert _extend(story, buchung, "2026-12-10").letzter_tag == date(2026, 12, 10)


def test_extend__older_by_then_than_whom_the_offer_takes__stands_in_the_note(story, sign_in) -> None:
    buchung = story.book("2026-11-30", "2026-12-01")
    story.angebot.alter_bis = 9
    story.angebot.save(update_fields=["alter_bis"])
    with story.at_vg():
        klient = Klient.objects.get(pk=buchung.klient_id)
        klient.geburtsdatum = date(2016, 12, 2)
        klient.save(update_fields=["geburtsdatum"])
    _extend(story, buchung, "2026-12-15")
    with story.at_vg():
        erster = Reservierung.objects.get(pk=buchung.reservierung_id).auswahlvermerk_id
    assert "die Person ist dann 10." in sign_in("anna").get(f"/auswahlvermerke/{erster}/").text


def test_extend__a_month_that_is_charged_already__the_page_says_what_follows(story, sign_in) -> None:
    """Its further days come into no invoice by themselves."""
    buchung = story.book("2017-06-01", "2017-06-20")
    assert "ist schon berechnet" not in sign_in("anna").get(URL.format(buchung.pk)).text
    bill(story, buchung, tage=range(1, 21))
    assert "Der Monat 06/2017 ist schon berechnet" in sign_in("anna").get(URL.format(buchung.pk)).text


def test_extend__foreign_hands_and_programs(story, sign_in) -> None:
    buchung, data = story.book("2026-11-30", "2026-12-01"), {"letzter_tag": "2026-12-05", "begruendung": GRUND}
    assert sign_in("bernd").post(URL.format(buchung.pk), data).status_code == 404
    assert sign_in("ines", at="VG").post(URL.format(buchung.pk), data).status_code == 403
    api = f"/api/v1/buchungen/{buchung.pk}/verlaengern/"
    json = {"content_type": "application/json"}
    assert sign_in("bernd").post(api, data, **json).status_code == 404
    antwort = sign_in("anna").post(api, data, **json)
    assert antwort.status_code == 200 and antwort.json()["ende"] == "2026-12-05"
    with story.at_vg():
        assert Platzbindung.objects.get(pk=buchung.platzbindung_id).zeitraum.upper - timedelta(1) == date(2026, 12, 5)


def test_extend__what_is_booked_keeps_its_amount__only_the_added_days_have_the_new_rate(story, sign_in) -> None:
    """The rate was corrected after she was booked: the page shows one more day at it, and nothing else changes."""
    buchung, anna = story.book("2026-11-01", "2026-12-01"), sign_in("anna")
    story.angebot.entgelte.update(betrag=Decimal("100.00"))
    data = {"letzter_tag": "2026-12-02", "begruendung": GRUND}
    seite = anna.post(URL.format(buchung.pk), data)
    text = " ".join(seite.text.split())
    assert seite.status_code == 200 and story.reload(buchung).letzter_tag == date(2026, 12, 1)
    for betrag in ("2.280,00", "100,00", "2.380,00"):
        assert betrag in text, betrag
    assert anna.post(URL.format(buchung.pk), data | {"gezeigt": "2.380,00", "gezeigt_bis": "2026-12-03"}).text.count(
        "Noch ist nichts geändert"
    ), "shown for another day"
    assert "bis zum 02.12.2026 verlängert" in _post(anna, buchung, "2026-12-02").text
    with story.at_vg():
        reservierung = Reservierung.objects.get(pk=buchung.reservierung_id)
        nachtrag = Auswahlvermerk.objects.get(nachtrag_zu=reservierung.auswahlvermerk_id)
    assert reservierung.soll_entgelt_exakt == reservierung.soll_kosten == Decimal(30 * 76 + 100)
    assert (reservierung.menge, reservierung.tagesentgelt) == (31, Decimal(76)), "the rate of the first day"
    assert nachtrag.kriterien["betraege"]["soll_kosten"] == "2380.00"
    vermerk = f"/auswahlvermerke/{nachtrag.nachtrag_zu_id}/"
    assert "2.380,00" in anna.get(vermerk).text and "2.380,00" not in anna.get(f"{vermerk}?preise=ohne").text
    assert [(z["ab"], z["satz"]) for z in nachtrag.kriterien["dazu"]] == [("2026-12-01", "100.00")]


def test_extend__another_amount_than_was_shown_is_refused(story, cast) -> None:
    buchung, anna = story.book("2026-11-01", "2026-12-01"), story.akteur("anna")
    with story.at_vg(), pytest.raises(Konflikt, match="seit er Ihnen gezeigt wurde"):
        extend_buchung(
            buchung=buchung, akteur=anna, letzter_tag=date(2026, 12, 2), begruendung=GRUND, gezeigt=Decimal(2355)
        )
    api = cast.api("anna")
    body = {"letzter_tag": "2026-12-02", "begruendung": GRUND, "soll_kosten": "1.00"}
    pfad = f"/api/v1/buchungen/{buchung.pk}/verlaengern/"
    assert api.post(pfad, body, content_type="application/json").status_code == 409
    assert api.post(pfad, body | {"soll_kosten": "2356.00"}, content_type="application/json").status_code == 200


def test_rule__added_day_by_day_costs_what_it_costs_at_once() -> None:
    """Six days a week at 1 euro: a day is 0.857143 euro, and seven of them are 6 euro, not 6.000001."""
    summe = Decimal(0)
    for _ in range(70):
        summe = rules.soll_entgelt_verlaengert(summe, rules.soll_entgelt_exakt(Decimal(6) / 7, Decimal(1)))
    assert summe == Decimal(60)
    assert rules.soll_entgelt_verlaengert(Decimal("100.000014"), Decimal("0.5")) == Decimal("100.500014")
    with pytest.raises(rules.PlanwertError):
        rules.soll_entgelt_verlaengert(Decimal(1), Decimal(-1))


def test_extend__hours__those_the_longer_plan_has_more_at_the_rates_of_the_added_days(cast, vg) -> None:
    """Four weeks of five hours at 60 euro; two weeks more: ten hours, half of them at 90, half at 100 euro."""
    story = tell(cast, vg, entgelt="60.00", hilfeart="A31", stunden_je_woche="20")
    buchung = story.book(
        "2026-11-02", "2026-11-30", menge=Decimal(20), stunden_je_woche=Decimal(5), tage_je_woche=None,
        soll_entgelt_exakt=Decimal(1200), soll_entgelt=Decimal(1200), soll_kosten=Decimal(1200),
    )  # fmt: skip
    satz = story.angebot.entgelte.get()
    story.angebot.entgelte.update(betrag=Decimal("90.00"), gueltig=period("2017-01-01", "2026-12-06"))
    satz.pk, satz.betrag, satz.gueltig = uuid7(), Decimal("100.00"), period("2026-12-07", "2030-12-31")
    satz.save(force_insert=True)
    _extend(story, buchung, "2026-12-14")
    with story.at_vg():
        reservierung = Reservierung.objects.get(pk=buchung.reservierung_id)
    assert (reservierung.menge, reservierung.soll_entgelt_exakt) == (30, Decimal(1200 + 5 * 90 + 5 * 100))
