"""Lengths of time in words, so that a text never says another number than the rule keeps. No Django."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

_ZAHLWORTE = ("", "", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf")


class Einheit(Enum):
    """Singular, plural, plural after "von" or "in", and that of it: "einen Tag", "von einem Tag"."""

    TAG = ("Tag", "Tage", "Tagen", "einen", "einem")
    STUNDE = ("Stunde", "Stunden", "Stunden", "eine", "einer")
    MINUTE = ("Minute", "Minuten", "Minuten", "eine", "einer")
    SEKUNDE = ("Sekunde", "Sekunden", "Sekunden", "eine", "einer")


_TEILER = ((Einheit.TAG, 86400), (Einheit.STUNDE, 3600), (Einheit.MINUTE, 60), (Einheit.SEKUNDE, 1))


def write_anzahl(anzahl: int, einheit: Einheit, *, dativ: bool = False) -> str:
    """`sieben Tage`, `einen Tag`, with `dativ` `sieben Tagen`, `einem Tag`; from thirteen on in figures."""
    einzahl, mehrzahl, mehrzahl_dativ, eins, eins_dativ = einheit.value
    if anzahl == 1:
        return f"{eins_dativ if dativ else eins} {einzahl}"
    wort = _ZAHLWORTE[anzahl] if 1 < anzahl < len(_ZAHLWORTE) else str(anzahl)
    return f"{wort} {mehrzahl_dativ if dativ else mehrzahl}"


def write_dauer(dauer: timedelta | int, *, dativ: bool = False) -> str:
    """A length of time (or whole seconds) in its largest even unit: `15 Minuten`, `24 Stunden`, `drei Tage`.

    One day is written as 24 hours: a link that is valid for a day is not valid until midnight.
    """
    sekunden = dauer if isinstance(dauer, int) else int(dauer.total_seconds())
    for einheit, teiler in _TEILER:
        if sekunden % teiler == 0 and (einheit is not Einheit.TAG or sekunden >= 2 * teiler):
            return write_anzahl(sekunden // teiler, einheit, dativ=dativ)
    raise ValueError("whole seconds are required")
