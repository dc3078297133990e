"""Fields that declared criteria make: of an offer, which says something, and of a search, which asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from shared_apps.catalogue.models import Kriterium, Merkmalart
from shared_apps.catalogue.rules import feldnamen, suchname
from shared_apps.core import felder
from shared_apps.core.errors import RegelVerletzt

FREMDES_KRITERIUM = "Dieses Kriterium hat die Hilfeart nicht. Möglich sind: {}."
KEINES = "Bei dieser Hilfeart gibt es keine weiteren Kriterien."
KEINE_SPANNE = 'Bitte geben Sie die Zahlen als Objekt an: {"von": 2, "bis": 5}; null: ohne Einschränkung.'
KEIN_WERT = "Bitte geben Sie einen Wert aus der Liste an: {}; null: ohne Einschränkung."
KEINE_ZAHL = "Bitte geben Sie eine ganze Zahl an."
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


# --- the same, as a program says it: by the code of the criterion -----------------------------------------------------


def clean_angebot_werte(kriterien: Sequence[Kriterium], werte: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of an offer, by the names of its form's fields. `RegelVerletzt` names `merkmale.<code>`."""
    made = build_angebot_felder(kriterien)
    sauber: dict[str, Any] = {}
    for kriterium, wert in _by_code([k for k in kriterien if not k.feld], werte):
        namen = feldnamen(kriterium.modul.code, kriterium.code, kriterium.art)
        if kriterium.art == Merkmalart.SPANNE:
            if wert is not None and not (isinstance(wert, dict) and set(wert) == {"von", "bis"}):
                raise RegelVerletzt(KEINE_SPANNE, feld=f"merkmale.{kriterium.code}")
            teile = [None, None] if wert is None else [wert["von"], wert["bis"]]
        else:
            teile = [wert]
        for name, teil in zip(namen, teile, strict=True):
            sauber[name] = _clean(made[name], kriterium, teil)
    return sauber


def clean_such_werte(kriterien: Sequence[Kriterium], werte: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for, by code; without what asks for nothing. `RegelVerletzt` names `merkmale.<code>`."""
    gefragt = [k for k in kriterien if not k.feld and k.filtert]
    made = build_such_felder(gefragt)
    sauber = {k.code: _clean(made[suchname(k.modul.code, k.code)], k, wert) for k, wert in _by_code(gefragt, werte)}
    return {code: wert for code, wert in sauber.items() if wert not in (None, "", [])}


def _by_code(kriterien: Iterable[Kriterium], werte: Mapping[str, Any]) -> list[tuple[Kriterium, Any]]:
    by_code = {kriterium.code: kriterium for kriterium in kriterien}
    if fremd := sorted(set(werte) - set(by_code)):
        text = FREMDES_KRITERIUM.format(", ".join(by_code)) if by_code else KEINES
        raise RegelVerletzt(text, feld=f"merkmale.{fremd[0][:40]}")
    return [(by_code[code], wert) for code, wert in werte.items()]


def _clean(feld: forms.Field, kriterium: Kriterium, wert: Any) -> Any:
    """By the field of the form, after the kind of value is one it can read."""
    wo = f"merkmale.{kriterium.code}"
    codes = ", ".join(code for code, _ in kriterium.wahl)
    if kriterium.art == Merkmalart.SPANNE and (isinstance(wert, bool) or not isinstance(wert, int | None)):
        raise RegelVerletzt(KEINE_ZAHL, feld=wo)
    if kriterium.art == Merkmalart.WAHL and not isinstance(wert, str | None):
        raise RegelVerletzt(KEIN_WERT.format(codes), feld=wo)
    if kriterium.art == Merkmalart.MENGE and not (
        wert is None or (isinstance(wert, list) and all(isinstance(teil, str) for teil in wert))
    ):
        raise RegelVerletzt(KEIN_WERT.format(codes), feld=wo)
    try:
        return feld.clean(str(wert) if kriterium.art == Merkmalart.SPANNE and wert is not None else wert)
    except forms.ValidationError as error:
        raise RegelVerletzt(error.messages[0], feld=wo) from error
