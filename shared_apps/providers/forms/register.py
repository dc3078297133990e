"""Filter of the register."""

from __future__ import annotations

from typing import Any

from shared_apps.core import felder
from shared_apps.core.filter_query import FilterForm
from shared_apps.providers.selectors.erlaubnis import Erlaubnissuche
from shared_apps.providers.selectors.register import MAX_SUCHE, list_hilfearten
from shared_apps.regions.models import Gebietskoerperschaft


class RegisterFilter(FilterForm):
    """Search word, district, kind of help; for offices and the state the licence. What is no choice is ignored."""

    suche = felder.SuchtextField(label="Name oder Ort", required=False, max_length=MAX_SUCHE)
    kreis = felder.AuswahlField(label="Kreis", required=False)
    hilfeart = felder.AuswahlField(label="Hilfeart", required=False)
    erlaubnis = felder.AuswahlField(
        label="Betriebserlaubnis", required=False, choices=[("", "alle"), *Erlaubnissuche.choices]
    )

    def __init__(self, *args: Any, nach_erlaubnis: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not nach_erlaubnis:
            del self.fields["erlaubnis"]
        kreise = Gebietskoerperschaft.objects.values_list("kuerzel", "kurzname")
        self.fields["kreis"].choices = [("", "alle"), *kreise]
        self.fields["hilfeart"].choices = [("", "alle"), *((h.code, str(h)) for h in list_hilfearten())]
