"""What an office may set: declared beside the app that uses it, in its `vorgaben.py`. No office's values are here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms

from shared_apps.accounts.enums import Rolle
from shared_apps.core import felder

T = TypeVar("T")
#: Who sees all of them; whoever may set one of them is among these.
LESENDE = frozenset({Rolle.TENANT_ADMIN, Rolle.JUGENDAMTSLEITUNG, Rolle.DATENSCHUTZ})


@dataclass(frozen=True, kw_only=True)
class Vorgabe(ABC, Generic[T]):
    """One setting of an office. `code` is the label of the app and a name: it is kept in rows, so it stays.

    `voreinstellung` gives what holds as long as nobody has set anything, `quelle` says where that is from. What the law
    fixes is no Vorgabe. `zu_zweit`: holds once a second person who may set it, too, has confirmed it.
    """

    code: str
    name: str
    erklaerung: str
    voreinstellung: Callable[[], T]
    quelle: str
    aendern: frozenset[Rolle]
    zu_zweit: bool = False

    @property
    def app_label(self) -> str:
        """The app it belongs to."""
        return self.code.partition(".")[0]

    @abstractmethod
    def field(self) -> forms.Field:
        """The field with its bounds."""

    @abstractmethod
    def read(self, roh: Any) -> T:
        """The value of a row; ValueError when it is of another type, or out of the bounds of today."""

    @abstractmethod
    def condition(self) -> str:
        """`read` as SQL over the column `wert` (jsonb): what the database refuses, whoever writes. No BETWEEN: the
        nightly check compares the words of a row rule, and PostgreSQL writes that one otherwise."""

    @abstractmethod
    def write(self, wert: T) -> str:
        """The value as a page shows it."""


@dataclass(frozen=True, kw_only=True)
class Anzahl(Vorgabe[int]):
    """A whole number of something. `worte` writes it with its unit: "7 Tage"."""

    von: int
    bis: int
    worte: Callable[[int], str]

    def field(self) -> forms.Field:
        """A whole number within the bounds."""
        return felder.GanzzahlField(
            label="Neuer Wert", von=self.von, bis=self.bis, help_text=f"{self.von} bis {self.worte(self.bis)}"
        )

    def read(self, roh: Any) -> int:
        """The number."""
        if not isinstance(roh, int) or isinstance(roh, bool):
            raise ValueError(f"{self.code}: {roh!r} is no whole number")
        if not self.von <= roh <= self.bis:
            raise ValueError(f"{self.code}: {roh} is not within {self.von} to {self.bis}")
        return roh

    def condition(self) -> str:
        """A whole number within the bounds. CASE: nothing is cast that is no number."""
        number = "jsonb_typeof(wert) = 'number' AND wert::text ~ '^-?[0-9]+$'"
        return f"CASE WHEN {number} THEN wert::numeric >= {self.von} AND wert::numeric <= {self.bis} ELSE false END"

    def write(self, wert: int) -> str:
        """With its unit."""
        return self.worte(wert)


_VORGABEN: dict[str, Vorgabe[Any]] = {}
V = TypeVar("V", bound=Vorgabe[Any])


def register_vorgabe(vorgabe: V) -> V:
    """Make a setting known; called when `vorgaben.py` of its app is loaded. ValueError: its code is taken."""
    if vorgabe.code in _VORGABEN:
        raise ValueError(f"two settings are called {vorgabe.code}")
    _VORGABEN[vorgabe.code] = vorgabe
    return vorgabe


def get_erklaerte(code: str) -> Vorgabe[Any]:
    """The declaration; KeyError for an unknown code."""
    return _VORGABEN[code]


def list_erklaerte() -> list[Vorgabe[Any]]:
    """All of them, app by app, in the order of their names."""
    return sorted(_VORGABEN.values(), key=lambda vorgabe: (vorgabe.app_label, vorgabe.name))
