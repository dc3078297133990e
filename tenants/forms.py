"""The operator's form for a new municipality."""

from __future__ import annotations

from django import forms

from shared_apps.core import felder
from tenants.onboarding.registry import Angaben


class OnboardingForm(forms.Form):
    """Blank name and AGS are taken from the reference data, when the municipality stands there."""

    kuerzel = felder.MusterField(
        r"[A-Za-z][A-Za-z0-9]{1,11}",
        label="Kürzel",
        max_length=12,
        help_text="2 bis 12 Buchstaben oder Ziffern, z. B. VG. Daraus wird die Adresse.",
        error_messages={"invalid": "Bitte 2 bis 12 Buchstaben oder Ziffern, am Anfang ein Buchstabe."},
    )
    name = felder.BezeichnungField(
        label="Name",
        max_length=200,
        required=False,
        help_text="Leer: aus den Referenzdaten.",
    )
    ags = felder.MusterField(
        r"[0-9]{5}([0-9]{3})?",
        label="Amtlicher Gemeindeschlüssel (AGS)",
        required=False,
        help_text="5 oder 8 Ziffern, z. B. 13075.",
        error_messages={"invalid": "Der Amtliche Gemeindeschlüssel hat 5 oder 8 Ziffern."},
    )
    admin_username = felder.BenutzernameField(
        label="Benutzername der ersten Administration",
        required=False,
        help_text="Leer: admin-<kürzel>. Ein Passwort wird hier nicht vergeben.",
    )
    admin_vorname = felder.NameField(label="Vorname der Administration", max_length=100, required=False)
    admin_nachname = felder.NameField(label="Nachname der Administration", max_length=100, required=False)
    admin_email = felder.MailField(label="E-Mail der Administration", required=False)

    def clean_kuerzel(self) -> str:
        """Capital letters."""
        return self.cleaned_data["kuerzel"].upper()

    def as_angaben(self) -> Angaben:
        """What the onboarding needs."""
        return Angaben.from_json({k: v.strip() for k, v in self.cleaned_data.items()})
