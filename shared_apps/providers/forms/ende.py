"""The last day of what a provider offers."""

from __future__ import annotations

from django import forms

from shared_apps.core import felder


class EndeForm(forms.Form):
    """The last day."""

    letzter_tag = felder.ArbeitstagField(label="Letzter Tag", help_text="Bis zu diesem Tag einschließlich")
