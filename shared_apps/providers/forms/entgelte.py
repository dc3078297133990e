"""Rates that are proposed and decided."""

from __future__ import annotations

from django import forms

from shared_apps.core import felder
from shared_apps.providers.models import Rechtsgrundlage
from shared_apps.providers.states import VorschlagZustand


class EntgeltForm(forms.Form):
    """A rate that is proposed, by its components."""

    grundleistung = felder.GeldField(label="Grundleistung (€)")
    investition = felder.GeldField(label="Investition (€)", required=False)
    sonderleistung = felder.GeldField(label="Sonderleistung (€)", required=False)
    ab = felder.DatumField(label="Gilt ab")
    vereinbart_am = felder.DatumField(
        label="Vereinbart am", help_text="Vor diesem Tag gilt kein Entgelt (§ 78d Abs. 2 SGB VIII)."
    )
    rechtsgrundlage = felder.AuswahlField(label="Rechtsgrundlage", choices=Rechtsgrundlage.choices)


class VorschlagFilter(forms.Form):
    """State of a proposed rate; what is not a choice is ignored."""

    zustand = felder.AuswahlField(label="Zustand", required=False, choices=[("", "alle"), *VorschlagZustand.choices()])

    def values(self) -> dict[str, str]:
        """What was asked for, without what is not a choice."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class AblehnungForm(forms.Form):
    """Why a proposed rate is not agreed to."""

    grund = felder.GrundField(label="Grund", widget=forms.Textarea, help_text="Der Anbieter liest ihn.", required=False)
