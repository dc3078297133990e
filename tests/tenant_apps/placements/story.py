"""Anna of VG has reserved a place at Ines's house: the stories of this folder begin here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from shared_apps.accounts.akteur import Akteur
from shared_apps.inbox.models import Hinweis
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Angebot
from tenant_apps.audit.models import Protokoll
from tenant_apps.placements.models import Buchung, Reservierung
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.placements import create_buchung, create_reservierung
from tests.factories.register import create_angebot, period
from tests.people import Cast
from tests.trail import reading


@dataclass
class Story:
    """One office, one offer, the cast."""

    cast: Cast
    vg: Tenant
    angebot: Angebot

    @contextmanager
    def at_vg(self) -> Iterator[None]:
        """Inside VG's fence, as a service runs."""
        with in_tenant(self.vg):
            yield

    def akteur(self, name: str) -> Akteur:
        """The acting person at VG's host."""
        return self.cast.akteur(name, at="VG")

    def reserve(self, von: str = "2026-12-01", bis: str = "2027-05-31", **fields: Any) -> Reservierung:
        """Anna reserves."""
        anna = self.cast.user("anna")
        with self.at_vg():
            return create_reservierung(fachkraft_id=anna.pk, angebot=self.angebot, zeitraum=period(von, bis), **fields)

    def book(self, von: str = "2017-06-01", bis: str = "2017-11-30", **fields: Any) -> Buchung:
        """A booking of Anna's."""
        anna = self.cast.user("anna")
        with self.at_vg():
            return create_buchung(fachkraft_id=anna.pk, angebot=self.angebot, zeitraum=period(von, bis), **fields)

    def reload(self, row: Any) -> Any:
        """The row as it is in the database now."""
        with self.at_vg():
            return type(row).objects.get(pk=row.pk)

    def bindung(self, row: Reservierung | Buchung) -> Platzbindung:
        """The anonymous hold behind it."""
        with self.at_vg():
            return Platzbindung.objects.get(pk=row.platzbindung_id)

    def open_hinweise(self, row: Any) -> list[str]:
        """Kinds of the pointers that still wait for this object."""
        with self.at_vg():
            return list(Hinweis.objects.filter(objekt_id=row.pk, erledigt_at=None).values_list("art", flat=True))

    def trail(self, row: Any) -> list[str]:
        """What was recorded about the object, oldest first."""
        with reading(self.vg):
            entries = Protokoll.objects.filter(objekt_id=row.pk).order_by("created_at", "pk")
            return list(entries.values_list("vorgang", flat=True))


def tell(cast: Cast, vg: Tenant, entgelt: str = "76.00", **fields: Any) -> Story:
    """Begin the story with one offer at 76 euro a day."""
    return Story(cast, vg, create_angebot(entgelt=entgelt, plaetze=fields.pop("plaetze", 5), **fields))
