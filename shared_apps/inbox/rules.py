"""How urgent a pointer is, and how it is said. No Django.

Moments come in German time: `uhr` is what the clock on the wall says now.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import Enum

from shared_apps.core.dauer import Einheit, write_anzahl
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.core.zeitraum import format_datum

#: What is due before this hour belongs to the night before.
NACHT_ENDET = time(6)
#: How many days ahead are near.
NAHE_TAGE = 3
_WOCHENTAGE = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
FRIST_ABGELAUFEN = "Frist abgelaufen"


class Eile(Enum):
    """Groups of the worklist, the most urgent first."""

    NACHT = "Heute und heute Nacht"
    NAHE = f"In den nächsten {write_anzahl(NAHE_TAGE, Einheit.TAG, dativ=True)}"
    SPAETER = "Später"


def eile(faellig: datetime | None, uhr: datetime) -> Eile:
    """To which group a row belongs that is due then; without a moment nothing is urgent."""
    if faellig is None:
        return Eile.SPAETER
    morgen = datetime.combine(uhr.date() + timedelta(days=1), NACHT_ENDET, tzinfo=uhr.tzinfo)
    if faellig < morgen:  # before six, too: what begins today begins today
        return Eile.NACHT
    return Eile.NAHE if faellig.date() <= uhr.date() + timedelta(days=NAHE_TAGE) else Eile.SPAETER


def restzeit(frist: datetime, uhr: datetime) -> str:
    """ "noch 1 Std. 48 Min.", "noch 2 Tage": hours within a day, then days of the calendar."""
    if frist < uhr:
        return FRIST_ABGELAUFEN
    minuten = int((frist - uhr).total_seconds()) // 60
    if minuten < 60:
        return f"noch {minuten} Min."
    if minuten < 24 * 60:
        return f"noch {minuten // 60} Std. {minuten % 60} Min."
    return f"noch {anzahl_tage((frist.date() - uhr.date()).days)}"


def beginnzeit(beginn: date, heute: date) -> str:
    """ "Beginn heute", "Beginn in zwei Tagen", "Beginn war 28.11.2026"."""
    tage = (beginn - heute).days
    if tage < 0:
        return f"Beginn war {format_datum(beginn)}"
    return f"Beginn in {write_anzahl(tage, Einheit.TAG, dativ=True)}" if tage else "Beginn heute"


def fristtag(frist: datetime, uhr: datetime) -> str:
    """ "heute, 22:30 Uhr", "Mo, 30.11.2026": the hour where it matters."""
    if frist.date() == uhr.date():
        return f"heute, {frist:%H:%M} Uhr"
    tag = f"{_WOCHENTAGE[frist.weekday()]}, {format_datum(frist.date())}"
    return f"{tag}, {frist:%H:%M} Uhr" if frist - uhr < timedelta(days=1) else tag
