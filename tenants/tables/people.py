"""Who a row is about: models say whether they are people and which way leads to one; here it is asked.

On a model: `is_person` (each row is somebody); `ways_to_person` (names of references, nearest first); `says_who`
(fields whose value alone says who somebody is); `no_look` (why its rows tell nothing about anybody). Nothing here knows
one of these models.
"""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.apps import apps
from django.db import models

from tenants.tables.data_class import DataClass


def is_person(model: type[models.Model] | None) -> bool:
    """Whether each row of the model is somebody: a young person, or one of those who work here."""
    return bool(getattr(model, "is_person", False))


def _is_cared_for(model: type[models.Model] | None) -> bool:
    return is_person(model) and getattr(model, "data_class", None) is DataClass.SOZIALDATUM


@cache
def person_model() -> type[models.Model]:
    """The one model whose rows are the people an office cares for."""
    (found,) = filter(_is_cared_for, apps.get_models())
    return found


@cache
def identity() -> frozenset[str]:
    """Names of what says who somebody is: declared fields (`says_who`), and each reference to the person herself."""
    ours = [m for m in apps.get_models() if getattr(m, "data_class", None) is DataClass.SOZIALDATUM]
    declared = {name for model in ours for name in getattr(model, "says_who", ())}
    references = [f for model in ours for f in model._meta.concrete_fields if _is_cared_for(f.related_model)]
    return frozenset(declared | {name for field in references for name in (field.name, field.attname)})


@cache
def _ways(model: type[models.Model]) -> tuple[tuple[str, str, bool], ...]:
    """Declared ways: name, column, whether the person herself is at the other end."""
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in getattr(model, "ways_to_person", ())]
    return tuple((field.name, field.attname, _is_cared_for(field.related_model)) for field in fields)


def person_of_row(row: models.Model) -> UUID | None:
    """The person a loaded row names itself: herself, or whose it is. Asks no table."""
    if _is_cared_for(type(row)):
        return row.pk
    keys = (row.__dict__.get(column) for _, column, is_hers in _ways(type(row)) if is_hers)
    return next((key for key in keys if key is not None), None)


def find_person(row: models.Model | None, depth: int = 4) -> UUID | None:
    """The person a row is about, or None: herself, the one it names, or that of what it belongs to."""
    if row is None or depth == 0:
        return None
    if _is_cared_for(type(row)):
        return row.pk
    for name, column, is_hers in _ways(type(row)):
        key = getattr(row, column)
        if key and (found := key if is_hers else find_person(getattr(row, name), depth - 1)):
            return found
    return None
