"""Filter of the register and the master data a provider keeps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.providers.models import Anbieter, Einrichtung
from shared_apps.providers.selectors.register import MAX_SUCHE, list_hilfearten
from shared_apps.providers.services import KONTAKT
from shared_apps.regions.models import Gebietskoerperschaft


class RegisterFilter(forms.Form):
    """Search word, district, kind of help; what is not a choice is ignored."""

    suche = felder.SuchtextField(label="Name oder Ort", required=False, max_length=MAX_SUCHE)
    kreis = felder.AuswahlField(label="Kreis", required=False)
    hilfeart = felder.AuswahlField(label="Hilfeart", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kreise = Gebietskoerperschaft.objects.values_list("kuerzel", "kurzname")
        self.fields["kreis"].choices = [("", "alle"), *kreise]
        self.fields["hilfeart"].choices = [("", "alle"), *((h.code, str(h)) for h in list_hilfearten())]

    def values(self) -> dict[str, str]:
        """What was asked for, without what is not a choice."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


_FELDER = {
    "strasse": felder.BezeichnungField,
    "plz": felder.KennungField,
    "ort": felder.BezeichnungField,
    "telefon": felder.KennungField,
    "email": felder.MailField,
    "web": felder.AdresseField,
    "ansprechpartner": felder.NameField,
    "beschreibung": felder.FreitextField,
}


class _StammdatenForm(BearbeitenForm, forms.ModelForm):
    """Contacts, with German messages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plz"].validators.append(RegexValidator(r"^[0-9]{5}$", "Eine Postleitzahl hat fünf Ziffern."))
        self.fields["plz"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "postal-code"}
        self.fields["telefon"].widget.attrs |= {"type": "tel", "autocomplete": "tel"}
        self.fields["email"].widget.attrs["autocomplete"] = "email"


class EinrichtungForm(_StammdatenForm):
    """What a provider may change of a facility."""

    class Meta:
        model = Einrichtung
        fields = [*KONTAKT, "beschreibung"]
        field_classes = _FELDER


class AnbieterForm(_StammdatenForm):
    """What a provider may change of itself."""

    class Meta:
        model = Anbieter
        fields = list(KONTAKT)
        field_classes = _FELDER


class EndeForm(forms.Form):
    """The last day."""

    letzter_tag = felder.ArbeitstagField(label="Letzter Tag", help_text="Bis zu diesem Tag einschließlich")
