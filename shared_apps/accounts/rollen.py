"""What each role is: where it works, how it is given, who may deputise. No Django here; its name is in `enums.Rolle`.

What it may do is said by the policies of each app, which roles one person never holds together by `rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Seite(StrEnum):
    """Where a role works: in an office, at a provider, for the state or the operator (portal only)."""

    AMT = "AMT"
    ANBIETERSEITE = "ANBIETERSEITE"
    LAND = "LAND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollenart:
    """One role. `kopf`: the head of its column in docs/access.md.

    `leitend`: of an office, and two people grant it (one proposes, a lead approves); `personennah`: sees single persons
    of an office without leading anybody. `vertretbar_durch`: who may deputise beside somebody of the same role: it has
    the same task, and among those who lead cases also the team's lead (the same list is in the database).
    """

    seite: Seite
    kopf: str
    leitend: bool = False
    personennah: bool = False
    vertretbar_durch: tuple[str, ...] = ()


ROLLEN: dict[str, Rollenart] = {
    "ASD": Rollenart(seite=Seite.AMT, kopf="ASD", personennah=True, vertretbar_durch=("TEAMLEITUNG",)),
    "TEAMLEITUNG": Rollenart(seite=Seite.AMT, kopf="TL", leitend=True, vertretbar_durch=("ASD", "JUGENDAMTSLEITUNG")),
    "WJH": Rollenart(seite=Seite.AMT, kopf="WJH", personennah=True),
    "CONTROLLING": Rollenart(seite=Seite.AMT, kopf="Contr."),
    "JUGENDAMTSLEITUNG": Rollenart(seite=Seite.AMT, kopf="JAL", leitend=True, vertretbar_durch=("TEAMLEITUNG",)),
    "TENANT_ADMIN": Rollenart(seite=Seite.AMT, kopf="Admin", leitend=True),
    "DATENSCHUTZ": Rollenart(seite=Seite.AMT, kopf="DSB", leitend=True),
    "AUSSCHUSS": Rollenart(seite=Seite.AMT, kopf="JHA"),
    "VORMUND": Rollenart(seite=Seite.AMT, kopf="Vorm.", personennah=True),
    "PRUEFUNG": Rollenart(seite=Seite.AMT, kopf="Prüf.", leitend=True),
    "ANBIETER": Rollenart(seite=Seite.ANBIETERSEITE, kopf="Anb."),
    "ANBIETER_ABRECHNUNG": Rollenart(seite=Seite.ANBIETERSEITE, kopf="Anb.-Abr."),
    "EINRICHTUNG": Rollenart(seite=Seite.ANBIETERSEITE, kopf="Einr."),
    "LANDESJUGENDAMT": Rollenart(seite=Seite.LAND, kopf="LJA"),
    "MINISTERIUM": Rollenart(seite=Seite.LAND, kopf="Min."),
    "BETRIEB": Rollenart(seite=Seite.LAND, kopf="Betr."),
}


def rollenart(code: str) -> Rollenart:
    """What a role is. LookupError for one that nobody has declared."""
    if code not in ROLLEN:
        raise LookupError(f"{code}: say in ROLLEN of shared_apps/accounts/rollen.py where this role works, and how")
    return ROLLEN[code]
