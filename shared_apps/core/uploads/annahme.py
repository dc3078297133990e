"""Is a file what it says, and what is kept of it. Each refusal is a German sentence that says what to do."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO

from shared_apps.core.errors import Gestoert, Konflikt, RegelVerletzt
from shared_apps.core.uploads import child, grenzen

logger = logging.getLogger(__name__)

#: From the start of the process to its whole answer.
SECONDS = 20
#: Of one web process, at once, and how long others wait for their turn.
AT_ONCE, TURN_SECONDS = 2, 15
_turn = BoundedSemaphore(AT_ONCE)

KEIN_BILD = "Das ist kein Bild, das wir annehmen. Bitte nehmen Sie ein Foto als JPEG, PNG oder WebP."
HEIC = (
    "Das Bild ist im Format HEIC. Bitte speichern Sie es als JPEG: auf dem iPhone unter Einstellungen, Kamera, Formate"
    " „Maximale Kompatibilität“ wählen und neu aufnehmen, oder das Bild vorher exportieren."
)
KEIN_PDF = "Das ist kein PDF. Bitte speichern Sie das Dokument als PDF und laden Sie es noch einmal hoch."
LEER = "Die Datei ist leer."
ZU_GROSS = f"Die Datei ist größer als {grenzen.DATEI_MAX // grenzen.MB} MB. Bitte verkleinern Sie sie."
GRUENDE = {
    "kaputt": "Die Datei ist beschädigt oder unvollständig. Bitte speichern Sie sie neu und laden Sie sie hoch.",
    "zu_viele_pixel": "Das Bild hat zu viele Bildpunkte (mehr als 64 Millionen). Bitte verkleinern Sie es.",
    "bewegt": "Das ist ein bewegtes Bild. Bitte nehmen Sie ein einzelnes Foto.",
    "zu_aufwendig": "Die Datei lässt sich nicht in vertretbarer Zeit prüfen. Bitte speichern Sie sie einfacher.",
    "verschluesselt": "Das PDF ist mit einem Kennwort geschützt. Bitte speichern Sie es ohne Kennwort.",
    "aktiv": (
        "Das PDF enthält ein Skript, ein Formular mit Programm oder angehängte Dateien. Bitte drucken Sie es in eine"
        " neue PDF-Datei und laden Sie diese hoch."
    ),
    "mehrdeutig": (
        "Die Datei ist ein PDF und noch etwas anderes zugleich. Bitte drucken Sie das Dokument in eine neue PDF-Datei"
        " und laden Sie diese hoch."
    ),
    "zu_viele_seiten": f"Das PDF hat mehr als {grenzen.PDF_SEITEN_MAX} Seiten. Bitte teilen Sie es auf.",
}
BESETZT = "Gerade werden viele Dateien geprüft. Bitte versuchen Sie es in einer Minute noch einmal."
NICHT_GEPRUEFT = "Dateien können gerade nicht geprüft werden. Bitte versuchen Sie es in einigen Minuten noch einmal."

_BILD = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif"}


@dataclass(frozen=True, slots=True)
class Bild:
    """What is kept of a picture: WebP in two sizes, nothing of the camera."""

    gross: bytes
    klein: bytes


def inspect_bild(datei: IO[bytes], *, groesse: int) -> Bild:
    """Look at a picture and rebuild it; `RegelVerletzt` says why not."""
    daten = _read(datei, groesse)
    if daten[4:8] == b"ftyp" and daten[8:12] in _HEIC:
        raise RegelVerletzt(HEIC, code="heic")
    if not daten.startswith(_BILD) and not (daten[:4] == b"RIFF" and daten[8:12] == b"WEBP"):
        raise RegelVerletzt(KEIN_BILD, code="kein_bild")
    gross, klein = _ask("bild", daten, {"pixel": grenzen.PIXEL_MAX, "seiten": [grenzen.GROSS, grenzen.KLEIN]})
    return Bild(gross, klein)


def inspect_pdf(datei: IO[bytes], *, groesse: int) -> bytes:
    """Look at a PDF; it is kept as it is, so that a signature stays one. `RegelVerletzt` says why not."""
    daten = _read(datei, groesse)
    if not daten.startswith(b"%PDF-"):
        raise RegelVerletzt(KEIN_PDF, code="kein_pdf")
    _ask("pdf", daten, {"seiten": grenzen.PDF_SEITEN_MAX})
    return daten


def _read(datei: IO[bytes], groesse: int) -> bytes:
    """Nothing is read of what is too large."""
    if groesse > grenzen.DATEI_MAX:
        raise RegelVerletzt(ZU_GROSS, code="zu_gross")
    datei.seek(0)
    daten = datei.read(grenzen.DATEI_MAX + 1)
    if len(daten) > grenzen.DATEI_MAX:
        raise RegelVerletzt(ZU_GROSS, code="zu_gross")
    if not daten:
        raise RegelVerletzt(LEER, code="leer")
    return daten


def _ask(art: str, daten: bytes, grenzwerte: dict[str, object]) -> list[bytes]:
    antwort = take_apart(art, daten, grenzwerte)
    if antwort.grund:
        raise RegelVerletzt(GRUENDE.get(antwort.grund, GRUENDE["kaputt"]), code=antwort.grund)
    return antwort.teile


@dataclass(frozen=True, slots=True)
class Antwort:
    """What is kept of a file, or a word for why nothing is; of a list perhaps the line."""

    grund: str
    stelle: int
    teile: list[bytes]


def take_apart(art: str, daten: bytes, grenzwerte: dict[str, object]) -> Antwort:
    """What the child says and keeps. However it ends, it has ended afterwards. `Konflikt` when others wait already,
    `Gestoert` when this machine has no room for it: no disk, no memory, no process."""
    if not _turn.acquire(timeout=TURN_SECONDS):
        raise Konflikt(BESETZT, code="besetzt")
    try:
        answer = _run([sys.executable, "-I", str(Path(child.__file__)), art, json.dumps(grenzwerte)], daten)
    except OSError as error:
        logger.exception("a file that was handed in could not be taken apart")
        raise Gestoert(NICHT_GEPRUEFT) from error
    finally:
        _turn.release()
    head, _, rest = answer.partition(b"\n")
    try:
        said = json.loads(head)
        grund, stelle, laengen = str(said["grund"]), int(said.get("stelle", 0)), list(said["teile"])
    except (ValueError, KeyError, TypeError):
        grund, stelle, laengen = "zu_aufwendig", 0, []  # killed by one of its limits
    if grund or len(rest) != sum(laengen):
        return Antwort(grund or "kaputt", stelle, [])
    teile = []
    for laenge in laengen:
        teile.append(rest[:laenge])
        rest = rest[laenge:]
    return Antwort("", 0, teile)


def _run(command: list[str], daten: bytes) -> bytes:
    with tempfile.TemporaryFile() as eingabe:
        eingabe.write(daten)
        eingabe.seek(0)
        # An empty environment: whoever takes over the child finds no key in it.
        with subprocess.Popen(  # noqa: S603 - our own program, without a shell
            command, stdin=eingabe, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
        ) as process:
            end = Timer(SECONDS, process.kill)
            end.start()
            try:
                assert process.stdout is not None  # asked for above
                return process.stdout.read(child.ANSWER_MAX + 10_000)
            finally:
                end.cancel()
                process.kill()
