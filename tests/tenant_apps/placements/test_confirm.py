"""The provider consents to a reservation."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shared_apps.core.clock import now
from shared_apps.core.errors import Konflikt
from shared_apps.inbox.models import HinweisArt
from shared_apps.inbox.services import notify_anbieter
from tenant_apps.placements.services.decide import confirm_reservierung
from tests.tenant_apps.billing.story import change_entgelt
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def url(reservierung, tail: str = "zustimmen/") -> str:
    return f"/reservierungen/{reservierung.pk}/{tail}"


def test_confirm__ines_consents_and_her_pointer_waits_for_the_office(story, sign_in) -> None:
    reservierung = story.reserve()
    with story.at_vg():
        notify_anbieter(
            angebot=story.angebot, anbieter_id=reservierung.anbieter_id, art=HinweisArt.RESERVIERUNG,
            objekt_id=reservierung.pk,
        )  # fmt: skip
    ines = sign_in("ines", at="VG")
    assert "Sie sagen den Platz für den ganzen Zeitraum zu" in ines.get(url(reservierung)).text
    response = ines.post(url(reservierung), follow=True)
    assert "Sie haben der Reservierung zugestimmt." in response.text
    fresh = story.reload(reservierung)
    assert fresh.zustand == "ZUGESTIMMT"
    assert fresh.entschieden_von_id == story.cast.user("ines").pk
    assert story.open_hinweise(reservierung) == ["RESERVIERUNG"]
    page = sign_in("ines", at="PORTAL")
    assert str(reservierung.pk) not in page.get("/eingang/").text
    assert str(reservierung.pk) in page.get("/eingang/?zustand=amt").text
    assert story.bindung(reservierung).zustand == "RESERVIERT"
    assert "reservierung.zustimmen" in story.trail(reservierung)


def test_amounts__a_rate_that_changes_within_the_period_stands_line_by_line(story, sign_in) -> None:
    """92 days at 76 euro, from September 90 at 80: the office and the provider read the search's own lines."""
    soll = dict.fromkeys(("soll_entgelt_exakt", "soll_entgelt", "soll_kosten"), Decimal("14192.00"))
    buchung = story.book("2017-06-01", "2017-11-30", **soll)
    offen = story.reserve("2017-06-01", "2017-11-30", **soll)
    gerissen = story.reserve("2017-06-01", "2017-11-30")  # 182 days at 76 euro were agreed: the rate came later
    change_entgelt(story, date(2017, 9, 1), "80.00")
    zeilen = ("92,00 × 76,00 €", "6.992,00 €", "90,00 × 80,00 €", "7.200,00 €", "14.192,00 €")
    ines, anna = sign_in("ines", at="VG"), sign_in("anna")
    for wer, seite in (
        (ines, url(offen)), (ines, url(offen, "")), (anna, url(offen, "")), (anna, f"/buchungen/{buchung.pk}/"),
        (anna, url(offen, "buchen/")),
    ):  # fmt: skip
        text = wer.get(seite).text.replace("\xa0", " ")
        assert all(zeile in text for zeile in zeilen) and "Entgelt je Tag" not in text, seite
        assert "01.09.2017 bis 29.11.2017" in text and "der letzte Tag wird nicht gezählt" in text  # to 30.11.
        assert "01.06.2017 bis 31.08.2017" in text and text.count("14.192,00 €") == (2 if wer is anna else 1)
    assert "abgerechnet wird jeder Tag mit dem Entgelt, das an ihm gilt" in anna.get(url(gerissen, "")).text


def test_confirm__another_provider_does_not_find_it(story, sign_in) -> None:
    reservierung = story.reserve()
    jan = sign_in("jan", at="VG")
    assert jan.get(url(reservierung)).status_code == 404
    assert jan.post(url(reservierung)).status_code == 404
    assert story.reload(reservierung).zustand == "RESERVIERT"


def test_confirm__the_office_cannot_consent_for_the_provider(story, sign_in) -> None:
    reservierung = story.reserve()
    assert sign_in("anna").post(url(reservierung)).status_code == 403


def test_confirm__a_stranger_is_sent_to_the_sign_in(story, client) -> None:
    reservierung = story.reserve()
    response = client.post(url(reservierung), headers={"host": "vg.localhost"})
    assert response.status_code == 302
    assert story.reload(reservierung).zustand == "RESERVIERT"


def test_confirm__twice_is_a_conflict_with_a_german_message(story, sign_in) -> None:
    reservierung = story.reserve()
    ines = sign_in("ines", at="VG")
    ines.post(url(reservierung))
    response = ines.post(url(reservierung), follow=True)
    assert "„Zustimmen“ ist im Zustand „Anbieter hat zugestimmt“ nicht möglich" in response.text


def test_confirm__an_expired_reservation_is_gone(story) -> None:
    reservierung = story.reserve(ablauf_at=now() - timedelta(minutes=1))
    ines = story.akteur("ines")
    with story.at_vg(), pytest.raises(Konflikt, match="abgelaufen") as error:
        confirm_reservierung(reservierung=reservierung, akteur=ines)
    assert error.value.code == "abgelaufen"
    assert story.reload(reservierung).zustand == "RESERVIERT"


def test_api_confirm__200_then_409(story, cast) -> None:
    reservierung = story.reserve()
    ines = cast.api("ines", at="VG")
    path = f"/api/v1/reservierungen/{reservierung.pk}/zustimmen/"
    first = ines.post(path)
    assert first.status_code == 200, first.content
    assert first.json()["zustand"] == "ZUGESTIMMT"
    second = ines.post(path)
    assert second.status_code == 409
    assert "nicht möglich" in second.json()["detail"]
    assert cast.api("jan", at="VG").post(path).status_code == 404
    assert cast.api("anna").post(path).status_code == 403
