"""All holds on a provider's own places over all youth offices, by month. Row-level security leaves her nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    Q,
    QuerySet,
    Sum,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Greatest, Least, Lower, Upper
from django.urls import reverse

from shared_apps.catalogue.models import Einheit
from shared_apps.core.clock import real_now, today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.ordnung import deutsch
from shared_apps.core.vorgangsnummer import format_vorgangsnummer
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from shared_apps.occupancy.enums import GEBUCHTE, Belegungsstand, BindungZustand
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Einrichtung
from tenants.models import Tenant


def _beginn() -> Lower:
    return Lower("zeitraum", output_field=DateField())


def _ende() -> Upper:
    return Upper("zeitraum", output_field=DateField())


#: By the first day. A month of one's own places is read by the places, so it is sorted at once.
BUCHUNGEN = Liste(
    "occupancy:bookings",
    {"beginn": ordnung(_beginn), "eingang": ordnung("created_at")},
    "beginn",
    zeigt=related("platz__angebot__hilfeart", "platz__angebot__einrichtung"),
)


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
    stufe: str
    url: str


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


def stand_of(bindung: Platzbindung) -> Belegungsstand:
    """State of one hold today; `annotate_stand` says the same in SQL."""
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


def annotate_stand(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with their `stand`."""
    reserviert = Q(zustand=BindungZustand.RESERVIERT)
    return rows.alias(
        stand=Case(
            When(zustand=BindungZustand.FREIGEGEBEN, then=Value(Belegungsstand.GESCHEITERT.value)),
            When(reserviert & Q(ablauf_at__lt=real_now()), then=Value(Belegungsstand.GESCHEITERT.value)),
            When(reserviert, then=Value(Belegungsstand.ANGEFRAGT.value)),
            When(zeitraum__startswith__gt=today(), then=Value(Belegungsstand.GEBUCHT.value)),
            When(zeitraum__endswith__lte=today(), then=Value(Belegungsstand.BEENDET.value)),
            default=Value(Belegungsstand.LAEUFT.value),
            output_field=CharField(),
        )
    )


def list_bindungen(einrichtungen: QuerySet[Einrichtung]) -> QuerySet[Platzbindung]:
    """Holds on places of these facilities, whatever became of them."""
    return Platzbindung.objects.filter(platz__angebot__einrichtung__in=einrichtungen)


def _list_im_monat(monat: Zeitraum) -> list[UUID]:
    """Holds on her own places with a day in the month, found by places and days, which row-level security lets no index
    do (migration 0012). Asked once: page, count and sums narrow these keys.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT occupancy_eigene_bindungen(daterange(%s::date, %s::date))", [monat.beginn, monat.ende])
        return [pk for (pk,) in cursor.fetchall()]


def _with_keys(keys: list[UUID]) -> Func:
    """Those rows alone, looked up by their keys: with a list that it can read, the planner takes most of her holds for
    being on it, and goes through all there ever were.
    """
    return Func(
        F("pk"),
        Value(keys, ArrayField(UUIDField())),
        arg_joiner=" = ANY (ARRAY(SELECT unnest(",
        template="%(expressions)s)))",
        output_field=BooleanField(),
    )


def filter_bindungen(*, monat: Zeitraum, stand: str = "", einrichtung: str = "", mandant: str = "") -> QuerySet[Any]:
    """Those of the acting person's provider with a day in the month; without a state all that are booked.

    Whose they are is not asked once more: the keys are those of her own places, and row-level security asks again.
    """
    rows = annotate_stand(Platzbindung.objects.filter(_with_keys(_list_im_monat(monat))))
    rows = rows.filter(stand=stand) if stand else rows.filter(stand__in=GEBUCHTE)
    if einrichtung:
        rows = rows.filter(platz__angebot__einrichtung=einrichtung)
    return rows.filter(mandant=mandant) if mandant else rows


def build_zeilen(bindungen: Iterable[Platzbindung], tenants: dict[str, Tenant], monat: Zeitraum) -> list[Zeile]:
    """Rows of a page or a file; a hold of an office that is gone has no link."""
    return [_zeile(bindung, tenants.get(bindung.mandant), monat) for bindung in bindungen]


def _zeile(bindung: Platzbindung, tenant: Tenant | None, monat: Zeitraum) -> Zeile:
    zeitraum, stand = Zeitraum.from_range(bindung.zeitraum), stand_of(bindung)
    im_monat = zeitraum.intersect(monat)
    zaehlt = stand in GEBUCHTE and bindung.platz.angebot.hilfeart.ist_stationaer
    return Zeile(
        bindung=bindung,
        nummer=format_vorgangsnummer(bindung.pk),
        jugendamt=tenant.name if tenant else bindung.mandant.upper(),
        beginn=zeitraum.beginn,
        letzter_tag=zeitraum.letzter_tag,
        tage=im_monat.tage if im_monat and zaehlt else None,
        stand=stand.label,
        stufe=_STUFEN.get(stand, "neutral"),
        url=_way_to(bindung, tenant) if tenant else "",
    )


def _way_to(bindung: Platzbindung, tenant: Tenant) -> str:
    """Path at the portal that carries the person to the matter at the office's host."""
    return f"{reverse('handover', args=[tenant.kuerzel.lower()])}?{urlencode({'ziel': f'/vorgaenge/{bindung.pk}/'})}"


def sum_up(rows: QuerySet[Any], tenants: dict[str, Tenant], monat: Zeitraum) -> list[Summe]:
    """Bookings and booked days of these rows by facility and office. One query."""
    von = Greatest(_beginn(), Value(monat.beginn, DateField()))
    bis = Least(_ende(), Value(monat.ende, DateField()))
    tage = Sum(ExpressionWrapper(bis - von, DurationField()), filter=Q(platz__angebot__hilfeart__einheit=Einheit.TAG))
    einrichtung = "platz__angebot__einrichtung"
    found = (
        rows.filter(stand__in=GEBUCHTE)
        .order_by()
        .values(f"{einrichtung}_id", "mandant", name=F(f"{einrichtung}__name"))
        .annotate(buchungen=Count("pk"), tage=tage)
        .order_by(deutsch(f"{einrichtung}__name"), f"{einrichtung}_id", "mandant")
    )
    return [
        Summe(
            einrichtung=row["name"],
            jugendamt=tenants[row["mandant"]].name if row["mandant"] in tenants else row["mandant"].upper(),
            buchungen=row["buchungen"],
            tage=(row["tage"] or timedelta()) // EIN_TAG,
        )
        for row in found
    ]
