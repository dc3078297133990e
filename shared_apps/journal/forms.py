"""Ask an office for access; name a row."""

from __future__ import annotations

from typing import Any

from django import forms

from shared_apps.core import felder
from shared_apps.journal.services.support import HOECHSTENS
from tenants.models import Tenant, TenantZustand


class SupportForm(forms.Form):
    """Which office, which ticket, why, how long."""

    jugendamt = felder.ObjektField(
        label="Jugendamt", queryset=Tenant.objects.none(), to_field_name="kuerzel", empty_label="– bitte wählen –"
    )
    ticket = felder.KennungField(label="Ticket", max_length=40)
    grund = felder.GrundField(label="Wonach suchen Sie?", max_length=500)
    stunden = felder.GanzzahlField(label="Dauer in Stunden", initial=1, von=1, bis=HOECHSTENS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jugendamt"].queryset = Tenant.objects.exclude(zustand=TenantZustand.STILLGELEGT)


class ZeileForm(forms.Form):
    """One row by table and key."""

    tabelle = felder.KennungField(label="Tabelle", max_length=63)
    schluessel = felder.UuidField(label="Schlüssel")
