"""Forms of the data protection functions."""

from __future__ import annotations

from typing import Any

from django import forms

from shared_apps.core import felder
from tenant_apps.cases.personfelder import PERSONFELDER, label
from tenant_apps.privacy.enums import Einschraenkungsgrund, Versagungsgrund
from tenant_apps.privacy.services.vermerke import FELDER

_LEER = ("", "– bitte wählen –")


def _felder() -> list[tuple[str, str]]:
    return [_LEER, *((name, label(name)) for name in FELDER)]


class SucheForm(forms.Form):
    """Find a person; sent by POST, a name is never in an address."""

    q = felder.SuchtextField(label="Person", max_length=80, help_text="ganze Namen, Geburtsdatum, PKZ oder Fallnummer")


class VersagungForm(forms.Form):
    """Refuse an Auskunft."""

    grund = felder.AuswahlField(label="Grund", choices=[_LEER, *Versagungsgrund.choices])
    begruendung = felder.GrundField(
        label="Erläuterung", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="wird dokumentiert"
    )


class EinschraenkungForm(forms.Form):
    """Restrict a person's data."""

    grund = felder.AuswahlField(label="Grund", choices=[_LEER, *Einschraenkungsgrund.choices])


class GrundForm(forms.Form):
    """A reason."""

    grund = felder.GrundField(label="Grund", max_length=200)


class BestreitenForm(forms.Form):
    """Mark a field as disputed."""

    feld = felder.AuswahlField(label="Angabe", choices=_felder)
    grund = felder.GrundField(label="Was bestreitet die Person?", max_length=500)


def _schreibweisen() -> str:
    return "; ".join(f"{label(name)} {feld}" for name in FELDER if (feld := PERSONFELDER[name].schreibweise))


def _laengste() -> int:
    """A line that takes any of the details, a day among them."""
    return max(len("TT.MM.JJJJ"), *(getattr(PERSONFELDER[name].formular(), "max_length", None) or 0 for name in FELDER))


class BerichtigenForm(forms.Form):
    """Write the right value."""

    feld = felder.AuswahlField(label="Angabe", choices=_felder)
    wert = felder.ZeileField(label="richtige Angabe", max_length=_laengste(), help_text=_schreibweisen())
    grund = felder.GrundField(label="Grund oder Nachweis", max_length=500, help_text="z. B. Geburtsurkunde vorgelegt")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        feld, wert = data.get("feld"), data.get("wert", "").strip()
        if feld and wert:
            try:
                data["wert"] = PERSONFELDER[feld].read(wert)  # the value obeys the rule of the datum it replaces
            except forms.ValidationError as error:
                self.add_error("wert", error)
        return data


class StichtagForm(forms.Form):
    """For which day a deletion run is prepared."""

    stichtag = felder.ArbeitstagField(label="Stichtag", required=False, help_text="leer: heute")
