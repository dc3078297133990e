"""Proposed rates, for the provider and for the office that agrees on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, Q, QuerySet

from shared_apps.core.clock import now
from shared_apps.core.diagramm import Stufe
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.providers.models import Angebot, EinrichtungDokument, Entgelt, Entgeltvorschlag, EntschiedenerVorschlag
from shared_apps.providers.rules import ENTSCHEIDUNG_ZEIGEN_TAGE, mit_vorrang
from shared_apps.providers.states import VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant, TenantZustand

V = TypeVar("V", Entgeltvorschlag, EntschiedenerVorschlag)

with_names = related(
    "angebot__hilfeart", "angebot__einrichtung__anbieter", "jugendamt", "vereinbarung", "leistungsbeschreibung"
)
VORSCHLAEGE = Liste(
    "providers:rates", {"neueste": ordnung("created_at", index="vorschlag_zeit")}, "-neueste", zeigt=with_names
)


#: More of them are on the list of proposals.
ENTSCHIEDENE_HOECHSTENS = 5


def list_vorschlaege(vorschlaege: QuerySet[Entgeltvorschlag], *, zustand: str = "") -> QuerySet[Entgeltvorschlag]:
    """Of what may be seen, those in this state; all without one."""
    return VORSCHLAEGE.order(vorschlaege.filter(zustand=zustand) if zustand else vorschlaege)


@dataclass(frozen=True, slots=True)
class Vergleich:
    """A proposed rate beside the one it follows; None where there is none yet."""

    bisher: Entgelt | None
    unterschied: Decimal | None
    prozent: Decimal | None


def get_vergleich(vorschlag: Entgeltvorschlag) -> Vergleich:
    """Against the rate that applies the day before, or did when the proposal was decided."""
    bisher = find_entgelt_vor(vorschlag, vorschlag.ab)
    if bisher is None:
        return Vergleich(None, None, None)
    unterschied = vorschlag.betrag - bisher.betrag
    return Vergleich(bisher, unterschied, unterschied * 100 / bisher.betrag if bisher.betrag else None)


def find_entgelt_vor(vorschlag: Entgeltvorschlag, ab: date) -> Entgelt | None:
    """The latest rate of the offer that began before the day, for whom the proposal is: an office's own goes first."""
    rows = Entgelt.je_amt.filter(
        Q(jugendamt=None) | Q(jugendamt=vorschlag.jugendamt_id),
        angebot=vorschlag.angebot_id,
        gueltig__startswith__lt=ab,
    )
    return rows.order_by(F("jugendamt").asc(nulls_last=True), "-gueltig").first()


def mark_wartende(vorschlaege: QuerySet[Entgeltvorschlag], angebote: Iterable[Any]) -> None:
    """On each of these offers what still waits for an office: the rate for all as `wartend`, those for one office alone
    as `einzeln_wartend`. One query."""
    offen = vorschlaege.filter(angebot__in=[a.pk for a in angebote], zustand=VorschlagZustand.VORGESCHLAGEN)
    wartende: dict[UUID, list[Entgeltvorschlag]] = defaultdict(list)
    for vorschlag in offen.select_related("jugendamt").order_by("jugendamt__sortierung"):
        wartende[vorschlag.angebot_id].append(vorschlag)
    for angebot in angebote:
        je_amt = wartende[angebot.pk]
        angebot.wartend = next((v for v in je_amt if v.jugendamt_id is None), None)
        angebot.einzeln_wartend = [v for v in je_amt if v.jugendamt_id is not None]


def list_entschiedene(vorschlaege: QuerySet[Entgeltvorschlag], user_id: UUID) -> list[Entgeltvorschlag]:
    """What was decided lately of what this person proposed, newest first: for her first page. One query."""
    zustaende = [VorschlagZustand.BESTAETIGT, VorschlagZustand.ABGELEHNT]
    return _latest(vorschlaege.filter(vorgeschlagen_von=user_id, zustand__in=zustaende))


def list_entschiedene_im_amt() -> list[EntschiedenerVorschlag]:
    """The same of what she proposed in the open office, whose own pages read no proposals. One query."""
    return _latest(EntschiedenerVorschlag.objects.all())


def _latest(rows: QuerySet[V]) -> list[V]:
    seit = now() - timedelta(days=ENTSCHEIDUNG_ZEIGEN_TAGE)
    rows = rows.filter(entschieden_at__gte=seit).select_related("angebot__einrichtung")
    return list(rows.order_by("-entschieden_at")[:ENTSCHIEDENE_HOECHSTENS])


@dataclass(frozen=True, slots=True)
class Papier:
    """A paper that a proposal names. `kind`: its word in an address, empty while its file cannot be opened."""

    art: str
    dokument: EinrichtungDokument
    kind: str


def list_papiere(vorschlag: Entgeltvorschlag | None) -> list[Papier]:
    """Agreement and service description of a proposal; whoever reads the proposal may open them."""
    papiere = (vorschlag.vereinbarung, vorschlag.leistungsbeschreibung) if vorschlag else ()
    return [
        Papier(
            str(dokument._meta.verbose_name),
            dokument,
            dokument.kennung if dokument.datei and dokument.ist_freigegeben else "",
        )
        for dokument in papiere
        if dokument is not None
    ]


# --- how rates have developed ---------------------------------------------------------------------------------------

#: What a rate is called of which no components are known: it came with set-up.
OHNE_AUFTEILUNG = "Entgelt ohne Aufteilung"


@dataclass(frozen=True, slots=True)
class Entgeltverlauf:
    """The rates of one offer for all offices, or for one; oldest first, beside what the chart is drawn from."""

    jugendamt: Gebietskoerperschaft | None
    saetze: list[Entgelt]

    @property
    def stufen(self) -> list[Stufe]:
        """One step for each rate."""
        return [Stufe(Zeitraum.from_range(e.gueltig), _teile(e)) for e in self.saetze]

    @property
    def zeilen(self) -> list[tuple[Entgelt, list[Papier]]]:
        """The same for the table, newest first."""
        return [(e, list_papiere(e.vorschlag)) for e in reversed(self.saetze)]


def _teile(entgelt: Entgelt) -> list[tuple[str, Decimal]]:
    v = entgelt.vorschlag
    teile = (v.grundleistung, v.investition, v.sonderleistung) if v else (Decimal(0),) * 3
    namen = ("Grundleistung", "Investition", "Sonderleistung", OHNE_AUFTEILUNG)
    return list(zip(namen, (*teile, Decimal(0) if v else entgelt.betrag), strict=True))


def list_verlaeufe(angebot: Angebot, entgelte: QuerySet[Entgelt]) -> list[Entgeltverlauf]:
    """How the rates of the offer have developed, those for all offices first. `entgelte`: what the person may know.

    One query.
    """
    rows = entgelte.filter(angebot=angebot).select_related(
        "jugendamt", "vorschlag__vereinbarung", "vorschlag__leistungsbeschreibung"
    )
    je_amt: dict[UUID | None, list[Entgelt]] = defaultdict(list)
    for entgelt in rows.order_by(F("jugendamt__sortierung").asc(nulls_first=True), "jugendamt", "gueltig"):
        je_amt[entgelt.jugendamt_id].append(entgelt)
    return [Entgeltverlauf(saetze[0].jugendamt, saetze) for saetze in je_amt.values()]


# --- what one office pays -------------------------------------------------------------------------------------------


def list_saetze(
    angebot_ids: Iterable[UUID], *, einheit: str, schema: str
) -> dict[UUID, list[tuple[Zeitraum, Decimal]]]:
    """The rates that the office with this schema pays, by offer: its own goes before that of all. One query."""
    rows = list_vereinbarte(einheit=einheit, schema=schema).filter(angebot_id__in=list(angebot_ids))
    allgemeine: dict[UUID, list[tuple[Zeitraum, Decimal]]] = defaultdict(list)
    eigene: dict[UUID, list[tuple[Zeitraum, Decimal]]] = defaultdict(list)
    for angebot_id, jugendamt_id, gueltig, betrag in rows.order_by().values_list(
        "angebot_id", "jugendamt_id", "gueltig", "betrag"
    ):
        saetze = allgemeine if jugendamt_id is None else eigene
        saetze[angebot_id].append((Zeitraum.from_range(gueltig), betrag))
    return {pk: mit_vorrang(allgemeine[pk], eigene[pk]) for pk in {*allgemeine, *eigene}}


def list_vereinbarte(*, schema: str, einheit: str = "") -> QuerySet[Entgelt]:
    """Rates of all offers that hold or held for the office with this schema: its own, and those of all offices.

    Those by this unit, or all.
    """
    amt = Gebietskoerperschaft.objects.filter(kuerzel__in=Tenant.objects.filter(schema_name=schema).values("kuerzel"))
    rows = Entgelt.je_amt.filter(Q(jugendamt=None) | Q(jugendamt__in=amt))
    return rows.filter(einheit=einheit) if einheit else rows


def list_jugendaemter() -> QuerySet[Gebietskoerperschaft]:
    """Offices that work here and can agree on a rate for themselves."""
    offen = Tenant.objects.exclude(zustand=TenantZustand.STILLGELEGT)
    return Gebietskoerperschaft.objects.filter(kuerzel__in=offen.values("kuerzel"))
