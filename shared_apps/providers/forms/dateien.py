"""Pictures and papers that are handed in."""

from __future__ import annotations

from typing import Any

from django import forms

from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.core.uploads import grenzen
from shared_apps.providers.models import Foto, Rechtsgrundlage
from shared_apps.providers.selectors.entgelte import list_jugendaemter
from shared_apps.providers.services.dateien import FOTO
from shared_apps.regions.models import Gebietskoerperschaft

_MB = grenzen.DATEI_MAX // grenzen.MB


class BilderForm(forms.Form):
    """Some pictures at once."""

    dateien = felder.BilderField(
        label="Bilder",
        hoechstens=grenzen.BILDER_JE_ANFRAGE,
        help_text=(
            f"JPEG, PNG oder WebP, höchstens {grenzen.BILDER_JE_ANFRAGE} auf einmal, je {_MB} MB, zusammen"
            f" {grenzen.ANFRAGE_MAX // grenzen.MB} MB. Aufnahmeort und Kameradaten entfernen wir."
        ),
    )
    ohne_menschen = felder.JaNeinField(label="Auf keinem Bild sind Menschen zu erkennen.")


class FotoForm(BearbeitenForm, forms.ModelForm):
    """What a picture shows."""

    class Meta:
        model = Foto
        fields = list(FOTO)
        field_classes = {"titel": felder.BezeichnungField, "alternativtext": felder.ZeileField}
        help_texts = {
            "titel": "Steht unter dem Bild, zum Beispiel „Garten“.",
            "alternativtext": "Was zu sehen ist, für Menschen, die das Bild nicht sehen: „Garten mit Schaukel“.",
        }

    def _post_clean(self) -> None:
        """The row is written by the service, from what was entered."""


class DateiForm(forms.Form):
    """The PDF of a paper."""

    datei = felder.DateiField(
        label="PDF-Datei", help_text=f"Höchstens {_MB} MB, ohne Kennwort, ohne angehängte Dateien."
    )


class DokumentForm(DateiForm):
    """A paper with its day and its PDF."""

    datum = felder.DatumField(label="Vom", help_text="Der Tag, der auf dem Dokument steht.")
    letzter_tag = felder.DatumField(label="Gilt bis", required=False, help_text="Letzter Tag, wenn es einen gibt.")

    field_order = ("datum", "letzter_tag", "rechtsgrundlage", "jugendamt", "datei")


class VereinbarungForm(DokumentForm):
    """An agreement, and on what it rests."""

    rechtsgrundlage = felder.AuswahlField(label="Rechtsgrundlage", choices=Rechtsgrundlage.choices)
    jugendamt = felder.ObjektField(
        label="Nur mit dem Jugendamt",
        queryset=Gebietskoerperschaft.objects.none(),
        required=False,
        empty_label="keines allein: gilt für alle",
        help_text="Nur bei § 77: Andere Jugendämter sehen dieses Dokument dann nicht.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jugendamt"].queryset = list_jugendaemter()
