"""The market enters the register as an office's market does: one list for each district, read in with two signatures.

Controlling sends the file that the screen takes (CSV; one office has Excel) and hands it in, the head of the office
releases it, the job reads it in (`shared_apps.einlesen`). A list may say what was years ago: an offer's first day, a
licence, a rate with the day of its agreement.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from deploy.demo.world.leute import find_akteur
from deploy.demo.world.markt import Markt, WeltAngebot, WeltEinrichtung
from deploy.demo.world.werkzeug import acting_as_people
from shared_apps.core.csv_export import build_csv
from shared_apps.core.xlsx_export import Blatt, build_xlsx
from shared_apps.einlesen.enums import Befund
from shared_apps.einlesen.katalog import SPALTE, SPALTEN
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.services.ausfuehren import run_einlesung
from shared_apps.einlesen.services.vorbereiten import approve_einlesung, create_einlesung, submit_einlesung
from shared_apps.einlesen.states import EinlesungZustand
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Platz
from tenants.context import on_portal
from tenants.models import Tenant

BEHOERDE = "Landesjugendamt Mecklenburg-Vorpommern"
#: Which office keeps its list in Excel; the others send CSV.
EXCEL = "LHSN"
#: The share of a daily rate that pays for the building.
_INVESTITION = Decimal("0.08")
_VEREINBART = timedelta(days=40)
_GESCHLECHT = {"": "alle", "w": "weiblich", "m": "männlich"}


class ListeFehlerhaft(RuntimeError):
    """A list of the demo was not read in as it was meant; the message names line and column."""


def read_lists(markt: Markt, tenants: list[Tenant], *, heute: date) -> int:
    """Read the list of each office into the register; how many lines they have. The market learns the keys of its
    rows."""
    zeilen = sum(_read_list(markt, tenant, heute) for tenant in tenants)
    _learn_keys(markt)
    return zeilen


def _read_list(markt: Markt, tenant: Tenant, heute: date) -> int:
    kz = tenant.kuerzel.lower()
    controlling, leitung = find_akteur(f"controlling-{kz}", tenant), find_akteur(f"leitung-{kz}", tenant)
    name, inhalt = build_list(markt, tenant.kuerzel, heute=heute)
    with acting_as_people():
        with on_portal(user_id=controlling.user_id):
            einlesung = create_einlesung(akteur=controlling, dateiname=name, inhalt=inhalt)
            einlesung = submit_einlesung(akteur=controlling, einlesung=einlesung)
        with on_portal(user_id=leitung.user_id):
            approve_einlesung(akteur=leitung, einlesung=einlesung)
        zeilen = run_einlesung(einlesung_id=einlesung.pk)
    _check_read(einlesung)
    return zeilen


def build_list(markt: Markt, kuerzel: str, *, heute: date) -> tuple[str, bytes]:
    """Name and content of the file that the office of this district sends."""
    kopf = [spalte.label for spalte in SPALTEN]
    zeilen = [[zeile.get(spalte.code, "") for spalte in SPALTEN] for zeile in _lines(markt, kuerzel, heute)]
    if kuerzel == EXCEL:
        return f"anbieter-{kuerzel.lower()}.xlsx", build_xlsx([Blatt("Anbieter", kopf, zeilen)])
    return f"anbieter-{kuerzel.lower()}.csv", build_csv(kopf, zeilen).encode()


def _lines(markt: Markt, kuerzel: str, heute: date) -> Iterator[dict[str, Any]]:
    """A line for each rate of each offer; the first one of an offer says what it is, the others its numbers."""
    unknown = set(SPALTE)
    for nummer, angebot in enumerate((a for a in markt.angebote if a.einrichtung.kuerzel == kuerzel), 1):
        haus = angebot.einrichtung
        schluessel = {
            "anbieter_nr": f"T-{haus.anbieter.nummer:03d}",
            "anbieter": haus.anbieter.name,
            "einrichtung_nr": f"E-{haus.nummer}",
            "einrichtung": haus.name,
            "angebot_nr": f"A-{nummer}",
        }
        sagt = _say_haus(haus) | _say_angebot(angebot, je_tag=markt.hilfearten[angebot.art].ist_stationaer)
        for satz in angebot.saetze:
            zeile = schluessel | sagt | _say_satz(satz, markt.hilfearten[angebot.art].ist_stationaer, heute)
            assert set(zeile) <= unknown, set(zeile) - unknown
            yield zeile
            sagt = {}


def _say_haus(haus: WeltEinrichtung) -> dict[str, Any]:
    anbieter = haus.anbieter
    return (
        {"rechtsform": anbieter.rechtsform, "register_nr": anbieter.zeile["register_nr"], "kreis": haus.kuerzel}
        | {f"anbieter_{feld}": wert for feld, wert in anbieter.zeile.items() if feld != "register_nr"}
        | {feld: wert for feld, wert in haus.zeile.items() if feld != "beschreibung"}
        | {"ort": haus.ort, "beschreibung_einrichtung": haus.zeile["beschreibung"]}
        | _say_erlaubnis(haus)
    )


def _say_erlaubnis(haus: WeltEinrichtung) -> dict[str, Any]:
    erlaubnis = haus.erlaubnis
    if erlaubnis is None:
        return {}
    return {
        "erlaubnis_nr": erlaubnis.nummer,
        "erlaubnis_behoerde": BEHOERDE,
        "erlaubnis_vom": erlaubnis.datum,
        "erlaubnis_plaetze": erlaubnis.plaetze,
        "erlaubnis_alter_von": erlaubnis.alter_von,
        "erlaubnis_alter_bis": erlaubnis.alter_bis,
    }


def _say_angebot(angebot: WeltAngebot, *, je_tag: bool) -> dict[str, Any]:
    if je_tag:
        text = "Betreuung im Schichtdienst, Zusammenarbeit mit Schule und Familie. Erfundene Angaben."
    else:
        text = "Termine auch am Nachmittag und am Abend, in der Familie und im Stadtteil. Erfundene Angaben."
    return {
        "angebot": angebot.name,
        "hilfeart": angebot.art,
        "beginn": angebot.von,
        "plaetze": len(angebot.plaetze),
        "stunden": angebot.stunden,
        "geschlecht": _GESCHLECHT[angebot.geschlecht],
        "alter_von": angebot.alter_von,
        "alter_bis": angebot.alter_bis,
        "spezialisierungen": " | ".join(angebot.spez),
        "beschreibung": text,
    }


def _say_satz(satz: tuple[date, int], je_tag: bool, heute: date) -> dict[str, Any]:
    """What is paid by the day is agreed with its parts (§ 78b); what is paid by the hour rests on § 77."""
    ab, cent = satz
    ganz = Decimal(cent) / 100
    investition = (ganz * _INVESTITION).quantize(Decimal("0.01"), ROUND_HALF_UP) if je_tag else None
    return {
        "grundleistung": ganz - (investition or 0),
        "investition": investition,
        "entgelt_ab": ab,
        "vereinbart_am": min(ab - _VEREINBART, heute),
        "rechtsgrundlage": "§ 78b" if je_tag else "§ 77",
    }


def _check_read(einlesung: Einlesung) -> None:
    """Each line has become what it says; a demo with half a market is none."""
    einlesung.refresh_from_db()
    falsche = einlesung.zeilen.filter(befund=Befund.FEHLERHAFT).order_by("nummer")
    if einlesung.zustand != EinlesungZustand.EINGELESEN or falsche:
        gesagt = [(zeile.nummer, zeile.meldungen) for zeile in falsche[:5]]
        raise ListeFehlerhaft(f"{einlesung.dateiname}: {einlesung.zustand} {gesagt}")


def _learn_keys(markt: Markt) -> None:
    """Which row of the register is which of the market: by its name below its parent, as the list named it."""
    anbieter = dict(Anbieter.objects.values_list("name", "pk"))
    haeuser = {(a, name): pk for a, name, pk in Einrichtung.objects.values_list("anbieter_id", "name", "pk")}
    angebote = {(haus, name): pk for haus, name, pk in Angebot.objects.values_list("einrichtung_id", "name", "pk")}
    plaetze: dict[tuple[UUID, int], UUID] = {
        (angebot, nummer): pk for angebot, nummer, pk in Platz.objects.values_list("angebot_id", "nummer", "pk")
    }
    for welt in markt.anbieter:
        welt.id = anbieter[welt.name]
    for haus in markt.einrichtungen:
        haus.id = haeuser[haus.anbieter.id, haus.name]
    for angebot in markt.angebote:
        angebot.id = angebote[angebot.einrichtung.id, angebot.name]
        for nummer, platz in enumerate(angebot.plaetze, 1):
            platz.id = plaetze[angebot.id, nummer]
