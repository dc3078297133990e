"""From where a search measures, and what is within reach of it.

A postcode is all that is asked of where a family lives; the shared tables are asked for the middle of its area.
"""

from __future__ import annotations

from typing import Any

from django.db.models import DecimalField, F, FloatField, Q, Value
from django.db.models.functions import ASin, Cast, Cos, Least, Power, Radians, Sin, Sqrt
from django.db.models.lookups import LessThanOrEqual

from shared_apps.core.errors import RegelVerletzt
from shared_apps.providers.models import Einrichtung
from shared_apps.regions.models import Gebietskoerperschaft, Postleitzahl
from shared_apps.regions.selectors import find_postleitzahl
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.lage import get_ort

Grad = tuple[float, float]
_ERDRADIUS_KM = 6371.0088


def get_mitte(kriterien: Kriterien, region: Gebietskoerperschaft) -> Grad | None:
    """The middle of the postcode that is searched around or started from, else the district's seat; latitude and
    longitude in degrees.

    `RegelVerletzt` (field umkreis_plz) for a postcode that nobody has loaded. One query where there is a postcode.
    """
    if not (plz := kriterien.umkreis_plz if kriterien.ist_umkreis else kriterien.ab_plz):
        return get_ort(region)
    ort = find_postleitzahl(plz)
    if ort is None:
        raise RegelVerletzt(
            f"Zur Postleitzahl {plz} ist kein Ort hinterlegt. Bitte prüfen Sie sie, nehmen Sie die"
            " eines Nachbarortes, oder suchen Sie landesweit.",
            feld="umkreis_plz",
        )
    return float(ort.breite), float(ort.laenge)


def find_ort(haus: Einrichtung) -> Grad | None:
    """Where a house is: its coordinates, else the middle of its postcode. One query without coordinates."""
    if (ort := get_ort(haus)) is not None:
        return ort
    plz = find_postleitzahl(haus.plz)
    return None if plz is None else (float(plz.breite), float(plz.laenge))


def within(mitte: Grad, km: int, *, haus: str = "einrichtung__") -> Q:
    """Offers of houses within this distance (km) in a straight line (`rules.entfernung_km`). `haus`: the way
    to the house."""
    ohne = Q(**{f"{haus}breite": None}) | Q(**{f"{haus}laenge": None})
    nahe = Postleitzahl.objects.filter(_near(mitte, km, "")).values("plz")
    return (~ohne & _near(mitte, km, haus)) | (ohne & Q(**{f"{haus}plz__in": nahe}))


def _near(mitte: Grad, km: int, prefix: str) -> Q:
    return Q(LessThanOrEqual(_km(mitte, prefix), Value(km)))


def _km(mitte: Grad, prefix: str) -> Any:
    breite, laenge = (Cast(F(f"{prefix}{name}"), FloatField()) for name in ("breite", "laenge"))
    von_breite, von_laenge = (Value(grad, FloatField()) for grad in mitte)
    halb = Value(2.0, FloatField())
    sehne = Power(Sin(Radians(breite - von_breite) / halb), Value(2.0)) + Cos(Radians(von_breite)) * Cos(
        Radians(breite)
    ) * Power(Sin(Radians(laenge - von_laenge) / halb), Value(2.0))
    km = Value(2 * _ERDRADIUS_KM, FloatField()) * ASin(Sqrt(Least(Value(1.0, FloatField()), sehne)))
    return Cast(km, DecimalField(max_digits=9, decimal_places=1))
