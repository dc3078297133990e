"""The matters a talk is about: reservations and bookings (and enquiries) are above this app in the import order.

Each app that keeps such matters registers how one is found by the id its common number is made of, and which there are
of a talk. Without one nobody can write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.hook import Hook
from shared_apps.core.vorgangsnummer import format_vorgangsnummer
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung
from tenant_apps.cases.models import Hilfefall
from tenant_apps.gespraeche.models import Gespraech


@dataclass(frozen=True, slots=True)
class Bezug:
    """A matter somebody may write about, as the person sees it who asks.

    id: of which the common number is made; wort, stand: what it is and where it stands; route, objekt_id: its page.
    ist_offen: it has not come to nothing. ist_gebucht: the house knows the name, from a booking of this case with it.
    """

    id: UUID
    wort: str
    stand: str
    route: str
    objekt_id: UUID
    hilfefall: Hilfefall
    angebot: Angebot
    einrichtung: Einrichtung
    anbieter: Anbieter
    beginn: date
    ist_offen: bool
    ist_gebucht: bool
    #: What the house wants to know, where the matter says it.
    frage: str = ""
    #: Whether she who asks has a row of the person; a house that is only asked has none.
    mit_person: bool = True

    @property
    def nummer(self) -> str:
        """The common number."""
        return format_vorgangsnummer(self.id)


#: (who asks, the id of a matter) → that matter, None when there is none that she sees.
_bezug: Hook[[Akteur, UUID], Bezug | None] = Hook()
register_bezug = _bezug.register


def find_bezug(akteur: Akteur, bezug_id: UUID) -> Bezug | None:
    """The matter with this id, if she may see it."""
    return next((bezug for bezug in _bezug.ask(akteur, bezug_id) if bezug is not None), None)


#: (who asks, the talk) → its matters that she sees.
_bezuege: Hook[[Akteur, Gespraech], Sequence[Bezug]] = Hook()
register_bezuege = _bezuege.register


def list_bezuege(akteur: Akteur, gespraech: Gespraech) -> list[Bezug]:
    """The matters of a talk: what can be written about before what has come to nothing, each the newest first."""
    alle = [bezug for antwort in _bezuege.ask(akteur, gespraech) for bezug in antwort]
    return sorted(alle, key=lambda bezug: not bezug.ist_offen)
