"""Which name or form a provider wants instead, and which office it may ask."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from shared_apps.core.clock import today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.providers.models import Anbieter, Stammdatenvorschlag
from shared_apps.providers.querysets import valid_on
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant

#: What an office looked at when it let the provider in; trigger `providers_zugelassen_bleibt` has the same.
ZUGELASSEN = ("name", "rechtsform", "register_nr", "anerkennung")

with_names = related("anbieter", "gebietskoerperschaft")
STAMMDATEN = Liste(
    "providers:master_changes",
    {"neueste": ordnung("created_at", index="stammdaten_zeit")},
    "-neueste",
    zeigt=with_names,
)


def read_zugelassenes(anbieter: Anbieter) -> dict[str, Any]:
    """What holds now."""
    return {name: getattr(anbieter, name) for name in ZUGELASSEN}


def list_pruefende(anbieter: Anbieter) -> QuerySet[Gebietskoerperschaft]:
    """Districts where the provider has a facility and the youth office works with this portal."""
    haeuser = anbieter.einrichtungen.filter(valid_on(today()))
    mit_amt = Tenant.objects.values("kuerzel")
    return Gebietskoerperschaft.objects.filter(pk__in=haeuser.values("gebietskoerperschaft_id"), kuerzel__in=mit_amt)


def list_vorschlaege(vorschlaege: QuerySet[Stammdatenvorschlag], *, zustand: str = "") -> QuerySet[Stammdatenvorschlag]:
    """Of what may be seen, those in this state; all without one."""
    return STAMMDATEN.order(vorschlaege.filter(zustand=zustand) if zustand else vorschlaege)


def compare(vorschlag: Stammdatenvorschlag) -> list[tuple[str, str, str]]:
    """(label, before, proposed) of what is to change."""
    zeilen = []
    for name in ZUGELASSEN:
        feld = Stammdatenvorschlag._meta.get_field(name)
        worte = dict(getattr(feld, "choices", None) or ())
        alt, neu = vorschlag.bisher.get(name, ""), getattr(vorschlag, name)
        if alt != neu:
            zeilen.append((str(feld.verbose_name), str(worte.get(alt, alt) or "–"), str(worte.get(neu, neu) or "–")))
    return zeilen
