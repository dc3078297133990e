"""Where the demo's files are kept. A facility's paper is kept as its words and becomes a PDF when first opened."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from functools import cache
from pathlib import Path

import typst
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

_BLATT = b"""#let d = json(bytes(sys.inputs.d))
#set document(title: d.titel)
#let fuss = text(8pt, fill: luma(90))[Demo-Dokument, alle Angaben erfunden]
#set page(paper: "a4", margin: 25mm, footer: align(center, fuss))
#set text(size: 11pt, lang: "de")
#text(9pt, fill: luma(90))[SoJuS, Serviceportal Soziales und Jugend]
= #d.titel
#v(6mm)
#table(columns: (45mm, 1fr), stroke: 0.4pt + luma(180), inset: 7pt, ..d.zeilen.flatten())
#v(6mm)
#d.text
"""
_WORDS = ".json"


class DemoStorage(FileSystemStorage):
    """Files on disk; a PDF that is missing is set from the words beside it. Of 1,600 papers few are ever read."""

    def _open(self, name: str, mode: str = "rb") -> File:
        path = Path(self.path(name))
        if name.endswith(".pdf") and not path.exists() and path.with_name(path.name + _WORDS).exists():
            words = json.loads(path.with_name(path.name + _WORDS).read_text())
            # Two readers at once set the same paper; whoever comes last puts the same bytes in its place.
            new = path.with_name(f".{secrets.token_hex(8)}")
            new.write_bytes(_compile(words["d"], words["timestamp"]))
            new.chmod(self.file_permissions_mode or 0o600)
            new.replace(path)
        return super()._open(name, mode)


def save_blatt(name: str, *, titel: str, zeilen: list[tuple[str, str]], text: str, jetzt: datetime) -> str:
    """One page with a table, as PDF under that name: at once where files are kept elsewhere, else when it is opened."""
    daten = json.dumps({"titel": titel, "zeilen": zeilen, "text": text})
    zeit = int(jetzt.timestamp())
    if not isinstance(default_storage, DemoStorage):
        return save(name, _compile(daten, zeit))
    if default_storage.exists(name):
        default_storage.delete(name)
    save(name + _WORDS, json.dumps({"d": daten, "timestamp": zeit}).encode())
    return name


def build_blatt(*, titel: str, zeilen: list[tuple[str, str]], text: str, jetzt: datetime) -> bytes:
    """The same page at once, to be handed in."""
    return _compile(json.dumps({"titel": titel, "zeilen": zeilen, "text": text}), int(jetzt.timestamp()))


def save(name: str, inhalt: bytes) -> str:
    """Ids come from a seed: after a reset the file of the last world is taken away first."""
    if default_storage.exists(name):
        default_storage.delete(name)
    return default_storage.save(name, ContentFile(inhalt))


def _compile(daten: str, timestamp: int) -> bytes:
    return typst.compile(_BLATT, font_paths=_fonts(), sys_inputs={"d": daten}, timestamp=timestamp)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()
