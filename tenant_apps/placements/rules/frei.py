"""From when and until when an offer is free, day by day: the oracle of `occupancy_frei_ab_bis`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from tenant_apps.placements.rules.ausschluss import count_frei


def frei_ab(
    zeitraum: Zeitraum, plaetze: Sequence[tuple[Zeitraum, Sequence[Zeitraum]]], stopps: Sequence[Zeitraum]
) -> date | None:
    """The first day on which somebody may come and has one place to the end of the period; None: there is none."""
    for tag in zeitraum.einzelne_tage():
        if not _stopped(tag, stopps) and count_frei(Zeitraum(tag, zeitraum.ende), plaetze):
            return tag
    return None


def frei_bis(
    zeitraum: Zeitraum, plaetze: Sequence[tuple[Zeitraum, Sequence[Zeitraum]]], stopps: Sequence[Zeitraum]
) -> date | None:
    """The last day to which somebody who comes on the first day of the period has one place; None: nobody can come."""
    if _stopped(zeitraum.beginn, stopps):
        return None
    letzter = None
    for tag in zeitraum.einzelne_tage():
        if not count_frei(Zeitraum(zeitraum.beginn, tag + EIN_TAG), plaetze):
            break
        letzter = tag
    return letzter


def _stopped(tag: date, stopps: Sequence[Zeitraum]) -> bool:
    return any(tag in stopp for stopp in stopps)
