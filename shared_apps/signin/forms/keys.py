"""A new API key: what for, what it may do, and how long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from shared_apps.accounts.umfang import Umfang
from shared_apps.core import felder
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.signin.services.tokens import TAGE_MAX

FRISTEN = [*((tage, anzahl_tage(tage)) for tage in (30, 90, 180)), (TAGE_MAX, "ein Jahr")]


class KeyForm(forms.Form):
    """Name, scopes, end."""

    bezeichnung = felder.BezeichnungField(
        label="Wofür", max_length=100, help_text="Zum Beispiel der Name des Programms. Bitte keine Namen von Personen."
    )
    umfang = felder.MehrfachField(
        label="Der Schlüssel darf",
        help_text="Was Ihre Rolle hier darf. Keine Angabe schließt eine andere ein; wählen Sie so wenig wie möglich.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Bitte wählen Sie, wofür der Schlüssel gelten soll.",
            "invalid_choice": "Das passt nicht zu Ihrer Rolle. Bitte wählen Sie aus dem, was hier angeboten wird.",
        },
    )
    tage = felder.TypAuswahlField(label="Gültig", choices=FRISTEN, coerce=int, initial=90)

    def __init__(self, *args: Any, umfaenge: Iterable[Umfang], **kwargs: Any) -> None:
        """`umfaenge`: what this person can use at this host."""
        super().__init__(*args, **kwargs)
        self.fields["umfang"].choices = [(u.value, f"{u.label}: {u.beschreibung}") for u in umfaenge]
