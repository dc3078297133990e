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
    """Age and sex, nothing else; and, on the list, whether one night is enough."""

    alter = felder.GanzzahlField(
        label="Alter in Jahren", von=0, bis=ALTER_HOECHSTENS, help_text="Geschätzt genügt.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "2"}),
    )  # fmt: skip
    geschlecht = felder.AuswahlField(label="Geschlecht", choices=GESCHLECHTER, widget=forms.RadioSelect)

    kurz = felder.JaNeinField(label="nur für eine Nacht", required=False)

    @property
    def gesucht(self) -> Nachtfrage:
        """What was answered."""
        geschlecht = self.cleaned_data["geschlecht"]
        return Nachtfrage(
            self.cleaned_data["alter"], "" if geschlecht == UNBEKANNT else geschlecht, self.cleaned_data["kurz"]
        )


class PlatzForm(forms.Form):
    """Which offer was tapped, and whether on the list of those for one night."""

    angebot = felder.ObjektField(label="Angebot", queryset=Angebot.objects.all())
    kurz = felder.JaNeinField(label="nur für eine Nacht", required=False)


class PflichtForm(forms.Form):
    """Which duty was tapped, and whether it is done now."""

    pflicht = felder.AuswahlField(label="Pflicht", choices=Nachtpflicht.choices)
    erledigt = felder.JaNeinField(label="erledigt", required=False)


class ZusageForm(forms.Form):
    """The house's word on the telephone, or that it was none."""

    zurueck = felder.JaNeinField(label="zurücknehmen", required=False)
