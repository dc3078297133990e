"""Filter of the worklist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from shared_apps.core import felder
from shared_apps.inbox.models import HinweisArt
from tenants.models import Tenant


class EingangFilter(forms.Form):
    """Kind and district; what is not a choice is ignored."""

    art = felder.AuswahlField(label="Art", required=False, choices=[("", "alle"), *HinweisArt.choices])
    mandant = felder.AuswahlField(label="Jugendamt", required=False)

    def __init__(self, *args: Any, tenants: Iterable[Tenant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mandant"].choices = [("", "alle"), *((t.schema_name, t.name) for t in tenants)]

    def value(self, name: str) -> str:
        """The chosen value, "" when none or not a choice."""
        self.is_valid()
        return self.cleaned_data.get(name) or ""
