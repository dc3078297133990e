"""What a line does to the register, what stays with its provider, and what is taken back again. Plain functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared_apps.einlesen.enums import Befund

_GEWICHT = {befund: gewicht for gewicht, befund in enumerate(Befund)}


def spalten_zuordnung(kopf: Sequence[str], namen: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Column of the file for each code, guessed from its head: by its own name, then by other words for it.

    `kopf` and `namen` are written as they are compared. No column of the file is taken for two codes.
    """
    frei = {name: stelle for stelle, name in reversed(list(enumerate(kopf))) if name}
    gefunden: dict[str, int] = {}
    for rang in range(max(map(len, namen.values()), default=0)):
        for code, worte in namen.items():
            if code not in gefunden and rang < len(worte) and worte[rang] in frei:
                gefunden[code] = frei.pop(worte[rang])
    return gefunden


@dataclass(frozen=True, slots=True)
class Vergleich:
    """What a line changes of a row, and what it would change and must not."""

    neu: dict[str, Any]
    gesperrt: tuple[str, ...]


def vergleich(
    *, ist: Mapping[str, Any], soll: Mapping[str, Any], stand: Mapping[str, Any], ist_gepflegt: bool
) -> Vergleich:
    """`stand`: what the last list left. Of a row that its provider keeps itself (`ist_gepflegt`), only what still is
    as a list left it is changed: whatever else differs, the provider's own people have entered."""
    anders = {feld: wert for feld, wert in soll.items() if ist[feld] != wert}
    eigene = tuple(feld for feld in anders if ist_gepflegt and stand.get(feld, _FEHLT) != ist[feld])
    return Vergleich({feld: wert for feld, wert in anders.items() if feld not in eigene}, eigene)


_FEHLT = object()


def zurueckzusetzen(
    *, ist: Mapping[str, Any], vorher: Mapping[str, Any], nachher: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """(values that come back, fields that somebody has changed since and that stay)."""
    geaendert = tuple(feld for feld in nachher if ist[feld] != nachher[feld])
    return {feld: wert for feld, wert in vorher.items() if feld not in geaendert}, geaendert


def schwerster(befunde: Iterable[Befund]) -> Befund:
    """What is said of a line that does several things: what outweighs the others."""
    return max(befunde, key=_GEWICHT.__getitem__, default=Befund.UNVERAENDERT)
