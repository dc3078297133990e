"""What holds on a day, and what was set when."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, TypeVar

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localtime

from shared_apps.core.clock import real_today, today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.zeitraum import format_datum
from tenant_apps.vorgaben.katalog import Vorgabe, list_erklaerte
from tenant_apps.vorgaben.models import Vorgabebestaetigung, Vorgabewert
from tenants.context import current_schema

#: Planned values that a page shows of one setting; there is no end to the days somebody may plan for.
GEPLANT_MAX = 10
VERLAUF = Liste(
    "vorgaben:detail",
    {"gilt": ordnung("gueltig_ab", "created_at", index="vorgabewert_gilt")},
    "-gilt",
    zeigt=related("bestaetigung"),
)
T = TypeVar("T")
U = TypeVar("U")
logger = logging.getLogger(__name__)


def get_vorgabe(vorgabe: Vorgabe[T], *, am: date | None = None) -> T:
    """What the open office has set for that day (without: today), else the default. Outside an office: the default.

    A row that no longer keeps to the declaration does not hold either: the work goes on, and the log says so.
    """
    if current_schema() is None:
        return vorgabe.voreinstellung()
    return _read(vorgabe, _gilt(vorgabe, am or today()).first())


def get_vorgaben(eine: Vorgabe[T], andere: Vorgabe[U]) -> tuple[T, U]:
    """What the open office has set of two for today, as `get_vorgabe`. One query."""
    rows = _gilt(eine, today())[:1].union(_gilt(andere, today())[:1], all=True)
    werte = {row.vorgabe: row for row in rows}
    return _read(eine, werte.get(eine.code)), _read(andere, werte.get(andere.code))


def _gilt(vorgabe: Vorgabe[Any], am: date) -> QuerySet[Vorgabewert]:
    return _geltende(vorgabe).filter(gueltig_ab__lte=am).order_by("-gueltig_ab", "-created_at")


def _read(vorgabe: Vorgabe[T], wert: Vorgabewert | None) -> T:
    if wert is None:
        return vorgabe.voreinstellung()
    try:
        return vorgabe.read(wert.wert)
    except ValueError:
        logger.error("Setting %s: row %s does not keep to its declaration, the default holds", vorgabe.code, wert.pk)
        return vorgabe.voreinstellung()


def _geltende(vorgabe: Vorgabe[Any]) -> QuerySet[Vorgabewert]:
    werte = Vorgabewert.objects.filter(vorgabe=vorgabe.code)
    return werte.filter(bestaetigung__isnull=False) if vorgabe.zu_zweit else werte


@dataclass(frozen=True, slots=True)
class Eintrag:
    """A value that was set, in words. `wartet`: nobody has confirmed it yet."""

    zeile: Vorgabewert
    wert: str
    wartet: bool
    bestaetigt_von: str

    @property
    def ist_geplant(self) -> bool:
        """Holds from a later day on."""
        return self.zeile.gueltig_ab > today()


@dataclass(frozen=True, slots=True)
class Stand:
    """A setting today: the value in words, the row it is from, what is planned, what waits for a second person."""

    vorgabe: Vorgabe[Any]
    wert: str
    voreinstellung: str
    seit: Vorgabewert | None
    geplant: list[Eintrag]
    wartet: list[Eintrag]


def get_stand(vorgabe: Vorgabe[Any]) -> Stand:
    """How one setting is today."""
    return _build_stand(vorgabe, _list_heutige([vorgabe]))


def list_staende() -> list[tuple[str, list[Stand]]]:
    """All settings by app, under the app's German name: two queries, whatever was ever set."""
    zeilen: dict[str, list[Vorgabewert]] = {}
    for zeile in _list_heutige(list_erklaerte()):
        zeilen.setdefault(zeile.vorgabe, []).append(zeile)
    return [
        (str(apps.get_app_config(label).verbose_name), [_build_stand(v, zeilen.get(v.code, [])) for v in vorgaben])
        for label, vorgaben in groupby(list_erklaerte(), key=lambda vorgabe: vorgabe.app_label)
    ]


def list_verlauf(vorgabe: Vorgabe[Any]) -> QuerySet[Vorgabewert]:
    """Everything that was ever set of one setting; paged by `VERLAUF`."""
    return Vorgabewert.objects.filter(vorgabe=vorgabe.code)


def build_verlauf(vorgabe: Vorgabe[Any], zeilen: Iterable[Vorgabewert]) -> list[Eintrag]:
    """Rows of its history, in words."""
    return [_build_eintrag(vorgabe, zeile) for zeile in zeilen]


def get_ersten_tag() -> date:
    """The first day a value may hold from: today, and never before the day that the database calls so."""
    return max(today(), real_today())


def list_wartende() -> QuerySet[Vorgabewert]:
    """Values that take two people and have one: of each setting the newest proposal, and only before its day."""
    codes = [vorgabe.code for vorgabe in list_erklaerte() if vorgabe.zu_zweit]
    neuere = Vorgabewert.objects.filter(vorgabe=OuterRef("vorgabe"), created_at__gt=OuterRef("created_at"))
    return Vorgabewert.objects.filter(
        ~Q(Exists(neuere)), vorgabe__in=codes, bestaetigung__isnull=True, gueltig_ab__gte=get_ersten_tag()
    )


def describe_zuletzt(vorgabe: Vorgabe[Any]) -> str:
    """The last word on a setting as a page says it: which value, from when on, by whom, and whether it is confirmed.
    Empty as long as nobody has set it; the same text on whatever day it is read, until there is another word on it."""
    zeile = _get_letzte(vorgabe)
    if zeile is None:
        return ""
    eintrag = _build_eintrag(vorgabe, zeile)
    wer = f"{zeile.user_name} am {localtime(zeile.created_at):%d.%m.%Y um %H:%M} Uhr"
    text = f"{eintrag.wert} ab {format_datum(zeile.gueltig_ab)}"
    if eintrag.wartet:
        return f"{text}, vorgeschlagen von {wer}, noch nicht bestätigt"
    return f"{text}, festgelegt von {wer}" + (eintrag.bestaetigt_von and f", bestätigt von {eintrag.bestaetigt_von}")


def is_zuletzt(vorgabe: Vorgabe[Any], wert: Any, gueltig_ab: date) -> bool:
    """Whether the last word was just this, and holds: then it takes nothing back to say it again."""
    zeile = _get_letzte(vorgabe)
    same = zeile is not None and (zeile.wert, zeile.gueltig_ab) == (wert, gueltig_ab)
    return same and not vorgabe.zu_zweit


def _get_letzte(vorgabe: Vorgabe[Any]) -> Vorgabewert | None:
    return related("bestaetigung")(list_verlauf(vorgabe)).order_by("-created_at").first()


def _list_heutige(vorgaben: list[Vorgabe[Any]]) -> list[Vorgabewert]:
    """What a `Stand` is built from, newest validity first: of each setting the row that holds, the next that are
    planned and the one that waits. Each is found by the index, so that a long history costs nothing."""
    if not vorgaben:
        return []
    wartende = list_wartende().filter(vorgabe__in=[vorgabe.code for vorgabe in vorgaben])
    parts = [wartende.order_by().values("pk")]
    for vorgabe in vorgaben:
        werte = _geltende(vorgabe)
        gilt = werte.filter(gueltig_ab__lte=today()).order_by("-gueltig_ab", "-created_at")
        geplant = werte.filter(gueltig_ab__gt=today()).order_by("gueltig_ab", "-created_at").distinct("gueltig_ab")
        parts += [gilt.values("pk")[:1], geplant.values("pk")[:GEPLANT_MAX]]
    keys = [row["pk"] for row in parts[0].union(*parts[1:], all=True)]
    return list(VERLAUF.all(Vorgabewert.objects.filter(pk__in=keys)))


def _build_stand(vorgabe: Vorgabe[Any], zeilen: list[Vorgabewert]) -> Stand:
    """`zeilen`: newest validity first."""
    verlauf = [_build_eintrag(vorgabe, zeile) for zeile in zeilen]
    gilt = next((e for e in verlauf if not e.wartet and not e.ist_geplant), None)
    neueste = max(verlauf, key=lambda e: e.zeile.created_at, default=None)
    wert = gilt.wert if gilt else vorgabe.write(vorgabe.voreinstellung())
    return Stand(
        vorgabe=vorgabe,
        wert=wert,
        voreinstellung=vorgabe.write(vorgabe.voreinstellung()),
        seit=gilt.zeile if gilt else None,
        geplant=_geplante(verlauf),
        wartet=[neueste] if neueste and neueste.wartet and neueste.zeile.gueltig_ab >= get_ersten_tag() else [],
    )


def _geplante(verlauf: list[Eintrag]) -> list[Eintrag]:
    """The next days on which something changes; of one day only what was set last."""
    je_tag: dict[date, Eintrag] = {}
    for eintrag in verlauf:
        if eintrag.ist_geplant and not eintrag.wartet:
            je_tag.setdefault(eintrag.zeile.gueltig_ab, eintrag)
    return [je_tag[tag] for tag in sorted(je_tag)]


def _write(vorgabe: Vorgabe[Any], roh: Any) -> str:
    """In words; what is not a value of this setting as it is, with a note."""
    try:
        return vorgabe.write(vorgabe.read(roh))
    except ValueError:
        return f"{roh} (nicht mehr zulässig, es gilt die Voreinstellung)"


def _build_eintrag(vorgabe: Vorgabe[Any], zeile: Vorgabewert) -> Eintrag:
    bestaetigung: Vorgabebestaetigung | None = getattr(zeile, "bestaetigung", None)
    return Eintrag(
        zeile=zeile,
        wert=_write(vorgabe, zeile.wert),
        wartet=vorgabe.zu_zweit and bestaetigung is None,
        bestaetigt_von=bestaetigung.user_name if bestaetigung else "",
    )
