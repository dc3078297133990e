"""The board's filter, and what a house says when it takes a place or an offer out of the market."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms

from shared_apps.catalogue.models import Grundart, Hilfeart
from shared_apps.catalogue.selectors import list_gruende
from shared_apps.core import felder
from shared_apps.core.eingabe import TAGE_VERTAUSCHT
from shared_apps.core.filter_query import FilterForm
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.providers.forms.register import KreisFilter

#: How many weeks the board shows: this month and two more, or a closer look.
WOCHEN = (("13", "drei Monate"), ("4", "vier Wochen"))
_OFFEN = "Leer: bis auf Weiteres"


class PlanFilter(KreisFilter):
    """Which facilities, and which weeks; what is not a choice is ignored."""

    hilfeart = felder.AuswahlField(label="Hilfeart", required=False)
    frei = felder.JaNeinField(label="nur, wo heute etwas frei ist", required=False)
    ab = felder.DatumField(label="Woche mit dem Tag", required=False)
    wochen = felder.AuswahlField(label="Zeitraum", choices=WOCHEN, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hilfeart"].choices = [("", "alle"), *((h.code, str(h)) for h in Hilfeart.objects.all())]


class ZeitraumFilter(FilterForm):
    """Which weeks of one facility."""

    ab = felder.DatumField(label="Woche mit dem Tag", required=False)
    wochen = felder.AuswahlField(label="Zeitraum", choices=WOCHEN, required=False)


class _Dauer(forms.Form):
    """From a first to a last day that belongs to it."""

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        beginn, letzter_tag = self.cleaned_data.get("beginn"), self.cleaned_data.get("letzter_tag")
        if beginn and letzter_tag and letzter_tag < beginn:
            self.add_error("letzter_tag", TAGE_VERTAUSCHT)
        return self.cleaned_data

    @property
    def dauer(self) -> Zeitraum:
        """What was entered."""
        beginn: date = self.cleaned_data["beginn"]
        return Zeitraum.from_inclusive(beginn, self.cleaned_data["letzter_tag"])


class _MitGrund(forms.Form):
    """A reason of the catalogue: of today, or the one that the row has already."""

    art: ClassVar[Grundart]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        auch = self.initial.get("grund", "")
        self.fields["grund"].choices = [("", felder.BITTE_WAEHLEN), *list_gruende(self.art, auch=auch)]


class SperreForm(_MitGrund, _Dauer):
    """A place that is not free though no office holds it."""

    art = Grundart.SPERRE

    beginn = felder.DatumField(label="Gesperrt ab")
    letzter_tag = felder.DatumField(
        label="Letzter Tag", required=False, help_text=f"Vom Tag danach an ist wieder frei. {_OFFEN}"
    )
    grund = felder.AuswahlField(label="Grund", help_text="Bleibt in Ihrem Haus")
    notiz = felder.MarktnotizField(label="Notiz", required=False, help_text="Bleibt in Ihrem Haus")


class SperreAendernForm(_MitGrund, BearbeitenForm):
    """Shorten or extend a block, or give another reason."""

    art = Grundart.SPERRE

    letzter_tag = felder.DatumField(
        label="Letzter Tag", required=False, help_text=f"Vom Tag danach an ist wieder frei. {_OFFEN}"
    )
    grund = felder.AuswahlField(label="Grund", help_text="Bleibt in Ihrem Haus")
    notiz = felder.MarktnotizField(label="Notiz", required=False, help_text="Bleibt in Ihrem Haus")


class StoppForm(_MitGrund, _Dauer):
    """An offer that takes nobody in."""

    art = Grundart.STOPP

    beginn = felder.DatumField(label="Nimmt nicht auf ab")
    letzter_tag = felder.DatumField(label="Letzter Tag", required=False, help_text=_OFFEN)
    grund = felder.AuswahlField(label="Grund", help_text="Lesen alle Jugendämter")
    hinweis = felder.MarktnotizField(label="Hinweis", required=False, help_text="Lesen alle Jugendämter")


class StoppAendernForm(_MitGrund, BearbeitenForm):
    """Shorten or extend a stop, or give another reason."""

    art = Grundart.STOPP

    letzter_tag = felder.DatumField(label="Letzter Tag", required=False, help_text=_OFFEN)
    grund = felder.AuswahlField(label="Grund", help_text="Lesen alle Jugendämter")
    hinweis = felder.MarktnotizField(label="Hinweis", required=False, help_text="Lesen alle Jugendämter")
