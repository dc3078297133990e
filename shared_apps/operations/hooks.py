"""What waits for the operator in apps beside this one: the start page of the operator names it, config registers it."""

from __future__ import annotations

from typing import Any

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.hook import Hook

#: Who asks → what waits for her, each with `label`, `wert`, `url`, `level`, as `core/components/stat.html` shows it.
_aufgaben: Hook[[Akteur], list[Any]] = Hook()
register_aufgaben = _aufgaben.register


def list_aufgaben(akteur: Akteur) -> list[Any]:
    """What this person of the operator can move on."""
    return [aufgabe for aufgaben in _aufgaben.ask(akteur) for aufgabe in aufgaben]
