"""Own families who stand by, beside the list of tonight (ADR 0094)."""

from __future__ import annotations

from datetime import date

from shared_apps.core.clock import today
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.foster.rules import Pflegebedarf, Pflegeform
from tenant_apps.foster.selectors import find_pflegeangebot
from tenant_apps.placements.nacht.selectors.angebote import Nachtfrage


def count_bereitschaft(gesucht: Nachtfrage, bis: date | None) -> int:
    """How many own places of families who stand by come into question from tonight to this day. One query."""
    bedarf = Pflegebedarf(
        formen=frozenset({Pflegeform.BEREITSCHAFT}),
        tage=Zeitraum.from_inclusive(today(), bis or today()),
        alter=gesucht.alter,
        geschlecht=gesucht.geschlecht,
    )
    angebot = find_pflegeangebot(bedarf)
    return angebot.anzahl if angebot else 0
