"""The data keys of persons: fetched for all rows of a page with one statement, never kept beyond them."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from tenants import crypto
from tenants.context import current_schema
from tenants.tables.base import check_same_tenant

#: At most this many rows share one statement for their keys.
BUND = 2000
_offen = threading.local()


def _keys() -> models.Manager:
    return apps.get_model("cases", "Personenschluessel").objects


def key_context(person: UUID) -> str:
    """Where a person's wrapped key is kept."""
    return f"cases_personenschluessel|schluessel|{person}"


class Schluesselbund:
    """Keys of the persons of rows that were read together; lives as long as these rows."""

    def __init__(self) -> None:
        self.schema = current_schema()
        self._rows: list[tuple[weakref.ref, str]] = []
        self._keys: dict[UUID, bytes | None] = {}

    def __reduce__(self) -> tuple:
        return Schluesselbund, ()  # a key is never pickled or copied with its row

    def add(self, row: models.Model, person: str) -> None:
        """`row` needs the key of the person that its attribute `person` names."""
        self._rows.append((weakref.ref(row), person))

    @property
    def is_full(self) -> bool:
        """Whether the next row begins a bundle of its own."""
        return len(self._rows) >= BUND

    def get(self, person: UUID) -> bytes | None:
        """The person's key; None when it was destroyed."""
        check_same_tenant(self.schema)
        if person not in self._keys:
            self._load(person)
        return self._keys[person]

    def put(self, person: UUID, key: bytes | None) -> None:
        """Remember a key that was made or read just now."""
        self._keys[person] = key

    def _load(self, person: UUID) -> None:
        _offen.bund = None  # rows read from now on begin a new bundle
        rows, self._rows = self._rows, []
        wanted = {person}
        for reference, attname in rows:
            row = reference()
            if row is not None and attname in row.__dict__:
                wanted.add(row.__dict__[attname])
        wanted -= self._keys.keys()
        self._keys |= dict.fromkeys(wanted)
        for pk, wrapped in _keys().filter(pk__in=wanted).values_list("pk", "schluessel"):
            self._keys[pk] = crypto.unwrap_data_key(wrapped, context=key_context(pk))


def remember(row: models.Model, person: str) -> None:
    """A row with sealed values was read: its key will be fetched together with those of its neighbours."""
    if "sojus_bund" in row._state.__dict__:
        return
    bund = getattr(_offen, "bund", None)
    if bund is None or bund.is_full or bund.schema != current_schema():
        bund = _offen.bund = Schluesselbund()
    row._state.sojus_bund = bund
    bund.add(row, person)


def _bund_of(row: models.Model) -> Schluesselbund:
    bund = row._state.__dict__.get("sojus_bund")
    if bund is None:
        bund = row._state.sojus_bund = Schluesselbund()
    return bund


def with_key(persons: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Persons with their keys in the same statement, for those whose names are opened anyway: then `take_key`."""
    keys = _keys().filter(pk=models.OuterRef("pk")).values("schluessel")
    return persons.annotate(sojus_schluessel=models.Subquery(keys))


def take_key(row: models.Model) -> None:
    """The key that came with a row of `with_key` opens its values; without one it was destroyed."""
    wrapped = row.__dict__.pop("sojus_schluessel")
    key = None if wrapped is None else crypto.unwrap_data_key(wrapped, context=key_context(row.pk))
    _bund_of(row).put(row.pk, key)


def get_key(row: models.Model, person: UUID) -> bytes | None:
    """The key that opens the row's sealed values, None when it was destroyed."""
    return _bund_of(row).get(person)


def ensure_key(row: models.Model, person: UUID) -> bytes:
    """The person's key, made now when there is none."""
    bund = _bund_of(row)
    return bund.get(person) or _create([person], bund)[person]


def ensure_keys(rows: Iterable[models.Model], person: str = "id") -> None:
    """The keys of many persons at once, before their rows are written together."""
    rows = list(rows)
    bund = Schluesselbund()
    for row in rows:
        row._state.sojus_bund = bund
        bund.add(row, person)
    fehlend = [p for p in {getattr(row, person) for row in rows} if bund.get(p) is None]
    _create(fehlend, bund)


def build_key_rows(persons: Iterable[UUID]) -> tuple[dict[UUID, bytes], list[dict[str, Any]]]:
    """Fresh keys, and the rows of `Personenschluessel` that hold them wrapped (bulk loading)."""
    keys = {person: crypto.new_data_key() for person in persons}
    rows = [
        {"id": person, "schluessel": crypto.wrap_data_key(key, context=key_context(person))}
        for person, key in keys.items()
    ]
    return keys, rows


def _create(persons: list[UUID], bund: Schluesselbund) -> dict[UUID, bytes]:
    keys, rows = build_key_rows(persons)
    manager = _keys()
    manager.bulk_create([manager.model(**row) for row in rows], ignore_conflicts=True, batch_size=1000)
    # Somebody else may have been first: what is in the table counts.
    for pk, wrapped in manager.filter(pk__in=persons).values_list("pk", "schluessel"):
        keys[pk] = crypto.unwrap_data_key(wrapped, context=key_context(pk))
        bund.put(pk, keys[pk])
    return keys
