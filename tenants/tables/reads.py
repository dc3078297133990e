"""What a request has seen of people, and whether it said so: no log, no data.

While a view of a youth office runs, every loaded row of social data is noted here, and every entry in the trail.
When the view is done and shows something, rows without an entry turn the answer into an error and the
transaction is rolled back (tenants.door.middleware). People the entries did not name are added in one more entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tenants.tables.data_class import DataClass
from tenants.tables.people import identity, person_of_row


class ReadNotRecorded(RuntimeError):
    """A view was about to show personal data and had not written an entry into the trail."""


@dataclass(slots=True)
class Reads:
    """Of one request: which kinds of rows were loaded, whose, and whom the entries name."""

    loaded: dict[str, int] = field(default_factory=dict)
    personen: set[UUID] = field(default_factory=set)
    named: set[UUID] = field(default_factory=set)
    entries: int = 0

    @property
    def unnamed(self) -> set[UUID]:
        """People whose rows were loaded and who are in no entry of this request."""
        return self.personen - self.named


_current: ContextVar[Reads | None] = ContextVar("sojus_reads", default=None)


@contextmanager
def tracking() -> Iterator[Reads]:
    """Note what is loaded and recorded inside the block."""
    reads = Reads()
    token = _current.set(reads)
    try:
        yield reads
    finally:
        _current.reset(token)


def note_row(row: Any) -> None:
    """A row of a tenant model came from the database."""
    reads = _current.get()
    if reads is None or row.data_class is not DataClass.SOZIALDATUM or row.no_look:
        return
    label = row._meta.label_lower
    reads.loaded[label] = reads.loaded.get(label, 0) + 1
    if (person := person_of_row(row)) is not None:
        reads.personen.add(person)


def note_values(label: str, names: Iterable[str], count: int) -> None:
    """Plain values of a table about people were read: a read of their data if one of the values identifies a person."""
    reads = _current.get()
    if reads is not None and count and any(name.rpartition("__")[2] in identity() for name in names):
        reads.loaded[label] = reads.loaded.get(label, 0) + count


def note_entry(personen: Iterable[UUID]) -> None:
    """An entry was written into the trail."""
    reads = _current.get()
    if reads is not None:
        reads.entries += 1
        reads.named.update(personen)


def shows_no_person(reason: str) -> Callable:
    """Mark a view that loads social data and shows none of it (figures, a choice of periods), and say why."""

    def decorate(view: Callable) -> Callable:
        view.shows_no_person = reason  # type: ignore[attr-defined]  # a mark on a function
        return view

    return decorate


def names_nobody(reason: str) -> Callable:
    """Mark a view that counts rows of social data, or leads on, so it has no entry to write; the guard keeps watching.

    tests/architecture/test_reads_declared.py asks every view for one of the three: entry, this, `shows_no_person`.
    """

    def decorate(view: Callable) -> Callable:
        view.names_nobody = reason  # type: ignore[attr-defined]  # a mark on a function
        return view

    return decorate


def is_exempt(view: Callable) -> bool:
    """Whether the view, or the class behind it, is marked with `shows_no_person`."""
    return bool(getattr(view, "shows_no_person", "") or getattr(getattr(view, "cls", None), "shows_no_person", ""))
