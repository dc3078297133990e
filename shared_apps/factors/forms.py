"""Forms of the second factor, and of the rules who needs one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from shared_apps.accounts.enums import Rolle, Verfahren
from shared_apps.accounts.models import Anmelderegel
from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.factors.services.anmelderegeln import FRIST_MAX
from shared_apps.signin.door import normalise

_CODE = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "autocapitalize": "none",
    "spellcheck": "false",
}


class SecondFactorForm(forms.Form):
    """A code of the app, or one of the recovery codes."""

    code = felder.KennungField(
        label="Code",
        max_length=40,
        help_text="Sechs Ziffern aus der App auf Ihrem Telefon, oder einer Ihrer Wiederherstellungscodes.",
        widget=forms.TextInput(attrs=_CODE),
        error_messages={"required": "Bitte geben Sie den Code ein."},
    )
    next = felder.VerstecktField(required=False)


class NewPasskeyForm(forms.Form):
    """Name and public half of a new passkey."""

    name = felder.BezeichnungField(
        label="Name",
        max_length=60,
        help_text="Zum Beispiel „Dienst-Laptop“ oder „Schlüssel am Bund“.",
        error_messages={"required": "Bitte geben Sie dem Passkey einen Namen."},
    )
    credential = felder.VerstecktField(required=False, max_length=20_000)


class PasskeyNameForm(forms.Form):
    """Another name."""

    name = felder.BezeichnungField(label="Name", max_length=60)


class NewTotpForm(forms.Form):
    """The first code the app shows."""

    code = felder.KennungField(
        label="Code aus der App",
        max_length=12,
        help_text="Sechs Ziffern. So sehen wir, dass die App richtig eingerichtet ist.",
        widget=forms.TextInput(attrs=_CODE),
        error_messages={"required": "Bitte geben Sie den Code ein, den die App zeigt."},
    )


class ConfirmForm(forms.Form):
    """Password or code, before something about the account's security changes."""

    password = felder.GeheimnisField(
        label="Passwort",
        required=False,
        strip=False,
        max_length=300,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = felder.KennungField(
        label="oder Code aus der App",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs=_CODE),
    )
    next = felder.VerstecktField(required=False)

    def __init__(self, *args: Any, has_password: bool, has_codes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["password"]
            self.fields["code"].label = "Code aus der App"
        if not has_codes:
            del self.fields["code"]

    def clean_password(self) -> str:
        """The same password from every keyboard."""
        return normalise(self.cleaned_data["password"])

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or self.cleaned_data
        if not data.get("password") and not data.get("code"):
            both = {"password", "code"} <= set(self.fields)
            self.add_error(None, f"Bitte geben Sie Ihr Passwort{' oder einen Code' if both else ''} ein.")
        return data


#: Short, for a column.
VERFAHREN = [
    (Verfahren.VORGABE, "wie vorgegeben"),
    (Verfahren.PFLICHT, "Pflicht"),
    (Verfahren.FREIWILLIG, "freiwillig"),
]


class AnmelderegelForm(BearbeitenForm):
    """The rule of one role."""

    verfahren = felder.AuswahlField(label="Zweiter Faktor", choices=VERFAHREN)
    frist_tage = felder.GanzzahlField(
        label="Frist in Tagen",
        von=0,
        bis=FRIST_MAX,
        required=False,
        error_messages={"invalid": f"Bitte geben Sie eine ganze Zahl von 0 bis {FRIST_MAX} ein."},
    )

    def __init__(
        self, data: Mapping[str, Any] | None, *, rolle: Rolle, regel: Anmelderegel | None, may_lower: bool
    ) -> None:
        self.rolle = rolle
        self.regel = regel
        initial: dict[str, Any] = {"verfahren": Verfahren.VORGABE, "frist_tage": 0}
        if regel:
            initial = {"verfahren": regel.verfahren, "frist_tage": regel.frist_tage}
        super().__init__(data, prefix=rolle.value.lower(), initial=initial)
        for name in ("verfahren", "frist_tage"):  # there is a column of them
            self.fields[name].label = f"{self.fields[name].label}: {rolle.label}"
        if not may_lower and not (regel and regel.verfahren == Verfahren.FREIWILLIG):
            self.fields["verfahren"].choices = VERFAHREN[:2]
