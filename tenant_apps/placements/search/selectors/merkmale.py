"""Further criteria of a search in words: those that the module of the kind of help declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared_apps.catalogue.models import Hilfeart
from shared_apps.catalogue.selectors import list_kriterien


def describe_merkmale(hilfeart: Hilfeart, merkmale: Mapping[str, Any]) -> list[list[str]]:
    """Label and value of each, as pages show them and a sealed choice keeps them. No query where nothing is asked."""
    if not merkmale:
        return []
    erklaert = {k.code: k for k in list_kriterien(modul_id=hilfeart.modul_id)}
    zeilen = []
    for code, wert in merkmale.items():
        worte = dict(erklaert[code].wahl) if code in erklaert else {}
        werte = wert if isinstance(wert, list) else [wert]
        name = erklaert[code].name if code in erklaert else code
        zeilen.append([name, ", ".join(str(worte.get(teil, teil)) for teil in werte)])
    return zeilen
