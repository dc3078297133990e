"""Where a facility is, seen from the office."""

from __future__ import annotations

import math
from decimal import Decimal

from shared_apps.core.geld import NBSP, format_zahl, round_stellen
from tenant_apps.placements.rules.planwerte import PlanwertError


def entfernung_km(von: tuple[float, float], nach: tuple[float, float]) -> Decimal:
    """Great-circle distance in km, one decimal; points are (latitude, longitude) in degrees. Not the road
    distance.

    Raises `PlanwertError` for coordinates off the globe.
    """
    for breite, laenge in (von, nach):
        if not (-90 <= breite <= 90 and -180 <= laenge <= 180):
            raise PlanwertError("Die Koordinaten sind ungültig.")
    breite_1, laenge_1, breite_2, laenge_2 = (math.radians(grad) for grad in (*von, *nach))
    sehne = (
        math.sin((breite_2 - breite_1) / 2) ** 2
        + math.cos(breite_1) * math.cos(breite_2) * math.sin((laenge_2 - laenge_1) / 2) ** 2
    )
    return round_stellen(Decimal(2 * 6371.0088 * math.asin(math.sqrt(min(1.0, sehne)))), 1)


def describe_weg(km: Decimal | None, *, ungefaehr: bool) -> str:
    """The way as every page says it: "12 km", "unter 1 km", "ca. 12 km" to the middle of the house's postcode. Empty
    where nobody knows it."""
    if km is None:
        return ""
    if ungefaehr:
        return f"ca.{NBSP}{format_zahl(max(km, Decimal(1)), 0)}{NBSP}km"
    return f"unter{NBSP}1{NBSP}km" if km < 1 else f"{format_zahl(km, 0)}{NBSP}km"


def ist_auswaertig(standort_ags: str, tenant_ags: str) -> bool:
    """True if the facility is outside the district: its AGS (5 or 8 digits) does not begin with the
    tenant's 5.

    law.md 3.2: "Auswärtige Buchung". Raises `PlanwertError` for keys of another shape.
    """
    for ags, laengen in ((standort_ags, (5, 8)), (tenant_ags, (5,))):
        if not (ags.isascii() and ags.isdigit() and len(ags) in laengen):
            raise PlanwertError(f"„{ags}“ ist kein gültiger Gemeinde- oder Kreisschlüssel.")
    return not standort_ags.startswith(tenant_ags)
