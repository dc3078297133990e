"""How a result is shown and narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from shared_apps.core import felder
from shared_apps.core.eingabe import BETRAG_MAX
from shared_apps.core.filter_query import FilterForm
from shared_apps.core.geld import format_geld
from shared_apps.core.zahlwort import anzahl
from shared_apps.providers.rules import BESTAETIGUNG_GILT_TAGE
from tenant_apps.placements.enums import (
    AUSSCHLUSS_WORT,
)
from tenant_apps.placements.search.selectors.treffer import (
    PROBE_BIS,
    PROBE_VON,
    SORTIERUNGEN,
    UMKREISE,
    Ansicht,
    Eingrenzung,
    Sortierung,
    clean_sortierung,
)

BINNEN_TAGEN = f"binnen {anzahl(BESTAETIGUNG_GILT_TAGE, 'Tag', 'Tagen')}"


class ProbeForm(forms.Form):
    """For how much the price counts to try out; what is empty or wrong tries nothing."""

    preis = felder.GanzzahlField(von=PROBE_VON, bis=PROBE_BIS, required=False, label="Preis zur Probe")


#: In the address: the sheet for the child and the parents.
OHNE_PREISE = "ohne"


def shows_preise(query: QueryDict) -> bool:
    """Whether the page is for the office; without prices it is for the child and the parents."""
    return query.get("preise") != OHNE_PREISE


def read_ansicht(query: QueryDict) -> Ansicht:
    """How the result is shown, or was before the page that this address leads to."""
    form = ProbeForm(query)
    return Ansicht(clean_sortierung(query.get("sort")), form.cleaned_data["preis"] if form.is_valid() else None)


class TrefferFilter(FilterForm):
    """Narrowing the result on screen; the sealed list stays whole."""

    km = felder.AuswahlField(
        label="Weg",
        choices=[("", "beliebig"), *((str(km), f"bis {km} km") for km in UMKREISE)],
        required=False,
        widget=forms.RadioSelect,
    )
    frisch = felder.JaNeinField(label=f"Platz {BINNEN_TAGEN} bestätigt", required=False)
    drittel = felder.JaNeinField(label="nur günstigstes Drittel", required=False)
    satz = felder.DezimalField(label="Tagesentgelt bis", von=0, bis=BETRAG_MAX, required=False)
    soll = felder.DezimalField(label="Soll-Entgelt bis", von=0, bis=BETRAG_MAX, required=False)
    text = felder.SuchtextField(label="Name oder Ort", max_length=60, required=False)
    zeige = felder.AuswahlField(
        label="Zeigen", choices=[("", "verfügbare Angebote"), ("alle", "alle Angebote")], required=False
    )
    sort = felder.AuswahlField(label="Reihenfolge", choices=Sortierung.choices, required=False)
    preis = felder.GanzzahlField(
        label="Zur Probe: der Preis zählt bei der Passung",
        von=PROBE_VON,
        bis=PROBE_BIS,
        required=False,
        help_text="Punkte von 100. Nur für diese Ansicht; reservieren Sie daraus, steht es im Auswahlvermerk.",
    )

    def __init__(self, *args: Any, ist_stationaer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ist_stationaer:
            self.fields["satz"].label = "Stundensatz bis"
        umgekehrt = [paar for paar in SORTIERUNGEN if paar[0] == self.data.get("sort") and paar[0].startswith("-")]
        self.fields["sort"].choices = [*Sortierung.choices, *umgekehrt]

    def eingrenzung(self) -> Eingrenzung:
        """What was asked for, as far as it can be understood. By "frei ab" what is not free yet is shown, too."""
        werte = self.values()
        return Eingrenzung(
            alle=werte["zeige"] == "alle" or werte["sort"].removeprefix("-") == Sortierung.FREI_AB,
            text=werte["text"].strip(),
            drittel=bool(werte["drittel"]),
            frisch=bool(werte["frisch"]),
            km=int(werte["km"]) if werte["km"] else None,
            satz=werte["satz"] or None,
            soll=werte["soll"] or None,
        )

    def say_how_many(self, facetten: Mapping[str, int]) -> None:
        """Behind each choice, how many offers it leaves."""
        feld = self.fields["km"]
        feld.choices = [(wert, f"{wort} ({facetten[f'km{wert}']})" if wert else wort) for wert, wort in feld.choices]
        for name in ("frisch", "drittel"):
            self[name].label = f"{self.fields[name].label} ({facetten[name]})"

    def chips(self) -> list[tuple[str, str]]:
        """Name and words of each filter that is set."""
        werte = self.values()
        worte = {
            "km": f"bis {werte['km']} km",
            "frisch": f"{BINNEN_TAGEN} bestätigt",
            "drittel": "nur günstigstes Drittel",
            "satz": f"{self.fields['satz'].label} {werte['satz'] and format_geld(werte['satz'])}",
            "soll": f"{self.fields['soll'].label} {werte['soll'] and format_geld(werte['soll'])}",
            "text": f"„{werte['text']}“",
            "zeige": "alle Angebote",
            "preis": f"zur Probe: Preis {werte['preis']} von 100",
        }
        return [(name, wort) for name, wort in worte.items() if werte[name]]


class NichtPassendFilter(forms.Form):
    """Which of the reasons a list of offers is of."""

    grund = felder.AuswahlField(
        label="Grund", choices=[(grund.value, wort) for grund, wort in AUSSCHLUSS_WORT.items()], required=False
    )
