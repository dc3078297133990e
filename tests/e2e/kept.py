"""Worlds that take seconds to make: made once for each worker, in a database of their own that tests clone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.cache import cache
from django.db import transaction

from tests import bootstrap, database

T = TypeVar("T")


@dataclass(frozen=True)
class Kept(Generic[T]):
    """A database in which something has been committed, and what its maker has returned."""

    database: str
    made: T


@contextmanager
def keep(name: str, make: Callable[[], T]) -> Iterator[Kept[T]]:
    """What `make` does, committed; nobody is connected afterwards, or no clone could be made."""
    with database.cloned(f"{bootstrap.DATABASE}_{name}") as kept:
        with database.connected_to(kept), transaction.atomic():
            made = make()
        cache.clear()
        yield Kept(kept, made)
