"""The filter of the comparison: a GET form, the same names as the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from shared_apps.catalogue.models import Hilfeart, Spezialisierung
from shared_apps.comparison.modus import Modus
from shared_apps.core import eingabe, felder
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.zeitraum import naechster_monat

MONATSNAMEN = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip
#: How many months the filter offers: this year and the two before it.
MONATE_ZUR_WAHL = 36


def format_monat(monat: date) -> str:
    """`Oktober 2026`."""
    return f"{MONATSNAMEN[monat.month - 1]} {monat.year}"


def parse_monat(text: str | None) -> date | None:
    """`2026-10` as its first day, None for nothing; `RegelVerletzt` for anything else."""
    if not text:
        return None
    try:
        return eingabe.parse_monat(text)
    except eingabe.EingabeFehler as fehler:
        raise RegelVerletzt(fehler.message, feld="monat") from fehler


def parse_modus(code: str | None) -> Modus:
    """The display mode of an address; `RegelVerletzt` for an unknown one."""
    modus = Modus.from_code(code or Modus.ABSOLUT.code)
    if modus is None:
        raise RegelVerletzt(
            f"Diese Darstellung gibt es nicht. Möglich sind: {', '.join(m.code for m in Modus)}.", feld="modus"
        )
    return modus


def _list_monate(laufend: date) -> list[tuple[str, str]]:
    monat, wahl = date(laufend.year - MONATE_ZUR_WAHL // 12, laufend.month, 1), []
    while monat < laufend:
        monat = naechster_monat(monat)
        wahl.append((f"{monat:%Y-%m}", format_monat(monat) + (" (vorläufig)" if monat == laufend else "")))
    return wahl[::-1]


class FilterForm(forms.Form):
    """Only draws the filter; the selector decides what is possible."""

    hilfeart = felder.AuswahlField(label="Hilfeart", required=False)
    spezialisierung = felder.AuswahlField(label="Spezialisierung", required=False)
    monat = felder.AuswahlField(label="Monat", required=False)
    modus = felder.AuswahlField(label="Darstellung", required=False)

    def __init__(
        self,
        *args: Any,
        hilfearten: Sequence[Hilfeart],
        spezialisierungen: Sequence[Spezialisierung],
        modi: Sequence[Modus],
        laufend: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hilfeart"].choices = [("", "alle Hilfearten"), *((h.code, str(h)) for h in hilfearten)]
        self.fields["spezialisierung"].choices = [
            ("", "alle Spezialisierungen"), *((s.code, s.name) for s in spezialisierungen),
        ]  # fmt: skip
        self.fields["monat"].choices = _list_monate(laufend)
        self.fields["modus"].choices = [(m.code, m.label) for m in modi]
