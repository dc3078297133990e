"""The reference file of districts outside the data that come with the program: format and checks. No Django.

One CSV, UTF-8, semicolons (commas and tabs are taken as well), a head line and one line per district;
docs/referenzdatei.md describes the columns for those who fill it in. Everything wrong is collected and said with its
line.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shared_apps.core.eingabe import EingabeFehler, parse_zahl

MAX_ZEICHEN = 200_000
MAX_ZEILEN = 500
MAX_FEHLER = 8
MAX_EINWOHNER = 20_000_000
#: What everybody has to fill in; the age bands are those of the official table 12411-02-03-4.
PFLICHT = ("kuerzel", "name", "kurzname", "ags", "typ", "sitz", "land", "stichtag", "zensusbasis", "quelle")
BAENDER = ("u3", "3-5", "6-14", "15-17", "18-24", "25-29")
FREIWILLIG = ("nuts3", "kfz", "flaeche_km2", "sortierung", "regionen")
_LAENGEN = {
    "name": 200, "kurzname": 100, "sitz": 100, "land": 60, "zensusbasis": 20, "quelle": 300, "nuts3": 5, "kfz": 120,
}  # fmt: skip
_KUERZEL = re.compile(r"[A-Z][A-Z0-9]{1,11}")
_AGS = re.compile(r"[0-9]{5}([0-9]{3})?")
FRUEHESTER_STICHTAG = date(1990, 12, 31)


class ReferenzdateiFehler(ValueError):
    """The file cannot be taken; `meldungen` are German, each says where and what to do."""

    def __init__(self, meldungen: list[str]) -> None:
        self.meldungen = meldungen
        super().__init__(" ".join(meldungen))


@dataclass(frozen=True, slots=True)
class Kreis:
    """One line: the district and its inhabitants by column (ew, the official bands and what is estimated from them)."""

    kuerzel: str
    name: str
    kurzname: str
    ags: str
    typ: str
    sitz: str
    land: str
    stichtag: date
    zensusbasis: str
    quelle: str
    nuts3: str
    kfz: str
    flaeche_km2: Decimal | None
    sortierung: int
    regionen: tuple[str, ...]
    einwohner: Mapping[str, int]


def derive_einwohner(bekannt: Mapping[str, int]) -> dict[str, int]:
    """All columns of the population table from the official ones; estimates as the shipped file makes them.

    6 to 11 = 6/9 of 6 to 14; 18 to 20 = 3/7 of 18 to 24; under 27 = under 25 + 2/5 of 25 to 29, rounded.
    """
    u6 = bekannt["u3"] + bekannt["3-5"]
    u18 = u6 + bekannt["6-14"] + bekannt["15-17"]
    bis_11 = round(bekannt["6-14"] * 6 / 9)
    bis_20 = round(bekannt["18-24"] * 3 / 7)
    return {
        **bekannt,
        "u6": u6,
        "u18": u18,
        "6-11_est": bis_11,
        "12-17_est": u18 - u6 - bis_11,
        "18-20_est": bis_20,
        "u21_est": u18 + bis_20,
        "u27_est": u18 + bekannt["18-24"] + round(bekannt["25-29"] * 2 / 5),
    }


def read_referenzdatei(text: str, *, heute: date) -> list[Kreis]:
    """The districts of a file; raises `ReferenzdateiFehler` with everything that has to be mended."""
    if len(text) > MAX_ZEICHEN:
        raise ReferenzdateiFehler(["Die Datei ist zu groß. Bitte nur eine Zeile je Kreis oder kreisfreie Stadt."])
    if any(unicodedata.category(z) == "Cc" and z not in "\r\n\t" for z in text):
        raise ReferenzdateiFehler(["Die Datei enthält Steuerzeichen. Bitte als „CSV UTF-8“ speichern."])
    zeilen = [z for z in text.lstrip("\ufeff").splitlines() if z.strip()]
    if not zeilen:
        raise ReferenzdateiFehler(["Die Datei ist leer."])
    trenner = max(";,\t", key=zeilen[0].count)
    leser = csv.DictReader(io.StringIO("\n".join(zeilen)), delimiter=trenner)
    spalten = [(name or "").strip().lower() for name in leser.fieldnames or []]
    leser.fieldnames = spalten
    if fehlend := [name for name in (*PFLICHT, "ew", *BAENDER) if name not in spalten]:
        raise ReferenzdateiFehler([f"In der Kopfzeile fehlen diese Spalten: {', '.join(fehlend)}."])
    fehler: list[str] = []
    kreise = [_Zeile(nummer, roh, heute, fehler).read() for nummer, roh in enumerate(leser, start=2)]
    gefunden = [kreis for kreis in kreise if kreis is not None]
    fehler += _doubles(gefunden)
    if len(kreise) > MAX_ZEILEN:
        fehler.append(f"Die Datei hat mehr als {MAX_ZEILEN} Zeilen.")
    if not kreise:
        fehler.append("Unter der Kopfzeile steht kein Kreis.")
    if fehler:
        mehr = [f"Und {len(fehler) - MAX_FEHLER} weitere."] if len(fehler) > MAX_FEHLER else []
        raise ReferenzdateiFehler(fehler[:MAX_FEHLER] + mehr)
    return gefunden


def _doubles(kreise: list[Kreis]) -> list[str]:
    fehler = []
    for art in ("kuerzel", "ags"):
        werte = [getattr(kreis, art) for kreis in kreise]
        fehler += [f"{art} {wert} steht mehrmals in der Datei." for wert in sorted(set(werte)) if werte.count(wert) > 1]
    if len({kreis.stichtag for kreis in kreise}) > 1 or len({kreis.zensusbasis for kreis in kreise}) > 1:
        fehler.append(
            "stichtag und zensusbasis müssen in allen Zeilen gleich sein, sonst lässt sich nichts vergleichen."
        )
    return fehler


class _Zeile:
    """One line on its way to a `Kreis`; mistakes go into the list of all."""

    def __init__(self, nummer: int, roh: Mapping[str, str | None], heute: date, fehler: list[str]) -> None:
        self.nummer, self.heute, self.fehler, self.gut = nummer, heute, fehler, True
        self.werte = {name: (wert or "").strip() for name, wert in roh.items() if isinstance(wert, str | None)}
        if None in roh:
            self._say("hat mehr Felder als die Kopfzeile")

    def _say(self, text: str) -> None:
        self.gut = False
        self.fehler.append(f"Zeile {self.nummer}: {text}.")

    def _text(self, name: str) -> str:
        wert = self.werte.get(name, "")
        if not wert and name in PFLICHT:
            self._say(f"{name} fehlt")
        elif len(wert) > _LAENGEN.get(name, 300):
            self._say(f"{name} ist länger als {_LAENGEN[name]} Zeichen")
        return wert

    def _match(self, name: str, muster: re.Pattern[str], form: str) -> str:
        wert = self._text(name).upper()
        if wert and not muster.fullmatch(wert):
            self._say(f"{name} „{wert[:20]}“ ist ungültig ({form})")
        return wert

    def _zahl(self, name: str) -> int:
        wert = re.sub(r"[.\s\u202f]", "", self.werte.get(name, ""))
        if not re.fullmatch(r"[0-9]{1,8}", wert) or int(wert) > MAX_EINWOHNER:
            self._say(f"{name} ist keine ganze Zahl ab 0")
            return 0
        return int(wert)

    def _stichtag(self) -> date:
        wert = self._text("stichtag")
        for form in ("%Y-%m-%d", "%d.%m.%Y") if wert.isascii() else ():
            try:
                tag = datetime.strptime(wert, form).date()
            except ValueError:
                continue
            if FRUEHESTER_STICHTAG <= tag <= self.heute:
                return tag
            self._say("stichtag liegt in der Zukunft oder vor 1990")
            return tag
        if wert:
            self._say(f"stichtag „{wert[:20]}“ ist kein Datum (z. B. 31.12.2024)")
        return self.heute

    def _flaeche(self) -> Decimal | None:
        wert = self.werte.get("flaeche_km2", "")
        if not wert:
            return None
        try:
            zahl = parse_zahl(wert)
        except EingabeFehler as fehler:
            self._say("flaeche_km2: " + fehler.message.removesuffix("."))
            return None
        if not 0 < zahl < 100_000:
            self._say("flaeche_km2 ist keine Zahl über 0")
            return None
        return zahl.quantize(Decimal("0.01"))

    def read(self) -> Kreis | None:
        typ = self._text("typ").upper()
        if typ and typ not in {"LK", "KS"}:
            self._say("typ ist LK (Landkreis) oder KS (kreisfreie Stadt)")
        einwohner = {name: self._zahl(name) for name in ("ew", *BAENDER)}
        if self.gut and sum(einwohner[name] for name in BAENDER) > einwohner["ew"]:
            self._say("die Altersgruppen ergeben zusammen mehr als ew")
        sortierung = self.werte.get("sortierung", "")
        kreis = Kreis(
            kuerzel=self._match("kuerzel", _KUERZEL, "2 bis 12 Buchstaben oder Ziffern"),
            ags=self._match("ags", _AGS, "5 oder 8 Ziffern"),
            name=self._text("name"),
            kurzname=self._text("kurzname"),
            typ=typ,
            sitz=self._text("sitz"),
            land=self._text("land"),
            stichtag=self._stichtag(),
            zensusbasis=self._text("zensusbasis"),
            quelle=self._text("quelle"),
            nuts3=self._text("nuts3"),
            kfz=self._text("kfz"),
            flaeche_km2=self._flaeche(),
            sortierung=int(sortierung) if re.fullmatch(r"[0-9]{1,4}", sortierung) else 0,
            regionen=tuple(r.strip()[:120] for r in self.werte.get("regionen", "").split("|") if r.strip()),
            einwohner=derive_einwohner(einwohner),
        )
        return kreis if self.gut else None
