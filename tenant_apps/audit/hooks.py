"""What apps above know and the trail does not: which person or case a number means, which figures a step changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Protocol
from uuid import UUID


class Marker(Protocol):
    """Takes the firsts of the months whose published figures no longer match."""

    def __call__(self, *, monate: Iterable[date]) -> None: ...


GRUENDE: dict[str, str] = {}
_FINDERS: list[Callable[[str], UUID | None]] = []
_MARKERS: list[Marker] = []


def register_finder(finder: Callable[[str], UUID | None]) -> None:
    """`finder(text)` gives the id of the person or case a number means, or None. Called when an app is loaded."""
    if finder not in _FINDERS:
        _FINDERS.append(finder)


def register_gruende(choices: Iterable[tuple[str, str]]) -> None:
    """Words of reasons that an app writes as codes and no column of a model declares. Called when an app is loaded."""
    GRUENDE.update({str(code): str(wort) for code, wort in choices})


def find_objekt(text: str) -> UUID | None:
    """The id itself, or what the first app that knows the number says."""
    try:
        return UUID(text)
    except ValueError:
        return next((found for finder in _FINDERS if (found := finder(text)) is not None), None)


def register_marker(marker: Marker) -> None:
    """Tell `marker`, too, which months a step changes. Called when an app is loaded."""
    if marker not in _MARKERS:
        _MARKERS.append(marker)


def mark(monate: Iterable[date]) -> None:
    """Mark these months, in the caller's transaction."""
    for marker in _MARKERS:
        marker(monate=monate)
