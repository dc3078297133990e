"""What a value needs: itself, its first day, why."""

from __future__ import annotations

from typing import Any

from django import forms

from shared_apps.core import felder
from tenant_apps.vorgaben.katalog import Vorgabe
from tenant_apps.vorgaben.selectors import get_ersten_tag


class VorgabeForm(forms.Form):
    """The value's own field comes from its declaration."""

    gueltig_ab = felder.ArbeitstagField(label="Gilt ab", help_text="heute oder später")
    grund = felder.GrundField(
        label="Grund",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Er bleibt im Verlauf stehen.",
    )

    def __init__(self, *args: Any, vorgabe: Vorgabe[Any], **kwargs: Any) -> None:
        kwargs["initial"] = {"gueltig_ab": get_ersten_tag()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields = {"wert": vorgabe.field()} | self.fields
