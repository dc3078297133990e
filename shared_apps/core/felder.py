"""The fields of every form: one set, over the rules of `eingabe` (ADR 0031). Django's own are not used (ruff says so).

Which one: a person's name `NameField`; what a thing is called `BezeichnungField`; a number or sign to find something by
`KennungField`; a search word `SuchtextField`; several lines `FreitextField`; why something is done `GrundField`, at the
market `MarktgrundField` and beside it a note `MarktnotizField`: they say that no child is named there. What was typed
stays in the form as it was typed; what the form hands on is cleaned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.validators import DecimalValidator, MaxLengthValidator, ProhibitNullCharactersValidator, URLValidator

from shared_apps.core import eingabe
from shared_apps.core.clock import today
from shared_apps.core.eingabe import EingabeFehler
from shared_apps.core.geld import GeldError, format_zahl, parse_geld

#: What a choice says while nothing is chosen: one is asked for; none is an answer, too.
BITTE_WAEHLEN, OHNE_ANGABE = "Bitte wählen", "ohne Angabe"
#: What is typed at the market speaks of organisations, and is read by many.
OHNE_NAMEN = "Keine Namen von Kindern oder Familien"
#: A box is not filled in.
HAEKCHEN = "Bitte setzen Sie hier ein Häkchen, wenn das stimmt."


def _german(kwargs: dict[str, Any], **texte: str) -> None:
    """Messages of the set; a field may have better ones of its own."""
    kwargs["error_messages"] = {"required": eingabe.PFLICHT} | texte | (kwargs.get("error_messages") or {})


def bedingt(feld: forms.Field, wann: str) -> forms.Field:
    """A field that only some answers make necessary: its label says which, instead of calling it optional.

    `wann` is German and is shown in brackets behind the label; the rule itself stays with the form or the service.
    """
    feld.wann = wann  # type: ignore[attr-defined]  # a mark on a field
    return feld


def _obey(regel: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return regel(*args, **kwargs)
    except EingabeFehler as fehler:
        raise forms.ValidationError(fehler.message, code=fehler.code) from fehler


class TextField(forms.CharField):
    """Base of all texts: a rule, and a length that is always bounded. `code` of a form's own message wins."""

    regel: ClassVar[staticmethod[[str], str]] = staticmethod(eingabe.clean_zeile)
    laenge: ClassVar[int] = eingabe.ZEILE_MAX

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        _german(kwargs, null_characters_not_allowed=eingabe.KEINE_SCHRIFT)
        super().__init__(max_length=max_length or self.laenge, **kwargs)
        self.validators = [
            v for v in self.validators if not isinstance(v, MaxLengthValidator | ProhibitNullCharactersValidator)
        ]

    def to_python(self, value: object) -> str | None:
        """Length first (a rule looks at every sign), then the rule, then the length of what it made."""
        text = super().to_python(value)
        if text in self.empty_values:
            return self.empty_value
        _obey(eingabe.check_laenge, text, self.max_length)
        return _obey(eingabe.check_laenge, _obey(type(self).regel, text), self.max_length) or self.empty_value


class ZeileField(TextField):
    """One line of any text."""


class SuchtextField(TextField):
    """What is looked for."""

    regel = staticmethod(eingabe.clean_suchtext)
    laenge = eingabe.NAME_MAX


class BezeichnungField(TextField):
    """What a thing or an organisation is called."""

    regel = staticmethod(eingabe.clean_bezeichnung)
    laenge = 200


class NameField(TextField):
    """First or last name of a person."""

    regel = staticmethod(eingabe.clean_name)
    laenge = eingabe.NAME_MAX


class KennungField(TextField):
    """PKZ, case number, invoice number, ticket, code."""

    regel = staticmethod(eingabe.clean_kennung)
    laenge = 40


class MusterField(KennungField):
    """An identifier of a fixed form; `error_messages["invalid"]` says which."""

    def __init__(self, muster: str, *, error_messages: dict[str, str], **kwargs: Any) -> None:
        self.muster = re.compile(muster)
        super().__init__(error_messages=error_messages, **kwargs)

    def to_python(self, value: object) -> str | None:
        """The form is asked after the spelling is one."""
        text = super().to_python(value)
        if text and not self.muster.fullmatch(text):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return text


class PlzField(MusterField):
    """A postcode, five figures, as it is typed on a phone."""

    def __init__(self, **kwargs: Any) -> None:
        falsch = {"invalid": eingabe.KEINE_PLZ}
        super().__init__(r"[0-9]{5}", error_messages=falsch, **({"max_length": 5} | kwargs))
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "postal-code"}


class IbanField(TextField):
    """A bank account; spaces do not matter."""

    regel = staticmethod(eingabe.clean_iban)
    laenge = 42  # 34 signs in groups of four

    def prepare_value(self, value: object) -> object:
        return eingabe.format_iban(value) if isinstance(value, str) and " " not in value else value


class TelefonField(TextField):
    """A telephone number that a phone can dial."""

    regel = staticmethod(eingabe.clean_telefon)
    laenge = 40

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"type": "tel", "autocomplete": "tel"}


class FreitextField(TextField):
    """Several lines."""

    widget = forms.Textarea
    regel = staticmethod(eingabe.clean_freitext)
    laenge = eingabe.FREITEXT_MAX


class TextdateiField(forms.FileField):
    """A file that is text in UTF-8; hands on the text."""

    #: Bytes.
    groesse: ClassVar[int] = 500_000

    def __init__(self, **kwargs: Any) -> None:
        _german(
            kwargs,
            empty="Die Datei ist leer.",
            gross="Die Datei ist zu groß (mehr als 500 kB).",
            text="Die Datei ist kein UTF-8-Text. Bitte speichern Sie sie als „CSV UTF-8“.",
        )
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> str | None:  # type: ignore[override]  # Django hands on the file; we its text
        """None without a file."""
        datei = super().to_python(data)
        if datei is None:
            return None
        if datei.size > self.groesse:
            raise forms.ValidationError(self.error_messages["gross"], code="gross")
        datei.seek(0)
        try:
            return datei.read().decode("utf-8-sig")
        except UnicodeDecodeError as fehler:
            raise forms.ValidationError(self.error_messages["text"], code="text") from fehler


class DateiField(forms.FileField):
    """A file that a service looks at (`core.uploads`); what is wrong with it is said there."""

    #: For what the chooser offers; what the file really is, nobody believes before it was looked at.
    annahme = "application/pdf"

    def __init__(self, **kwargs: Any) -> None:
        keine = "Bitte wählen Sie eine Datei aus."
        _german(kwargs, required=keine, invalid=keine, missing=keine, empty="Die Datei ist leer.")
        super().__init__(**kwargs)
        self.widget = forms.FileInput(attrs={"accept": self.annahme})


class _MehrereDateien(forms.FileInput):
    allow_multiple_selected = True


class BilderField(DateiField):
    """Some pictures at once, on a phone also from its camera. Hands on a list: each is judged by itself."""

    # Asked for JPEG, an iPhone hands in its HEIC as one.
    annahme = "image/jpeg,image/png,image/webp"

    def __init__(self, *, hoechstens: int, **kwargs: Any) -> None:
        self.hoechstens = hoechstens
        super().__init__(**kwargs)
        self.widget = _MehrereDateien(attrs={"accept": self.annahme})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The chosen files; an empty one is one of them."""
        dateien = [datei for datei in (data if isinstance(data, list | tuple) else [data]) if datei]
        if not dateien and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(dateien) > self.hoechstens:
            zu_viele = f"Das sind {len(dateien)} Bilder. Bitte wählen Sie höchstens {self.hoechstens} auf einmal aus."
            raise forms.ValidationError(zu_viele, code="zu_viele")
        return dateien


class InhaltField(DateiField):
    """A file that is read and not kept: hands on its name and its bytes, at most `groesse` of them."""

    def __init__(self, *, groesse: int, annahme: str, **kwargs: Any) -> None:
        self.groesse, self.annahme = groesse, annahme
        kwargs["error_messages"] = {"gross": "Die Datei ist zu groß."} | (kwargs.get("error_messages") or {})
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> tuple[str, bytes] | None:
        """None without a file."""
        datei = super().clean(data, initial)
        if not datei:
            return None
        if datei.size > self.groesse:
            raise forms.ValidationError(self.error_messages["gross"], code="gross")
        datei.seek(0)
        return _obey(eingabe.clean_zeile, datei.name or ""), datei.read()


class GrundField(TextField):
    """Why: in words. One line or several, as the widget says."""

    regel = staticmethod(eingabe.clean_grund)
    laenge = eingabe.GRUND_MAX


class _OhneNamen(forms.Field):
    """Says beneath the field who is not named in it."""

    def __init__(self, *, help_text: str = "", **kwargs: Any) -> None:
        worte = f"{help_text}. {OHNE_NAMEN}" if help_text else OHNE_NAMEN
        super().__init__(help_text=worte, **kwargs)


class MarktgrundField(_OhneNamen, GrundField):
    """Why something of the market is proposed, declined or allowed: in words that name nobody."""


class MarktnotizField(_OhneNamen, BezeichnungField):
    """A note on something of the market, in one line that names nobody."""


class MailField(TextField):
    """A mail address."""

    widget = forms.EmailInput
    regel = staticmethod(eingabe.clean_mail)
    laenge = eingabe.MAIL_MAX


class BenutzernameField(TextField):
    """A user name that is given now. Where one is asked for (sign-in, filters): `KennungField`."""

    regel = staticmethod(eingabe.clean_benutzername)
    laenge = 150


class GeheimnisField(TextField):
    """A password or key: exactly as typed, never shown again."""

    widget = forms.PasswordInput
    regel = staticmethod(eingabe.clean_geheimnis)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"strip": False} | kwargs))


class VerstecktField(TextField):
    """A value no person types: where to go back to, what a browser's key has signed."""

    widget = forms.HiddenInput
    regel = staticmethod(eingabe.clean_unsichtbar)
    laenge = 2_000


class AdresseField(forms.URLField):
    """A web address."""

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        _german(kwargs, invalid=eingabe.KEINE_ADRESSE)
        super().__init__(max_length=max_length or eingabe.ADRESSE_MAX, **({"assume_scheme": "https"} | kwargs))
        self.validators = [
            v for v in self.validators if not isinstance(v, MaxLengthValidator | ProhibitNullCharactersValidator)
        ]
        for validator in self.validators:
            if isinstance(validator, URLValidator):
                validator.message = self.error_messages["invalid"]

    def to_python(self, value: object) -> str | None:
        """http and https only."""
        text = _obey(eingabe.clean_kompakt, _obey(eingabe.check_laenge, str(value or ""), self.max_length))
        adresse = super().to_python(text)
        if adresse and not adresse.startswith(("http://", "https://")):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return adresse


class DatumField(forms.DateField):
    """A day of this system, or within narrower bounds."""

    def __init__(self, *, von: date = eingabe.TAG_AB, bis: date = eingabe.TAG_BIS, **kwargs: Any) -> None:
        self.von, self.bis = von, bis
        _german(kwargs, invalid=eingabe.KEIN_DATUM)
        super().__init__(**kwargs)

    def to_python(self, value: str | date | None) -> date | None:
        """Digits of every script are digits."""
        if isinstance(value, str):
            value = _obey(eingabe.clean_ziffern, _obey(eingabe.check_laenge, value, eingabe.ZEILE_MAX))
        tag = super().to_python(value)
        return None if tag is None else _obey(eingabe.check_tag, tag, von=self.von, bis=self.bis)


class GeburtsdatumField(DatumField):
    """Not in the future, however far."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**(kwargs | {"bis": date.max}))

    def to_python(self, value: str | date | None) -> date | None:
        """Today is the last day."""
        tag = super().to_python(value)
        return None if tag is None else _obey(eingabe.check_geburtsdatum, tag, heute=today())


class ArbeitstagField(DatumField):
    """A day of the office's own work: trail, service, payment. Nothing of it is older than the law."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"von": eingabe.ARBEITSTAG_AB} | kwargs))


class MonatInput(forms.TextInput):
    """The browser's month picker; where there is none, JJJJ-MM is typed."""

    input_type = "month"

    def format_value(self, value: date | str | None) -> str:
        return f"{value:%Y-%m}" if isinstance(value, date) else value or ""


class MonatField(forms.Field):
    """A month as its first day."""

    widget = MonatInput

    def __init__(self, **kwargs: Any) -> None:
        _german(kwargs)
        super().__init__(**kwargs)

    def to_python(self, value: object) -> date | None:
        """`2026-10`."""
        if isinstance(value, date):
            return value
        if value in self.empty_values:
            return None
        return _obey(eingabe.parse_monat, _obey(eingabe.check_laenge, str(value), eingabe.ZEILE_MAX))


class _ZahlField(forms.Field):
    """Both bounds are always given. What is a number at all says the rule, never Python's own grammar."""

    meldung: ClassVar[str]
    regel: ClassVar[staticmethod[[str], Decimal | int]]

    def __init__(self, *, von: Decimal | int, bis: Decimal | int, **kwargs: Any) -> None:
        self.von, self.bis = von, bis
        _german(kwargs, invalid=self.meldung)
        super().__init__(**kwargs)
        self.widget.attrs |= {"min": von, "max": bis} if isinstance(self.widget, forms.NumberInput) else {}

    def to_python(self, value: object) -> Any:
        """The number; then the bounds."""
        if isinstance(value, str):
            value = self._read(_obey(eingabe.check_laenge, value, eingabe.ZEILE_MAX))
        zahl = super().to_python(value)
        if zahl is None:
            return None
        return _obey(eingabe.check_grenzen, zahl, von=self.von, bis=self.bis)

    def _read(self, text: str) -> Decimal | int | None:
        if not _obey(eingabe.clean_kompakt, text):
            return None
        try:
            return type(self).regel(text)
        except EingabeFehler as fehler:
            own = self.error_messages["invalid"] if fehler.code == "keine_zahl" else fehler.message
            raise forms.ValidationError(own, code=fehler.code) from fehler


class GanzzahlField(_ZahlField, forms.IntegerField):
    """A whole number."""

    meldung = eingabe.KEINE_GANZE_ZAHL
    regel = staticmethod(eingabe.parse_ganze_zahl)


class ZahlenWidget(forms.MultiWidget):
    """An input for each of several whole numbers; `namen` are their labels (components/field.html)."""

    def __init__(self, namen: Sequence[str], *, von: int, bis: int) -> None:
        self.namen = tuple(namen)
        super().__init__([forms.NumberInput(attrs={"min": von, "max": bis}) for _ in self.namen])

    def decompress(self, value: Any) -> list[Any]:
        """One for each input."""
        return list(value) if isinstance(value, list) else [None] * len(self.namen)


class ZahlenField(forms.Field):
    """A whole number for each name, as a list; also typed as one line with commas between them."""

    def __init__(self, *, namen: Sequence[str], von: int, bis: int, **kwargs: Any) -> None:
        _german(kwargs)
        self.namen, self.von = tuple(namen), von
        self.teile = [GanzzahlField(von=von, bis=bis) for _ in self.namen]
        super().__init__(widget=ZahlenWidget(self.namen, von=von, bis=bis), **kwargs)

    def clean(self, value: Any) -> Any:
        """A list of numbers; what is wrong with one of them is said with its name."""
        if isinstance(value, str):
            value = _obey(eingabe.check_laenge, value, eingabe.ZEILE_MAX).replace(";", ",").split(",")
        if not isinstance(value, list) or len(value) != len(self.namen):
            raise forms.ValidationError(f"Bitte geben Sie {len(self.namen)} ganze Zahlen ein.")
        zahlen, fehler = [], []
        for name, feld, teil in zip(self.namen, self.teile, value, strict=True):
            try:
                zahlen.append(self._clean_teil(feld, teil))
            except forms.ValidationError as error:
                fehler += [f"{name}: {text}" for text in error.messages]
        if fehler:
            raise forms.ValidationError(fehler)
        return super().clean(zahlen)

    def _clean_teil(self, feld: GanzzahlField, teil: Any) -> int:
        if self.von >= 0 and str(teil).strip().startswith("-"):  # minus nought is none of them, either
            raise forms.ValidationError(feld.error_messages["invalid"])
        return feld.clean(teil)


class DezimalField(_ZahlField, forms.DecimalField):
    """A number with a comma; two decimals."""

    meldung = eingabe.KEINE_ZAHL
    regel = staticmethod(eingabe.parse_zahl)

    def __init__(self, **kwargs: Any) -> None:
        stellen = {"decimal_places": 2, "max_digits": 15, "localize": True}
        nachkomma = kwargs.get("decimal_places", 2)
        texte = {"max_decimal_places": eingabe.too_many_decimals(nachkomma)}
        kwargs["error_messages"] = texte | (kwargs.get("error_messages") or {})
        super().__init__(**(stellen | kwargs))
        for validator in self.validators:
            if isinstance(validator, DecimalValidator):
                validator.messages = dict.fromkeys(validator.messages, eingabe.KEINE_ZAHL) | {
                    "max_decimal_places": texte["max_decimal_places"]
                }


class ViertelField(DezimalField):
    """A number in quarters."""

    def to_python(self, value: object) -> Any:
        """After the bounds, the steps."""
        zahl = super().to_python(value)
        return None if zahl is None else _obey(eingabe.check_viertel, zahl)


class GeldField(TextField):
    """An amount in euro in German notation, or one within bounds."""

    laenge = 30
    regel = staticmethod(eingabe.clean_zahl)

    def __init__(self, *, von: Decimal = -eingabe.BETRAG_MAX, bis: Decimal = eingabe.BETRAG_MAX, **kwargs: Any) -> None:
        self.von, self.bis = von, bis
        super().__init__(**kwargs)

    def prepare_value(self, value: object) -> object:
        return format_zahl(value, 2) if isinstance(value, Decimal) else value

    def clean(self, value: object) -> Decimal | None:
        """The amount; None for an empty field that may be empty."""
        text = super().clean(value)
        if not text:
            return None
        try:
            betrag = parse_geld(text)
        except GeldError as error:
            raise forms.ValidationError(str(error)) from error
        betrag = _obey(eingabe.check_betrag, betrag)
        return _obey(eingabe.check_grenzen, betrag, von=self.von, bis=self.bis)


class _WahlField:
    """The message does not repeat what was sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _german(kwargs, **dict.fromkeys(("invalid_choice", "invalid_list", "invalid_pk_value"), eingabe.KEINE_WAHL))
        super().__init__(*args, **kwargs)


class AuswahlField(_WahlField, forms.ChoiceField):
    """One of several."""


class TypAuswahlField(_WahlField, forms.TypedChoiceField):
    """One of several, as a number."""


class MehrfachField(_WahlField, forms.MultipleChoiceField):
    """Some of several."""


class TypMehrfachField(_WahlField, forms.TypedMultipleChoiceField):
    """Some of several, as numbers."""


class _ObjektWahlField(_WahlField, forms.Field):
    """Nor does it speak of keys to people, who choose from a list."""

    def clean(self, value: Any) -> Any:
        """The chosen rows."""
        try:
            return super().clean(value)
        except forms.ValidationError as error:
            if error.code != "invalid":  # a key that cannot be one, said by the column's own field
                raise
            raise forms.ValidationError(eingabe.KEINE_WAHL, code="invalid_choice") from error


class ObjektField(_ObjektWahlField, forms.ModelChoiceField):
    """One row of a table."""


class ObjekteField(_ObjektWahlField, forms.ModelMultipleChoiceField):
    """Some rows of a table."""


class JaNeinField(forms.BooleanField):
    """A box to tick."""

    def __init__(self, **kwargs: Any) -> None:
        _german(kwargs, required=HAEKCHEN)
        super().__init__(**kwargs)


class UuidField(forms.UUIDField):
    """A key of a row."""

    def __init__(self, **kwargs: Any) -> None:
        _german(kwargs, invalid=eingabe.KEINE_UUID)
        super().__init__(**kwargs)

    def to_python(self, value: object) -> UUID | None:  # type: ignore[override]  # as Django's own, on top of a text
        """In plain digits."""
        if isinstance(value, str):
            value = _obey(eingabe.clean_kompakt, _obey(eingabe.check_laenge, value, eingabe.ZEILE_MAX))
        return super().to_python(value)
