"""The acting person as policies see her: plain data, loaded once per request."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from shared_apps.accounts.enums import AMT, ANBIETERSEITE, Rolle


@dataclass(frozen=True, slots=True)
class Akteur:
    """Who acts, in which roles, where.

    rollen: valid today at this host. anbieter_ids: providers the person works for.
    einrichtung_ids: the only facilities she may see when her role is EINRICHTUNG (never combined with another
    provider role); empty for everybody else. verwaltet_ids: providers whose people she administers.
    teams: where she works, in whatever role; geleitete_teams: those she leads, the only ones whose cases she sees.
    vertritt: people she deputises for today.
    tenant_id: primary key of the youth office whose host was called, None on the portal.
    ist_programm: she acts through the API, not at a page; it decides nothing, it is written down.
    """

    user_id: UUID
    username: str
    name: str
    rollen: frozenset[Rolle] = frozenset()
    anbieter_ids: frozenset[UUID] = frozenset()
    teams: frozenset[str] = frozenset()
    geleitete_teams: frozenset[str] = frozenset()
    vertritt: frozenset[UUID] = frozenset()
    einrichtung_ids: frozenset[UUID] = frozenset()
    verwaltet_ids: frozenset[UUID] = frozenset()
    tenant_id: int | None = None
    request_id: str = field(default="", compare=False)
    ist_programm: bool = field(default=False, compare=False)

    def hat(self, *rollen: Rolle) -> bool:
        """Whether the person has any of these roles here."""
        return bool(self.rollen.intersection(rollen))

    @property
    def ist_amt(self) -> bool:
        """Works in this youth office."""
        return bool(self.rollen & AMT)

    @property
    def ist_anbieter(self) -> bool:
        """Works for a provider."""
        return bool(self.rollen & ANBIETERSEITE)

    @property
    def nur_einrichtung(self) -> bool:
        """Works for single facilities of a provider and must see nothing of the others."""
        return Rolle.EINRICHTUNG in self.rollen

    @property
    def rolle_text(self) -> str:
        """Role codes for the trail, sorted."""
        return ",".join(sorted(self.rollen))[:24]
