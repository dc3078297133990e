"""The checksum of an Auswahlvermerk: over what it says, as it was said."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from tenant_apps.placements.models import Auswahlvermerk


def compute_pruefsumme(
    *,
    suche_id: UUID,
    fachkraft_name: str,
    kriterien: dict[str, Any],
    angebote: list[dict[str, Any]],
    angebot_id: UUID,
    rang: int,
    anzahl: int,
    im_guenstigsten_drittel: bool,
    begruendung: str,
    wuensche: str = "",
    ersparnis: Decimal | None = None,
    nachtrag_zu_id: UUID | None = None,
) -> str:
    """SHA-256 over the whole content in one fixed spelling (sorted keys, UTF-8).

    What a note does not have is not in it: those of earlier releases keep their checksum.
    """
    inhalt = {
        "suche": str(suche_id),
        "fachkraft_name": fachkraft_name,
        "kriterien": kriterien,
        "angebote": angebote,
        "angebot": str(angebot_id),
        "rang": rang,
        "anzahl": anzahl,
        "im_guenstigsten_drittel": im_guenstigsten_drittel,
        "begruendung": begruendung,
        **({"wuensche": wuensche} if wuensche else {}),
        **({} if ersparnis is None else {"ersparnis": f"{ersparnis:.2f}"}),
        **({"nachtrag_zu": str(nachtrag_zu_id)} if nachtrag_zu_id else {}),
    }
    text = json.dumps(inhalt, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_unveraendert(vermerk: Auswahlvermerk) -> bool:
    """Whether the content is still what was sealed."""
    return vermerk.pruefsumme == compute_pruefsumme(
        suche_id=vermerk.suche_id,
        fachkraft_name=vermerk.fachkraft_name,
        kriterien=vermerk.kriterien,
        angebote=vermerk.angebote,
        angebot_id=vermerk.angebot_id,
        rang=vermerk.rang,
        anzahl=vermerk.anzahl,
        im_guenstigsten_drittel=vermerk.im_guenstigsten_drittel,
        begruendung=vermerk.begruendung,
        wuensche=vermerk.wuensche,
        ersparnis=vermerk.ersparnis,
        nachtrag_zu_id=vermerk.nachtrag_zu_id,
    )
