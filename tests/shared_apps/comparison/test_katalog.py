"""A key figure is complete: its words, its line in the catalogue, the made-up state and the attacker know it."""

from __future__ import annotations

import json
from pathlib import Path

from shared_apps.comparison import reference
from shared_apps.comparison.geheimhaltung import OBERGRENZEN
from shared_apps.comparison.katalog import KENNZAHLEN
from shared_apps.comparison.modus import Modus, list_modi
from tests.shared_apps.comparison import attack
from tests.shared_apps.comparison.land import build_land

WORTE = json.loads((Path(reference.__path__[0]) / "data" / "kennzahlen.json").read_text(encoding="utf-8"))["kennzahlen"]


def test_each_figure_has_words_and_a_line() -> None:
    codes = [worte["code"] for worte in sorted(WORTE, key=lambda worte: worte["sortierung"])]
    assert codes == list(KENNZAHLEN), "kennzahlen.json has the words, KENNZAHLEN in katalog.py the line of each figure"


def test_each_line_speaks_of_figures_there_are() -> None:
    named = {code for art in KENNZAHLEN.values() for code in (*art.nie_ueber, art.gleiche_summe) if code}
    assert named <= set(KENNZAHLEN)
    equal = {code: art.gleiche_summe for code, art in KENNZAHLEN.items() if art.gleiche_summe}
    assert {other: code for code, other in equal.items()} == equal, "gleiche_summe: write it at both figures"


def test_no_figure_is_above_itself() -> None:
    """The pattern follows the bounds upwards until there are none."""
    rest = {code: set(art.nie_ueber) for code, art in KENNZAHLEN.items()}
    while free := {code for code, bounds in rest.items() if not bounds}:
        rest = {code: bounds - free for code, bounds in rest.items() if code not in free}
    assert not rest, "nie_ueber goes round in a circle"


def test_a_figure_of_another_release_is_shown_as_it_is() -> None:
    assert Modus.FALL not in list_modi("zukunft", ist_verhaeltnis=False)
    assert Modus.FALL in list_modi("auszahlungen", ist_verhaeltnis=False)


def test_the_made_up_state_has_each_figure() -> None:
    assert set(build_land(1)) == set(KENNZAHLEN), "build_land in land.py: make its values, or nobody attacks it"


def test_the_attacker_knows_what_a_reader_of_the_definitions_knows() -> None:
    """Written in attack.py once more, so that a slip in the catalogue is found; only that it is there is asked here."""
    bounds = {(code, above) for code, aboves in OBERGRENZEN.items() for above in aboves}
    assert set(attack.KLEINER_GLEICH) == bounds, "KLEINER_GLEICH in attack.py: which figure is never above which"
    equal = {frozenset((code, art.gleiche_summe)) for code, art in KENNZAHLEN.items() if art.gleiche_summe}
    assert equal == {frozenset(attack.GLEICHE_SUMMEN)}, "GLEICHE_SUMMEN in attack.py knows one pair; make it a list"
    euro = {worte["code"] for worte in WORTE if worte["einheit"] == "EURO"}
    assert euro == attack.GELD, "GELD in attack.py: which figures are money"
