"""What each role is: where it works, how it is given, who may deputise. No Django here; its name is in `enums.Rolle`.

What it may do is said by the policies of each app, which roles one person never holds together by `rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Wirkungsort(StrEnum):
    """Where a role works: in an office, at a provider, for the state or the operator (portal only)."""

    AMT = "AMT"
    ANBIETERSEITE = "ANBIETERSEITE"
    LAND = "LAND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollenart:
    """One role. `kopf`: the head of its column in docs/access.md.

    `leitung_entscheidet`: of an office; what one person proposes, its head alone may approve (ADR 0029). `personennah`:
    sees single persons of an office; its administration may approve it, too. `zweite_person`: of an office; is the
    second person of what costs the state money (rates, lists), so two people give it (ADR 0078).
    `vertretbar_durch`: who may deputise beside somebody of the same role: it has the same task, and among those who
    lead cases also the team's lead (the same list is in the database). `ohne_vertretung`: nobody deputises, not even
    somebody of the same role.
    """

    ort: Wirkungsort
    kopf: str
    leitung_entscheidet: bool = False
    personennah: bool = False
    zweite_person: bool = False
    ohne_vertretung: bool = False
    vertretbar_durch: tuple[str, ...] = ()


ROLLEN: dict[str, Rollenart] = {
    "ASD": Rollenart(ort=Wirkungsort.AMT, kopf="ASD", personennah=True, vertretbar_durch=("TEAMLEITUNG",)),
    "TEAMLEITUNG": Rollenart(
        ort=Wirkungsort.AMT, kopf="TL", leitung_entscheidet=True, vertretbar_durch=("ASD", "JUGENDAMTSLEITUNG")
    ),
    "WJH": Rollenart(ort=Wirkungsort.AMT, kopf="WJH", personennah=True),
    "CONTROLLING": Rollenart(ort=Wirkungsort.AMT, kopf="Contr.", zweite_person=True),
    "JUGENDAMTSLEITUNG": Rollenart(
        ort=Wirkungsort.AMT, kopf="JAL", leitung_entscheidet=True, vertretbar_durch=("TEAMLEITUNG",)
    ),
    "TENANT_ADMIN": Rollenart(ort=Wirkungsort.AMT, kopf="Admin", leitung_entscheidet=True),
    "DATENSCHUTZ": Rollenart(ort=Wirkungsort.AMT, kopf="DSB", leitung_entscheidet=True),
    "AUSSCHUSS": Rollenart(ort=Wirkungsort.AMT, kopf="JHA"),
    "VORMUND": Rollenart(ort=Wirkungsort.AMT, kopf="Vorm.", personennah=True),
    "RUFBEREITSCHAFT": Rollenart(ort=Wirkungsort.AMT, kopf="Rufb.", personennah=True, ohne_vertretung=True),
    "PRUEFUNG": Rollenart(ort=Wirkungsort.AMT, kopf="Prüf.", leitung_entscheidet=True),
    "ANBIETER": Rollenart(ort=Wirkungsort.ANBIETERSEITE, kopf="Anb."),
    "ANBIETER_ABRECHNUNG": Rollenart(ort=Wirkungsort.ANBIETERSEITE, kopf="Anb.-Abr."),
    "EINRICHTUNG": Rollenart(ort=Wirkungsort.ANBIETERSEITE, kopf="Einr."),
    "LANDESJUGENDAMT": Rollenart(ort=Wirkungsort.LAND, kopf="LJA"),
    "MINISTERIUM": Rollenart(ort=Wirkungsort.LAND, kopf="Min."),
    "BETRIEB": Rollenart(ort=Wirkungsort.LAND, kopf="Betr."),
}


def rollenart(code: str) -> Rollenart:
    """What a role is. LookupError for one that nobody has declared."""
    if code not in ROLLEN:
        raise LookupError(f"{code}: say in ROLLEN of shared_apps/accounts/rollen.py where this role works, and how")
    return ROLLEN[code]
