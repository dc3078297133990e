"""The paper beside a backup: what it holds, from when, which checksums. No personal data, no secret."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tenants.backup.errors import SicherungFehler

FORMAT = 1
FILE = "manifest.json"
DATEN, SCHLUESSEL, DATEIEN = "daten.dump", "schluessel.dump", "dateien.tar"


@dataclass(slots=True)
class Manifest:
    """`art`: daten or schluessel; the two halves of one backup bear the same `sicherung`.

    schemas: office's schema → Kürzel. zeilen: `schema.table` → rows. migrationen: `app.name`, of the shared schema.
    siegel: schema of a chain → number of its last seal. checksums: file → SHA-256.
    dateien: number of files in the archive, None when they lie in a bucket.
    unvollstaendig: office's schema → what of it was not there to be backed up (German).
    """

    sicherung: str
    art: str
    erstellt: str
    postgres: int
    rollen_praefix: str
    schemas: dict[str, str]
    umfang: str = ""
    migrationen: list[str] = field(default_factory=list)
    zeilen: dict[str, int] = field(default_factory=dict)
    siegel: dict[str, int] = field(default_factory=dict)
    dateien: int | None = None
    unvollstaendig: dict[str, str] = field(default_factory=dict)
    checksums: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Into the folder, with the checksums of what lies there."""
        self.checksums = {p.name: checksum(p) for p in sorted(folder.iterdir()) if p.name != FILE}
        with private(folder / FILE).open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1, sort_keys=True, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())


def private(path: Path) -> Path:
    """An empty file only we can read."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    return path


def checksum(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def peek(folder: Path) -> dict:
    """What the paper says, unchecked; empty when there is none that can be read."""
    try:
        return json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def load(folder: Path, *, art: str) -> Manifest:
    """Read and check: known format, right half, every file as it was written. Raises `SicherungFehler`."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        manifest = Manifest(**found)
    except (OSError, ValueError, TypeError) as error:
        raise SicherungFehler(
            f"In {folder} liegt keine vollständige Sicherung ({FILE} fehlt oder ist anders)."
        ) from error
    if manifest.format != FORMAT or manifest.art != art:
        raise SicherungFehler(f"{folder} enthält nicht, was gebraucht wird ({art}, Format {FORMAT}).")
    for name, wanted in manifest.checksums.items():
        path = folder / name
        if Path(name).name != name or not path.is_file() or checksum(path) != wanted:
            raise SicherungFehler(f"{path} fehlt oder ist nicht, was gesichert wurde (Prüfsumme).")
    if not manifest.checksums:
        raise SicherungFehler(f"{folder} nennt keine Dateien.")
    return manifest
