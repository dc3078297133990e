"""Start, planned end, termination, cancellation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.placements.enums import Beendigungsgrund
from tenant_apps.placements.faelle.selectors.vorgang import get_zustand_heute
from tenant_apps.placements.services.end import begin_buchung, end_buchung
from tests.factories.register import list_freie_plaetze
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg, plaetze=1)


def url(buchung, tail: str = "beenden/") -> str:
    return f"/buchungen/{buchung.pk}/{tail}"


def test_zustand__runs_by_itself_once_the_day_has_come(story) -> None:
    assert get_zustand_heute(story.book()) == "LAUFEND"
    later = tell(story.cast, story.vg).book("2099-01-01", "2099-06-30")
    assert get_zustand_heute(later) == "GEBUCHT"


def test_begin__the_real_day_is_recorded(story, sign_in) -> None:
    buchung = story.book()
    anna = sign_in("anna")
    assert "Aufnahme bestätigen" in anna.get(url(buchung, "")).text
    anna.post(url(buchung, "beginnen/"), {"beginn": "2017-06-03"})
    fresh = story.reload(buchung)
    assert (fresh.zustand, fresh.beginn_tatsaechlich) == ("LAUFEND", date(2017, 6, 3))
    again = anna.post(url(buchung, "beginnen/"), {"beginn": "2017-06-04"}, follow=True)
    assert "bereits bestätigt" in again.text


def test_begin__of_what_was_cancelled_or_has_ended(story, sign_in) -> None:
    """It says what the booking is, and who has made it so; not that somebody has come."""
    buchung, anna = story.book("2099-01-01", "2099-06-30"), sign_in("anna")
    anna.post(url(buchung, "stornieren/"), {"text": "Familie zieht um"})
    page = anna.get(url(buchung, "beginnen/")).text
    assert "im Zustand „Storniert“ nicht möglich" in page and "bereits bestätigt" not in page
    assert "Sie selbst haben am" in page and "die Buchung storniert." in page


@pytest.mark.parametrize("tag", ["2017-05-31", "2017-12-01"])
def test_begin__only_while_the_place_is_held(story, sign_in, tag) -> None:
    buchung = story.book()
    response = sign_in("anna").post(url(buchung, "beginnen/"), {"beginn": tag})
    assert response.status_code == 422
    assert "01.06.2017 bis 30.11.2017" in response.text
    assert tag in response.text


def test_begin__not_in_the_future(story) -> None:
    morgen = today() + timedelta(days=1)
    buchung = tell(story.cast, story.vg).book(morgen.isoformat(), "2099-06-30")
    anna = story.akteur("anna")
    with story.at_vg(), pytest.raises(RegelVerletzt, match="Zukunft"):
        begin_buchung(buchung=buchung, akteur=anna, beginn=morgen)


def test_end__termination_frees_the_place_from_the_next_day(story, sign_in) -> None:
    buchung = story.book()
    response = sign_in("anna").post(url(buchung), {"letzter_tag": "2017-08-15", "grund": "22"}, follow=True)
    assert "ab dem folgenden Tag wieder frei" in response.text
    fresh = story.reload(buchung)
    assert (fresh.zustand, fresh.ende_tatsaechlich) == ("ABGEBROCHEN", date(2017, 8, 15))
    assert story.bindung(buchung).zeitraum.upper == date(2017, 8, 16)
    with story.at_vg():
        frei = list_freie_plaetze(story.angebot.pk, Zeitraum.from_inclusive(date(2017, 8, 16), date(2017, 11, 30)))
        belegt = list_freie_plaetze(story.angebot.pk, Zeitraum.from_inclusive(date(2017, 8, 15), date(2017, 11, 30)))
    assert (len(frei), len(belegt)) == (1, 0)
    assert story.open_hinweise(buchung) == ["BEENDIGUNG"]
    assert "buchung.beenden" in story.trail(buchung)


def test_end__as_planned(story) -> None:
    buchung, anna = story.book(), story.akteur("anna")
    with story.at_vg():
        end_buchung(buchung=buchung, akteur=anna, letzter_tag=date(2017, 11, 30), grund=Beendigungsgrund.PLANMAESSIG)
        with pytest.raises(Konflikt, match="nicht möglich"):
            end_buchung(buchung=buchung, akteur=anna, letzter_tag=date(2017, 11, 1), grund=Beendigungsgrund("10"))
    assert story.reload(buchung).zustand == "BEENDET"
    assert story.bindung(buchung).zeitraum.upper == date(2017, 12, 1)


@pytest.mark.parametrize("tag", ["2017-05-31", "2017-12-01"])
def test_end__a_day_outside_comes_back_with_everything_typed(story, sign_in, tag) -> None:
    buchung = story.book()
    data = {"letzter_tag": tag, "grund": "20", "text": "Umzug der Eltern"}
    response = sign_in("anna").post(url(buchung), data)
    assert response.status_code == 422
    assert "zwischen dem 01.06.2017 und dem 30.11.2017" in response.text
    assert "Umzug der Eltern" in response.text
    assert story.reload(buchung).zustand == "GEBUCHT"


def test_end__not_before_the_start_but_cancel(story, sign_in) -> None:
    buchung = story.book("2099-01-01", "2099-06-30")
    anna = sign_in("anna")
    response = anna.post(url(buchung), {"letzter_tag": "2099-02-01", "grund": "10"}, follow=True)
    assert "„Beenden“ ist im Zustand „Gebucht“ nicht möglich" in response.text
    anna.post(url(buchung, "stornieren/"), {"text": "Familie zieht um"})
    assert story.reload(buchung).zustand == "STORNIERT"
    assert story.bindung(buchung).zustand == "FREIGEGEBEN"


def test_cancelled_booking__the_provider_does_not_see_the_name_any_more(story, sign_in) -> None:
    buchung = story.book("2099-01-01", "2099-06-30")
    with story.at_vg():
        name, fallnummer = buchung.klient.nachname, buchung.hilfefall.fallnummer
    ines, anna = sign_in("ines", at="VG"), sign_in("anna")
    seite = f"/buchungen/{buchung.pk}/"
    assert name in ines.get(seite).text
    anna.post(url(buchung, "stornieren/"), {"text": "Familie zieht um"})
    for adresse in (seite, f"/reservierungen/{buchung.reservierung_id}/", "/faelle/"):
        text = ines.get(adresse).text
        assert name not in text
        assert fallnummer not in text
    assert name in anna.get(seite).text


def test_end__wrong_people(story, sign_in) -> None:
    buchung = story.book()
    data = {"letzter_tag": "2017-08-15", "grund": "22"}
    assert sign_in("bernd").post(url(buchung), data).status_code == 404
    assert sign_in("ines", at="VG").post(url(buchung), data).status_code == 403
    assert sign_in("hilde").post(url(buchung), data).status_code == 403
    assert sign_in("gerd").post(url(buchung), data).status_code == 404


def test_api_end__by_booking_or_by_reservation(story, cast) -> None:
    buchung = story.book()
    anna = cast.api("anna")
    data = {"letzter_tag": "2017-08-15", "grund": "21"}
    path = f"/api/v1/reservierungen/{buchung.reservierung_id}/beenden/"
    done = anna.post(path, data, content_type="application/json")
    assert done.status_code == 200, done.content
    assert (done.json()["zustand"], done.json()["ende_tatsaechlich"]) == ("ABGEBROCHEN", "2017-08-15")
    again = anna.post(f"/api/v1/buchungen/{buchung.pk}/beenden/", data, content_type="application/json")
    assert again.status_code == 409


def test_api_end__field_error_in_german(story, cast) -> None:
    buchung = story.book()
    done = cast.api("anna").post(
        f"/api/v1/buchungen/{buchung.pk}/beenden/", {"letzter_tag": "2018-01-01"}, content_type="application/json"
    )
    assert done.status_code == 422
    assert "30.11.2017" in done.json()["felder"]["letzter_tag"][0]


def test_page__of_a_help_that_ended_early_says_the_real_days_and_their_cost(story, sign_in) -> None:
    """182 days at 76 euro were planned; it went to 30 June: 29 days, counted as the plan counts."""
    buchung, anna = story.book(), sign_in("anna")
    seite = " ".join(anna.get(url(buchung, "")).text.split())
    assert "Soll-Kosten" in seite and "Soll-Kosten bis" not in seite
    anna.post(url(buchung), {"letzter_tag": "2017-06-30", "grund": "10"})
    for adresse in (url(buchung, ""), f"/reservierungen/{buchung.reservierung_id}/"):
        seite = " ".join(anna.get(adresse).text.split())
        assert "01.06.2017 bis 30.06.2017" in seite and "geplant 01.06.2017 bis 30.11.2017" in seite
        assert "Soll-Kosten bis 30.06.2017" in seite and "2.204,00 €" in seite
    antwort = sign_in("ines", at="VG").get(url(buchung, ""))
    assert antwort.status_code == 200
    ines = antwort.text
    assert "Soll-Entgelt bis 30.06.2017" in ines and "Soll-Kosten" not in ines
