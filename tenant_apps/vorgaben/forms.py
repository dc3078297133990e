"""What a value needs: itself, its first day, why."""

from __future__ import annotations

from typing import Any

from django import forms

from shared_apps.core import felder
from shared_apps.core.gelesen import FELD, BearbeitenForm, Gelesen
from tenant_apps.vorgaben.katalog import Vorgabe
from tenant_apps.vorgaben.selectors import describe_zuletzt, get_ersten_tag, get_vorgabe


class VorgabeForm(BearbeitenForm):
    """The value's own field comes from its declaration. Its mark is not of a value that it shows but of the last word
    on the setting: what she sets replaces that, for some days at least, and a proposal of it altogether."""

    gueltig_ab = felder.ArbeitstagField(label="Gilt ab", help_text="heute oder später")
    grund = felder.GrundField(
        label="Grund",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Er bleibt im Verlauf stehen.",
    )

    def __init__(self, *args: Any, vorgabe: Vorgabe[Any], **kwargs: Any) -> None:
        kwargs["initial"] = {"gueltig_ab": get_ersten_tag()} | (kwargs.get("initial") or {})
        if vorgabe.zeigt_geltendes:
            kwargs["initial"] = {"wert": get_vorgabe(vorgabe)} | kwargs["initial"]
        super().__init__(*args, **kwargs)
        self.fields = {"wert": vorgabe.field()} | self.fields
        self.initial[FELD] = str(Gelesen.of({"wert": describe_zuletzt(vorgabe)}))
