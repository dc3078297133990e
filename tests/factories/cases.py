"""Young people and cases (tenant schema: call inside in_tenant)."""

from __future__ import annotations

from datetime import date
from itertools import count
from uuid import UUID

from tenant_apps.cases.models import Hilfefall, Klient

_nummer = count(1)


def create_klient(**fields) -> Klient:
    """A girl of ten in June 2017, unless told otherwise."""
    n = next(_nummer)
    defaults = {
        "pkz": f"PKZ-{n:05d}", "vorname": "Lena", "nachname": f"Testkind{n}",
        "geburtsdatum": date(2007, 3, 14), "geschlecht": "2",
    }  # fmt: skip
    return Klient.objects.create(**(defaults | fields))


def create_hilfefall(*, fachkraft_id: UUID, klient: Klient | None = None, **fields) -> Hilfefall:
    """A case in the hands of one social worker."""
    defaults = {"fallnummer": f"F-{next(_nummer):05d}", "team": "Anklam"}
    return Hilfefall.objects.create(klient=klient or create_klient(), fachkraft_id=fachkraft_id, **(defaults | fields))
