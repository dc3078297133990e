"""What a provider says of itself, and what the office asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models

from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.aufnahme.selectors import list_kreise
from shared_apps.aufnahme.states import AufnahmeZustand
from shared_apps.core import felder
from shared_apps.core.filter_query import NUR_MEINE, FilterForm
from shared_apps.providers.models import Anbieter, Anerkennung, Steuerstatus

#: Facilities on the form; the provider itself enters more of them after it was admitted.
HAEUSER = (1, 2, 3)
_HAUS = ("name", "kreis", "strasse", "plz", "ort")
DOPPELTES_HAUS = "Diesen Namen haben Sie schon für eine andere Einrichtung eingetragen."


def _gewaehlt(art: type[models.TextChoices]) -> list[tuple[str, str]]:
    """What an applicant says: one of them, not nothing."""
    return [(wert, text) for wert, text in art.choices if wert]


class AufnahmeForm(forms.Form):
    """Organisation, facilities, and the person who will administer its accounts."""

    name = felder.BezeichnungField(label="Name der Organisation", help_text="Wie im Register, mit Rechtsform.")
    rechtsform = felder.BezeichnungField(label="Rechtsform", max_length=60, help_text="Zum Beispiel e. V. oder gGmbH.")
    register_nr = felder.BezeichnungField(
        label="Registernummer",
        max_length=60,
        required=False,
        help_text="Gericht und Nummer, zum Beispiel AG Stralsund VR 123.",
    )
    dachverband = felder.BezeichnungField(label="Dachverband", required=False)
    anerkennung = felder.AuswahlField(
        label="Anerkennung nach § 75 SGB VIII", choices=[("", felder.BITTE_WAEHLEN), *_gewaehlt(Anerkennung)]
    )
    steuerstatus = felder.AuswahlField(
        label="Steuerstatus", choices=[("", felder.BITTE_WAEHLEN), *_gewaehlt(Steuerstatus)]
    )
    strasse = felder.BezeichnungField(label="Straße und Hausnummer", max_length=120)
    plz = felder.PlzField(label="PLZ")
    ort = felder.BezeichnungField(label="Ort", max_length=100)
    telefon = felder.TelefonField(label="Telefon", required=False)
    email = felder.MailField(label="E-Mail der Organisation", help_text="Steht im Verzeichnis.")
    web = felder.AdresseField(label="Internet", required=False, max_length=200)
    vorname = felder.NameField(label="Vorname", max_length=100)
    nachname = felder.NameField(label="Nachname", max_length=100)
    person_email = felder.MailField(label="Dienstliche E-Mail", help_text="Dorthin geht die Einladung.")

    def __init__(self, *args: Any, im_amt: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kreise = [("", felder.BITTE_WAEHLEN), *list_kreise()]
        for nummer in HAEUSER:
            self.fields |= _haus_felder(nummer, kreise)
        self.fields["kreis_1"].help_text = (
            "Ihr Kreis. Für weitere Einrichtungen können Sie andere Kreise wählen."
            if im_amt
            else "Das Jugendamt dieses Kreises entscheidet über Ihren Antrag."
        )
        if not im_amt:
            for feld, token in (("vorname", "given-name"), ("nachname", "family-name"), ("person_email", "email")):
                self.fields[feld].widget.attrs["autocomplete"] = token
        self.fields["name"].widget.attrs["autocomplete"] = "organization"
        self.fields["telefon"].widget.attrs |= {"type": "tel"}

    def haeuser(self) -> list[dict[str, Any]]:
        """The fields of each facility, for the page; those behind the first one are folded until they are used."""
        return [
            {
                "nummer": nummer,
                "felder": [self[f"{teil}_{nummer}"] for teil in _HAUS],
                "offen": nummer == 1 or any(self[f"{teil}_{nummer}"].value() for teil in _HAUS),
            }
            for nummer in HAEUSER
        ]

    def clean(self) -> dict[str, Any]:
        """A facility that is begun has a name and a district; no name twice."""
        data = super().clean() or self.cleaned_data
        namen: set[str] = set()
        for nummer in HAEUSER:
            if nummer > 1 and any(data.get(f"{teil}_{nummer}") for teil in _HAUS):
                for teil, text in (("name", "Bitte geben Sie den Namen an."), ("kreis", "Bitte wählen Sie den Kreis.")):
                    if not data.get(f"{teil}_{nummer}") and f"{teil}_{nummer}" not in self.errors:
                        self.add_error(f"{teil}_{nummer}", text)
            name = (data.get(f"name_{nummer}") or "").casefold()
            if name and name in namen:
                self.add_error(f"name_{nummer}", DOPPELTES_HAUS)
            namen.add(name)
        return data

    def angaben(self) -> dict[str, Any]:
        """What the service takes of organisation and person."""
        return {name: self.cleaned_data[name] or "" for name in self.base_fields}

    def einrichtungen(self) -> list[dict[str, str]]:
        """What it takes of the facilities that were named."""
        rows = [{teil: self.cleaned_data[f"{teil}_{nummer}"] or "" for teil in _HAUS} for nummer in HAEUSER]
        return [row for row in rows if row["name"]]


def _haus_felder(nummer: int, kreise: list[tuple[str, str]]) -> dict[str, forms.Field]:
    """Labels say of which facility: in the list of mistakes they stand alone."""
    erste = nummer == 1
    haus = "der Einrichtung" if erste else f"der {nummer}. Einrichtung"
    name = felder.BezeichnungField(label=f"Name {haus}", required=erste)
    kreis = felder.AuswahlField(label=f"Kreis oder kreisfreie Stadt {haus}", choices=kreise, required=erste)
    if not erste:
        felder.bedingt(name, "nötig, wenn Sie eine angeben")
        felder.bedingt(kreis, "nötig, wenn Sie eine angeben")
    return {
        f"name_{nummer}": name,
        f"kreis_{nummer}": kreis,
        f"strasse_{nummer}": felder.BezeichnungField(
            label=f"Straße und Hausnummer {haus}", max_length=120, required=False
        ),
        f"plz_{nummer}": felder.PlzField(label=f"PLZ {haus}", required=False),
        f"ort_{nummer}": felder.BezeichnungField(label=f"Ort {haus}", max_length=100, required=False),
    }


class VerwaltungForm(forms.Form):
    """Who shall administer the accounts of a provider that is in the register already."""

    vorname = felder.NameField(label="Vorname", max_length=100)
    nachname = felder.NameField(label="Nachname", max_length=100)
    person_email = felder.MailField(
        label="Dienstliche E-Mail",
        help_text="Dorthin geht die Einladung. Wer sie liest, kann den Anbieter verwalten: Bitte fragen Sie bei ihm "
        "nach, ob die Adresse stimmt.",
    )


#: The application means no provider of the register.
NEUER_ANBIETER = "neu"


class PruefForm(forms.Form):
    """Whether the application means a provider of the register that nobody administers. Nothing is chosen for her."""

    wen = felder.AuswahlField(
        label="Gemeinter Anbieter",
        help_text="Ein Anbieter, der schon im Verzeichnis steht, wird nicht ein zweites Mal angelegt. Die Person "
        "verwaltet dann ihn, und am Verzeichnis ändert sich nichts.",
    )

    def __init__(self, *args: Any, kandidaten: Sequence[Anbieter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kandidaten = {str(anbieter.pk): anbieter for anbieter in kandidaten}
        self.fields["wen"].choices = [
            ("", felder.BITTE_WAEHLEN),
            *((pk, ", ".join(filter(None, (a.name, a.ort)))) for pk, a in self._kandidaten.items()),
            (NEUER_ANBIETER, "Ein neuer Anbieter, der noch nicht im Verzeichnis steht"),
        ]

    def clean_wen(self) -> Anbieter | None:
        """The provider of the register, or None for a new one."""
        return self._kandidaten.get(self.cleaned_data["wen"])


class AufnahmeFilter(FilterForm):
    """State of an application, and whether it waits for the reader; what is not a choice is ignored."""

    nur = felder.AuswahlField(label="Zeigen", required=False, choices=NUR_MEINE)
    zustand = felder.AuswahlField(
        label="Stand",
        required=False,
        choices=[
            ("", "alle"),
            *((z, text) for z, text in AufnahmeZustand.choices() if z != AufnahmeZustand.UNBESTAETIGT),
        ],
    )


class AblehnungForm(forms.Form):
    """Why a provider is not admitted."""

    grund = felder.MarktgrundField(
        label="Grund der Ablehnung",
        max_length=Aufnahmeantrag._meta.get_field("grund").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="Der Anbieter liest ihn in einer E-Mail",
    )
