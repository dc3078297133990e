"""No table keeps a day that the program cannot read.

PostgreSQL knows the days `infinity` and `-infinity`, days before Christ and after the year 9999; Python knows none of
them. One such value in one row, and every list that shows it fails. No form lets one in; a statement, an import or a
function's argument may. So each table of ours has one check over all its days, periods and moments, made out of the
models: a new column has it without a word. An end that is open is NULL, or no bound at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from psycopg import sql

from tenants.db.patience import is_transient, limit_waiting, patiently
from tenants.tables.objects import Check
from tenants.trail.triggers import tenant_models

NAME = "sojus_lesbare_tage"
#: Where our own apps are; tables of libraries are left as they are.
_OURS = frozenset({"config", "shared_apps", "tenants"})
_DAYS = "{} >= date '0001-01-01' AND {} <= date '9999-12-31'"
_BOUNDS = _DAYS.format("lower({0})", "upper({0})")
#: Type of a column -> what holds of its values. What is NULL, and a bound that is none, contradicts nothing. Moments
#: have a day of margin: they are read in a zone of time.
CONDITIONS = {
    "date": _DAYS.format("{0}", "{0}"),
    "date[]": "date '0001-01-01' <= ALL ({0}) AND date '9999-12-31' >= ALL ({0})",
    "daterange": _BOUNDS,
    "datemultirange": _BOUNDS,
    "timestamp with time zone": (
        "{0} AT TIME ZONE 'UTC' >= timestamp '0001-01-02' AND {0} AT TIME ZONE 'UTC' <= timestamp '9999-12-30'"
    ),
}


def checks(schema: str) -> Iterator[Check]:
    """The check of each table of a schema (an office's, or `public`) that keeps a day."""
    for model in _shared_models() if schema == "public" else tenant_models():
        table = model._meta.db_table
        columns = {field.column: field.db_type(connection) or "" for field in model._meta.local_concrete_fields}
        conditions = [
            sql.SQL(CONDITIONS[kind]).format(sql.Identifier(column))
            for column, kind in sorted(columns.items())
            if kind in CONDITIONS
        ]
        if conditions:
            yield Check(schema, table, NAME, sql.SQL(" AND ").join(conditions))


def _shared_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_config.name in settings.SHARED_APPS
        and model._meta.app_config.name.partition(".")[0] in _OURS
        and model._meta.managed
    ]


_WAITING = """
SELECT c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE c.relnamespace = %s::regnamespace AND k.contype = 'c' AND NOT k.convalidated ORDER BY 1, 2
"""


def list_unvalidated(schema: str) -> list[tuple[str, str]]:
    """(table, check) of what holds for new rows only, because nobody has looked at the old ones yet."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [schema])
        return cursor.fetchall()


def validate(schema: str, *, tries: int = 1) -> list[str]:
    """Look at the rows that were there before their check, table by table; people go on reading and writing.

    Returns what could not be said of all rows: "table: check". A table that somebody alters is left to the next time.
    """
    refused = []
    for table, name in list_unvalidated(schema):
        try:
            patiently(partial(_validate, schema, table, name), tries=tries)
        except IntegrityError:
            refused.append(f"{table}: {name}")
        except DatabaseError as error:
            if not is_transient(error):
                raise
    return refused


def describe_contradiction(schema: str, what: str) -> str:
    """What `validate` returns of a schema, for whoever runs the release."""
    return f"{schema}: Ältere Zeilen widersprechen einer Prüfregel ({what})"


def _validate(schema: str, table: str, name: str) -> None:
    with transaction.atomic():
        limit_waiting()
        with connection.cursor() as cursor:
            names = map(sql.Identifier, (schema, table, name))
            cursor.execute(sql.SQL("ALTER TABLE {}.{} VALIDATE CONSTRAINT {}").format(*names))
