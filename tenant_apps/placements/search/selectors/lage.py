"""A sketch of where a facility is: dots on a plain, no map tiles, nothing leaves the house."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shared_apps.providers.models import Einrichtung
from shared_apps.regions.models import Gebietskoerperschaft

BREITE, HOEHE, RAND = 360, 240, 28
KM_JE_GRAD = 111.32


@dataclass(frozen=True, slots=True)
class Punkt:
    """A dot with its caption, in the sketch's own units."""

    name: str
    x: str
    y: str
    anker: str = "start"
    text_x: str = "0"


@dataclass(frozen=True, slots=True)
class Lageskizze:
    """Seats of the districts around, the facility, and a bar that gives the scale."""

    orte: tuple[Punkt, ...]
    ziel: Punkt
    massstab_km: int
    massstab_px: str
    breite: int = BREITE
    hoehe: int = HOEHE


def get_ort(von: Einrichtung | Gebietskoerperschaft) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, of a district those of its seat; None where they are not known."""
    return None if von.breite is None or von.laenge is None else (float(von.breite), float(von.laenge))


def compute_lageskizze(einrichtung: Einrichtung, sitze: list[Gebietskoerperschaft]) -> Lageskizze | None:
    """The facility among the seats; None without coordinates."""
    ziel = get_ort(einrichtung)
    if ziel is None:
        return None
    bekannt = [(s.sitz, ort) for s in sitze if (ort := get_ort(s)) is not None]
    alle = [ziel, *(ort for _, ort in bekannt)]
    faktor = math.cos(math.radians(ziel[0]))
    west, ost = min(x for _, x in alle), max(x for _, x in alle)
    sued, nord = min(y for y, _ in alle), max(y for y, _ in alle)
    je_grad = min((BREITE - 2 * RAND) / max((ost - west) * faktor, 0.05), (HOEHE - 2 * RAND) / max(nord - sued, 0.05))

    def punkt(name: str, breite: float, laenge: float) -> Punkt:
        x = BREITE / 2 + (laenge - (west + ost) / 2) * faktor * je_grad
        y = HOEHE / 2 - (breite - (sued + nord) / 2) * je_grad
        rechts = x > BREITE * 0.62
        return Punkt(name, f"{x:.1f}", f"{y:.1f}", "end" if rechts else "start", f"{x + (-8 if rechts else 8):.1f}")

    km = next((k for k in (100, 50, 20, 10, 5, 2, 1) if k / KM_JE_GRAD * je_grad <= BREITE / 3), 1)
    return Lageskizze(
        orte=tuple(punkt(sitz, *ort) for sitz, ort in bekannt),
        ziel=punkt(einrichtung.name, *ziel),
        massstab_km=km,
        massstab_px=f"{km / KM_JE_GRAD * je_grad:.1f}",
    )
