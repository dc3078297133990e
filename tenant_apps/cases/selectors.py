"""Reads of young people and cases. What the person may see is decided above; the queryset comes in narrowed."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from tenant_apps.cases.models import Hilfefall, HilfefallZustand, Klient

#: A select with more entries helps nobody; the filter narrows it.
AUSWAHL_GRENZE = 100


def search_klienten(klienten: QuerySet[Klient], text: str = "", *, grenze: int = AUSWAHL_GRENZE) -> QuerySet[Klient]:
    """Those of `klienten` whose name, PKZ or case number contain every word of `text`, the first `grenze`."""
    for wort in text.replace("\x00", " ").split()[:5]:
        klienten = klienten.filter(
            Q(nachname__icontains=wort)
            | Q(vorname__icontains=wort)
            | Q(pkz__icontains=wort)
            | Q(pk__in=Hilfefall.objects.filter(fallnummer__icontains=wort).values("klient_id"))
        )
    return klienten.order_by("nachname", "vorname", "pkz")[:grenze]


def find_same_klient(*, pkz: str, vorname: str, nachname: str, geburtsdatum: date) -> Klient | None:
    """The young person with this PKZ, if name and date of birth say that it is the same one."""
    return Klient.objects.filter(
        pkz=pkz, vorname__iexact=vorname, nachname__iexact=nachname, geburtsdatum=geburtsdatum
    ).first()


def pkz_is_taken(pkz: str) -> bool:
    """Whether the office has somebody with this PKZ."""
    return Klient.objects.filter(pkz=pkz).exists()


def get_offener_hilfefall(*, faelle: QuerySet[Hilfefall], klient: Klient) -> Hilfefall | None:
    """The newest case of the young person that is not closed, among `faelle`."""
    offen = faelle.filter(klient=klient).exclude(zustand=HilfefallZustand.ABGESCHLOSSEN)
    return offen.order_by("-created_at").first()
