"""Forms of the steps around the password: passkey, forgotten password, consent."""

from __future__ import annotations

from django import forms

from shared_apps.core import felder


class PasskeyForm(forms.Form):
    """What the browser has made of a challenge; filled by `passkey.js`."""

    credential = felder.VerstecktField(max_length=20_000)
    next = felder.VerstecktField(required=False)


class ForgottenPasswordForm(forms.Form):
    """User name or address."""

    kennung = felder.ZeileField(
        label="Benutzername oder E-Mail-Adresse",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Bitte geben Sie Ihren Benutzernamen oder Ihre E-Mail-Adresse ein."},
    )


class ConsentForm(forms.Form):
    """Agreement to the version of the data-protection rules that was on the page."""

    zustimmung = felder.JaNeinField(
        label="Ich stimme den Datenschutzregeln zu.",
        error_messages={
            "required": "Bitte stimmen Sie den Datenschutzregeln zu: Setzen Sie das Kreuz. Ohne Zustimmung können Sie "
            "mit SoJuS nicht arbeiten."
        },
    )
    fassung = felder.VerstecktField(max_length=20)
    next = felder.VerstecktField(required=False)
