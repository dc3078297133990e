"""Forms of the Fallmanager. They keep what was typed; the services decide."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core import felder
from shared_apps.core.eingabe import BETRAG_MAX
from shared_apps.core.zahlwort import anzahl_tage
from tenant_apps.placements.enums import Ablehnungsgrund, Beendigungsgrund
from tenant_apps.placements.faelle.selectors.vorgang import STAND_FILTER
from tenant_apps.placements.forms import UeberlagerungForm, bewilligt_bis
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.rules import VERLAENGERN_BIS_TAGE
from tenant_apps.placements.vorgaben import RESERVIERUNG_TAGE
from tenant_apps.vorgaben.selectors import get_vorgabe

_WAHL = ("", "Bitte auswählen")


class FaelleFilterForm(forms.Form):
    """What the list is narrowed to."""

    q = felder.SuchtextField(label="Fallnummer, Pseudonym oder gemeinsame Nummer", required=False, max_length=40)
    zustand = felder.AuswahlField(label="Stand", required=False, choices=[("", "alle"), *STAND_FILTER.items()])
    hilfeart = felder.AuswahlField(label="Hilfeart", required=False)
    fachkraft = felder.AuswahlField(
        label="Fachkraft", required=False, choices=[("", "alle"), ("meine", "nur meine Fälle")]
    )
    von = felder.ArbeitstagField(label="Hilfe vom", required=False)
    bis = felder.ArbeitstagField(label="Hilfe bis", required=False)

    def __init__(self, *args: Any, mit_fachkraft: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        arten = Hilfeart.objects.values_list("code", "paragraf", "name")
        self.fields["hilfeart"].choices = [("", "alle"), *((c, f"{p} {n}") for c, p, n in arten)]
        if not mit_fachkraft:
            del self.fields["fachkraft"]

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        if data.get("von") and data.get("bis") and data["bis"] < data["von"]:
            self.add_error("bis", "Das Ende liegt vor dem Beginn.")
        return data


class AblehnungForm(forms.Form):
    """Why the provider declines."""

    grund = felder.AuswahlField(label="Grund", choices=[_WAHL, *Ablehnungsgrund.choices])
    text = felder.bedingt(
        felder.FreitextField(
            label="Erläuterung",
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="Bitte keine Namen und keine Angaben zu Personen.",
        ),
        "nötig bei einem anderen Grund",
    )


class TrotzRechnungForm(forms.Form):
    """A day of the help that may cut off what is charged already: asked only where it does."""

    trotz_rechnung = felder.JaNeinField(
        label="Ich habe gesehen, was schon berechnet ist; der Tag ist dennoch richtig", required=False
    )

    field_order = ("beginn", "letzter_tag", "grund", "text", "trotz_rechnung")


class BeginnForm(TrotzRechnungForm):
    """The day the young person came."""

    beginn = felder.ArbeitstagField(label="Tag der Aufnahme")


class BeendigungForm(TrotzRechnungForm):
    """Last day and reason, coded as in the official statistics."""

    letzter_tag = felder.ArbeitstagField(
        label="Letzter Tag der Hilfe", help_text="Er gehört noch zur Hilfe. Ab dem folgenden kann wieder jemand kommen."
    )
    grund = felder.AuswahlField(label="Grund", choices=[_WAHL, *Beendigungsgrund.choices])
    text = felder.bedingt(
        felder.FreitextField(
            label="Erläuterung", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
        ),
        f"nötig bei „{Beendigungsgrund.SONSTIGE.label}“",
    )


class WeiterForm(forms.Form):
    """Until when a booked help goes on, and why."""

    letzter_tag = felder.ArbeitstagField(label="Neuer letzter Tag")
    begruendung = felder.GrundField(
        label="Begründung",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sie steht als Nachtrag im Auswahlvermerk.",
    )
    #: The Soll-Kosten that were shown, and for which day.
    gezeigt = felder.DezimalField(required=False, von=0, bis=BETRAG_MAX, widget=forms.HiddenInput())
    gezeigt_bis = felder.ArbeitstagField(required=False, widget=forms.HiddenInput())

    def show(self, neu: Buchung) -> None:
        """What is sent next was seen with these Soll-Kosten."""
        gesehen = {"gezeigt": f"{neu.soll_kosten:.2f}".replace(".", ","), "gezeigt_bis": neu.letzter_tag.isoformat()}
        self.data = {name: self.data.get(name) for name in self.fields} | gesehen


class BuchenForm(UeberlagerungForm):
    """Each only where it is asked: until when an open help is granted (`planung_bis`: until when it was planned), and
    what a second stay is (`ueberlagert_bis`: until when it could be)."""

    #: The Soll-Kosten that were shown for another day than planned, and for which.
    gezeigt = felder.DezimalField(required=False, von=0, bis=BETRAG_MAX, widget=forms.HiddenInput())
    gezeigt_bis = felder.ArbeitstagField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, planung_bis: date | None, ueberlagert_bis: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_ueberlagerung(ueberlagert_bis)
        if planung_bis:
            self.fields = {"letzter_tag": bewilligt_bis(planung_bis)} | self.fields
        else:
            del self.fields["gezeigt"], self.fields["gezeigt_bis"]

    @property
    def service_data(self) -> dict[str, Any]:
        """What the service is told; the Soll-Kosten where they were shown for this day."""
        data = {name: wert for name, wert in self.cleaned_data.items() if not name.startswith("gezeigt")}
        if (bis := self.cleaned_data.get("gezeigt_bis")) and bis == data.get("letzter_tag"):
            data["gezeigt"] = self.cleaned_data["gezeigt"]
        return data

    def show(self, bis: date, soll_kosten: Decimal) -> None:
        """What is sent next was seen with these Soll-Kosten."""
        gesehen = {"gezeigt": f"{soll_kosten:.2f}".replace(".", ","), "gezeigt_bis": bis.isoformat()}
        self.data = {name: self.data.get(name) for name in self.fields} | gesehen


class StornoForm(forms.Form):
    """Why a booking that has not begun is cancelled."""

    text = felder.GrundField(label="Grund der Stornierung", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class VerlaengernForm(forms.Form):
    """By how many days; the office's usual time is proposed, as far as it still goes (`frei`)."""

    tage = felder.GanzzahlField(
        label="Verlängern um", von=1, bis=VERLAENGERN_BIS_TAGE,
        help_text=f"Tage; insgesamt bis höchstens {anzahl_tage(VERLAENGERN_BIS_TAGE)} ab heute",
    )  # fmt: skip

    def __init__(self, *args: Any, frei: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["tage"] = max(1, min(get_vorgabe(RESERVIERUNG_TAGE), frei))


class ZurueckziehenForm(forms.Form):
    """Why the place is given back."""

    grund = felder.GrundField(label="Grund", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
