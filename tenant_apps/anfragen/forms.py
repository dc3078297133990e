"""Forms of enquiries: what is asked, what a house answers. They keep what was typed; the services decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django import forms

from shared_apps.core import felder
from shared_apps.core.filter_query import FilterForm
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.occupancy.models import HALTEN_TAGE
from tenant_apps.anfragen.enums import (
    ANFRAGE_ZUSTAND_CHOICES,
    BEDARF_MAX,
    DRINGLICHKEIT_CHOICES,
    MIT_ANTWORT,
    RUECKFRAGE_MAX,
    SAETZE_WORT,
)
from tenant_apps.anfragen.rules import Dringlichkeit
from tenant_apps.anfragen.services.ask import Anfrageangaben
from tenant_apps.placements.enums import Ablehnungsgrund
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile

_WAHL = ("", "Bitte auswählen")
_STAENDE = [("", "alle"), (MIT_ANTWORT, "offen, mit Antworten"), *ANFRAGE_ZUSTAND_CHOICES]
#: For how long a house can hold a place, in steps.
_HALTEN = [tage for tage in (1, 3, 7, HALTEN_TAGE) if tage <= HALTEN_TAGE]


class HaeuserForm(forms.Form):
    """Which houses; further ones of an enquiry that is open need no more."""

    angebote = felder.MehrfachField(label="Häuser", required=False)

    def __init__(self, *args: Any, zeilen: Sequence[Trefferzeile], gemerkt: Collection[str], **kwargs: Any) -> None:
        """`zeilen`: what can be asked for; `gemerkt`: the offers that are ticked from the beginning."""
        super().__init__(*args, **kwargs)
        self.fields["angebote"].choices = [(str(zeile.angebot), zeile.einrichtung) for zeile in zeilen]
        self.fields["angebote"].initial = [str(z.angebot) for z in zeilen if str(z.angebot) in gemerkt]

    @property
    def angehakt(self) -> set[str]:
        """Keys of the offers that are ticked now."""
        return {str(wert) for wert in self["angebote"].value() or ()}

    @property
    def gewaehlt(self) -> list[UUID]:
        """Keys of the offers that were sent."""
        return [UUID(wert) for wert in self.cleaned_data["angebote"]]


class AnfrageForm(HaeuserForm):
    """Which houses, what for, until when."""

    bedarf = felder.FreitextField(
        label="Was gebraucht wird",
        max_length=BEDARF_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"Ein bis {SAETZE_WORT} ohne Namen, Geburtsdatum, Nummern. Die Häuser lesen genau das.",
    )
    dringlichkeit = felder.AuswahlField(
        label="Dringlichkeit", choices=DRINGLICHKEIT_CHOICES, initial=Dringlichkeit.EILIG.value
    )
    antwort_bis = felder.ArbeitstagField(
        label="Antwort bis", required=False, help_text="leer: so lange, wie die Dringlichkeit lässt"
    )

    @property
    def angaben(self) -> Anfrageangaben:
        """What the houses are to read."""
        return Anfrageangaben(
            bedarf=self.cleaned_data["bedarf"],
            dringlichkeit=self.cleaned_data["dringlichkeit"],
            antwort_bis=self.cleaned_data["antwort_bis"],
        )


class AnfragenFilter(FilterForm):
    """What the list is narrowed to."""

    zustand = felder.AuswahlField(
        label="Stand",
        required=False,
        choices=_STAENDE,
    )


class ZusageForm(forms.Form):
    """Yes, and for how long a place is held."""

    tage = felder.TypAuswahlField(
        label="Platz halten",
        coerce=int,
        choices=[("0", "keinen Platz halten"), *((str(tage), anzahl_tage(tage)) for tage in _HALTEN)],
        initial="3",
        help_text="So lange bekommt ihn niemand sonst. Danach ist er von selbst wieder frei.",
    )


class RueckfrageForm(forms.Form):
    """Yes, if something is answered first."""

    frage = felder.FreitextField(
        label="Ihre Frage",
        max_length=RUECKFRAGE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Bitte keine Namen und keine Angaben zu Personen.",
    )


class AbsageForm(forms.Form):
    """No, and why."""

    grund = felder.AuswahlField(label="Grund", choices=[_WAHL, *Ablehnungsgrund.choices])
    erlaeuterung = felder.bedingt(
        felder.FreitextField(
            label="Erläuterung",
            required=False,
            max_length=RUECKFRAGE_MAX,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="Bitte keine Namen und keine Angaben zu Personen.",
        ),
        "nötig bei einem anderen Grund",
    )


class RueckzugForm(forms.Form):
    """Why the enquiry is withdrawn."""

    grund = felder.GrundField(label="Grund", max_length=500)
