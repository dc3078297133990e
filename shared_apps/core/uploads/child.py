"""The process in which a file from outside is taken apart.

Started by path, with an empty environment, for one file: it knows no key, no database, no setting. Before it looks at a
byte it limits itself: memory, seconds, no file it could write, no process it could start. What goes wrong in here is
that file's trouble and nobody else's. It reads the file from stdin and writes one line of JSON, then what is kept.
"""

from __future__ import annotations

import json
import re
import sys
from io import BytesIO
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 15
#: What may be kept of one file, in bytes; the parent reads no more.
ANSWER_MAX = 12 * 1024 * 1024


class Refused(Exception):
    """Carries why, as a word that `annahme.GRUENDE` says in German."""


def limit() -> None:
    """From here on it can neither fill the machine nor leave anything on it."""
    import resource  # not on every system that only reads this module

    for name, wert in (
        ("RLIMIT_AS", MEMORY), ("RLIMIT_CPU", SECONDS), ("RLIMIT_FSIZE", 0), ("RLIMIT_NPROC", 0), ("RLIMIT_CORE", 0),
    ):  # fmt: skip
        resource.setrlimit(getattr(resource, name), (wert, wert))


def reencode(daten: bytes, *, pixel: int, seiten: tuple[int, ...]) -> list[bytes]:
    """The picture as WebP, once for each longest side: its pixels on new canvas, so nothing else of it comes along."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # asked below, as an answer and not as a warning
    with Image.open(BytesIO(daten), formats=("JPEG", "PNG", "WEBP")) as bild:
        if bild.width * bild.height > pixel:
            raise Refused("zu_viele_pixel")
        # The further pictures in a phone's JPEG (MPO) are depths and brightness, no film.
        if bild.format in {"PNG", "WEBP"} and getattr(bild, "n_frames", 1) > 1:
            raise Refused("bewegt")
        bild.draft("RGB", (2 * max(seiten), 2 * max(seiten)))
        bild.thumbnail((max(seiten), max(seiten)))
        aufrecht = ImageOps.exif_transpose(bild).convert("RGBA")
    teile = []
    for seite in seiten:
        kopie = aufrecht.copy()
        kopie.thumbnail((seite, seite))
        neu = Image.new("RGB", kopie.size, "white")
        neu.paste(kopie, mask=kopie.getchannel("A"))
        datei = BytesIO()
        neu.save(datei, "WEBP", quality=82, method=4)
        teile.append(datei.getvalue())
    return teile


#: Names of a PDF that make it do something, carry something or look for something elsewhere.
_KEYS = {"/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/RichMediaSettings"}
_VALUES = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/EmbeddedFile", "/RichMedia",
    "/FileAttachment", "/Movie", "/Sound", "/Screen", "/3D",
}  # fmt: skip
#: The same where no reader finds them any more, because a table leaves them out.
_RAW = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia|FileAttachment|SubmitForm)\b")
_HEAD = re.compile(rb"%PDF-[12]\.\d[\r\n \t]")
_MARKUP = (b"<html", b"<script", b"<!doctype", b"<svg", b"<?php", b"<?xml", b"pk\x03\x04")


def check_pdf(daten: bytes, *, seiten: int) -> list[bytes]:
    """Whether it is a PDF and nothing else, and one that only shows pages. Kept as it is: it may be signed."""
    from pypdf import PdfReader
    from pypdf.generic import IndirectObject

    if not _HEAD.match(daten):
        raise Refused("kaputt")
    if any(word in daten[:1024].lower() for word in _MARKUP) or b"PK\x05\x06" in daten[-70_000:]:
        raise Refused("mehrdeutig")
    if not daten.rstrip(b"\r\n\t \x00").endswith(b"%%EOF"):
        raise Refused("mehrdeutig" if b"%%EOF" in daten else "kaputt")
    if _RAW.search(daten):
        raise Refused("aktiv")
    leser = PdfReader(BytesIO(daten), strict=False)
    if leser.is_encrypted:
        raise Refused("verschluesselt")
    _look(leser.trailer)
    for generation, nummern in list(leser.xref.items()):
        for nummer in list(nummern):
            _look(leser.get_object(IndirectObject(nummer, generation, leser)))
    for nummer in list(leser.xref_objStm):
        _look(leser.get_object(IndirectObject(nummer, 0, leser)))
    if not 1 <= len(leser.pages) <= seiten:
        raise Refused("zu_viele_seiten" if leser.pages else "kaputt")
    for seite in leser.pages:
        if not isinstance(seite.get("/Type"), str):
            raise Refused("kaputt")
    return []


def _look(obj: Any) -> None:
    """One object, without following its references: each is looked at by itself."""
    offen = [obj]
    while offen:
        teil = offen.pop()
        if isinstance(teil, dict):
            if _KEYS & set(teil):
                raise Refused("aktiv")
            offen += [dict.__getitem__(teil, name) for name in teil]
        elif isinstance(teil, list):
            offen += list(list.__iter__(teil))
        elif isinstance(teil, str) and teil in _VALUES and type(teil).__name__ == "NameObject":
            raise Refused("aktiv")


def main() -> None:
    """`child.py bild|pdf {"pixel": …}`."""
    limit()
    grund, teile = "", []
    try:
        work: Any = {"bild": reencode, "pdf": check_pdf}[sys.argv[1]]
        teile = work(sys.stdin.buffer.read(), **json.loads(sys.argv[2]))
        if sum(map(len, teile)) > ANSWER_MAX:
            grund, teile = "zu_aufwendig", []
    except Refused as refused:
        grund = refused.args[0]
    except MemoryError:
        grund = "zu_aufwendig"
    except Exception:
        grund = "kaputt"
    head = json.dumps({"grund": grund, "teile": [len(teil) for teil in teile]})
    sys.stdout.buffer.write(b"".join((head.encode(), b"\n", *teile)))


if __name__ == "__main__":
    main()
