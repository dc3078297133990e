"""Filters of own facilities, unconfirmed vacancies and reports; a report that a place was not free."""

from __future__ import annotations

from typing import Any

from django import forms

from shared_apps.catalogue.models import Grundart
from shared_apps.catalogue.selectors import list_gruende
from shared_apps.core import felder
from shared_apps.core.filter_query import FilterForm
from shared_apps.providers.forms.register import KreisFilter
from shared_apps.providers.selectors.erlaubnis import Erlaubnissuche
from shared_apps.providers.selectors.register import MAX_SUCHE
from shared_apps.providers.states import MeldungZustand


class EigeneFilter(KreisFilter):
    """Word, district, whether something is to be done there, and how its licence is."""

    suche = felder.SuchtextField(label="Name oder Ort", required=False, max_length=MAX_SUCHE)
    zu_tun = felder.AuswahlField(
        label="Zeigen", required=False, choices=[("", "alle Einrichtungen"), ("ja", "nur, wo etwas zu tun ist")]
    )
    erlaubnis = felder.AuswahlField(
        label="Betriebserlaubnis", required=False, choices=[("", "alle"), *Erlaubnissuche.choices]
    )


class UnbestaetigteFilter(KreisFilter):
    """Word, and for the state the district."""

    suche = felder.SuchtextField(label="Name oder Ort", required=False, max_length=MAX_SUCHE)


class MeldungFilter(FilterForm):
    """State of a report."""

    zustand = felder.AuswahlField(label="Zustand", required=False, choices=[("", "alle"), *MeldungZustand.choices()])


class MeldungForm(forms.Form):
    """On which day a place was not free, and why: a code, no free text."""

    tag = felder.DatumField(label="Tag", help_text="An dem Sie belegen wollten")
    grund = felder.AuswahlField(label="Was war")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grund"].choices = [("", felder.BITTE_WAEHLEN), *list_gruende(Grundart.MELDUNG)]
