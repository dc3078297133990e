"""What forms of several rooms of this app ask for."""

from __future__ import annotations

from datetime import date

from django import forms

from shared_apps.core import felder
from tenant_apps.placements.enums import UEBERLAGERUNG_WAHL


def bewilligt_bis(planung_bis: date) -> felder.ArbeitstagField:
    """The field for the last day of what was searched for until further notice."""
    return felder.ArbeitstagField(
        label="Bewilligt bis einschließlich", initial=planung_bis,
        help_text="Gesucht wurde bis auf Weiteres. Gebucht wird bis zu diesem Tag; danach lässt sich verlängern.",
    )  # fmt: skip


class UeberlagerungForm(forms.Form):
    """What a second stay is, until when, why: asked only where the child has one already."""

    ueberlagerung = felder.AuswahlField(
        label="Warum zwei Aufenthalte zugleich", choices=[("", felder.BITTE_WAEHLEN), *UEBERLAGERUNG_WAHL]
    )
    ueberlagerung_bis = felder.ArbeitstagField(
        label="Bis einschließlich",
        help_text="An diesem Tag endet die andere Hilfe, oder das Kind kehrt dorthin zurück.",
    )
    ueberlagerung_grund = felder.GrundField(
        label="Begründung des zweiten Aufenthalts", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
