"""A restricted person leaves the provider's pages with her help; what still waits or runs stays (§ 84 SGB X)."""

from __future__ import annotations

from datetime import date

import pytest

from shared_apps.core.clock import today
from tenant_apps.billing.models import Leistungsnachweis, Rechnung
from tenant_apps.cases.models import Hilfefall, Klient, Personenschluessel
from tenant_apps.placements.models import Buchung, Reservierung, Suche
from tenants.context import in_tenant_portal
from tests.factories.cases import create_hilfefall, create_klient
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell

pytestmark = pytest.mark.django_db
TABLES = (Reservierung, Buchung, Klient, Personenschluessel, Hilfefall, Suche, Leistungsnachweis, Rechnung)


@pytest.fixture
def story(cast, vg) -> Story:
    for name in ("anna", "ines"):
        cast.akteur(name, at="VG")
    return tell(cast, vg)


def _fall(story: Story) -> Hilfefall:
    anna = story.cast.user("anna")
    with story.at_vg():
        klient = create_klient(vorname="Ophelia", nachname="Farbtupfer")
        return create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer="FARB-1")


def _change(story: Story, rows, **fields) -> None:
    with story.at_vg():
        assert rows.update(**fields) >= 1


def _finish(story: Story, buchung: Buchung, zustand: str = "BEENDET") -> None:
    _change(
        story, Buchung.objects.filter(pk=buchung.pk), zustand=zustand, beendigungsgrund="10",
        ende_tatsaechlich=date(2017, 11, 30),
    )  # fmt: skip


def _restrict(story: Story, fall: Hilfefall) -> None:
    _change(
        story, Klient.objects.filter(pk=fall.klient_id), eingeschraenkt_seit=today(), eingeschraenkt_grund="WIDERSPRUCH"
    )


def _counts(story: Story) -> dict[str, int]:
    akteur = story.akteur("ines")
    with in_tenant_portal(story.vg, user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        return {model.__name__: model.objects.count() for model in TABLES}


@pytest.mark.parametrize("zustand", ["BEENDET", "ABGEBROCHEN"])
def test_finished_booking_of_a_restricted_person_is_gone_everywhere(story, sign_in, zustand):
    fall = _fall(story)
    buchung = story.book(hilfefall=fall)
    rechnung = bill(story, buchung, nummer="R-FARBE-1")
    _finish(story, buchung, zustand)
    ines, key = sign_in("ines", at="VG"), story.cast.api("ines", at="VG")
    pages = [f"/buchungen/{buchung.pk}/", f"/reservierungen/{buchung.reservierung_id}/"]
    pages += [f"/abrechnung/rechnungen/{rechnung.pk}/"]
    lists = ["/faelle/", "/abrechnung/", "/abrechnung/monate/"]
    for path in pages:
        assert ines.get(path).status_code == 200, path
    assert "FARB-1" in ines.get("/faelle/").text and set(_counts(story).values()) == {1}
    _restrict(story, fall)
    assert set(_counts(story).values()) == {0}
    for path in pages:
        assert ines.get(path).status_code == 404, path
    for path in lists:
        answer = ines.get(path)
        assert answer.status_code == 200 and "FARB-1" not in answer.text and "Farbtupfer" not in answer.text, path
    for path in ("buchungen/", "reservierungen/", "rechnungen/"):
        assert key.get(f"/api/v1/{path}").json()["results"] == [], path
    assert key.get(f"/api/v1/buchungen/{buchung.pk}/").status_code == 404


def test_help_that_runs_stays_with_the_provider(story, sign_in):
    fall = _fall(story)
    buchung = story.book(hilfefall=fall)
    waiting = story.reserve(hilfefall=fall)
    _restrict(story, fall)
    ines = sign_in("ines", at="VG")
    assert "Ophelia" in ines.get(f"/buchungen/{buchung.pk}/").text
    assert ines.get(f"/reservierungen/{waiting.pk}/").status_code == 200
    counts = _counts(story)
    assert (counts["Reservierung"], counts["Buchung"], counts["Klient"], counts["Hilfefall"]) == (2, 1, 1, 1)


def test_declined_reservation_of_a_restricted_person_is_gone_and_others_stay(story):
    declined, other = _fall(story), story.reserve()
    reservierung = story.reserve(hilfefall=declined)
    _change(story, Reservierung.objects.filter(pk=reservierung.pk), zustand="ABGELEHNT", ablehnungsgrund="SONSTIGES")
    assert _counts(story)["Reservierung"] == 2
    _restrict(story, declined)
    assert (_counts(story)["Reservierung"], _counts(story)["Klient"]) == (1, 1)
    assert story.reload(other).zustand == "RESERVIERT"


def test_restriction_lifted_shows_her_again(story):
    fall = _fall(story)
    _finish(story, story.book(hilfefall=fall))
    _restrict(story, fall)
    assert _counts(story)["Buchung"] == 0
    _change(story, Klient.objects.filter(pk=fall.klient_id), eingeschraenkt_seit=None, eingeschraenkt_grund="")
    assert _counts(story)["Buchung"] == 1
