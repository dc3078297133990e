"""A list is sent, its columns are assigned, its lines are narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from shared_apps.core import felder
from shared_apps.core.filter_query import FilterForm
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.einlesen.enums import Befund, Gegenstand
from shared_apps.einlesen.katalog import SPALTEN
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.tabelle import GROESSE_MAX, ZU_GROSS

NICHT_ANGEKOMMEN = "Die Datei kam nicht an. Bitte wählen Sie sie noch einmal aus."


class DateiForm(forms.Form):
    """The list."""

    datei = felder.InhaltField(
        label="Liste",
        groesse=GROESSE_MAX,
        error_messages={"gross": ZU_GROSS},
        annahme=".csv,.txt,.xlsx",
        help_text="CSV oder Excel (.xlsx), höchstens 5 MB und 10.000 Zeilen.",
    )

    def clean(self) -> dict[str, Any]:
        """A file that came as a word was sent without `enctype`."""
        if not self.files.get("datei") and self.data.get("datei"):
            self.add_error("datei", NICHT_ANGEKOMMEN)
        return self.cleaned_data


class ZuordnungForm(BearbeitenForm):
    """Which column of the file is what. A field for each column there is, in groups."""

    def __init__(self, *args: Any, einlesung: Einlesung, beispiele: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spalten = [
            (str(stelle), f"{name} (z. B. {beispiele[stelle]})" if stelle in beispiele else name)
            for stelle, name in enumerate(einlesung.kopf)
            if name
        ]
        for spalte in SPALTEN:
            leer = felder.BITTE_WAEHLEN if spalte.ist_pflicht else "nicht in der Datei"
            self.fields[spalte.code] = felder.TypAuswahlField(
                label=spalte.label,
                required=False,
                choices=[("", leer), *spalten],
                coerce=int,
                empty_value=None,
                help_text="Nötig." if spalte.ist_pflicht else "",
            )
            self.initial[spalte.code] = einlesung.zuordnung.get(spalte.code)
        self.mark_shown()

    @property
    def gruppen(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under what they speak of."""
        return [(art.label, [self[s.code] for s in SPALTEN if s.art == art]) for art in Gegenstand]

    def zuordnung(self) -> dict[str, int | None]:
        """What was chosen."""
        return {spalte.code: self.cleaned_data.get(spalte.code) for spalte in SPALTEN}


class ZeilenFilter(FilterForm):
    """What came of looking at a line; what is not a choice is ignored."""

    befund = felder.AuswahlField(label="Befund", required=False, choices=[("", "alle"), *Befund.choices()])


class GrundForm(forms.Form):
    """Why a list goes back."""

    grund = felder.MarktgrundField(
        label="Grund",
        widget=forms.Textarea,
        required=False,
        help_text="Die Person, die die Liste vorbereitet hat, liest ihn",
    )
