"""Other helps of the same young person at the same time: two places for one child are never taken in silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.zeitraum import Zeitraum
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements import rules
from tenant_apps.placements.enums import UEBERLAGERUNG_SAGT_WAS, Ueberlagerung
from tenant_apps.placements.faelle.selectors.vorgang import (
    annotate_vorgang,
    get_leistungszeitraum,
    get_vorgang_zustand,
)
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.states import RESERVIERUNG_LEBEND, VORGANG_GEBUNDEN, BuchungZustand

IN_ANDEREM_FALL = "In einem anderen Fall Ihres Jugendamtes. Bitte fragen Sie Ihre Leitung."


def list_gleichzeitige(*, klient_id: UUID, zeitraum: Zeitraum, ohne: UUID | None = None) -> list[Reservierung]:
    """Living reservations and bookings of this person in these days, earliest first. `ohne`: the one looked at itself.

    What runs in a sealed case is none for whoever may not open it: the row rule is on the case, so the case is asked.
    One query.
    """
    rows = annotate_vorgang(Reservierung.objects.filter(klient_id=klient_id, hilfefall__in=Hilfefall.objects.all()))
    rows = rows.filter(
        Q(zeitraum__overlap=DateRange(zeitraum.beginn, zeitraum.ende)) | _open_before(zeitraum),
        Q(vorgang_zustand__in=VORGANG_GEBUNDEN),
    )
    if ohne is not None:
        rows = rows.exclude(pk=ohne)
    rows = with_haus(rows).order_by("zeitraum", "pk")
    return [row for row in rows if get_aufenthalt(row).overlaps(zeitraum)]


def _open_before(zeitraum: Zeitraum) -> Q:
    """What is held until further notice and begins before the end of these days."""
    davor = Q() if zeitraum.ende is None else Q(zeitraum__startswith__lt=zeitraum.ende)
    return Q(davor, ohne_ende=True)


def with_haus(rows: QuerySet[Reservierung]) -> QuerySet[Reservierung]:
    """With all that a sentence says of each."""
    return rows.select_related("buchung", "einrichtung", "fremdeinrichtung", "hilfeart")


def filter_selber_kreis(rows: Iterable[Reservierung], *, hilfeart: Hilfeart, zeitraum: Zeitraum) -> list[Reservierung]:
    """Those that a help of this kind should not be given beside: two stays that share a night, the same kind twice.

    A day group beside a foster family, or a helper who comes to the home, is right. What is paid only once follows the
    same line.
    """
    if not hilfeart.ist_aufenthalt:
        return [row for row in rows if row.hilfeart_id == hilfeart.pk]
    stays = [row for row in rows if row.hilfeart.ist_aufenthalt]
    return [row for row in stays if rules.teilen_naechte(get_aufenthalt(row), zeitraum)]


def list_ueberschneidungen(
    *, klient_id: UUID, hilfeart: Hilfeart, zeitraum: Zeitraum, ohne: UUID | None = None
) -> list[Reservierung]:
    """Both at once: what a further help of this kind has to be given a reason for."""
    rows = list_gleichzeitige(klient_id=klient_id, zeitraum=zeitraum, ohne=ohne)
    return filter_selber_kreis(rows, hilfeart=hilfeart, zeitraum=zeitraum)


def list_ueberschneidungen_je(
    *, klient_id: UUID, hilfearten: Iterable[Hilfeart], zeitraum: Zeitraum
) -> list[Reservierung]:
    """The same where it is not decided yet which of these kinds it will be: what speaks against any of them. One
    query."""
    rows = list_gleichzeitige(klient_id=klient_id, zeitraum=zeitraum)
    stoeren = {r.pk for art in hilfearten for r in filter_selber_kreis(rows, hilfeart=art, zeitraum=zeitraum)}
    return [row for row in rows if row.pk in stoeren]


def filter_gehalten(rows: Iterable[Reservierung]) -> list[Reservierung]:
    """Those that are held only: once another one is booked they can be given back."""
    return [row for row in rows if row.zustand in RESERVIERUNG_LEBEND]


def list_gebuchte_aufenthalte(*, klient_id: UUID, auch_gesperrte: bool) -> list[Buchung]:
    """Booked stays of this person, earliest first; cancelled ones are none.

    auch_gesperrte: those in a sealed case, too, which the database counts and a service has to. One query.
    """
    rows = Buchung.objects.filter(klient_id=klient_id, ist_aufenthalt=True).exclude(zustand=BuchungZustand.STORNIERT)
    if not auch_gesperrte:
        rows = rows.filter(hilfefall__in=Hilfefall.objects.all())
    mit = ("reservierung__einrichtung", "reservierung__fremdeinrichtung", "reservierung__hilfeart")
    return list(rows.select_related(*mit).order_by("zeitraum", "pk"))


def get_belegung(buchung: Buchung) -> rules.Belegung:
    """Whose its nights are, as the database has it."""
    return rules.Belegung(buchung.allein, buchung.ueberlagernd)


def list_darueber(buchung: Buchung) -> list[Reservierung]:
    """Stays that lie over this one and that she may know of, earliest first: where it ends, the child is theirs."""
    unten = get_belegung(buchung)
    gebucht = list_gebuchte_aufenthalte(klient_id=buchung.klient_id, auch_gesperrte=False) if unten.allein else []
    return [other.reservierung for other in gebucht if rules.liegt_ueber(get_belegung(other), unten)]


@dataclass(frozen=True, slots=True)
class Schicht:
    """Another stay of the child in the same nights: it lies over this one, or this one over it."""

    ist_darueber: bool
    buchung: Buchung
    tage: Zeitraum

    @property
    def text(self) -> str:
        """ "Darüber liegt: Inobhutnahme, 02.12.2026 bis 12.12.2026" """
        oben = self.buchung.ueberlagerung if self.ist_darueber else ""
        paragraf = self.buchung.reservierung.hilfeart.paragraf
        was = Ueberlagerung(oben).label if oben in UEBERLAGERUNG_SAGT_WAS else paragraf
        return f"{'Darüber liegt' if self.ist_darueber else 'Liegt über'}: {was}, {self.tage}"


def list_schichten(buchung: Buchung) -> list[Schicht]:
    """What lies over this stay and what it lies over, of which the reader may know, with the days; earliest first."""
    diese = get_belegung(buchung)
    andere = []
    if diese.allein or diese.ueberlagernd:
        andere = list_gebuchte_aufenthalte(klient_id=buchung.klient_id, auch_gesperrte=False)
    return [
        Schicht(ist_darueber, other, Zeitraum.from_inclusive(nacht.beginn, nacht.ende))
        for other in andere
        if other.pk != buchung.pk
        for ist_darueber, naechte in (
            (True, rules.gemeinsame_naechte(get_belegung(other), diese)),
            (False, rules.gemeinsame_naechte(diese, get_belegung(other))),
        )
        for nacht in naechte
    ]


def filter_allein_geworden(darueber: Iterable[Reservierung]) -> list[Reservierung]:
    """Those of `list_darueber` that have the child for themselves now in nights in which they lay over something."""
    vorher = {row.buchung.pk: row for row in darueber}
    jetzt = Buchung.objects.filter(pk__in=vorher).order_by("zeitraum", "pk") if vorher else ()
    return [vorher[b.pk] for b in jetzt if b.ueberlagernd != vorher[b.pk].buchung.ueberlagernd]


def get_aufenthalt(reservierung: Reservierung) -> Zeitraum:
    """The stay as it was or is planned: a booking's real first and last day, else the reserved period."""
    buchung = getattr(reservierung, "buchung", None)
    return reservierung.dauer if buchung is None else get_leistungszeitraum(buchung)


def describe_ueberschneidungen(
    rows: Iterable[Reservierung], *, sichtbar: frozenset[UUID]
) -> list[dict[str, str | UUID | None]]:
    """Each other help as a sentence, and its id where the reader may open it; of the rest only that there is one."""
    return [
        {"text": describe_hilfe(row), "pk": row.pk} if row.pk in sichtbar else {"text": IN_ANDEREM_FALL, "pk": None}
        for row in rows
    ]


def describe_hilfe(row: Reservierung) -> str:
    """ "§ 34 bei Haus Am Ryck, 01.06.2026 – 30.11.2026 (Hilfe läuft), Nummer 7KM-Q2V-D7S" """
    stand = get_vorgang_zustand(row, getattr(row, "buchung", None)).label
    wo = f"{row.hilfeart.paragraf} bei {row.haus.name}"
    return f"{wo}, {get_aufenthalt(row)} ({stand}), Nummer {row.nummer}"
