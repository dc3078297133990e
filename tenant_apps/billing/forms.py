"""Forms of billing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from shared_apps.core import felder
from shared_apps.core.eingabe import STUNDEN_AM_TAG_MAX, STUNDEN_IM_MONAT_MAX
from shared_apps.core.gelesen import BearbeitenForm
from tenant_apps.billing.selectors.rechnungen import AUFFAELLIGKEITEN, NACH_ENDE, OFFEN
from tenant_apps.billing.states import RechnungZustand


class RechnungFilterForm(forms.Form):
    """What the list is narrowed to (GET)."""

    zustand = felder.AuswahlField(
        label="Stand", required=False, choices=[("", "alle"), (OFFEN, "offen"), *RechnungZustand.choices()]
    )
    auffaellig = felder.AuswahlField(
        label="Auffälligkeit", required=False, choices=[("", "alle"), *AUFFAELLIGKEITEN.items()]
    )
    monat = felder.MonatField(label="Monat", required=False)
    anbieter = felder.SuchtextField(label="Anbieter", required=False, max_length=100)

    def __init__(self, *args: Any, mit_anbieter: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not mit_anbieter:
            del self.fields["anbieter"]
            self.fields["auffaellig"].choices = [("", "alle"), (NACH_ENDE, AUFFAELLIGKEITEN[NACH_ENDE])]


class TageForm(BearbeitenForm):
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

    def __init__(self, *args: Any, zaehltage: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tage"].choices = [(tag.day, str(tag.day)) for tag in zaehltage]
        self.fields["tage"].error_messages["invalid_choice"] = "Der Tag %(value)s. kann nicht abgerechnet werden."

    @property
    def angaben(self) -> dict[str, Any]:
        """As the service takes them."""
        return {name: self.cleaned_data[name] for name in ("tage", "bemerkung")}


class StundenForm(BearbeitenForm):
    """Hours of a month: the total, or the hours of each day (fields `tag_1` … `tag_31`), which then add up to it."""

    stunden = felder.DezimalField(
        label="Geleistete Fachleistungsstunden", von=0, bis=STUNDEN_IM_MONAT_MAX, required=False
    )
    bemerkung = felder.FreitextField(
        label="Bemerkung",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Bitte keine Namen und keine Diagnosen.",
    )

    def __init__(self, *args: Any, zaehltage: list[date], je_tag: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.je_tag = je_tag
        self.fields["stunden"].help_text = (
            "Wird aus den Tagen berechnet." if je_tag else "Summe des Monats. Oder geben Sie die Stunden je Tag an."
        )
        self.tage = {f"tag_{tag.day}": tag for tag in zaehltage}
        for name, tag in self.tage.items():
            self.fields[name] = felder.DezimalField(
                label=f"{tag:%d.%m.%Y}", von=0, bis=STUNDEN_AM_TAG_MAX, required=False
            )
        self.mark_shown()

    @property
    def angaben(self) -> dict[str, Any]:
        """As the service takes them: `tage` and `tagesstunden` in the same order."""
        je_tag = {tag.day: self.cleaned_data[name] for name, tag in self.tage.items() if self.cleaned_data[name]}
        angaben = {name: self.cleaned_data[name] for name in ("stunden", "bemerkung")}
        return angaben | {"tage": list(je_tag), "tagesstunden": list(je_tag.values())}


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
