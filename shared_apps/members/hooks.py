"""What apps above this one in the import order know: what an ended role leaves behind (cases, in the office's own
schema), and by whose decision somebody is invited (aufnahme).

They register their functions in `AppConfig.ready`; without one nothing is left behind, and nobody has decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.models import Membership, User

#: (who asks, the role) -> open cases its person is responsible for by it.
OffeneFaelleProvider = Callable[[Akteur, Membership], int]

_provider: list[OffeneFaelleProvider] = []


def register_offene_faelle(provider: OffeneFaelleProvider) -> OffeneFaelleProvider:
    """Let `provider` answer from now on; the last one registered counts."""
    _provider[:] = [provider]
    return provider


def count_offene_faelle(*, akteur: Akteur, membership: Membership) -> int:
    """How many open cases have nobody any more when this role ends; a number, no case."""
    return _provider[0](akteur, membership) if _provider else 0


@dataclass(frozen=True, slots=True)
class Anlass:
    """Why somebody is invited, and what she does first when she has come in; sentences of the invitation's mail."""

    warum: str
    danach: str = ""


#: who is invited → why, or None when this app knows nothing of it.
AnlassProvider = Callable[[User], Anlass | None]

_anlaesse: list[AnlassProvider] = []


def register_anlass(provider: AnlassProvider) -> AnlassProvider:
    """Ask `provider`, too, from now on."""
    if provider not in _anlaesse:
        _anlaesse.append(provider)
    return provider


def find_anlass(user: User) -> Anlass | None:
    """By whose decision she is invited, when it was one that an app above knows."""
    return next((anlass for provider in _anlaesse if (anlass := provider(user)) is not None), None)
