"""What a near miss says: what is asked otherwise, why, and the button."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

from shared_apps.core.zahlwort import ab_alter, wie_alt
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers.models import Barrierefreiheit
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Reichweite
from tenant_apps.placements.models import Suche
from tenant_apps.placements.rules import Beinahe, Naehe
from tenant_apps.placements.search.selectors.fast_passend.zeile import Zeile, list_zeiten
from tenant_apps.placements.search.selectors.kriterien import Kriterien

#: What is asked otherwise, what the line of an offer says, why, and the button.
Worte = tuple[str, str, str, str]


def _tag(tag: date, suche: Suche) -> str:
    """On a button: with its year where that is not the one the search begins in."""
    return f"{tag:%d.%m.}" if tag.year == suche.beginn.year else format_datum(tag)


def put_in_words(suche: Suche, eintrag: Beinahe, zeile: Zeile, neu: Kriterien, merkmale: dict[str, str]) -> Worte:
    """What is asked otherwise, when it is free or what is in the way, why, and the button."""
    if eintrag.naehe == Naehe.SPAETER:
        wann = f"frei ab {format_datum(neu.beginn)}"
        return wann, wann, _why_later(suche, zeile), f"Ab {_tag(neu.beginn, suche)} suchen"
    if eintrag.naehe == Naehe.KUERZER:
        wann = f"frei bis {format_datum(neu.ende)}"
        return wann, wann, "", f"Bis {_tag(neu.ende, suche)} suchen"
    if eintrag.naehe == Naehe.OHNE:
        ohne, wann, gesagt = _lacks(zeile, merkmale)
        return f"ohne {ohne}", wann, gesagt, f"Ohne {ohne} suchen"
    if eintrag.naehe == Naehe.ALTER:
        wann = _age(suche, zeile)
        return f"Alter {wann}", wann, _birthday(suche, zeile), "Haus fragen"
    weit = _distance(eintrag.entfernung_km, suche.umkreis_km, ungefaehr=zeile.ist_ungefaehr)
    wo, knopf = _where(neu)
    return wo, weit, "", knopf


def _why_later(suche: Suche, zeile: Zeile) -> str:
    stopp = next((zeit for zeit in list_zeiten(zeile.stopps) if suche.beginn in zeit), None)
    if stopp and stopp.letzter_tag:
        return f"Aufnahmestopp bis {format_datum(stopp.letzter_tag)}"
    return "bis dahin belegt" if zeile.frei_ab and zeile.frei_ab > suche.beginn else ""


def _lacks(zeile: Zeile, merkmale: dict[str, str]) -> tuple[str, str, str]:
    """What is not asked for any more, what the offer says of it, and how. `merkmale`: names of criteria by code."""
    grund, _, code = zeile.ohne.partition(":")
    if grund == rules.Ausschluss.BARRIERE:
        teilweise = zeile.barrierefrei == Barrierefreiheit.TEILWEISE
        gesagt = "" if zeile.barrierefrei else "keine Angabe dazu"
        return "Barrierefreiheit", f"{'nur teilweise' if teilweise else 'nicht'} barrierefrei", gesagt
    if grund == rules.Ausschluss.MERKMAL:
        name = merkmale.get(code, code)
        return f"„{name}“", f"passt nicht bei „{name}“", ""
    if not code:
        return "Spezialisierung", "bietet keine der Spezialisierungen an", ""
    return zeile.fehlt_name, f"bietet {zeile.fehlt_name} nicht an", ""


def _age(suche: Suche, zeile: Zeile) -> str:
    if suche.alter is not None and suche.alter < zeile.alter_von:
        return ab_alter(zeile.alter_von)
    return f"bis {wie_alt(zeile.alter_bis)}"


def _birthday(suche: Suche, zeile: Zeile) -> str:
    """The birthday that makes the person old enough, when it is within the period."""
    if suche.klient is None or suche.alter is None or suche.alter >= zeile.alter_von:
        return ""
    tag = rules.geburtstag(suche.klient.geburtsdatum, zeile.alter_von)
    noch_dabei = suche.beginn < tag and (suche.endet_am is None or tag <= suche.endet_am)
    return f"{zeile.alter_von}. Geburtstag am {format_datum(tag)}" if noch_dabei else ""


def _where(neu: Kriterien) -> tuple[str, str]:
    """Where is searched then, and the button."""
    if neu.ist_umkreis:
        return f"im Umkreis von {neu.umkreis_km} km", f"Umkreis {neu.umkreis_km} km"
    if neu.reichweite == Reichweite.NACHBARN:
        return "mit den Nachbarkreisen", "Mit Nachbarkreisen suchen"
    return "landesweit", "Landesweit suchen"


def _distance(km: Decimal | None, umkreis: int | None, *, ungefaehr: bool) -> str:
    if km is None:
        return "außerhalb des Suchgebiets"
    if umkreis is not None:
        return f"{rules.describe_weg(Decimal(math.ceil(km) - umkreis), ungefaehr=ungefaehr)} weiter"
    return f"{rules.describe_weg(km, ungefaehr=ungefaehr)} entfernt"
