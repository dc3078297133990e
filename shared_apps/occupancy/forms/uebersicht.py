"""What the overview of bookings is narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from shared_apps.core import felder
from shared_apps.core.clock import today
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.enums import Belegungsstand
from shared_apps.providers.models import Einrichtung
from tenants.models import Tenant

_ALLE = ("", "alle")


class BuchungenFilter(forms.Form):
    """A month and what is shown of it."""

    monat = felder.MonatField(label="Monat", required=False)
    stand = felder.AuswahlField(
        label="Stand", required=False, choices=[("", "alle Buchungen"), *Belegungsstand.choices]
    )
    einrichtung = felder.AuswahlField(label="Einrichtung", required=False)
    mandant = felder.AuswahlField(label="Jugendamt", required=False)

    def __init__(
        self, *args: Any, tenants: Iterable[Tenant], einrichtungen: Iterable[Einrichtung], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mandant"].choices = [_ALLE, *((t.schema_name, t.name) for t in tenants)]
        self.fields["einrichtung"].choices = [_ALLE, *((str(e.pk), e.name) for e in einrichtungen)]

    def value(self, name: str) -> str:
        """The chosen value, "" when none or not a choice."""
        self.is_valid()
        return self.cleaned_data.get(name) or ""

    @property
    def zeitraum(self) -> Zeitraum:
        """The month that was asked for, or the present one."""
        self.is_valid()
        return Zeitraum.fuer_monat(self.cleaned_data.get("monat") or today())
