"""Lists of an office, how they are carried out, and what every reader sees of the register."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from openpyxl import Workbook

from shared_apps.core.clock import today
from shared_apps.core.csv_export import build_csv
from shared_apps.einlesen.katalog import SPALTE, SPALTEN
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.services import vorbereiten, zuruecknehmen
from shared_apps.einlesen.services.ausfuehren import run_einlesung
from shared_apps.providers.models import Anbieter, Betriebserlaubnis, Entgelt
from shared_apps.providers.selectors.angebote import count_frei
from shared_apps.providers.selectors.register import list_anbieter, list_angebote, list_einrichtungen
from tenants.context import on_portal

ZEILE = {
    "anbieter_nr": "T-1", "anbieter": "Boddenland gGmbH", "anbieter_ort": "Greifswald", "einrichtung_nr": "E-1",
    "erlaubnis_nr": "LJA 7", "erlaubnis_behoerde": "Landesjugendamt", "erlaubnis_vom": "01.03.2019",
    "erlaubnis_plaetze": "30", "erlaubnis_alter_von": "6", "erlaubnis_alter_bis": "18",
    "einrichtung": "Haus Kranich", "ort": "Greifswald", "plz": "17489", "angebot_nr": "A-1",
    "angebot": "Wohngruppe Kranich", "hilfeart": "S34", "beginn": "01.08.2024", "plaetze": "4", "alter_von": "12",
    "alter_bis": "17", "spezialisierungen": "trauma | sucht", "grundleistung": "148,20", "investition": "11,40",
    "entgelt_ab": "01.01.2026", "vereinbart_am": "15.12.2025",
}  # fmt: skip


def zeile(**cells: str) -> dict[str, str]:
    """A line like the one above, with other cells."""
    return ZEILE | cells


def csv_of(zeilen: Iterable[dict[str, str]]) -> bytes:
    """As a German spreadsheet saves it."""
    zeilen = list(zeilen)
    codes = [spalte.code for spalte in SPALTEN if any(spalte.code in z for z in zeilen)]
    kopf = [SPALTE[code].label for code in codes]
    return build_csv(kopf, [[z.get(code, "") for code in codes] for z in zeilen]).encode()


def xlsx_of(rows: Iterable[Iterable[Any]]) -> bytes:
    """As a workbook, its first row the head."""
    mappe = Workbook()
    for row in rows:
        mappe.active.append(list(row))
    puffer = io.BytesIO()
    mappe.save(puffer)
    return puffer.getvalue()


def send(cast, inhalt: bytes, who: str = "frieda") -> Einlesung:
    """Send a list, as that person's request would."""
    akteur = cast.akteur(who)
    with on_portal(user_id=akteur.user_id):
        return vorbereiten.create_einlesung(akteur=akteur, dateiname="liste.csv", inhalt=inhalt)


def step(cast, service, who: str, einlesung: Einlesung, **more: Any) -> Einlesung:
    """One step of the way, as that person's request would take it."""
    akteur = cast.akteur(who)
    with on_portal(user_id=akteur.user_id):
        done = service(akteur=akteur, einlesung=einlesung, **more)
        connection.check_constraints()
        return done


def release(cast, einlesung: Einlesung, who: str = "frieda", second: str = "emil") -> Einlesung:
    """Handed in by one, released by another: the job is waiting."""
    step(cast, vorbereiten.submit_einlesung, who, einlesung)
    return step(cast, vorbereiten.approve_einlesung, second, einlesung)


def read_in(cast, zeilen: Iterable[dict[str, str]], who: str = "frieda", second: str = "emil") -> Einlesung:
    """The whole way of a list."""
    einlesung = send(cast, csv_of(zeilen), who)
    release(cast, einlesung, who, second)
    run_einlesung(einlesung_id=einlesung.pk)
    einlesung.refresh_from_db()
    return einlesung


def take_back(cast, einlesung: Einlesung, who: str = "emil") -> int:
    """And back; how much was left out."""
    step(cast, zuruecknehmen.revoke_einlesung, who, einlesung)
    return zuruecknehmen.run_ruecknahme(einlesung_id=einlesung.pk)


def befunde(einlesung: Einlesung) -> list[str]:
    """Of each line, in order."""
    return list(einlesung.zeilen.order_by("nummer").values_list("befund", flat=True))


def meldungen(einlesung: Einlesung) -> list[str]:
    """Everything that is said of the lines."""
    return [m["text"] for z in einlesung.zeilen.order_by("nummer") for m in z.meldungen]


def seen(*tage: date) -> list[Any]:
    """The register as its readers see it: what is listed, with its contacts, offers, free places and rates."""
    with on_portal():
        return [_provider(anbieter, tage or (today(),)) for anbieter in list_anbieter()]


def _fields(row: Any) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in {"id", "created_at"}}


def _erlaubnisse(haus: Any) -> Iterable[Betriebserlaubnis]:
    return sorted(Betriebserlaubnis.objects.filter(einrichtung=haus), key=lambda row: row.beginn)


def _provider(anbieter: Anbieter, tage: tuple[date, ...]) -> Any:
    haeuser = []
    for haus in list_einrichtungen(anbieter=anbieter):
        angebote = []
        for angebot in list_angebote(einrichtung=haus, entgelte=Entgelt.je_amt.all()):
            frei = [count_frei([angebot.pk], tag).get(angebot.pk) for tag in tage]
            rows = sorted(angebot.entgelte.all(), key=lambda e: (str(e.jugendamt_id), e.gueltig))
            saetze = [(e.jugendamt_id, e.gueltig.lower, e.gueltig.upper, e.betrag) for e in rows]
            spez = sorted(s.code for s in angebot.spezialisierungen.all())
            felder = {k: v for k, v in _fields(angebot).items() if k != "einrichtung_id"}
            angebote.append((felder, spez, frei, saetze))
        felder = {k: v for k, v in _fields(haus).items() if k != "anbieter_id"}
        erlaubnisse = [_fields(row) | {"einrichtung_id": None} for row in _erlaubnisse(haus)]
        rufe = sorted(haus.kontakte.values_list("funktion", "telefon", "name", "ist_notruf"))
        haeuser.append((felder, erlaubnisse, angebote, rufe))
    return _fields(anbieter), haeuser
