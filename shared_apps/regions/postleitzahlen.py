"""The file of postcodes with the middle of each: format and checks. No Django.

One CSV, UTF-8, semicolons (commas and tabs are taken as well), a head line and one line per postcode or place;
docs/postleitzahlen.md describes the columns for those who fetch it. Everything wrong is said with its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

MAX_ZEICHEN = 8_000_000
MAX_FEHLER = 20
SPALTEN = ("plz", "name", "breite", "laenge", "quelle", "stand")
#: Germany with a margin, in degrees: what is outside is mistyped, or both are swapped.
BREITE, LAENGE = (Decimal(47), Decimal(56)), (Decimal(5), Decimal(16))
#: Places of one postcode are this near to each other, in degrees (about 55 km).
WEITE = Decimal("0.5")
_PLZ = re.compile(r"[0-9]{5}")
_GRAD = re.compile(r"[0-9]{1,2}[.,][0-9]{1,12}")
_STELLEN = Decimal("0.00001")


class PostleitzahlenFehler(ValueError):
    """The file cannot be taken; `meldungen` are German, each says where and what to do."""

    def __init__(self, meldungen: list[str]) -> None:
        mehr = [f"Und {len(meldungen) - MAX_FEHLER} weitere."] if len(meldungen) > MAX_FEHLER else []
        self.meldungen = meldungen[:MAX_FEHLER] + mehr
        super().__init__("\n".join(self.meldungen))


@dataclass(frozen=True, slots=True)
class Ort:
    """One postcode with the middle of its places."""

    plz: str
    name: str
    breite: Decimal
    laenge: Decimal
    quelle: str
    stand: date


def read_postleitzahlen(text: str, *, heute: date) -> list[Ort]:
    """The postcodes of a file, each once: of several places the middle, named after the first.

    Raises `PostleitzahlenFehler` with what has to be mended.
    """
    if len(text) > MAX_ZEICHEN:
        raise PostleitzahlenFehler(["Die Datei ist zu groß."])
    zeilen = [z for z in text.lstrip("\ufeff").splitlines() if z.strip()]
    if not zeilen:
        raise PostleitzahlenFehler(["Die Datei ist leer."])
    leser = csv.DictReader(io.StringIO("\n".join(zeilen)), delimiter=max(";,\t", key=zeilen[0].count))
    leser.fieldnames = [(name or "").strip().lower() for name in leser.fieldnames or []]
    if fehlend := [name for name in SPALTEN if name not in leser.fieldnames]:
        raise PostleitzahlenFehler([f"In der Kopfzeile fehlen diese Spalten: {', '.join(fehlend)}."])
    fehler: list[str] = []
    orte: dict[str, list[Ort]] = defaultdict(list)
    for nummer, roh in enumerate(leser, start=2):
        werte = {name: (roh.get(name) or "").strip() for name in SPALTEN}
        if falsch := _mistakes(werte, heute):
            fehler.append(f"Zeile {nummer}: {'; '.join(falsch)}.")
        else:
            orte[werte["plz"]].append(_read(werte))
    if not orte and not fehler:
        fehler.append("Unter der Kopfzeile steht keine Postleitzahl.")
    fehler += [f"PLZ {plz}: Die Orte liegen zu weit auseinander." for plz, teile in orte.items() if _is_wide(teile)]
    if fehler:
        raise PostleitzahlenFehler(fehler)
    return [_middle(teile) for _, teile in sorted(orte.items())]


def _mistakes(werte: Mapping[str, str], heute: date) -> list[str]:
    fehler = [f"{name} fehlt" for name in ("name", "quelle") if not werte[name]]
    fehler += [f"{name} ist zu lang" for name, laenge in (("name", 100), ("quelle", 300)) if len(werte[name]) > laenge]
    if not _PLZ.fullmatch(werte["plz"]):
        fehler.append("plz hat fünf Ziffern (in Tabellenprogrammen als Text einlesen, sonst fehlt die führende Null)")
    for name, (von, bis) in (("breite", BREITE), ("laenge", LAENGE)):
        if not _GRAD.fullmatch(werte[name]):
            fehler.append(f"{name} ist eine Zahl in Grad mit Nachkommastellen, zum Beispiel 54,093")
        elif not von <= _grad(werte[name]) <= bis:
            fehler.append(f"{name} liegt nicht zwischen {von} und {bis} Grad (vertauscht?)")
    stand = _day(werte["stand"])
    if stand is None or stand > heute:
        fehler.append("stand ist ein Tag bis heute, zum Beispiel 31.12.2025")
    return fehler


def _day(text: str) -> date | None:
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _grad(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _read(werte: Mapping[str, str]) -> Ort:
    stand = _day(werte["stand"])
    assert stand is not None  # checked before
    return Ort(
        werte["plz"], werte["name"], _grad(werte["breite"]), _grad(werte["laenge"]), werte["quelle"], stand
    )  # fmt: skip


def _is_wide(teile: list[Ort]) -> bool:
    return any(
        max(getattr(ort, name) for ort in teile) - min(getattr(ort, name) for ort in teile) > WEITE
        for name in ("breite", "laenge")
    )


def _middle(teile: list[Ort]) -> Ort:
    breite = sum((ort.breite for ort in teile), Decimal(0)) / len(teile)
    laenge = sum((ort.laenge for ort in teile), Decimal(0)) / len(teile)
    erster = teile[0]
    stand = max(ort.stand for ort in teile)
    return Ort(erster.plz, erster.name, breite.quantize(_STELLEN), laenge.quantize(_STELLEN), erster.quelle, stand)
