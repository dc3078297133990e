"""Writes of the regions: only reference data, loaded from files with a source."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from shared_apps.core.clock import today
from shared_apps.regions.models import Bevoelkerungsstand, Gebietskoerperschaft, Postleitzahl, Referenzdatei, Region
from shared_apps.regions.postleitzahlen import Ort, read_postleitzahlen
from shared_apps.regions.referenzdatei import Kreis, ReferenzdateiFehler, read_referenzdatei
from tenants.onboarding.reference import read_csv, read_json, upsert

_DATA = Path(__file__).parent / "reference" / "data"
_BEVOELKERUNG_KEY = ("gebietskoerperschaft", "stichtag", "alter_von", "alter_bis", "geschlecht", "zensusbasis")


def load_gebietskoerperschaften() -> int:
    """Districts with their neighbours and planning areas."""
    datei = read_json(_DATA / "gebietskoerperschaften.json")
    zeilen = datei["gebietskoerperschaften"]
    ohne = ("nachbarn", "regionen", "flaeche_km2", "breite", "laenge")
    kreise = upsert(
        Gebietskoerperschaft,
        key=("kuerzel",),
        rows=[
            {name: wert for name, wert in zeile.items() if name not in ohne}
            | {name: Decimal(zeile[name]) for name in ("breite", "laenge")}
            | {"flaeche_km2": Decimal(zeile["flaeche_km2"]).quantize(Decimal("0.01")), "quelle": datei["quelle"][:300]}
            for zeile in zeilen
        ],
    )
    for zeile in zeilen:
        kreise[(zeile["kuerzel"],)].nachbarn.set(kreise[(nachbar,)] for nachbar in zeile["nachbarn"])
    upsert(
        Region,
        key=("gebietskoerperschaft", "name"),
        rows=[
            {"gebietskoerperschaft": kreise[(zeile["kuerzel"],)], "name": name}
            for zeile in zeilen
            for name in zeile["regionen"]
        ],
    )
    return len(zeilen)


def load_bevoelkerung() -> int:
    """Inhabitants by age range, with date, census basis, source and whether they are estimated."""
    datei = read_json(_DATA / "bevoelkerung.json")
    kreise = {kreis.kuerzel: kreis for kreis in Gebietskoerperschaft.objects.all()}
    rows = []
    for zeile in read_csv(_DATA / datei["datei"]):
        if zeile["kz"] not in kreise:
            continue  # the sum of the Land is in the file for checking
        rows += [
            {
                "gebietskoerperschaft": kreise[zeile["kz"]],
                "stichtag": date.fromisoformat(datei["stichtag"]),
                "alter_von": spalte["von"],
                "alter_bis": spalte["bis"],
                "geschlecht": "",
                "anzahl": int(zeile[spalte["spalte"]]),
                "zensusbasis": datei["zensusbasis"],
                "quelle": datei["quelle"][:300],
                "geschaetzt": spalte["geschaetzt"],
            }
            for spalte in datei["spalten"]
        ]
    for stand in datei["aeltere"]:
        rows += [
            {
                "gebietskoerperschaft": kreise[kuerzel],
                "stichtag": date.fromisoformat(stand["stichtag"]),
                "alter_von": 0,
                "alter_bis": None,
                "geschlecht": "",
                "anzahl": anzahl,
                "zensusbasis": stand["zensusbasis"],
                "quelle": stand["quelle"],
                "geschaetzt": False,
            }
            for kuerzel, anzahl in stand["werte"].items()
        ]
    return len(upsert(Bevoelkerungsstand, key=_BEVOELKERUNG_KEY, rows=rows))


def check_referenzdatei(text: str) -> list[Kreis]:
    """The districts of the file. Raises `ReferenzdateiFehler` (German) also for what does not fit the register."""
    kreise = read_referenzdatei(text, heute=today())
    fest = {zeile["kuerzel"] for zeile in read_json(_DATA / "gebietskoerperschaften.json")["gebietskoerperschaften"]}
    by_ags = dict(Gebietskoerperschaft.objects.values_list("ags", "kuerzel"))
    fehler = [
        f"{kreis.kuerzel} gehört zu den Referenzdaten des Programms und wird mit ihm erneuert. Bitte lassen Sie die "
        "Zeile weg."
        for kreis in kreise
        if kreis.kuerzel in fest
    ] + [
        f"Der AGS {kreis.ags} gehört schon zu {by_ags[kreis.ags]}."
        for kreis in kreise
        if by_ags.get(kreis.ags, kreis.kuerzel) != kreis.kuerzel
    ]
    if fehler:
        raise ReferenzdateiFehler(fehler)
    return kreise


@transaction.atomic
def load_referenzdatei(*, text: str) -> int:
    """Keep the file and take its districts and inhabitants into the register; again changes nothing. Owner only.

    Returns how many districts it has. Raises `ReferenzdateiFehler`.
    """
    kreise = check_referenzdatei(text)
    summe = hashlib.sha256(text.encode()).hexdigest()
    upsert(Referenzdatei, key=("pruefsumme",), rows=[{"pruefsumme": summe, "inhalt": text}])
    _take_kreise(kreise)
    return len(kreise)


@dataclass(frozen=True, slots=True)
class Vorschau:
    """What loading a file of postcodes does."""

    orte: int
    neu: int
    geaendert: int

    @property
    def text(self) -> str:
        """In one sentence."""
        return f"{self.orte} Postleitzahlen: {self.neu} neu, {self.geaendert} geändert."


def check_postleitzahlen(text: str) -> Vorschau:
    """What the file would do; nothing is written. Raises `PostleitzahlenFehler` with everything to be mended."""
    return _compare(read_postleitzahlen(text, heute=today()))


@transaction.atomic
def load_postleitzahlen(text: str) -> Vorschau:
    """Take the postcodes of a file; again changes nothing, and what is not in it stays. Owner only."""
    orte = read_postleitzahlen(text, heute=today())
    vorschau = _compare(orte)
    upsert(Postleitzahl, key=("plz",), rows=[asdict(ort) for ort in orte])
    return vorschau


def _compare(orte: list[Ort]) -> Vorschau:
    felder = tuple(Ort.__dataclass_fields__)
    war = {zeile[0]: zeile for zeile in Postleitzahl.objects.values_list(*felder)}
    neu = sum(ort.plz not in war for ort in orte)
    gleich = sum(war.get(ort.plz) == tuple(getattr(ort, name) for name in felder) for ort in orte)
    return Vorschau(len(orte), neu, len(orte) - neu - gleich)


def load_referenzdateien() -> int:
    """All files that were handed in, oldest first; returns how many districts."""
    anzahl = 0
    for datei in Referenzdatei.objects.order_by("created_at"):
        kreise = read_referenzdatei(datei.inhalt, heute=today())
        _take_kreise(kreise)
        anzahl += len(kreise)
    return anzahl


def _take_kreise(kreise: list[Kreis]) -> None:
    felder = ("kuerzel", "name", "kurzname", "ags", "typ", "sitz", "land", "nuts3", "kfz", "flaeche_km2", "sortierung")
    gefunden = upsert(
        Gebietskoerperschaft,
        key=("kuerzel",),
        rows=[{name: getattr(kreis, name) for name in (*felder, "quelle")} for kreis in kreise],
    )
    upsert(
        Region,
        key=("gebietskoerperschaft", "name"),
        rows=[{"gebietskoerperschaft": gefunden[k.kuerzel,], "name": name} for k in kreise for name in k.regionen],
    )
    spalten = read_json(_DATA / "bevoelkerung.json")["spalten"]
    upsert(
        Bevoelkerungsstand,
        key=_BEVOELKERUNG_KEY,
        rows=[
            {
                "gebietskoerperschaft": gefunden[kreis.kuerzel,],
                "stichtag": kreis.stichtag,
                "alter_von": spalte["von"],
                "alter_bis": spalte["bis"],
                "geschlecht": "",
                "anzahl": kreis.einwohner[spalte["spalte"]],
                "zensusbasis": kreis.zensusbasis,
                "quelle": kreis.quelle,
                "geschaetzt": spalte["geschaetzt"],
            }
            for kreis in kreise
            for spalte in spalten
        ],
    )
