"""What apps above know and the trail does not: which person or case a number means, which figures a step changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol
from uuid import UUID

from shared_apps.core.hook import Hook


class Marker(Protocol):
    """Takes the firsts of the months whose published figures no longer match."""

    def __call__(self, *, monate: Iterable[date]) -> None: ...


GRUENDE: dict[str, str] = {}
#: A number → the id of the person or case it means, or None.
_finders: Hook[[str], UUID | None] = Hook()
register_finder = _finders.register
_markers: Hook[..., None] = Hook()


def register_gruende(choices: Iterable[tuple[str, str]]) -> None:
    """Words of reasons that an app writes as codes and no column of a model declares. Called when an app is loaded."""
    GRUENDE.update({str(code): str(wort) for code, wort in choices})


def find_objekt(text: str) -> UUID | None:
    """The id itself, or what the first app that knows the number says."""
    try:
        return UUID(text)
    except ValueError:
        return next((found for found in _finders.ask(text) if found is not None), None)


def register_marker(marker: Marker) -> None:
    """Tell `marker`, too, which months a step changes. Called when an app is loaded."""
    _markers.register(marker)


def mark(monate: Iterable[date]) -> None:
    """Mark these months, in the caller's transaction."""
    _markers.tell(monate=monate)
