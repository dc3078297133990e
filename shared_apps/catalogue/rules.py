"""What a declared criterion is, what a value of it may be, and what fits: without Django and without a database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

#: Spoken wherever a youth office places somebody (code of ISO 639-1). No house says so, so nobody is offered to ask for
#: it; whoever asks all the same (a program, a search kept from before) has asked for nothing that could be missing.
UEBERALL_GESPROCHEN = "de"


def nennenswerte_sprachen(codes: Iterable[str]) -> tuple[str, ...]:
    """Those of these languages that a house may lack, in their order."""
    return tuple(code for code in codes if code != UEBERALL_GESPROCHEN)


WAHL, SPANNE, MENGE = "WAHL", "SPANNE", "MENGE"
#: How each column of an offer that a criterion may be kept in is said.
FELDARTEN = {"geschlecht": WAHL, "alter": SPANNE, "spezialisierungen": MENGE}


def check_kriterium(art: str, feld: str, von: int | None, bis: int | None, werte: Sequence[str]) -> str:
    """What is wrong with the declaration of a criterion; "" when nothing is."""
    if art not in {WAHL, SPANNE, MENGE}:
        return f"no kind of criterion: {art}"
    if feld:
        return "" if FELDARTEN.get(feld) == art else f"{feld} is no column that is said as {art}"
    if art == SPANNE:
        return "" if von is not None and bis is not None and 0 <= von <= bis else "a range says von and bis"
    if not werte or len(set(werte)) < len(werte) or not all(werte):
        return "a list has values, each with a code of its own"
    return ""


@dataclass(frozen=True, slots=True)
class Merkmal:
    """What an offer says by one criterion: codes of its list, or whole numbers from … to."""

    werte: tuple[str, ...] = ()
    von: int | None = None
    bis: int | None = None

    @property
    def ist_leer(self) -> bool:
        """It says nothing."""
        return not self.werte and self.von is None


def passt(art: str, merkmal: Merkmal, gesucht: str | int | Collection[str]) -> bool:
    """Whether an offer that says `merkmal` fits who asks for `gesucht`. No choice and no range are no limit; of
    several that are asked for, all must be there. The search says the same in SQL (`tenant_apps.placements`)."""
    if art == MENGE:
        return set(gesucht if not isinstance(gesucht, str | int) else ()) <= set(merkmal.werte)
    if merkmal.ist_leer:
        return True
    if art == SPANNE:
        return merkmal.von is not None and merkmal.bis is not None and merkmal.von <= int(str(gesucht)) <= merkmal.bis
    return gesucht in merkmal.werte


#: Beginning of the names of form fields that a criterion makes.
VORSILBE = "merkmal_"


def feldnamen(modul: str, code: str, art: str) -> tuple[str, ...]:
    """Names of a criterion's fields in the form of an offer: two for a range."""
    name = suchname(modul, code)
    return (f"{name}_von", f"{name}_bis") if art == SPANNE else (name,)


def suchname(modul: str, code: str) -> str:
    """Name of its one field in the search."""
    return f"{VORSILBE}{modul}_{code}"
