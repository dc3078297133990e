"""Tools of the demo world: seeded ids and bulk writing."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from django.test.utils import override_settings
from psycopg import sql

from shared_apps.accounts.akteur import Akteur
from tenant_apps.cases.encrypted import SEALED, seal_rows
from tenants.context import on_portal

EIN_TAG = timedelta(days=1)
_ZONE = ZoneInfo(settings.TIME_ZONE)


@contextmanager
def acting_as_people() -> Iterator[None]:
    """Fences of this block have the roles of the web server, as when somebody acts on a page; the process is the
    owner's otherwise, whom no row rule refuses anything."""
    with override_settings(DB_MODE="app"):
        yield


@contextmanager
def at_portal(akteur: Akteur) -> Iterator[None]:
    """What she does on shared tables, as a page does it for her."""
    with (
        acting_as_people(),
        on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids, einrichtung_ids=akteur.einrichtung_ids),
    ):
        yield


class Zufall(random.Random):
    """Random numbers from a seed, with time-ordered ids."""

    def uuid(self, moment: datetime | None = None) -> UUID:
        """A version 7 UUID of this moment."""
        moment = moment or datetime(2017, 1, 1, tzinfo=UTC)
        millis = int(moment.timestamp() * 1000)
        value = (millis << 80) | (7 << 76) | (self.getrandbits(12) << 64) | (2 << 62) | self.getrandbits(62)
        return UUID(int=value)

    def moment(self, tag: date) -> datetime:
        """Some time of this day's office hours."""
        return datetime.combine(tag, time(self.randint(8, 16), self.randint(0, 59), self.randint(0, 59)), tzinfo=_ZONE)


def _value(field: models.Field, row: Mapping[str, Any]) -> Any:
    """What the row says of a field, else the field's default, else the database's."""
    value = row[field.attname] if field.attname in row else field.get_default()
    return field.db_default if isinstance(value, DatabaseDefault) else value


def _as_json(value: Any) -> Any:
    """Bytes as PostgreSQL reads them from a text, alone and in lists."""
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    return [_as_json(item) for item in value] if isinstance(value, list) else value


def _insert_rows(model: type[models.Model], rows: Iterable[Mapping[str, Any]], chunk: int = 2000) -> int:
    """As `copy_rows`, for tables under row-level security."""
    fields = model._meta.concrete_fields
    table = sql.Identifier(model._meta.db_table)
    statement = sql.SQL("INSERT INTO {} SELECT * FROM jsonb_populate_recordset(NULL::{}, %s)").format(table, table)
    if any(isinstance(field, SEALED) for field in fields):
        rows = seal_rows(model, rows)
    prepared = [{f.column: _as_json(_value(f, row)) for f in fields} for row in rows]
    with connection.cursor() as cursor:
        for start in range(0, len(prepared), chunk):
            cursor.execute(statement, [json.dumps(prepared[start : start + chunk], cls=DjangoJSONEncoder)])
    return len(prepared)


def copy_rows(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows with COPY under the open fence's role; missing fields take the model's default.

    COPY keeps `created_at` as given (auto_now_add would make every search one of today) and is ten times
    as fast. PostgreSQL refuses it on tables under row-level security: those get INSERT … SELECT from JSON.
    """
    if getattr(model, "tenant_policies", ()):
        return _insert_rows(model, rows)
    fields = model._meta.concrete_fields
    json_fields = {field.attname for field in fields if isinstance(field, models.JSONField)}
    columns = sql.SQL(", ").join(sql.Identifier(field.column) for field in fields)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), columns)
    if any(isinstance(field, SEALED) for field in fields):
        rows = list(seal_rows(model, rows))  # its own statements cannot run inside COPY
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            values = []
            for field in fields:
                name = field.attname
                value = _value(field, row)
                if name in json_fields:
                    value = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
                values.append(value)
            copy.write_row(values)
            count += 1
    return count
