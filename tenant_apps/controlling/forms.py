"""Forms of controlling."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from shared_apps.core.geld import GeldError, format_zahl, parse_geld
from tenant_apps.controlling.models import Haushaltsansatz


class GeldField(forms.CharField):
    """An amount in German notation."""

    def prepare_value(self, value: object) -> object:
        return format_zahl(value, 2) if isinstance(value, Decimal) else value

    def clean(self, value: object) -> Decimal:
        text = super().clean(value)
        try:
            return parse_geld(text)
        except GeldError as error:
            raise forms.ValidationError(str(error)) from error


class HaushaltsansatzForm(forms.Form):
    """Budget of one year and one type of help."""

    betrag = GeldField(label="Ansatz für das Jahr", help_text="zum Beispiel 1.250.000,00", max_length=30)
    produktkonto = forms.CharField(label="Produktkonto", required=False, max_length=30)

    @classmethod
    def for_ansatz(cls, ansatz: Haushaltsansatz | None, data: object = None) -> HaushaltsansatzForm:
        """Form with what stands there now."""
        initial = {"betrag": ansatz.betrag, "produktkonto": ansatz.produktkonto} if ansatz else {}
        return cls(data, initial=initial)
