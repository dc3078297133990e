"""A list is sent, its columns are assigned, its lines are narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from shared_apps.core import felder
from shared_apps.core.filter_query import FilterForm
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.core.zahlwort import anzahl
from shared_apps.einlesen.enums import Befund, Gegenstand, Wartend
from shared_apps.einlesen.katalog import PFLICHT, SPALTE, SPALTEN
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


@dataclass(frozen=True, slots=True)
class Gruppe:
    """Fields about one thing: those that the file has, or must have, and the others."""

    name: str
    umfang: str
    felder: list[forms.BoundField]
    weitere: list[forms.BoundField]
    ist_offen: bool


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
        erkannt = set(einlesung.zuordnung.values())
        self.spalten = [name for name in einlesung.kopf if name]
        #: Columns of the file that nobody has recognised: what is in them is not read in.
        self.fremde = [name for stelle, name in enumerate(einlesung.kopf) if name and stelle not in erkannt]
        #: What every list has to have and this file's columns are not known to.
        self.fehlende = [f"„{SPALTE[code].label}“" for code in PFLICHT if code not in einlesung.zuordnung]

    @property
    def fehlende_text(self) -> str:
        """The same in a sentence."""
        return ", ".join(self.fehlende)

    was_tun = (
        "Wählen Sie unten aus, welche Spalte der Datei es enthält. Steht es nicht darin, ergänzen Sie die Datei und"
        " laden Sie sie neu hoch."
    )

    @property
    def erkannt(self) -> str:
        """How many columns of the file are recognised."""
        alle = len(self.spalten)
        if not self.fremde:
            return "Die Spalte der Datei ist erkannt." if alle == 1 else f"Alle {alle} Spalten der Datei sind erkannt."
        return f"{alle - len(self.fremde)} von {anzahl(alle, 'Spalte', 'Spalten')} der Datei sind erkannt."

    @property
    def gruppen(self) -> list[Gruppe]:
        """The fields under what they speak of: a group is unfolded where something in it is missing or wrong."""
        return [self._gruppe(art) for art in Gegenstand]

    def _gruppe(self, art: Gegenstand) -> Gruppe:
        alle = [(s, self[s.code]) for s in SPALTEN if s.art == art]
        da = [feld for s, feld in alle if s.ist_pflicht or self.initial[s.code] is not None or feld.errors]
        rest = [feld for _, feld in alle if feld not in da]
        zahl = sum(self.initial[s.code] is not None for s, _ in alle)
        offen = any(feld.errors or (s.ist_pflicht and self.initial[s.code] is None) for s, feld in alle)
        return Gruppe(art.label, f"{zahl} von {len(alle)} Angaben in der Datei", da, rest, ist_offen=offen)

    def zuordnung(self) -> dict[str, int | None]:
        """What was chosen."""
        return {spalte.code: self.cleaned_data.get(spalte.code) for spalte in SPALTEN}


class EinlesungFilter(FilterForm):
    """Which lists: all, or those that somebody has to do something about; what is not a choice is ignored."""

    nur = felder.AuswahlField(label="Zeigen", required=False, choices=[("", "alle"), *Wartend.choices()])


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
