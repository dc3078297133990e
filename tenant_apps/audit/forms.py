"""Ask for access to the trail, decide, filter."""

from __future__ import annotations

from django import forms

from shared_apps.core import felder
from shared_apps.journal.services.support import HOECHSTENS
from tenant_apps.audit.enums import Aktion


class AntragForm(forms.Form):
    """Why, about whom, which days, for how long."""

    grund = felder.GrundField(
        label="Grund", max_length=500, help_text="Zum Beispiel: Beschwerde vom 3. März, Az. 12/26"
    )
    objekt = felder.KennungField(
        label="Fallnummer oder Kennung", required=False, max_length=40,
        help_text="Nur die Einträge zu diesem Fall oder dieser Person. Leer: alle.",
    )  # fmt: skip
    betrifft_von = felder.ArbeitstagField(label="Einträge vom", required=False)
    betrifft_bis = felder.ArbeitstagField(label="Einträge bis", required=False)
    stunden = felder.GanzzahlField(label="Dauer der Einsicht in Stunden", initial=2, von=1, bis=HOECHSTENS)


class EntscheidungForm(forms.Form):
    """A remark; needed to decline."""

    bemerkung = felder.bedingt(
        felder.GrundField(label="Bemerkung", required=False, max_length=500), "nötig, wenn Sie ablehnen"
    )


class ProtokollFilter(forms.Form):
    """Who, what, when."""

    was = felder.AuswahlField(
        label="Liste", required=False, choices=[("", "Zugriffe"), ("aenderungen", "Geänderte Zeilen")]
    )
    wer = felder.KennungField(label="Benutzername", required=False, max_length=150)
    aktion = felder.AuswahlField(label="Aktion", required=False, choices=[("", "alle"), *Aktion.choices])
    objekt = felder.KennungField(label="Fallnummer oder Kennung", required=False, max_length=40)
    von = felder.ArbeitstagField(label="von", required=False)
    bis = felder.ArbeitstagField(label="bis", required=False)
