"""Reads of the register: providers, facilities, offers, rates. A fixed number of queries each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import today
from shared_apps.core.liste import Liste, ordnung
from shared_apps.core.lookups import key_of
from shared_apps.core.ordnung import deutsch
from shared_apps.providers.hooks import list_nichtaufnahmen
from shared_apps.providers.models import Anbieter, Angebot, Betriebserlaubnis, Einrichtung, Entgelt
from shared_apps.providers.querysets import gueltig_on, valid_on
from shared_apps.providers.selectors.erlaubnis import list_erlaubnisse, with_erlaubnis
from shared_apps.providers.selectors.merkmale import add_merkmale
from shared_apps.regions.models import Gebietskoerperschaft

MAX_SUCHE = 100


REGISTER = Liste("providers:list", {"name": ordnung(deutsch("name"), index="anbieter_nach_name")}, "name")


def list_anbieter(*, suche: str = "", kreis: str = "", hilfeart: str = "", erlaubnis: str = "") -> QuerySet[Anbieter]:
    """Providers that are not ended and have a facility, with its licence and an offer, that fits; by name."""
    day = today()
    einrichtungen = Einrichtung.objects.filter(valid_on(day), anbieter=OuterRef("pk"))
    if kreis:
        einrichtungen = einrichtungen.filter(
            gebietskoerperschaft=key_of(Gebietskoerperschaft.objects.filter(kuerzel=kreis))
        )
    if hilfeart:
        angebote = Angebot.objects.filter(
            gueltig_on(day), hilfeart=key_of(Hilfeart.objects.filter(code=hilfeart)), einrichtung=OuterRef("pk")
        )
        einrichtungen = einrichtungen.filter(Exists(angebote))
    if erlaubnis:
        einrichtungen = einrichtungen.filter(with_erlaubnis(erlaubnis, day))
    result = Anbieter.objects.filter(valid_on(day))
    if kreis or hilfeart or erlaubnis:
        result = result.filter(Exists(einrichtungen))
    for wort in suche[:MAX_SUCHE].split():
        named = Q(name__icontains=wort) | Q(ort__icontains=wort)
        found = Einrichtung.objects.filter(named, valid_on(day), anbieter=OuterRef("pk"))
        result = result.filter(Q(name__icontains=wort) | Q(ort__icontains=wort) | Exists(found))
    return REGISTER.order(result)


def list_kreise(einrichtungen: QuerySet[Einrichtung]) -> list[tuple[str, str]]:
    """Districts in which there is one of these facilities: what a filter offers. One query."""
    hier = Exists(einrichtungen.filter(gebietskoerperschaft=OuterRef("pk")))
    return list(Gebietskoerperschaft.objects.filter(hier).values_list("kuerzel", "kurzname"))


def running_einrichtungen() -> QuerySet[Einrichtung]:
    """Facilities that are not ended, of whatever provider."""
    return Einrichtung.objects.filter(valid_on(today()))


@dataclass(slots=True)
class Umfang:
    """What a provider has, for its row in the list."""

    einrichtungen: int = 0
    angebote: int = 0
    kreise: list[str] = field(default_factory=list)
    hilfearten: list[str] = field(default_factory=list)


def count_umfang(anbieter_ids: Iterable[UUID]) -> dict[UUID, Umfang]:
    """Facilities, offers, districts and kinds of help of these providers; two queries.

    A provider with hundreds of houses is counted like the others, so each house is read once, with what it offers.
    """
    ids, day = list(anbieter_ids), today()
    paragrafen = dict(Hilfeart.objects.order_by("sortierung", "code").values_list("pk", "paragraf"))
    angebote = Angebot.objects.filter(gueltig_on(day), einrichtung=OuterRef("pk")).order_by()
    haeuser = (
        Einrichtung.objects.filter(valid_on(day), anbieter_id__in=ids)
        .order_by()
        .values_list(
            "anbieter_id",
            "gebietskoerperschaft__sortierung",
            "gebietskoerperschaft__kurzname",
            ArraySubquery(angebote.values("hilfeart_id")),
        )
    )
    result: dict[UUID, Umfang] = defaultdict(Umfang)
    kreise: dict[UUID, set[tuple[int, str]]] = defaultdict(set)
    arten: dict[UUID, set[UUID]] = defaultdict(set)
    for anbieter_id, sortierung, kreis, hilfearten in haeuser:
        result[anbieter_id].einrichtungen += 1
        result[anbieter_id].angebote += len(hilfearten)
        kreise[anbieter_id].add((sortierung, kreis))
        arten[anbieter_id].update(hilfearten)
    for anbieter_id, umfang in result.items():
        umfang.kreise = [kreis for _, kreis in sorted(kreise[anbieter_id])]
        # several kinds have one paragraph
        umfang.hilfearten = list(dict.fromkeys(p for pk, p in paragrafen.items() if pk in arten[anbieter_id]))
    return result


def list_einrichtungen(*, anbieter: Anbieter) -> QuerySet[Einrichtung]:
    """Running facilities of a provider with their offers, by district and name."""
    angebote = Angebot.objects.filter(gueltig__contains=today()).select_related("hilfeart").order_by(deutsch("name"))
    return (
        anbieter.einrichtungen.filter(valid_on(today()))
        .select_related("gebietskoerperschaft")
        .prefetch_related(Prefetch("angebote", angebote, to_attr="laufende_angebote"))
        .order_by("gebietskoerperschaft__sortierung", deutsch("name"))
    )


def get_einrichtungen() -> QuerySet[Einrichtung]:
    """Facilities with provider and place, for a detail page."""
    return Einrichtung.objects.select_related("anbieter", "gebietskoerperschaft", "region")


def list_angebote(*, einrichtung: Einrichtung, entgelte: QuerySet[Entgelt]) -> list[Angebot]:
    """Offers of a facility that run or will run; each has `.entgelt` (today's, of all offices), `.entgelt_verlauf`,
    `.einzelentgelte` (today's of single offices), `.platzzahl`, `.nichtaufnahme` (today's).

    `entgelte` are the rates the person may know.
    """
    day = today()
    angebote: list[Angebot] = list(
        einrichtung.angebote.filter(Q(gueltig__endswith__isnull=True) | Q(gueltig__endswith__gt=day))
        .select_related("hilfeart")
        .prefetch_related(
            "spezialisierungen", "sprachen", "merkmale", Prefetch("entgelte", _mit_amt(entgelte).order_by("-gueltig"))
        )
        .annotate(platzzahl=Count("plaetze", filter=Q(plaetze__gueltig__contains=day)))
        .order_by("hilfeart__sortierung", deutsch("name"))
    )
    add_merkmale(angebote)
    gestoppt = list_nichtaufnahmen([angebot.pk for angebot in angebote], day)
    for angebot in angebote:
        angebot.nichtaufnahme = gestoppt.get(angebot.pk)
        saetze = list(angebot.entgelte.all())
        angebot.entgelt_verlauf = [e for e in saetze if e.jugendamt_id is None]
        angebot.entgelt = rate_on(saetze, day)
        aemter = {e.jugendamt.kuerzel: e.jugendamt for e in saetze if e.jugendamt}
        je_amt = (rate_on(saetze, day, amt=k) for k in sorted(aemter, key=lambda k: aemter[k].sortierung))
        angebot.einzelentgelte = [e for e in je_amt if e and e.jugendamt_id]
    return angebote


def _mit_amt(entgelte: QuerySet[Entgelt]) -> QuerySet[Entgelt]:
    return entgelte.select_related("jugendamt")


def rate_on(entgelte: Iterable[Entgelt], day: date, *, amt: str = "") -> Entgelt | None:
    """The rate of a day for the office with this Kürzel: its own, else that of all, which is what no office is told.

    After the last agreement the last rate stays (§ 78d Abs. 2 SGB VIII).
    """
    begonnen = [e for e in entgelte if e.gueltig.lower is None or e.gueltig.lower <= day]
    eigene = [e for e in begonnen if amt and e.jugendamt and e.jugendamt.kuerzel == amt]
    alle = [e for e in begonnen if e.jugendamt_id is None]
    return max(eigene or alle, key=lambda e: e.gueltig.lower or date.min, default=None)


@dataclass(frozen=True, slots=True)
class ExportZeile:
    """One offer of the register as a spreadsheet needs it."""

    angebot: Angebot
    plaetze: int
    betrag: Decimal | None
    einheit: str
    #: The licence of its facility today.
    erlaubnis: Betriebserlaubnis | None = None


def list_export(
    anbieter: QuerySet[Anbieter],
    *,
    entgelte: QuerySet[Entgelt],
    amt: str = "",
    kreis: str = "",
    hilfeart: str = "",
    erlaubnis: str = "",
) -> list[ExportZeile]:
    """Running offers of the listed providers, by provider, facility and name; three queries.

    `entgelte` are the rates the person may know; `amt` the Kürzel of the office whose own rate goes first.
    """
    day = today()
    angebote = Angebot.objects.filter(
        valid_on(day, prefix="einrichtung__"),
        gueltig__contains=day,
        einrichtung__anbieter__in=anbieter.order_by().values("pk"),
    )
    if kreis:
        angebote = angebote.filter(einrichtung__gebietskoerperschaft__kuerzel=kreis)
    if hilfeart:
        angebote = angebote.filter(hilfeart__code=hilfeart)
    if erlaubnis:
        angebote = angebote.filter(einrichtung__in=Einrichtung.objects.filter(with_erlaubnis(erlaubnis, day)))
    angebote = (
        angebote.select_related("hilfeart", "einrichtung__anbieter", "einrichtung__gebietskoerperschaft")
        .prefetch_related(Prefetch("entgelte", _mit_amt(entgelte)))
        .annotate(platzzahl=Count("plaetze", filter=Q(plaetze__gueltig__contains=day)))
        .order_by(deutsch("einrichtung__anbieter__name"), deutsch("einrichtung__name"), deutsch("name"))
    )
    rows = []
    erlaubt = list_erlaubnisse((angebot.einrichtung_id for angebot in angebote), day)
    for angebot in angebote:
        satz = rate_on(angebot.entgelte.all(), day, amt=amt)
        rows.append(
            ExportZeile(
                angebot,
                angebot.platzzahl,
                satz.betrag if satz else None,
                satz.get_einheit_display() if satz else "",
                erlaubt.get(angebot.einrichtung_id),
            )
        )
    return rows


def list_hilfearten() -> QuerySet[Hilfeart]:
    """Kinds of help for the filter."""
    return Hilfeart.objects.all()
