"""After a restore of one office: held places of the shared schema against the office's own rows."""

from __future__ import annotations

from shared_apps.occupancy.enums import LEBEND
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.states import BUCHUNG_LEBEND, RESERVIERUNG_LEBEND
from tenants.models import Tenant
from tenants.operations.backup.registry import after_restore


def _own() -> tuple[set, set]:
    """Holds that the office's rows name at all, and those that a living row needs."""
    reservierungen = dict(Reservierung.objects.filter(fremdeinrichtung=None).values_list("platzbindung_id", "zustand"))
    buchungen = dict(Buchung.objects.filter(fremdeinrichtung=None).values_list("platzbindung_id", "zustand"))
    living = {pk for pk, zustand in reservierungen.items() if zustand in RESERVIERUNG_LEBEND}
    living |= {pk for pk, z in buchungen.items() if z in BUCHUNG_LEBEND}
    return {*reservierungen, *buchungen}, living


def find_orphans(tenant: Tenant) -> list[Platzbindung]:
    """Living holds that no row of the office points to. Call inside its fence."""
    known, _ = _own()
    living = Platzbindung.objects.filter(mandant=tenant.schema_name, zustand__in=LEBEND).order_by("pk")
    return [bindung for bindung in living if bindung.pk not in known]


@after_restore("Platzbindungen ohne Reservierung im Amt: nach der Sicherung entstanden")
def list_orphans(tenant: Tenant) -> list[str]:
    """Whether somebody lives there, only people know; `release_bindung` gives them back."""
    return [
        f"Bindung {b.pk}: Platz {b.platz_id}, ab {b.zeitraum.lower:%d.%m.%Y}, {b.zustand}" for b in find_orphans(tenant)
    ]


@after_restore("Reservierungen und Buchungen, deren Platz nicht mehr gehalten wird: nach der Sicherung beendet")
def list_without_hold(tenant: Tenant) -> list[str]:
    """Living rows of the office whose hold has ended or is missing in the shared schema."""
    _, needed = _own()
    held = set(Platzbindung.objects.filter(mandant=tenant.schema_name, zustand__in=LEBEND).values_list("pk", flat=True))
    return [f"Bindung {pk}" for pk in sorted(needed - held)]
