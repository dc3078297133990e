"""Licences and exceptions, as the authority has written them."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.core.seite import Faltung
from shared_apps.providers.models import ALTER_MAX
from shared_apps.providers.services.angebote import PLAETZE_MAX


class NeueErlaubnisForm(forms.Form):
    """A licence that is to be entered: most hold from their day on, without an end."""

    faltungen: ClassVar[tuple[Faltung, ...]] = (
        Faltung("Gilt ab einem anderen Tag oder nur auf Zeit", ("gueltig_ab", "letzter_tag")),
        Faltung("Nebenbestimmungen", ("nebenbestimmungen",)),
    )

    nummer = felder.KennungField(label="Nummer der Betriebserlaubnis", max_length=60)
    behoerde = felder.BezeichnungField(label="Erlaubnisbehörde", max_length=200)
    datum = felder.DatumField(label="Bescheid vom")
    gueltig_ab = felder.DatumField(
        label="Gilt ab", required=False, help_text="Nur, wenn sie nicht ab dem Tag des Bescheids gilt"
    )
    letzter_tag = felder.DatumField(
        label="Gilt bis", required=False, help_text="Letzter Tag, wenn sie befristet oder aufgehoben ist; sonst leer"
    )
    plaetze = felder.GanzzahlField(
        label="Genehmigte Plätze",
        von=1,
        bis=PLAETZE_MAX,
        help_text="Für alle Angebote der Einrichtung zusammen, die eine Erlaubnis brauchen",
    )
    alter_von = felder.GanzzahlField(label="Genehmigtes Alter von", von=0, bis=ALTER_MAX)
    alter_bis = felder.GanzzahlField(label="Genehmigtes Alter bis einschließlich", von=0, bis=ALTER_MAX)
    nebenbestimmungen = felder.FreitextField(
        label="Nebenbestimmungen", required=False, help_text="Was die Behörde verlangt. Alle Jugendämter lesen es."
    )


class ErlaubnisForm(NeueErlaubnisForm, BearbeitenForm):
    """A licence that is corrected, prolonged or ended: its last day is what one comes for."""

    faltungen: ClassVar[tuple[Faltung, ...]] = ()


class NeueAusnahmeForm(forms.Form):
    """An exception that is to be entered."""

    aktenzeichen = felder.KennungField(label="Aktenzeichen", max_length=60)
    datum = felder.DatumField(label="Schreiben vom")
    beginn = felder.DatumField(label="Gilt ab")
    letzter_tag = felder.DatumField(label="Gilt bis", help_text="Letzter Tag: Eine Ausnahme ist immer befristet")
    plaetze_mehr = felder.GanzzahlField(
        label="Plätze mehr", von=0, bis=PLAETZE_MAX, initial=0, help_text="Zusätzlich zu den genehmigten"
    )
    alter_von = felder.GanzzahlField(
        label="Alter schon von", von=0, bis=ALTER_MAX, required=False, help_text="Leer: wie in der Erlaubnis"
    )
    alter_bis = felder.GanzzahlField(
        label="Alter noch bis einschließlich", von=0, bis=ALTER_MAX, required=False,
        help_text="Leer: wie in der Erlaubnis",
    )  # fmt: skip
    grund = felder.MarktgrundField(label="Grund")


class AusnahmeForm(NeueAusnahmeForm, BearbeitenForm):
    """An exception that is corrected or shortened."""
