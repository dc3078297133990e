"""Loads the key figures with the definitions that are shown under the table."""

from __future__ import annotations

from pathlib import Path

from shared_apps.comparison.models import Kennzahl
from tenants.onboarding.reference import read_json, upsert

_DATA = Path(__file__).parent / "data"


def load_kennzahlen() -> int:
    """Key figures of law.md 3.2."""
    datei = read_json(_DATA / "kennzahlen.json")
    rows = [zeile | {"quelle": datei["quelle"]} for zeile in datei["kennzahlen"]]
    return len(upsert(Kennzahl, key=("code",), rows=rows))
