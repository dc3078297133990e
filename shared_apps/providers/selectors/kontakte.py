"""Whom to call, and first of all at night."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from shared_apps.core.ordnung import deutsch
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


# --- whom to call by day about what is free ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ruf:
    """A telephone and who answers there; both "" where nobody has entered any."""

    telefon: str
    name: str


def list_rufe(einrichtungen: Iterable[Any]) -> Mapping[UUID, list[Kontakt]]:
    """Contacts with a telephone of these facilities (keys or a query of them), for `find_ruf`. One query."""
    rufe: dict[UUID, list[Kontakt]] = defaultdict(list)
    for kontakt in Kontakt.objects.filter(einrichtung__in=einrichtungen).exclude(telefon=""):
        if kontakt.einrichtung_id is not None:
            rufe[kontakt.einrichtung_id].append(kontakt)
    return rufe


def find_ruf(einrichtung: Einrichtung, kontakte: Iterable[Kontakt]) -> Ruf:
    """Whoever takes people in there, else the facility's own telephone, else another contact of it, else its
    provider's. Of `kontakte` the emergency telephone comes last: it is for the night."""
    reihe = sorted(kontakte, key=lambda k: (k.ist_notruf, _FOLGE[k.funktion], k.created_at))
    aufnahme = [Ruf(k.telefon, k.name) for k in reihe if k.funktion == Kontaktfunktion.AUFNAHME]
    haus, anbieter = ([Ruf(o.telefon, o.ansprechpartner)] for o in (einrichtung, einrichtung.anbieter))
    alle = [*aufnahme, *haus, *(Ruf(k.telefon, k.name) for k in reihe), *anbieter]
    return next((ruf for ruf in alle if ruf.telefon), Ruf("", einrichtung.ansprechpartner))


# --- telephones as a list says them ---------------------------------------------------------------------------------

#: What a list of an office may say of a facility: the telephone of a function, nobody's name and no address.
TELEFONE: dict[str, tuple[Kontaktfunktion, bool]] = {
    "notfalltelefon": (Kontaktfunktion.BEREITSCHAFT, True),
    "telefon_leitung": (Kontaktfunktion.LEITUNG, False),
    "telefon_aufnahme": (Kontaktfunktion.AUFNAHME, False),
    "telefon_verwaltung": (Kontaktfunktion.VERWALTUNG, False),
}


def is_nur_nummer(kontakt: Kontakt) -> bool:
    """Whether it is as a list enters one; with a name or an address it is its house's."""
    return not kontakt.name and not kontakt.email


def find_gelistete(kontakte: Iterable[Kontakt]) -> dict[tuple[UUID, str], Kontakt]:
    """(facility, field of a list) → the contact it is about: of several the oldest without a name or an address."""
    found: dict[tuple[UUID, str], Kontakt] = {}
    for kontakt in sorted(kontakte, key=lambda k: (not is_nur_nummer(k), k.created_at, k.pk)):
        for feld, (funktion, ist_notruf) in TELEFONE.items():
            passt = kontakt.ist_notruf if ist_notruf else kontakt.funktion == funktion and not kontakt.ist_notruf
            if passt and kontakt.einrichtung_id is not None:
                found.setdefault((kontakt.einrichtung_id, feld), kontakt)
    return found


def list_telefone(einrichtung_ids: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    """What the register has of these fields, by facility. One query."""
    telefone: dict[UUID, dict[str, str]] = defaultdict(dict)
    rows = Kontakt.objects.filter(einrichtung__in=list(einrichtung_ids))
    for (pk, feld), kontakt in find_gelistete(rows).items():
        telefone[pk][feld] = kontakt.telefon
    return telefone


def with_kontakte(rows: QuerySet[Anbieter]) -> QuerySet[Anbieter]:
    """Providers with their own contacts, by name."""
    return rows.prefetch_related("kontakte").order_by(deutsch("name"))
