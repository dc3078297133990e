"""What is drawn: a reservation with everything that hangs on it, its moments, the days around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from deploy.demo.world.markt import WeltAngebot, WeltPlatz
from shared_apps.providers.models import Geschlecht
from tenant_apps.placements.enums import Beendigungsgrund
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.states import VORGANG_GEBUNDEN, BuchungZustand, ReservierungZustand, VorgangZustand


@dataclass(slots=True)
class WeltVorgang:
    """One reservation with everything that hangs on it."""

    angebot: WeltAngebot
    platz: WeltPlatz
    beginn: date
    ende: date  # exclusive, as planned
    bis: date  # exclusive, as it really went
    zustand: ReservierungZustand
    buchung: BuchungZustand | None = None
    grund: Beendigungsgrund | None = None
    gesucht: datetime | None = None
    ablauf: datetime | None = None
    asd: tuple[UUID, str, str] | None = None
    geschlecht: Geschlecht = Geschlecht.ALLE
    alter: int = 10
    ids: dict[str, UUID] = field(default_factory=dict)
    liste: list[Trefferzeile] = field(default_factory=list)
    stunden: Decimal | None = None

    @property
    def haelt_platz(self) -> bool:
        """Not what came to nothing: declined, withdrawn, expired, cancelled."""
        return VorgangZustand(self.buchung or self.zustand) in VORGANG_GEBUNDEN


@dataclass(frozen=True, slots=True)
class Momente:
    """When an offer was chosen, when its provider decided, when it was booked."""

    gewaehlt: datetime
    entschieden: datetime
    gebucht: datetime


@dataclass(slots=True)
class Zeit:
    """The days the world is built around."""

    heute: date
    jetzt: datetime
    fenster: date  # first day of the 26 months
