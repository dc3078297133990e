"""Choosing a young person the office knows, or entering a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import localtime

from shared_apps.core import felder
from tenant_apps.cases.models import Klient
from tenant_apps.cases.personfelder import PERSONFELDER, NeuePerson, asks_person
from tenant_apps.cases.selectors import (
    AUSWAHL_GRENZE,
    find_namensgleiche,
    list_bestrittene,
    name_felder,
    search_klienten,
)

GIBT_ES_SCHON = "Es gibt schon eine Person mit diesem Namen und Geburtsdatum"


class KlientField(felder.ObjektField):
    """Name and date of birth, so that two of the same name are told apart; of a child of the night when she came, and
    the number of her case, since twins come in the same minute."""

    def label_from_instance(self, obj: Klient) -> str:
        if obj.geburtsdatum is None:
            fall = getattr(obj, "fallnummer_zuletzt", None)  # of `search_klienten`
            kam = f"{obj} · aufgenommen am {localtime(obj.created_at):%d.%m.%Y um %H:%M} Uhr"
            return f"{kam} · Fall {fall}" if fall else kam
        return " · ".join(filter(None, (str(obj), f"{obj.geburtsdatum:%d.%m.%Y}", obj.pkz)))


NIEMAND_GEWAEHLT = (
    "Sie haben eine Person gesucht, aber niemanden gewählt. Die Liste zeigt, wer passt: Bitte wählen Sie, oder leeren "
    "Sie das Suchfeld."
)
NIEMAND_GEFUNDEN = (
    "Zu Ihrer Suche steht niemand in der Liste. Bitte prüfen Sie die Schreibweise, geben Sie eine neue Person ein, "
    "oder leeren Sie das Suchfeld."
)


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _mark(bestritten: dict[UUID, frozenset[str]], klient: Klient) -> str:
    """What is shown behind a person of whom the label shows a disputed field; her sex is not shown there."""
    felder = bestritten.get(klient.pk, frozenset()) - {"geschlecht"}
    return f" · bestritten: {', '.join(name_felder(felder))}" if felder else ""


class NeuePersonForm(forms.Form):
    """Asks back when the acting person already sees somebody of the same name and birth under another PKZ.

    Whom she does not see is not told: that the office knows somebody is a Sozialdatum itself (docs/security.md).
    """

    andere_person = felder.JaNeinField(
        label="Es ist eine andere Person mit demselben Namen und Geburtsdatum",
        required=False,
        widget=forms.HiddenInput,
    )
    #: Whom she is asked about.
    namensgleich: Klient | None = None

    @property
    def gezeigt(self) -> Klient | None:
        """Whom the page names when it is shown again; nobody when the form is accepted."""
        return self.namensgleich if self.is_bound and not self.is_valid() else None

    def find_namensgleiche(self, klienten: QuerySet[Klient]) -> Klient | None:
        """Somebody the details entered may mean, unless she has said that it is somebody else. Then the box shows."""
        data = self.cleaned_data
        pkz, geburtsdatum = data.get("pkz"), data.get("geburtsdatum")
        vorname, nachname = data.get("vorname"), data.get("nachname")
        if not (pkz and vorname and nachname and geburtsdatum):
            return None
        self.namensgleich = find_namensgleiche(
            klienten, pkz=pkz, vorname=vorname, nachname=nachname, geburtsdatum=geburtsdatum
        )
        if self.namensgleich:
            self.fields["andere_person"].widget = forms.CheckboxInput()
        return None if data.get("andere_person") else self.namensgleich


@asks_person(pflicht=False)
class PersonForm(NeuePersonForm):
    """Either `klient`, or all of the new person's details, or (unless `pflicht`) neither.

    `klienten` are those the person may choose. The list on screen is short; whoever is typed in and is
    visible is accepted even when not on the short list.
    """

    suchtext = felder.SuchtextField(
        label="In der Liste suchen",
        required=False,
        max_length=80,
        help_text="ganze Namen, Geburtsdatum, PKZ oder Fallnummer",
    )
    klient = KlientField(label="Person", queryset=Klient.objects.none(), required=False, empty_label="– bitte wählen –")
    fallnummer = felder.KennungField(
        label="Fallnummer", max_length=20, required=False, help_text="leer: wird automatisch vergeben"
    )

    field_order = ("andere_person", "suchtext", "klient", "pkz", "fallnummer", "nachname", "vorname")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        klienten: QuerySet[Klient],
        pflicht: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, prefix="person", initial=initial)
        self.pflicht = pflicht
        text = self.data.get(self.add_prefix("suchtext"), "") if self.is_bound else ""
        gewaehlt = self.data.get(self.add_prefix("klient"), "") if self.is_bound else self.initial.get("klient")
        self.fields["klient"].queryset = klienten
        self.fields["klient"].choices = self._choices(klienten, text, str(gewaehlt or ""))

    def _choices(self, klienten: QuerySet[Klient], text: str, gewaehlt: str) -> list[tuple[str, str]]:
        field = self.fields["klient"]
        liste = search_klienten(klienten, text)
        self.ist_gekuerzt = len(liste) == AUSWAHL_GRENZE
        self.anzahl = len(liste)
        bestritten = list_bestrittene(
            [*(klient.pk for klient in liste), *([UUID(gewaehlt)] if _is_uuid(gewaehlt) else [])]
        )
        choices = [(str(klient.pk), field.label_from_instance(klient) + _mark(bestritten, klient)) for klient in liste]
        if gewaehlt and gewaehlt not in dict(choices):
            try:
                klient = field.to_python(gewaehlt)
            except forms.ValidationError:
                klient = None
            if klient is not None:
                choices.insert(0, (str(klient.pk), field.label_from_instance(klient) + _mark(bestritten, klient)))
        return [("", field.empty_label), *choices]

    @property
    def ist_neu(self) -> bool:
        """Whether something of a new person was typed (keeps that part of the page open)."""
        return self.is_bound and any(self.data.get(self.add_prefix(name)) for name in (*PERSONFELDER, "fallnummer"))

    @property
    def neue_angaben(self) -> list[forms.BoundField]:
        """The fields of a new person, as the page shows them."""
        return [self[name] for name in self.fields if name in PERSONFELDER or name == "fallnummer"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        neu = [name for name in PERSONFELDER if data.get(name)]
        if data.get("klient"):
            if neu:
                self.add_error("klient", "Bitte wählen Sie entweder eine Person aus oder geben Sie eine neue ein.")
        elif neu or data.get("fallnummer"):
            for name, feld in PERSONFELDER.items():
                if feld.pflicht and not data.get(name) and name not in self.errors:
                    self.add_error(name, "Bitte füllen Sie dieses Feld aus.")
            if gleiche := self.find_namensgleiche(self.fields["klient"].queryset):
                name = self.fields["klient"].label_from_instance(gleiche)
                self.add_error(
                    "andere_person",
                    f"{GIBT_ES_SCHON}: {name}. Wählen Sie sie oben in der Liste, oder setzen Sie das Kreuz.",
                )
        elif data.get("suchtext") and not self.errors:  # else the name typed is lost, and the search without a person
            self.add_error("klient", NIEMAND_GEWAEHLT if self.anzahl else NIEMAND_GEFUNDEN)
        elif self.pflicht and not self.errors:
            self.add_error("klient", "Bitte wählen Sie eine Person aus oder geben Sie eine neue ein.")
        return data

    @property
    def neue_person(self) -> NeuePerson | None:
        """The details entered, when a new person was entered."""
        data = self.cleaned_data
        if data.get("klient") or not data.get("pkz"):
            return None
        return NeuePerson(**{name: data[name] for name in (*PERSONFELDER, "fallnummer")})
