"""Whom to call, and first of all at night."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from shared_apps.providers.models import Anbieter, Einrichtung, Kontakt, Kontaktfunktion

_FOLGE = {funktion: n for n, funktion in enumerate(Kontaktfunktion.values)}


@dataclass(frozen=True, slots=True)
class Kontaktliste:
    """The contacts of one place by function; beside them the telephone that somebody answers day and night."""

    notruf: Kontakt | None
    #: The facility has none of its own: it is its provider's.
    ist_des_anbieters: bool
    kontakte: tuple[Kontakt, ...]


def list_kontakte(ort: Anbieter | Einrichtung) -> Kontaktliste:
    """Of a provider, or of a facility with its provider's emergency telephone where it has none. One query."""
    if isinstance(ort, Anbieter):
        rows = list(Kontakt.objects.filter(anbieter=ort))
        eigene = rows
    else:
        rows = list(Kontakt.objects.filter(Q(einrichtung=ort) | Q(anbieter=ort.anbieter_id, ist_notruf=True)))
        eigene = [kontakt for kontakt in rows if kontakt.einrichtung_id == ort.pk]
    notruf = find_notruf(eigene, rows)
    kontakte = tuple(sorted(eigene, key=lambda k: (not k.ist_notruf, _FOLGE[k.funktion])))
    return Kontaktliste(notruf, notruf is not None and notruf not in eigene, kontakte)


def find_notruf(eigene: Iterable[Kontakt], des_anbieters: Iterable[Kontakt]) -> Kontakt | None:
    """The emergency telephone of a place: its own, else its provider's."""
    return next((k for rows in (eigene, des_anbieters) for k in rows if k.ist_notruf), None)


def list_notrufe(einrichtung_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The emergency telephone of each of these facilities that has one of its own. One query."""
    rows = Kontakt.objects.filter(einrichtung__in=list(einrichtung_ids), ist_notruf=True)
    return {pk: telefon for pk, telefon in rows.values_list("einrichtung_id", "telefon") if pk is not None}
