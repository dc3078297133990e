"""The operator's forms: a new municipality, and the maintenance of an office."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from shared_apps.core import felder
from tenants.onboarding.registry import Angaben, OnboardingFehler

#: Characters of a reference file; the rule itself is with whoever reads it.
REFERENZ_MAX = 200_000
UNBEKANNT = "nötig ohne Referenzdaten"


class WartungForm(forms.Form):
    """The state that the question was about: a second click on an old page does not turn it round."""

    zustand = felder.VerstecktField(required=False, max_length=20)


class OnboardingForm(forms.Form):
    """Blank name and AGS are taken from the reference data, when the municipality is there."""

    kuerzel = felder.MusterField(
        r"[A-Za-z][A-Za-z0-9]{1,11}",
        label="Kürzel",
        max_length=12,
        help_text="2 bis 12 Buchstaben oder Ziffern, z. B. VG. Daraus wird die Adresse.",
        error_messages={"invalid": "Bitte 2 bis 12 Buchstaben oder Ziffern, am Anfang ein Buchstabe."},
    )
    name = felder.bedingt(
        felder.BezeichnungField(
            label="Name",
            max_length=200,
            required=False,
            help_text="Leer: aus den Referenzdaten.",
        ),
        UNBEKANNT,
    )
    ags = felder.bedingt(
        felder.MusterField(
            r"[0-9]{5}([0-9]{3})?",
            label="Amtlicher Gemeindeschlüssel (AGS)",
            required=False,
            help_text="5 oder 8 Ziffern, z. B. 13075.",
            error_messages={"invalid": "Der Amtliche Gemeindeschlüssel hat 5 oder 8 Ziffern."},
        ),
        UNBEKANNT,
    )
    admin_username = felder.BenutzernameField(
        label="Benutzername der ersten Administration",
        required=False,
        help_text="Leer: admin-<kürzel>. Ein Passwort wird hier nicht vergeben.",
    )
    admin_vorname = felder.NameField(label="Vorname der Administration", max_length=100, required=False)
    admin_nachname = felder.NameField(label="Nachname der Administration", max_length=100, required=False)
    admin_email = felder.MailField(label="E-Mail der Administration", required=False)

    referenz_datei = felder.TextdateiField(
        label="Referenzdatei (CSV)",
        required=False,
        help_text="Nur für Kreise und Städte, die das Programm nicht kennt: Gebiet und Einwohnerzahlen, eine Zeile je "
        "Kreis. Spalten: kuerzel, name, kurzname, ags, typ, sitz, land, stichtag, zensusbasis, quelle, ew, u3, 3-5, "
        "6-14, 15-17, 18-24, 25-29.",
    )
    referenz = felder.FreitextField(
        label="Inhalt der Referenzdatei",
        required=False,
        max_length=REFERENZ_MAX,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="Steht hier nach dem Hochladen und lässt sich verbessern. Leer, wenn das Programm den Kreis kennt.",
    )

    erneut = felder.JaNeinField(required=False)  # asked only of an office that is there

    def __init__(self, data: QueryDict | None = None, files: MultiValueDict | None = None, **kwargs: Any) -> None:
        if data is not None and files and (datei := files.get("referenz_datei")):
            data = data.copy()  # a browser forgets a file when the page comes back: its text stays
            with suppress(forms.ValidationError):  # said when the form is cleaned
                data["referenz"] = self.base_fields["referenz_datei"].to_python(datei) or ""
        super().__init__(data, files, **kwargs)
        frage = self.fields.pop("erneut")
        if data and data.get("erneut") and data["erneut"] == data.get("kuerzel", "").strip().upper():
            self._ask(data["erneut"], frage)

    def _ask(self, kuerzel: str, frage: forms.Field) -> None:
        """Ask whether an office that is there is meant; the answer counts for this Kürzel only."""
        frage.label = f"Ja, {kuerzel} noch einmal einrichten und auf den Stand des Programms bringen"
        frage.widget.attrs["value"] = kuerzel
        self.fields["erneut"] = frage

    def clean_referenz_datei(self) -> Any:
        """A file that came as a word was sent without `enctype`: it would be ignored in silence."""
        if not self.files.get("referenz_datei") and self.data.get("referenz_datei"):
            raise forms.ValidationError("Die Datei kam nicht an. Bitte wählen Sie sie noch einmal aus.")
        return self.cleaned_data["referenz_datei"]

    def clean_kuerzel(self) -> str:
        """Capital letters."""
        return self.cleaned_data["kuerzel"].upper()

    def as_angaben(self) -> Angaben:
        """What the onboarding needs."""
        werte = {k: v for k, v in self.cleaned_data.items() if k != "referenz_datei"}
        return Angaben.from_json({k: v.strip() if isinstance(v, str) else v for k, v in werte.items()})

    def refuse(self, fehler: OnboardingFehler) -> None:
        """Put what onboarding says beside the field it speaks of."""
        if fehler.feld == "erneut":
            self._ask(self.cleaned_data["kuerzel"], self.base_fields["erneut"])
        self.add_error(fehler.feld if fehler.feld in self.fields else None, str(fehler))
