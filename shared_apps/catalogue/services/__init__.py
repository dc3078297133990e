"""Files of reference data, each with its source. What a person has changed meanwhile a file leaves as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.catalogue.models import Barbetrag, Grund, Hilfeart, Kriterium, Modul, Spezialisierung, Sprache
from shared_apps.catalogue.rules import check_kriterium
from shared_apps.catalogue.selectors import list_gepflegt
from tenants.onboarding.reference import read_json, upsert

_DATA = Path(__file__).parent.parent / "reference" / "data"


def load_module() -> int:
    """Modules with what their offers say of themselves, a file each."""
    dateien = sorted((_DATA / "module").glob("*.json"))
    for datei in dateien:
        load_modul(datei)
    return len(dateien)


@transaction.atomic
def load_modul(datei: Path) -> Modul:
    """One module out of its file: criteria and kinds of help. ValueError when the file contradicts itself.

    Another module is another file, nothing else: forms, search and pages are made of it.
    """
    daten = read_json(datei)
    quelle = {"quelle": daten["quelle"]}
    try:
        kriterien = [_kriterium(zeile, datei) for zeile in daten["kriterien"]]
        hilfearten = [_hilfeart(zeile) | quelle for zeile in daten["hilfearten"]]
        for model, zeilen in ((Modul, [daten["modul"] | quelle]), (Kriterium, kriterien), (Hilfeart, hilfearten)):
            for zeile in zeilen:
                model(**zeile).clean_fields(exclude=["modul"])
    except (KeyError, TypeError, ArithmeticError, ValidationError) as error:
        raise ValueError(f"{datei.name}: {type(error).__name__} {error}") from error
    modul = _upsert(Modul, [daten["modul"] | quelle])[daten["modul"]["code"],]
    upsert(Kriterium, key=("modul", "code"), rows=[zeile | {"modul": modul} for zeile in kriterien])
    _upsert(Hilfeart, [zeile | {"modul": modul} for zeile in hilfearten])
    return modul


def load_hilfearten() -> int:
    """Kinds of help of the SGB VIII with §, form, unit and statistics code."""
    datei = read_json(_DATA / "hilfearten.json")
    quelle = {"quelle": datei["quelle"]}
    return len(_upsert(Hilfeart, [_hilfeart(zeile) | quelle for zeile in datei["hilfearten"]]))


def load_spezialisierungen() -> int:
    """Facets of the search."""
    return len(_upsert(Spezialisierung, read_json(_DATA / "spezialisierungen.json")["spezialisierungen"]))


def load_sprachen() -> int:
    """Languages by their code of ISO 639-1."""
    return len(_upsert(Sprache, read_json(_DATA / "sprachen.json")["sprachen"]))


def load_gruende() -> int:
    """Reasons by what they are chosen for."""
    return len(_upsert(Grund, read_json(_DATA / "gruende.json")["gruende"], key=("art", "code")))


def _upsert(
    model: type[models.Model], rows: Iterable[Mapping[str, Any]], *, key: tuple[str, ...] = ("code",)
) -> dict[tuple, Any]:
    return upsert(model, key=key, rows=rows, keep=list_gepflegt(model._meta.db_table))


def _hilfeart(zeile: Mapping[str, Any]) -> dict[str, Any]:
    return {**zeile, "tage_je_woche": Decimal(zeile["tage_je_woche"])}


def _kriterium(zeile: Mapping[str, Any], datei: Path) -> dict[str, Any]:
    werte = [wert["code"] for wert in zeile.get("werte", ())]
    if mangel := check_kriterium(zeile["art"], zeile.get("feld", ""), zeile.get("von"), zeile.get("bis"), werte):
        raise ValueError(f"{datei.name}, {zeile['code']}: {mangel}")
    return {"feld": "", "von": None, "bis": None, "werte": [], "filtert": True, **zeile}


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
