"""Applications of an office, and who in the register could be meant."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.aufnahme.rules import aehnlich, register_nr_gleich
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.ordnung import deutscher_schluessel
from shared_apps.providers.models import Anbieter
from shared_apps.providers.querysets import has_been
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant, TenantZustand

with_names = related("tenant", "vorgeschlagen_von", "entschieden_von", "anbieter", "membership__user")
ANTRAEGE = Liste("aufnahme:list", {"neueste": ordnung("created_at")}, "-neueste", zeigt=with_names)


def list_antraege(rows: QuerySet[Aufnahmeantrag], *, zustand: str = "") -> QuerySet[Aufnahmeantrag]:
    """Of what may be seen, those in this state; all without one."""
    return ANTRAEGE.order(rows.filter(zustand=zustand) if zustand else rows)


@dataclass(frozen=True, slots=True)
class Doppelt:
    """A provider of the register that could be the one that asks, and why it is shown."""

    anbieter: Anbieter
    warum: str


def list_doppelte(antrag: Aufnahmeantrag) -> list[Doppelt]:
    """Providers with the same name or register number, then those with a similar name; one statement."""
    found: list[Doppelt] = []
    for anbieter in Anbieter.objects.filter(has_been()).only("name", "register_nr", "ort", "gueltig_bis"):
        if anbieter.name.casefold() == antrag.name.casefold():
            found.append(Doppelt(anbieter, "gleicher Name"))
        elif register_nr_gleich(anbieter.register_nr, antrag.register_nr):
            found.append(Doppelt(anbieter, "gleiche Registernummer"))
        elif aehnlich(anbieter.name, antrag.name):
            found.append(Doppelt(anbieter, "ähnlicher Name"))
    rang = ("gleicher Name", "gleiche Registernummer", "ähnlicher Name")
    return sorted(found, key=lambda d: (rang.index(d.warum), deutscher_schluessel(d.anbieter.name)))


def list_gleichzeitige(rows: QuerySet[Aufnahmeantrag], antrag: Aufnahmeantrag) -> list[Aufnahmeantrag]:
    """Other applications the person may see that could come from the same organisation."""
    others = rows.exclude(pk=antrag.pk).only("name", "register_nr", "zustand", "created_at")
    return [
        other
        for other in others
        if aehnlich(other.name, antrag.name) or register_nr_gleich(other.register_nr, antrag.register_nr)
    ]


def list_kreise() -> list[tuple[str, str]]:
    """Districts to choose from: Kürzel and name."""
    return list(Gebietskoerperschaft.objects.values_list("kuerzel", "name"))


def find_amt(kreis: str) -> Tenant | None:
    """The office of a district, if it works with the portal."""
    return Tenant.objects.filter(kuerzel=kreis).exclude(zustand=TenantZustand.STILLGELEGT).first()
