"""Form of an office's own sign-in server."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from shared_apps.accounts.models import Anmeldedienst
from shared_apps.core import felder
from shared_apps.oidc.rules import names_user
from shared_apps.oidc.services import CLAIM, IN_JEDEM_TOKEN, KEIN_NAME, MIT_NUTZER, OHNE_BELEG, UNBELEGT

_CLAIM = RegexValidator(f"^{CLAIM}$", KEIN_NAME)
_WERTE_MAX = 20
BEIDES = "Bitte geben Sie ein neues Geheimnis an oder löschen Sie das gespeicherte."


class GelesenForm(forms.Form):
    """What the second person has read, as the page gave it to her."""

    gelesen = felder.VerstecktField(required=False)


class AnmeldedienstForm(forms.Form):
    """The secret can be written and never read: an empty field keeps the one that is stored."""

    bezeichnung = felder.BezeichnungField(
        label="Bezeichnung",
        max_length=60,
        help_text="Steht auf der Anmeldeseite: „Anmelden mit dem …“.",
        error_messages={"required": "Bitte geben Sie eine Bezeichnung an, zum Beispiel „Konto des Landkreises“."},
    )
    issuer = felder.AdresseField(
        label="Aussteller (issuer)",
        max_length=300,
        assume_scheme="https",
        help_text="Die Adresse, unter der /.well-known/openid-configuration steht.",
        error_messages={
            "required": "Bitte geben Sie die Adresse des Ausstellers an.",
            "invalid": "Der Aussteller ist eine Adresse mit https://.",
        },
    )
    client_id = felder.KennungField(
        label="Client-Kennung",
        max_length=190,
        error_messages={"required": "Bitte geben Sie die Client-Kennung an, die der Dienst SoJuS gegeben hat."},
    )
    client_secret = felder.GeheimnisField(
        label="Client-Geheimnis",
        required=False,
        max_length=500,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    ohne_geheimnis = felder.JaNeinField(
        label="Gespeichertes Geheimnis löschen (öffentlicher Client, nur PKCE)", required=False
    )
    email_claim = felder.KennungField(
        label="Angabe mit der E-Mail-Adresse", max_length=100, validators=[_CLAIM], initial=Anmeldedienst.EMAIL
    )
    adresse_vom_landkreis = felder.JaNeinField(
        label="Der Landkreis vergibt diese Angabe; niemand kann sie sich selbst eintragen",
        required=False,
        help_text="Nur für eine andere Angabe als email nötig. Für email sagt der Dienst selbst, ob die Adresse "
        "geprüft ist (email_verified).",
    )
    faktor_claim = felder.KennungField(
        label="Angabe mit dem zweiten Faktor",
        required=False,
        max_length=100,
        validators=[_CLAIM],
        help_text="Leer: amr und acr.",
    )
    mfa_werte = felder.ZeileField(
        label="Werte, die einen zweiten Faktor belegen",
        required=False,
        max_length=500,
        help_text="Mit Komma getrennt, zum Beispiel mfa, otp. Leer: SoJuS fragt selbst nach dem zweiten Faktor.",
    )
    ist_aktiv = felder.JaNeinField(label="Anmeldung mit diesem Dienst anbieten", required=False)

    def __init__(self, *args: Any, dienst: Anmeldedienst | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_secret = bool(dienst and dienst.client_secret)
        self.fields["client_secret"].help_text = (
            "Ein Geheimnis ist gespeichert; es wird nie angezeigt. Leer lassen: es bleibt."
            if self.has_secret
            else "Es wird verschlüsselt gespeichert und nie angezeigt. Leer: öffentlicher Client, nur PKCE."
        )
        if not self.has_secret:
            del self.fields["ohne_geheimnis"]
        if dienst is not None:
            names = (*Anmeldedienst.GEPRUEFT, "bezeichnung", "ist_aktiv")
            self.initial.update({name: getattr(dienst, name) for name in names})
            self.initial["mfa_werte"] = ", ".join(dienst.mfa_werte)

    def clean_issuer(self) -> str:
        """An address of a server and of nobody there."""
        issuer = self.cleaned_data["issuer"]
        if names_user(issuer):
            raise forms.ValidationError(MIT_NUTZER)
        return issuer

    def clean_faktor_claim(self) -> str:
        """A claim that can tell how somebody signed in."""
        claim = self.cleaned_data["faktor_claim"]
        if claim in IN_JEDEM_TOKEN:
            raise forms.ValidationError(OHNE_BELEG)
        return claim

    def clean_mfa_werte(self) -> list[str]:
        """The values as a list."""
        werte = [wert.strip() for wert in self.cleaned_data["mfa_werte"].split(",") if wert.strip()]
        if len(werte) > _WERTE_MAX:
            raise forms.ValidationError(f"Bitte geben Sie höchstens {_WERTE_MAX} Werte an.")
        return werte

    def clean(self) -> dict[str, Any]:
        """A new secret and none at all cannot both be meant; somebody vouches for the address."""
        data = super().clean() or self.cleaned_data
        if data.get("client_secret") and data.get("ohne_geheimnis"):
            self.add_error("ohne_geheimnis", BEIDES)
        other = data.get("email_claim", Anmeldedienst.EMAIL) != Anmeldedienst.EMAIL
        if other and not data.get("adresse_vom_landkreis"):
            self.add_error("adresse_vom_landkreis", UNBELEGT)
        return data
