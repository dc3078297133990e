"""The fields of everything the API takes in: the same rules and words as the forms' (`felder`, ADR 0031).

For what the API gives out, the library's own fields are right; nothing is checked there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import URLValidator
from rest_framework import serializers

from shared_apps.core import eingabe
from shared_apps.core.clock import today
from shared_apps.core.eingabe import EingabeFehler


def _german(kwargs: dict[str, Any], **texte: str) -> dict[str, Any]:
    allgemein = {"required": eingabe.PFLICHT, "null": eingabe.PFLICHT, "blank": eingabe.PFLICHT}
    return kwargs | {"error_messages": allgemein | texte | (kwargs.get("error_messages") or {})}


def _obey(regel: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return regel(*args, **kwargs)
    except EingabeFehler as fehler:
        raise serializers.ValidationError(fehler.message, code=fehler.code) from fehler


class TextField(serializers.CharField):
    """Base of all texts: a rule and a length."""

    regel: ClassVar[staticmethod[[str], str]] = staticmethod(eingabe.clean_zeile)
    laenge: ClassVar[int] = eingabe.ZEILE_MAX

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        laenge = max_length or self.laenge
        texte = {"max_length": f"Bitte kürzen Sie den Text auf höchstens {laenge} Zeichen."}
        super().__init__(max_length=laenge, **_german(kwargs, invalid=eingabe.KEIN_TEXT, **texte))
        self.validators: list[Callable[..., Any]] = [
            v for v in self.validators if type(v).__module__.startswith("rest_framework")
        ]

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """What nothing is left of was empty. A number is its figures, and obeys what a text obeys."""
        if isinstance(data, int | float) and not isinstance(data, bool):
            data = str(data)
        if isinstance(data, str) and data:
            _obey(eingabe.check_laenge, data.strip(), self.max_length)
            data = _obey(type(self).regel, data)
        return super().run_validation(data)


class ZeileField(TextField):
    """One line of any text."""


class BezeichnungField(TextField):
    """What a thing or an organisation is called."""

    regel = staticmethod(eingabe.clean_bezeichnung)
    laenge = 200


class MailField(TextField):
    """A mail address."""

    regel = staticmethod(eingabe.clean_mail)
    laenge = eingabe.MAIL_MAX


class PlzField(TextField):
    """A postcode, five figures."""

    regel = staticmethod(eingabe.clean_kennung)
    laenge = 5

    def to_internal_value(self, data: Any) -> str:
        """Five figures, after the spelling is one."""
        text = super().to_internal_value(data)
        if text and not (len(text) == 5 and text.isascii() and text.isdecimal()):
            raise serializers.ValidationError(eingabe.KEINE_PLZ)
        return text


class AdresseField(serializers.URLField):
    """A web address; http and https only."""

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        laenge = max_length or eingabe.ADRESSE_MAX
        texte = {"max_length": f"Bitte kürzen Sie den Text auf höchstens {laenge} Zeichen."}
        super().__init__(max_length=laenge, **_german(kwargs, invalid=eingabe.KEINE_ADRESSE, **texte))
        self.validators: list[Callable[..., Any]] = [
            v for v in self.validators if type(v).__module__.startswith("rest_framework") or isinstance(v, URLValidator)
        ]
        for validator in self.validators:
            if isinstance(validator, URLValidator):
                validator.message, validator.schemes = eingabe.KEINE_ADRESSE, ["http", "https"]

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Length first, as of every text."""
        if isinstance(data, str) and data:
            data = _obey(eingabe.clean_kompakt, _obey(eingabe.check_laenge, data.strip(), self.max_length))
        return super().run_validation(data)


class KennungField(TextField):
    """PKZ, case number, code."""

    regel = staticmethod(eingabe.clean_kennung)
    laenge = 40


class TelefonField(TextField):
    """A telephone number that a phone can dial."""

    regel = staticmethod(eingabe.clean_telefon)
    laenge = 40


class NameField(TextField):
    """First or last name of a person."""

    regel = staticmethod(eingabe.clean_name)
    laenge = eingabe.NAME_MAX


class FreitextField(TextField):
    """Several lines."""

    regel = staticmethod(eingabe.clean_freitext)
    laenge = eingabe.FREITEXT_MAX


class GrundField(TextField):
    """Why: in words."""

    regel = staticmethod(eingabe.clean_grund)
    laenge = eingabe.GRUND_MAX


class DatumField(serializers.DateField):
    """A day of this system, or within narrower bounds."""

    def __init__(self, *, von: date = eingabe.TAG_AB, bis: date = eingabe.TAG_BIS, **kwargs: Any) -> None:
        self.von, self.bis = von, bis
        super().__init__(**_german(kwargs, invalid=eingabe.KEIN_DATUM_API, datetime=eingabe.KEIN_DATUM_API))

    def to_internal_value(self, value: Any) -> date:
        """ISO; digits of every script are digits."""
        if isinstance(value, str):
            value = _obey(eingabe.clean_ziffern, _obey(eingabe.check_laenge, value, eingabe.ZEILE_MAX))
        return _obey(eingabe.check_tag, super().to_internal_value(value), von=self.von, bis=self.bis)


class GeburtsdatumField(DatumField):
    """Not in the future, however far."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**(kwargs | {"bis": date.max}))

    def to_internal_value(self, value: Any) -> date:
        """Today is the last day."""
        return _obey(eingabe.check_geburtsdatum, super().to_internal_value(value), heute=today())


class ArbeitstagField(DatumField):
    """A day of the office's own work: service, payment."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"von": eingabe.ARBEITSTAG_AB} | kwargs))


class MonatField(serializers.Field):
    """A month as its first day: `2026-10`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_german(kwargs))

    def to_internal_value(self, value: Any) -> date:
        """The first day."""
        if not isinstance(value, str):
            raise serializers.ValidationError(eingabe.KEIN_MONAT)
        return _obey(eingabe.parse_monat, _obey(eingabe.check_laenge, value, eingabe.ZEILE_MAX))

    def to_representation(self, value: date) -> str:
        """As it was given."""
        return f"{value:%Y-%m}"


class _ZahlField(serializers.Field):
    """Both bounds are always given. What is a number in a text says the rule, never Python's own grammar."""

    meldung: ClassVar[str]
    regel: ClassVar[staticmethod[[str], Decimal | int]]

    def __init__(self, *args: Any, von: Decimal | int, bis: Decimal | int, **kwargs: Any) -> None:
        ausserhalb = eingabe.out_of_bounds(von, bis)
        grenze = {"min_value": ausserhalb, "max_value": ausserhalb, "max_string_length": self.meldung}
        super().__init__(*args, min_value=von, max_value=bis, **_german(kwargs, invalid=self.meldung, **grenze))

    def to_internal_value(self, data: Any) -> Any:
        """A number, or one in a text; true is none."""
        if isinstance(data, bool):
            self.fail("invalid")
        if isinstance(data, str):
            data = _obey(type(self).regel, _obey(eingabe.check_laenge, data, eingabe.ZEILE_MAX))
        return super().to_internal_value(data)


class GanzzahlField(_ZahlField, serializers.IntegerField):
    """A whole number."""

    meldung = eingabe.KEINE_GANZE_ZAHL
    regel = staticmethod(eingabe.parse_ganze_zahl)


MEHRDEUTIG = (
    "Drei Stellen nach dem Punkt könnten Tausender sein. Bitte senden Sie eine Zahl ohne Anführungszeichen oder weitere"
    " Stellen, zum Beispiel 54.0930."
)
_DREI_STELLEN = re.compile(r"[+-]?\d{1,3}\.\d{3}")


class DezimalField(_ZahlField, serializers.DecimalField):
    """A number; two decimals, unless it says otherwise."""

    meldung = eingabe.KEINE_ZAHL_API
    regel = staticmethod(eingabe.parse_zahl_api)

    def __init__(self, *, stellen: int = 2, **kwargs: Any) -> None:
        zu_lang = eingabe.KEINE_ZAHL_API
        texte = {"max_digits": zu_lang, "max_whole_digits": zu_lang}
        texte["max_decimal_places"] = eingabe.too_many_decimals(stellen)
        texte["mehrdeutig"] = MEHRDEUTIG
        kwargs["error_messages"] = texte | (kwargs.get("error_messages") or {})
        super().__init__(15, stellen, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """A text with three decimals may mean thousands: with two decimals it is refused anyway."""
        if isinstance(data, str) and _DREI_STELLEN.fullmatch(data.strip()):
            self.fail("mehrdeutig")
        return super().to_internal_value(data)


class ViertelField(DezimalField):
    """A number in quarters; the document names the step."""

    def to_internal_value(self, data: Any) -> Any:
        """After the bounds, the steps."""
        return _obey(eingabe.check_viertel, super().to_internal_value(data))


def _valid_choices(choices: Any) -> str:
    werte = [str(wert) for wert in serializers.ChoiceField(choices).choices]
    return f"Das ist keine gültige Auswahl. Möglich sind: {', '.join(werte)}."


class AuswahlField(serializers.ChoiceField):
    """One of several; the message names them."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices, **_german(kwargs, invalid_choice=_valid_choices(choices)))

    def to_internal_value(self, data: Any) -> Any:
        """A list or an object is no choice either."""
        if not isinstance(data, str | int | bool):
            self.fail("invalid_choice", input="")
        return super().to_internal_value(data)


class CodeField(serializers.SlugRelatedField):
    """A row of the catalogue by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_german(kwargs, does_not_exist=eingabe.KEIN_CODE, invalid=eingabe.KEIN_CODE))

    def to_internal_value(self, data: Any) -> Any:
        """A text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(_obey(eingabe.clean_kompakt, _obey(eingabe.check_laenge, data, 40)))


class JaNeinField(serializers.BooleanField):
    """True or false."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_german(kwargs, invalid="Bitte geben Sie true oder false an."))


class ListeField(serializers.ListField):
    """Some values; how many at most is always said."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        texte = {"not_a_list": eingabe.KEINE_LISTE, "max_length": f"Bitte geben Sie höchstens {max_length} Werte an."}
        texte["empty"] = "Bitte geben Sie mindestens einen Wert an."
        super().__init__(max_length=max_length, **_german(kwargs, **texte))

    def run_child_validation(self, data: Any) -> list[Any]:
        """How many they are is asked before any of them is looked at."""
        if len(data) > self.max_length:
            self.fail("max_length")
        return super().run_child_validation(data)


class WertField(serializers.Field):
    """One of the values of a `WerteField`, as it came; whoever knows its name reads it by a field of the forms."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"allow_null": True} | _german(kwargs)))

    def to_internal_value(self, data: Any) -> Any:
        """As it came."""
        return data

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value


class WerteField(serializers.DictField):
    """Values by name; what each of them may be, is for whoever knows the names."""

    child = WertField()

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        self.hoechstens = max_length
        super().__init__(**_german(kwargs, not_a_dict=eingabe.KEIN_OBJEKT))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """An object with a few names."""
        werte = super().to_internal_value(data)
        if len(werte) > self.hoechstens:
            raise serializers.ValidationError(f"Bitte geben Sie höchstens {self.hoechstens} Werte an.")
        return werte


class UuidField(serializers.UUIDField):
    """A key of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_german(kwargs, invalid=eingabe.KEINE_UUID))

    def to_internal_value(self, data: Any) -> Any:
        """A text."""
        if not isinstance(data, str):
            self.fail("invalid", value="")
        return super().to_internal_value(_obey(eingabe.clean_kompakt, _obey(eingabe.check_laenge, data, 40)))


class DateiField(serializers.FileField):
    """A file that a service looks at (`core.uploads`); what is wrong with it is said there."""

    def __init__(self, **kwargs: Any) -> None:
        keine = "Bitte senden Sie eine Datei, als multipart/form-data."
        leer = {"empty": "Die Datei ist leer.", "no_name": "Bitte geben Sie der Datei einen Namen."}
        super().__init__(**_german(kwargs, invalid=keine, required=keine, **leer))


class DateienField(ListeField):
    """Some files; each is judged by itself, an empty one, too."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(child=DateiField(allow_empty_file=True), max_length=max_length, allow_empty=False, **kwargs)


class Abfrage(serializers.Serializer):
    """Base of all queries: what is no object is said in German. Beside its fields an address has others, a page's."""

    default_error_messages = {"invalid": eingabe.KEIN_OBJEKT, "required": eingabe.PFLICHT, "null": eingabe.PFLICHT}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """A body that is null is no object; the library would say that in English."""
        if data is None and self.root is self:
            data = []
        return super().run_validation(data)


UNBEKANNT = "Dieses Feld gibt es hier nicht. Bitte prüfen Sie seinen Namen."
#: Unknown fields of one object that are named; whoever has more reads about these first.
GENANNTE_FEHLER = 10


class Eingabe(Abfrage):
    """Base of all bodies and their parts. A field with a wrong name would be left out, and the program told that what
    it meant with it is done."""

    #: What the answer has besides, and may be sent back with it.
    zurueck: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        """Every field has a meaning."""
        if isinstance(data, dict) and (fremd := [n for n in data if n not in self.fields and n not in self.zurueck]):
            raise serializers.ValidationError({str(name)[:60]: [UNBEKANNT] for name in fremd[:GENANNTE_FEHLER]})
        return super().to_internal_value(data)
