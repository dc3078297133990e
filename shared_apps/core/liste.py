"""The one shape of a list that people or programs page through (ADR 0047).

Three statements, whatever the number of rows: the keys of one page, in an order that an index has; how many there
are, counted up to `GRENZE`; what the page shows of these keys. Everything else that a list can do is declared once,
as a `Liste`: what it may be sorted by, with which columns, and which index has the rows in that order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import dropwhile
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.db.models.functions import Collate
from django.http import HttpRequest, QueryDict

from shared_apps.core.clock import real_now
from shared_apps.core.geld import format_zahl
from shared_apps.core.zahlwort import anzahl

#: Up to here a list is counted, summed up and paged by number; beyond it says "mehr als 1.000" and goes on by key.
GRENZE = 1_000
#: Every list there is, by name; what tests and benches go through.
LISTEN: dict[str, Liste] = {}
#: One page of a CSV file's rows, as they come from the database.
_STAPEL = 2_000
_ZIFFERN = re.compile(r"\d{1,9}")
#: A field, names in German order, or what computes an expression when it is asked for.
_Spalte = str | Collate | Callable[[], Any]
#: Days back that are read for a provider's newest rows, until there are enough of them.
_FENSTER = (1, 8, 64, 512)


@dataclass(frozen=True, slots=True)
class Gruppen:
    """What rows are sorted by is in another table, and few: they are read one group after the other, in its order.

    feld: the reference to it. list_gruppen: each value there is with the keys of the rows that have it, ascending.
    """

    feld: str
    list_gruppen: Callable[[], list[tuple[Any, list[Any]]]]

    def parts(self, rows: QuerySet, order: Sequence[OrderBy], ab: Any = None) -> Iterator[QuerySet]:
        """The rows in this order, a part behind the other; from the group of the value `ab` on.

        Of one group the key alone is to be sorted by, which the planner does as it sees fit: by the index of keys
        where most rows are in the group, by that of the reference where few are. Then two groups, four, and so on, so
        that somebody who sees rows of the last one alone does not ask for each.
        """
        gruppen = self.list_gruppen()
        if order[0].descending:
            gruppen.reverse()
        if ab is not None:
            gruppen = list(dropwhile(lambda gruppe: gruppe[0] != ab, gruppen))
        many = 1
        while gruppen:
            some, gruppen, many = gruppen[:many], gruppen[many:], many * 2
            part = rows.filter(**{f"{self.feld}__in": [key for _, keys in some for key in keys]})
            yield part.order_by(*(order[1:] if len(some) == 1 else order))


@dataclass(frozen=True, slots=True)
class Ordnung:
    """What a sort key sorts by, the most important column first, and the index whose rows are in that order.

    A leading "-" turns one column round. Without an index all rows the person sees are sorted for every page: only
    for what no index can hold, and for tables that stay small. `gruppen`: for a name in another table.
    """

    spalten: tuple[_Spalte, ...]
    index: str = ""
    gruppen: Gruppen | None = None

    @property
    def zeitpunkt(self) -> str:
        """The moment the rows are sorted by first, if it is one (a field whose name says so)."""
        first = self.spalten[0]
        return first if isinstance(first, str) and first.endswith("_at") and "__" not in first else ""


def ordnung(*spalten: _Spalte, index: str = "", gruppen: Gruppen | None = None) -> Ordnung:
    """Short for the declarations."""
    return Ordnung(spalten, index, gruppen)


@dataclass(frozen=True, slots=True)
class Listenseite(Sequence):
    """One page: its rows, its number, and as much as is known of the whole list."""

    object_list: list[Any]
    number: int
    je_seite: int
    #: How many rows there are, `GRENZE` at most.
    anzahl: int
    #: There are more than `anzahl`.
    ist_mehr: bool
    has_next: bool
    #: Parameter of the address that holds the page's number; the key after which a page begins is in `nach_key`.
    key: str = "seite"
    #: How many rows come before, where the page's number does not tell because rows have left the list since.
    davor: int | None = None
    #: A row keeps its place while somebody works on it, so "Weiter" goes on behind the last one shown.
    bleibt: bool = False
    #: A note to the reader when this is not the page she asked for.
    hinweis: str = ""

    def __len__(self) -> int:
        return len(self.object_list)

    def __getitem__(self, index: Any) -> Any:
        return self.object_list[index]

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_previous or self.has_next

    @property
    def start_index(self) -> int:
        davor = (self.number - 1) * self.je_seite if self.davor is None else self.davor
        return davor + 1 if self.object_list else 0

    @property
    def end_index(self) -> int:
        return self.start_index + len(self.object_list) - 1 if self.object_list else 0

    @property
    def letzte(self) -> int:
        """The last page that has a number."""
        return _pages(self.anzahl, self.je_seite)

    @property
    def folge(self) -> Iterator[int | str]:
        """Numbers to choose from, with "…" for those left out."""
        pages = Paginator(range(self.anzahl), self.je_seite)
        return pages.get_elided_page_range(min(self.number, self.letzte), on_each_side=1, on_ends=1)

    @property
    def nach_key(self) -> str:
        """Parameter of the address: the row after which a page begins."""
        return nach_key(self.key)

    @property
    def naechste(self) -> dict[str, Any]:
        """What the address of the next page says: its number, and behind which row it begins.

        Who works through a list that a filter narrows takes rows out of it: by its number alone the next page would
        leave out as many. Where a row can change its place (sorted by its state), only pages without a number are
        reached by key.
        """
        dahinter = self.bleibt or self.number >= self.letzte
        return {self.key: self.number + 1, self.nach_key: self.object_list[-1].pk if dahinter else None}

    @property
    def vorige(self) -> dict[str, Any]:
        """Of the one before. Beyond the numbered ones there is only the way back to them."""
        return {self.key: min(self.number - 1, self.letzte), self.nach_key: None}

    @property
    def umfang(self) -> str:
        """ "12", "mehr als 1.000"."""
        return format_count(self.anzahl, self.ist_mehr)

    def describe(self, singular: str, plural: str) -> str:
        """ "1 Fall", "12 Fälle", "mehr als 1.000 Fälle"."""
        return describe(self.anzahl, singular, plural, ist_mehr=self.ist_mehr)


def _number(text: str) -> int:
    """The page an address asks for; the first one when it says something else."""
    return max(int(text), 1) if _ZIFFERN.fullmatch(text) else 1


def _pages(found: int, je_seite: int) -> int:
    """How many pages that many rows fill; an empty list has one."""
    return max(1, -(-found // je_seite))


def _missing(asked: int, number: int) -> str:
    """The note on a page that is not the one asked for; empty when it is."""
    return f"Eine Seite {asked} gibt es in dieser Liste nicht. Sie sehen Seite {number}." if asked > number else ""


def _say(request: HttpRequest, seite: Listenseite) -> Listenseite:
    """The note goes to the top of the page, where it is seen and heard first; it stays below the list, too."""
    if seite.hinweis:
        messages.info(request, seite.hinweis, fail_silently=True)
    return seite


def related(*names: str) -> Callable[[QuerySet], QuerySet]:
    """For `zeigt`: the page has these rows, joined, or for a provider found by their keys.

    Her views are barriers (ADR 0016): joined, each of them is read as a whole; asked for keys it uses its index.
    """
    return lambda rows: rows.prefetch_related(*names) if _is_behind_barrier() else rows.select_related(*names)


def _is_behind_barrier() -> bool:
    fence = getattr(connection, "fence", None)
    return bool(fence and fence.portal)


def _windows(rows: QuerySet, moment: str, ab: datetime | None = None) -> Iterator[QuerySet]:
    """The newest rows, of more and more days before `ab`, at last all. Outside a provider's views: all at once.

    Neither order nor limit reaches through a barrier, so the database would fetch all her rows for the first page; a
    day does, and the index (provider, moment) has it.
    """
    if moment and _is_behind_barrier():
        for days in _FENSTER:
            yield rows.filter(**{f"{moment}__gte": (ab or real_now()) - timedelta(days=days)})
    yield rows


def _collect(parts: Iterator[QuerySet], many: int) -> list[Any]:
    """Keys of the first `many` rows of parts that follow each other."""
    ids: list[Any] = []
    for part in parts:
        ids += part.values_list("pk", flat=True)[: many - len(ids)]
        if len(ids) == many:
            break
    return ids


def nach_key(key: str) -> str:
    """Parameter of the address with the row after which a page begins; `key` has its number."""
    return "nach" if key == "seite" else f"{key}_nach"


def describe(zahl: int, singular: str, plural: str, *, ist_mehr: bool = False) -> str:
    """A number with its noun; one that was not counted to its end says so."""
    return f"mehr als {anzahl(zahl, singular, plural)}" if ist_mehr else anzahl(zahl, singular, plural)


def format_count(zahl: int, ist_mehr: bool = False) -> str:
    """A count on its own: "12", "mehr als 1.000"."""
    text = format_zahl(Decimal(zahl), 0)
    return f"mehr als {text}" if ist_mehr else text


def count_up_to(rows: QuerySet, grenze: int | None = None, *, moment: str = "") -> tuple[int, bool]:
    """How many rows there are, `grenze` (`GRENZE`) at most, and whether there are more. Costs what these rows cost."""
    grenze, found = grenze or GRENZE, 0
    for part in _windows(rows, moment):
        found = part.order_by().values("pk")[: grenze + 1].count()
        if found > grenze:
            break
    return min(found, grenze), found > grenze


@dataclass(frozen=True, slots=True)
class Liste:
    """A list as it is declared: once, beside the selector that knows its rows.

    name: what it is called in tests and benches; the name of its URL where it has a page.
    sortierungen: what an address may ask to sort by. standard: its order otherwise.
    zeigt: what a page needs of its rows (related rows, annotations); is applied to the rows of that page alone.
    """

    name: str
    sortierungen: Mapping[str, Ordnung]
    standard: str
    je_seite: int = 50
    zeigt: Callable[[QuerySet], QuerySet] = field(default=lambda rows: rows)

    def __post_init__(self) -> None:
        if self.name in LISTEN:
            raise ValueError(f"two lists are called {self.name}")
        if self.standard.removeprefix("-") not in self.sortierungen:
            raise ValueError(f"{self.name}: {self.standard} is no order of this list")
        LISTEN[self.name] = self

    # --- order ---

    def get_wunsch(self, wunsch: str) -> str:
        """The sort key asked for, or the standard: nothing that was not declared reaches the database."""
        return wunsch if wunsch.removeprefix("-") in self.sortierungen else self.standard

    def order(self, rows: QuerySet, wunsch: str = "") -> QuerySet:
        """The rows in the order asked for; the key decides among equals, so that no page repeats a row.

        Equals are newest first, except where an index has them in its own direction.
        """
        return rows.order_by(*self._order_by(rows.model, wunsch))

    def _order_by(self, model: type[Model], wunsch: str) -> list[OrderBy]:
        wunsch = self.get_wunsch(wunsch)
        turned = wunsch.startswith("-")
        ordnung = self.sortierungen[wunsch.removeprefix("-")]
        parts = []
        for spalte in ordnung.spalten:
            down = isinstance(spalte, str) and spalte.startswith("-")
            name = spalte.removeprefix("-") if isinstance(spalte, str) else spalte
            parts.append((name, down is not turned))
        parts.append(("pk", parts[0][1] if ordnung.index else True))
        return [_order(model, name, down) for name, down in parts]

    # --- a page ---

    def page(
        self, request: HttpRequest, rows: QuerySet, *, unter: QuerySet | None = None, key: str = "seite"
    ) -> Listenseite:
        """The page that the address asks for. A number that is none, or none any more, is the nearest there is.

        `unter`: all rows the person may see, where a filter has narrowed `rows`. The row after which a page begins is
        looked for among them: it may have left the filter because somebody worked on it.
        """
        number, nach = _number(request.GET.get(key, "")), request.GET.get(nach_key(key), "")
        wunsch = request.GET.get("sort", "")
        return _say(request, self.get_page(rows, number, wunsch=wunsch, nach=nach, key=key, unter=unter))

    def get_page(
        self,
        rows: QuerySet,
        number: int = 1,
        *,
        wunsch: str = "",
        nach: str = "",
        key: str = "seite",
        unter: QuerySet | None = None,
    ) -> Listenseite:
        """What follows the row `nach`, as page `number`; without such a row, the page of that number."""
        numbered, bleibt = _pages(GRENZE, self.je_seite), self.keeps_places(wunsch)
        if nach and number > 1 and (bleibt or number > numbered):
            rest = self.after(rows, nach, wunsch, unter=unter)
            if rest is not None and (ids := rest.find(self.je_seite + 1)):
                return self._further(rows, rest, ids, number, key, bleibt=bleibt)
        found, more = self.count(rows)
        asked, number = number, min(number, numbered, _pages(found, self.je_seite))
        ids = self.find(rows, number, wunsch, viele=more)
        return self._seite(rows, ids, number, found, more, key, bleibt=bleibt, hinweis=_missing(asked, number))

    def _further(self, rows: QuerySet, rest: Rest, ids: list, number: int, key: str, *, bleibt: bool) -> Listenseite:
        """A page that begins behind a row: its number is as near as the rows before it say."""
        if number > _pages(GRENZE, self.je_seite):
            return self._seite(rows, ids, number, GRENZE, True, key, bleibt=bleibt)
        (found, more), davor = self.count(rows), None
        if not more:
            davor = found - rest.count()
            number = _pages(davor, self.je_seite) + (davor > 0)
        return self._seite(rows, ids, number, found, more, key, davor=davor, bleibt=bleibt)

    def page_of(
        self,
        request: HttpRequest,
        find: Callable[[int], tuple[Sequence[Any], bool]],
        load: Callable[[Sequence[Any]], list[Any]],
    ) -> Listenseite:
        """A page of rows that statements of their own find; no going on by key.

        For lists whose rows are in no table and leave the list when they are worked on, the first ones first; and for
        those that are read as a whole anyway, whose pages all have a number then.
        `find`: all keys there are and False, or of more than `GRENZE` the first ones, as many as asked for, and True.
        """
        wanted = _number(request.GET.get("seite", ""))
        keys, more = find(min(wanted, _pages(GRENZE, self.je_seite)) * self.je_seite)
        found = GRENZE if more else len(keys)
        number = min(wanted, _pages(found, self.je_seite))
        last = min(number * self.je_seite, found)
        shown = load(keys[(number - 1) * self.je_seite : last])
        hinweis = _missing(wanted, number)
        return _say(request, Listenseite(shown, number, self.je_seite, found, more, last < found, hinweis=hinweis))

    def find(
        self, rows: QuerySet, number: int, wunsch: str = "", *, je_seite: int = 0, viele: bool = False
    ) -> list[Any]:
        """Keys of a page, and one more when there is a next one. `viele`: they are more than can be sorted at once."""
        many = je_seite or self.je_seite
        first, ids = (number - 1) * many, []
        if viele and (gruppen := self._gruppen(wunsch)):
            return _collect(gruppen.parts(rows, self._order_by(rows.model, wunsch)), first + many + 1)[first:]
        for part in _windows(rows, self._moment(wunsch)):
            ids = list(self.order(part, wunsch).values_list("pk", flat=True)[first : first + many + 1])
            if len(ids) > many:
                break
        return ids

    def count(self, rows: QuerySet) -> tuple[int, bool]:
        """How many rows there are, as far as it is counted, and whether there are more."""
        return count_up_to(rows, moment=self._moment(self.standard))

    def _gruppen(self, wunsch: str) -> Gruppen | None:
        """Not for a provider: her views are barriers, and her rows are some of each group."""
        return None if _is_behind_barrier() else self.sortierungen[self.get_wunsch(wunsch).removeprefix("-")].gruppen

    def _moment(self, wunsch: str) -> str:
        """The moment by which the newest rows come first; "" in any other order."""
        wunsch = self.get_wunsch(wunsch)
        return self.sortierungen[wunsch[1:]].zeitpunkt if wunsch.startswith("-") else ""

    def _seite(
        self, rows: QuerySet, ids: list, number: int, found: int, more: bool, key: str, **known: Any
    ) -> Listenseite:
        shown = self.load(rows.model, ids[: self.je_seite])
        return Listenseite(shown, number, self.je_seite, found, more, len(ids) > self.je_seite, key, **known)

    def load(self, model: type[Model], ids: Sequence[Any]) -> list[Any]:
        """What a page shows of these keys, in their order."""
        if not ids:
            return []
        found = {row.pk: row for row in self.zeigt(model._default_manager.filter(pk__in=ids)).order_by()}
        return [found[pk] for pk in ids if pk in found]

    # --- behind a row ---

    def keeps_places(self, wunsch: str = "") -> bool:
        """Whether a row stays where it is in this order while somebody works on it: it is sorted by a moment."""
        return bool(self.sortierungen[self.get_wunsch(wunsch).removeprefix("-")].zeitpunkt)

    def after(self, rows: QuerySet, nach: str, wunsch: str = "", *, unter: QuerySet | None = None) -> Rest | None:
        """The rows that follow the row with this key, in order; None when the person sees no such row.

        It is looked for among `unter` (default: `rows`). An address holds its key alone: what a list is sorted by can
        be somebody's name or an amount.
        """
        try:
            pk = UUID(nach)
        except ValueError:
            return None
        order = self._order_by(rows.model, wunsch)
        names = [f"_o{number}" for number in range(len(order))]
        columns = {name: part.expression for name, part in zip(names, order, strict=True)}
        seen = rows if unter is None else unter
        values = seen.annotate(**columns).filter(pk=pk).order_by().values_list(*names).first()
        if values is None:
            return None
        behind = rows.annotate(**columns).filter(_behind(order, names, values)).order_by(*order)
        moment, gruppen = self._moment(wunsch), self._gruppen(wunsch)
        parts = gruppen.parts(behind, order, ab=values[0]) if gruppen else None
        return Rest(behind, moment if values[0] is not None else "", values[0] if moment else None, parts)

    # --- everything ---

    def export(self, rows: QuerySet, wunsch: str = "") -> Iterator[Any]:
        """All rows in order, with what is shown of them, a part at a time: for files."""
        return self.zeigt(self.order(rows, wunsch)).iterator(chunk_size=_STAPEL)

    def all(self, rows: QuerySet, wunsch: str = "") -> QuerySet:
        """The same as one query."""
        return self.zeigt(self.order(rows, wunsch))

    def sum_up(
        self, request: HttpRequest, seite: Listenseite, rows: QuerySet, compute: Callable[[QuerySet], dict[str, Any]]
    ) -> dict[str, Any] | None:
        """Sums over the whole list: at once while it is short, of a long one when the address asks (`?summen=1`)."""
        return compute(rows) if not seite.ist_mehr or request.GET.get("summen") == "1" else None


@dataclass(frozen=True, slots=True)
class Rest:
    """What follows a row, in order."""

    rows: QuerySet
    moment: str
    ab: datetime | None
    #: The same, a part after the other.
    parts: Iterator[QuerySet] | None = None

    def find(self, many: int) -> list[Any]:
        """Keys of the first `many` of them."""
        if self.parts is not None:
            return _collect(self.parts, many)
        ids: list[Any] = []
        for part in _windows(self.rows, self.moment, self.ab):
            ids = list(part.values_list("pk", flat=True)[:many])
            if len(ids) == many:
                break
        return ids

    def count(self) -> int:
        """How many there are, as far as a list is counted."""
        return count_up_to(self.rows)[0]


def _order(model: type[Model], name: _Spalte, down: bool) -> OrderBy:
    """NULLS LAST only where there can be any: an index is in the database's order, in which they come first."""
    expression: Any
    if isinstance(name, Collate):
        expression, path = name, name.get_source_expressions()[0].name
    else:
        expression, path = (F(name), name) if isinstance(name, str) else (name(), "")
    last = True if path and _may_be_null(model, path) else None
    return expression.desc(nulls_last=last) if down else expression.asc(nulls_last=last)


def _may_be_null(model: type[Model], path: str) -> bool:
    """Whether a row may have no value there."""
    for part in path.split("__"):
        if part == "pk":
            return False
        found = model._meta.get_field(part)
        if not found.concrete or found.null:
            return True
        model = found.related_model or model
    return False


def _behind(order: Sequence[OrderBy], names: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind the row with these values. Says the first column's bound by itself, which an index can use."""
    behind, same = Q(pk__in=[]), Q()
    for part, name, value in zip(order, names, values, strict=True):
        sign = "lt" if part.descending else "gt"
        if value is None:  # they come last: nothing but the next columns can tell
            same &= Q(**{f"{name}__isnull": True})
            continue
        further = Q(**{f"{name}__{sign}": value})
        if part.nulls_last:
            further |= Q(**{f"{name}__isnull": True})
        behind |= same & further
        same &= Q(**{name: value})
    first, value = order[0], values[0]
    if value is not None and not first.nulls_last:
        behind &= Q(**{f"{names[0]}__{'lte' if first.descending else 'gte'}": value})
    return behind


def without_page(query: QueryDict, key: str = "seite") -> QueryDict:
    """An address's query without its place in a list: what a filter or another order begins with."""
    for name in (key, nach_key(key), "summen"):
        query.pop(name, None)
    return query
