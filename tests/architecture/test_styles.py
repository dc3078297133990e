"""Style sheets: no page is bound to one way of holding the phone (WCAG 1.3.4), none is another for a finger.

axe's own check (`css-orientation-lock`) fetches every style sheet once more for every page that is looked at, which was
a fifth of the time of a look; no rule that asks for the orientation is stricter, and is read once.
"""

from __future__ import annotations

import re

from tests.architecture.tree import ROOT

SHEETS = [path for folder in ("shared_apps", "tenant_apps", "config") for path in ROOT.glob(f"{folder}/**/*.css")]
POINTER = re.compile(r"@(?:media|container|import)[^{;]*(?:pointer|hover)\b", re.IGNORECASE)
ORIENTATION = re.compile(r"@(?:media|container|import)[^{;]*orientation", re.IGNORECASE)


def test_no_style_sheet_asks_how_the_phone_is_held():
    assert any(path.name == "kern.min.css" for path in SHEETS), "those of others count, too"
    assert ORIENTATION.search("@media screen and (orientation:portrait){html{rotate:90deg}}")
    asking = [path.relative_to(ROOT).as_posix() for path in SHEETS if ORIENTATION.search(path.read_text("utf-8"))]
    assert asking == []


def test_no_style_sheet_asks_for_mouse_or_finger():
    """The walk over every page moves it from the phone to the desk, where Chromium then knows of no mouse."""
    assert POINTER.search("@media (hover: none) and (any-pointer: coarse){a{padding:1rem}}")
    asking = [path.relative_to(ROOT).as_posix() for path in SHEETS if POINTER.search(path.read_text("utf-8"))]
    assert asking == []
