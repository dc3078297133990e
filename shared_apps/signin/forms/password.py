"""Forms of sign-in and password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password

from shared_apps.accounts.models import User
from shared_apps.core import felder
from shared_apps.signin.passwords import normalise


class SignInForm(forms.Form):
    """Name and password."""

    username = felder.ZeileField(
        label="Benutzername",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Bitte geben Sie Ihren Benutzernamen ein."},
    )
    password = felder.GeheimnisField(
        label="Passwort",
        strip=False,
        max_length=300,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Bitte geben Sie Ihr Passwort ein."},
    )
    next = felder.VerstecktField(required=False)

    def clean_password(self) -> str:
        """The same password from every keyboard."""
        return normalise(self.cleaned_data["password"])


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    passwort_neu = felder.GeheimnisField(
        label="Neues Passwort",
        strip=False,
        max_length=300,
        help_text=f"Mindestens {settings.PASSWORD_MIN_LENGTH} Zeichen, gern viel mehr; Leerzeichen und Umlaute sind "
        "erlaubt. Ein Satz aus mehreren Wörtern ist gut zu merken und schwer zu erraten. "
        "Ziffern und Sonderzeichen müssen nicht sein.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    passwort_neu_2 = felder.GeheimnisField(
        label="Neues Passwort wiederholen",
        strip=False,
        max_length=300,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_passwort_neu(self) -> str:
        """The rules of the settings, in German."""
        value = normalise(self.cleaned_data["passwort_neu"])
        validate_password(value, self.user)
        return value

    def clean(self) -> dict[str, Any]:
        """Both new passwords are the same."""
        data = super().clean() or self.cleaned_data
        if data.get("passwort_neu") and data["passwort_neu"] != normalise(data.get("passwort_neu_2") or ""):
            self.add_error("passwort_neu_2", "Die beiden neuen Passwörter sind verschieden.")
        return data


class PasswordForm(NewPasswordForm):
    """The old password once, the new one twice."""

    passwort_alt = felder.GeheimnisField(
        label="Bisheriges Passwort",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    schluessel_behalten = felder.JaNeinField(
        label="Meine API-Schlüssel sollen weiter gelten",
        required=False,
        help_text="Ohne dieses Kreuz enden sie mit dem alten Passwort. Kreuzen Sie es nur an, wenn niemand Fremdes "
        "einen Schlüssel haben kann.",
    )
    field_order = ["passwort_alt", "passwort_neu", "passwort_neu_2", "schluessel_behalten"]

    def __init__(self, *args: Any, has_keys: bool = False, **kwargs: Any) -> None:
        """`has_keys`: whether there is a key that could go on working."""
        super().__init__(*args, **kwargs)
        if not has_keys:
            del self.fields["schluessel_behalten"]

    def clean_passwort_alt(self) -> str:
        """The same password from every keyboard."""
        return normalise(self.cleaned_data["passwort_alt"])
