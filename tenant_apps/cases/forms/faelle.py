"""Forms of the case screens. They keep what was typed; the services decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html

from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.core.zahlwort import anzahl_tage
from tenant_apps.cases.forms.person import GIBT_ES_SCHON, NeuePersonForm
from tenant_apps.cases.models import (
    Aufgabenbereich,
    FreigabeArt,
    Hilfefall,
    HilfefallZustand,
    Klient,
    Weitergabegrund,
)
from tenant_apps.cases.personfelder import PERSONFELDER, NeuePerson, asks_person

Choices = Iterable[tuple[str, str]]
_WAHL = ("", "– bitte wählen –")
_GRUND = "Der Grund bleibt im Protokoll."


def _grund(label: str = "Grund", help_text: str = _GRUND) -> felder.GrundField:
    return felder.GrundField(label=label, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=help_text)


class HilfefaelleFilterForm(forms.Form):
    """What the list is narrowed to (GET)."""

    q = felder.SuchtextField(
        label="Name, PKZ oder Fallnummer", required=False, max_length=80, help_text="Namen bitte ganz eingeben"
    )
    zustand = felder.AuswahlField(label="Stand", required=False, choices=[("", "alle"), *HilfefallZustand.choices()])
    aufgabe = felder.AuswahlField(label="Aufgabe", required=False, choices=[("", "alle"), *Aufgabenbereich.choices])
    fachkraft = felder.AuswahlField(
        label="Fachkraft", required=False, choices=[("", "alle"), ("meine", "nur meine Fälle")]
    )


@asks_person(pflicht=True)
class StammdatenForm(forms.Form):
    """Who the young person is."""

    field_order = ("pkz", "nachname", "vorname")

    @property
    def person(self) -> NeuePerson:
        """The details entered."""
        data = self.cleaned_data
        return NeuePerson(**{name: data[name] for name in PERSONFELDER}, fallnummer=data.get("fallnummer", ""))


class NeuerFallForm(StammdatenForm, NeuePersonForm):
    """A new young person with her first case. `faelle`: those whose files the acting person reads."""

    fallnummer = felder.KennungField(
        label="Fallnummer", max_length=20, required=False, help_text="leer: wird automatisch vergeben"
    )
    aufgabe = felder.AuswahlField(label="Aufgabe", choices=[])

    def __init__(
        self, *args: Any, aufgaben: Sequence[Aufgabenbereich], faelle: QuerySet[Hilfefall], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "andere_person"), "andere_person"])
        self.faelle = faelle
        self.fields["aufgabe"].choices = [(a.value, a.label) for a in aufgaben]

    def clean(self) -> dict[str, Any]:
        """§ 68: on her side only, as the PKZ is taken on her side only."""
        data = super().clean() or self.cleaned_data
        seite = self.faelle.filter(klient__ist_vormundschaft=data.get("aufgabe") == Aufgabenbereich.VORMUNDSCHAFT)
        gleiche = self.find_namensgleiche(Klient.objects.filter(pk__in=seite.values("klient_id")))
        if self.namensgleich:
            fall = seite.filter(klient=self.namensgleich).latest("created_at")
            self["andere_person"].help_text = format_html(  # the bound field was made before the data were clean
                '<a class="kern-link" href="{}">Fall {} ansehen</a>', reverse("cases:detail", args=[fall.pk]), fall
            )
        if gleiche:
            self.add_error(
                "andere_person", f"{GIBT_ES_SCHON}. Sehen Sie nach; ist es eine andere, setzen Sie das Kreuz."
            )
        return data


class FallForm(StammdatenForm, BearbeitenForm):
    """Master data and the case's own number; its state moves by steps that are asked for. What nobody knows yet of a
    child of the night (`klient`) may stay empty."""

    fallnummer = felder.KennungField(label="Fallnummer", max_length=20)

    def __init__(self, *args: Any, klient: Klient | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in klient.says_who if klient else ():
            self.fields[name].required &= bool(getattr(klient, name))


class AbschlussForm(forms.Form):
    """Until when the case went, and why it ends."""

    letzter_tag = felder.ArbeitstagField(label="Letzter Tag", help_text="heute oder früher")
    grund = _grund("Grund", "Er steht auf der Seite des Falls und bleibt im Protokoll.")


class WeitererFallForm(forms.Form):
    """Another case of a young person the office knows: another task."""

    aufgabe = felder.AuswahlField(label="Aufgabe", choices=[])
    fallnummer = felder.KennungField(
        label="Fallnummer", max_length=20, required=False, help_text="leer: wird automatisch vergeben"
    )

    def __init__(self, *args: Any, aufgaben: Sequence[Aufgabenbereich], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["aufgabe"].choices = [(a.value, a.label) for a in aufgaben]


class UebergabeForm(forms.Form):
    """To whom, why."""

    person = felder.AuswahlField(label="Neue Fachkraft", choices=[])
    grund = _grund()

    def __init__(self, *args: Any, personen: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [_WAHL, *personen]


class SammeluebergabeForm(UebergabeForm):
    """Which of somebody's cases, to whom, why."""

    faelle = felder.MehrfachField(label="Fälle", choices=[], widget=forms.CheckboxSelectMultiple)

    field_order = ("faelle", "person", "grund")

    def __init__(self, *args: Any, faelle: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["faelle"].choices = list(faelle)
        self.fields["faelle"].initial = [pk for pk, _ in faelle]


class FreigabeForm(forms.Form):
    """Who sees the case by exception, as what, until when."""

    art = felder.AuswahlField(label="Wofür", choices=[], widget=forms.RadioSelect)
    person = felder.AuswahlField(label="Person", choices=[])
    gueltig_bis = felder.bedingt(
        felder.ArbeitstagField(
            label="Letzter Tag",
            required=False,
            help_text=f"Eine Prüfung dauert höchstens {anzahl_tage(settings.PRUEFUNG_TAGE)}.",
        ),
        "nötig für eine Prüfung",
    )
    grund = _grund()

    def __init__(self, *args: Any, personen: Choices, arten: Sequence[FreigabeArt], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [_WAHL, *personen]
        self.fields["art"].choices = [(a.value, a.label) for a in arten]

    def clean_gueltig_bis(self) -> Any:
        """The typed day is the last one; periods are half-open."""
        tag = self.cleaned_data["gueltig_bis"]
        return tag + timedelta(days=1) if tag else None


class SperreForm(forms.Form):
    """Who is named, why."""

    benannte = felder.MehrfachField(
        label="Benannte Personen",
        choices=[],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Sie selbst und die fallführende Fachkraft sind immer benannt.",
    )
    grund = _grund()

    def __init__(self, *args: Any, personen: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["benannte"].choices = list(personen)


class GrundForm(forms.Form):
    """Only the reason."""

    grund = _grund()


class EinsichtForm(forms.Form):
    """The lead asks for one case."""

    fallnummer = felder.KennungField(label="Fallnummer", max_length=20)
    grund = _grund(help_text="Der Grund und Ihr Zugriff bleiben im Protokoll. Die Einsicht endet heute um 24 Uhr.")


class VerknuepfungForm(forms.Form):
    """With which other case of the same person."""

    anderer = felder.AuswahlField(label="Anderer Fall derselben Person", choices=[])
    grund = _grund(help_text="Warum die Daten beider Aufgaben unmittelbar zusammenhängen (§ 63 Abs. 2 SGB VIII)")

    def __init__(self, *args: Any, faelle: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["anderer"].choices = [_WAHL, *faelle]


class NotizForm(forms.Form):
    """A text."""

    text = felder.FreitextField(label="Notiz", max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}))


class WeitergabeForm(forms.Form):
    """To whom, for which reason of the law."""

    grund = felder.AuswahlField(
        label="Grund nach § 65 Abs. 1 SGB VIII", choices=Weitergabegrund.choices, widget=forms.RadioSelect
    )
    empfaenger = felder.bedingt(
        felder.AuswahlField(label="Person im Jugendamt", choices=[], required=False), "eins von beiden ist nötig"
    )
    empfaenger_extern = felder.bedingt(
        felder.BezeichnungField(label="oder Stelle außerhalb", max_length=200, required=False),
        "eins von beiden ist nötig",
    )
    begruendung = _grund("Begründung", "Sie bleibt bei der Notiz. Im Protokoll steht nur die Nummer des Gesetzes.")

    def __init__(self, *args: Any, personen: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["empfaenger"].choices = [_WAHL, *personen]
