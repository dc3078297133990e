"""Rows from before the columns learn from the trail who led them into their state, and when."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.db import connection

from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.services.check import reject_rechnung
from tenant_apps.placements.enums import Beendigungsgrund
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.decide import confirm_reservierung
from tenant_apps.placements.services.end import cancel_buchung, end_buchung
from tenant_apps.placements.services.fristen import withdraw_reservierung
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell
from tests.trail import reading


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def _fill(vg, *statements: str) -> None:
    with reading(vg), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_who_objected(story, vg) -> None:
    buchung = story.book()
    rechnung, andere = bill(story, buchung), bill(story, buchung, date(2017, 7, 1))
    doris = story.akteur("doris")
    with story.at_vg():
        reject_rechnung(rechnung=rechnung, akteur=doris, grund="Am 30. war niemand da.")
        Rechnung.objects.update(beanstandet_von=None, beanstandet_at=None)
    _fill(vg, import_module("tenant_apps.billing.migrations.0007_who_objected").FILL)
    fresh = story.reload(rechnung)
    assert fresh.beanstandet_von_id == doris.user_id and fresh.beanstandet_at is not None
    assert (story.reload(andere).beanstandet_von_id, story.reload(andere).beanstandet_at) == (None, None)


def test_who_booked_ended_and_withdrew(story, vg) -> None:
    anna, ines = story.akteur("anna"), story.akteur("ines")
    kommt, zurueck, offen = (story.reserve("2099-01-01", "2099-06-30") for _ in range(3))
    beendet = story.book()
    with story.at_vg():
        confirm_reservierung(reservierung=kommt, akteur=ines)
        storniert = book_reservierung(reservierung=kommt, akteur=anna)
        cancel_buchung(buchung=storniert, akteur=anna, text="Die Familie zieht um.")
        withdraw_reservierung(reservierung=zurueck, akteur=anna, grund="Ein Platz in der Nähe ist frei.")
        end_buchung(buchung=beendet, akteur=anna, letzter_tag=date(2017, 6, 30), grund=Beendigungsgrund("10"))
        Buchung.objects.update(gebucht_von=None, beendet_von=None, beendet_at=None)
        Reservierung.objects.update(zurueckgezogen_von=None, zurueckgezogen_at=None)
    _fill(vg, *import_module("tenant_apps.placements.migrations.0007_who_booked_and_ended").FILL)
    assert story.reload(storniert).gebucht_von_id == anna.user_id
    for buchung in map(story.reload, (storniert, beendet)):
        assert buchung.beendet_von_id == anna.user_id and buchung.beendet_at is not None
    assert story.reload(zurueck).zurueckgezogen_von_id == anna.user_id
    assert story.reload(zurueck).zurueckgezogen_at is not None
    assert (story.reload(offen).zurueckgezogen_von_id, story.reload(offen).zurueckgezogen_at) == (None, None)
