"""Facility staff: their own facility at every host, nothing of the other houses of the same provider."""

from __future__ import annotations

import pytest

from shared_apps.accounts.enums import Rolle
from shared_apps.inbox.models import HinweisArt
from shared_apps.inbox.services import notify_anbieter
from tenant_apps.billing.models import Leistungsnachweis
from tests.factories.placements import create_buchung, create_reservierung
from tests.factories.register import create_angebot, period
from tests.people import appoint
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast, vg) -> Story:
    """Nora works in one house of Jugendhilfe Küste; the provider has another."""
    story = tell(cast, vg)
    appoint(
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


def _month(buchung, monat: int = 6) -> str:
    return f"buchungen/{buchung.pk}/leistungsnachweise/2017/{monat}/"


def test_facility_records_its_own_service_and_nobody_elses(story, sign_in) -> None:
    other = create_angebot(plaetze=2)
    anna, mine = story.cast.user("anna"), story.book()
    with story.at_vg():
        foreign = create_buchung(fachkraft_id=anna.pk, angebot=other, zeitraum=period("2017-06-01", "2017-11-30"))
    nora, ines, nora_id = sign_in("nora", at="VG"), sign_in("ines", at="VG"), story.cast.user("nora").pk
    path = f"/abrechnung/buchungen/{mine.pk}/2017/6/"
    assert f'href="{path}"' in nora.get(f"/buchungen/{mine.pk}/").text
    page = nora.get(path)
    assert page.status_code == 200 and "Weiter zur Vorschau" not in page.text
    assert "Weiter zur Vorschau" in ines.get(path).text
    done = nora.post(path, {"tage": ["1", "2", "3"], "bemerkung": "Ferien", "weiter": "1"}, follow=True)
    assert done.redirect_chain[-1][0] == path and "Einreichen kann ihn die Abrechnung" in done.text
    with story.at_vg():
        nachweis = Leistungsnachweis.objects.get()
        assert (nachweis.tage, nachweis.zustand) == ([1, 2, 3], "ENTWURF")
        assert nachweis.erfasst_von_id == nora_id
    foreign_path = f"/abrechnung/buchungen/{foreign.pk}/2017/6/"
    assert ines.get(foreign_path).status_code == 200
    for answer in (nora.get(foreign_path), nora.post(foreign_path, {"tage": ["1"]})):
        assert answer.status_code == 404
    for billing in (f"/abrechnung/nachweise/{nachweis.pk}/rechnung/", "/abrechnung/monate/", "/abrechnung/"):
        assert nora.get(billing).status_code == 403


def test_facility_records_over_the_api_and_sees_no_invoice(story) -> None:
    other = create_angebot(plaetze=2)
    anna, mine = story.cast.user("anna"), story.book()
    with story.at_vg():
        foreign = create_buchung(fachkraft_id=anna.pk, angebot=other, zeitraum=period("2017-06-01", "2017-11-30"))
    nora, jan = story.cast.api("nora", at="VG"), story.cast.api("jan", at="VG")
    assert nora.get(f"/api/v1/{_month(mine)}").status_code == 404, "nothing recorded yet"
    asked = {"data": {"tage": [1, 2], "bemerkung": "x"}, "content_type": "application/json"}
    done = nora.post(f"/api/v1/{_month(mine)}", **asked)
    assert (done.status_code, done.json()["tage"], done.json()["zustand"]) == (200, [1, 2], "ENTWURF")
    assert nora.get(f"/api/v1/{_month(mine)}").json() == done.json()
    wrong = nora.post(f"/api/v1/{_month(mine)}", data={"tage": [32]}, content_type="application/json")
    assert wrong.status_code == 422
    for answer in (
        nora.post(f"/api/v1/{_month(foreign)}", **asked),
        jan.post(f"/api/v1/{_month(mine)}", **asked),
        nora.post(f"/api/v1/{_month(mine, 13)}", **asked),
        nora.post(f"/api/v1/{_month(mine, 5)}", **asked),
        nora.post(f"/api/v1/{_month(mine, 10**30)}", **asked),
    ):
        assert answer.status_code == 404
    bill(story, mine, nummer="R-FARBE-1")
    locked = nora.post(f"/api/v1/{_month(mine)}", **asked)
    assert locked.status_code == 409
    page = story.cast.sign_in("nora", at="VG").get(f"/buchungen/{mine.pk}/").text
    assert "R-FARBE-1" not in page and "Eingereicht" in page
    assert "R-FARBE-1" in story.cast.sign_in("ines", at="VG").get(f"/buchungen/{mine.pk}/").text


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
