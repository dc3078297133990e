"""From the computed table to what the templates print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.urls import reverse

from shared_apps.comparison.anzeige import Anzeigezeile, name_spalte, rank_stufen, write_zeile
from shared_apps.comparison.forms import format_monat
from shared_apps.comparison.rules import GEHEIM, KEINE_ANGABE
from shared_apps.comparison.selectors import Ergebnis
from shared_apps.comparison.tabelle import WERTSPALTEN, Spalte, Zeile
from shared_apps.core.geld import KEIN_WERT, NBSP
from shared_apps.core.zeitraum import format_datum

#: Aggregates printed under the offices; the average and the median are also the lines of the bars.
DURCHSCHNITT, MEDIAN = "ew_gewichteter_durchschnitt", "median"


def build_context(ergebnis: Ergebnis, *, query: str) -> dict[str, Any]:
    """Template context of one figure."""
    tabelle, einheit = ergebnis.tabelle, ergebnis.kennzahl.einheit

    def schreibe(zeile: Zeile) -> Anzeigezeile:
        return write_zeile(zeile, einheit, tabelle.modus)

    zeilen = [schreibe(z) for z in tabelle.zeilen]
    aggregate = {name: schreibe(z) for name, z in tabelle.aggregate.items()}
    aggregate["summe"] = _mark_unvollstaendig(ergebnis, aggregate["summe"])
    spalten = [
        {"key": s.key, "label": name_spalte(s, ergebnis.monat), "kurz": s.kurz, "kopf": tabelle.spalten.get(s)}
        for s in Spalte
    ]
    return {
        "ergebnis": ergebnis,
        "kennzahl": ergebnis.kennzahl,
        "titel": build_titel(ergebnis),
        "einheit": _einheit(ergebnis),
        "tabs": _tabs(ergebnis, query),
        "spalten": spalten,
        "zeilen": zeilen,
        "aggregate": aggregate.values(),
        "durchschnitt": aggregate[DURCHSCHNITT],
        "median": aggregate[MEDIAN],
        "linien": _describe_linien(aggregate[DURCHSCHNITT], aggregate[MEDIAN]),
        "skala": _skala(z.wert for z in [*zeilen, aggregate[DURCHSCHNITT]]),
        "kacheln": _kacheln(ergebnis, zeilen),
        "hat_geheime": any(zelle.geheim for z in tabelle.zeilen for zelle in z.zellen.values()),
        "hat_luecken": any(kopf.unvollstaendig for kopf in tabelle.spalten.values()),
        "quellen": [_quelle(ergebnis, spalte) for spalte in WERTSPALTEN],
        "ist_gleiche_bevoelkerung": len({k.einwohner.jahrgang for k in tabelle.spalten.values()}) == 1,
    }


def _mark_unvollstaendig(ergebnis: Ergebnis, summe: Anzeigezeile) -> Anzeigezeile:
    """A sum that lacks an office gets a star (rule 4); the footnote explains it."""
    spalten = ergebnis.tabelle.spalten
    ohne_stern = {KEIN_WERT, KEINE_ANGABE, str(GEHEIM)}
    texte = [
        f"{text}{NBSP}*" if spalte in spalten and spalten[spalte].unvollstaendig and text not in ohne_stern else text
        for spalte, text in zip(Spalte, summe.texte, strict=True)
    ]
    return replace(summe, texte=texte)


def _is_geheim(zeile: Anzeigezeile) -> bool:
    return zeile.text == str(GEHEIM)


def _describe_linien(durchschnitt: Anzeigezeile, median: Anzeigezeile) -> str:
    """What the two lines in the bars are; a line that is withheld is not drawn, and the sentence says why."""
    if _is_geheim(durchschnitt) and _is_geheim(median):
        return "EW-gewichteter Durchschnitt und Median sind zum Schutz einzelner Kinder zurückgehalten."
    linien = (
        ("Durchgezogen: EW-gewichteter Durchschnitt", "Der EW-gewichtete Durchschnitt", durchschnitt),
        ("Gestrichelt: Median", "Der Median", median),
    )
    return " ".join(
        f"{name} ist zum Schutz einzelner Kinder zurückgehalten."
        if _is_geheim(zeile)
        else f"{linie} {zeile.text.removesuffix('.')}."
        for linie, name, zeile in linien
    )


def build_titel(ergebnis: Ergebnis) -> str:
    """`Fallzahlen (§ 34) je 1.000 Einwohner, Oktober 2026`."""
    arten = {h.code: h.paragraf for h in ergebnis.hilfearten}
    spez = {s.code: s.name for s in ergebnis.spezialisierungen}
    art = arten.get(ergebnis.auswahl.hilfeart, "")
    zusatz = ", ".join(t for t in (art, spez.get(ergebnis.auswahl.spezialisierung, "")) if t)
    modus = "" if ergebnis.auswahl.modus.code == "absolut" else f" {ergebnis.auswahl.modus.label}"
    return f"{ergebnis.kennzahl.name}{f' ({zusatz})' if zusatz else ''}{modus}, {format_monat(ergebnis.monat)}"


def _einheit(ergebnis: Ergebnis) -> str:
    einheit = {"EURO": "in Euro", "MONATE": "in Monaten", "PROZENT": "in Prozent"}.get(
        ergebnis.kennzahl.einheit, "Anzahl"
    )
    modus = ergebnis.auswahl.modus
    if modus.code == "absolut":
        return einheit
    return f"{einheit} {modus.label}" if einheit == "in Euro" else modus.label


def _tabs(ergebnis: Ergebnis, query: str) -> list[dict[str, Any]]:
    return [
        {
            "label": k.name,
            "url": reverse("comparison:figure", args=[k.code]) + (f"?{query}" if query else ""),
            "active": k.code == ergebnis.kennzahl.code,
        }
        for k in ergebnis.kennzahlen
    ]


def _skala(werte: Iterable[Decimal | None]) -> Decimal:
    """End of the bars' scale: a little more than the largest value, so that no bar touches the edge."""
    return max((w for w in werte if w is not None), default=Decimal(0)) * Decimal("1.02")


def _kacheln(ergebnis: Ergebnis, zeilen: list[Anzeigezeile]) -> list[dict[str, Any]]:
    stufen = rank_stufen(ergebnis.tabelle)
    kacheln = []
    for zeile in zeilen:
        spalte, reihe = ergebnis.kacheln.get(zeile.key, (0, 0))
        ort = {"spalte": spalte, "zeile": reihe} if spalte and reihe else {}
        kacheln.append(
            {"kuerzel": zeile.key, "name": zeile.label, "wert": zeile.text, "eigen": zeile.eigen}
            | {"stufe": "geheim" if _is_geheim(zeile) else stufen.get(zeile.key, 0)}
            | ort
        )
    return kacheln


def _quelle(ergebnis: Ergebnis, spalte: Spalte) -> dict[str, str]:
    kopf = ergebnis.tabelle.spalten[spalte]
    jahrgang = kopf.einwohner.jahrgang
    zusatz = " (Altersgrenze geschätzt)" if kopf.geschaetzt else ""
    if kopf.einwohner.ist_ersatz:
        zusatz += ", kein früherer Stand vorhanden"
    return {
        "spalte": name_spalte(spalte, ergebnis.monat),
        "monate": _zeitraum(kopf.monate),
        "abdeckung": str(kopf.abdeckung),
        "einwohner": f"{format_datum(jahrgang.stichtag)}, {jahrgang.zensusbasis}{zusatz}",
    }


def _zeitraum(monate: tuple) -> str:
    if not monate:
        return "noch kein abgeschlossener Monat"
    erster, letzter = format_monat(monate[0]), format_monat(monate[-1])
    return erster if erster == letzter else f"{erster} bis {letzter}"
