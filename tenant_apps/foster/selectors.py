"""Which foster places there are, which come into question, and what they cost. The pure rule is the oracle."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from shared_apps.core.clock import today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from tenant_apps.foster.models import Pflegegeldsatz, Pflegestelle
from tenant_apps.foster.rules import Pflegebedarf, list_formen

PFLEGESTELLEN = Liste(
    "foster:list",
    {
        "kennzeichen": ordnung(deutsch("kennzeichen")),
        "form": ordnung("form", deutsch("kennzeichen")),
        "region": ordnung(deutsch("region"), deutsch("kennzeichen")),
    },
    "kennzeichen",
    zeigt=related("stand_von"),
)
PFLEGEGELD = Liste(
    "foster:rates", {"form": ordnung("form", "alter_von", "-gueltig")}, "form", zeigt=related("eingetragen_von")
)


@dataclass(frozen=True, slots=True)
class Pflegeangebot:
    """Own foster places beside the result of a search: how many are kept, how many of them come into question, the
    lowest rate of these in a month (None: none is entered), and of how many no rate is entered."""

    gefuehrt: int
    anzahl: int
    ab: Decimal | None
    ohne_satz: int


def is_free(am: date) -> Q:
    """A place is free on this day."""
    return Q(belegt__lt=F("plaetze")) | Q(frei_ab__lte=am)


def takes(*, alter: int | None, geschlecht: str) -> Q:
    """The family takes a child of this age and sex; what is not known speaks against nothing."""
    passt = Q() if alter is None else Q(alter_von__lte=alter, alter_bis__gte=alter)
    return passt & Q(geschlecht__in=("", geschlecht)) if geschlecht else passt


def is_kept(tage: Zeitraum) -> Q:
    """It is kept on all these days, and a child may stay as long."""
    lange = Q(hoechstens_tage__isnull=True)
    if tage.ende is not None:
        lange |= Q(hoechstens_tage__gte=tage.tage)
    return Q(gueltig__contains=DateRange(tage.beginn, tage.ende)) & lange


def fits(bedarf: Pflegebedarf) -> Q:
    """As `rules.comes_into_question`."""
    formen = Q(form__in=sorted(form.value for form in bedarf.formen))
    kind = takes(alter=bedarf.alter, geschlecht=bedarf.geschlecht)
    return formen & is_kept(bedarf.tage) & is_free(bedarf.tage.beginn) & kind


def _satz(*, am: date, alter: int | None) -> Subquery:
    saetze = Pflegegeldsatz.objects.filter(form=OuterRef("form"), gueltig__contains=am)
    if alter is None:
        saetze = saetze.filter(alter_von__lte=OuterRef("alter_bis"), alter_bis__gte=OuterRef("alter_von"))
    else:
        saetze = saetze.filter(alter_von__lte=alter, alter_bis__gte=alter)
    return Subquery(saetze.order_by("betrag").values("betrag")[:1])


def with_satz(rows: QuerySet[Pflegestelle], *, am: date, alter: int | None = None) -> QuerySet[Pflegestelle]:
    """With `satz`, what a child of this age costs there in a month from that day on; without an age the lowest one of
    the ages it takes. None where the office has entered none."""
    return rows.annotate(satz=_satz(am=am, alter=alter))


def list_saetze(stellen: Iterable[Pflegestelle], *, am: date, alter: int | None = None) -> dict[UUID, Decimal | None]:
    """What each of these costs, by its key (`with_satz`). One query."""
    rows = Pflegestelle.objects.filter(pk__in=[stelle.pk for stelle in stellen]).order_by()
    return dict(rows.annotate(satz=_satz(am=am, alter=alter)).values_list("pk", "satz"))


def is_vergeben(kennzeichen: str) -> bool:
    """Whether a place has this sign already, in whatever letters."""
    return Pflegestelle.objects.annotate(klein=Lower("kennzeichen")).filter(klein=kennzeichen.lower()).exists()


def list_regionen() -> list[str]:
    """Regions that any of them has, in German order."""
    regionen = Pflegestelle.objects.exclude(region="").order_by(deutsch("region")).values_list("region", flat=True)
    return list(dict.fromkeys(regionen))


def find_pflegeangebot(bedarf: Pflegebedarf) -> Pflegeangebot | None:
    """What is shown beside a search; None where no foster family could be another way to help, or none is kept. One
    query, none in the first case."""
    if not bedarf.formen:
        return None
    am = bedarf.tage.beginn
    gefuehrt = Pflegestelle.objects.filter(gueltig__contains=am, form__in=sorted(form.value for form in bedarf.formen))
    passt = fits(bedarf)
    zahlen = with_satz(gefuehrt, am=am, alter=bedarf.alter).aggregate(
        gefuehrt=Count("pk"),
        anzahl=Count("pk", filter=passt),
        ab=Min("satz", filter=passt),
        ohne_satz=Count("pk", filter=passt & Q(satz__isnull=True)),
    )
    return Pflegeangebot(**zahlen) if zahlen["gefuehrt"] else None


def filter_pflegestellen(
    *,
    hilfearten: Collection[str] = (),
    alter: int | None = None,
    geschlecht: str = "",
    ab: date | None = None,
    bis: date | None = None,
    nur_freie: bool = False,
    region: str = "",
    auch_alte: bool = False,
) -> QuerySet[Pflegestelle]:
    """Those a list is narrowed to. With kinds of help, days and `nur_freie` they are those that `find_pflegeangebot`
    counts; `ab` without `bis`: until further notice; `bis` without `ab`: from today on. Without days: those that have
    not ended today, the ones to come among them. `nur_freie`: with a free place on the first day, or today; one that is
    not kept then has none. `auch_alte`: those that ended before that day, too.
    """
    am = ab or today()
    tage = Zeitraum(am, max(bis, am) + EIN_TAG if bis else None)
    rows = Pflegestelle.objects.filter(takes(alter=alter, geschlecht=geschlecht))
    if hilfearten:
        rows = rows.filter(form__in=sorted(form.value for form in list_formen(*hilfearten)))
    beendet = Q(gueltig__upper_inf=False, gueltig__endswith__lte=am)
    gefragt = is_kept(tage) if ab or bis else ~beendet
    rows = rows.filter(gefragt | beendet if auch_alte else gefragt)
    if nur_freie:
        rows = rows.filter(is_free(am), gueltig__contains=am)
    if region:
        rows = rows.filter(region=region)
    return rows
