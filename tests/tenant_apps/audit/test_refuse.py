"""A step that comes too late says who was faster, and when, as far as the reader may know."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from shared_apps.core.errors import Konflikt
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.decide import reject_reservierung
from tenant_apps.placements.services.fristen import withdraw_reservierung
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def test_konflikt__names_the_colleague_and_the_moment(story, sign_in) -> None:
    rechnung = bill(story, story.book())
    doris, emil = sign_in("doris"), sign_in("emil")
    doris.post(reverse("billing:check", args=[rechnung.pk]))
    again = doris.post(reverse("billing:check", args=[rechnung.pk]), follow=True).text
    assert "Sie selbst haben am" in again and "die Richtigkeit festgestellt." in again
    emil.post(reverse("billing:reject", args=[rechnung.pk]), {"grund": "Am 30. war niemand da."})
    page = doris.post(reverse("billing:reject", args=[rechnung.pk]), {"grund": "Das Entgelt stimmt nicht."})
    at = story.reload(rechnung).beanstandet_at.astimezone()
    assert f"Inzwischen hat Emil Ebert am {at:%d.%m.%Y} um {at:%H:%M} Uhr die Rechnung beanstandet." in page.text
    assert page.status_code == 409 and "Das Entgelt stimmt nicht." in page.text  # what was typed is not lost


def test_konflikt__says_that_a_corrected_invoice_has_come(story, sign_in) -> None:
    """Nobody cancels an invoice: the provider's next one takes its place. Who sent that is the provider's to know."""
    buchung = story.book()
    alt, doris = bill(story, buchung), sign_in("doris")
    doris.post(reverse("billing:reject", args=[alt.pk]), {"grund": "Am 30. war niemand da."})
    bill(story, buchung, tage=range(1, 30))
    page = doris.get(reverse("billing:check", args=[alt.pk])).text
    assert re.search(r"Inzwischen hat der Anbieter am .* Uhr eine Rechnung gestellt, die diese ersetzt\.", page)


def test_konflikt__tells_the_other_side_no_name(story, sign_in) -> None:
    reservierung, ines = story.reserve(), sign_in("ines", at="VG")  # behind the portal's views: what they lack is None
    anna = story.akteur("anna")
    zustimmen = reverse("placements:confirm", args=[reservierung.pk])
    ines.post(zustimmen)
    with story.at_vg(), pytest.raises(Konflikt, match=r"hat der Anbieter am .* Uhr zugestimmt"):
        _refuse(reservierung, anna)
    page = ines.get(zustimmen).text
    assert re.search(r"Sie selbst haben am .* Uhr zugestimmt\.", page)
    with story.at_vg():
        book_reservierung(reservierung=reservierung, akteur=anna)
        with pytest.raises(Konflikt, match=r"Sie selbst haben am .* Uhr verbindlich gebucht"):
            book_reservierung(reservierung=reservierung, akteur=anna)
        with pytest.raises(Konflikt, match="Sie selbst"):
            withdraw_reservierung(reservierung=reservierung, akteur=anna, grund="zu spät")
    page = ines.get(zustimmen).text
    assert re.search(r"Inzwischen hat das Jugendamt am .* Uhr verbindlich gebucht\.", page)


def test_konflikt__tells_the_provider_that_the_office_withdrew(story, sign_in) -> None:
    reservierung, ines, anna = story.reserve(), sign_in("ines", at="VG"), story.akteur("anna")
    with story.at_vg():
        withdraw_reservierung(reservierung=reservierung, akteur=anna, grund="Ein Platz in der Nähe ist frei.")
    url = reverse("placements:reject", args=[reservierung.pk])
    for page in (ines.get(url), ines.post(url, {"grund": "PERSONAL"})):
        assert re.search(r"Inzwischen hat das Jugendamt am .* Uhr die Reservierung zurückgezogen\.", page.text)
        assert "Ahlers" not in page.text


def _refuse(reservierung: Reservierung, akteur) -> None:
    """A step of the provider's, asked for by the office: the state is the first thing that is said."""
    reject_reservierung(reservierung=reservierung, akteur=akteur, grund="PERSONAL")
