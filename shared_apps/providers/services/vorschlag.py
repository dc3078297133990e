"""What one proposes and another decides: holding the row, and writing who decided. Rates, master data, applications to
join; an account, which also runs out, is held by its own service."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import Konflikt, Verweigert
from shared_apps.core.zustand import Beschriftet, Zustandsmaschine

Z = TypeVar("Z", bound=Beschriftet)
A = TypeVar("A", bound=Beschriftet)
V = TypeVar("V", bound=Model)


class Entschieden(Protocol):
    """The columns of a row that somebody decides."""

    zustand: str
    entschieden_von_id: UUID | None
    entschieden_at: datetime | None

    def save(self, *, update_fields: list[str]) -> None:
        """As every row."""


def lock_vorschlag(
    sichtbar: QuerySet[V], pk: UUID, tabelle: Zustandsmaschine[Z, A], aktion: A, *, fremd: str, entschieden: str
) -> V:
    """The row as it is now, held. `Verweigert` (`fremd`) for one that the person does not see, `Konflikt`
    (`entschieden`) when this step does not lead on from where it is."""
    fresh: Any = sichtbar.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if fresh is None:
        raise Verweigert(fremd)
    if aktion not in tabelle.erlaubt(tabelle.zustaende(fresh.zustand)):
        raise Konflikt(entschieden, code="zustand")
    row: V = fresh
    return row


def settle_vorschlag(
    akteur: Akteur,
    vorschlag: Entschieden,
    tabelle: Zustandsmaschine[Z, A],
    aktion: A,
    *,
    am: datetime,
    auch: tuple[str, ...] = ("grund",),
) -> None:
    """Write the step into the held row: who took it and when, and these columns that the step has set."""
    vorschlag.zustand = tabelle.naechster(tabelle.zustaende(vorschlag.zustand), aktion)
    vorschlag.entschieden_von_id, vorschlag.entschieden_at = akteur.user_id, am
    vorschlag.save(update_fields=["zustand", "entschieden_von", "entschieden_at", *auch])
