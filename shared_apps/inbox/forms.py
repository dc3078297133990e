"""Filter of the worklist, and what is looked for by its number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core import felder
from shared_apps.core.vorgangsnummer import parse_vorgangsnummer
from shared_apps.inbox.models import HinweisArt
from shared_apps.providers.models import Einrichtung
from tenants.models import Tenant

_ALLE = ("", "alle")


class EingangFilter(forms.Form):
    """Facility, district, kind of help, kind of work; what is not a choice is ignored."""

    einrichtung = felder.AuswahlField(label="Einrichtung", required=False)
    mandant = felder.AuswahlField(label="Jugendamt", required=False)
    hilfeart = felder.AuswahlField(label="Hilfeart", required=False)
    art = felder.AuswahlField(label="Art", required=False, choices=[_ALLE, *HinweisArt.choices])
    nummer = felder.KennungField(label="Gemeinsame Nummer", required=False)

    def __init__(
        self,
        *args: Any,
        tenants: Iterable[Tenant],
        einrichtungen: Iterable[Einrichtung],
        hilfearten: Iterable[Hilfeart],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mandant"].choices = [_ALLE, *((t.schema_name, t.name) for t in tenants)]
        self.fields["einrichtung"].choices = [_ALLE, *((str(e.pk), e.name) for e in einrichtungen)]
        self.fields["hilfeart"].choices = [_ALLE, *((h.code, str(h)) for h in hilfearten)]

    def clean_nummer(self) -> str:
        """The end of the id that the number says; the message says whether a character is missing or wrong."""
        text = self.cleaned_data["nummer"]
        if not text:
            return ""
        try:
            return parse_vorgangsnummer(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def value(self, name: str) -> str:
        """The chosen value, "" when none or not a choice."""
        self.is_valid()
        return self.cleaned_data.get(name) or ""
