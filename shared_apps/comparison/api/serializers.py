"""Shape of the answers. Decimals are strings; null means "not reported", `geheim` names what was withheld."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from shared_apps.comparison.selectors import Ergebnis
from shared_apps.comparison.tabelle import Spalte, Zeile
from shared_apps.core.geld import round_stellen
from shared_apps.core.zeitraum import format_datum

STELLEN = 4


class KennzahlSerializer(serializers.Serializer):
    """A figure with its definition."""

    code = serializers.CharField()
    name = serializers.CharField()
    definition = serializers.CharField()
    einheit = serializers.CharField()
    ist_verhaeltnis = serializers.BooleanField()
    quelle = serializers.CharField()


class SpaltenSerializer(serializers.Serializer):
    """The five columns of a row; null = not reported or withheld (then named in `geheim`)."""

    aktueller_monat = serializers.CharField(allow_null=True)
    vormonat = serializers.CharField(allow_null=True)
    monatsdurchschnitt_jahr = serializers.CharField(allow_null=True)
    monatsdurchschnitt_vorjahr = serializers.CharField(allow_null=True)
    veraenderung_prozent = serializers.CharField(allow_null=True)
    geheim = serializers.ListField(child=serializers.CharField(), help_text="Spalten, die geheim gehalten werden")


class ZeileSerializer(SpaltenSerializer):
    """One youth office."""

    kuerzel = serializers.CharField()
    name = serializers.CharField()


class GrundlageSerializer(serializers.Serializer):
    """What a column rests on."""

    spalte = serializers.CharField()
    monate = serializers.ListField(child=serializers.CharField())
    abdeckung = serializers.CharField()
    stichtag = serializers.CharField()
    zensusbasis = serializers.CharField()


class VergleichSerializer(serializers.Serializer):
    """The whole table."""

    kennzahl = serializers.CharField()
    modus = serializers.CharField()
    monat = serializers.CharField()
    hilfeart = serializers.CharField(allow_blank=True)
    spezialisierung = serializers.CharField(allow_blank=True)
    einheit = serializers.CharField()
    zeilen = ZeileSerializer(many=True)
    summe = SpaltenSerializer()
    ew_gewichteter_durchschnitt = SpaltenSerializer()
    minimum = SpaltenSerializer()
    maximum = SpaltenSerializer()
    median = SpaltenSerializer()
    gesamt_gepoolt = SpaltenSerializer(required=False)
    abdeckung = serializers.CharField()
    unvollstaendig = serializers.BooleanField()
    grundlagen = GrundlageSerializer(many=True)
    computed_at = serializers.DateTimeField(allow_null=True)


def _write(wert: Decimal | None) -> str | None:
    """Up to four decimals, no trailing zeros: `1204`, `739.07`."""
    if wert is None:
        return None
    text = f"{round_stellen(wert, STELLEN):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _columns(zeile: Zeile) -> dict[str, Any]:
    werte = {spalte.key: _write(zelle.wert) for spalte, zelle in zeile.zellen.items()}
    return werte | {"geheim": [spalte.key for spalte, zelle in zeile.zellen.items() if zelle.geheim]}


def describe(ergebnis: Ergebnis) -> dict[str, Any]:
    """The answer of `GET kennzahlen/<code>/`."""
    tabelle = ergebnis.tabelle
    grundlagen = [
        {
            "spalte": spalte.key,
            "monate": [f"{m:%Y-%m}" for m in kopf.monate],
            "abdeckung": str(kopf.abdeckung),
            "stichtag": format_datum(kopf.einwohner.jahrgang.stichtag),
            "zensusbasis": kopf.einwohner.jahrgang.zensusbasis,
        }
        for spalte, kopf in tabelle.spalten.items()
    ]
    return {
        "kennzahl": ergebnis.kennzahl.code,
        "modus": tabelle.modus.code,
        "monat": f"{ergebnis.monat:%Y-%m}",
        "hilfeart": ergebnis.auswahl.hilfeart,
        "spezialisierung": ergebnis.auswahl.spezialisierung,
        "einheit": ergebnis.kennzahl.einheit,
        "zeilen": [{"kuerzel": z.key, "name": z.label} | _columns(z) for z in tabelle.zeilen],
        **{name: _columns(zeile) for name, zeile in tabelle.aggregate.items()},
        "abdeckung": str(tabelle.abdeckung),
        "unvollstaendig": tabelle.spalten[Spalte.AKTUELL].unvollstaendig,
        "grundlagen": grundlagen,
        "computed_at": ergebnis.computed_at,
    }
