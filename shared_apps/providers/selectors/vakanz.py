"""How fresh vacancies are: whom to chase, whom to remind, how far a facility's word can be trusted."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership
from shared_apps.accounts.selectors import valid_on as member_on
from shared_apps.core.clock import local_date, today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.lookups import key_of
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zahlwort import anzahl as zahlwort
from shared_apps.providers.models import Angebot, Einrichtung, Vakanzbestaetigung, Vakanzerinnerung, Vakanzmeldung
from shared_apps.providers.models.angebot import zuletzt_bestaetigt
from shared_apps.providers.querysets import confirmed_on, confirmed_until, running_on, unconfirmed_on
from shared_apps.providers.rules import (
    BESTAETIGUNG_GILT_TAGE,
    ZUVERLAESSIG_TAGE,
    Bestaetigungen,
    Vakanzstand,
    Zuverlaessigkeit,
    zuverlaessigkeit,
)
from shared_apps.providers.selectors.angebote import count_frei
from shared_apps.providers.states import MeldungZustand
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant

UNBESTAETIGTE = Liste(
    "providers:unconfirmed",
    {"stand": ordnung(zuletzt_bestaetigt, index="angebot_nach_stand")},
    "stand",
    zeigt=related("hilfeart", "einrichtung__anbieter", "einrichtung__gebietskoerperschaft"),
)
MELDUNGEN = Liste(
    "providers:reports",
    {"neueste": ordnung("created_at", index="vakanzmeldung_zeit")},
    "-neueste",
    zeigt=related("angebot__einrichtung__anbieter"),
)


# --- whom to chase --------------------------------------------------------------------------------------------------


def list_unbestaetigte(angebote: QuerySet[Angebot], *, kreis: str = "", suche: str = "") -> QuerySet[Angebot]:
    """Of these the running ones whose vacancies nobody has freshly confirmed, the oldest first."""
    rows = angebote.filter(running_on(today()), unconfirmed_on(today()))
    if kreis:
        rows = rows.filter(einrichtung__gebietskoerperschaft=key_of(Gebietskoerperschaft.objects.filter(kuerzel=kreis)))
    for wort in suche.split():
        rows = rows.filter(
            Q(name__icontains=wort)
            | Q(einrichtung__name__icontains=wort)
            | Q(einrichtung__ort__icontains=wort)
            | Q(einrichtung__anbieter__name__icontains=wort)
        )
    return UNBESTAETIGTE.order(rows)


@dataclass(frozen=True, slots=True)
class Anteil:
    """Of how many running offers the vacancies are freshly confirmed."""

    frisch: int = 0
    gesamt: int = 0

    @property
    def prozent(self) -> str:
        """The share as a page says it."""
        return f"{round(100 * self.frisch / self.gesamt)} %" if self.gesamt else "–"

    @property
    def text(self) -> str:
        """Both numbers, as a page says them."""
        if not self.gesamt:
            return "kein laufendes Angebot"
        return f"{self.frisch} von {zahlwort(self.gesamt, 'Angebot', 'Angeboten')}"


def compute_anteile() -> dict[str, Anteil]:
    """The share of each district, by its code, and of the state under ""; one query."""
    rows = (
        Angebot.objects.filter(running_on(today()))
        .values_list("einrichtung__gebietskoerperschaft__kuerzel")
        .annotate(frisch=Count("pk", filter=confirmed_on(today())), gesamt=Count("pk"))
        .order_by()
    )
    anteile = {kuerzel: Anteil(frisch, gesamt) for kuerzel, frisch, gesamt in rows}
    return anteile | {"": Anteil(sum(a.frisch for a in anteile.values()), sum(a.gesamt for a in anteile.values()))}


def list_kreise(anteile: Mapping[str, Anteil]) -> list[tuple[str, Anteil]]:
    """The districts with their names, in their usual order; one query."""
    kreise = Gebietskoerperschaft.objects.order_by("sortierung", "kuerzel").values_list("kuerzel", "kurzname")
    return [(name, anteile[kuerzel]) for kuerzel, name in kreise if kuerzel in anteile]


def compute_anteil(angebote: QuerySet[Angebot]) -> Anteil:
    """The share of these offers; one query."""
    rows = angebote.filter(running_on(today()))
    return Anteil(**rows.aggregate(frisch=Count("pk", filter=confirmed_on(today())), gesamt=Count("pk")))


# --- whom to remind -------------------------------------------------------------------------------------------------


def list_faellige_seit(heute: date) -> dict[tuple[UUID, UUID], date]:
    """(provider, facility) with unconfirmed vacancies → the day on which the latest of them fell due. One query."""
    rows = (
        Angebot.objects.filter(running_on(heute), unconfirmed_on(heute))
        .values_list("einrichtung__anbieter_id", "einrichtung_id")
        .annotate(
            bestaetigt=Max("vakanz_bestaetigt_at", filter=confirmed_until(heute)),
            gemeldet=Max("vakanz_gemeldet_at"),
            beginn=Max("gueltig__startswith"),
        )
        .order_by()
    )
    return {
        (anbieter, einrichtung): _faellig_seit(bestaetigt, gemeldet, beginn)
        for anbieter, einrichtung, bestaetigt, gemeldet, beginn in rows
    }


def _faellig_seit(bestaetigt: datetime | None, gemeldet: datetime | None, beginn: date | None) -> date:
    tage = [beginn or date.min]
    if bestaetigt:
        tage.append(local_date(bestaetigt) + timedelta(days=BESTAETIGUNG_GILT_TAGE + 1))
    if gemeldet:
        tage.append(local_date(gemeldet))
    return max(tage)


def list_erinnerte(faellig: Collection[tuple[UUID, UUID]], heute: date) -> list[UUID]:
    """People who keep one of these (provider, facility), have an address and were not reminded today. Two queries."""
    if not faellig:
        return []
    anbieter = {anbieter for anbieter, _ in faellig}
    einrichtungen = {einrichtung for _, einrichtung in faellig}
    schon = Vakanzerinnerung.objects.filter(tag=heute).values("user_id")
    return list(
        Membership.objects.filter(member_on(heute), anbieter_id__in=anbieter, user__is_active=True)
        .filter(Q(rolle=Rolle.ANBIETER) | Q(rolle=Rolle.EINRICHTUNG, einrichtung_id__in=einrichtungen))
        .exclude(user__email="")
        .exclude(user_id__in=schon)
        .order_by("user_id")
        .values_list("user_id", flat=True)
        .distinct()
    )


@dataclass(frozen=True, slots=True)
class FaelligesAngebot:
    """An offer whose vacancies wait for a confirmation, with its counts of today."""

    angebot: Angebot
    frei: int
    gesamt: int

    @property
    def stand(self) -> Vakanzstand:
        """How old its confirmation is."""
        return self.angebot.vakanzstand


@dataclass(frozen=True, slots=True)
class FaelligeEinrichtung:
    """A facility with such offers."""

    einrichtung: Einrichtung
    angebote: list[FaelligesAngebot]


def list_faellige(angebote: QuerySet[Angebot], heute: date) -> list[FaelligeEinrichtung]:
    """Of these offers the unconfirmed ones with their counts, by facility and name. Two queries."""
    rows = list(
        angebote.filter(running_on(heute), unconfirmed_on(heute))
        .select_related("einrichtung")
        .order_by(deutsch("einrichtung__name"), "einrichtung_id", deutsch("name"))
    )
    frei = count_frei([a.pk for a in rows], heute)
    eintraege: dict[UUID, FaelligeEinrichtung] = {}
    for angebot in rows:
        eintrag = eintraege.setdefault(angebot.einrichtung_id, FaelligeEinrichtung(angebot.einrichtung, []))
        eintrag.angebote.append(FaelligesAngebot(angebot, *frei.get(angebot.pk, (0, 0))))
    return list(eintraege.values())


def list_faellige_namen(angebote: QuerySet[Angebot], heute: date) -> list[str]:
    """Names of facilities with unconfirmed ones of these offers; counts nothing. One query."""
    due = angebote.filter(running_on(heute), unconfirmed_on(heute)).values("einrichtung_id")
    return list(Einrichtung.objects.filter(pk__in=due).order_by(deutsch("name")).values_list("name", flat=True))


def list_bestaetigbare(faellig: Iterable[FaelligeEinrichtung]) -> list[UUID]:
    """Offers among them that one tap confirms: not those with a report that waits for an answer."""
    return [b.angebot.pk for e in faellig for b in e.angebote if b.angebot.vakanz_gemeldet_at is None]


def compute_stempel(angebot_ids: Sequence[UUID], heute: date) -> str:
    """One value for "these offers with these counts": what a page showed, asked again before it counts. No secret."""
    frei = count_frei(angebot_ids, heute)
    zeilen = (f"{pk} {frei.get(pk, (0, 0))}" for pk in sorted(angebot_ids))
    return hashlib.sha256("\n".join(zeilen).encode()).hexdigest()[:32]


def list_vakanzstaende(angebot_ids: Iterable[UUID]) -> dict[UUID, Vakanzstand]:
    """How fresh the vacancies of these offers are now; one query."""
    rows = Angebot.objects.filter(pk__in=list(angebot_ids)).only("vakanz_bestaetigt_at", "vakanz_gemeldet_at")
    return {angebot.pk: angebot.vakanzstand for angebot in rows}


# --- who confirmed, and how well that can be trusted ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bestaetigt:
    """The newest confirmation of an offer, for its own provider's people."""

    at: datetime
    von: str
    weg: str


def list_letzte_bestaetigungen(angebot_ids: Iterable[UUID]) -> dict[UUID, Bestaetigt]:
    """By offer. One query; the database shows a provider its own alone."""
    rows = (
        Vakanzbestaetigung.objects.filter(angebot_id__in=list(angebot_ids))
        .order_by("angebot_id", "-bestaetigt_at")
        .distinct("angebot_id")
        .select_related("bestaetigt_von")
    )
    return {
        row.angebot_id: Bestaetigt(row.bestaetigt_at, row.bestaetigt_von.name, row.get_weg_display()) for row in rows
    }


def compute_zuverlaessigkeit(einrichtung_ids: Iterable[UUID]) -> Mapping[UUID, Zuverlaessigkeit]:
    """By facility, as `rules.zuverlaessigkeit` says. Three queries, however many there are."""
    heute, ids = today(), list(einrichtung_ids)
    seit = heute - timedelta(days=ZUVERLAESSIG_TAGE - 1)
    beginn = timezone.make_aware(datetime.combine(seit - timedelta(days=BESTAETIGUNG_GILT_TAGE), time.min))
    tage: dict[UUID, set[date]] = defaultdict(set)
    confirmed = Vakanzbestaetigung.objects.filter(angebot__einrichtung__in=ids)
    for angebot_id, moment in (
        confirmed.filter(bestaetigt_at__gte=beginn).order_by().values_list("angebot_id", "bestaetigt_at")
    ):
        tage[angebot_id].add(local_date(moment))
    offers: dict[UUID, list[Bestaetigungen]] = defaultdict(list)
    erste: dict[UUID, date] = {}
    rows = Angebot.objects.filter(einrichtung__in=ids).annotate(erste=Min("bestaetigungen__bestaetigt_at"))
    for pk, ort, gueltig, moment in rows.order_by().values_list("pk", "einrichtung_id", "gueltig", "erste"):
        offers[ort].append(Bestaetigungen(gueltig.lower or date.min, gueltig.upper, frozenset(tage[pk])))
        if moment is not None:
            erste[ort] = min(erste.get(ort, date.max), local_date(moment))
    gemeldet = _count_meldungen(ids, seit)
    return {
        ort: zuverlaessigkeit(
            offers[ort], erste=erste.get(ort), heute=heute,
            aemter=gemeldet.get(ort, (0, 0))[0], bestritten=gemeldet.get(ort, (0, 0))[1],
        )
        for ort in ids
    }  # fmt: skip


def _count_meldungen(einrichtung_ids: Sequence[UUID], seit: date) -> dict[UUID, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT einrichtung_id, aemter, bestritten FROM providers_meldungen(%s::uuid[], %s::date)",
            [[str(pk) for pk in einrichtung_ids], seit],
        )
        return {ort: (aemter, bestritten) for ort, aemter, bestritten in cursor.fetchall()}


# --- reports --------------------------------------------------------------------------------------------------------


def list_meldungen(meldungen: QuerySet[Vakanzmeldung], *, zustand: str = "") -> QuerySet[Vakanzmeldung]:
    """Of what may be seen, those in this state; all without one."""
    return MELDUNGEN.order(meldungen.filter(zustand=zustand) if zustand else meldungen)


def list_aemter(schemas: Iterable[str]) -> dict[str, str]:
    """Names of offices by their schema; one query."""
    return dict(Tenant.objects.filter(schema_name__in=set(schemas)).values_list("schema_name", "name"))


def count_offene(einrichtungen: QuerySet[Einrichtung]) -> int:
    """Reports about these facilities that wait for an answer; one query."""
    return Vakanzmeldung.objects.filter(angebot__einrichtung__in=einrichtungen, zustand=MeldungZustand.OFFEN).count()
