"""Applications of an office, and who in the register could be meant."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.aufnahme.rules import aehnlich, register_nr_gleich
from shared_apps.aufnahme.states import AufnahmeZustand
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.ordnung import deutsch, deutscher_schluessel
from shared_apps.providers.models import Anbieter, Einrichtung
from shared_apps.providers.querysets import has_been
from shared_apps.providers.selectors.stammdaten import list_pruefende_haeuser
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant, TenantZustand

with_names = related("tenant", "vorgeschlagen_von", "entschieden_von", "anbieter", "vorhandener", "membership__user")
ANTRAEGE = Liste("aufnahme:list", {"neueste": ordnung("created_at")}, "-neueste", zeigt=with_names)
OHNE_VERWALTUNG = Liste(
    "aufnahme:unadministered", {"name": ordnung(deutsch("name"), index="anbieter_nach_name")}, "name"
)


def list_antraege(rows: QuerySet[Aufnahmeantrag], *, zustand: str = "") -> QuerySet[Aufnahmeantrag]:
    """Of what may be seen, those in this state; all without one."""
    return ANTRAEGE.order(rows.filter(zustand=zustand) if zustand else rows)


@dataclass(frozen=True, slots=True)
class Doppelt:
    """A provider of the register that could be the one that asks, and why it is shown."""

    anbieter: Anbieter
    warum: str
    unverwaltet: bool
    """Nobody administers it, and it works in the office's district: the application may mean it."""


def list_doppelte(antrag: Aufnahmeantrag, *, unverwaltete: QuerySet[Anbieter]) -> list[Doppelt]:
    """Providers with the same name or register number, then those with a similar name; one statement.

    `unverwaltete`: those whose first administration the office may invite.
    """
    found: list[Doppelt] = []
    rows = Anbieter.objects.filter(has_been()).annotate(offen=Exists(unverwaltete.filter(pk=OuterRef("pk"))))
    for anbieter in rows.only("name", "register_nr", "ort", "gueltig_bis"):
        warum = _warum(anbieter, antrag)
        if warum:
            found.append(Doppelt(anbieter, warum, anbieter.offen))
    return sorted(found, key=lambda d: (_RANG.index(d.warum), deutscher_schluessel(d.anbieter.name)))


_RANG = ("gleicher Name", "gleiche Registernummer", "ähnlicher Name")


def _warum(anbieter: Anbieter, antrag: Aufnahmeantrag) -> str:
    if anbieter.name.casefold() == antrag.name.casefold():
        return _RANG[0]
    if register_nr_gleich(anbieter.register_nr, antrag.register_nr):
        return _RANG[1]
    return _RANG[2] if aehnlich(anbieter.name, antrag.name) else ""


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


def find_standort(anbieter: Anbieter, tenant: Tenant) -> Einrichtung | None:
    """A facility of the provider in the office's district: it is why this office may sign."""
    rows = list_pruefende_haeuser().filter(anbieter=anbieter, gebietskoerperschaft__kuerzel=tenant.kuerzel)
    return rows.first()


def find_wartender(anbieter: Anbieter) -> Aufnahmeantrag | None:
    """A proposal for this provider that already waits for its second signature."""
    rows = Aufnahmeantrag.objects.filter(vorhandener=anbieter, zustand=AufnahmeZustand.GEPRUEFT)
    return rows.first()
