"""Why a step cannot be taken in the present state: one text for the page that asks and the service that refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import ObjectDoesNotExist
from django.utils.timezone import localtime

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.zustand import Beschriftet, Schritte
from tenants.tables.base import TenantModel

Z = TypeVar("Z", bound=Beschriftet)
A = TypeVar("A", bound=Beschriftet)


@dataclass(frozen=True, slots=True)
class Vorhaben(Generic[Z, A]):
    """A step somebody is about to take: the page that asks about it and the service that takes it name the same.

    von: the state the step begins in, where the row's own is behind (a help whose first day has come is running).
    refused: by state, where there are better words than the table's.
    """

    schritte: Schritte[Z, A]
    aktion: A
    von: Callable[[Any], Z] | None = None
    refused: Mapping[Z, str] = field(default_factory=dict)

    def get_zustand(self, row: TenantModel) -> Z:
        """The state the row is in."""
        return self.von(row) if self.von else self.schritte.maschine.zustaende(cast(Any, row).zustand)

    def describe_refusal(self, row: TenantModel, akteur: Akteur | None) -> str:
        """What is not possible, who has made it so, what comes before; empty where the state allows the step."""
        maschine, zustand = self.schritte.maschine, self.get_zustand(row)
        if self.aktion in maschine.erlaubt(zustand):
            return ""
        vorschritt = maschine.find_vorschritt(zustand, self.aktion)
        saetze = [
            self.refused.get(zustand) or maschine.describe_refusal(zustand, self.aktion),
            _describe_spur(row, self.schritte, akteur) if vorschritt is None else "",
            f"Zuerst kommt der Schritt „{vorschritt.label}“." if vorschritt is not None else "",
        ]
        return " ".join(filter(None, saetze))


def _describe_spur(row: TenantModel, schritte: Schritte[Z, A], akteur: Akteur | None) -> str:
    """Who has led the row into its state, and when. A name is for the same side only: a colleague of the office, or of
    the provider; what the database does not show her is not there."""
    spur = schritte.spuren.get(schritte.maschine.zustaende(cast(Any, row).zustand))
    wann = _follow(row, spur.at) if spur else None
    if spur is None or wann is None or akteur is None:
        return ""
    tag = f"{localtime(wann):%d.%m.%Y} um {localtime(wann):%H:%M} Uhr"
    wer = _follow(row, spur.von) if akteur.ist_amt != spur.anbieter else None
    if wer is not None and wer.pk == akteur.user_id:
        return f"Sie selbst haben am {tag} {spur.tat}."
    seite = "der Anbieter" if spur.anbieter else "das Jugendamt"
    return f"Inzwischen hat {wer or seite} am {tag} {spur.tat}."


def _follow(row: Any, path: str) -> Any:
    for name in path.split("__"):
        try:
            row = getattr(row, name)
        except ObjectDoesNotExist:
            return None
        if row is None:
            return None
    return row
