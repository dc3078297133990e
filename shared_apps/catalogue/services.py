"""Writes of the catalogue: only reference data, loaded from files with a source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.catalogue.models import Barbetrag, Hilfeart, Spezialisierung
from tenants.onboarding.reference import read_json, upsert

_DATA = Path(__file__).parent / "reference" / "data"


def load_hilfearten() -> int:
    """Kinds of help with §, form, unit and statistics code."""
    datei = read_json(_DATA / "hilfearten.json")
    rows = [
        zeile | {"tage_je_woche": Decimal(zeile["tage_je_woche"]), "quelle": datei["quelle"]}
        for zeile in datei["hilfearten"]
    ]
    return len(upsert(Hilfeart, key=("code",), rows=rows))


def load_spezialisierungen() -> int:
    """Facets of the search."""
    datei = read_json(_DATA / "spezialisierungen.json")
    return len(upsert(Spezialisierung, key=("code",), rows=datei["spezialisierungen"]))


def load_barbetraege() -> int:
    """Pocket money by age; rows marked as examples while the table of the Land is unknown."""
    datei = read_json(_DATA / "barbetraege.json")
    rows = [
        {
            "land": datei["land"],
            "alter_von": zeile["alter_von"],
            "alter_bis": zeile["alter_bis"],
            "betrag": Decimal(zeile["betrag"]),
            "gueltig": DateRange(date.fromisoformat(datei["gueltig_ab"]), None),
            "quelle": datei["quelle"],
            "ist_beispiel": datei["ist_beispiel"],
        }
        for zeile in datei["betraege"]
    ]
    return len(upsert(Barbetrag, key=("land", "alter_von", "gueltig"), rows=rows))
