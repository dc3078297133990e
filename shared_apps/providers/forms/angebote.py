"""Offers and their places."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from shared_apps.catalogue.forms.merkmale import build_angebot_felder
from shared_apps.catalogue.models import Hilfeart, Kriterium, Spezialisierung, Sprache
from shared_apps.catalogue.selectors import (
    list_felder,
    list_fremdsprachen,
    list_hilfearten,
    list_kriterien,
    list_spezialisierungen,
)
from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.core.seite import Faltung
from shared_apps.providers.models import ALTER_MAX, Angebot, Barrierefreiheit, Geschlecht
from shared_apps.providers.rules import kapazitaetswort
from shared_apps.providers.selectors.merkmale import read_merkmale
from shared_apps.providers.services.angebote import ANGEBOT, PLAETZE_MAX, SPALTEN, STUNDEN_MAX

_ANGEBOT_FELDER = {
    "name": felder.BezeichnungField,
    "hinweis": felder.BezeichnungField,
    "beschreibung": felder.FreitextField,
    "gruppe": felder.BezeichnungField,
    "ausschluss": felder.FreitextField,
    "schule": felder.BezeichnungField,
    "therapie": felder.BezeichnungField,
}


class _Angebot(forms.Form):
    """Whom an offer takes, and what is said of it. Offices find it by what is not folded away."""

    faltungen: ClassVar[tuple[Faltung, ...]] = (
        Faltung("Spezialisierungen", ("spezialisierungen",)),
        Faltung("Sprachen", ("sprachen",)),
        Faltung("Beschreibung, für wen nicht geeignet", ("hinweis", "beschreibung", "ausschluss")),
        Faltung("Gruppe, Barrierefreiheit, Schule und Therapie", ("gruppe", "barrierefrei", "schule", "therapie")),
        Faltung("Nur auf Zeit im Angebot", ("letzter_tag",)),
    )
    geschlecht = felder.AuswahlField(label="Geschlecht", choices=Geschlecht.choices, required=False)
    alter_von = felder.GanzzahlField(label="Aufnahmealter von", von=0, bis=ALTER_MAX, initial=0)
    alter_bis = felder.GanzzahlField(label="Aufnahmealter bis einschließlich", von=0, bis=ALTER_MAX, initial=20)
    spezialisierungen = felder.ObjekteField(
        label="Spezialisierungen",
        queryset=Spezialisierung.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sprachen = felder.ObjekteField(
        label="Sprachen neben Deutsch",
        queryset=Sprache.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    barrierefrei = felder.AuswahlField(label="Barrierefrei", choices=Barrierefreiheit.choices, required=False)
    stunden_je_woche = felder.DezimalField(
        label="Stunden je Woche", von=Decimal(0), bis=STUNDEN_MAX, required=False,
        help_text="nur bei ambulanten Hilfen: Fachleistungsstunden, die Sie insgesamt leisten können",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hinweis"].help_text = "Ein Satz, der in der Suche unter dem Namen steht"
        self.fields["ausschluss"].help_text = "Wen Sie nicht aufnehmen, damit niemand umsonst fragt"

    def _fit(self, kriterien: list[Kriterium], hilfeart: Hilfeart | None) -> None:
        """Only what the module of the offer has; what other criteria say has fields of their own. What is paid by day
        has no hours, what is paid by hour no places."""
        hat = list_felder(kriterien)
        for name in [spalte for feld, spalten in SPALTEN.items() if feld not in hat for spalte in spalten]:
            self.fields.pop(name, None)
        self.fields |= build_angebot_felder(kriterien)
        if hilfeart is not None and hilfeart.ist_stationaer:
            self.fields.pop("stunden_je_woche")
        elif hilfeart is not None:
            self.fields["stunden_je_woche"].help_text = "Fachleistungsstunden, die Sie insgesamt leisten können"

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
        angebot: Any = self.instance
        kriterien = list_kriterien(modul_id=angebot.hilfeart.modul_id)
        for name, offered in (("spezialisierungen", list_spezialisierungen), ("sprachen", list_fremdsprachen)):
            hat = list(getattr(angebot, name).all())
            self.initial[name] = hat
            self.fields[name].queryset = offered(auch=hat)
        self._fit(kriterien, angebot.hilfeart)
        self.initial = {**self.initial, **read_merkmale(angebot, kriterien)}
        self.mark_shown()


class PlaetzeForm(BearbeitenForm):
    """How many places, from which day on."""

    anzahl = felder.GanzzahlField(label="Plätze", von=0, bis=PLAETZE_MAX)
    ab = felder.DatumField(label="Von diesem Tag an")
    letzter_tag = felder.DatumField(
        label="Was dazukommt, nur bis",
        required=False,
        help_text="Letzter Tag, wenn es nur auf Zeit erlaubt oder möglich ist; sonst leer",
    )

    def __init__(self, *args: Any, label: str = "Plätze", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["anzahl"].label = label


class NeuesAngebotForm(_Angebot, forms.ModelForm):
    """An offer that is to be entered."""

    hilfeart = felder.ObjektField(
        label="Hilfeart",
        queryset=Hilfeart.objects.none(),
        empty_label=felder.BITTE_WAEHLEN,
        help_text="lässt sich später nicht ändern",
    )
    beginn = felder.DatumField(label="Im Angebot ab")
    letzter_tag = felder.DatumField(label="Im Angebot bis", required=False, help_text="Leer: ohne Ende")
    plaetze = felder.GanzzahlField(
        label="Kapazität",
        von=1,
        bis=PLAETZE_MAX,
        help_text="Junge Menschen oder Familien zugleich",
    )

    class Meta:
        model = Angebot
        fields = list(ANGEBOT)
        field_classes = _ANGEBOT_FELDER

    field_order = (
        "hilfeart", "name", "plaetze", "stunden_je_woche", "alter_von", "alter_bis", "geschlecht", "beginn",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        arten = list_hilfearten().select_related("modul")
        self.fields["hilfeart"].queryset = arten
        self.fields["spezialisierungen"].queryset = list_spezialisierungen()
        self.fields["sprachen"].queryset = list_fremdsprachen()
        genannt: Hilfeart | None = self.initial.get("hilfeart")
        self._fit(list_kriterien(modul_id=genannt.modul_id if genannt else None), None)
        if genannt is not None:
            self.fields["hilfeart"].queryset = arten.filter(modul=genannt.modul_id)
        gewaehlt = self._gewaehlt()
        if gewaehlt is not None:
            self.fields["plaetze"].label = kapazitaetswort(je_tag=gewaehlt.ist_stationaer).label
            self.fields["plaetze"].help_text = (
                "" if gewaehlt.ist_stationaer else "wie viele Hilfen Sie zugleich leisten"
            )

    def _gewaehlt(self) -> Hilfeart | None:
        """The kind of help, as far as it is known: sent, or named by the address (`initial`, a row)."""
        wert = self["hilfeart"].value()
        if isinstance(wert, Hilfeart):
            return wert
        try:
            return self.fields["hilfeart"].clean(wert) if wert else None
        except forms.ValidationError:
            return None
