"""The paper beside a backup: what it holds, from when, which files with which checksums. No personal data, no secret.

It has a seal (HMAC) with a key derived from the installation's master keys, which are in no backup: whoever can only
write where backups are kept can neither change a file with its checksum nor make a backup of her own that comes back.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tenants import crypto
from tenants.operations.backup.errors import SicherungFehler

FORMAT = 2
#: Before there was a seal: comes back with the override only.
FORMAT_OHNE_SIEGEL = 1
PURPOSE = "sicherung"
OHNE = "--ohne-siegelpruefung"
FILE = "manifest.json"
DATEN, SCHLUESSEL, DATEIEN = "daten.dump", "schluessel.dump", "dateien.tar"


@dataclass(slots=True)
class Manifest:
    """`art`: daten or schluessel; the two halves of one backup carry the same `sicherung`.

    schemas: office's schema → Kürzel. zeilen: `schema.table` → rows. migrationen: `app.name`, of the shared schema.
    siegel: schema of a chain → number of its last seal. checksums: every file of the folder but this paper → SHA-256.
    dateien: number of files in the archive, None when they are in a bucket.
    unvollstaendig: office's schema → which parts of it were not there to be backed up (German).
    echtheit: HMAC over all of this but itself. echtheit_schluessel: id of the master key it is derived from.
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
    echtheit_schluessel: str = ""
    echtheit: str = ""

    def write(self, folder: Path) -> None:
        """Into the folder, with the checksums of what is there and the seal over all of it."""
        self.checksums = {p.name: checksum(p) for p in sorted(folder.iterdir()) if p.name != FILE}
        self.echtheit_schluessel, self.echtheit = crypto.sign_document(self.sealed_text(), purpose=PURPOSE)
        with private(folder / FILE).open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1, sort_keys=True, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())

    def sealed_text(self) -> bytes:
        """What the seal is over: everything but the seal, in one spelling."""
        said = asdict(self)
        del said["echtheit"], said["echtheit_schluessel"]
        return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


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


def load(folder: Path, *, art: str, sealed: bool = True) -> Manifest:
    """Read and check: known format, right half, our seal, every file as it was written and no other.

    `sealed` False: whoever has lost the keys takes the folder as it is, and answers for where it was kept. Raises
    `SicherungFehler` (German).
    """
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        manifest = Manifest(**found)
    except (OSError, ValueError, TypeError) as error:
        raise SicherungFehler(
            f"In {folder} liegt keine vollständige Sicherung ({FILE} fehlt oder ist anders)."
        ) from error
    if manifest.format not in {FORMAT, FORMAT_OHNE_SIEGEL} or manifest.art != art:
        raise SicherungFehler(f"{folder} enthält nicht, was gebraucht wird ({art}, Format {FORMAT}).")
    if sealed:
        _check_seal(manifest, folder)
    _check_files(manifest, folder)
    return manifest


def _check_seal(manifest: Manifest, folder: Path) -> None:
    otherwise = f"Nur wenn Sie sicher sind, dass niemand die Sicherung ändern konnte: {OHNE}."
    if not manifest.echtheit:
        raise SicherungFehler(
            f"{folder / FILE} trägt kein Siegel dieser Installation: die Sicherung ist älter als die Siegel, oder es"
            f" wurde entfernt. {otherwise}"
        )
    try:
        is_ours = crypto.is_document_signed(
            manifest.sealed_text(), purpose=PURPOSE, key_id=manifest.echtheit_schluessel, mac=manifest.echtheit
        )
    except crypto.SealBroken as error:
        raise SicherungFehler(
            f"{folder / FILE} ist mit dem Schlüssel „{manifest.echtheit_schluessel}“ gesiegelt, den es hier nicht gibt."
            f" Nehmen Sie ihn wieder in SOJUS_FIELD_KEYS auf; ohne ihn sind auch die Namen in der Sicherung nicht"
            f" lesbar. {otherwise}"
        ) from error
    if not is_ours:
        raise SicherungFehler(
            f"{folder / FILE} wurde geändert oder gehört zu einer anderen Installation (das Siegel passt nicht). Nehmen"
            f" Sie eine andere Sicherung und klären Sie, wer dort schreiben konnte. {otherwise}"
        )


def _check_files(manifest: Manifest, folder: Path) -> None:
    if not manifest.checksums:
        raise SicherungFehler(f"{folder} nennt keine Dateien.")
    if extra := sorted({p.name for p in folder.iterdir()} - manifest.checksums.keys() - {FILE}):
        raise SicherungFehler(f"{folder / extra[0]} gehört nicht zur Sicherung. Räumen Sie die Datei weg.")
    for name, wanted in manifest.checksums.items():
        path = folder / name
        if Path(name).name != name or path.is_symlink() or not path.is_file() or checksum(path) != wanted:
            raise SicherungFehler(f"{path} fehlt oder ist nicht, was gesichert wurde (Prüfsumme).")
