"""Facility staff: their own facility at every host, nothing of the other houses of the same provider."""

from __future__ import annotations

import pytest

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership
from shared_apps.inbox.models import HinweisArt
from shared_apps.inbox.services import notify_anbieter
from tests.factories.placements import create_buchung, create_reservierung
from tests.factories.register import create_angebot
from tests.tenant_apps.placements.story import Story, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast, vg) -> Story:
    """Nora works in one house of Jugendhilfe Küste; the provider has another."""
    story = tell(cast, vg)
    Membership.objects.create(
        user=cast.user("nora"),
        anbieter_id=cast.anbieter_id("ines"),
        einrichtung_id=story.angebot.einrichtung_id,
        rolle=Rolle.EINRICHTUNG,
        gueltig_ab="2015-01-01",
    )
    return story


def test_office_shows_rows_of_the_own_house_only(story, sign_in) -> None:
    other = create_angebot(plaetze=2)
    anna = story.cast.user("anna")
    mine = story.book()
    with story.at_vg():
        foreign = create_buchung(fachkraft_id=anna.pk, angebot=other)
        waiting = create_reservierung(fachkraft_id=anna.pk, angebot=other)
    nora = sign_in("nora", at="VG")
    page = nora.get("/faelle/").text + nora.get("/api/v1/reservierungen/").text
    assert mine.reservierung.pseudonym in page or mine.hilfefall.fallnummer in page
    for hidden in (foreign.hilfefall.fallnummer, foreign.reservierung.pseudonym, waiting.pseudonym):
        assert hidden not in page
    assert nora.get(f"/buchungen/{mine.pk}/").status_code == 200
    for path in (f"/buchungen/{foreign.pk}/", f"/reservierungen/{waiting.pk}/"):
        assert nora.get(path).status_code == 404
        assert sign_in("ines", at="VG").get(path).status_code == 200


def test_portal_shows_the_own_house_only(story, sign_in) -> None:
    other = create_angebot(entgelt="123.45", name="Nachbarhaus")
    anbieter_id = story.cast.anbieter_id("ines")
    with story.at_vg():
        for angebot in (story.angebot, other):
            notify_anbieter(angebot=angebot, anbieter_id=anbieter_id, art=HinweisArt.BUCHUNG, objekt_id=angebot.pk)
    nora, ines = sign_in("nora", at="PORTAL"), sign_in("ines", at="PORTAL")
    for path in ("/eingang/", "/anbieter/eigene/"):
        assert "Nachbarhaus" in ines.get(path).text, path
        text = nora.get(path).text
        assert story.angebot.name in text and "Nachbarhaus" not in text, path
    own, foreign = (f"/anbieter/einrichtungen/{a.einrichtung_id}/" for a in (story.angebot, other))
    assert "76,00" in nora.get(own).text
    assert "123,45" not in nora.get(foreign).text and "123,45" in ines.get(foreign).text
    assert nora.get(f"/anbieter/eigene/einrichtungen/{story.angebot.einrichtung_id}/").status_code == 200
    assert nora.get(f"/anbieter/eigene/einrichtungen/{other.einrichtung_id}/").status_code == 404
    assert nora.get(f"/anbieter/eigene/{anbieter_id}/").status_code == 403
