"""Forms of the Fallmanager. They keep what was typed; the services decide."""

from __future__ import annotations

from django import forms

from shared_apps.catalogue.models import Hilfeart
from tenant_apps.placements.enums import Ablehnungsgrund, Beendigungsgrund
from tenant_apps.placements.selectors.faelle import STAND_FILTER

_WAHL = ("", "Bitte auswählen")


class FaelleFilterForm(forms.Form):
    """What the list is narrowed to."""

    q = forms.CharField(label="Fallnummer oder Pseudonym", required=False, max_length=40)
    zustand = forms.ChoiceField(label="Stand", required=False, choices=[("", "alle"), *STAND_FILTER.items()])
    hilfeart = forms.ChoiceField(label="Hilfeart", required=False)
    fachkraft = forms.ChoiceField(
        label="Fachkraft", required=False, choices=[("", "alle"), ("meine", "nur meine Fälle")]
    )
    von = forms.DateField(label="Hilfe vom", required=False)
    bis = forms.DateField(label="Hilfe bis", required=False)

    def __init__(self, *args, mit_fachkraft: bool = True, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        arten = Hilfeart.objects.values_list("code", "paragraf", "name")
        self.fields["hilfeart"].choices = [("", "alle"), *((c, f"{p} {n}") for c, p, n in arten)]
        if not mit_fachkraft:
            del self.fields["fachkraft"]

    def clean(self) -> dict:
        data = super().clean()
        if data.get("von") and data.get("bis") and data["bis"] < data["von"]:
            self.add_error("bis", "Das Ende liegt vor dem Beginn.")
        return data


class AblehnungForm(forms.Form):
    """Why the provider declines."""

    grund = forms.ChoiceField(label="Grund", choices=[_WAHL, *Ablehnungsgrund.choices])
    text = forms.CharField(
        label="Erläuterung",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Bitte keine Namen und keine Angaben zu Personen.",
    )


class BeginnForm(forms.Form):
    """The day the young person came."""

    beginn = forms.DateField(label="Tag der Aufnahme")


class BeendigungForm(forms.Form):
    """Last day and reason, coded as in the official statistics."""

    letzter_tag = forms.DateField(
        label="Letzter Tag der Hilfe", help_text="Ab dem folgenden Tag ist der Platz wieder frei."
    )
    grund = forms.ChoiceField(label="Grund", choices=[_WAHL, *Beendigungsgrund.choices])
    text = forms.CharField(
        label="Erläuterung", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class StornoForm(forms.Form):
    """Why a booking that has not begun is cancelled."""

    text = forms.CharField(label="Grund der Stornierung", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
