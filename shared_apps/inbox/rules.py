"""How urgent a pointer is, and how it is said. No Django."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import Enum

from shared_apps.core.dauer import Einheit, write_anzahl
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
    NAHE = f"In den nächsten {NAHE_TAGE} Tagen"
    SPAETER = "Später"


def eile(eilt_at: datetime | None, jetzt: datetime) -> Eile:
    """To which group a row belongs that is due then; both moments in German time."""
    if eilt_at is None:
        return Eile.SPAETER
    morgen = datetime.combine(jetzt.date(), NACHT_ENDET, tzinfo=jetzt.tzinfo)
    if jetzt >= morgen:
        morgen += timedelta(days=1)
    if eilt_at < morgen:
        return Eile.NACHT
    return Eile.NAHE if eilt_at.date() <= jetzt.date() + timedelta(days=NAHE_TAGE) else Eile.SPAETER


def restzeit(frist: datetime, jetzt: datetime) -> str:
    """ "noch 1 Std. 48 Min.", "noch 2 Tage": hours within a day, then days of the calendar. Both in German time."""
    if frist < jetzt:
        return FRIST_ABGELAUFEN
    minuten = int((frist - jetzt).total_seconds()) // 60
    if minuten < 60:
        return f"noch {minuten} Min."
    if minuten < 24 * 60:
        return f"noch {minuten // 60} Std. {minuten % 60} Min."
    tage = (frist.date() - jetzt.date()).days
    return "noch 1 Tag" if tage == 1 else f"noch {tage} Tage"


def beginnzeit(beginn: date, heute: date) -> str:
    """ "Beginn heute", "Beginn in zwei Tagen", "Beginn war 28.11.2026"."""
    tage = (beginn - heute).days
    if tage < 0:
        return f"Beginn war {format_datum(beginn)}"
    return f"Beginn in {write_anzahl(tage, Einheit.TAG, dativ=True)}" if tage else "Beginn heute"


def fristtag(frist: datetime, jetzt: datetime) -> str:
    """ "heute, 22:30 Uhr", "Mo, 30.11.2026": the hour where it matters. Both in German time."""
    if frist.date() == jetzt.date():
        return f"heute, {frist:%H:%M} Uhr"
    tag = f"{_WOCHENTAGE[frist.weekday()]}, {format_datum(frist.date())}"
    return f"{tag}, {frist:%H:%M} Uhr" if frist - jetzt < timedelta(days=1) else tag
