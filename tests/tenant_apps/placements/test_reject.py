"""The provider declines a reservation."""

from __future__ import annotations

import pytest

from shared_apps.core.errors import RegelVerletzt
from tenant_apps.placements.enums import Ablehnungsgrund
from tenant_apps.placements.services.decide import reject_reservierung
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def url(reservierung) -> str:
    return f"/reservierungen/{reservierung.pk}/ablehnen/"


def test_reject__the_place_is_free_at_once(story, sign_in) -> None:
    reservierung = story.reserve()
    response = sign_in("ines", at="VG").post(
        url(reservierung), {"grund": "GRUPPE_PASST_NICHT", "text": ""}, follow=True
    )
    assert "Der Platz ist wieder frei." in response.text
    fresh = story.reload(reservierung)
    assert (fresh.zustand, fresh.ablehnungsgrund) == ("ABGELEHNT", "GRUPPE_PASST_NICHT")
    assert story.bindung(reservierung).zustand == "FREIGEGEBEN"
    assert "reservierung.ablehnen" in story.trail(reservierung)


def test_reject__without_reason_nothing_happens_and_the_text_stays(story, sign_in) -> None:
    reservierung = story.reserve()
    response = sign_in("ines", at="VG").post(url(reservierung), {"grund": "", "text": "Brandschaden im Haus"})
    assert response.status_code == 422
    assert "Brandschaden im Haus" in response.text
    assert "(nötig bei einem anderen Grund)" in response.text and "(optional)" not in response.text
    assert story.reload(reservierung).zustand == "RESERVIERT"


def test_reject__another_reason_needs_an_explanation(story) -> None:
    reservierung = story.reserve()
    ines = story.akteur("ines")
    with story.at_vg(), pytest.raises(RegelVerletzt, match="erläutern") as error:
        reject_reservierung(reservierung=reservierung, akteur=ines, grund=Ablehnungsgrund.SONSTIGES)
    assert error.value.feld == "text"
    assert story.bindung(reservierung).zustand == "RESERVIERT"


def test_reject__not_after_booking(story, sign_in) -> None:
    buchung = story.book()
    response = sign_in("ines", at="VG").post(url(buchung.reservierung), {"grund": "PERSONAL", "text": ""}, follow=True)
    assert "„Ablehnen“ ist im Zustand „Gebucht“ nicht möglich" in response.text
    assert story.bindung(buchung).zustand == "GEBUCHT"


def test_api_reject__422_with_fields_then_200(story, cast) -> None:
    reservierung = story.reserve()
    ines = cast.api("ines", at="VG")
    path = f"/api/v1/reservierungen/{reservierung.pk}/ablehnen/"
    wrong = ines.post(path, {}, content_type="application/json")
    assert wrong.status_code == 422
    assert "grund" in wrong.json()["felder"]
    right = ines.post(path, {"grund": "PERSONAL"}, content_type="application/json")
    assert right.status_code == 200, right.content
    assert right.json()["zustand"] == "ABGELEHNT"
