"""Who is a second person, and not the first one again under another address (ADR 0075)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from uuid import UUID

#: Person of a provider, everybody who ever had a role there → who let her in, had a hand in how she gets in, or is she
#: herself under another address. Whoever is no key here is not of that provider: an office, the operator, set-up.
Zulassungen = Mapping[UUID, Set[UUID]]


def zulassungskette(person: UUID, zulassungen: Zulassungen) -> frozenset[UUID]:
    """The person, who let her in, who let them in, and so on, as far as they are of the same provider.

    Whoever was let in by nobody of the provider is a root: the chain ends with her. A ring ends, too.
    """
    kette: set[UUID] = set()
    offen = {person}
    while offen:
        kette |= offen
        offen = {wer for glied in offen for wer in zulassungen.get(glied, ()) if wer in zulassungen} - kette
    return frozenset(kette)


def sind_unabhaengig(eine: UUID, andere: UUID, zulassungen: Zulassungen) -> bool:
    """Whether no one person of the provider is behind both: their chains have nobody in common."""
    return not zulassungskette(eine, zulassungen) & zulassungskette(andere, zulassungen)
