"""What waits for the operator in apps beside this one: the start page of the operator names it, config registers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared_apps.accounts.akteur import Akteur

#: who asks → what waits for her, each with `label`, `wert`, `url`, `level`, as `core/components/stat.html` shows it.
AufgabenProvider = Callable[[Akteur], list[Any]]

_providers: list[AufgabenProvider] = []


def register_aufgaben(provider: AufgabenProvider) -> AufgabenProvider:
    """Ask `provider`, too, from now on."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def list_aufgaben(akteur: Akteur) -> list[Any]:
    """What this person of the operator can move on."""
    return [aufgabe for provider in _providers for aufgabe in provider(akteur)]
