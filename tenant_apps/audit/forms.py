"""Ask for a look into the trail, decide, filter."""

from __future__ import annotations

from django import forms

from tenant_apps.audit.enums import Aktion


class AntragForm(forms.Form):
    """Why, about whom, which days, for how long."""

    grund = forms.CharField(label="Grund", max_length=500, help_text="Zum Beispiel: Beschwerde vom 3. März, Az. 12/26")
    objekt = forms.CharField(
        label="Fallnummer oder Kennung", required=False, max_length=40,
        help_text="Nur die Einträge zu diesem Fall oder dieser Person. Leer: alle.",
    )  # fmt: skip
    betrifft_von = forms.DateField(label="Einträge vom", required=False)
    betrifft_bis = forms.DateField(label="Einträge bis", required=False)
    stunden = forms.IntegerField(label="Dauer der Einsicht in Stunden", initial=2, min_value=1, max_value=4)


class EntscheidungForm(forms.Form):
    """A remark; needed to decline."""

    bemerkung = forms.CharField(label="Bemerkung", required=False, max_length=500)


class ProtokollFilter(forms.Form):
    """Who, what, when."""

    was = forms.ChoiceField(
        label="Liste", required=False, choices=[("", "Zugriffe"), ("aenderungen", "Geänderte Zeilen")]
    )
    wer = forms.CharField(label="Benutzername", required=False, max_length=150)
    aktion = forms.ChoiceField(label="Aktion", required=False, choices=[("", "alle"), *Aktion.choices])
    objekt = forms.CharField(label="Fallnummer oder Kennung", required=False, max_length=40)
    von = forms.DateField(label="von", required=False)
    bis = forms.DateField(label="bis", required=False)
