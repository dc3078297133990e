"""The chain of the Auswahlvermerke, and what one of them is sealed with (ADR 0086)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

#: The seal that is written today: it also covers who, whose person's case and what is corrected, and lasts beyond a
#: deletion run. The first one covered number, the one before, key, moment and checksum.
FASSUNG = 2
#: How many breaks are named at a time; the others are counted.
BRUECHE_GENANNT = 20
_ANFANG = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Glied:
    """One of the chain as it stands. `unveraendert`: its content has the checksum it says; `geleert`: a deletion run
    has taken the content, and checksum and salt with it."""

    id: UUID
    nummer: int
    vorgaenger: str
    siegel: str
    pruefsumme: str
    created_at: datetime
    fassung: int = 1
    fachkraft_id: UUID | None = None
    klient_id: UUID | None = None
    nachtrag_zu_id: UUID | None = None
    salz: str = ""
    abdruck: str = ""
    unveraendert: bool = True
    geleert: bool = False


@dataclass(frozen=True, slots=True)
class Anschluss:
    """What the next link follows on; nothing: it is the first one."""

    nummer: int = 0
    siegel: str = ""
    fassung: int = 1


@dataclass(frozen=True, slots=True)
class Bruch:
    """Where the chain does not hold, and why; `ist_inhalt`: for what the note itself says."""

    nummer: int
    id: UUID
    grund: str
    ist_inhalt: bool = False

    def __str__(self) -> str:
        return f"Nr. {self.nummer} ({self.id}): {self.grund}"


def compute_pruefsumme(teile: Iterable[bytes]) -> str:
    """SHA-256 over the SHA-256 of each part of a content in its order, as the database writes it."""
    return _sha256("".join(hashlib.sha256(teil).hexdigest() for teil in teile))


def compute_abdruck(salz: str, pruefsumme: str) -> str:
    """What stays of a checksum when it is deleted: without the salt nobody can try out what the content was."""
    return _sha256(f"{salz}|{pruefsumme}")


def compute_siegel(glied: Glied) -> str:
    """SHA-256 as the database writes it, by the version of the seal; ValueError for one that does not exist."""
    moment = (glied.created_at - _ANFANG) // timedelta(microseconds=1)
    teile: tuple[object, ...]
    if glied.fassung == 1:
        teile = (glied.nummer, glied.vorgaenger, glied.id, moment, glied.pruefsumme)
    elif glied.fassung == FASSUNG:
        wer_fuer_wen = (glied.fachkraft_id, glied.klient_id, glied.nachtrag_zu_id)
        teile = (FASSUNG, glied.nummer, glied.vorgaenger, glied.id, moment, *wer_fuer_wen, glied.abdruck)
    else:
        raise ValueError("no version of the seal")
    return _sha256("|".join("" if teil is None else str(teil) for teil in teile))


def list_brueche(kette: Iterable[Glied], davor: Anschluss | None = None) -> Iterator[Bruch]:
    """Every break of a chain in the order of its numbers, from behind `davor`. What comes after a break is judged by
    the link that is there."""
    davor = davor or Anschluss()
    for glied in kette:
        for grund in _list_gruende(glied, davor):
            yield Bruch(glied.nummer, glied.id, grund)
        if not (glied.geleert or glied.unveraendert):
            grund = "der Inhalt stimmt nicht mit der Prüfsumme überein"
            yield Bruch(glied.nummer, glied.id, grund, ist_inhalt=True)
        davor = Anschluss(glied.nummer, glied.siegel, glied.fassung)


def _list_gruende(glied: Glied, davor: Anschluss) -> Iterator[str]:
    fehlt, bis = davor.nummer + 1, glied.nummer - 1
    if fehlt <= bis:
        yield f"Nr. {fehlt} fehlt" if fehlt == bis else f"Nr. {fehlt} bis {bis} fehlen"
    elif glied.nummer < fehlt or glied.vorgaenger != davor.siegel:
        yield "schließt nicht an den Vorgänger an"
    if glied.fassung < davor.fassung or glied.fassung > FASSUNG:
        yield "hat eine Fassung des Siegels, die es hier nicht geben kann"
    elif not _has_siegel(glied):
        yield "das Siegel stimmt nicht"


def _has_siegel(glied: Glied) -> bool:
    """Of the first version nobody can say it without the content."""
    if glied.fassung == 1:
        return glied.geleert or glied.siegel == compute_siegel(glied)
    stimmt = glied.geleert or glied.abdruck == compute_abdruck(glied.salz, glied.pruefsumme)
    return stimmt and glied.siegel == compute_siegel(glied)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
