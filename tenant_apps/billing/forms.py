"""Forms of billing."""

from __future__ import annotations

from datetime import date

from django import forms

from tenant_apps.billing.states import RechnungZustand


class MonthInput(forms.TextInput):
    """The browser's month picker; where there is none, JJJJ-MM is typed."""

    input_type = "month"

    def format_value(self, value: date | str | None) -> str:
        return f"{value:%Y-%m}" if isinstance(value, date) else value or ""


class RechnungFilterForm(forms.Form):
    """What the list is narrowed to (GET)."""

    zustand = forms.ChoiceField(
        label="Stand", required=False, choices=[("", "alle"), ("OFFEN", "offen"), *RechnungZustand.choices()]
    )
    monat = forms.DateField(label="Monat", required=False, input_formats=["%Y-%m"], widget=MonthInput())
    anbieter = forms.CharField(label="Anbieter", required=False, max_length=100)

    def __init__(self, *args, mit_anbieter: bool = True, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not mit_anbieter:
            del self.fields["anbieter"]


class TageForm(forms.Form):
    """Days of a month. `zaehltage` can be chosen, all of them at first."""

    tage = forms.TypedMultipleChoiceField(
        label="Tage der Leistung", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    bemerkung = forms.CharField(
        label="Bemerkung",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Bitte keine Namen und keine Diagnosen.",
    )

    def __init__(self, *args, zaehltage: list[date], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tage"].choices = [(tag.day, str(tag.day)) for tag in zaehltage]
        self.fields["tage"].error_messages["invalid_choice"] = "Der Tag %(value)s. kann nicht abgerechnet werden."


class StundenForm(forms.Form):
    """Hours of a month."""

    stunden = forms.DecimalField(
        label="Geleistete Fachleistungsstunden", max_digits=7, decimal_places=2, min_value=0, localize=True
    )
    bemerkung = forms.CharField(
        label="Bemerkung",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Bitte keine Namen und keine Diagnosen.",
    )


class RechnungForm(forms.Form):
    """The provider's own number for the invoice."""

    nummer = forms.CharField(label="Rechnungsnummer", max_length=40, help_text="Ihre eigene Nummer, jede nur einmal.")


class BeanstandungForm(forms.Form):
    """What has to be corrected."""

    grund = forms.CharField(
        label="Was ist zu korrigieren?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Der Anbieter liest diesen Text.",
    )


class ZahlungForm(forms.Form):
    """The day the money left."""

    bezahlt_am = forms.DateField(label="Bezahlt am")
