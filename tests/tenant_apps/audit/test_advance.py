"""One way from one state to the next: what it refuses, what it writes, and that it forgets nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.core.errors import Fehlt, Konflikt, Verweigert
from tenant_apps.audit.models import Protokoll
from tenant_apps.audit.services import Vorhaben, advance
from tenant_apps.notifications.models import FaelligerMonat
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.policies import SCHRITTE_BUCHUNG
from tenant_apps.placements.states import BuchungAktion, BuchungZustand
from tests.tenant_apps.placements.story import Story, tell
from tests.trail import reading


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def _begin(buchung: Buchung, akteur, aktion=BuchungAktion.BEGINNEN, rows=None, was=None, **how):
    how = {"vorgang": Vorgang.BUCHUNG_BEGINNEN, "akteur": akteur} | how
    vorhaben = Vorhaben(SCHRITTE_BUCHUNG, aktion, **(was or {}))
    return advance(Buchung.objects.all() if rows is None else rows, buchung.pk, vorhaben, **how)


def test_step__is_locked_written_recorded_and_marked(story) -> None:
    buchung, anna = story.book(), story.akteur("anna")
    with story.at_vg(), CaptureQueriesContext(connection) as asked:
        FaelligerMonat.objects.all().delete()
        with _begin(buchung, anna, grund="weil") as schritt:
            assert schritt.row.zustand == BuchungZustand.GEBUCHT  # the old state, until it is written
            schritt.set(beginn_tatsaechlich=date(2017, 6, 3))
            schritt.mark(date(2017, 7, 30), date(2017, 6, 3))
        assert list(FaelligerMonat.objects.order_by("monat").values_list("monat", flat=True)) == [
            date(2017, 6, 1),
            date(2017, 7, 1),
        ]
    statements = [query["sql"] for query in asked if "placements_buchung" in query["sql"]]
    assert 'FOR UPDATE OF "placements_buchung"' in statements[0]
    fresh = story.reload(buchung)
    assert (fresh.zustand, fresh.beginn_tatsaechlich) == ("LAUFEND", date(2017, 6, 3))
    with reading(story.vg):
        entry = Protokoll.objects.get(objekt_id=buchung.pk)
        assert (entry.vorgang, entry.felder, entry.grund, entry.user_id) == (
            "buchung.beginnen", ["zustand", "beginn_tatsaechlich"], "weil", anna.user_id,
        )  # fmt: skip


def test_step__written_before_the_end_is_written_once(story) -> None:
    buchung, anna = story.book(), story.akteur("anna")
    with story.at_vg(), _begin(buchung, anna) as schritt:
        schritt.write()
        assert Buchung.objects.get(pk=buchung.pk).zustand == "LAUFEND"
        schritt.mark()
    assert story.trail(buchung) == ["buchung.beginnen"]


def test_step__that_sets_a_field_after_it_is_written_is_a_mistake(story) -> None:
    """It would be on the object only, neither saved nor in the trail."""
    buchung, anna = story.book(), story.akteur("anna")
    with story.at_vg():
        mistake = pytest.raises(RuntimeError, match="beginn_tatsaechlich after write")
        with mistake, _begin(buchung, anna) as schritt:
            schritt.write()
            schritt.set(beginn_tatsaechlich=date(2017, 6, 3))
    assert story.reload(buchung).zustand == "GEBUCHT" and story.trail(buchung) == []


def test_step__not_in_this_state(story) -> None:
    """In German, with the label of the step and of the state; or in the words of the service."""
    buchung, anna = story.book(), story.akteur("anna")
    text = "Buchung: „Beenden“ ist im Zustand „Gebucht“ nicht möglich"
    with story.at_vg():
        with pytest.raises(Konflikt, match=text) as refused, _begin(buchung, anna, BuchungAktion.BEENDEN):
            pass
        assert refused.value.code == "zustand"
        words = {"refused": {BuchungZustand.GEBUCHT: "Zu spät."}}
        too_late = pytest.raises(Konflikt, match="Zu spät")
        with too_late, _begin(buchung, anna, BuchungAktion.BEENDEN, was=words):
            pass
    assert story.reload(buchung).zustand == "GEBUCHT" and story.trail(buchung) == []


def test_step__from_where_the_thing_really_is(story) -> None:
    """A booked help whose first day has come is running, though nobody has confirmed it."""
    buchung, anna = story.book(), story.akteur("anna")
    runs = {"von": lambda row: BuchungZustand.LAUFEND}
    with story.at_vg(), _begin(buchung, anna, BuchungAktion.BEENDEN, was=runs) as schritt:
        schritt.set(ende_tatsaechlich=date(2017, 6, 30), beginn_tatsaechlich=date(2017, 6, 1), beendigungsgrund="11")
        schritt.mark()
    assert story.reload(buchung).zustand == "BEENDET"


def test_step__of_somebody_else(story) -> None:
    """The role may not, or the row is not hers; a step that follows from another one checks nobody."""
    buchung, doris, anna = story.book(), story.akteur("doris"), story.akteur("anna")
    with story.at_vg():
        with pytest.raises(Verweigert, match="mit Ihrer Rolle"), _begin(buchung, doris):
            pass
        nothing = Buchung.objects.none()
        not_hers = pytest.raises(Verweigert, match="Nicht Ihre")
        with not_hers, _begin(buchung, anna, rows=nothing, missing="Nicht Ihre."):
            pass
        with pytest.raises(Fehlt), _begin(buchung, anna, rows=nothing):
            pass
        with _begin(buchung, None, vorgang=None) as schritt:
            schritt.mark()
    assert story.reload(buchung).zustand == "LAUFEND" and story.trail(buchung) == []


def test_step__that_fails_leaves_nothing(story) -> None:
    """Without a transaction of the caller's own, too: the page that shows the error goes on and commits."""
    buchung, anna = story.book(), story.akteur("anna")
    with story.at_vg():
        with pytest.raises(Konflikt, match="Doch nicht"), _begin(buchung, anna) as schritt:
            schritt.write()
            raise Konflikt("Doch nicht.")
        assert Buchung.objects.get(pk=buchung.pk).zustand == "GEBUCHT"
    assert story.reload(buchung).zustand == "GEBUCHT" and story.trail(buchung) == []


def test_step__that_does_not_say_which_figures_it_changes_is_a_mistake(story) -> None:
    buchung, anna = story.book(), story.akteur("anna")
    mistake = pytest.raises(RuntimeError, match="which months")
    with story.at_vg(), mistake, _begin(buchung, anna):
        pass
