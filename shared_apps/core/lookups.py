"""Conditions that say to the planner what it cannot see by itself (ADR 0047)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Lookup, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Right
from django.db.models.lookups import IsNull


class AnyOf(Lookup):
    """`column = ANY (array)`, as a condition."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple]:
        column, column_params = self.process_lhs(compiler, connection)
        array, array_params = self.process_rhs(compiler, connection)
        return f"{column} = ANY {array}", (*column_params, *array_params)


def is_one_of_few(rows: QuerySet, field: str = "pk") -> Q:
    """The row is named by one of `rows` (one column with keys): a handful of exceptions.

    As `IN (SELECT …)` inside an OR the planner takes it for every second row and reads the whole table; an array it
    asks for first, takes it for ten, and finds them by the index.
    """
    return Q(AnyOf(F(field), ArraySubquery(rows.order_by())))


def has_any(rows: QuerySet) -> Q:
    """There is one of `rows` (correlated by `OuterRef`): asked row by row, by the index, where rows are shown.

    `EXISTS` inside an OR may be answered by reading all of the other table first.
    """
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), False))


def end_of_id(column: str, digits: int) -> Right:
    """The last hexadecimal digits of an id, as the common number says them: for an index, and to find by it."""
    return Right(Cast(column, TextField()), digits)


def key_of(rows: QuerySet) -> Subquery:
    """The key of the one row of `rows`, asked for first: a district by its code, a kind of help.

    Joined, the planner guesses how many districts there are from a table too small for statistics, and with it how many
    rows are left; of the column that holds the key it knows.
    """
    return Subquery(rows.order_by().values("pk")[:1])
