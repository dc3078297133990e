"""Filter of the register."""

from __future__ import annotations

from typing import Any

from shared_apps.core import felder
from shared_apps.core.filter_query import FilterForm
from shared_apps.providers.selectors.register import MAX_SUCHE, list_hilfearten
from shared_apps.regions.models import Gebietskoerperschaft


class RegisterFilter(FilterForm):
    """Search word, district, kind of help; what is not a choice is ignored."""

    suche = felder.SuchtextField(label="Name oder Ort", required=False, max_length=MAX_SUCHE)
    kreis = felder.AuswahlField(label="Kreis", required=False)
    hilfeart = felder.AuswahlField(label="Hilfeart", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kreise = Gebietskoerperschaft.objects.values_list("kuerzel", "kurzname")
        self.fields["kreis"].choices = [("", "alle"), *kreise]
        self.fields["hilfeart"].choices = [("", "alle"), *((h.code, str(h)) for h in list_hilfearten())]
