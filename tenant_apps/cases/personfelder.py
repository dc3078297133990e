"""What the office enters about a young person: each detail once. Forms, API, services, trail, Auskunft and deletion are
made of this list (CONTRIBUTING.md, walk 1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any, TypeVar, get_type_hints

from django import forms
from rest_framework import serializers

from shared_apps.core import api_felder, felder
from shared_apps.core.zeitraum import format_datum
from tenant_apps.cases.models import GESCHLECHT_KUERZEL, Klient, KlientGeschlecht

F = TypeVar("F", bound=forms.BaseForm)

_KEIN_KUERZEL = "Bitte geben Sie m, w, d oder x (ohne Angabe) ein."


class GeschlechtEingabe(api_felder.AuswahlField):
    """Programs write a letter; the code of the statistics is kept."""

    def to_internal_value(self, data: Any) -> str:
        """The code."""
        return KlientGeschlecht.from_kuerzel(super().to_internal_value(data)).value


def read_kuerzel(text: str) -> str:
    """The code of the statistics for a letter that was typed."""
    if text.lower() not in dict(GESCHLECHT_KUERZEL):
        raise forms.ValidationError(_KEIN_KUERZEL)
    return KlientGeschlecht.from_kuerzel(text.lower()).value


@dataclass(frozen=True, slots=True, kw_only=True)
class Personfeld:
    """One detail. Its German name is the `verbose_name` of the column; whether it is sealed says the column's class.

    `formular`, `eingabe`, `ausgabe`: its field in forms, in a body of the API, in an answer. `berichtigen` reads what
    data protection types as the right value (without: the form's field does). `nur_akte`: shown to readers of the file
    only. `vorenthalten`: why an Auskunft does not give it; empty when it does. `bestreitbar`: the person may dispute
    it or have it corrected. `geloescht`: what a deletion run leaves behind. `pflicht`: nobody is entered without it.
    `schreibweise`: how it is typed where one line takes any of them; empty when it is typed as it reads.
    """

    formular: Callable[..., forms.Field]
    eingabe: Callable[..., serializers.Field]
    ausgabe: Callable[..., serializers.Field] = serializers.CharField
    berichtigen: Callable[[str], Any] | None = None
    nur_akte: bool = True
    vorenthalten: str = ""
    bestreitbar: bool = True
    geloescht: Any = ""
    pflicht: bool = True
    schreibweise: str = ""

    def read(self, text: str) -> Any:
        """The right value, as it is typed; `ValidationError` when it breaks the rule of the detail."""
        return self.berichtigen(text) if self.berichtigen else self.formular().clean(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Angaben:
    """The details of one person, in the order in which they are entered: the number leads."""

    pkz: Annotated[
        str,
        Personfeld(
            formular=partial(felder.KennungField, max_length=20),
            eingabe=partial(api_felder.KennungField, max_length=20),
        ),
    ]
    vorname: Annotated[
        str,
        Personfeld(formular=partial(felder.NameField, max_length=100), eingabe=api_felder.NameField, nur_akte=False),
    ]
    nachname: Annotated[
        str,
        Personfeld(formular=partial(felder.NameField, max_length=100), eingabe=api_felder.NameField, nur_akte=False),
    ]
    geburtsdatum: Annotated[
        date,
        Personfeld(
            formular=felder.GeburtsdatumField,
            eingabe=api_felder.GeburtsdatumField,
            ausgabe=serializers.DateField,
            schreibweise="als TT.MM.JJJJ",
        ),
    ]
    geschlecht: Annotated[
        str,
        Personfeld(
            formular=partial(felder.AuswahlField, choices=[("", "– bitte wählen –"), *KlientGeschlecht.choices]),
            eingabe=partial(GeschlechtEingabe, GESCHLECHT_KUERZEL),
            ausgabe=partial(
                serializers.CharField, source="geschlecht_kuerzel", help_text="m, w, d oder x (ohne Angabe)"
            ),
            berichtigen=read_kuerzel,
            schreibweise="m, w, d oder x",
            geloescht=KlientGeschlecht.OHNE_ANGABE.value,
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuePerson(Angaben):
    """What is entered for a young person whom the office does not know yet."""

    fallnummer: str = ""


#: Name of the column → its declaration, in the order in which details are entered.
PERSONFELDER: dict[str, Personfeld] = {
    name: hint.__metadata__[0] for name, hint in get_type_hints(Angaben, include_extras=True).items()
}
#: The same in the order in which they are shown: the number comes last.
GEZEIGTE = tuple(sorted(PERSONFELDER, key=lambda name: name == "pkz"))
#: What a person may dispute or have corrected.
BESTREITBARE = tuple(name for name in GEZEIGTE if PERSONFELDER[name].bestreitbar)
#: What only readers of the file see.
NUR_AKTE = tuple(name for name in GEZEIGTE if PERSONFELDER[name].nur_akte)

#: Columns of Klient that nobody enters as a detail of the person, and how they are filled.
OHNE_EINGABE: dict[str, str] = {
    "id": "made by the base model",
    "created_at": "made by the base model",
    "ist_vormundschaft": "follows from the task of the first case (§ 68)",
    "gesperrt": "follows from her cases, in the database",
    "eingeschraenkt_seit": "tenant_apps.privacy: restrict_klient",
    "eingeschraenkt_grund": "tenant_apps.privacy: restrict_klient",
    "pkz_index": "made of what is entered",
    "suchindex": "made of what is entered",
}


def label(name: str) -> str:
    """The German name of a detail."""
    return str(Klient._meta.get_field(name).verbose_name)


def asks_person(*, pflicht: bool) -> Callable[[type[F]], type[F]]:
    """Give a form the fields of a person; without `pflicht` all of them may stay empty."""

    def decorate(form: type[F]) -> type[F]:
        angaben = {
            name: feld.formular(label=label(name), required=pflicht and feld.pflicht)
            for name, feld in PERSONFELDER.items()
        }
        form.base_fields = form.declared_fields = form.base_fields | angaben  # type: ignore[attr-defined]  # set by the forms' metaclass
        return form

    return decorate


def eingabe_felder() -> dict[str, serializers.Field]:
    """Fields of a body of the API that names a new person."""
    frei = {"required": False, "default": "", "allow_blank": True}
    return {name: feld.eingabe(**({} if feld.pflicht else frei)) for name, feld in PERSONFELDER.items()}


def ausgabe_felder() -> dict[str, serializers.Field]:
    """Fields of an answer of the API that names a person."""
    return {name: feld.ausgabe() for name, feld in PERSONFELDER.items()}


def angaben_of(klient: Klient) -> dict[str, Any]:
    """What is entered about somebody, by name."""
    return {name: getattr(klient, name) for name in PERSONFELDER}


def angaben_from(person: Angaben) -> dict[str, Any]:
    """What was entered for somebody, by name of the column."""
    return {name: wert for name, wert in asdict(person).items() if name in PERSONFELDER}


def describe_angaben(klient: Klient, namen: Iterable[str] = NUR_AKTE) -> list[tuple[str, str]]:
    """Label and text of each detail, as a page shows them; "–" for a date that is gone."""
    return [(label(name), _as_text(klient, name)) for name in namen]


def _as_text(klient: Klient, name: str) -> str:
    wert = getattr(klient, name)
    if isinstance(PERSONFELDER[name].formular(), felder.DatumField):
        return format_datum(wert) if wert else "–"
    if Klient._meta.get_field(name).choices:
        return str(getattr(klient, f"get_{name}_display")())
    return str(wert)
