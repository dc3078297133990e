"""What a form showed when it was opened: whoever saves it takes back nothing that somebody else has changed meanwhile.

A form that is filled from a row is a `BearbeitenForm`: it carries a mark of each value that it showed. The service gets
them (`form.marken`), holds the row, and asks `check` with the values of now. What is refused (`Veraltet`, 409) brings
the page back with everything that was typed, and says at each field what it is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.functional import cached_property

from shared_apps.core import felder
from shared_apps.core.errors import Konflikt
from shared_apps.core.geld import format_zahl
from shared_apps.core.zeitraum import format_datum

#: The hidden field. A draft keeps it: what was typed yesterday was typed over what was shown yesterday.
FELD = "gelesen"
_LAENGE = 20


class Veraltet(Konflikt):
    """Somebody has changed meanwhile what is about to be saved. `jetzt`: the values of now, by name."""

    code = "veraltet"

    def __init__(self, jetzt: Mapping[str, Any]) -> None:
        super().__init__(
            "Seit Sie diese Seite geöffnet haben, hat jemand dieselben Angaben geändert. Es ist noch nichts"
            " gespeichert. Bitte prüfen Sie die markierten Felder und speichern Sie dann noch einmal."
        )
        self.jetzt = dict(jetzt)


class Gelesen:
    """Marks of the values that were shown, by name; they tell nobody the values."""

    def __init__(self, marken: Mapping[str, str]) -> None:
        self._marken = dict(marken)

    @classmethod
    def of(cls, werte: Mapping[str, Any]) -> Gelesen:
        """The marks of these values."""
        return cls({name: _mark(name, wert) for name, wert in werte.items()})

    @classmethod
    def from_text(cls, text: str) -> Gelesen:
        """As it comes back; what is no mark is none."""
        return cls(dict(teil.partition(":")[::2] for teil in text.split()))

    def __str__(self) -> str:
        return " ".join(f"{name}:{marke}" for name, marke in self._marken.items())

    def is_same(self, name: str, wert: Any) -> bool:
        """Whether this value was shown under the name."""
        return constant_time_compare(self._marken.get(name, ""), _mark(name, wert))

    def with_now(self, jetzt: Mapping[str, Any]) -> Gelesen:
        """The marks after these values have been shown, too."""
        return Gelesen(self._marken | Gelesen.of(jetzt)._marken)

    def check(self, *, jetzt: Mapping[str, Any], neu: Mapping[str, Any]) -> None:
        """`Veraltet` when saving `neu` would overwrite a value that was not shown. Call it with the row held.

        What somebody else has changed to the same is no matter, and neither is what is not saved.
        """
        fremd = {
            name: wert
            for name, wert in jetzt.items()
            if name in neu and _text(neu[name]) != _text(wert) and not self.is_same(name, wert)
        }
        if fremd:
            raise Veraltet(fremd)


class Ungelesen(Gelesen):
    """A program was shown nothing and says values: they count over whatever is there (ADR 0068)."""

    def __init__(self) -> None:
        super().__init__({})

    def is_same(self, name: str, wert: Any) -> bool:
        """Nothing is taken back that it has not decided to write."""
        return True


def _mark(name: str, wert: Any) -> str:
    return salted_hmac("sojus.gelesen", f"{name}|{_text(wert)}", algorithm="sha256").hexdigest()[:_LAENGE]


def _text(wert: Any) -> str:
    """One text for a value, whether it comes out of a row or out of a form."""
    if wert is None or wert is False:
        return ""
    if isinstance(wert, Model):
        return str(wert.pk)
    if isinstance(wert, Decimal):
        return f"{wert.normalize():f}"
    if isinstance(wert, str):
        return "\n".join(wert.splitlines()).strip()
    if isinstance(wert, Iterable):
        return ",".join(sorted(map(_text, wert)))
    return str(wert)


class BearbeitenForm(forms.Form):
    """A form that is filled from a row which other people may change, too."""

    gelesen = felder.VerstecktField(required=False, max_length=4_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mark_shown()

    def mark_shown(self) -> None:
        """Mark what each field shows; a form that adds or removes fields of its own calls it again."""
        self.fields[FELD] = self.fields.pop(FELD)  # behind what is typed
        gezeigt = {name: self.get_initial_for_field(feld, name) for name, feld in self.fields.items() if name != FELD}
        self.initial[FELD] = str(Gelesen.of(gezeigt))

    @cached_property
    def changed_data(self) -> list[str]:
        """What differs from what is there now; the marks of an old page do, and nobody has typed them."""
        return [name for name in super().changed_data if name != FELD]

    @property
    def marken(self) -> Gelesen:
        """What she had before her eyes when she began."""
        return Gelesen.from_text(self.cleaned_data.get(FELD) or "")

    def show_meanwhile(self, error: Veraltet) -> None:
        """Say at each field what it is now. Where she has left what she was shown, the value of now is in the field;
        what she has typed stays. Saving again is then saving over what she has seen."""
        typed, gelesen = dict(self.cleaned_data), self.marken
        data = cast(QueryDict, self.data).copy()
        self.data = data
        for name, jetzt in error.jetzt.items():
            if name not in self.fields:
                continue
            text = _describe(self.fields[name], jetzt)
            if gelesen.is_same(name, typed.get(name)):
                self._fill(data, name, jetzt)
                self.add_error(name, f"Inzwischen geändert; hier steht jetzt: {text}.")
            else:
                self.add_error(name, f"Inzwischen geändert auf: {text}. Ihre Eingabe ist eine andere.")
        data[self.add_prefix(FELD)] = str(gelesen.with_now(error.jetzt))

    def _fill(self, data: QueryDict, name: str, wert: Any) -> None:
        wert = self.fields[name].prepare_value(wert)
        if isinstance(wert, list | tuple | set):
            data.setlist(self.add_prefix(name), [str(teil) for teil in wert])
        elif wert is False or wert is None:
            data.pop(self.add_prefix(name), None)
        else:
            data[self.add_prefix(name)] = wert


def _describe(feld: forms.Field, wert: Any) -> str:
    """A value as a page shows it."""
    if isinstance(wert, bool):
        return "ja" if wert else "nein"
    if wert is None or wert in ("", []):
        return "leer"
    choices = {str(code): str(label) for code, label in getattr(feld, "choices", ())}
    if isinstance(wert, list | tuple | set):
        return ", ".join(choices.get(str(teil), str(teil)) for teil in wert)
    if str(wert) in choices:
        return choices[str(wert)]
    if isinstance(wert, date):
        return format_datum(wert)
    return format_zahl(wert, 2) if isinstance(wert, Decimal) else str(wert)
