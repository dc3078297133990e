"""The register of a provider as tables: what is kept here leaves the house as it is.

The columns are those of the models: a field that somebody adds is in the files the same day. What stays inside is named
with its reason (`NICHT`); a reference to people is never among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Field, Model, Q, QuerySet

from shared_apps.core.zeitraum import EIN_TAG
from shared_apps.providers.models import (
    DOKUMENTE,
    Anbieter,
    Angebot,
    Angebotsmerkmal,
    Ausnahme,
    Bankverbindung,
    Einrichtung,
    Entgelt,
    Entgeltvorschlag,
    Foto,
    Kontakt,
    Platz,
    Stammdatenvorschlag,
)

#: Apps whose rows a column may name: organisations and their vocabulary, never somebody who works there.
_REGISTER = {"providers", "catalogue", "regions"}
#: What is not in the files, and why.
NICHT = {
    "created_at": "says when a row was made here, not when something holds",
    "gueltig_zuvor": "what an end that was taken back would restore",
    "vorschlag": "the proposal behind a rate is a table of its own; the rate says what holds",
    "bisher": "what held when a change was proposed; the history has it",
}
#: What a row is called comes first, what became of it last.
ZUERST = {"name", "nummer", "titel"}
ZULETZT = {"gueltig_bis", "pruefung", "hochgeladen_at", "entschieden_at", "grund"}
#: Tables of the register that are not in the files, and why.
NICHT_DABEI = {
    "Kontovorschlag": "an account that was entered and does not hold (yet)",
    "Registeraenderung": "the history of all others: a page of its own, with a file of its own",
    "Suchzeile": "what the search reads of an offer: derived, the offer itself is there",
    "Vakanzbestaetigung": "the record of who confirmed when; the offer says the last time",
    "Vakanzerinnerung": "a reminder that the portal has sent",
    "Vakanzmeldung": "what an office reported and the house answered: a conversation of two, not the house's alone",
}


#: The table of the account: for whoever keeps it.
KONTO = "bankverbindung"


@dataclass(frozen=True, slots=True)
class Spalte:
    """One column: its German head, its key in JSON."""

    kopf: str
    key: str


@dataclass(frozen=True, slots=True)
class Tabelle:
    """One table of the register: `name` in addresses and JSON, `titel` on the page and the sheet."""

    name: str
    titel: str
    model: type[Model]
    #: The way from a row to its facility; None where no row is one facility's.
    weg: str | None
    #: The way from a row that is the whole provider's.
    weg_anbieter: str = ""

    @property
    def spalten(self) -> list[Spalte]:
        """Its columns, as somebody reads them."""
        return _spalten(self.model)


TABELLEN: dict[str, Tabelle] = {
    t.name: t
    for t in (
        Tabelle("anbieter", "Anbieter", Anbieter, None, "pk"),
        Tabelle("einrichtungen", "Einrichtungen", Einrichtung, "pk"),
        Tabelle("kontakte", "Kontakte", Kontakt, "einrichtung", "anbieter"),
        Tabelle(KONTO, "Bankverbindung", Bankverbindung, None, "anbieter"),
        Tabelle("angebote", "Angebote", Angebot, "einrichtung"),
        Tabelle("plaetze", "Kapazität", Platz, "angebot__einrichtung"),
        Tabelle("entgelte", "Entgelte", Entgelt, "angebot__einrichtung"),
        *(
            Tabelle(kennung, str(art._meta.verbose_name_plural), art, "einrichtung")
            for kennung, art in DOKUMENTE.items()
        ),
        Tabelle("ausnahmen", "Ausnahmen", Ausnahme, "einrichtung"),
        Tabelle("entgeltvorschlaege", "Entgeltvorschläge", Entgeltvorschlag, "angebot__einrichtung"),
        Tabelle("stammdatenvorschlaege", "Änderungen der Stammdaten", Stammdatenvorschlag, None, "anbieter"),
        Tabelle("merkmale", "Merkmale", Angebotsmerkmal, "angebot__einrichtung"),
        Tabelle("fotos", "Bilder", Foto, "einrichtung"),
    )
}


def list_felder(model: type[Model]) -> list[Field]:
    """Columns of the table that go out, then what its rows are marked with (also for the API)."""
    fields = [*model._meta.concrete_fields, *model._meta.local_many_to_many]
    shown = [field for field in fields if field.name not in NICHT and _is_of_the_register(field)]
    return sorted(shown, key=_rank)


def _rank(field: Field) -> int:
    """Where a column stands for somebody who reads the table: the models put what their bases bring before the name."""
    if field.primary_key:
        return 0
    return 1 if field.name in ZUERST else 3 if field.name in ZULETZT else 2


def _is_of_the_register(field: Field) -> bool:
    named: Any = field.related_model
    return not field.is_relation or named._meta.app_label in _REGISTER


@cache
def _spalten(model: type[Model]) -> list[Spalte]:
    return [spalte for field in list_felder(model) for spalte in _columns(field)]


def _columns(field: Field) -> list[Spalte]:
    name = str(field.verbose_name)
    return _art(field).spalten(field, name[:1].upper() + name[1:])


@dataclass(frozen=True, slots=True)
class _Art:
    """How fields of one kind go out: their columns, and the cells of a value."""

    passt: Callable[[Field], bool]
    spalten: Callable[[Field, str], list[Spalte]]
    zellen: Callable[[Any, Field, Any], list[Any]]


def _period(wert: Any) -> list[Any]:
    return [wert.lower, wert.upper - EIN_TAG if wert.upper else None] if wert else [None, None]


#: The first one that fits; the last fits all.
_ARTEN = (
    _Art(lambda f: f.primary_key, lambda f, kopf: [Spalte("Kennung", "id")], lambda row, f, wert: [str(wert)]),
    _Art(
        lambda f: isinstance(f, DateRangeField),
        lambda f, kopf: [Spalte("Gültig ab", f"{f.name}_ab"), Spalte("Letzter Tag", f"{f.name}_letzter_tag")],
        lambda row, f, wert: _period(wert),
    ),
    _Art(
        lambda f: f.name == "gueltig_bis",
        lambda f, kopf: [Spalte("Letzter Tag", "letzter_tag")],
        lambda row, f, wert: [wert - EIN_TAG if wert else None],
    ),
    _Art(
        lambda f: isinstance(f, models.FileField),
        lambda f, kopf: [Spalte(f"{kopf} hinterlegt", f"{f.name}_hinterlegt")],
        lambda row, f, wert: [bool(wert)],
    ),
    _Art(
        lambda f: bool(f.many_to_many),
        lambda f, kopf: [Spalte(kopf, f.name)],
        lambda row, f, wert: ["; ".join(sorted(str(one) for one in wert.all()))],
    ),
    _Art(
        lambda f: f.is_relation,
        lambda f, kopf: [Spalte(f"{kopf} (Kennung)", f"{f.name}_id"), Spalte(kopf, f.name)],
        lambda row, f, wert: [str(wert.pk), str(wert)] if wert else [None, None],
    ),
    _Art(
        lambda f: bool(f.choices),
        lambda f, kopf: [Spalte(kopf, f.name)],
        lambda row, f, wert: [getattr(row, f"get_{f.name}_display")()],
    ),
    _Art(
        lambda f: True,
        lambda f, kopf: [Spalte(kopf, f.name)],
        lambda row, f, wert: ["; ".join(map(str, wert)) if isinstance(wert, list) else wert],
    ),
)


def _art(field: Field) -> _Art:
    return next(art for art in _ARTEN if art.passt(field))


def list_rows(
    tabelle: Tabelle, *, anbieter: QuerySet[Anbieter], einrichtungen: QuerySet[Einrichtung], entgelte: QuerySet[Entgelt]
) -> QuerySet[Any]:
    """Rows of a table that belong to these providers and facilities; `entgelte` are the rates the person may know."""
    rows = entgelte if tabelle.model is Entgelt else tabelle.model._default_manager.all()
    ihre = Q()
    if tabelle.weg:
        ihre |= Q(**{f"{tabelle.weg}__in": einrichtungen})
    if tabelle.weg_anbieter:
        ihre |= Q(**{f"{tabelle.weg_anbieter}__in": anbieter})
    rows = rows.filter(ihre)
    fields = list_felder(tabelle.model)
    rows = rows.select_related(*(f.name for f in fields if f.is_relation and not f.many_to_many))
    return rows.prefetch_related(*(f.name for f in fields if f.many_to_many)).order_by("pk")


def build_cells(tabelle: Tabelle, rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The cells of each row, in the order of the columns; a choice is its German word, a mark its name."""
    fields = list_felder(tabelle.model)
    for row in rows:
        yield [cell for field in fields for cell in _cells(row, field)]


def _cells(row: Model, field: Field) -> list[Any]:
    return _art(field).zellen(row, field, getattr(row, field.name))


def build_json(tabelle: Tabelle, rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """The same for programs: days as JJJJ-MM-TT, amounts as text, so that no cent is lost."""
    keys = [spalte.key for spalte in tabelle.spalten]
    return [dict(zip(keys, map(_plain, cells), strict=True)) for cells in build_cells(tabelle, rows)]


def _plain(wert: Any) -> Any:
    if isinstance(wert, date | datetime):
        return wert.isoformat()
    if isinstance(wert, Decimal):
        return f"{wert:f}"
    return wert if wert is None or isinstance(wert, bool | int | str | dict) else str(wert)
