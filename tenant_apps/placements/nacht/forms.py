"""The two questions of the night, and what a tap says."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from uuid6 import uuid7

from shared_apps.core import felder
from shared_apps.providers.models import Angebot
from shared_apps.regions.models import Postleitzahl
from shared_apps.regions.selectors import find_postleitzahl
from tenant_apps.placements.enums import Nachtpflicht
from tenant_apps.placements.nacht.selectors.angebote import Nachtfrage
from tenant_apps.placements.rules import ALTER_HOECHSTENS, Ausschluss

UNBEKANNT = "u"
#: Name of the field that says where she is.
STANDORT = "ab_plz"
#: More is shown this many times: further away than that nobody is driven at night.
MEHR_HOECHSTENS = 20
KEIN_ORT = (
    "Zur Postleitzahl {} ist kein Ort hinterlegt. Bitte prüfen Sie die Zahl, oder nehmen Sie die eines Nachbarortes."
)
GESCHLECHTER = [("m", "Junge"), ("w", "Mädchen"), ("d", "divers"), (UNBEKANNT, "unbekannt")]


class BlickForm(forms.Form):
    """How the list is looked at: only for a night, further down, at those that one thing speaks against; or not at all,
    back to the questions. Nothing of the child is in it, so it may be in an address."""

    kurz = felder.JaNeinField(label="nur für eine Nacht", required=False)
    mehr = felder.GanzzahlField(label="weitere", von=0, bis=MEHR_HOECHSTENS, required=False)
    fragen = felder.JaNeinField(label="Angaben ändern", required=False)
    grund = felder.AuswahlField(
        label="was dagegen spricht", required=False, choices=[("", ""), *((g.value, g.value) for g in Ausschluss)]
    )

    @property
    def blick(self) -> Blick:
        """What can be followed; what cannot is as if it was not said."""
        self.full_clean()
        daten = self.cleaned_data if self.is_bound else {}
        grund = daten.get("grund")
        return Blick(
            bool(daten.get("kurz")),
            daten.get("mehr") or 0,
            Ausschluss(grund) if grund else None,
            bool(daten.get("fragen")),
        )


@dataclass(frozen=True, slots=True)
class Blick:
    """How the list is looked at. `fragen`: the questions again, as they were answered."""

    kurz: bool = False
    mehr: int = 0
    grund: Ausschluss | None = None
    fragen: bool = False


class NachtForm(forms.Form):
    """Age and sex, nothing else."""

    alter = felder.GanzzahlField(
        label="Alter in Jahren", von=0, bis=ALTER_HOECHSTENS,
        help_text="Geschätzt genügt. Vor dem ersten Geburtstag: 0",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "2"}),
    )  # fmt: skip
    geschlecht = felder.AuswahlField(label="Geschlecht", choices=GESCHLECHTER, widget=forms.RadioSelect)

    @property
    def ist_leer(self) -> bool:
        """Nothing of a child was typed or chosen."""
        return not any(self[name].value() for name in self.fields)

    def ask(self, blick: Blick, ab_plz: str) -> Nachtfrage:
        """What was answered, looked at so."""
        geschlecht = self.cleaned_data["geschlecht"]
        return Nachtfrage(
            self.cleaned_data["alter"], "" if geschlecht == UNBEKANNT else geschlecht, blick.kurz, blick.mehr, ab_plz
        )


class KindForm(forms.Form):
    """Which child it is: the two questions are one child's, however often they or a place are sent; and whether one of
    the same age and sex is a further one."""

    einmal = felder.VerstecktField(label="Kind", max_length=36, required=False)
    weiteres = felder.JaNeinField(label="weiteres Kind", required=False)

    def get_einmal(self) -> str:
        """The child's number as it was sent; a new one where none was."""
        self.full_clean()
        return (self.cleaned_data.get("einmal") if self.is_bound else "") or str(uuid7())

    @property
    def ist_weiteres(self) -> bool:
        """Whether she said that it is a further child."""
        self.full_clean()
        return bool(self.is_bound and self.cleaned_data.get("weiteres"))


class PlatzForm(forms.Form):
    """Which offer was tapped."""

    angebot = felder.ObjektField(label="Angebot", queryset=Angebot.objects.all())


class StandortForm(forms.Form):
    """Where she is, as a postcode; empty: at the office."""

    ab_plz = felder.PlzField(
        label="Postleitzahl, an der Sie gerade sind", required=False,
        help_text="Gilt, bis Sie sich abmelden. Leer: ab dem Sitz des Jugendamtes.",
    )  # fmt: skip

    def clean_ab_plz(self) -> Postleitzahl | None:
        """The middle of its area: without it no way can be counted."""
        plz = self.cleaned_data["ab_plz"]
        if plz and (ort := find_postleitzahl(plz)) is None:
            raise forms.ValidationError(KEIN_ORT.format(plz))
        return ort if plz else None


class PflichtForm(forms.Form):
    """Which duty was tapped, and whether it is done now."""

    pflicht = felder.AuswahlField(label="Pflicht", choices=Nachtpflicht.choices)
    erledigt = felder.JaNeinField(label="erledigt", required=False)


class ZusageForm(forms.Form):
    """The house's word on the telephone, or that it was none."""

    zurueck = felder.JaNeinField(label="zurücknehmen", required=False)
