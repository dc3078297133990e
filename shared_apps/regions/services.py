"""Writes of the regions: only reference data, loaded from files with a source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from shared_apps.regions.models import Bevoelkerungsstand, Gebietskoerperschaft, Region
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
            continue  # the sum of the Land stands in the file for checking
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
