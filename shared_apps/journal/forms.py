"""Ask an office for a look; name a row."""

from __future__ import annotations

from django import forms

from tenants.models import Tenant, TenantZustand


class SupportForm(forms.Form):
    """Which office, which ticket, why, how long."""

    jugendamt = forms.ModelChoiceField(
        label="Jugendamt", queryset=Tenant.objects.none(), to_field_name="kuerzel", empty_label="– bitte wählen –"
    )
    ticket = forms.CharField(label="Ticket", max_length=40)
    grund = forms.CharField(label="Wonach suchen Sie?", max_length=500)
    stunden = forms.IntegerField(label="Dauer in Stunden", initial=1, min_value=1, max_value=4)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jugendamt"].queryset = Tenant.objects.exclude(zustand=TenantZustand.STILLGELEGT)


class ZeileForm(forms.Form):
    """One row by table and key."""

    tabelle = forms.CharField(label="Tabelle", max_length=63)
    schluessel = forms.UUIDField(label="Schlüssel")
