"""Suchaufträge: the list of those that still look, and which houses are news in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.zahlwort import anzahl_genau, wie_alt
from shared_apps.providers.models import Angebot
from shared_apps.regions.selectors import list_kurznamen
from tenant_apps.placements.enums import describe_suchgebiet
from tenant_apps.placements.models import Suchauftrag, Suche
from tenant_apps.placements.search.selectors.namen import name_codes
from tenant_apps.placements.search.selectors.vermerk import label_geschlecht

SUCHAUFTRAEGE = Liste(
    "placements:suchauftraege",
    {"neueste": ordnung("created_at", index="suchauftrag_neueste")},
    "-neueste",
    zeigt=related("suche__hilfeart", "suche__hilfefall", "suche__klient"),
)
#: Houses that a line of the list names.
GENANNT = 3
_STUNDEN = ("Stunde", "Stunden")


@dataclass(frozen=True, slots=True)
class Auftragszeile:
    """An order with the first houses that are news, and how many offers there are besides."""

    auftrag: Suchauftrag
    kriterien: str
    haeuser: tuple[str, ...]
    weitere: int


def describe_auftraege(auftraege: Sequence[Suchauftrag]) -> list[Auftragszeile]:
    """Lines of a page. Two queries, and one each where specialities or languages are asked for."""
    suchen = [auftrag.suche for auftrag in auftraege]
    gefragt = (
        {code for suche in suchen for code in suche.spezialisierungen},
        {code for suche in suchen for code in suche.sprachen},
    )
    codes, kreise = name_codes(*gefragt), list_kurznamen() if suchen else {}
    neue = {angebot for auftrag in auftraege for angebot in auftrag.neu}
    namen: dict[UUID, str] = dict(Angebot.objects.filter(pk__in=neue).values_list("pk", "einrichtung__name"))
    zeilen = []
    for auftrag in auftraege:
        bekannte = sorted({namen[angebot] for angebot in auftrag.neu if angebot in namen})
        kriterien = describe_kurz(auftrag.suche, codes, kreise)
        zeilen.append(Auftragszeile(auftrag, kriterien, tuple(bekannte[:GENANNT]), max(0, len(bekannte) - GENANNT)))
    return zeilen


def describe_kurz(suche: Suche, codes: Mapping[str, str], kreise: Mapping[str, str]) -> str:
    """What is looked for, in a line: where, for whom, what is needed. `codes`, `kreise`: their names."""
    region = kreise.get(suche.region, suche.region)
    teile = [
        describe_suchgebiet(region, suche.reichweite, plz=suche.umkreis_plz, km=suche.umkreis_km),
        "" if suche.alter is None else wie_alt(suche.alter),
        label_geschlecht(suche.geschlecht) if suche.geschlecht else "",
        "" if suche.stunden_je_woche is None else f"{anzahl_genau(suche.stunden_je_woche, *_STUNDEN)} je Woche",
        *(codes.get(code, code) for code in (*suche.spezialisierungen, *suche.sprachen)),
        "barrierefrei" if suche.barrierefrei else "",
    ]
    return ", ".join(filter(None, teile))


def find_auftrag(suche: Suche) -> Suchauftrag | None:
    """The order that looks for this search, if there is one."""
    return suche.auftraege.filter(beendet_at__isnull=True).first()
