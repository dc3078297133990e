"""Filter of the register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared_apps.core import felder
from shared_apps.core.filter_query import FilterForm
from shared_apps.providers.selectors.erlaubnis import Erlaubnissuche
from shared_apps.providers.selectors.register import MAX_SUCHE, list_hilfearten


class KreisFilter(FilterForm):
    """District: those in which there is something to be found (`selectors.register.list_kreise`). With one alone there
    is nothing to choose (`hat_kreise`)."""

    kreis = felder.AuswahlField(
        label="Kreis oder kreisfreie Stadt",
        required=False,
        help_text="Zur Wahl steht, wo eine Einrichtung dieser Liste liegt",
    )

    def __init__(self, *args: Any, kreise: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kreis"].choices = [("", "alle"), *kreise]
        self.hat_kreise = len(kreise) > 1


class RegisterFilter(KreisFilter):
    """Search word, district, kind of help; for offices and the state the licence. What is no choice is ignored."""

    suche = felder.SuchtextField(label="Name oder Ort", required=False, max_length=MAX_SUCHE)
    hilfeart = felder.AuswahlField(label="Hilfeart", required=False)
    erlaubnis = felder.AuswahlField(
        label="Betriebserlaubnis", required=False, choices=[("", "alle"), *Erlaubnissuche.choices]
    )

    def __init__(self, *args: Any, nach_erlaubnis: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not nach_erlaubnis:
            del self.fields["erlaubnis"]
        self.fields["hilfeart"].choices = [("", "alle"), *((h.code, str(h)) for h in list_hilfearten())]
