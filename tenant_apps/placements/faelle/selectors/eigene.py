"""What there is of a young person already, as one more reservation asks for it: one statement for all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.faelle.selectors.ueberschneidung import get_aufenthalt, with_haus
from tenant_apps.placements.faelle.selectors.vorgang import annotate_vorgang
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.states import RESERVIERUNG_LEBEND, VORGANG_GEBUNDEN, ReservierungZustand


@dataclass(frozen=True, slots=True)
class Eigene:
    """Reservations of a person or of her case, however they ended; `gebunden`: keys of those that hold a place and are
    in no sealed case."""

    suche_id: UUID
    klient_id: UUID
    hilfefall_id: UUID
    rows: tuple[Reservierung, ...]
    gebunden: frozenset[UUID]

    def is_reserviert(self, angebot_id: UUID) -> bool:
        """Whether a place of this offer is held for her out of this search."""
        return any(
            row.angebot_id == angebot_id and row.suche_id == self.suche_id and row.zustand in RESERVIERUNG_LEBEND
            for row in self._ihre()
        )

    def list_gleichzeitige(self, zeitraum: Zeitraum) -> list[Reservierung]:
        """Hers in these days that hold a place, out of what was read, as the page shows them."""
        rows = [
            row
            for row in self._ihre()
            if row.pk in self.gebunden and row.dauer.overlaps(zeitraum) and get_aufenthalt(row).overlaps(zeitraum)
        ]
        return sorted(rows, key=lambda row: (row.zeitraum.lower, row.zeitraum.upper or date.max, row.pk))

    def list_abgelehnte(self) -> list[Reservierung]:
        """Who has declined in this case or for this search so far, oldest first."""
        rows = [
            row
            for row in self.rows
            if row.zustand == ReservierungZustand.ABGELEHNT
            and (
                row.hilfefall_id == self.hilfefall_id
                or (row.suche_id == self.suche_id and row.klient_id == self.klient_id)
            )
        ]
        return sorted(rows, key=_entschieden)

    def _ihre(self) -> list[Any]:
        return [row for row in self.rows if row.klient_id == self.klient_id]


def read_eigene(suche: Suche, hilfefall: Hilfefall, *, klient_id: UUID, pseudonym: str) -> tuple[Eigene, bool]:
    """Hers, and whether somebody has this pseudonym. One query: her reservations are few."""
    gefragt = Reservierung.objects.filter(Q(klient=klient_id) | Q(hilfefall=hilfefall) | Q(pseudonym=pseudonym))
    offen = Hilfefall.objects.filter(pk=OuterRef("hilfefall_id"))  # the row rule is on the case
    rows: list[Any] = list(with_haus(annotate_vorgang(gefragt).annotate(ist_offen=Exists(offen))).order_by())
    ihre = tuple(row for row in rows if klient_id == row.klient_id or row.hilfefall_id == hilfefall.pk)
    gebunden = frozenset(row.pk for row in ihre if row.ist_offen and row.vorgang_zustand in VORGANG_GEBUNDEN)
    return Eigene(suche.pk, klient_id, hilfefall.pk, ihre, gebunden), any(row.pseudonym == pseudonym for row in rows)


def _entschieden(row: Reservierung) -> tuple[bool, datetime, UUID]:
    return row.entschieden_at is None, row.entschieden_at or row.created_at, row.pk
