"""State machines as data: an enum of states, an enum of actions, one table of transitions.

A step from one state to the next is taken by `tenant_apps.audit.services.advance`, in the room of the trail, because
each step writes there (ADR 0055).

No Django here; a model field takes `choices=XZustand.choices()`. Members are plain strings (their value
goes into the database) with the German `label` of the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar


class ZustandError(ValueError):
    """An action that is not allowed in this state; the message is German and fit for the screen."""


class Beschriftet(StrEnum):
    """Base of states and actions: `NAME = "wert", "Beschriftung"`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs (value, label) for a Django field or form."""
        return [(member.value, member.label) for member in cls]


Z = TypeVar("Z", bound=Beschriftet)
A = TypeVar("A", bound=Beschriftet)


class Zustandsmaschine(Generic[Z, A]):
    """The transitions of one thing. `name` is its German noun for messages.

    Two enums with equal string values are equal as dictionary keys; therefore every thing has its own table
    and the types are checked.
    """

    def __init__(
        self,
        name: str,
        zustaende: type[Z],
        uebergaenge: Mapping[Z, Mapping[A, Z]],
        *,
        zaehlt: bool = False,
        wird_bezogen: bool = False,
    ) -> None:
        self.name = name
        self.zustaende = zustaende
        #: Published figures count it by its state: each step says which months it changes.
        self.zaehlt = zaehlt
        #: Rows of other things refer to it all the time, also while a step is taken: it is held by as weak a lock as
        #: it takes to change it.
        self.wird_bezogen = wird_bezogen
        self.uebergaenge = {zustand: dict(uebergaenge.get(zustand, {})) for zustand in zustaende}

    @property
    def endzustaende(self) -> frozenset[Z]:
        """States nothing leads out of."""
        return frozenset(zustand for zustand, weiter in self.uebergaenge.items() if not weiter)

    def erlaubt(self, zustand: Z) -> frozenset[A]:
        """Actions possible in this state."""
        return frozenset(self.uebergaenge[self._pruefe(zustand)])

    def naechster(self, zustand: Z, aktion: A) -> Z:
        """State after the action. Raises `ZustandError` (German) if the action is not allowed in this
        state.
        """
        weiter = self.uebergaenge[self._pruefe(zustand)]
        if aktion not in weiter:
            raise ZustandError(self.describe_refusal(zustand, aktion))
        return weiter[aktion]

    def describe_refusal(self, zustand: Z, aktion: A) -> str:
        """Why a step is refused, for the screen."""
        return f"{self.name}: „{aktion.label}“ ist im Zustand „{zustand.label}“ nicht möglich."

    def find_vorschritt(self, zustand: Z, aktion: A) -> A | None:
        """The step that comes first on the way to this one; None where it is behind us, or no way leads there."""
        ziele = {weiter[aktion] for weiter in self.uebergaenge.values() if aktion in weiter}
        if any(zustand in self._reachable(ziel) for ziel in ziele):
            return None
        ab = self.zustaende_mit(aktion)
        weiter = self.uebergaenge[self._pruefe(zustand)]
        return next((a for a, ziel in weiter.items() if ziel != zustand and ab & self._reachable(ziel)), None)

    def _reachable(self, zustand: Z) -> set[Z]:
        """This state, and all that can come of it."""
        erreicht, offen = {zustand}, [zustand]
        while offen:
            neu = set(self.uebergaenge[offen.pop()].values()) - erreicht
            erreicht |= neu
            offen += neu
        return erreicht

    def zustaende_mit(self, aktion: A) -> frozenset[Z]:
        """States in which the action is possible."""
        return frozenset(zustand for zustand, weiter in self.uebergaenge.items() if aktion in weiter)

    def ziel(self, aktion: A) -> Z:
        """The one state the action leads to, wherever it begins: for a statement that looks for the rows itself
        (`zustaende_mit`). `ValueError` where it leads to several.
        """
        (ziel,) = {weiter[aktion] for weiter in self.uebergaenge.values() if aktion in weiter}
        return ziel

    def _pruefe(self, zustand: Z) -> Z:
        if not isinstance(zustand, self.zustaende):
            raise TypeError(f"{self.zustaende.__name__} required, not {type(zustand).__name__}")
        return zustand


@dataclass(frozen=True, slots=True)
class Spur:
    """Where a row keeps who has led it into a state, and when: paths of fields, as in a query.

    `tat` ends the sentence "… hat am … um … Uhr …".
    """

    tat: str
    von: str
    at: str
    #: Somebody of the provider did it; otherwise somebody of the office. The other side reads no name.
    anbieter: bool = False


class Schritte(Generic[Z, A]):
    """Who may take which step of a machine: pages, API, buttons and services ask here. A policy of its app.

    An action that is not named is nobody's: it follows from another step, or a job takes it.
    spuren: by state, where the row says who has led it there.
    """

    def __init__(
        self,
        maschine: Zustandsmaschine[Z, A],
        wer: Mapping[A, Callable[[Any], bool]],
        spuren: Mapping[Z, Spur] | None = None,
    ) -> None:
        self.maschine = maschine
        self.wer = dict(wer)
        self.spuren = dict(spuren or {})

    def may(self, aktion: A) -> Callable[[Any], bool]:
        """The policy of a step, for the page or the API's action that takes it. `KeyError` where it is nobody's."""
        return self.wer[aktion]

    def allowed(self, zustand: Z, akteur: Any) -> frozenset[A]:
        """What this person can do with a thing in this state."""
        return frozenset(a for a in self.maschine.erlaubt(zustand) if a in self.wer and self.wer[a](akteur))
