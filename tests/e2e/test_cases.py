"""Two journeys: an entrusted note is passed on (§ 65); a sealed case is gone for the colleague (§ 35 SGB I)."""

from __future__ import annotations

import re

import pytest

from tests.e2e.browser import DESK, PHONE
from tests.e2e.visitor import Visitor
from tests.e2e.world import World

GEHEIM = "Lena hat mir erzählt, dass sie nicht nach Hause will."
GRUND = "Die Nachfolge ist geregelt, Gefährdung nicht ausgeschlossen"


def _come_in(visit, name: str, size) -> Visitor:
    visitor = visit("vg", size=size)
    visitor.sign_in(name)
    visitor.at(re.compile("Guten Tag"))
    visitor.follow("Hilfefälle")
    visitor.at("Hilfefälle")
    return visitor


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_entrusted_note_is_hers_until_she_passes_it_on(world: World, visit, size):
    for name in ("anna", "bernd", "clara"):
        world.cast.user(name)
    world.known_klient()
    anna = _come_in(visit, "anna", size)
    anna.follow("F26-LENA01")
    anna.at(re.compile("Fall F26-LENA01"))
    anna.sees("führt den Fall")
    anna.follow("Anvertraute Notiz schreiben")
    anna.at("Anvertraute Notiz")
    anna.fill("Notiz", GEHEIM)
    anna.press("Notiz anlegen")
    anna.at(re.compile("Anvertraute Notiz zu Fall"))
    anna.sees(GEHEIM)
    notiz = anna.page.url

    clara = _come_in(visit, "clara", size)
    clara.follow("F26-LENA01")
    clara.at(re.compile("Fall F26-LENA01"))
    clara.never_sees("Notiz vom", GEHEIM)
    clara.expected_statuses = {404}
    clara.page.goto(notiz)
    clara.never_sees(GEHEIM)

    anna.follow("Weitergeben")
    anna.at("Anvertrautes weitergeben?")
    anna.page.get_by_label(re.compile("Nr. 3")).check()
    anna.page.locator("#id_empfaenger").select_option(label="Clara Clasen, Anklam")
    anna.fill("Begründung", GRUND)
    anna.press("Weitergeben")
    anna.at(re.compile("Anvertraute Notiz zu Fall"))
    anna.sees(re.compile("Nr. 3: Wechsel der Zuständigkeit"))

    clara.page.goto(notiz)
    clara.at(re.compile("Anvertraute Notiz zu Fall"))
    clara.sees(GEHEIM)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_sealed_case_is_gone_for_her_colleague(world: World, visit, size):
    for name in ("anna", "bernd", "clara"):
        world.cast.user(name)
    world.known_klient()
    clara = _come_in(visit, "clara", size)
    clara.sees("F26-LENA01")
    anna = _come_in(visit, "anna", size)
    anna.follow("F26-LENA01")
    anna.at(re.compile("Fall F26-LENA01"))
    anna.follow("Sperren")
    anna.at("Fall sperren?")
    anna.page.get_by_label("Bernd Brandt, Anklam").check()
    anna.fill("Grund", "Das Kind einer Kollegin der Abteilung")
    anna.press("Fall sperren")
    anna.at(re.compile("Fall F26-LENA01"))
    anna.sees("Gesperrter Fall")

    clara.open("/hilfefaelle/")
    clara.at("Hilfefälle")
    clara.never_sees("F26-LENA01", "Lindqvist")
    clara.sees("Noch kein Fall")
    bernd = _come_in(visit, "bernd", size)
    bernd.sees("F26-LENA01")
