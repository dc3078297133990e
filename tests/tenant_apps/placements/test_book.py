"""Anna books what the provider consented to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shared_apps.core.clock import now
from shared_apps.core.errors import Konflikt
from shared_apps.providers.models import Kontakt
from tenant_apps.notifications.models import FaelligerMonat
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.services.book import book_reservierung
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def url(reservierung) -> str:
    return f"/reservierungen/{reservierung.pk}/buchen/"


def test_only_who_may_book_reads_that_she_can(story, sign_in) -> None:
    """The head sees the case of another team; the page does not promise her a button that is not there."""
    path = f"/reservierungen/{story.reserve(zustand='ZUGESTIMMT').pk}/"
    hers, anothers = sign_in("anna").get(path).text, sign_in("emil").get(path).text
    assert "Sie können jetzt verbindlich buchen." in hers and "/buchen/" in hers
    assert "Wer den Fall führt, kann jetzt verbindlich buchen." in anothers and "/buchen/" not in anothers


def test_book__place_case_pointer_and_trail_follow_at_once(story, sign_in) -> None:
    reservierung = story.reserve(zustand="ZUGESTIMMT", ist_auswaertig=True)
    response = sign_in("anna").post(url(reservierung), follow=True)
    assert "Der Platz ist verbindlich gebucht." in response.text
    with story.at_vg():
        buchung = Buchung.objects.select_related("hilfefall").get(reservierung=reservierung)
        assert buchung.hilfefall.zustand == "LAUFEND"
        assert FaelligerMonat.objects.filter(monat=date(2027, 3, 1)).exists()
    assert (buchung.zustand, buchung.ist_auswaertig) == ("GEBUCHT", True)
    assert buchung.soll_kosten == reservierung.soll_kosten
    assert story.bindung(buchung).zustand == "GEBUCHT"
    assert story.open_hinweise(buchung) == ["BUCHUNG"]
    assert story.trail(buchung)[0] == "reservierung.buchen"
    assert story.trail(_klient(story, buchung)) == ["reservierung.buchen"]


def _klient(story, buchung):
    with story.at_vg():
        return buchung.klient


def test_who_holds_a_place_sees_whom_to_call_at_night(story, sign_in) -> None:
    """From the reservation to the end of the help; the house knows its own number."""
    haus = story.angebot.einrichtung
    Kontakt.objects.create(einrichtung=haus, funktion="BEREITSCHAFT", telefon="0171 99 88 77", ist_notruf=True)
    reservierung = story.reserve(zustand="ZUGESTIMMT")
    anna, ines = sign_in("anna"), sign_in("ines", at="VG")
    path = f"/reservierungen/{reservierung.pk}/"
    assert "Notfall, 24 h: 0171 99 88 77" in anna.get(path).text
    assert "Notfall" not in ines.get(path).text
    assert "Notfall, 24 h: 0171 99 88 77" in anna.post(url(reservierung), follow=True).text


def test_book__not_without_consent(story, sign_in) -> None:
    reservierung = story.reserve()
    response = sign_in("anna").post(url(reservierung), follow=True)
    assert "„Buchen“ ist im Zustand „Reserviert“ nicht möglich" in response.text
    assert story.bindung(reservierung).zustand == "RESERVIERT"


def test_book__not_after_expiry(story) -> None:
    reservierung = story.reserve(zustand="ZUGESTIMMT", ablauf_at=now() - timedelta(minutes=1))
    anna = story.akteur("anna")
    with story.at_vg(), pytest.raises(Konflikt, match="abgelaufen"):
        book_reservierung(reservierung=reservierung, akteur=anna)
    with story.at_vg():
        assert not Buchung.objects.exists()


def test_book__only_once(story) -> None:
    reservierung = story.reserve(zustand="ZUGESTIMMT")
    anna = story.akteur("anna")
    with story.at_vg():
        book_reservierung(reservierung=reservierung, akteur=anna)
        with pytest.raises(Konflikt, match="nicht möglich"):
            book_reservierung(reservierung=reservierung, akteur=anna)


def test_book__a_colleague_of_another_case_does_not_find_it(story, sign_in) -> None:
    reservierung = story.reserve(zustand="ZUGESTIMMT")
    assert sign_in("bernd").post(url(reservierung)).status_code == 404
    assert sign_in("ines", at="VG").post(url(reservierung)).status_code == 403
    assert sign_in("doris").post(url(reservierung)).status_code == 403
    assert sign_in("gerd").post(url(reservierung)).status_code == 404  # another office: not a row of its own


def test_book__her_team_lead_may(story, sign_in) -> None:
    reservierung = story.reserve(zustand="ZUGESTIMMT")
    sign_in("clara").post(url(reservierung))
    assert story.reload(reservierung).zustand == "GEBUCHT"


def test_name__hidden_from_the_provider_until_booked(story, sign_in) -> None:
    reservierung = story.reserve()
    with story.at_vg():
        klient = reservierung.klient
    ines, anna = sign_in("ines", at="VG"), sign_in("anna")
    secrets = (klient.nachname, "14.03.2007", reservierung.hilfefall.fallnummer, klient.pkz)
    for path in (
        f"/reservierungen/{reservierung.pk}/",
        "/faelle/",
        "/faelle/csv/",
        url(reservierung)[:-7] + "zustimmen/",
    ):
        text = ines.get(path).text
        assert not [secret for secret in secrets if secret in text], path
        assert reservierung.pseudonym in text, path
    assert (
        ines.post("/faelle/suchen/", {"q": reservierung.hilfefall.fallnummer}, follow=True).text.count(
            reservierung.pseudonym
        )
        == 0
    )
    ines.post(f"/reservierungen/{reservierung.pk}/zustimmen/")
    anna.post(url(reservierung))
    text = ines.get(f"/reservierungen/{reservierung.pk}/").text
    assert klient.nachname in text
    assert "14.03.2007" in text
    assert story.trail(reservierung).count("reservierung.ansehen") >= 2


def test_api_book__from_consent_to_booking(story, cast) -> None:
    reservierung = story.reserve()
    path = f"/api/v1/reservierungen/{reservierung.pk}"
    assert cast.api("anna").post(f"{path}/buchen/").status_code == 409
    assert cast.api("ines", at="VG").post(f"{path}/zustimmen/").status_code == 200
    booked = cast.api("anna").post(f"{path}/buchen/")
    assert booked.status_code == 201, booked.content
    assert booked.json()["reservierung"] == str(reservierung.pk)
    assert booked.json()["ende"] == "2027-05-31"
    listed = cast.api("anna").get("/api/v1/buchungen/").json()
    assert [row["uuid"] for row in listed["results"]] == [booked.json()["uuid"]]
    detail = f"/api/v1/buchungen/{booked.json()['uuid']}/"
    assert cast.api("ines", at="VG").get(detail).json()["klient"]["vorname"] == "Lena"
    assert cast.api("ines", at="VG").get(detail).json()["soll_kosten"] is None
    assert cast.api("jan", at="VG").get(detail).status_code == 404
    assert cast.api("gerd").get(detail).status_code == 404


def test_head__names_the_child_to_who_may_know(story, sign_in) -> None:
    reservierung, buchung = story.reserve(), story.book("2099-01-01", "2099-06-30")
    with story.at_vg():
        name, angefragt = _names(Reservierung.objects.get(pk=reservierung.pk))
        gebucht, nachname = _names(Buchung.objects.get(pk=buchung.pk))
    anna, ines = sign_in("anna"), sign_in("ines", at="VG")
    seite = f"/reservierungen/{reservierung.pk}/"
    assert f'<p class="sojus-lead">{name}</p>' in anna.get(seite).text
    assert angefragt not in ines.get(seite).text
    seite = f"/buchungen/{buchung.pk}/"
    for person in (anna, ines):
        assert f'<p class="sojus-lead">{gebucht}</p>' in person.get(seite).text
    anna.post(f"/buchungen/{buchung.pk}/stornieren/", {"text": "Familie zieht um"})
    assert nachname not in ines.get(seite).text
    assert nachname in anna.get(seite).text


def _names(row: Reservierung | Buchung) -> tuple[str, str]:
    """Of its child, as the head says it, and the last one alone."""
    return str(row.klient), row.klient.nachname
