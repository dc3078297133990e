"""What a planned stay costs; pocket money from official amounts only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings

from shared_apps.catalogue.models import Barbetrag
from shared_apps.core.zeitraum import Zeitraum, monatserster
from tenant_apps.cases.models import Klient
from tenant_apps.placements import rules
from tenant_apps.placements.hooks import get_restbudget
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.preise import Preis, build_planung, shorten_preis

KEIN_BARBETRAG = "kein amtlicher Barbetrag hinterlegt"
NULL = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Kosten:
    """What a choice would cost, as a page says it; `preis` None: no rate is agreed on for the first day."""

    preis: Preis | None
    taschengeld: Decimal
    taschengeld_hinweis: str
    restbudget: Decimal | None
    #: Why the lines of the price end before the period does.
    ende_hinweis: str

    @property
    def soll_kosten(self) -> Decimal | None:
        """Soll-Entgelt plus pocket money."""
        return rules.soll_kosten(self.preis.soll, self.taschengeld) if self.preis else None


def compute_kosten(*, kriterien: Kriterien, preis: Preis | None, land: str, klient: Klient | None) -> Kosten:
    """At this price, with pocket money of the state and what the office's budget has left in the first month."""
    taschengeld, hinweis = compute_taschengeld(
        kriterien=kriterien, land=land, geburtsdatum=klient.geburtsdatum if klient else None
    )
    restbudget = get_restbudget(hilfeart_id=kriterien.hilfeart.pk, monat=monatserster(kriterien.beginn))
    ende_hinweis = preis.describe_ende(kriterien.ende) if preis else ""
    return Kosten(preis, taschengeld, hinweis, restbudget, ende_hinweis)


def compute_taschengeld(
    *, kriterien: Kriterien, land: str, geburtsdatum: date | None, gelesen: Iterable[Barbetrag] | None = None
) -> tuple[Decimal, str]:
    """Amount and, when it is zero for lack of knowledge, the note that says why. `gelesen`: the amounts of the state,
    where somebody has read them.

    Rows marked as examples do not enter amounts (no table of the Land was found, law.md 5.5).
    """
    if not kriterien.hilfeart.hat_barbetrag:
        return NULL, "bei dieser Hilfeart nicht vorgesehen"
    if geburtsdatum is None:
        return NULL, "erst mit dem Geburtsdatum berechenbar"
    zeilen = Barbetrag.objects.filter(land=land) if gelesen is None else gelesen
    if not getattr(settings, "BARBETRAG_BEISPIELE", False):
        zeilen = [zeile for zeile in zeilen if not zeile.ist_beispiel]
    try:
        return rules.taschengeld_summe(kriterien.rechenzeitraum, list(_nach_alter(zeilen, geburtsdatum))), ""
    except rules.PlanwertError:
        return NULL, KEIN_BARBETRAG


def _nach_alter(zeilen: Iterable[Barbetrag], geburtsdatum: date) -> Iterable[tuple[Zeitraum, Decimal]]:
    """Each amount with the days on which it is valid **and** the young person has that age."""
    for zeile in zeilen:
        im_alter = Zeitraum(
            rules.geburtstag(geburtsdatum, zeile.alter_von), rules.geburtstag(geburtsdatum, zeile.alter_bis)
        )
        gueltig = Zeitraum.from_range(zeile.gueltig).intersect(im_alter)
        if gueltig is not None:
            yield gueltig, zeile.betrag


@dataclass(frozen=True, slots=True)
class Betraege:
    """Planned amounts: what the provider is paid, and with pocket money."""

    entgelt: Decimal
    kosten: Decimal


def compute_betraege_bis(reservierung: Reservierung, preis: Preis, tage: Zeitraum) -> Betraege | None:
    """The planned amounts of a reservation for fewer of its days, with the rates it was made with (`preis`); None when
    no whole day is left."""
    kriterien = build_planung(reservierung, tage)
    try:
        entgelt = shorten_preis(kriterien, preis).soll
    except rules.PlanwertError:
        return None
    taschengeld = NULL
    if reservierung.taschengeld:
        taschengeld, _ = compute_taschengeld(
            kriterien=kriterien,
            land=reservierung.land,
            geburtsdatum=reservierung.klient.geburtsdatum,
        )
    return Betraege(entgelt, rules.soll_kosten(entgelt, taschengeld))
