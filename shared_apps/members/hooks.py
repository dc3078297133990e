"""What apps above this one in the import order know: what an ended role leaves behind (cases, in the office's own
schema), and by whose decision somebody is invited (aufnahme).

Without one that registers, nothing is left behind, and nobody has decided.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.models import Membership, User
from shared_apps.core.hook import Hook, HookOfOne

#: (who asks, the role) → open cases its person is responsible for by it.
_offene_faelle: HookOfOne[[Akteur, Membership], int] = HookOfOne()
register_offene_faelle = _offene_faelle.register


def count_offene_faelle(*, akteur: Akteur, membership: Membership) -> int:
    """How many open cases have nobody any more when this role ends; a number, no case."""
    return _offene_faelle.ask(akteur, membership) or 0


@dataclass(frozen=True, slots=True)
class Anlass:
    """Why somebody is invited, and what she does first when she has come in; sentences of the invitation's mail."""

    warum: str
    danach: str = ""


#: Who is invited → why, or None when this app knows nothing of it.
_anlaesse: Hook[[User], Anlass | None] = Hook()
register_anlass = _anlaesse.register


def find_anlass(user: User) -> Anlass | None:
    """By whose decision she is invited, when it was one that an app above knows."""
    return next((anlass for anlass in _anlaesse.ask(user) if anlass is not None), None)
