"""Whom to call at night, for a whole list of houses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from shared_apps.providers.models import Einrichtung, Kontakt
from shared_apps.providers.selectors.kontakte import find_notruf


@dataclass(frozen=True, slots=True)
class Telefon:
    """A number as it is read, and as a phone dials it. `ist_notruf`: somebody answers day and night; `wessen`: whose
    number it is."""

    nummer: str
    waehlbar: str
    ist_notruf: bool
    wessen: str = "Notfalltelefon"


def list_telefone(haeuser: Sequence[Einrichtung]) -> dict[UUID, Telefon]:
    """By facility: its own emergency telephone, else its provider's, else the ordinary number of either. One query.

    The providers are loaded with the facilities.
    """
    rows = list(
        Kontakt.objects.filter(
            Q(einrichtung__in={haus.pk for haus in haeuser}) | Q(anbieter__in={haus.anbieter_id for haus in haeuser}),
            ist_notruf=True,
        ).order_by("created_at", "pk")
    )
    telefone = {}
    for haus in haeuser:
        notruf = find_notruf(
            [kontakt for kontakt in rows if kontakt.einrichtung_id == haus.pk],
            [kontakt for kontakt in rows if kontakt.anbieter_id == haus.anbieter_id],
        )
        if notruf is not None:
            telefone[haus.pk] = Telefon(notruf.telefon, notruf.waehlbar, ist_notruf=True)
        elif nummer := haus.telefon or haus.anbieter.telefon:
            wessen = "Nummer des Hauses" if haus.telefon else "Verwaltung des Anbieters"
            telefone[haus.pk] = Telefon(nummer, nummer.replace(" ", ""), ist_notruf=False, wessen=wessen)
    return telefone
