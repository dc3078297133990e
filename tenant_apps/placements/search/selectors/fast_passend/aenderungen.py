"""What would have to be asked otherwise, so that an offer fits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from shared_apps.catalogue.models import Angebotsfeld, Kriterium
from shared_apps.catalogue.selectors import list_felder
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from shared_apps.occupancy.models import NIE_ENDE
from shared_apps.providers.rules import VOLLJAEHRIG
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Reichweite
from tenant_apps.placements.models import Suche
from tenant_apps.placements.rules import Beinahe, Naehe
from tenant_apps.placements.search.selectors.fast_passend.zeile import Zeile, list_zeiten
from tenant_apps.placements.search.selectors.kriterien import (
    LAENGSTENS_JAHRE,
    UMKREIS_KM_MAX,
    Kriterien,
    kriterien_of,
    without_bedarf,
)
from tenant_apps.placements.search.selectors.umkreis import Grad

#: Until when a place is free that nobody has taken at any time.
FREI_OHNE_ENDE = NIE_ENDE - EIN_TAG


def change_kriterien(suche: Suche, **changes: Any) -> Kriterien:
    """The criteria of a search with other days or another reach. The age is that of the new first day, where it was the
    person's on the old one.
    """
    kriterien = kriterien_of(suche, **changes)
    if suche.klient is None or suche.alter is None or kriterien.beginn == suche.beginn:
        return kriterien
    try:
        war = rules.alter_am(suche.klient.geburtsdatum, suche.beginn)
        wird = rules.alter_am(suche.klient.geburtsdatum, kriterien.beginn)
    except rules.PlanwertError:
        return kriterien
    return replace(kriterien, alter=wird) if war == suche.alter else kriterien


def list_changes(
    suche: Suche, kriterien: Kriterien, mitte: Grad | None, zeile: Zeile, erklaert: Sequence[Kriterium]
) -> Iterator[tuple[Beinahe, Kriterien]]:
    """Each single change after which the offer fits, with the criteria it is found by then."""
    km = _km(mitte, zeile)
    if zeile.teil != Naehe.SPAETER:
        neu = without_bedarf(kriterien, zeile.ohne)
        if zeile.teil == Naehe.WEITER:
            neu = _farther(kriterien, zeile, km)
        yield Beinahe(zeile.angebot, Naehe(zeile.teil), kriterien.rechenzeitraum, km), neu
        return
    if ab := _later(kriterien, zeile):
        neu = change_kriterien(suche, beginn=ab)
        if neu.alter == kriterien.alter or _takes(neu, zeile, erklaert):
            yield Beinahe(zeile.angebot, Naehe.SPAETER, _rest(kriterien, neu), km), neu
    if bis := _shorter(kriterien, zeile):
        neu = replace(kriterien, ende=bis, ohne_ende=False)
        yield Beinahe(zeile.angebot, Naehe.KUERZER, _rest(kriterien, neu), km), neu


def _rest(kriterien: Kriterien, neu: Kriterien) -> Zeitraum:
    """What is left of the days asked for; of a help until further notice, of those that are planned with."""
    return Zeitraum.from_inclusive(neu.beginn, min(neu.ende, kriterien.ende))


def _later(kriterien: Kriterien, zeile: Zeile) -> date | None:
    """The first later day from which the offer fits to the end of the period."""
    zeitraum, saetze = kriterien.zeitraum, zeile.preis
    if (
        zeile.frei_ab is None
        or not saetze
        or any(kriterien.ohne_ende or bis < kriterien.ende for bis in _letzte(zeile))
    ):
        return None
    frueheste = [zeile.frei_ab, saetze[0][0].beginn] + ([zeile.ab] if zeile.ab else [])
    ab = rules.erster_tag(max(frueheste), list_zeiten(zeile.stopps), _licences(kriterien, zeile))
    return ab if ab and zeitraum.beginn < ab <= kriterien.ende else None


def _shorter(kriterien: Kriterien, zeile: Zeile) -> date | None:
    """The last earlier day to which the offer fits from the beginning on."""
    beginn, saetze = kriterien.beginn, zeile.preis
    if zeile.frei_bis is None or not saetze or saetze[0][0].beginn > beginn or (zeile.ab and zeile.ab > beginn):
        return None
    erlaubt = _licences(kriterien, zeile)
    if erlaubt is not None and not any(beginn in zeit for zeit in erlaubt):
        return None
    bis = min([zeile.frei_bis, *_letzte(zeile)])
    if not beginn <= bis < (FREI_OHNE_ENDE if kriterien.ohne_ende else kriterien.ende):
        return None
    return min(bis, date(beginn.year + LAENGSTENS_JAHRE, 12, 31))


def _letzte(zeile: Zeile) -> list[date]:
    return [Zeitraum(date.min, ende).letzter_tag or date.max for ende in zeile.enden]


def _licences(kriterien: Kriterien, zeile: Zeile) -> list[Zeitraum] | None:
    """When somebody may be taken in; None where no licence is needed (§ 45 SGB VIII)."""
    if not kriterien.of_kind(zeile.hilfeart).hilfeart.erlaubnispflichtig or zeile.alter_von >= VOLLJAEHRIG:
        return None
    return list_zeiten(zeile.erlaubnisse)


def _takes(kriterien: Kriterien, zeile: Zeile, erklaert: Sequence[Kriterium]) -> bool:
    """Whether the offer takes this age, where its kind of help asks for one."""
    if kriterien.alter is None or Angebotsfeld.ALTER not in list_felder(k for k in erklaert if k.filtert):
        return True
    return zeile.alter_von <= kriterien.alter <= zeile.alter_bis


def _km(von: Grad | None, zeile: Zeile) -> Decimal | None:
    if von is None or zeile.breite is None or zeile.laenge is None:
        return None
    return rules.entfernung_km(von, (float(zeile.breite), float(zeile.laenge)))


def statewide(kriterien: Kriterien) -> Kriterien:
    return replace(kriterien, reichweite=Reichweite.LAND.value, umkreis_plz="", umkreis_km=None)


def _farther(kriterien: Kriterien, zeile: Zeile, km: Decimal | None) -> Kriterien:
    """The next reach in which the house lies: a wider circle, the neighbours, the state."""
    if kriterien.ist_umkreis and km is not None and km <= UMKREIS_KM_MAX:
        return replace(kriterien, umkreis_km=math.ceil(km))
    if zeile.nachbar and kriterien.reichweite == Reichweite.EIGENE:
        return replace(kriterien, reichweite=Reichweite.NACHBARN.value)
    return statewide(kriterien)
