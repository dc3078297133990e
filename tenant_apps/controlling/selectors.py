"""Reads of controlling: budget against bookings and payments, by type of help. Sums only, never a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum

from shared_apps.catalogue.models import Hilfeart
from shared_apps.comparison.models import Kennzahlwert
from shared_apps.core.clock import midnight, real_now, today
from shared_apps.core.geld import round_cent
from shared_apps.core.zeitraum import monatserster, naechster_monat, vormonat
from tenant_apps.billing.models import Auszahlung
from tenant_apps.cases.models import Hilfefall
from tenant_apps.controlling import rules
from tenant_apps.controlling.models import Haushaltsansatz
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.states import BuchungZustand
from tenants.context import require_schema

NULL = Decimal("0.00")
#: Types of help of too few choices to be named, together.
UEBRIGE = "übrige Hilfearten zusammen"

# Planned costs fall on the days of the Hilfe alike; the share of a period is its share of the days. A booking that
# ended early binds only the days up to its end. Reservations bind as long as they hold their place.
_GEBUNDEN = """
WITH vorhaben AS (
  SELECT b.hilfefall_id, b.hilfeart_id, b.soll_kosten, b.zeitraum,
         least(coalesce(b.ende_tatsaechlich + 1, upper(b.zeitraum)), upper(b.zeitraum)) AS ende
    FROM placements_buchung b WHERE b.zustand <> 'STORNIERT'
  UNION ALL
  SELECT r.hilfefall_id, r.hilfeart_id, r.soll_kosten, r.zeitraum, upper(r.zeitraum)
    FROM placements_reservierung r
   WHERE r.zustand IN ('RESERVIERT', 'ZUGESTIMMT') AND r.ablauf_at >= %s)
SELECT v.hilfeart_id, round(sum(v.soll_kosten * greatest(least(v.ende, g.bis) - greatest(lower(v.zeitraum), g.von), 0)
         / (upper(v.zeitraum) - lower(v.zeitraum))), 2)
  FROM vorhaben v CROSS JOIN (SELECT %s::date AS von, %s::date AS bis) g
 WHERE v.zeitraum && daterange(g.von, g.bis)
   -- cases_hilfefall is under row-level security: sealed ones are there for named persons and for jobs only
   AND (%s OR EXISTS (SELECT 1 FROM cases_hilfefall h WHERE h.id = v.hilfefall_id))
 GROUP BY v.hilfeart_id
"""


def sum_gebunden(*, von: date, bis: date, mit_gesperrten: bool = False) -> dict[UUID, Decimal]:
    """Planned costs of bookings and living reservations that fall into [von, bis), by type of help.

    Without `mit_gesperrten` a sealed case is left out for whoever is not named for it: somebody who also sees
    lists of cases would read its costs off the difference. Sums alone are shown whole.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GEBUNDEN, [real_now(), von, bis, mit_gesperrten])
        return {hilfeart: betrag for hilfeart, betrag in cursor.fetchall() if betrag}


def sum_ausgezahlt(*, von: date, bis: date, mit_gesperrten: bool = False) -> dict[UUID, Decimal]:
    """Money paid in [von, bis), by type of help; sealed cases as in `sum_gebunden`."""
    rows = Auszahlung.objects.filter(bezahlt_am__gte=von, bezahlt_am__lt=bis)
    if not mit_gesperrten:
        rows = rows.filter(rechnung__buchung__hilfefall__in=Hilfefall.objects.all())
    return dict(rows.values_list("rechnung__buchung__hilfeart_id").annotate(summe=Sum("betrag")).order_by())


@dataclass(frozen=True, slots=True)
class Ersparnis:
    """What the choices of a year saved against the medians of their lists, dearer ones deducted; `summe` None: too few
    to be named. `teile`: by type of help, none of too few."""

    anzahl: int
    summe: Decimal | None
    teile: tuple[rules.Teil, ...] = ()


def sum_ersparnis(jahr: int, *, mit_gesperrten: bool = False) -> Ersparnis:
    """Of what was booked in the year and not cancelled; sealed cases as in `sum_gebunden`. A sum of fewer choices than
    `KENNZAHL_MINDESTFALLZAHL` is withheld, for a type of help, too: it would be that of single children. One query."""
    rows = Buchung.objects.exclude(zustand=BuchungZustand.STORNIERT).filter(
        gebucht_at__gte=midnight(date(jahr, 1, 1)),
        gebucht_at__lt=midnight(date(jahr + 1, 1, 1)),
        reservierung__auswahlvermerk__ersparnis__isnull=False,
    )
    if not mit_gesperrten:
        rows = rows.filter(hilfefall__in=Hilfefall.objects.all())
    je_art = rows.order_by().values_list("hilfeart__paragraf", "hilfeart__name")
    werte = je_art.annotate(anzahl=Count("pk"), summe=Sum("reservierung__auswahlvermerk__ersparnis"))
    teile = [rules.Teil(f"{paragraf} {name}", zahl, summe) for paragraf, name, zahl, summe in werte]
    alle = sum(teil.anzahl for teil in teile)
    if alle < settings.KENNZAHL_MINDESTFALLZAHL:
        return Ersparnis(alle, None if alle else NULL)
    gezeigt = rules.fold_kleine(teile, mindestens=settings.KENNZAHL_MINDESTFALLZAHL, rest=UEBRIGE)
    return Ersparnis(alle, sum((teil.summe for teil in teile), NULL), tuple(gezeigt))


def monatsanteil(jahresbetrag: Decimal, monat: date) -> Decimal:
    """A twelfth, so that the twelve shares add up to the cent."""
    bis, davor = jahresbetrag * monat.month / 12, jahresbetrag * (monat.month - 1) / 12
    return round_cent(bis) - round_cent(davor)


@dataclass(frozen=True, slots=True)
class Budgetzeile:
    """Budget of one type of help. `ansatz` None: none was entered."""

    hilfeart: Hilfeart
    ansatz: Decimal | None
    gebunden: Decimal
    ausgezahlt: Decimal
    monat_ansatz: Decimal | None
    monat_gebunden: Decimal
    produktkonto: str = ""

    @property
    def rest(self) -> Decimal | None:
        return None if self.ansatz is None else self.ansatz - self.gebunden

    @property
    def monat_rest(self) -> Decimal | None:
        return None if self.monat_ansatz is None else self.monat_ansatz - self.monat_gebunden

    @property
    def ist_ueberzogen(self) -> bool:
        return self.rest is not None and self.rest < 0


@dataclass(frozen=True, slots=True)
class Budget:
    """All rows of a year with their sum; `monat` is the month the month columns speak of."""

    jahr: int
    monat: date
    zeilen: Sequence[Budgetzeile]

    def _sum(self, name: str) -> Decimal:
        return sum((getattr(z, name) or NULL for z in self.zeilen), NULL)

    @property
    def summe(self) -> Mapping[str, Decimal]:
        """Sums of all columns."""
        namen = ("ansatz", "gebunden", "ausgezahlt", "monat_ansatz", "monat_gebunden")
        summen = {name: self._sum(name) for name in namen}
        summen["rest"] = summen["ansatz"] - summen["gebunden"]
        summen["monat_rest"] = summen["monat_ansatz"] - summen["monat_gebunden"]
        return summen


def get_budget(jahr: int, *, mit_gesperrten: bool = False) -> Budget:
    """Budget of a year: Ansatz, gebunden, ausgezahlt, Rest, and the running (else last) month's share."""
    anfang, ende = date(jahr, 1, 1), date(jahr + 1, 1, 1)
    monat = monatserster(today()) if today().year == jahr else date(jahr, 12 if jahr < today().year else 1, 1)
    ansaetze = {a.hilfeart_id: a for a in Haushaltsansatz.objects.filter(jahr=jahr)}
    gebunden = sum_gebunden(von=anfang, bis=ende, mit_gesperrten=mit_gesperrten)
    im_monat = sum_gebunden(von=monat, bis=naechster_monat(monat), mit_gesperrten=mit_gesperrten)
    ausgezahlt = sum_ausgezahlt(von=anfang, bis=ende, mit_gesperrten=mit_gesperrten)
    zeilen = []
    for art in Hilfeart.objects.all():
        if art.pk not in ansaetze.keys() | gebunden.keys() | ausgezahlt.keys():
            continue
        ansatz = ansaetze.get(art.pk)
        zeilen.append(
            Budgetzeile(
                hilfeart=art,
                ansatz=ansatz.betrag if ansatz else None,
                gebunden=gebunden.get(art.pk, NULL),
                ausgezahlt=ausgezahlt.get(art.pk, NULL),
                monat_ansatz=monatsanteil(ansatz.betrag, monat) if ansatz else None,
                monat_gebunden=im_monat.get(art.pk, NULL),
                produktkonto=ansatz.produktkonto if ansatz else "",
            )
        )
    return Budget(jahr, monat, zeilen)


def restbudget_im_monat(hilfeart_id: UUID, monat: date) -> Decimal | None:
    """Month's share of the budget less what bookings and reservations bind in it; None without a budget.

    May be negative. Registered with `tenant_apps.placements.hooks` for the reservation screen.
    """
    monat = monatserster(monat)
    ansatz = Haushaltsansatz.objects.filter(jahr=monat.year, hilfeart_id=hilfeart_id).first()
    if ansatz is None:
        return None
    gebunden = sum_gebunden(von=monat, bis=naechster_monat(monat)).get(hilfeart_id, NULL)
    return monatsanteil(ansatz.betrag, monat) - gebunden


def list_jahre() -> list[int]:
    """Years to choose: those with a budget, the running and the next one, newest first."""
    jahre = set(Haushaltsansatz.objects.values_list("jahr", flat=True))
    return sorted(jahre | {today().year, today().year + 1}, reverse=True)


@dataclass(frozen=True, slots=True)
class EigeneKennzahl:
    """One published figure of this office, last closed month and the one before."""

    code: str
    name: str
    einheit: str
    wert: Decimal | None
    vorher: Decimal | None


def list_eigene_kennzahlen() -> list[EigeneKennzahl]:
    """What this office published for the last closed month."""
    monat = vormonat(today())
    rows = Kennzahlwert.objects.filter(
        mandant=require_schema(), hilfeart_code="", spezialisierung_code="", monat__in=[monat, vormonat(monat)]
    ).select_related("kennzahl")
    werte: dict[date, dict[str, Kennzahlwert]] = {monat: {}, vormonat(monat): {}}
    for row in rows:
        werte[row.monat][row.kennzahl.code] = row
    aktuell, davor = werte[monat], werte[vormonat(monat)]
    return [
        EigeneKennzahl(code, w.kennzahl.name, w.kennzahl.einheit, w.wert, davor[code].wert if code in davor else None)
        for code, w in sorted(aktuell.items(), key=lambda p: p[1].kennzahl.sortierung)
    ]
