"""Forms of billing."""

from __future__ import annotations

from datetime import date

from django import forms

from shared_apps.core import felder
from shared_apps.core.eingabe import STUNDEN_IM_MONAT_MAX
from tenant_apps.billing.states import RechnungZustand


class RechnungFilterForm(forms.Form):
    """What the list is narrowed to (GET)."""

    zustand = felder.AuswahlField(
        label="Stand", required=False, choices=[("", "alle"), ("OFFEN", "offen"), *RechnungZustand.choices()]
    )
    monat = felder.MonatField(label="Monat", required=False)
    anbieter = felder.SuchtextField(label="Anbieter", required=False, max_length=100)

    def __init__(self, *args, mit_anbieter: bool = True, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not mit_anbieter:
            del self.fields["anbieter"]


class TageForm(forms.Form):
    """Days of a month. `zaehltage` can be chosen, all of them at first."""

    tage = felder.TypMehrfachField(
        label="Tage der Leistung", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    bemerkung = felder.FreitextField(
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

    stunden = felder.DezimalField(label="Geleistete Fachleistungsstunden", von=0, bis=STUNDEN_IM_MONAT_MAX)
    bemerkung = felder.FreitextField(
        label="Bemerkung",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Bitte keine Namen und keine Diagnosen.",
    )


class RechnungForm(forms.Form):
    """The provider's own number for the invoice."""

    nummer = felder.KennungField(
        label="Rechnungsnummer", max_length=40, help_text="Ihre eigene Nummer, jede nur einmal."
    )


class BeanstandungForm(forms.Form):
    """What has to be corrected."""

    grund = felder.GrundField(
        label="Was ist zu korrigieren?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Der Anbieter liest diesen Text.",
    )


class ZahlungForm(forms.Form):
    """The day the money left."""

    bezahlt_am = felder.ArbeitstagField(label="Bezahlt am")
