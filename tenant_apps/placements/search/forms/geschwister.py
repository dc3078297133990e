"""Who else is to come to the same facility, and why there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from shared_apps.core import felder
from shared_apps.core.errors import SojusError
from shared_apps.providers.models import Einrichtung
from tenant_apps.cases.models import Hilfefall

#: Brothers and sisters beside the first child.
GESCHWISTER_HOECHSTENS = 5
#: Nobody has recorded who belongs to which family: the name is a hint, no more.
GLEICHER_NAME, ANDERE = "Gleicher Nachname", "Andere Kinder aus Ihren Fällen"


class GeschwisterForm(forms.Form):
    """Who else is to come to the same facility, and why there.

    `bookable`: cases the acting person may reserve for; another one's number is unknown here. `zur_wahl`: those of them
    that are offered to be ticked, in the words of `benennen`, those of the same `nachname` by themselves; the others
    are named by number.
    """

    kinder = felder.ObjekteField(
        queryset=Hilfefall.objects.none(), required=False, label="Geschwister", widget=forms.CheckboxSelectMultiple
    )
    fallnummern = felder.BezeichnungField(
        label="Fallnummern der Geschwister", max_length=200, required=False,
        help_text="durch Komma getrennt; zusammen höchstens fünf weitere Kinder",
    )  # fmt: skip
    wuensche = felder.FreitextField(
        label="Wünsche der Familie", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="freiwillig: was die Kinder und die Eltern sich wünschen (§§ 5, 36 SGB VIII); wird verschlüsselt Teil"
        " der Auswahlvermerke",
    )  # fmt: skip
    zweiter_platz = felder.JaNeinField(
        label="Ich habe gesehen, was es schon gibt. Das Neue kommt für dieselbe Zeit dazu.", required=False
    )
    einrichtung = felder.ObjektField(
        queryset=Einrichtung.objects.all(), required=False, widget=forms.HiddenInput, label="Einrichtung"
    )

    def __init__(
        self, *args: Any, bookable: QuerySet[Hilfefall], zur_wahl: Sequence[Hilfefall],
        benennen: Callable[[Hilfefall], str], nachname: str, ohne: UUID | None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.bookable, self.ohne, self.zur_wahl, self.benennen = bookable, ohne, list(zur_wahl), benennen
        self.nachname = nachname
        self.fields["kinder"].queryset = bookable.select_related("klient")
        self._offer()
        if zur_wahl:
            self.fields["fallnummern"].label = "Fallnummern der Geschwister, die hier nicht stehen"
        if self.is_bound and self.data.get("einrichtung"):
            self.ask_why(self.data["einrichtung"])

    def _offer(self) -> None:
        gleiche = [fall for fall in self.zur_wahl if self._is_same_name(fall)]
        andere = [fall for fall in self.zur_wahl if not self._is_same_name(fall)]
        gruppen = [(GLEICHER_NAME, gleiche), (ANDERE, andere)] if gleiche else [("", andere)]
        self.fields["kinder"].choices = [
            (titel, [(str(fall.pk), self.benennen(fall)) for fall in faelle]) for titel, faelle in gruppen if faelle
        ]

    def _is_same_name(self, fall: Hilfefall) -> bool:
        return bool(self.nachname) and fall.klient.nachname.casefold() == self.nachname.casefold()

    def ask_why(self, einrichtung: UUID | str, *, pflicht: bool = False) -> forms.BoundField:
        """The field for the reason why they come to this facility; it stands where the facility does."""
        feld = felder.GrundField(
            label="Begründung der Wahl" + (" (erforderlich)" if pflicht else ""),
            required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
            help_text="wird Teil der Auswahlvermerke",
        )  # fmt: skip
        feld.widget.is_required = pflicht
        name = why_of(einrichtung)
        self.fields[name] = feld
        return self[name]

    def place(self, error: SojusError) -> SojusError:
        """A reason that is missing is missed at the facility that was chosen."""
        if error.feld == "begruendung" and self.cleaned_data.get("einrichtung"):
            error.feld = why_of(self.cleaned_data["einrichtung"].pk)
        return error

    def clean_kinder(self) -> list[Hilfefall]:
        """The cases that were ticked; one that would not be offered now stays on the page."""
        angekreuzt = list(self.cleaned_data["kinder"])
        self.zur_wahl += [fall for fall in angekreuzt if fall not in self.zur_wahl]
        self._offer()
        return angekreuzt

    def clean_fallnummern(self) -> list[Hilfefall]:
        """The cases, in the order they were typed."""
        nummern = list(dict.fromkeys(filter(None, map(str.strip, self.cleaned_data["fallnummern"].split(",")))))
        faelle = {
            fall.fallnummer: fall for fall in self.bookable.filter(fallnummer__in=nummern).select_related("klient")
        }
        if unbekannt := [nummer for nummer in nummern if nummer not in faelle]:
            raise forms.ValidationError(
                f"Diesen Fall gibt es nicht, oder Sie führen ihn nicht: {', '.join(unbekannt)}."
            )
        return [faelle[nummer] for nummer in nummern]

    def clean(self) -> dict[str, Any]:
        """`faelle`: of all other children, those ticked first. `begruendung`: for the facility that was chosen."""
        daten = super().clean() or self.cleaned_data
        if einrichtung := daten.get("einrichtung"):
            daten["begruendung"] = daten.get(why_of(einrichtung.pk), "")
        if "kinder" not in daten or "fallnummern" not in daten:
            return daten
        feld = "kinder" if daten["kinder"] else "fallnummern"
        gewaehlt = [*daten["kinder"], *daten["fallnummern"]]
        daten["faelle"] = list({fall.pk: fall for fall in gewaehlt}.values())
        if not gewaehlt:
            self.add_error(feld, "Bitte wählen Sie mindestens ein weiteres Kind.")
        elif len(daten["faelle"]) > GESCHWISTER_HOECHSTENS:
            self.add_error(feld, "Bitte wählen Sie höchstens fünf weitere Kinder.")
        elif len({fall.klient_id for fall in daten["faelle"]} - {self.ohne}) < len(daten["faelle"]):
            self.add_error(feld, "Bitte geben Sie jedes Kind einmal an; für das erste wurde gesucht.")
        return daten


def why_of(einrichtung: UUID | str) -> str:
    """Name of the field that says why they come to this facility."""
    return f"begruendung-{einrichtung}"
