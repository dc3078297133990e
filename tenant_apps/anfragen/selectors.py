"""Reads of enquiries: the list, one with its houses, who has declined and why, what still runs in a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.text import Truncator

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import local_date, midnight, real_now
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import EIN_TAG, format_datum
from shared_apps.occupancy.enums import BindungZustand
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.anfragen.enums import MIT_ANTWORT
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.states import (
    HAUSANFRAGE_OFFEN,
    WARTET_AUF_AMT,
    AnfrageZustand,
    HausanfrageZustand,
)
from tenant_apps.cases.hooks import Laufendes
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.enums import say_ablehnung
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile

#: Where a house stands, as it is counted: each state is in one of them.
STAENDE: Mapping[str, frozenset[HausanfrageZustand]] = {
    "ja": frozenset({HausanfrageZustand.ZUGESAGT, HausanfrageZustand.ANGENOMMEN}),
    "rueckfrage": frozenset({HausanfrageZustand.RUECKFRAGE}),
    "nein": frozenset({HausanfrageZustand.ABGESAGT}),
    "anruf": frozenset({HausanfrageZustand.ANRUF}),
    "offen": frozenset({HausanfrageZustand.ANGEFRAGT}),
    "besetzt": frozenset({HausanfrageZustand.GESCHLOSSEN}),
    "zurueckgezogen": frozenset({HausanfrageZustand.ZURUECKGEZOGEN}),
    "verfallen": frozenset({HausanfrageZustand.VERFALLEN}),
}


def with_zahlen(rows: QuerySet[Anfrage]) -> QuerySet[Anfrage]:
    """With how many houses are asked, and how many of them stand where (`STAENDE`)."""
    zahlen = {name: Count("haeuser", filter=Q(haeuser__zustand__in=zustaende)) for name, zustaende in STAENDE.items()}
    return rows.annotate(gefragt=Count("haeuser"), **zahlen)


def _shown(rows: QuerySet[Anfrage]) -> QuerySet[Anfrage]:
    return with_zahlen(related("hilfefall", "klient", "hilfeart")(rows))


ANFRAGEN = Liste("anfragen:list", {"neueste": ordnung("created_at", index="anfrage_neueste")}, "-neueste", zeigt=_shown)


def filter_anfragen(rows: QuerySet[Anfrage], *, zustand: str = "") -> QuerySet[Anfrage]:
    """Those in one state, or open with an answer that waits for the office."""
    if zustand == MIT_ANTWORT:
        antworten = Hausanfrage.objects.filter(anfrage=OuterRef("pk"), zustand__in=WARTET_AUF_AMT)
        return rows.filter(Exists(antworten), zustand=AnfrageZustand.OFFEN)
    return rows.filter(zustand=zustand) if zustand else rows


#: In which order answers are read: what can be accepted, then what waits, then what is over.
_REIHE: Mapping[str, int] = {
    HausanfrageZustand.ANGENOMMEN: 0,
    HausanfrageZustand.ZUGESAGT: 1,
    HausanfrageZustand.RUECKFRAGE: 2,
    HausanfrageZustand.ANRUF: 3,
    HausanfrageZustand.ANGEFRAGT: 4,
}
#: Level of the badge.
LEVELS: Mapping[str, str] = {
    HausanfrageZustand.ANGENOMMEN: "success",
    HausanfrageZustand.ZUGESAGT: "success",
    HausanfrageZustand.RUECKFRAGE: "info",
    HausanfrageZustand.ANRUF: "warning",
    HausanfrageZustand.ABGESAGT: "danger",
}
ANFRAGE_LEVELS: Mapping[str, str] = {AnfrageZustand.OFFEN: "info", AnfrageZustand.ANGENOMMEN: "success"}


def list_haeuser(anfrage: Anfrage) -> list[Hausanfrage]:
    """The houses of an enquiry: who said yes first, the cheapest first; then who has not answered. One query."""
    rows = Hausanfrage.objects.filter(anfrage=anfrage).select_related(
        "einrichtung", "anbieter", "angebot", "antwort_von", "reservierung"
    )
    return sorted(rows, key=lambda h: (_REIHE.get(h.zustand, 9), h.soll_entgelt is None, h.soll_entgelt, h.pk))


def count_haeuser(haeuser: Sequence[Hausanfrage]) -> dict[str, int]:
    """How many of these stand where (`STAENDE`); together they are all of them."""
    return {name: sum(h.zustand in zustaende for h in haeuser) for name, zustaende in STAENDE.items()}


def choose_vorgewaehlte(
    zeilen: Sequence[Trefferzeile], *, gemerkt: Collection[UUID], ohne: Collection[UUID], hoechstens: int
) -> set[UUID]:
    """Offers that are ticked from the beginning: what she has marked in the result, else what fits best, of equals in
    the order of `zeilen`. `ohne`: never these."""
    frei = [zeile for zeile in zeilen if zeile.angebot not in ohne]
    if marked := {zeile.angebot for zeile in frei if zeile.angebot in gemerkt}:
        return marked
    beste = sorted(frei, key=lambda zeile: -1 if zeile.passung is None else zeile.passung, reverse=True)
    return {zeile.angebot for zeile in beste[:hoechstens]}


def find_gehaltenen(haus: Hausanfrage) -> Platzbindung | None:
    """The hold of a house on a place of its own, with the place, while it lasts. No query where it holds none."""
    if haus.haelt_bis_at is None or haus.haelt_bis_at < real_now():
        return None
    rows = Platzbindung.objects.filter(pk=haus.pk, zustand=BindungZustand.RESERVIERT)
    return rows.select_related("platz").first()


_T = TypeVar("_T")
#: Lines of the choice that are shown at once; the others are behind a word.
ZEILEN_JE_GRUPPE = 25


def order_zeilen(zeilen: Sequence[Trefferzeile], angehakt: Collection[str]) -> list[Trefferzeile]:
    """What is ticked first, then what fits best; of equals in the order of `zeilen`."""
    return sorted(
        zeilen,
        key=lambda zeile: (str(zeile.angebot) not in angehakt, 1 if zeile.passung is None else -zeile.passung),
    )


def group_zeilen(zeilen: Sequence[_T], *, zuerst: int) -> list[tuple[int, Sequence[_T]]]:
    """Lines in groups of `ZEILEN_JE_GRUPPE`, each with the number of its first one; the first group holds at least
    `zuerst`, so that nothing that is ticked is hidden."""
    schnitt = max(ZEILEN_JE_GRUPPE, zuerst)
    anfaenge = [0, *range(schnitt, len(zeilen), ZEILEN_JE_GRUPPE)] if zeilen else []
    enden = [*anfaenge[1:], len(zeilen)]
    return [(ab + 1, zeilen[ab:bis]) for ab, bis in zip(anfaenge, enden, strict=True)] if zeilen else []


def list_gefragte(hilfefall_id: UUID | None, anfrage: Anfrage | None = None) -> frozenset[UUID]:
    """Offers that are asked for a case and can still become a place, and all that were asked in `anfrage`. One query,
    none without a case."""
    if hilfefall_id is None:
        return frozenset()
    offen = Q(anfrage__hilfefall=hilfefall_id, zustand__in=HAUSANFRAGE_OFFEN)
    rows = Hausanfrage.objects.filter(offen if anfrage is None else offen | Q(anfrage=anfrage))
    return frozenset(rows.order_by().values_list("angebot_id", flat=True))


def compute_stand(anfrage_id: UUID) -> str:
    """A word that changes with the state of any house of an enquiry. One query; it names nobody."""
    stand = Hausanfrage.objects.filter(anfrage=anfrage_id).order_by("pk").values_list("pk", "zustand", "antwort_at")
    return sha256("|".join(f"{pk} {zustand} {at}" for pk, zustand, at in stand).encode()).hexdigest()[:16]


def find_offene(suche: Suche) -> Anfrage | None:
    """The enquiry out of this search that is still open."""
    return suche.anfragen.filter(zustand=AnfrageZustand.OFFEN).first()


def is_vorbei(anfrage: Anfrage) -> bool:
    """Whether the time to answer is over."""
    return anfrage.antwort_bis_at < real_now()


#: Characters of a house's own words that are shown beside its line in a result.
ABSAGE_ZEICHEN = 60


@dataclass(frozen=True, slots=True)
class Absage:
    """That a house has declined for this case: when and why."""

    am: date
    grund: str

    @property
    def text(self) -> str:
        """ "hat am 02.12.2026 abgesagt: Personal fehlt"."""
        return f"hat am {format_datum(self.am)} abgesagt: {self.grund}"


def list_absagen(hilfefall_id: UUID | None) -> dict[UUID, Absage]:
    """Offers whose house has declined for this case, by their key; the newest answer of each. One query, none without
    a case."""
    if hilfefall_id is None:
        return {}
    rows: Any = Hausanfrage.objects.filter(anfrage__hilfefall=hilfefall_id, zustand=HausanfrageZustand.ABGESAGT)
    return {
        angebot: Absage(local_date(am), say_ablehnung(grund, Truncator(text).chars(ABSAGE_ZEICHEN)))
        for angebot, am, grund, text in rows.order_by("antwort_at").values_list(
            "angebot_id", "antwort_at", "absagegrund", "antwort_text"
        )
    }


def count_absagegruende(*, von: date, bis: date) -> dict[str, int]:
    """Why houses declined enquiries that they answered on these days, both included: reason (as on the screen) and how
    often, the most frequent first. For controlling: no person, no house."""
    rows = Hausanfrage.objects.filter(
        zustand=HausanfrageZustand.ABGESAGT, antwort_at__gte=midnight(von), antwort_at__lt=midnight(bis + EIN_TAG)
    )
    gezaehlt = rows.order_by().values_list("absagegrund").annotate(wie_oft=Count("pk"))
    gezaehlt = gezaehlt.order_by("-wie_oft", "absagegrund")
    return {say_ablehnung(grund): zahl for grund, zahl in gezaehlt}


def list_laufende_anfragen(akteur: Akteur, hilfefall: Hilfefall, letzter_tag: date) -> list[Laufendes]:
    """Enquiries of a case that is to end: houses still wait for an answer of the office. One query."""
    offen: Any = Anfrage.objects.filter(hilfefall=hilfefall, zustand=AnfrageZustand.OFFEN).annotate(
        warten=Count("haeuser", filter=Q(haeuser__zustand__in=HAUSANFRAGE_OFFEN))
    )
    return [
        Laufendes(f"Anfrage an {anzahl(a.warten, 'Haus', 'Häuser')} vom {format_datum(local_date(a.created_at))}", a.pk,
                  "anfragen:detail")
        for a in offen.order_by("created_at")
    ]  # fmt: skip
