"""Suchaufträge: the list of those that still look, and which houses are news in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.providers.models import Angebot
from tenant_apps.placements.models import Suchauftrag, Suche

SUCHAUFTRAEGE = Liste(
    "placements:suchauftraege",
    {"neueste": ordnung("created_at", index="suchauftrag_neueste")},
    "-neueste",
    zeigt=related("suche__hilfeart", "suche__hilfefall", "suche__klient"),
)
#: Houses that a line of the list names.
GENANNT = 3


@dataclass(frozen=True, slots=True)
class Auftragszeile:
    """An order with the first houses that are news, and how many offers there are besides."""

    auftrag: Suchauftrag
    haeuser: tuple[str, ...]
    weitere: int


def describe_auftraege(auftraege: Sequence[Suchauftrag]) -> list[Auftragszeile]:
    """Lines of a page. One query."""
    neue = {angebot for auftrag in auftraege for angebot in auftrag.neu}
    namen: dict[UUID, str] = dict(Angebot.objects.filter(pk__in=neue).values_list("pk", "einrichtung__name"))
    zeilen = []
    for auftrag in auftraege:
        bekannte = sorted({namen[angebot] for angebot in auftrag.neu if angebot in namen})
        zeilen.append(Auftragszeile(auftrag, tuple(bekannte[:GENANNT]), max(0, len(bekannte) - GENANNT)))
    return zeilen


def find_auftrag(suche: Suche) -> Suchauftrag | None:
    """The order that looks for this search, if there is one."""
    return suche.auftraege.filter(beendet_at__isnull=True).first()
