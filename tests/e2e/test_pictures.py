"""The pictures of README and docs are made here, from the world of the tests, and still show the pages as they look."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image, ImageDraw

from tests.e2e.pictures import looks_like
from tests.e2e.world import World

DOCS = Path(__file__).resolve().parents[2] / "docs"
WRITES = bool(os.environ.get("SOJUS_WRITE_PICTURES"))
COMMAND = "SOJUS_WRITE_PICTURES=1 .venv/bin/python -m pytest tests/e2e/test_pictures.py -q -n0"


def _keep_or_compare(name: str, shot: bytes) -> None:
    if WRITES:
        (DOCS / name).write_bytes(shot)
    problem = looks_like(DOCS / name, shot)
    assert not problem, f"docs/{name} no longer shows the page ({problem}). Look at the page; if it is meant: {COMMAND}"


def test_hze_auswahl__the_offers_for_one_young_person(world: World, visit):
    world.cast.user("anna")
    klient = world.known_klient()
    anna = visit("vg", size=(1280, 1100))
    anna.sign_in("anna")
    anna.at("Guten Tag, Anna Ahlers")
    anna.open("/hze-auswahl/")
    anna.choose("Person", str(klient.pk))
    anna.fill("Beginn der Hilfe", "01.06.2017")
    anna.fill("Ende der Hilfe", "30.11.2017")
    anna.choose("Hilfeart", "S34")
    anna.sees("(14)")
    anna.press("Angebote zeigen")
    anna.at("14 verfügbare Angebote")
    anna.page.evaluate("document.activeElement.blur()")
    _keep_or_compare("bild-hze-auswahl.png", anna.page.screenshot())


def _page(*, shifted: int = 0, button: str = "navy", row: bool = True) -> bytes:
    """A page with a heading, a button and rows, drawn."""
    image = Image.new("RGB", (1280, 1100), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 60 + shifted, 500, 100 + shifted), fill="black")
    draw.rectangle((40, 700, 280, 740), fill=button)
    for number in range(8 if row else 7):
        draw.line((340, 300 + 80 * number, 1240, 300 + 80 * number), fill="black", width=6)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_comparison__sees_what_a_person_sees_and_nothing_smaller(tmp_path):
    kept = tmp_path / "page.png"
    kept.write_bytes(_page())
    assert looks_like(kept, _page()) == ""
    assert looks_like(kept, _page(shifted=1)) == "", "a pixel is a matter of the browser"
    assert "difference" in looks_like(kept, _page(shifted=40))
    assert "difference" in looks_like(kept, _page(button="white"))
    assert "difference" in looks_like(kept, _page(row=False))
    assert looks_like(tmp_path / "none.png", _page()) == "there is no picture"
