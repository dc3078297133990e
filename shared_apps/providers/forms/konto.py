"""The account of a provider."""

from __future__ import annotations

from django import forms

from shared_apps.core import felder


class KontoForm(forms.Form):
    """Another account."""

    inhaber = felder.BezeichnungField(label="Kontoinhaber", max_length=70, help_text="Wie bei der Bank")
    iban = felder.IbanField(label="IBAN", help_text="Zum Beispiel DE02 1203 0000 0000 2020 51")


class KontoAblehnungForm(forms.Form):
    """Why an account is not confirmed."""

    grund = felder.MarktgrundField(label="Grund", widget=forms.Textarea, required=False)
