"""Rates that are proposed and decided."""

from __future__ import annotations

from typing import Any

from django import forms

from shared_apps.core import felder
from shared_apps.core.filter_query import NUR_MEINE, FilterForm
from shared_apps.providers.models import Leistungsbeschreibung, LeqVereinbarung, Rechtsgrundlage
from shared_apps.providers.services.entgelte import Vorschlagswahl
from shared_apps.providers.states import VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft


class EntgeltForm(forms.Form):
    """A rate that is proposed, by its components."""

    jugendamt = felder.ObjektField(
        label="Nur für ein Jugendamt (§ 77)",
        queryset=Gebietskoerperschaft.objects.none(),
        required=False,
        empty_label="alle Jugendämter",
        help_text="Leer: Das Entgelt gilt für alle. Ein Entgelt für ein Jugendamt allein erfahren die anderen nicht.",
    )
    grundleistung = felder.GeldField(label="Grundleistung (€)")
    investition = felder.GeldField(label="Investition (€)", required=False)
    sonderleistung = felder.GeldField(label="Sonderleistung (€)", required=False)
    ab = felder.DatumField(label="Gilt ab")
    vereinbart_am = felder.DatumField(
        label="Vereinbart am", help_text="Vor diesem Tag gilt kein Entgelt (§ 78d Abs. 2 SGB VIII)."
    )
    rechtsgrundlage = felder.AuswahlField(label="Rechtsgrundlage", choices=Rechtsgrundlage.choices)
    vereinbarung = felder.ObjektField(
        label="Vereinbarung", queryset=LeqVereinbarung.objects.none(), required=False, empty_label="keine angegeben"
    )
    leistungsbeschreibung = felder.ObjektField(
        label="Leistungsbeschreibung",
        queryset=Leistungsbeschreibung.objects.none(),
        required=False,
        empty_label="keine angegeben",
    )

    def __init__(self, *args: Any, wahl: Vorschlagswahl, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jugendamt"].queryset = wahl.jugendaemter
        self.fields["vereinbarung"].queryset = wahl.vereinbarungen
        self.fields["leistungsbeschreibung"].queryset = wahl.leistungsbeschreibungen
        if not wahl.fuer_alle:
            self.fields["jugendamt"].required = True
            self.fields["jugendamt"].empty_label = None
        if not wahl.einzelne:
            del self.fields["jugendamt"]
        for name in ("vereinbarung", "leistungsbeschreibung"):
            if not self.fields[name].queryset.exists():
                del self.fields[name]


class VorschlagFilter(FilterForm):
    """State of a proposal, and in an office whether it waits for the reader; what is not a choice is ignored."""

    nur = felder.AuswahlField(label="Zeigen", required=False, choices=NUR_MEINE)
    zustand = felder.AuswahlField(label="Zustand", required=False, choices=[("", "alle"), *VorschlagZustand.choices()])

    def __init__(self, *args: Any, entscheidet: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not entscheidet:
            del self.fields["nur"]


class AblehnungForm(forms.Form):
    """Why a proposed rate is not agreed to."""

    grund = felder.MarktgrundField(
        label="Grund", widget=forms.Textarea, help_text="Der Anbieter liest ihn", required=False
    )
