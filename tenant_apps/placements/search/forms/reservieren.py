"""Why this offer, and what the family wishes; what is added to a note later."""

from __future__ import annotations

from typing import Any

from django import forms

from shared_apps.core import felder
from shared_apps.core.eingabe import BETRAG_MAX
from tenant_apps.placements.enums import (
    BEGRUENDUNG_MINDESTENS,
)

PREIS_FEHLT = "Es fehlt, welches Entgelt Sie gesehen haben. Bitte öffnen Sie die Seite noch einmal."


class ReservierenForm(forms.Form):
    """The reason is asked for outside the cheapest third, and welcome inside."""

    begruendung = felder.GrundField(
        label="Begründung der Wahl", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    wuensche = felder.FreitextField(
        label="Wünsche der Familie",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="freiwillig: was das Kind und die Eltern sich wünschen (§§ 5, 36 SGB VIII); wird verschlüsselt Teil"
        " des Auswahlvermerks",
    )
    zweiter_platz = felder.JaNeinField(
        label="Ich habe den anderen Platz gesehen. Dieser kommt für dieselbe Zeit dazu.", required=False
    )

    #: The planned amount that the page showed, in full euro.
    gezeigt = felder.GanzzahlField(von=0, bis=int(BETRAG_MAX), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, pflicht: bool, mit_preis: bool = False, **kwargs: Any) -> None:
        """`pflicht`: a reason is due; `mit_preis`: the page shows a price, and hears back which."""
        super().__init__(*args, **kwargs)
        self.fields["gezeigt"].required = mit_preis
        self.fields["gezeigt"].error_messages["required"] = PREIS_FEHLT
        feld = self.fields["begruendung"]
        feld.widget.is_required = pflicht
        if pflicht:
            feld.label = "Begründung der Wahl (erforderlich)"
            feld.help_text = (
                "Das Angebot liegt außerhalb des günstigsten Drittels. Bitte schreiben Sie auf, warum es dennoch das"
                f" geeignete ist (mindestens {BEGRUENDUNG_MINDESTENS} Buchstaben). Der Text wird Teil des"
                " Auswahlvermerks."
            )
        else:
            feld.help_text = "freiwillig; wird Teil des Auswahlvermerks"

    def ask_why_second(self, andere: int) -> None:
        """`andere` places at the same time: a reason is asked for whatever the offer costs."""
        if andere > 1:
            self.fields[
                "zweiter_platz"
            ].label = "Ich habe die anderen Plätze gesehen. Dieser kommt für dieselbe Zeit dazu."
        feld = self.fields["begruendung"]
        teurer = feld.widget.is_required
        feld.widget.is_required = True
        feld.label = "Begründung der Wahl (erforderlich)"
        auch = ", und das Angebot liegt außerhalb des günstigsten Drittels" if teurer else ""
        warum = "warum es dennoch das geeignete ist und dieser Platz" if teurer else "warum dieser"
        feld.help_text = (
            f"Für diese Zeit gibt es schon einen Platz{auch}. Bitte schreiben Sie auf, {warum} dazukommt (mindestens"
            f" {BEGRUENDUNG_MINDESTENS} Buchstaben). Der Text wird Teil des Auswahlvermerks."
        )


class NachtragForm(forms.Form):
    """What was wrong or missing in an Auswahlvermerk, and why."""

    begruendung = felder.GrundField(
        label="Was ist zu berichtigen oder zu ergänzen, und warum?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"mindestens {BEGRUENDUNG_MINDESTENS} Buchstaben",
    )
    wuensche = felder.FreitextField(
        label="Wünsche der Familie, nachgetragen",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="freiwillig (§§ 5, 36 SGB VIII)",
    )
