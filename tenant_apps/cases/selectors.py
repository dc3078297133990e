"""Reads of young people and cases. What the person may see is decided above; the queryset comes in narrowed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from tenant_apps.cases.models import Amtsperson, Hilfefall, HilfefallZustand, Klient
from tenant_apps.cases.querysets import word_query
from tenants.crypto import normalise

#: A select with more entries helps nobody; the filter narrows it.
AUSWAHL_GRENZE = 100


def search_klienten(klienten: QuerySet[Klient], text: str = "", *, grenze: int = AUSWAHL_GRENZE) -> list[Klient]:
    """Those of `klienten` whom every word of `text` finds: a whole name, the PKZ, the birth, part of a case number.

    The newest `grenze` in the order of their names: names stand encrypted and cannot be sorted in SQL.
    """
    for wort in text.replace("\x00", " ").replace(",", " ").split()[:5]:
        klienten = klienten.filter(
            word_query(wort) | Q(pk__in=Hilfefall.objects.filter(fallnummer__icontains=wort).values("klient_id"))
        )
    return sorted(klienten.order_by("-created_at", "-pk")[:grenze], key=name_order)


def name_order(klient: Klient) -> tuple[str, str, str]:
    """Key to sort by name as in a telephone book (ä as ae)."""
    return normalise(klient.nachname), normalise(klient.vorname), klient.pkz


def find_same_klient(*, pkz: str, vorname: str, nachname: str, geburtsdatum: date) -> Klient | None:
    """The young person with this PKZ, if name and date of birth say that it is the same one."""
    bekannt = Klient.objects.mit_pkz(pkz).filter(ist_vormundschaft=False)
    return bekannt.mit_name(vorname=vorname, nachname=nachname, geburtsdatum=geburtsdatum).first()


def pkz_is_taken(pkz: str, *, ist_vormundschaft: bool = False) -> bool:
    """Whether the office has somebody with this PKZ on this side of § 68; sealed people do not count."""
    return Klient.objects.mit_pkz(pkz).filter(ist_vormundschaft=ist_vormundschaft, gesperrt=False).exists()


def get_offener_hilfefall(*, faelle: QuerySet[Hilfefall], klient: Klient) -> Hilfefall | None:
    """The newest case of the young person that is not closed, among `faelle`."""
    offen = faelle.filter(klient=klient).exclude(zustand=HilfefallZustand.ABGESCHLOSSEN)
    return offen.order_by("-created_at").first()


def list_rollen(user_id: UUID) -> frozenset[str]:
    """Roles a person has in this office today; empty for strangers."""
    return frozenset(Amtsperson.objects.filter(user_id=user_id).values_list("rolle", flat=True))


def list_kollegium(rollen: frozenset[str]) -> list[tuple[UUID, str]]:
    """People of this office in any of these roles: id and name with team, each once, by name."""
    people: dict[UUID, str] = {}
    for person in Amtsperson.objects.filter(rolle__in=rollen):
        people.setdefault(person.user_id, f"{person}, {person.team}" if person.team else str(person))
    return list(people.items())
