"""Reading reference files and writing them by natural key, so that loading twice changes nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.core.management.base import CommandError
from django.db import models

#: Reference rows have the same id in every installation.
NAMESPACE = UUID("5f0e7c5a-2d0b-4b52-9a53-6d7a2f1c0e11")


def read_json(path: Path) -> dict[str, Any]:
    """A reference file with its `quelle`; refuses one that names no source."""
    daten = json.loads(path.read_text(encoding="utf-8"))
    if not daten.get("quelle"):
        raise ValueError(f"{path.name} names no source (key 'quelle')")
    return daten


def read_text(path: str | Path) -> str:
    """A file that somebody hands over by command, UTF-8 with or without a mark; raises `CommandError` (German)."""
    try:
        return decode(Path(path).read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} lässt sich nicht als UTF-8-Text lesen ({type(error).__name__}).") from error


def decode(daten: bytes) -> str:
    """Text of a reference file; raises `UnicodeDecodeError` when it is not UTF-8."""
    return daten.decode("utf-8-sig")


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def upsert(
    model: type[models.Model],
    *,
    key: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    keep: Mapping[UUID, Set[str]] | None = None,
) -> dict[tuple, Any]:
    """Insert or change rows by their natural key; untouched rows are not written. Returns them by key.

    `keep`: of existing rows, by id, the columns that stay as they are, because a person has changed them.
    """
    attnames = {name: model._meta.get_field(name).attname for name in key}

    def key_of(row: models.Model) -> tuple:
        return tuple(getattr(row, attnames[name]) for name in key)

    existing = {key_of(row): row for row in model._default_manager.all()}
    result, new, changed = {}, [], []
    for values in rows:
        row = model(**values)
        natural = key_of(row)
        if (old := existing.get(natural)) is None:
            row.pk = uuid5(NAMESPACE, f"{model._meta.label_lower}|{'|'.join(map(str, natural))}")
            new.append(row)
            result[natural] = row
            continue
        kept = (keep or {}).get(old.pk, frozenset())
        columns = {name: model._meta.get_field(name).attname for name in values}
        columns = {name: column for name, column in columns.items() if column not in kept}
        if any(getattr(old, name) != getattr(row, name) for name in columns.values()):
            for name in columns.values():
                setattr(old, name, getattr(row, name))
            changed.append((old, [name for name in columns if name not in key]))
        result[natural] = old
    model._default_manager.bulk_create(new)
    for row, fields in changed:
        row.save(update_fields=fields)
    return result
