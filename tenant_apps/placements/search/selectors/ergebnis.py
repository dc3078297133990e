"""The lines of a page of the result, with what is said of each: picture, freshness, what speaks against taking in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from shared_apps.core.clock import local_date, today
from shared_apps.core.liste import Liste, ordnung
from shared_apps.core.zahlwort import anzahl
from shared_apps.occupancy.selectors.frei import Frei, list_frei
from shared_apps.occupancy.selectors.stopps import list_nichtaufnahmen
from shared_apps.providers.models import Foto
from shared_apps.providers.querysets import shown_fotos
from shared_apps.providers.rules import BESTAETIGUNG_GILT_TAGE, Nichtaufnahme, Vakanzstand, Vakanzstufe, vakanzstand
from tenant_apps.placements.rules import Ausschluss
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.markt import Marktzeile
from tenant_apps.placements.search.selectors.search import build_zeile
from tenant_apps.placements.search.selectors.treffer import Sortierung
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile

#: In the orders that the search's own statement has (`treffer.order_sql`).
ERGEBNIS = Liste(
    "placements:suche", {name: ordnung("pk") for name in Sortierung.values}, Sortierung.KOSTEN.value, je_seite=25
)


@dataclass(frozen=True, slots=True)
class Ergebniszeile:
    """An offer as the page shows it, as of now."""

    treffer: Trefferzeile
    kreis: str
    #: The same where it is not the district that is searched in.
    anderer_kreis: str
    stand: Vakanzstand
    nichtaufnahme: Nichtaufnahme | None
    #: From when it is free, where it is not free in the whole period.
    frei: Frei | None
    foto: Foto | None
    #: That its house has declined an enquiry for this case, when and why.
    absage: str = ""


def build_ergebniszeilen(
    kriterien: Kriterien,
    zeilen: Sequence[Marktzeile],
    kreise: Mapping[str, str],
    absagen: Mapping[UUID, str] = MappingProxyType({}),
) -> list[Ergebniszeile]:
    """These lines with what else the page says of them; `kreise` are names of districts, `absagen` what houses said
    before, by offer. Three queries at most."""
    gestoppt = [zeile.angebot for zeile in zeilen if zeile.grund == Ausschluss.STOPP]
    stopps = list_nichtaufnahmen(gestoppt, kriterien.beginn) if gestoppt else {}
    fotos = _list_fotos({zeile.einrichtung for zeile in zeilen})
    nicht_frei = [zeile.angebot for zeile in zeilen if zeile.grund == Ausschluss.STOPP or not zeile.frei]
    frei = list_frei(nicht_frei, kriterien.zeitraum)
    return [
        Ergebniszeile(
            build_zeile(zeile, kriterien),
            kreise.get(zeile.kreis, zeile.kreis),
            "" if zeile.kreis == kriterien.region else kreise.get(zeile.kreis, zeile.kreis),
            _stand(zeile),
            stopps.get(zeile.angebot),
            frei.get(zeile.angebot),
            fotos.get(zeile.einrichtung),
            absagen.get(zeile.angebot, ""),
        )
        for zeile in zeilen
    ]


@dataclass(frozen=True, slots=True)
class Mahnung:
    """Which of the vacancies of a page are marked, and what is said of all of them. What most of them have is no mark:
    it is said once. A report that a place was not free is always one."""

    stufen: frozenset[Vakanzstufe]
    text: str


def find_mahnung(zeilen: Sequence[Ergebniszeile]) -> Mahnung:
    """For the vacancies of these lines; of what is not free nothing is said."""
    stufen = [zeile.stand.stufe for zeile in zeilen if zeile.treffer.verfuegbar]
    alte = sum(stufe in _UNBESTAETIGT for stufe in stufen)
    if alte * 2 <= len(stufen):
        return Mahnung(_UNBESTAETIGT | {Vakanzstufe.GEMELDET}, "")
    tage = anzahl(BESTAETIGUNG_GILT_TAGE, "Tag", "Tagen")
    frische = stufen.count(Vakanzstufe.FRISCH)
    wie_viele = f"Nur {frische} von {len(stufen)}" if frische else "Keine der"
    sind = "sind" if frische > 1 else "ist"
    text = f"{wie_viele} Vakanzen auf dieser Seite {sind} in den letzten {tage} bestätigt: Bitte rufen Sie vorher an."
    return Mahnung(frozenset({Vakanzstufe.GEMELDET}), text)


_UNBESTAETIGT = frozenset({Vakanzstufe.ALT, Vakanzstufe.NIE})


def _stand(zeile: Marktzeile) -> Vakanzstand:
    bestaetigt = local_date(zeile.bestaetigt_at) if zeile.bestaetigt_at else None
    return vakanzstand(bestaetigt, today(), gemeldet=zeile.gemeldet_at is not None)


def _list_fotos(haeuser: set[UUID]) -> dict[UUID, Foto]:
    """The first picture that is shown of each house."""
    rows = Foto.objects.filter(shown_fotos(), einrichtung__in=haeuser)
    erste = rows.order_by("einrichtung_id", "reihenfolge", "pk").distinct("einrichtung_id")
    return {foto.einrichtung_id: foto for foto in erste}
