"""The two questions of the night, and what a tap says."""

from __future__ import annotations

from django import forms

from shared_apps.core import felder
from shared_apps.providers.models import Angebot
from tenant_apps.placements.enums import Nachtpflicht
from tenant_apps.placements.nacht.selectors.angebote import Nachtfrage
from tenant_apps.placements.rules import ALTER_HOECHSTENS

UNBEKANNT = "u"
GESCHLECHTER = [("m", "Junge"), ("w", "Mädchen"), ("d", "divers"), (UNBEKANNT, "unbekannt")]


class NachtForm(forms.Form):
    """Age and sex, nothing else."""

    alter = felder.GanzzahlField(
        label="Alter in Jahren", von=0, bis=ALTER_HOECHSTENS, help_text="Geschätzt genügt.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "2"}),
    )  # fmt: skip
    geschlecht = felder.AuswahlField(label="Geschlecht", choices=GESCHLECHTER, widget=forms.RadioSelect)

    @property
    def gesucht(self) -> Nachtfrage:
        """What was answered."""
        geschlecht = self.cleaned_data["geschlecht"]
        return Nachtfrage(self.cleaned_data["alter"], "" if geschlecht == UNBEKANNT else geschlecht)


class PlatzForm(forms.Form):
    """Which offer was tapped."""

    angebot = felder.ObjektField(label="Angebot", queryset=Angebot.objects.all())


class PflichtForm(forms.Form):
    """Which duty was tapped, and whether it is done now."""

    pflicht = felder.AuswahlField(label="Pflicht", choices=Nachtpflicht.choices)
    erledigt = felder.JaNeinField(label="erledigt", required=False)
