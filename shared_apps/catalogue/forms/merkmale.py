"""Fields that declared criteria make: of an offer, which says something, and of a search, which asks for it."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from shared_apps.catalogue.models import Kriterium, Merkmalart
from shared_apps.catalogue.rules import feldnamen, suchname
from shared_apps.core import felder

_OHNE = ("", "ohne Einschränkung")


def build_angebot_felder(kriterien: Iterable[Kriterium]) -> dict[str, forms.Field]:
    """What an offer may say by these criteria; those that are kept in a column have a field of their own already."""
    made: dict[str, forms.Field] = {}
    for kriterium in kriterien:
        if kriterium.feld:
            continue
        namen = feldnamen(kriterium.modul.code, kriterium.code, kriterium.art)
        if kriterium.art == Merkmalart.SPANNE:
            for name, wort in zip(namen, ("von", "bis"), strict=True):
                made[name] = _zahl(kriterium, f"{kriterium.name} {wort}", "leer: ohne Einschränkung")
        elif kriterium.art == Merkmalart.WAHL:
            made[namen[0]] = _wahl(kriterium, "")
        else:
            made[namen[0]] = _menge(kriterium, "")
    return made


def build_such_felder(kriterien: Iterable[Kriterium]) -> dict[str, forms.Field]:
    """What a search may ask for by these criteria."""
    made: dict[str, forms.Field] = {}
    for kriterium in kriterien:
        if kriterium.feld or not kriterium.filtert:
            continue
        name, wo = suchname(kriterium.modul.code, kriterium.code), f"nur bei: {kriterium.modul.name}"
        if kriterium.art == Merkmalart.SPANNE:
            made[name] = _zahl(kriterium, kriterium.name, wo)
        elif kriterium.art == Merkmalart.WAHL:
            made[name] = _wahl(kriterium, wo)
        else:
            made[name] = _menge(kriterium, f"{wo}; alle angekreuzten müssen vorhanden sein")
    return made


def _zahl(kriterium: Kriterium, label: str, help_text: str) -> forms.Field:
    von, bis = kriterium.von or 0, kriterium.bis or 0
    return felder.GanzzahlField(label=label, von=von, bis=bis, required=False, help_text=help_text)


def _wahl(kriterium: Kriterium, help_text: str) -> forms.Field:
    return felder.AuswahlField(
        label=kriterium.name, choices=[_OHNE, *kriterium.wahl], required=False, help_text=help_text
    )


def _menge(kriterium: Kriterium, help_text: str) -> forms.Field:
    return felder.MehrfachField(
        label=kriterium.name, choices=kriterium.wahl, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )  # fmt: skip
