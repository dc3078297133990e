"""The account of a provider."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from shared_apps.core import felder
from shared_apps.core.filter_query import FilterForm
from shared_apps.providers.states import AMT_WARTET, KontoZustand
from shared_apps.regions.models import Gebietskoerperschaft


class KontoForm(forms.Form):
    """Another account. `zur_wahl`: among which offices it can be asked, where one of them confirms and there are
    several; otherwise nothing is to be chosen."""

    inhaber = felder.BezeichnungField(
        label="Kontoinhaber", max_length=70, help_text="So, wie der Name bei der Bank steht"
    )
    iban = felder.IbanField(label="IBAN", help_text="Zum Beispiel DE02 1203 0000 0000 2020 51")
    gebietskoerperschaft = felder.ObjektField(
        label="Jugendamt, das das Konto prüft",
        queryset=Gebietskoerperschaft.objects.none(),
        empty_label=felder.BITTE_WAEHLEN,
        help_text="Eines, in dessen Kreis Sie eine Einrichtung betreiben",
    )

    def __init__(self, *args: Any, zur_wahl: QuerySet[Gebietskoerperschaft] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if zur_wahl is None:
            del self.fields["gebietskoerperschaft"]
        else:
            self.fields["gebietskoerperschaft"].queryset = zur_wahl


class KontoAblehnungForm(forms.Form):
    """Why an account is not confirmed."""

    grund = felder.MarktgrundField(label="Grund", widget=forms.Textarea, required=False)


class KontoPruefungForm(forms.Form):
    """What an office has checked an account with."""

    geprueft_an = felder.MarktgrundField(
        label="Woran geprüft",
        widget=forms.Textarea,
        help_text="Zum Beispiel: Schreiben der Bank vom 3. Mai; Anruf unter der Nummer aus der Vereinbarung, mit wem",
        required=False,
    )


class KontoFilter(FilterForm):
    """State of an account that an office is asked for; what is not a choice is ignored."""

    zustand = felder.AuswahlField(
        label="Zustand",
        required=False,
        choices=[
            ("", "alle"),
            (KontoZustand.VORGESCHLAGEN.value, AMT_WARTET),
            *(wahl for wahl in KontoZustand.choices() if wahl[0] != KontoZustand.VORGESCHLAGEN.value),
        ],
    )
