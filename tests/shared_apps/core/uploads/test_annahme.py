"""Whatever comes, the answer is a sentence, in bounded time, and the process that looked has ended."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.uploads import annahme, child, grenzen
from tests.security.sizes import UPLOADS
from tests.shared_apps.core.uploads import corpus


def _bild(daten: bytes) -> annahme.Bild:
    return annahme.inspect_bild(io.BytesIO(daten), groesse=len(daten))


def _pdf(daten: bytes) -> bytes:
    return annahme.inspect_pdf(io.BytesIO(daten), groesse=len(daten))


def test_nothing_of_the_camera_is_left_and_the_picture_stands_upright():
    before = corpus.picture_with_position()
    assert b"Exif" in before and b"Kinderheim" in before and b"54.0917" in before
    assert Image.open(io.BytesIO(before)).getexif().get_ifd(0x8825)
    bild = _bild(before)
    for inhalt, groesse in ((bild.gross, (480, 640)), (bild.klein, (360, 480))):
        assert not [word for word in (b"EXIF", b"Exif", b"XMP", b"ICCP", b"54.09", b"Kinderheim") if word in inhalt]
        danach = Image.open(io.BytesIO(inhalt))
        assert danach.format == "WEBP" and danach.size == groesse
        assert not danach.getexif() and not set(danach.info) & {"exif", "xmp", "icc_profile", "comment"}


@pytest.mark.parametrize("case", corpus.odd_but_good_pictures())
def test_of_an_odd_picture_only_its_pixels_are_kept(case):
    bild = _bild(corpus.odd_but_good_pictures()[case])
    assert not [word for word in (b"PK\x03\x04", b"script", b"EXIF") if word in bild.gross + bild.klein]
    assert max(Image.open(io.BytesIO(bild.gross)).size) <= grenzen.GROSS
    assert max(Image.open(io.BytesIO(bild.klein)).size) <= grenzen.KLEIN


@pytest.mark.parametrize("make", [corpus.good_pdf, corpus.good_pdf_with_object_streams])
def test_a_plain_pdf_is_kept_as_it_is(make):
    assert _pdf(make()) == make()


def test_a_letter_of_our_own_is_one_that_would_be_taken():
    import typst

    inhalt = typst.compile(b'#set document(title: "Brief")\n= Brief\n#link("https://example.org")[Verweis]')
    assert _pdf(inhalt) == inhalt


def _damaged(number: int) -> tuple[bytes, bytes]:
    """A picture and a PDF with some bytes changed, cut off or doubled; the same for the same number."""
    import random

    zufall = random.Random(number)
    outs = []
    for good in (corpus.picture_with_position(), corpus.good_pdf_with_object_streams()):
        daten = bytearray(good)
        for _ in range(zufall.randint(1, 30)):
            daten[zufall.randrange(len(daten))] = zufall.randrange(256)
        if zufall.random() < 0.4:
            del daten[zufall.randrange(len(daten)) :]
        if zufall.random() < 0.2:
            daten += daten[: zufall.randrange(1, len(daten) + 1)] if daten else b"x"
        outs.append(bytes(daten))
    return outs[0], outs[1]


def test_damaged_files_are_taken_or_refused_with_a_sentence():
    for number in range(UPLOADS.number):
        for daten, look in zip(_damaged(number), (_bild, _pdf), strict=True):
            try:
                look(daten)
            except RegelVerletzt as refused:
                assert refused.message.endswith(".")


def test_a_file_that_takes_too_long_is_given_up(monkeypatch, tmp_path):
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(child, "__file__", str(slow))
    monkeypatch.setattr(annahme, "SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(RegelVerletzt, match="vertretbarer Zeit"):
        _bild(corpus.picture())
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "code",
    [
        "raise SystemExit(3)", "import os; os.kill(os.getpid(), 9)", "print('kein JSON')", "print('{}')",
        "print('{\"grund\": \"\", \"teile\": [999]}')", "b = bytearray(3 * 1024 ** 3)", "while True: pass",
        "open(sys.argv[0] + '.txt', 'w').write('x')", "import sys\nwhile True: sys.stdout.buffer.write(b'x' * 65536)",
    ],
)  # fmt: skip
def test_however_the_child_ends_the_answer_is_a_sentence(monkeypatch, tmp_path, code):
    """With the limits of the real one: memory, seconds, no file that it could write."""
    bad = tmp_path / "bad.py"
    own = Path(child.__file__).parent
    limits = f"import sys; sys.path.insert(0, {str(own)!r}); import child; child.SECONDS = 1; child.limit()"
    bad.write_text(f"{limits}\n{code}\n")
    monkeypatch.setattr(child, "__file__", str(bad))
    with pytest.raises(RegelVerletzt):
        _bild(corpus.picture())
    hinterlassen = Path(f"{bad}.txt")
    assert not hinterlassen.exists() or hinterlassen.stat().st_size == 0


def test_the_child_knows_no_secret_and_no_program_of_ours(monkeypatch, tmp_path):
    tell = tmp_path / "tell.py"
    tell.write_text(
        "import json, os, sys\n"
        "said = json.dumps([dict(os.environ), 'django' in sys.modules]).encode()\n"
        "print(json.dumps({'grund': '', 'teile': [len(said), 0]}), flush=True)\n"
        "sys.stdout.buffer.write(said)\n"
    )
    monkeypatch.setenv("SOJUS_SECRET_KEY", "geheim")
    monkeypatch.setattr(child, "__file__", str(tell))
    said = _bild(corpus.picture()).gross.decode()
    assert "geheim" not in said and "DATABASE" not in said and said.endswith("false]")


def _children() -> set[str]:
    tasks = Path("/proc/self/task").iterdir()
    return {pid for task in tasks for pid in (task / "children").read_text().split()}


def test_no_child_outlives_its_question():
    before = _children()
    _bild(corpus.picture())
    assert _children() <= before
