"""All holds on a provider's own places over all youth offices, by month. Row-level security leaves her nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateField
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.urls import reverse

from shared_apps.catalogue.models import Einheit, Hilfeart
from shared_apps.core.clock import local_date, real_now, today
from shared_apps.core.liste import Liste, Listenseite, ordnung, related
from shared_apps.core.ordnung import deutsch
from shared_apps.core.vorgangsnummer import format_vorgangsnummer
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.enums import GEBUCHTE, Belegungsstand, BindungZustand
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Einrichtung
from tenants.models import Tenant


def _beginn() -> Lower:
    return Lower("zeitraum", output_field=DateField())


#: By the first day. A month of one's own places is read by the places, once, and sorted in hand (`_SORTIERT`).
BUCHUNGEN = Liste(
    "occupancy:bookings",
    {"beginn": ordnung(_beginn), "eingang": ordnung("created_at")},
    "beginn",
    zeigt=related("platz__angebot__hilfeart", "platz__angebot__einrichtung"),
)


#: How many rows of a file are loaded at once.
_STAPEL = 500


@dataclass(frozen=True, slots=True)
class Monatsbindung:
    """One hold on a place of hers, as much of it as a month is narrowed, sorted and summed up by."""

    pk: UUID
    mandant: str
    einrichtung_id: UUID
    hilfeart_id: UUID
    zeitraum: DateRange
    zustand: str
    ablauf_at: datetime | None
    created_at: datetime


#: The orders of `BUCHUNGEN`.
_SORTIERT: dict[str, Callable[[Monatsbindung], date]] = {
    "beginn": lambda bindung: bindung.zeitraum.lower,
    "eingang": lambda bindung: bindung.created_at,
}


@dataclass(frozen=True, slots=True)
class Zeile:
    """One hold as the overview shows it. No person, no case."""

    bindung: Platzbindung
    nummer: str
    jugendamt: str
    beginn: date
    letzter_tag: date | None
    #: Days of the month that are booked; None of a help that is paid by the hour, or of what is not booked.
    tage: int | None
    stand: str
    #: The last day of a reservation that waits for an answer; None of anything else.
    gehalten_bis: date | None
    stufe: str
    url: str

    @property
    def ende(self) -> date | str:
        """What it says of the last day; a reservation may have none (ADR 0092)."""
        return self.letzter_tag or "bis auf Weiteres"


@dataclass(frozen=True, slots=True)
class Summe:
    """What one office has booked in one facility in the month."""

    einrichtung: str
    jugendamt: str
    buchungen: int
    tage: int


_STUFEN = {
    Belegungsstand.ANGEFRAGT: "warning",
    Belegungsstand.GEBUCHT: "info",
    Belegungsstand.LAEUFT: "success",
}


def stand_of(bindung: Platzbindung | Monatsbindung) -> Belegungsstand:
    """State of one hold today."""
    if bindung.zustand == BindungZustand.FREIGEGEBEN:
        return Belegungsstand.GESCHEITERT
    if bindung.zustand == BindungZustand.RESERVIERT:
        lapsed = bindung.ablauf_at is not None and bindung.ablauf_at < real_now()
        return Belegungsstand.GESCHEITERT if lapsed else Belegungsstand.ANGEFRAGT
    zeitraum = Zeitraum.from_range(bindung.zeitraum)
    if zeitraum.beginn > today():
        return Belegungsstand.GEBUCHT
    ist_vorbei = zeitraum.ende is not None and zeitraum.ende <= today()
    return Belegungsstand.BEENDET if ist_vorbei else Belegungsstand.LAEUFT


def list_im_monat(*, monat: Zeitraum, stand: str = "", einrichtung: str = "", mandant: str = "") -> list[Monatsbindung]:
    """Holds on her own places with a day in the month; without a state all that are booked. One query.

    A month has as many rows as she has places, and the page says how many there are and sums them up: each is read
    once. It is found by places and days, which row-level security lets no index do (migrations 0012, 0015).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, mandant, einrichtung_id, hilfeart_id, zeitraum, zustand, ablauf_at, created_at"
            " FROM occupancy_eigener_monat(daterange(%s::date, %s::date))",
            [monat.beginn, monat.ende],
        )
        rows = [Monatsbindung(*row) for row in cursor.fetchall()]
    staende = {stand} if stand else set(GEBUCHTE)
    return [
        row
        for row in rows
        if stand_of(row) in staende
        and (not einrichtung or str(row.einrichtung_id) == einrichtung)
        and (not mandant or row.mandant == mandant)
    ]


def sort_bindungen(rows: Iterable[Monatsbindung], wunsch: str = "") -> list[UUID]:
    """Their keys in the order asked for; of equals the newest first."""
    wunsch = BUCHUNGEN.get_wunsch(wunsch)
    newest = sorted(rows, key=lambda row: row.pk, reverse=True)
    ordered = sorted(newest, key=_SORTIERT[wunsch.removeprefix("-")], reverse=wunsch.startswith("-"))
    return [row.pk for row in ordered]


def get_page(request: HttpRequest, rows: Iterable[Monatsbindung]) -> Listenseite:
    """The page of the month that the address asks for, with what is shown of its rows. One query."""
    keys = sort_bindungen(rows, request.GET.get("sort", ""))
    return BUCHUNGEN.page_of(request, lambda _: (keys, False), load_bindungen)


def load_bindungen(keys: Iterable[UUID]) -> list[Platzbindung]:
    """What is shown of these holds, in this order."""
    return BUCHUNGEN.load(Platzbindung, list(keys))


def iterate_bindungen(rows: Iterable[Monatsbindung], wunsch: str = "") -> Iterator[Platzbindung]:
    """All of them in order, for files."""
    keys = sort_bindungen(rows, wunsch)
    for start in range(0, len(keys), _STAPEL):
        yield from load_bindungen(keys[start : start + _STAPEL])


def build_zeilen(bindungen: Iterable[Platzbindung], tenants: dict[str, Tenant], monat: Zeitraum) -> list[Zeile]:
    """Rows of a page or a file; a hold of an office that is gone has no link."""
    return [_zeile(bindung, tenants.get(bindung.mandant), monat) for bindung in bindungen]


def _zeile(bindung: Platzbindung, tenant: Tenant | None, monat: Zeitraum) -> Zeile:
    zeitraum, stand = Zeitraum.from_range(bindung.zeitraum), stand_of(bindung)
    im_monat = zeitraum.intersect(monat)
    wartet = stand is Belegungsstand.ANGEFRAGT
    zaehlt = stand in GEBUCHTE and bindung.platz.angebot.hilfeart.ist_stationaer
    return Zeile(
        bindung=bindung,
        nummer=format_vorgangsnummer(bindung.pk),
        jugendamt=tenant.name if tenant else bindung.mandant.upper(),
        beginn=zeitraum.beginn,
        letzter_tag=zeitraum.letzter_tag,
        tage=im_monat.tage if im_monat and zaehlt else None,
        stand=stand.label,
        gehalten_bis=local_date(bindung.ablauf_at) if wartet and bindung.ablauf_at else None,
        stufe=_STUFEN.get(stand, "neutral"),
        url=_way_to(bindung, tenant) if tenant else "",
    )


def _way_to(bindung: Platzbindung, tenant: Tenant) -> str:
    """Path at the portal that carries the person to the matter at the office's host."""
    return f"{reverse('handover', args=[tenant.kuerzel.lower()])}?{urlencode({'ziel': f'/vorgaenge/{bindung.pk}/'})}"


def sum_up(rows: Iterable[Monatsbindung], tenants: Mapping[str, Tenant], monat: Zeitraum) -> list[Summe]:
    """Bookings and booked days of these rows by facility and office. Two queries."""
    je_tag = set(Hilfeart.objects.filter(einheit=Einheit.TAG).values_list("pk", flat=True))
    buchungen: Counter[tuple[UUID, str]] = Counter()
    tage: Counter[tuple[UUID, str]] = Counter()
    for row in rows:
        im_monat = Zeitraum.from_range(row.zeitraum).intersect(monat)
        if stand_of(row) in GEBUCHTE and im_monat:
            wo = row.einrichtung_id, row.mandant
            buchungen[wo] += 1
            tage[wo] += im_monat.tage if row.hilfeart_id in je_tag else 0
    haeuser = Einrichtung.objects.filter(pk__in={haus for haus, _ in buchungen}).order_by(deutsch("name"), "pk")
    namen = dict(haeuser.values_list("pk", "name"))
    folge = {pk: nummer for nummer, pk in enumerate(namen)}
    return [
        Summe(
            einrichtung=namen[haus],
            jugendamt=tenants[mandant].name if mandant in tenants else mandant.upper(),
            buchungen=buchungen[haus, mandant],
            tage=tage[haus, mandant],
        )
        for haus, mandant in sorted(buchungen, key=lambda wo: (folge[wo[0]], wo[1]))
    ]
