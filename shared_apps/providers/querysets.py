"""What `gueltig_bis` of a provider, a facility or a document means, said once.

Half-open like every period of this system: `gueltig_bis` is the first day on which it is **not** valid any more.
Screens say the day before, the last one (`MitEnde.letzter_tag`).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from shared_apps.core.clock import midnight
from shared_apps.core.uploads.states import LESBAR
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from shared_apps.providers.rules import NIE, bestaetigt_bis_auf


def valid_on(tag: date, *, prefix: str = "") -> Q:
    """Rows that have not ended on this day. `prefix` is the way to them, e.g. `einrichtung__`."""
    return Q(**{f"{prefix}gueltig_bis__isnull": True}) | Q(**{f"{prefix}gueltig_bis__gt": tag})


def has_been(*, prefix: str = "") -> Q:
    """Houses and providers that are or were; not those that came with a list and were taken back with it (ADR 0067)."""
    return Q(**{f"{prefix}gueltig_bis__isnull": True}) | Q(**{f"{prefix}gueltig_bis__gt": NIE})


def valid_throughout(zeitraum: Zeitraum, *, prefix: str = "") -> Q:
    """Rows that do not end before the last day of the period; of a period without end, those without end."""
    ohne_ende = Q(**{f"{prefix}gueltig_bis__isnull": True})
    if zeitraum.ende is None:
        return ohne_ende
    return ohne_ende | Q(**{f"{prefix}gueltig_bis__gte": zeitraum.ende})


def not_ended(tag: date) -> Q:
    """Offers that run on this day or begin later."""
    return Q(gueltig__endswith__isnull=True) | Q(gueltig__endswith__gt=tag)


def gueltig_on(tag: date, *, prefix: str = "") -> Q:
    """Offers that run on this day: `gueltig__contains`, by its two ends.

    Under row-level security the planner does not use what it knows of a column for `@>`: it takes one offer of two
    hundred for running, reads the others one by one and sorts them all. Comparisons of dates are leakproof: for them
    it asks the statistics of both ends (`angebot_gueltig`).
    """
    begonnen = Q(**{f"{prefix}gueltig__startswith__isnull": True}) | Q(**{f"{prefix}gueltig__startswith__lte": tag})
    laeuft = Q(**{f"{prefix}gueltig__endswith__isnull": True}) | Q(**{f"{prefix}gueltig__endswith__gt": tag})
    return begonnen & laeuft & Q(**{f"{prefix}gueltig__isempty": False})


def gueltig_within(zeitraum: Zeitraum, *, prefix: str = "") -> Q:
    """Offers that run on a day of this period: `gueltig__overlap`, by the two ends of both, as `gueltig_on` does."""
    begonnen = Q()  # a period without end is begun by all
    if zeitraum.ende is not None:
        begonnen = Q(**{f"{prefix}gueltig__startswith__isnull": True}) | Q(
            **{f"{prefix}gueltig__startswith__lt": zeitraum.ende}
        )
    laeuft = Q(**{f"{prefix}gueltig__endswith__isnull": True}) | Q(
        **{f"{prefix}gueltig__endswith__gt": zeitraum.beginn}
    )
    return begonnen & laeuft & Q(**{f"{prefix}gueltig__isempty": False})


def running_on(tag: date, *, prefix: str = "") -> Q:
    """Offers that run on this day, in a facility and of a provider that have not ended."""
    orte = valid_on(tag, prefix=f"{prefix}einrichtung__") & valid_on(tag, prefix=f"{prefix}einrichtung__anbieter__")
    return gueltig_on(tag, prefix=prefix) & orte


def confirmed_on(tag: date, ab: date | None = None) -> Q:
    """Offers whose vacancies are freshly confirmed on this day, as `rules.vakanzstand` says of one; or from `ab` on,
    without a report since that says otherwise."""
    seit = midnight(ab or bestaetigt_bis_auf(tag))
    frisch = Q(vakanz_bestaetigt_at__gte=seit, vakanz_bestaetigt_at__lt=_after(tag))
    return frisch & Q(vakanz_gemeldet_at__isnull=True)


def unconfirmed_on(tag: date) -> Q:
    """All the others, those among them that a provider's statement says are confirmed on a day to come."""
    return (
        never_confirmed_on(tag)
        | Q(vakanz_bestaetigt_at__lt=midnight(bestaetigt_bis_auf(tag)))
        | Q(vakanz_gemeldet_at__isnull=False)
    )


def never_confirmed_on(tag: date) -> Q:
    """Offers that nobody has confirmed up to this day."""
    return Q(vakanz_bestaetigt_at__isnull=True) | Q(vakanz_bestaetigt_at__gte=_after(tag))


def confirmed_until(tag: date) -> Q:
    """Offers that were confirmed at some time, on this day at the latest."""
    return Q(vakanz_bestaetigt_at__lt=_after(tag))


def _after(tag: date) -> datetime:
    """The first moment after this day."""
    return midnight(tag + EIN_TAG)


def shown_fotos() -> Q:
    """Pictures that everybody sees: with their words, not taken away, and let through by the scanner."""
    return Q(gueltig_bis=None, pruefung__in=LESBAR) & ~Q(titel="") & ~Q(alternativtext="") & ~Q(datei="")
