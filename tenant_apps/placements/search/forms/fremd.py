"""Facilities that are not in the register: the office's own list, and what is booked there (ADR 0089)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from shared_apps.catalogue.models import Hilfeart
from shared_apps.catalogue.selectors import (
    list_hilfearten,
)
from shared_apps.core import felder
from shared_apps.core.filter_query import FilterForm
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.core.seite import show_errors
from shared_apps.providers.models import Anerkennung, Steuerstatus
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements.enums import (
    Bundesland,
)
from tenant_apps.placements.forms import UeberlagerungForm, bewilligt_bis
from tenant_apps.placements.search.forms.reservieren import ReservierenForm
from tenant_apps.placements.search.selectors.fremd import list_kreise
from tenant_apps.placements.services.fremd import WARUM_KEINE, list_entgeltmaengel, list_maengel

#: The least and the most a house of the office's own list may charge a day or an hour.
CENT, FREMDENTGELT_MAX = Decimal("0.01"), Decimal("9999.99")


class FremdeFilter(FilterForm):
    """Which facilities of the office's own list are shown."""

    land = felder.AuswahlField(label="Bundesland", required=False, choices=[("", "alle"), *Bundesland.choices])
    alte = felder.AuswahlField(
        label="Nicht mehr belegte", required=False, choices=[("", "nicht zeigen"), ("1", "auch zeigen")]
    )
    vorschlag = felder.AuswahlField(
        label="Für das Verzeichnis", required=False, choices=[("", "alle"), ("offen", "noch vorzuschlagen")]
    )


class FremdentgeltForm(forms.Form):
    """What the facility charges for a kind of help: from when, and where that is written."""

    hilfeart = felder.ObjektField(
        label="Hilfeart", queryset=Hilfeart.objects.all(), empty_label=felder.BITTE_WAEHLEN, to_field_name="code"
    )
    betrag = felder.GeldField(
        label="Entgelt je Tag oder Stunde", von=CENT, bis=FREMDENTGELT_MAX, help_text="in Euro, wie vereinbart"
    )
    ab = felder.DatumField(label="Gilt ab")
    bis = felder.DatumField(label="Gilt bis einschließlich", required=False, help_text="leer: bis auf Weiteres")
    quelle = felder.BezeichnungField(
        label="Quelle", max_length=200, help_text="zum Beispiel: Entgeltvereinbarung vom 12.12.2025, Jugendamt Hamburg"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hilfeart"].queryset = list_hilfearten()

    def clean(self) -> None:
        """What the service would refuse, said with all the rest; it asks again."""
        super().clean()
        data = self.cleaned_data
        show_errors(self, list_entgeltmaengel(data.get("ab"), data.get("bis")))


class FremdeinrichtungForm(BearbeitenForm):
    """A facility that is not in the register, as the office's list keeps it."""

    name = felder.BezeichnungField(label="Einrichtung", max_length=200)
    anbieter = felder.BezeichnungField(label="Anbieter", max_length=200, help_text="wer die Einrichtung betreibt")
    strasse = felder.BezeichnungField(label="Straße und Hausnummer", max_length=120, required=False)
    plz = felder.PlzField(label="PLZ", required=False)
    ort = felder.BezeichnungField(label="Ort", max_length=100)
    land = felder.AuswahlField(label="Bundesland", choices=[("", felder.BITTE_WAEHLEN), *Bundesland.choices])
    kreis = felder.bedingt(
        felder.ObjektField(label="Kreis", queryset=Gebietskoerperschaft.objects.all(), required=False, empty_label="–"),
        "nötig, wenn die Einrichtung im eigenen Bundesland liegt",
    )
    ansprechpartner = felder.NameField(label="Ansprechperson", max_length=200, required=False)
    telefon = felder.TelefonField(label="Telefon", required=False)
    email = felder.MailField(label="E-Mail", required=False)
    behoerde = felder.BezeichnungField(
        label="Erlaubnisbehörde", max_length=200, required=False,
        help_text="wer die Betriebserlaubnis nach § 45 SGB VIII erteilt hat",
    )  # fmt: skip
    ist_aktiv = felder.JaNeinField(label="Wird belegt", required=False, initial=True)

    def __init__(self, *args: Any, neu: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kreis"].queryset = list_kreise()
        if neu:
            del self.fields["ist_aktiv"]
            self.mark_shown()

    def clean(self) -> None:
        """What the service would refuse, said with all the rest; it asks again."""
        super().clean()
        show_errors(self, list_maengel(self.cleaned_data))


class NeueFremdeinrichtungForm(FremdentgeltForm, FremdeinrichtungForm):
    """A facility with its first rate."""

    field_order = (
        "name", "anbieter", "strasse", "plz", "ort", "land", "kreis", "ansprechpartner", "telefon", "email",
        "behoerde", "hilfeart", "betrag", "ab", "bis", "quelle",
    )  # fmt: skip


class VorschlagForm(forms.Form):
    """What the register asks for and the office's list does not keep."""

    rechtsform = felder.BezeichnungField(label="Rechtsform", max_length=60, help_text="Zum Beispiel e. V. oder gGmbH.")
    anerkennung = felder.AuswahlField(
        label="Anerkennung nach § 75 SGB VIII",
        choices=[("", felder.BITTE_WAEHLEN), *((wert, text) for wert, text in Anerkennung.choices if wert)],
    )
    steuerstatus = felder.AuswahlField(
        label="Steuerstatus",
        choices=[("", felder.BITTE_WAEHLEN), *((wert, text) for wert, text in Steuerstatus.choices if wert)],
    )
    email = felder.MailField(label="E-Mail der Organisation", help_text="Steht später im Verzeichnis.")
    vorname = felder.NameField(label="Vorname", max_length=100, help_text="wer den Anbieter im Portal verwalten soll")
    nachname = felder.NameField(label="Nachname", max_length=100)
    person_email = felder.MailField(
        label="Dienstliche E-Mail", help_text="Dorthin geht der Link, mit dem die Einrichtung den Antrag bestätigt."
    )


class FremdbuchungForm(UeberlagerungForm, ReservierenForm):
    """The house has said yes; why it is none of the register. `ueberlagert_bis`: there is a booked stay, and until then
    this one could lie over it; without one nothing is asked of it. `planung_bis`: the last day that an open help was
    planned with; of another one nothing is asked. `hilfearten`: the kinds of help that were searched for; which of
    several is asked."""

    hilfeart = felder.AuswahlField(label="Hilfeart", choices=[])

    zugesagt_am = felder.ArbeitstagField(label="Zugesagt am")
    zugesagt_durch = felder.NameField(
        label="Zugesagt durch", max_length=200, required=False, help_text="wer in der Einrichtung zugesagt hat"
    )

    #: Of an open help: the last day that the page showed the price for.
    gezeigt_bis = felder.ArbeitstagField(required=False, widget=forms.HiddenInput())
    #: Of several kinds of help: the one that the page showed the price for.
    gezeigt_art = felder.AuswahlField(required=False, choices=[], widget=forms.HiddenInput())

    field_order = ("hilfeart", "zugesagt_am", "zugesagt_durch", "begruendung", "wuensche", "zweiter_platz")

    def __init__(
        self,
        *args: Any,
        ueberlagert_bis: date | None,
        planung_bis: date | None = None,
        hilfearten: Sequence[Hilfeart] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, pflicht=True, **kwargs)
        if len(hilfearten) > 1:
            codes = [(art.code, str(art)) for art in hilfearten]
            self.fields["hilfeart"].choices = [("", felder.BITTE_WAEHLEN), *codes]
            self.fields["gezeigt_art"].choices = [("", ""), *codes]
        else:
            del self.fields["hilfeart"], self.fields["gezeigt_art"]
        if planung_bis:
            self.fields = {"letzter_tag": bewilligt_bis(planung_bis)} | self.fields
        else:
            del self.fields["gezeigt_bis"]
        feld = self.fields["begruendung"]
        feld.required, feld.label = True, "Begründung der Wahl"
        feld.help_text = f"{WARUM_KEINE} Der Text wird Teil des Auswahlvermerks."
        self.ask_ueberlagerung(ueberlagert_bis)
