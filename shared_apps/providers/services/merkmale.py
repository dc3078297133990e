"""Writing what an offer says by the criteria of its module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared_apps.catalogue.models import Kriterium, Merkmalart
from shared_apps.catalogue.rules import Merkmal, feldnamen
from shared_apps.core.errors import RegelVerletzt
from shared_apps.providers.models import Angebot, Angebotsmerkmal
from shared_apps.providers.selectors.merkmale import read_feldwerte, read_merkmale

FREMD = "Dieses Kriterium gehört nicht zu der Hilfeart des Angebots."
HALBE_SPANNE = "Bitte geben Sie beide Zahlen an, oder keine."
VERTAUSCHT = "Diese Zahl liegt unter der ersten."
NICHT_IN_DER_LISTE = "Dieser Wert steht nicht in der Liste."


def update_merkmale(angebot: Angebot, kriterien: Sequence[Kriterium], werte: Mapping[str, Any]) -> None:
    """Write the fields that were entered, with the offer held. `RegelVerletzt` for what its module does not have,
    half a range, a value that is not in the list. An empty field of another module says nothing."""
    jetzt = read_merkmale(angebot, kriterien)
    fremd = [name for name, wert in werte.items() if name not in jetzt and wert not in (None, "", [])]
    if fremd:
        raise RegelVerletzt(FREMD, feld=fremd[0])
    for kriterium in kriterien:
        namen = () if kriterium.feld else feldnamen(kriterium.modul.code, kriterium.code, kriterium.art)
        if not set(namen) & set(werte):
            continue
        merkmal = _clean(kriterium, namen, [werte.get(name, jetzt[name]) for name in namen])
        if merkmal.ist_leer and read_feldwerte(kriterium, Merkmal()) == {name: jetzt[name] for name in namen}:
            continue
        Angebotsmerkmal.objects.update_or_create(
            angebot=angebot,
            kriterium=kriterium,
            defaults={"werte": list(merkmal.werte), "von": merkmal.von, "bis": merkmal.bis},
        )


def _clean(kriterium: Kriterium, namen: tuple[str, ...], werte: list[Any]) -> Merkmal:
    if kriterium.art == Merkmalart.SPANNE:
        return _clean_spanne(kriterium, namen, werte[0], werte[1])
    gewaehlt = werte[0] if isinstance(werte[0], list | tuple) else [werte[0]]
    codes = [code for code, _ in kriterium.wahl]
    if any(wert not in codes for wert in gewaehlt if wert):
        raise RegelVerletzt(NICHT_IN_DER_LISTE, feld=namen[0])
    return Merkmal(tuple(code for code in codes if code in gewaehlt))


def _clean_spanne(kriterium: Kriterium, namen: tuple[str, ...], von: int | None, bis: int | None) -> Merkmal:
    if von is None and bis is None:
        return Merkmal()
    if von is None or bis is None:
        raise RegelVerletzt(HALBE_SPANNE, feld=namen[0] if von is None else namen[1])
    if bis < von:
        raise RegelVerletzt(VERTAUSCHT, feld=namen[1])
    if not (kriterium.von or 0) <= von <= bis <= (kriterium.bis or 0):
        raise RegelVerletzt(NICHT_IN_DER_LISTE, feld=namen[0])
    return Merkmal((), von, bis)
