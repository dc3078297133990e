"""The Auswahlvermerk: the choice as it was made, sealed by a checksum, never changed afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import real_now
from tenant_apps.placements.models import Auswahlvermerk, Suche
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.merkmale import describe_merkmale
from tenant_apps.placements.search.selectors.search import Ergebnis, Zahlen
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile


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
) -> str:
    """SHA-256 over the whole content in one fixed spelling (sorted keys, UTF-8)."""
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
    )


#: Sealed where it was asked for.
_WENN_GEFRAGT = ("umkreis_plz", "umkreis_km", "sprachen", "barrierefrei", "bestaetigt_tage")


def freeze_kriterien(
    suche: Suche,
    zahlen: Zahlen,
    *,
    sortierung: str,
    klient_id: UUID,
    abweichungen: Sequence[str] = (),
    weitere: Sequence[str] = (),
) -> dict[str, Any]:
    """The criteria in plain values, and what there is of everything, as of now.

    abweichungen: in what the person or the choice is outside of them. weitere: her other places at the same time.
    """
    return {
        "hilfeart": suche.hilfeart.code,
        "hilfeart_name": str(suche.hilfeart),
        "region": suche.region,
        "reichweite": suche.reichweite,
        "beginn": suche.beginn.isoformat(),
        "ende": suche.letzter_tag.isoformat(),
        "tage": str(suche.tage),
        "wochen": str(suche.wochen),
        "tage_je_woche": None if suche.tage_je_woche is None else str(suche.tage_je_woche),
        "stunden_je_woche": None if suche.stunden_je_woche is None else str(suche.stunden_je_woche),
        "spezialisierungen": list(suche.spezialisierungen),
        "geschlecht": suche.geschlecht,
        "alter": suche.alter,
        **({"verknuepfung": suche.verknuepfung} if kriterien_of(suche).eine_genuegt else {}),
        **{name: wert for name in _WENN_GEFRAGT if (wert := getattr(suche, name))},
        **({"merkmale": describe_merkmale(suche.hilfeart, suche.merkmale)} if suche.merkmale else {}),
        "angebote_gesamt": zahlen.gesamt,
        "angebote_verfuegbar": zahlen.verfuegbar,
        **({"ausschluesse": zahlen.to_json()} if zahlen.ausschluesse else {}),
        **({"abweichungen": list(abweichungen)} if abweichungen else {}),
        **({"weitere": list(weitere)} if weitere else {}),
        "klient": str(klient_id),
        "sortierung": sortierung,
        "gesucht_at": suche.created_at.isoformat(),
        "gewaehlt_at": real_now().isoformat(),
    }


def create_auswahlvermerk(
    *,
    akteur: Akteur,
    suche: Suche,
    klient_id: UUID,
    angebot_id: UUID,
    gewaehlt: Trefferzeile,
    ergebnis: Ergebnis,
    sortierung: str,
    begruendung: str,
    abweichungen: Sequence[str] = (),
    weitere: Sequence[str] = (),
) -> Auswahlvermerk:
    """Seal the choice. `gewaehlt` is the chosen line of `ergebnis`, which is in the order shown."""
    inhalt: dict[str, Any] = {
        "fachkraft_name": akteur.name,
        "kriterien": freeze_kriterien(
            suche,
            ergebnis.zahlen,
            sortierung=sortierung,
            klient_id=klient_id,
            abweichungen=abweichungen,
            weitere=weitere,
        ),
        "angebote": [zeile.to_json() for zeile in ergebnis.treffer],
        "angebot_id": angebot_id,
        "rang": gewaehlt.rang or ergebnis.treffer.index(gewaehlt) + 1,
        "anzahl": ergebnis.verfuegbar,
        "im_guenstigsten_drittel": gewaehlt.im_guenstigsten_drittel,
        "begruendung": begruendung,
    }
    pruefsumme = compute_pruefsumme(suche_id=suche.pk, **inhalt)
    return Auswahlvermerk.objects.create(suche=suche, fachkraft_id=akteur.user_id, pruefsumme=pruefsumme, **inhalt)
