"""Forms of controlling."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from shared_apps.core import felder
from tenant_apps.controlling.models import Haushaltsansatz


class HaushaltsansatzForm(forms.Form):
    """Budget of one year and one type of help."""

    betrag = felder.GeldField(label="Ansatz für das Jahr", help_text="zum Beispiel 1.250.000,00", max_length=30)
    produktkonto = felder.KennungField(label="Produktkonto", required=False, max_length=30)

    @classmethod
    def for_ansatz(cls, ansatz: Haushaltsansatz | None, data: QueryDict | None = None) -> HaushaltsansatzForm:
        """Form with what is there now."""
        initial = {"betrag": ansatz.betrag, "produktkonto": ansatz.produktkonto} if ansatz else {}
        return cls(data, initial=initial)
