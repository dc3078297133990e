"""Offers and their places."""

from __future__ import annotations

from typing import Any

from django import forms

from shared_apps.catalogue.models import Hilfeart, Spezialisierung
from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.providers.models import ALTER_MAX, Angebot, Geschlecht
from shared_apps.providers.services.angebote import ANGEBOT, PLAETZE_MAX

_ANGEBOT_FELDER = {
    "name": felder.BezeichnungField,
    "hinweis": felder.BezeichnungField,
    "beschreibung": felder.FreitextField,
}


class _Angebot(forms.Form):
    """Whom an offer takes, and what is said of it."""

    geschlecht = felder.AuswahlField(label="Geschlecht", choices=Geschlecht.choices, required=False)
    alter_von = felder.GanzzahlField(label="Aufnahmealter von", von=0, bis=ALTER_MAX, initial=0)
    alter_bis = felder.GanzzahlField(label="Aufnahmealter bis einschließlich", von=0, bis=ALTER_MAX, initial=20)
    spezialisierungen = felder.ObjekteField(
        label="Spezialisierungen",
        queryset=Spezialisierung.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hinweis"].help_text = "Ein Satz, der in der Suche unter dem Namen steht"

    def clean(self) -> dict[str, Any]:
        """The service says what does not fit together."""
        return self.cleaned_data

    def _post_clean(self) -> None:
        """The row is written by the service, from what was entered."""


class AngebotForm(_Angebot, BearbeitenForm, forms.ModelForm):
    """What a provider may change of an offer."""

    class Meta:
        model = Angebot
        fields = list(ANGEBOT)
        field_classes = _ANGEBOT_FELDER

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["spezialisierungen"] = list(self.instance.spezialisierungen.all())
        self.mark_shown()


class PlaetzeForm(BearbeitenForm):
    """How many places, from which day on."""

    anzahl = felder.GanzzahlField(label="Plätze", von=0, bis=PLAETZE_MAX)
    ab = felder.DatumField(label="Von diesem Tag an")
    letzter_tag = felder.DatumField(
        label="Zusätzliche Plätze nur bis",
        required=False,
        help_text="Letzter Tag, wenn die Behörde sie nur auf Zeit erlaubt; sonst leer",
    )


class NeuesAngebotForm(_Angebot, forms.ModelForm):
    """An offer that is to be entered."""

    hilfeart = felder.ObjektField(
        label="Hilfeart",
        queryset=Hilfeart.objects.all(),
        empty_label=felder.BITTE_WAEHLEN,
        help_text="Sie bleibt, solange es das Angebot gibt: Entgelte und Buchungen beruhen auf ihr.",
    )
    beginn = felder.DatumField(label="Im Angebot ab")
    letzter_tag = felder.DatumField(label="Im Angebot bis", required=False, help_text="Leer: ohne Ende")
    plaetze = felder.GanzzahlField(label="Plätze", von=1, bis=PLAETZE_MAX)

    class Meta:
        model = Angebot
        fields = list(ANGEBOT)
        field_classes = _ANGEBOT_FELDER

    field_order = (
        "hilfeart", "name", "beginn", "letzter_tag", "plaetze", "geschlecht", "alter_von", "alter_bis",
        "spezialisierungen",
    )  # fmt: skip
