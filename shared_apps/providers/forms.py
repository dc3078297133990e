"""Filter of the register and the master data a provider keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from shared_apps.catalogue.models import Hilfeart, Spezialisierung
from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Geschlecht, Rechtsgrundlage
from shared_apps.providers.selectors.register import MAX_SUCHE, list_hilfearten
from shared_apps.providers.services import EINRICHTUNG, KONTAKT
from shared_apps.providers.services.angebote import ANGEBOT, PLAETZE_MAX
from shared_apps.providers.states import VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft, Region

#: A young person is not yet 27 (§ 7 Abs. 1 Nr. 4 SGB VIII).
ALTER_MAX = 26
BITTE_WAEHLEN, OHNE_ANGABE = "Bitte wählen", "ohne Angabe"


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
    "name": felder.BezeichnungField,
    "region": felder.ObjektField,
    "strasse": felder.BezeichnungField,
    "plz": felder.KennungField,
    "ort": felder.BezeichnungField,
    "telefon": felder.KennungField,
    "email": felder.MailField,
    "web": felder.AdresseField,
    "ansprechpartner": felder.NameField,
    "beschreibung": felder.FreitextField,
}


class _Kontakt:
    """Contacts, with German messages."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plz"].validators.append(RegexValidator(r"^[0-9]{5}$", "Eine Postleitzahl hat fünf Ziffern."))
        self.fields["plz"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "postal-code"}
        self.fields["telefon"].widget.attrs |= {"type": "tel", "autocomplete": "tel"}
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean(self) -> dict[str, Any]:
        """What the model says of a name twice is said by the service, which looks again when it writes."""
        return self.cleaned_data

    def _post_clean(self) -> None:
        """The row is written by the service, from what was entered."""


class EinrichtungForm(_Kontakt, BearbeitenForm, forms.ModelForm):
    """What a provider may change of a facility."""

    class Meta:
        model = Einrichtung
        fields = list(EINRICHTUNG)
        field_classes = _FELDER

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.filter(
            gebietskoerperschaft=self.instance.gebietskoerperschaft_id
        )
        self.fields["region"].empty_label = OHNE_ANGABE


class NeueEinrichtungForm(_Kontakt, forms.ModelForm):
    """A facility that is to be entered."""

    anbieter = felder.ObjektField(label="Anbieter", queryset=Anbieter.objects.none(), empty_label=BITTE_WAEHLEN)
    gebietskoerperschaft = felder.ObjektField(
        label="Kreis oder kreisfreie Stadt",
        queryset=Gebietskoerperschaft.objects.all(),
        empty_label=BITTE_WAEHLEN,
        help_text="Wo die Einrichtung liegt. Das dortige Jugendamt vereinbart mit Ihnen das Entgelt.",
    )
    betriebstage_woche = felder.DezimalField(label="Betriebstage je Woche", von=Decimal(1), bis=Decimal(7), initial=7)
    betriebstage_jahr = felder.DezimalField(label="Betriebstage im Jahr", von=Decimal(1), bis=Decimal(366), initial=365)

    class Meta:
        model = Einrichtung
        fields = list(EINRICHTUNG)
        field_classes = _FELDER

    field_order = ("anbieter", "name", "gebietskoerperschaft", "region", "betriebstage_woche", "betriebstage_jahr")

    def __init__(self, *args: Any, anbieter: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["anbieter"].queryset = anbieter
        self.fields["region"].queryset = Region.objects.select_related("gebietskoerperschaft")
        self.fields["region"].empty_label = OHNE_ANGABE
        self.fields["region"].label_from_instance = lambda r: f"{r.name} ({r.gebietskoerperschaft.kurzname})"
        einer = list(anbieter[:2])
        if len(einer) == 1:
            self.initial["anbieter"] = einer[0].pk
            self.fields["anbieter"].widget = self.fields["anbieter"].hidden_widget()


class AnbieterForm(_Kontakt, BearbeitenForm, forms.ModelForm):
    """What a provider may change of itself."""

    class Meta:
        model = Anbieter
        fields = list(KONTAKT)
        field_classes = _FELDER


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


class NeuesAngebotForm(_Angebot, forms.ModelForm):
    """An offer that is to be entered."""

    hilfeart = felder.ObjektField(
        label="Hilfeart",
        queryset=Hilfeart.objects.all(),
        empty_label=BITTE_WAEHLEN,
        help_text="Sie bleibt, solange es das Angebot gibt: Entgelte und Buchungen beruhen auf ihr.",
    )
    beginn = felder.DatumField(label="Im Angebot ab")
    plaetze = felder.GanzzahlField(label="Plätze", von=1, bis=PLAETZE_MAX)

    class Meta:
        model = Angebot
        fields = list(ANGEBOT)
        field_classes = _ANGEBOT_FELDER

    field_order = ("hilfeart", "name", "beginn", "plaetze", "geschlecht", "alter_von", "alter_bis", "spezialisierungen")


class EntgeltForm(forms.Form):
    """A rate that is proposed, by its components."""

    grundleistung = felder.GeldField(label="Grundleistung (€)")
    investition = felder.GeldField(label="Investition (€)", required=False)
    sonderleistung = felder.GeldField(label="Sonderleistung (€)", required=False)
    ab = felder.DatumField(label="Gilt ab")
    vereinbart_am = felder.DatumField(
        label="Vereinbart am", help_text="Vor diesem Tag gilt kein Entgelt (§ 78d Abs. 2 SGB VIII)."
    )
    rechtsgrundlage = felder.AuswahlField(label="Rechtsgrundlage", choices=Rechtsgrundlage.choices)


class VorschlagFilter(forms.Form):
    """State of a proposed rate; what is not a choice is ignored."""

    zustand = felder.AuswahlField(label="Zustand", required=False, choices=[("", "alle"), *VorschlagZustand.choices()])

    def values(self) -> dict[str, str]:
        """What was asked for, without what is not a choice."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class AblehnungForm(forms.Form):
    """Why a proposed rate is not agreed to."""

    grund = felder.GrundField(label="Grund", widget=forms.Textarea, help_text="Der Anbieter liest ihn.", required=False)


class EndeForm(forms.Form):
    """The last day."""

    letzter_tag = felder.ArbeitstagField(label="Letzter Tag", help_text="Bis zu diesem Tag einschließlich")
