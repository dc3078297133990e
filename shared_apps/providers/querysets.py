"""What `gueltig_bis` of a provider, a facility or a document means, said once.

Half-open like every period of this system: `gueltig_bis` is the first day on which it is **not** valid any more.
Screens say the day before, the last one (`MitEnde.letzter_tag`).
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from shared_apps.core.zeitraum import Zeitraum


def valid_on(tag: date, *, prefix: str = "") -> Q:
    """Rows that have not ended on this day. `prefix` is the way to them, e.g. `einrichtung__`."""
    return Q(**{f"{prefix}gueltig_bis__isnull": True}) | Q(**{f"{prefix}gueltig_bis__gt": tag})


def valid_throughout(zeitraum: Zeitraum, *, prefix: str = "") -> Q:
    """Rows that do not end before the last day of the period; of a period without end, those without end."""
    ohne_ende = Q(**{f"{prefix}gueltig_bis__isnull": True})
    if zeitraum.ende is None:
        return ohne_ende
    return ohne_ende | Q(**{f"{prefix}gueltig_bis__gte": zeitraum.ende})
