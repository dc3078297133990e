"""What is typed of own foster places, and what their list is narrowed to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core import felder
from shared_apps.core.filter_query import FilterForm
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.core.seite import Faltung, show_errors
from shared_apps.providers.models import ALTER_MAX, Geschlecht
from tenant_apps.foster.enums import HOECHSTENS_TAGE_MAX, PFLEGEFORM_CHOICES, PLAETZE_MAX
from tenant_apps.foster.rules import ALTERNATIVEN
from tenant_apps.foster.selectors import is_vergeben, list_regionen
from tenant_apps.foster.services import SCHON_DA, list_maengel, list_satzmaengel

_FORM_WAHL = [("", felder.BITTE_WAEHLEN), *PFLEGEFORM_CHOICES]
_SATZ_MAX = Decimal("99999.99")


class PflegestellenFilter(FilterForm):
    """Which places are shown. With a kind of help and days: those that come into question for it."""

    region = felder.AuswahlField(label="Region", required=False)
    hilfeart = felder.ObjekteField(
        label="Für die Hilfeart", queryset=Hilfeart.objects.all(), required=False, to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    alter = felder.GanzzahlField(label="Alter des Kindes", von=0, bis=ALTER_MAX, required=False)
    geschlecht = felder.AuswahlField(
        label="Geschlecht des Kindes", required=False,
        choices=[("", "nicht eingegrenzt"), ("w", "weiblich"), ("m", "männlich"), ("d", "divers")],
    )  # fmt: skip
    ab = felder.DatumField(label="Ab", required=False, help_text="leer: heute")
    bis = felder.DatumField(label="Bis einschließlich", required=False, help_text="leer: bis auf Weiteres")
    frei = felder.AuswahlField(
        label="Freier Platz", required=False, choices=[("", "egal"), ("1", "nur mit freiem Platz")]
    )
    alte = felder.AuswahlField(label="Beendete", required=False, choices=[("", "nicht zeigen"), ("1", "auch zeigen")])

    faltungen = (Faltung("Zeitraum und Beendete", ("ab", "bis", "alte")),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [("", "alle"), *((name, name) for name in list_regionen())]
        self.fields["hilfeart"].queryset = Hilfeart.objects.filter(code__in=ALTERNATIVEN).order_by("sortierung", "code")


class PflegestelleForm(BearbeitenForm):
    """A place of a foster family, without the family."""

    kennzeichen = felder.KennungField(
        label="Kennzeichen", max_length=40,
        help_text="unter dem Ihr Jugendamt die Pflegestelle führt, zum Beispiel PS-014. Ein Wort; kein Name, keine"
        " Anschrift",
    )  # fmt: skip
    form = felder.AuswahlField(label="Form", choices=_FORM_WAHL)
    region = felder.BezeichnungField(
        label="Region", max_length=80, required=False, help_text="Amt, Gemeinde oder Sozialraum; keine Anschrift"
    )
    plaetze = felder.GanzzahlField(label="Plätze", von=1, bis=PLAETZE_MAX, initial=1)
    belegt = felder.GanzzahlField(label="Davon belegt oder zugesagt", von=0, bis=PLAETZE_MAX, initial=0)
    frei_ab = felder.bedingt(
        felder.DatumField(label="Wieder frei ab", required=False), "wenn alle Plätze belegt sind und es absehbar ist"
    )
    alter_von = felder.GanzzahlField(label="Nimmt Kinder im Alter von", von=0, bis=ALTER_MAX, initial=0)
    alter_bis = felder.GanzzahlField(label="Alter bis einschließlich", von=0, bis=ALTER_MAX)
    geschlecht = felder.AuswahlField(label="Geschlecht", choices=Geschlecht.choices, required=False)
    hoechstens_tage = felder.bedingt(
        felder.GanzzahlField(
            label="Nimmt ein Kind für höchstens … Tage auf", von=1, bis=HOECHSTENS_TAGE_MAX, required=False
        ),
        "nötig bei Kurzzeitpflege; sonst leer, wenn es keine Grenze gibt",
    )
    bemerkung = felder.MarktnotizField(
        label="Bemerkung", max_length=300, required=False, help_text="zum Beispiel: Haus mit Hund, Geschwister möglich"
    )

    def clean_kennzeichen(self) -> str:
        """No other place has it."""
        kennzeichen: str = self.cleaned_data["kennzeichen"]
        if kennzeichen.lower() != str(self.initial.get("kennzeichen", "")).lower() and is_vergeben(kennzeichen):
            raise forms.ValidationError(SCHON_DA)
        return kennzeichen

    def clean(self) -> None:
        """What the service would refuse, said with all the rest; it asks again."""
        super().clean()
        show_errors(self, list_maengel(self.cleaned_data))


class NeuePflegestelleForm(PflegestelleForm):
    """A place with its first day."""

    ab = felder.ArbeitstagField(label="Steht zur Verfügung ab")


class PflegestelleEndeForm(BearbeitenForm):
    """Until when it is kept."""

    letzter_tag = felder.ArbeitstagField(label="Letzter Tag")


class PflegegeldsatzForm(BearbeitenForm):
    """What the office pays in a month: how much, from when, and where that is written."""

    betrag = felder.GeldField(
        label="Betrag je Monat", von=Decimal("0.01"), bis=_SATZ_MAX,
        help_text="in Euro, Sachaufwand und Kosten der Erziehung zusammen (§ 39 SGB VIII)",
    )  # fmt: skip
    ab = felder.DatumField(label="Gilt ab")
    bis = felder.DatumField(label="Gilt bis einschließlich", required=False, help_text="leer: bis auf Weiteres")
    quelle = felder.BezeichnungField(
        label="Quelle", max_length=200, help_text="zum Beispiel: Beschluss des Jugendhilfeausschusses vom 12.12.2025"
    )

    def clean(self) -> None:
        """As of a place."""
        super().clean()
        show_errors(self, list_satzmaengel(self.cleaned_data))


class NeuerPflegegeldsatzForm(PflegegeldsatzForm):
    """A rate with form and age group."""

    form = felder.AuswahlField(label="Form", choices=_FORM_WAHL)
    alter_von = felder.GanzzahlField(label="Alter von", von=0, bis=ALTER_MAX, initial=0)
    alter_bis = felder.GanzzahlField(label="Alter bis einschließlich", von=0, bis=ALTER_MAX)

    field_order = ("form", "alter_von", "alter_bis", "betrag", "ab", "bis", "quelle")
