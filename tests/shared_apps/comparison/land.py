"""A month of all eight offices: many small cells, the relations between the figures as in life."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from random import Random

import psycopg

from tests import bootstrap
from tests.shared_apps.comparison.published import OKTOBER

AEMTER = ("VG", "LHSN", "LUP", "NWM", "HRO", "LRO", "VR", "MSE")
ARTEN = ("S34", "S33", "T32", "S35", "S35A", "S19", "S41", "A27", "A29", "A30", "A31", "A35A")
ALLE = ""
#: Figure -> (Hilfeart, office) -> (value, cases behind it).
Land = dict[str, dict[tuple[str, str], tuple[Decimal, int]]]

_ANZAHLEN = (0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 9, 12, 15, 21, 30)


def build_land(seed: int, arten: tuple[str, ...] = ARTEN) -> Land:
    """The same world for the same seed. Bestand is mostly the Fallzahl, as it is in life."""
    z = Random(seed)
    anzahl: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    land: Land = {"haushaltsansaetze": {}, "auszahlungen": {}}
    for art in arten:
        for amt in AEMTER:
            p = art, amt
            faelle = anzahl["fallzahlen"][p] = z.choice(_ANZAHLEN)
            beendet = anzahl["verweildauer"][p] = min(faelle, z.choice((0, 0, 0, 1, 1, 2, 3)))
            anzahl["bestand"][p] = faelle - z.randint(0, beendet)
            anzahl["abbrueche"][p] = min(beendet, z.choice((0, 0, 0, 1, 2)))
            anzahl["auswaertige_buchungen"][p] = min(faelle, z.choice((0, 0, 1, 2, 3, 4, 7)))
            anzahl["fremdbelegungen"].setdefault(p, 0)
            for _ in range(anzahl["auswaertige_buchungen"][p]):
                wo = art, z.choice([a for a in AEMTER if a != amt])
                anzahl["fremdbelegungen"][wo] = anzahl["fremdbelegungen"].get(wo, 0) + 1
            anzahl["ergebnislose_suchen"][p] = z.choice((0, 0, 0, 0, 1, 1, 2, 3, 5))
            betrag = sum((Decimal(z.randint(90000, 620000)) / 100 for _ in range(anzahl["bestand"][p])), Decimal(0))
            land["auszahlungen"][p] = betrag, anzahl["bestand"][p]
            land["haushaltsansaetze"][p] = Decimal(z.randint(10000, 90000)), 0
    land |= {k: {p: (Decimal(n), n) for p, n in werte.items()} for k, werte in anzahl.items()}
    for zellen in land.values():
        for amt in AEMTER:
            teile = [zellen[art, amt] for art in arten]
            zellen[ALLE, amt] = sum(w for w, _ in teile), sum(n for _, n in teile)
    return land


def publish_land(database: str, land: Land) -> None:
    """As if each of the eight offices had published it. Written by the owner: offices write their own rows only."""
    with psycopg.connect(bootstrap.with_database(bootstrap.OWNER_URL, database)) as verbindung:
        kennzahlen = dict(verbindung.execute("SELECT code, id FROM comparison_kennzahl").fetchall())
        verbindung.cursor().executemany(
            "INSERT INTO comparison_kennzahlwert (id, created_at, mandant, kuerzel, kennzahl_id, monat, hilfeart_code,"
            " spezialisierung_code, wert, zaehler, nenner, faelle, computed_at)"
            " VALUES (gen_random_uuid(), now(), %s, %s, %s, %s, %s, '', %s, %s, %s, %s, now())",
            [
                (amt.lower(), amt, kennzahlen[kennzahl], OKTOBER, art, *_columns(kennzahl, wert, faelle))
                for kennzahl, zellen in land.items()
                for (art, amt), (wert, faelle) in zellen.items()
            ],
        )


def _columns(kennzahl: str, wert: Decimal, faelle: int) -> tuple:
    """Value, numerator, denominator, cases. A length of stay without an ended Hilfe is no value."""
    if kennzahl == "verweildauer":
        return (Decimal("7.5") if faelle else None), Decimal("7.5") * faelle, faelle, faelle
    return wert, None, None, faelle
