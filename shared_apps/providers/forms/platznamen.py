"""What a house calls its places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm
from shared_apps.providers.models import Platz
from shared_apps.providers.services.platznamen import PLATZ_FELD

#: As the column has it.
NAME_MAX = 60


class PlatznamenForm(BearbeitenForm):
    """A name for each place of an offer."""

    def __init__(self, *args: Any, plaetze: Sequence[Platz], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nummern = [platz.nummer for platz in plaetze]
        for platz in plaetze:
            name = PLATZ_FELD.format(platz.nummer)
            self.fields[name] = felder.BezeichnungField(
                label=f"Platz {platz.nummer}", required=False, max_length=NAME_MAX
            )
            self.initial[name] = platz.name
        self.mark_shown()

    def namen(self) -> dict[int, str]:
        """What was entered, by number."""
        return {nummer: self.cleaned_data[PLATZ_FELD.format(nummer)] for nummer in self.nummern}
