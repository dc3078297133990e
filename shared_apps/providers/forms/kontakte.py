"""Contacts by function."""

from __future__ import annotations

from django import forms

from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.providers.models import Kontaktfunktion


class NeuerKontaktForm(forms.Form):
    """A contact that is to be entered."""

    funktion = felder.AuswahlField(label="Funktion", choices=Kontaktfunktion.choices)
    name = felder.NameField(
        label="Name", required=False, max_length=120, help_text="Leer, wenn sich dort wechselnde Personen melden"
    )
    telefon = felder.TelefonField(label="Telefon", required=False)
    email = felder.MailField(label="E-Mail", required=False)
    ist_notruf = felder.JaNeinField(
        label="Notfalltelefon: Hier meldet sich rund um die Uhr jemand (24 h)",
        required=False,
        help_text="Genau eine Nummer. Die Jugendämter sehen sie zuerst.",
    )


class KontaktForm(NeuerKontaktForm, BearbeitenForm):
    """A contact that is changed."""
