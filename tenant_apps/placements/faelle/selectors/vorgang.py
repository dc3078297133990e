"""Reads of the Fallmanager: derived states, rows of the list, one reservation, one booking."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Prefetch, Q, QuerySet, Sum, Value, When
from django.db.models.fields import CharField

from shared_apps.accounts.models import Fachkraft
from shared_apps.core.clock import local_date, real_now, today
from shared_apps.core.liste import Gruppen, Liste, count_up_to, ordnung, related
from shared_apps.core.lookups import end_of_id
from shared_apps.core.ordnung import deutsch
from shared_apps.core.vorgangsnummer import STELLEN, parse_vorgangsnummer
from shared_apps.core.zahlwort import anzahl, anzahl_stunden
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum, format_datum, monatserster
from shared_apps.inbox.selectors import BALD_TAGE
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.search.selectors.vermerk import list_spezialisierungen
from tenant_apps.placements.states import (
    RESERVIERUNG_LEBEND,
    VORGANG_GEBUCHT,
    VORGANG_GEBUNDEN,
    VORGANG_OFFEN,
    BuchungZustand,
    ReservierungZustand,
    VorgangZustand,
)

VORGANG_LEVELS = {
    VorgangZustand.RESERVIERT: "warning",
    VorgangZustand.ZUGESTIMMT: "info",
    VorgangZustand.GEBUCHT: "success",
    VorgangZustand.LAUFEND: "success",
    VorgangZustand.ABGELEHNT: "danger",
    VorgangZustand.ABGEBROCHEN: "danger",
}
#: What the list can be narrowed to: a state, or those whose deadline is near.
BALD = "BALD"
STAND_FILTER = {**dict(VorgangZustand.choices()), BALD: f"Frist endet in {anzahl(BALD_TAGE, 'Tag', 'Tagen')}"}

#: A hold of a night runs out in hours: so few of them are said as such.
STUNDEN_GESAGT = 12


# --- derived states ---------------------------------------------------------------------------------------


def is_abgelaufen(reservierung: Reservierung) -> bool:
    """Whether a waiting or consented reservation is past its expiry, swept or not."""
    return reservierung.zustand in RESERVIERUNG_LEBEND and reservierung.ablauf_at < real_now()


def describe_abgelaufen(reservierung: Reservierung) -> str:
    """That its place is held no longer, swept or not; empty while it is."""
    if not is_abgelaufen(reservierung):
        return ""
    tag = format_datum(local_date(reservierung.ablauf_at))
    was = reservierung.worte.der
    return f"Die Reservierung ist am {tag} abgelaufen; {was} wird nicht mehr gehalten. Bitte reservieren Sie neu."


def get_zustand_heute(buchung: Buchung) -> BuchungZustand:
    """The booking's state; a help whose planned start has come is running, confirmed or not."""
    if buchung.zustand == BuchungZustand.GEBUCHT and buchung.beginn <= today():
        return BuchungZustand.LAUFEND
    return BuchungZustand(buchung.zustand)


def get_beginn(buchung: Buchung) -> date:
    """First day of service: the confirmed one, else the planned one."""
    return buchung.beginn_tatsaechlich or buchung.beginn


def get_leistungszeitraum(buchung: Buchung) -> Zeitraum:
    """Days on which service can have been rendered."""
    return Zeitraum.from_inclusive(get_beginn(buchung), buchung.ende_tatsaechlich or buchung.letzter_tag)


def get_vorgang_zustand(reservierung: Reservierung, buchung: Buchung | None) -> VorgangZustand:
    """State of the row, as the list shows and filters it."""
    if buchung is not None:
        return VorgangZustand(get_zustand_heute(buchung).value)
    return VorgangZustand.ABGELAUFEN if is_abgelaufen(reservierung) else VorgangZustand(reservierung.zustand)


def is_fast_abgelaufen(reservierung: Reservierung) -> bool:
    """Whether its deadline is as near as `BALD` finds them: now extending is what is next."""
    return reservierung.ablauf_at < real_now() + timedelta(days=BALD_TAGE)


def annotate_vorgang(reservierungen: QuerySet[Reservierung]) -> QuerySet[Reservierung]:
    """The same state as `get_vorgang_zustand`, in the database, to filter by."""
    return reservierungen.annotate(vorgang_zustand=_vorgang_zustand())


def _vorgang_zustand() -> Case:
    return Case(
        When(
            buchung__zustand=BuchungZustand.GEBUCHT,
            buchung__zeitraum__startswith__lte=today(),
            then=Value(VorgangZustand.LAUFEND.value),
        ),
        When(buchung__isnull=False, then=F("buchung__zustand")),
        When(
            zustand__in=RESERVIERUNG_LEBEND,
            ablauf_at__lt=real_now(),
            then=Value(VorgangZustand.ABGELAUFEN.value),
        ),
        default=F("zustand"),
        output_field=CharField(),
    )


# --- the list ---------------------------------------------------------------------------------------------


def _list_fachkraefte() -> list[tuple[str, list[UUID]]]:
    """Last names of all who lead a case the person's office shows her, in German order, with whose they are."""
    leiten = Exists(Hilfefall.objects.filter(fachkraft_id=OuterRef("pk")))
    people = Fachkraft.objects.filter(leiten).order_by(deutsch("nachname")).values_list("nachname", "pk")
    return [(name, [pk for _, pk in gruppe]) for name, gruppe in groupby(people, key=itemgetter(0))]


_SHOWN = related("hilfefall__fachkraft", "klient", "hilfeart", "anbieter", "einrichtung", "fremdeinrichtung", "buchung")
_SORTIERUNGEN = {
    "reserviert": ordnung("created_at", index="reservierung_neueste"),
    "gebucht": ordnung("buchung__gebucht_at"),
    "fachkraft": ordnung(
        deutsch("hilfefall__fachkraft__nachname"), gruppen=Gruppen("hilfefall__fachkraft", _list_fachkraefte)
    ),
    "hilfeart": ordnung("hilfeart__code"),
    "anbieter": ordnung(deutsch("anbieter__name")),
    "kosten": ordnung("soll_kosten"),
    "entgelt": ordnung("soll_entgelt"),
    "zustand": ordnung(_vorgang_zustand),
    "beginn": ordnung("zeitraum"),
}
FAELLE = Liste("placements:list", _SORTIERUNGEN, "-reserviert", zeigt=_SHOWN)
#: A provider's: sorted by the amount that is shown; the other one would tell the pocket money.
ANFRAGEN = Liste(
    "placements:list provider",
    _SORTIERUNGEN
    | {
        "reserviert": ordnung("created_at", index="reservierung_anbieter_neu"),
        "kosten": _SORTIERUNGEN["entgelt"],
    },
    "-reserviert",
    zeigt=_SHOWN,
)


_API = related("hilfeart", "anbieter", "einrichtung", "fremdeinrichtung", "hilfefall", "buchung")
#: The lists of the API: newest first.
RESERVIERUNGEN = Liste(
    "api:reservierungen", {"neueste": ordnung("created_at", index="reservierung_neueste")}, "-neueste", zeigt=_API
)
BUCHUNGEN = Liste(
    "api:buchungen",
    {"neueste": ordnung("gebucht_at", index="buchung_neueste")},
    "-neueste",
    zeigt=related(
        "hilfeart",
        "anbieter",
        "einrichtung",
        "fremdeinrichtung",
        "angebot",
        "hilfefall__fachkraft",
        "klient",
        "reservierung",
    ),
)


def filter_faelle(
    *,
    reservierungen: QuerySet[Reservierung],
    zustand: str = "",
    hilfeart: str = "",
    fachkraft_ids: frozenset | None = None,
    fallnummer: str = "",
    von: date | None = None,
    bis: date | None = None,
    nur_pseudonym: bool = False,
) -> QuerySet[Reservierung]:
    """Rows of the Fallmanager, for `FAELLE` or `ANFRAGEN`. `reservierungen` is what the person may see (policies).

    The period filters by overlap with the help, without end where it is held until further notice. The text also finds
    a common number, typed as a whole. With `nur_pseudonym` (providers) it finds the case number only where the place is
    booked; else it would reveal it.
    """
    rows = filter_stand(reservierungen, zustand) if zustand else reservierungen
    if hilfeart:
        rows = rows.filter(hilfeart__code=hilfeart)
    if fachkraft_ids is not None:
        rows = rows.filter(hilfefall__fachkraft_id__in=fachkraft_ids)
    if fallnummer:
        nach_fall = Q(hilfefall__fallnummer__icontains=fallnummer)
        if nur_pseudonym:
            nach_fall &= Q(zustand=ReservierungZustand.GEBUCHT)
        rows = rows.alias(_ende=end_of_id("platzbindung_id", STELLEN), _eigenes=end_of_id("pk", STELLEN)).filter(
            nach_fall | Q(pseudonym__icontains=fallnummer) | _by_nummer(fallnummer)
        )
    if von:
        rows = rows.filter(Q(zeitraum__endswith__gt=von) | Q(ohne_ende=True, zustand__in=RESERVIERUNG_LEBEND))
    if bis:
        rows = rows.filter(zeitraum__startswith__lte=bis)
    return rows


def _by_nummer(text: str) -> Q:
    """The matter whose common number the text is; none where it is no number."""
    try:
        nummer = parse_vorgangsnummer(text)
        return Q(_ende=nummer) | Q(_eigenes=nummer, fremdeinrichtung__isnull=False)
    except ValueError:
        return Q(pk__in=[])


def filter_stand(reservierungen: QuerySet[Reservierung], stand: str) -> QuerySet[Reservierung]:
    """Those in one of `STAND_FILTER`. A waiting one has no booking: what it takes, the index `reservierung_ablauf` has.

    Of the others it says beside the derived state what is stored for it, for the same reason.
    """
    jetzt = real_now()
    if stand == BALD:
        bald = jetzt + timedelta(days=BALD_TAGE)
        return reservierungen.filter(zustand__in=RESERVIERUNG_LEBEND, ablauf_at__gte=jetzt, ablauf_at__lt=bald)
    if stand in VORGANG_OFFEN:
        return reservierungen.filter(zustand=stand, ablauf_at__gte=jetzt)
    stored = {ReservierungZustand.GEBUCHT, stand} if stand in frozenset(BuchungZustand) else {stand}
    if stand == VorgangZustand.ABGELAUFEN:
        stored |= RESERVIERUNG_LEBEND
    return annotate_vorgang(reservierungen).filter(Q(vorgang_zustand=stand, zustand__in=stored))


def count_staende(reservierungen: QuerySet[Reservierung], staende: Iterable[str]) -> dict[str, tuple[int, bool]]:
    """How many rows the list shows for each of these filters (`STAND_FILTER`), counted up to its bound."""
    return {stand: count_up_to(filter_stand(reservierungen, stand)) for stand in staende}


def describe_bald(reservierungen: QuerySet[Reservierung]) -> str:
    """What the start page calls those whose deadline is near: in hours, where the first one has only some left."""
    rows = filter_stand(reservierungen.order_by(), BALD)
    fristen = rows.aggregate(erste=Min("ablauf_at"), zahl=Count("pk"))
    erste = fristen["erste"]
    stunden = math.ceil((erste - real_now()).total_seconds() / 3600) if erste else STUNDEN_GESAGT + 1
    if stunden > STUNDEN_GESAGT:
        return STAND_FILTER[BALD]
    was = "Frist endet" if fristen["zahl"] == 1 else "Fristen enden, die erste"
    return f"{was} in {anzahl_stunden(stunden)}"


def get_summen(rows: QuerySet[Reservierung], feld: str = "soll_kosten") -> dict[str, Any]:
    """Amount of the committed ones and, of these, of the booked ones: one query over all of them."""
    summen = annotate_vorgang(rows.order_by()).aggregate(
        gebunden=Sum(feld, filter=Q(vorgang_zustand__in=VORGANG_GEBUNDEN)),
        gebucht=Sum(feld, filter=Q(vorgang_zustand__in=VORGANG_GEBUCHT)),
    )
    return {k: v if v is not None else Decimal("0.00") for k, v in summen.items()}


# --- one reservation, one booking --------------------------------------------------------------------------


def list_bedarf(reservierung: Reservierung) -> list[str]:
    """Names of the specialities that were searched for: the need as the provider may know it."""
    return list_spezialisierungen(reservierung.suche.spezialisierungen)


def with_monate(buchungen: QuerySet[Buchung]) -> QuerySet[Buchung]:
    """Bookings with their service records and invoices, for `list_monate`."""
    nachweise = Buchung._meta.get_field("leistungsnachweise").related_model
    rechnungen = Buchung._meta.get_field("rechnungen").related_model
    return buchungen.prefetch_related(
        Prefetch("leistungsnachweise", queryset=nachweise._default_manager.order_by("monat")),
        Prefetch("rechnungen", queryset=rechnungen._default_manager.order_by("eingereicht_at")),
    )


def _geht_weiter(teil: Zeitraum | None) -> bool:
    return teil is not None and teil.letzter_tag is not None and teil.letzter_tag > today()


def list_monate(buchung: Buchung) -> list[dict[str, Any]]:
    """Months of service that have begun, newest first, each with its proof of service and its live invoice.

    A month out of the help (`zeitraum` None) is here as long as an invoice charges it.
    """
    zeitraum = get_leistungszeitraum(buchung)
    bis_heute = zeitraum.intersect(Zeitraum(zeitraum.beginn, max(zeitraum.beginn, today()) + EIN_TAG))
    begonnen = [] if bis_heute is None or zeitraum.beginn > today() else list(bis_heute.monate())
    nachweise = {nachweis.monat: nachweis for nachweis in buchung.leistungsnachweise.all()}
    rechnungen = {r.monat: r for r in buchung.rechnungen.all() if not r.ist_storniert}
    teile = {monat: zeitraum.in_monat(monat) for monat in sorted({*begonnen, *rechnungen}, reverse=True)}
    return [
        {
            "monat": monat,
            "zeitraum": teil,
            "nachweis": nachweise.get(monat),
            "rechnung": rechnungen.get(monat),
            "ist_laufend": monat == monatserster(today()) and _geht_weiter(teil),
        }
        for monat, teil in teile.items()
    ]
