"""What forms of several rooms of this app ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from shared_apps.core import felder
from shared_apps.core.zeitraum import Zeitraum, ZeitraumError
from tenant_apps.placements.enums import UEBERLAGERUNG_WAHL


def bewilligt_bis(planung_bis: date) -> felder.ArbeitstagField:
    """The field for the last day of what was searched for until further notice."""
    return felder.ArbeitstagField(
        label="Bewilligt bis einschließlich", initial=planung_bis,
        help_text="Gesucht wurde bis auf Weiteres. Gebucht wird bis zu diesem Tag; danach lässt sich verlängern.",
    )  # fmt: skip


def read_bewilligt(gesendet: Mapping[str, Any] | None, geplant: Zeitraum) -> Zeitraum:
    """The days an open help would be booked for: from its beginning to the day in that field; as planned where nothing
    was sent, or a day that cannot be, which the form refuses."""
    try:
        bis = felder.ArbeitstagField(required=False).clean((gesendet or {}).get("letzter_tag"))
        return Zeitraum.from_inclusive(geplant.beginn, bis) if bis else geplant
    except (ValidationError, ZeitraumError):
        return geplant


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

    def ask_ueberlagerung(self, bis: date | None) -> None:
        """Only where there is a stay that it could lie over until this day. What was said of one all the same stays to
        be refused; a proposal that nobody has touched goes."""
        if bis:
            self.initial["ueberlagerung_bis"] = bis
        elif not any(self.data.get(name) for name in ("ueberlagerung", "ueberlagerung_grund")):
            for name in UeberlagerungForm.base_fields:
                del self.fields[name]
