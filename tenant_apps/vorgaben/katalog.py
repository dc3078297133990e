"""What an office may set: declared beside the app that uses it, in its `vorgaben.py`. No office's values are here."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from django import forms

from shared_apps.accounts.enums import Rolle
from shared_apps.core import felder
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.core.zeitraum import format_datum

T = TypeVar("T")
HUNDERT = 100
SO_ZUM_BEISPIEL = "Bitte schreiben Sie zum Beispiel: 24.12.2026 Heiligabend."
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
    #: Whether its field begins with what holds today: of several numbers mostly one or two are changed.
    zeigt_geltendes: ClassVar[bool] = False

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


class AnteileField(felder.ZahlenField):
    """Whole points, one for each name, that add up to 100."""

    def clean(self, value: Any) -> Any:
        """A list of numbers; one that is clean already passes."""
        punkte = super().clean(value)
        if (summe := sum(punkte)) != HUNDERT:
            raise forms.ValidationError(f"Die Punkte ergeben zusammen {summe}, nicht {HUNDERT}.")
        return punkte


@dataclass(frozen=True, kw_only=True)
class Anteile(Vorgabe[list[int]]):
    """Whole points for each of `namen` that add up to 100."""

    namen: tuple[str, ...]
    zeigt_geltendes: ClassVar[bool] = True

    def field(self) -> forms.Field:
        """A number for each name."""
        return AnteileField(
            namen=self.namen, von=0, bis=HUNDERT, label="Neuer Wert", help_text=f"Punkte, zusammen {HUNDERT}"
        )

    def read(self, roh: Any) -> list[int]:
        """The numbers."""
        ganze = isinstance(roh, list) and all(isinstance(n, int) and not isinstance(n, bool) for n in roh)
        if not ganze or len(roh) != len(self.namen) or min(roh) < 0 or sum(roh) != HUNDERT:
            raise ValueError(f"{self.code}: {roh!r} are no points that add up to {HUNDERT}")
        return roh

    def condition(self) -> str:
        """A list of whole numbers that add up to 100. CASE: nothing is cast that is no number."""
        liste = f"wert::text ~ '^[[][0-9]+{'(, [0-9]+)' * (len(self.namen) - 1)}[]]$'"
        summe = " + ".join(f"(wert ->> {n})::numeric" for n in range(len(self.namen)))
        return f"CASE WHEN {liste} THEN {summe} = {HUNDERT} ELSE false END"

    def write(self, wert: list[int]) -> str:
        """ "Bedarf 75, Entfernung 15"."""
        return ", ".join(f"{name} {punkte}" for name, punkte in zip(self.namen, wert, strict=True))


TAGESNAME_MAX = 60
#: What is in no name of a day: what JSON writes with a backslash, since the row rule reads it as text.
_NICHT_IM_NAMEN = re.compile(r'["\\\x00-\x1f]')


@dataclass(frozen=True, slots=True, order=True)
class Benannt:
    """A day with the name it has, if it has one: "24.12.2026 Heiligabend"."""

    tag: date
    name: str = ""

    @classmethod
    def read(cls, roh: str) -> Benannt:
        """As it is kept: "2026-12-24 Heiligabend". ValueError for any other text."""
        tag, _, name = roh.partition(" ")
        benannt = cls(date.fromisoformat(tag), name)
        zu_lang = len(name) > TAGESNAME_MAX
        if benannt.keep() != roh or name != name.strip(" ") or zu_lang or _NICHT_IM_NAMEN.search(name):
            raise ValueError(f"{roh!r} is no day with a name")
        return benannt

    def keep(self) -> str:
        """What `read` reads."""
        return f"{self.tag.isoformat()} {self.name}" if self.name else self.tag.isoformat()

    def in_line(self) -> str:
        """Among others: "25.12.2026 (1. Weihnachtstag)"."""
        return f"{format_datum(self.tag)} ({self.name})" if self.name else format_datum(self.tag)

    def __str__(self) -> str:
        return f"{format_datum(self.tag)} {self.name}" if self.name else format_datum(self.tag)


class TageField(felder.FreitextField):
    """Days, one in each line or with commas between them, each with its name behind it or without one; handed on as
    `Benannt.keep` says them, in order, each day once."""

    def __init__(self, *, hoechstens: int, **kwargs: Any) -> None:
        self.hoechstens = hoechstens
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 8}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """As somebody would type them."""
        return "\n".join(str(Benannt.read(roh)) for roh in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """A list that is clean already passes; what is no day is named."""
        teile = value if isinstance(value, list) else super().clean(value).replace(",", "\n").splitlines()
        tage: dict[date, str] = {}
        fehler = []
        for teil in filter(None, (" ".join(str(teil).split()) for teil in teile)):
            try:
                benannt = self._clean_teil(teil)
            except forms.ValidationError as error:
                fehler += error.messages
                continue
            schon = tage.setdefault(benannt.tag, benannt.name)
            if schon and benannt.name and schon != benannt.name:
                fehler.append(f"Der {format_datum(benannt.tag)} steht zweimal da, als {schon} und als {benannt.name}.")
            tage[benannt.tag] = schon or benannt.name
        if not fehler and len(tage) > self.hoechstens:
            fehler = [f"Das sind {anzahl_tage(len(tage))}. Es gehen höchstens {self.hoechstens}."]
        if fehler:
            raise forms.ValidationError(fehler)
        return [Benannt(tag, name).keep() for tag, name in sorted(tage.items())]

    @staticmethod
    def _clean_teil(teil: str) -> Benannt:
        """One line: a day, and behind it its name."""
        tag, _, name = teil.partition(" ")
        name = name.lstrip("–-: ")
        try:
            benannt = Benannt(felder.DatumField().clean(tag.rstrip(":")), name)
        except forms.ValidationError:
            raise forms.ValidationError(f"„{teil}“ beginnt mit keinem Tag. {SO_ZUM_BEISPIEL}") from None
        if len(name) > TAGESNAME_MAX:
            raise forms.ValidationError(f"„{name}“ ist zu lang: höchstens {TAGESNAME_MAX} Zeichen.")
        if _NICHT_IM_NAMEN.search(name):
            raise forms.ValidationError(f"„{name}“: bitte ohne gerade Anführungszeichen und ohne \\.")
        return benannt


@dataclass(frozen=True, kw_only=True)
class Tage(Vorgabe[list[str]]):
    """Some days in their order, each with its name or without one (`Benannt.keep`)."""

    hoechstens: int
    zeigt_geltendes: ClassVar[bool] = True

    def field(self) -> forms.Field:
        """One day in each line."""
        return TageField(
            hoechstens=self.hoechstens,
            label="Neuer Wert",
            help_text=f"Ein Tag je Zeile, dahinter sein Name: „24.12.2026 Heiligabend“. Höchstens {self.hoechstens};"
            " leer: keine",
        )

    def read(self, roh: Any) -> list[str]:
        """The days."""
        try:
            tage = [Benannt.read(tag).keep() for tag in roh] if isinstance(roh, list) else None
        except (AttributeError, TypeError, ValueError):
            tage = None
        if tage is None or tage != roh or len(tage) > self.hoechstens:
            raise ValueError(f"{self.code}: {roh!r} are no {self.hoechstens} days at most")
        return tage

    def condition(self) -> str:
        """A list of texts in the shape of a day with a name or without. CASE: nothing is counted that is no list."""
        rand, mitte = '[^ "[.backslash.]]', '[^"[.backslash.]]'
        name = f"( {rand}({mitte}{{0,{TAGESNAME_MAX - 2}}}{rand})?)?"
        tag = f'"[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]{name}"'
        return (
            f"CASE WHEN wert::text ~ '^[[](|{tag}(, {tag})*)[]]$'"
            f" THEN jsonb_array_length(wert) <= {self.hoechstens} ELSE false END"
        )

    def write(self, wert: list[str]) -> str:
        """ "24.12.2026 (Heiligabend), 31.12.2026"."""
        return ", ".join(Benannt.read(roh).in_line() for roh in wert) or "keine"


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
