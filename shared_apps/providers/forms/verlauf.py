"""Filter of the history."""

from __future__ import annotations

from typing import Any

from django import forms

from shared_apps.core import felder
from shared_apps.providers.models import Verlaufsbereich


class VerlaufFilter(forms.Form):
    """What the changes are about, days."""

    bereich = felder.AuswahlField(label="Bereich", required=False, choices=[("", "alle"), *Verlaufsbereich.choices])
    von = felder.ArbeitstagField(label="von", required=False)
    bis = felder.ArbeitstagField(label="bis", required=False)

    def values(self) -> dict[str, Any]:
        """What was asked for, without what is wrong."""
        self.is_valid()
        return {"bereich": "", "von": None, "bis": None} | {k: v for k, v in self.cleaned_data.items() if v}
