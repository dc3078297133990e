"""The master data a provider keeps: itself, its facilities."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.core.seite import Faltung
from shared_apps.providers.models import Anbieter, Anerkennung, Einrichtung, Steuerstatus
from shared_apps.providers.services import ANBIETER, BETRIEB, EINRICHTUNG, LAGE, NUR_ANBIETER
from shared_apps.regions.models import Gebietskoerperschaft, Region

_FELDER = {
    "name": felder.BezeichnungField,
    "region": felder.ObjektField,
    "strasse": felder.BezeichnungField,
    "plz": felder.PlzField,
    "ort": felder.BezeichnungField,
    "telefon": felder.TelefonField,
    "email": felder.MailField,
    "web": felder.AdresseField,
    "ansprechpartner": felder.NameField,
    "beschreibung": felder.FreitextField,
    "eroeffnet_am": felder.DatumField,
    "dachverband": felder.BezeichnungField,
}
#: As somebody tells it: what it is called, where it is, how to reach it, since when.
_REIHENFOLGE = (
    "name", "strasse", "plz", "ort", "gebietskoerperschaft", "region", "telefon", "email", "web", "ansprechpartner",
    "eroeffnet_am", "beschreibung", *LAGE, *BETRIEB,
)  # fmt: skip
_NACH_TAGEN = "Nur für Hilfen, die nach Tagen bezahlt werden. Leer: {}"


def _default(name: str) -> Any:
    """What a facility has when nobody says otherwise."""
    field: Any = Einrichtung._meta.get_field(name)
    return field.get_default()


class _Kontakt:
    """Contacts, with German messages."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean(self) -> dict[str, Any]:
        """What the model says of a name twice is said by the service, which looks again when it writes."""
        return self.cleaned_data

    def _post_clean(self) -> None:
        """The row is written by the service, from what was entered."""


class _Haus(_Kontakt, forms.Form):
    """Since when, where on the map, on how many days."""

    eroeffnet_am = felder.DatumField(
        label="Öffnet am",
        required=False,
        help_text="Nur, wenn die Einrichtung neu ist. Vorher beginnt hier kein Angebot, und niemand findet sie.",
    )
    breite = felder.DezimalField(
        label="Breite (Grad Nord)", von=Decimal(-90), bis=Decimal(90), decimal_places=5, required=False,
        help_text="Zum Beispiel 54,09311. Daraus rechnet die Suche die Entfernung; ohne Koordinaten grob, aus der PLZ.",
    )  # fmt: skip
    laenge = felder.DezimalField(
        label="Länge (Grad Ost)", von=Decimal(-180), bis=Decimal(180), decimal_places=5, required=False,
        help_text="Zum Beispiel 13,38786",
    )  # fmt: skip
    betriebstage_woche = felder.DezimalField(
        label="Geöffnet: Tage je Woche",
        von=Decimal(1),
        bis=Decimal(7),
        required=False,
        help_text=_NACH_TAGEN.format(_default("betriebstage_woche")),
    )
    betriebstage_jahr = felder.DezimalField(
        label="Geöffnet: Tage im Jahr", von=Decimal(1), bis=Decimal(366), required=False,
        help_text=_NACH_TAGEN.format(_default("betriebstage_jahr")),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Days nobody named are those that a facility has."""
        for name in BETRIEB:
            if name in self.cleaned_data and self.cleaned_data[name] is None:
                self.cleaned_data[name] = _default(name)
        return super().clean()


class EinrichtungForm(_Haus, BearbeitenForm, forms.ModelForm):
    """What a provider may change of a facility. When it opens, and on how many days, says who speaks for the whole
    provider; days, only of a house that is paid by the day."""

    class Meta:
        model = Einrichtung
        fields = list(EINRICHTUNG)
        field_classes = _FELDER

    field_order = _REIHENFOLGE

    def __init__(self, *args: Any, darf_eroeffnen: bool, hat_betriebstage: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weg = set() if darf_eroeffnen else NUR_ANBIETER
        for name in weg if hat_betriebstage else {*weg, *BETRIEB}:
            del self.fields[name]
        self.mark_shown()  # nothing of fields that are not there
        self.fields["region"].queryset = Region.objects.filter(
            gebietskoerperschaft=self.instance.gebietskoerperschaft_id
        )
        self.fields["region"].empty_label = felder.OHNE_ANGABE


class NeueEinrichtungForm(_Haus, forms.ModelForm):
    """A facility that is to be entered."""

    anbieter = felder.ObjektField(label="Anbieter", queryset=Anbieter.objects.none(), empty_label=felder.BITTE_WAEHLEN)
    gebietskoerperschaft = felder.ObjektField(
        label="Kreis oder kreisfreie Stadt",
        queryset=Gebietskoerperschaft.objects.all(),
        empty_label=felder.BITTE_WAEHLEN,
        help_text="Wo die Einrichtung liegt. Das dortige Jugendamt vereinbart mit Ihnen das Entgelt.",
    )

    class Meta:
        model = Einrichtung
        fields = list(EINRICHTUNG)
        field_classes = _FELDER

    field_order = ("anbieter", *_REIHENFOLGE)
    faltungen: ClassVar[tuple[Faltung, ...]] = (
        Faltung("Lage auf der Karte", LAGE),
        Faltung("Geöffnet: Tage je Woche und im Jahr", BETRIEB),
    )

    def __init__(self, *args: Any, anbieter: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["anbieter"].queryset = anbieter
        self.fields["telefon"].help_text = "Tagsüber. Das Notfalltelefon (24 h) tragen Sie danach unter „Kontakte“ ein."
        self.fields["region"].queryset = Region.objects.select_related("gebietskoerperschaft")
        self.fields["region"].empty_label = felder.OHNE_ANGABE
        self.fields["region"].label_from_instance = lambda r: f"{r.name} ({r.gebietskoerperschaft.kurzname})"
        einer = list(anbieter[:2])
        if len(einer) == 1:
            self.initial["anbieter"] = einer[0].pk
            self.fields["anbieter"].widget = self.fields["anbieter"].hidden_widget()


class AnbieterForm(_Kontakt, BearbeitenForm, forms.ModelForm):
    """What a provider says of itself."""

    steuerstatus = felder.AuswahlField(label="Steuerstatus", choices=Steuerstatus.choices, required=False)

    class Meta:
        model = Anbieter
        fields = list(ANBIETER)
        field_classes = _FELDER


class StammdatenvorschlagForm(forms.Form):
    """What an office has admitted, as the provider wants it changed."""

    name = felder.BezeichnungField(label="Name")
    rechtsform = felder.BezeichnungField(label="Rechtsform", max_length=60, required=False)
    register_nr = felder.KennungField(label="Registernummer", max_length=60, required=False)
    anerkennung = felder.AuswahlField(
        label="Anerkennung nach § 75 SGB VIII", choices=Anerkennung.choices, required=False
    )
    begruendung = felder.MarktgrundField(
        label="Begründung",
        widget=forms.Textarea,
        help_text="Was sich geändert hat, seit wann, mit welchem Beleg",
    )
    gebietskoerperschaft = felder.ObjektField(
        label="Jugendamt, das die Änderung prüft",
        queryset=Gebietskoerperschaft.objects.none(),
        empty_label=felder.BITTE_WAEHLEN,
        help_text="Eines, in dessen Kreis Sie eine Einrichtung betreiben",
    )

    def __init__(self, *args: Any, pruefende: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gebietskoerperschaft"].queryset = pruefende
