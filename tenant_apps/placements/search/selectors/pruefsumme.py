"""The Auswahlvermerke as the rule of their chain looks at them: is what they say still what was sealed (ADR 0086)?"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from tenant_apps.cases.models import Personenschluessel
from tenant_apps.placements import rules
from tenant_apps.placements.models import Auswahlvermerk
from tenant_apps.placements.rules import Glied

#: What the checksum covers, in this order, as PostgreSQL spells it; the trigger `placements_vermerk_anketten` has the
#: same list. The seal covers the rest.
_INHALT = (
    "suche_id", "fachkraft_name", "kriterien", "angebote", "angebot_id", "rang", "anzahl", "im_guenstigsten_drittel",
    "begruendung", "wuensche", "ersparnis",
)  # fmt: skip
_GESIEGELT = (
    "id", "nummer", "vorgaenger", "siegel", "pruefsumme", "created_at", "fassung", "fachkraft_id", "klient_id",
    "nachtrag_zu_id", "salz", "abdruck",
)  # fmt: skip


def list_glieder(rows: QuerySet[Auswahlvermerk]) -> list[Glied]:
    """These notes as they come. Two queries at most; `rows` is a page, for each note holds a whole list."""
    texte = {f"{name}_text": Cast(name, TextField()) for name in _INHALT if name != "wuensche"}
    schluessel = Exists(Personenschluessel.objects.filter(pk=OuterRef("klient_id")))
    werte = list(rows.values(*_GESIEGELT, "wuensche", hat_schluessel=schluessel, **texte))
    alte = [wert["id"] for wert in werte if wert["fassung"] == 1]
    erste = Auswahlvermerk.objects.in_bulk(alte) if alte else {}
    return [_build(wert, erste.get(wert["id"])) for wert in werte]


def is_unveraendert(vermerk: Auswahlvermerk) -> bool:
    """Whether the content, as it is stored, is still what was sealed. Of one note, as tests ask; pages and the nightly
    check go through `list_glieder`."""
    return list_glieder(Auswahlvermerk.objects.filter(pk=vermerk.pk))[0].unveraendert


def _build(wert: dict[str, Any], erste_fassung: Auswahlvermerk | None) -> Glied:
    if erste_fassung is not None:
        stimmt = wert["pruefsumme"] == compute_erste_pruefsumme(erste_fassung)
    else:
        stimmt = wert["pruefsumme"] == rules.compute_pruefsumme(_part(wert, name) for name in _INHALT)
    return Glied(**{name: wert[name] for name in _GESIEGELT}, unveraendert=stimmt, geleert=_is_geleert(wert))


def _part(wert: dict[str, Any], name: str) -> bytes:
    if name == "wuensche":  # sealed with the person's key, as it is in the row
        return bytes(wert[name].raw)
    text = wert[f"{name}_text"]
    return b"" if text is None else str(text).encode()


def _is_geleert(wert: dict[str, Any]) -> bool:
    """Whether a deletion run has taken the content: nothing of it is there, and the person's key is not either."""
    leer = not (wert["pruefsumme"] or wert["salz"]) and wert["kriterien_text"] == "{}"
    return leer and wert["klient_id"] is not None and not wert["hat_schluessel"]


def compute_erste_pruefsumme(vermerk: Auswahlvermerk) -> str:
    """SHA-256 over the whole content in one fixed spelling (sorted keys, UTF-8): the first version of the seal.

    What a note does not have is not in it: those of earlier releases keep their checksum.
    """
    ersparnis, nachtrag_zu = vermerk.ersparnis, vermerk.nachtrag_zu_id
    inhalt = {
        "suche": str(vermerk.suche_id),
        "fachkraft_name": vermerk.fachkraft_name,
        "kriterien": vermerk.kriterien,
        "angebote": vermerk.angebote,
        "angebot": str(vermerk.angebot_id),
        "rang": vermerk.rang,
        "anzahl": vermerk.anzahl,
        "im_guenstigsten_drittel": vermerk.im_guenstigsten_drittel,
        "begruendung": vermerk.begruendung,
        **({"wuensche": vermerk.wuensche} if vermerk.wuensche else {}),
        **({} if ersparnis is None else {"ersparnis": f"{ersparnis:.2f}"}),
        **({"nachtrag_zu": str(nachtrag_zu)} if nachtrag_zu else {}),
    }
    text = json.dumps(inhalt, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
