"""What offers say of themselves by the criteria of their module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from shared_apps.catalogue.models import Kriterium, Merkmalart
from shared_apps.catalogue.rules import VORSILBE, Merkmal, feldnamen
from shared_apps.providers.models import Angebot, Angebotsmerkmal


def get_merkmale(angebot: Angebot) -> dict[UUID, Merkmal]:
    """What an offer says, by the id of its criterion. One query, or none when it was read with the offer."""
    return {m.kriterium_id: _merkmal(m) for m in angebot.merkmale.all()}


def _merkmal(row: Angebotsmerkmal) -> Merkmal:
    return Merkmal(tuple(row.werte), row.von, row.bis)


def read_feldwerte(kriterium: Kriterium, merkmal: Merkmal) -> dict[str, Any]:
    """What the fields of a criterion show."""
    namen = feldnamen(kriterium.modul.code, kriterium.code, kriterium.art)
    if kriterium.art == Merkmalart.SPANNE:
        return dict(zip(namen, (merkmal.von, merkmal.bis), strict=True))
    if kriterium.art == Merkmalart.WAHL:
        return {namen[0]: merkmal.werte[0] if merkmal.werte else ""}
    return {namen[0]: list(merkmal.werte)}


def split_merkmale(angaben: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was entered: columns of the offer, and fields of declared criteria."""
    merkmale = {name: wert for name, wert in angaben.items() if name.startswith(VORSILBE)}
    return {name: wert for name, wert in angaben.items() if name not in merkmale}, merkmale


def read_merkmale(angebot: Angebot, kriterien: Sequence[Kriterium]) -> dict[str, Any]:
    """What the fields of all criteria of an offer show now."""
    merkmale = get_merkmale(angebot)
    werte: dict[str, Any] = {}
    for kriterium in kriterien:
        if not kriterium.feld:
            werte |= read_feldwerte(kriterium, merkmale.get(kriterium.pk, Merkmal()))
    return werte


def describe_merkmal(kriterium: Kriterium, merkmal: Merkmal) -> str:
    """A value in words; "" when it says nothing."""
    if merkmal.ist_leer:
        return ""
    if kriterium.art == Merkmalart.SPANNE:
        return str(merkmal.von) if merkmal.von == merkmal.bis else f"{merkmal.von} bis {merkmal.bis}"
    worte = dict(kriterium.wahl)
    return ", ".join(worte.get(wert, wert) for wert in merkmal.werte)


def add_merkmale(angebote: Iterable[Angebot]) -> None:
    """Give offers, read with `hilfeart` and `merkmale`, what their pages say of them: `felder`, which of their columns
    the module has as a criterion, and `weitere`, all other criteria in words. One query."""
    angebote = list(angebote)
    je_modul = list_kriterien_je_modul(angebote)
    for angebot in angebote:
        kriterien, merkmale = je_modul[angebot.hilfeart.modul_id], get_merkmale(angebot)
        angebot.felder = frozenset(k.feld for k in kriterien if k.feld)
        gesagt = [(k.name, describe_merkmal(k, merkmale.get(k.pk, Merkmal()))) for k in kriterien if not k.feld]
        angebot.weitere = [(name, wort) for name, wort in gesagt if wort]


def list_kriterien_je_modul(angebote: Iterable[Angebot]) -> dict[UUID | None, list[Kriterium]]:
    """Criteria of the modules of these offers, read with `hilfeart`. One query."""
    je_modul: dict[UUID | None, list[Kriterium]] = defaultdict(list)
    rows = Kriterium.objects.filter(modul__in={a.hilfeart.modul_id for a in angebote}).select_related("modul")
    for kriterium in rows.order_by("sortierung", "code"):
        je_modul[kriterium.modul_id].append(kriterium)
    return je_modul


def read_werte(angebot: Angebot, kriterien: Sequence[Kriterium]) -> dict[str, Any]:
    """What an offer says by the criteria that are in no column, by code, as a program reads and writes it."""
    merkmale = get_merkmale(angebot)
    return {k.code: _wert(k, merkmale.get(k.pk, Merkmal())) for k in kriterien if not k.feld}


def _wert(kriterium: Kriterium, merkmal: Merkmal) -> Any:
    if kriterium.art == Merkmalart.MENGE:
        return list(merkmal.werte)
    if merkmal.ist_leer:
        return None
    return {"von": merkmal.von, "bis": merkmal.bis} if kriterium.art == Merkmalart.SPANNE else merkmal.werte[0]
