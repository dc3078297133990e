"""Brothers and sisters in one facility: an offer for each of them, or none for all. No Django."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

#: Codes of the catalogue of helps that are one for a whole family, however many children she has: § 31 SGB VIII is for
#: "Familien in ihren Erziehungsaufgaben". One for each child would be paid as many times.
FAMILIENHILFEN = frozenset({"A31"})


def gilt_der_familie(codes: Collection[str]) -> bool:
    """Whether one of these kinds of help (codes of the catalogue) is one for the whole family."""
    return not FAMILIENHILFEN.isdisjoint(codes)


def verteilen(passend: Sequence[Sequence[UUID]], frei: Mapping[UUID, int]) -> list[UUID] | None:
    """One of the offers that fit for each child, none more often than it has free places; None when not all find one.

    `passend`: of each child what fits, the preferred first; who comes later moves an earlier one only where she finds
    nothing else. The same input gives the same answer.
    """
    gewaehlt: list[UUID | None] = [None] * len(passend)
    for kind in range(len(passend)):
        if not _seat(kind, passend, frei, gewaehlt, set()):
            return None
    return [angebot for angebot in gewaehlt if angebot is not None]


def _seat(
    kind: int,
    passend: Sequence[Sequence[UUID]],
    frei: Mapping[UUID, int],
    gewaehlt: list[UUID | None],
    versucht: set[UUID],
) -> bool:
    for angebot in passend[kind]:
        if angebot in versucht:
            continue
        versucht.add(angebot)
        sitzen = [other for other, hat in enumerate(gewaehlt) if hat == angebot]
        if len(sitzen) < frei.get(angebot, 0) or any(
            _seat(other, passend, frei, gewaehlt, versucht) for other in sitzen
        ):
            gewaehlt[kind] = angebot
            return True
    return False
