"""An old form takes nothing back: what somebody has changed since it was opened is shown, and not overwritten."""

from __future__ import annotations

from typing import Any

import pytest

from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.privacy.models import Feldvermerk
from tenant_apps.privacy.services import correct_klient, dispute_feld
from tests.formulare import gelesen
from tests.tenant_apps.cases.stage import Stage
from tests.tenant_apps.placements.story import tell

pytestmark = pytest.mark.django_db

ANGABEN = {"pkz": "PKZ-FARBE", "vorname": "Ophelia", "nachname": "Farbtupfer", "geburtsdatum": "14.03.2007",
           "geschlecht": "2", "fallnummer": "FARB-1"}  # fmt: skip


@pytest.fixture
def stage(cast, vg) -> Stage:
    return Stage(tell(cast, vg), ["anna", "clara", "dora"])


@pytest.fixture
def path(stage) -> str:
    return f"/hilfefaelle/{stage.fall.pk}/bearbeiten/"


def correct(stage: Stage, feld: str, wert: Any) -> None:
    """Data protection corrects a disputed detail (Art. 16 DSGVO); the mark ends."""
    klient = stage.fall.klient
    stage.call(dispute_feld, "anna", klient=klient, feld=feld, grund="Sagt die Mutter")
    stage.call(correct_klient, "dora", klient=klient, feld=feld, wert=wert, grund="Geburtsurkunde")


def row(stage: Stage, *felder: str) -> tuple[Any, ...]:
    with stage.story.at_vg():
        fall = Hilfefall.objects.select_related("klient").get(pk=stage.fall.pk)
        return tuple(str(getattr(fall if feld == "fallnummer" else fall.klient, feld)) for feld in felder)


def test_edit__an_old_form_does_not_take_a_correction_back(stage, path, sign_in):
    anna = sign_in("anna")
    seen = gelesen(anna.get(path).text)
    correct(stage, "geburtsdatum", "2008-04-15")
    page = anna.post(path, ANGABEN | seen | {"fallnummer": "FARB-9"})
    assert page.status_code == 409
    assert row(stage, "geburtsdatum", "fallnummer") == ("2008-04-15", "FARB-1"), "nothing is saved"
    assert "Inzwischen geändert</h2>" in page.text and "hier steht jetzt: 15.04.2008." in page.text
    assert 'value="FARB-9"' in page.text, "what she typed is there"
    assert 'value="2008-04-15"' in page.text, "what she did not touch is what it is now"
    again = ANGABEN | gelesen(page.text) | {"fallnummer": "FARB-9", "geburtsdatum": "2008-04-15"}
    assert anna.post(path, again).status_code == 302
    assert row(stage, "geburtsdatum", "fallnummer") == ("2008-04-15", "FARB-9")
    with stage.story.at_vg():
        assert Feldvermerk.objects.filter(art="BERICHTIGT").count() == 1


def test_edit__what_both_have_changed_stays_as_typed_and_is_saved_only_knowingly(stage, path, sign_in):
    anna = sign_in("anna")
    seen = gelesen(anna.get(path).text)
    correct(stage, "vorname", "Ofelia")
    page = anna.post(path, ANGABEN | seen | {"vorname": "Ophélie"})
    assert page.status_code == 409 and row(stage, "vorname") == ("Ofelia",)
    assert 'value="Ophélie"' in page.text and "Inzwischen geändert auf: Ofelia." in page.text
    assert anna.post(path, ANGABEN | seen | {"vorname": "Ophélie"}).status_code == 409, "not by pressing the old button"
    assert anna.post(path, ANGABEN | gelesen(page.text) | {"vorname": "Ophélie"}).status_code == 302
    assert row(stage, "vorname") == ("Ophélie",)


def test_edit__two_colleagues_change_different_things(stage, path, sign_in):
    anna, clara = sign_in("anna"), sign_in("clara")
    old, new = gelesen(anna.get(path).text), gelesen(clara.get(path).text)
    assert clara.post(path, ANGABEN | new | {"fallnummer": "FARB-2"}).status_code == 302
    page = anna.post(path, ANGABEN | old | {"geschlecht": "1"})
    assert page.status_code == 409 and row(stage, "fallnummer", "geschlecht") == ("FARB-2", "2")
    assert (
        anna.post(path, ANGABEN | gelesen(page.text) | {"geschlecht": "1", "fallnummer": "FARB-2"}).status_code == 302
    )
    assert row(stage, "fallnummer", "geschlecht") == ("FARB-2", "1")


def test_edit__the_same_change_by_both_is_no_conflict(stage, path, sign_in):
    anna = sign_in("anna")
    seen = gelesen(anna.get(path).text)
    correct(stage, "vorname", "Ofelia")
    assert anna.post(path, ANGABEN | seen | {"vorname": "Ofelia"}).status_code == 302


@pytest.mark.parametrize("seen", ["", "vorname:0", "x" * 300, "geschlecht"])
def test_edit__without_what_was_shown_nothing_is_overwritten(stage, path, sign_in, seen):
    """A page from before, or one that somebody has made himself."""
    page = sign_in("anna").post(path, ANGABEN | {"gelesen": seen, "vorname": "Neu"})
    assert page.status_code == 409 and row(stage, "vorname") == ("Ophelia",)


def test_edit__the_page_tells_no_value_in_its_mark(stage, path, sign_in):
    (marken,) = gelesen(sign_in("anna").get(path).text).values()
    assert "2007" not in marken and "Ophelia" not in marken and "FARBE" not in marken
    with stage.story.at_vg():
        assert Klient.objects.get().vorname == "Ophelia"
