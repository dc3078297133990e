"""The columns of a list: what each is called, what may be in it, where it goes. One line of a list is one offer.

Offices keep one flat sheet, a line per offer with its provider and facility repeated, and that is what is read. A line
that repeats the three numbers and names another rate is one more rate of the same offer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from shared_apps.core import felder
from shared_apps.einlesen.enums import Gegenstand
from shared_apps.providers.rules import ENTGELT_MAX
from shared_apps.providers.services.angebote import STUNDEN_MAX

#: `providers.rules.NIE` is no day on which anything is offered.
_TAG_AB = date(1901, 1, 1)
_PLZ_ALS_TEXT = (
    "Fünf Ziffern. In Tabellenprogrammen formatieren Sie die Spalte als Text, sonst fehlt bei 01067 die führende Null."
)
_KOORDINATE = {"decimal_places": 5, "max_digits": 8, "required": False}


@dataclass(frozen=True, slots=True)
class Spalte:
    """One column. `feld`: of the row it is about; `namen`: other words for it that lists use."""

    code: str
    art: Gegenstand
    feld: str
    label: str
    field: forms.Field
    beispiel: str
    hilfe: str = ""
    namen: tuple[str, ...] = ()
    ist_pflicht: bool = False
    """A list without this column cannot be read."""

    @property
    def ist_schluessel(self) -> bool:
        """One of the three numbers by which a line is found again."""
        return self.feld == "nr"


_A, _E, _G, _R = Gegenstand.ANBIETER, Gegenstand.EINRICHTUNG, Gegenstand.ANGEBOT, Gegenstand.ENTGELT
_L = Gegenstand.ERLAUBNIS


def _kennung(laenge: int = 40) -> forms.Field:
    return felder.KennungField(required=False, max_length=laenge)


def _bezeichnung(laenge: int = 200) -> forms.Field:
    return felder.BezeichnungField(required=False, max_length=laenge)


def _geld() -> forms.Field:
    return felder.GeldField(von=Decimal(0), bis=ENTGELT_MAX, required=False)


def _anschrift(art: Gegenstand, vor: str, zu: str, beispiele: tuple[str, ...]) -> tuple[Spalte, ...]:
    """Address and contact; those of a provider say so in their name."""
    strasse, plz, ort, telefon, email, web, person = beispiele

    def spalte(feld: str, label: str, field: forms.Field, beispiel: str, *namen: str, hilfe: str = "") -> Spalte:
        name = f"{label}{zu}"
        auch = [f"{n}{zu}" for n in namen]
        if art == _A:  # offices write it either way
            auch += [f"{n} des Trägers" for n in (label, *namen)]
        return Spalte(f"{vor}{feld}", art, feld, name, field, beispiel, hilfe, tuple(auch))

    return (
        spalte("strasse", "Straße und Hausnummer", _bezeichnung(120), strasse, "Straße", "Anschrift", "Adresse"),
        spalte("plz", "PLZ", felder.PlzField(required=False), plz, "Postleitzahl", hilfe=_PLZ_ALS_TEXT),
        spalte("ort", "Ort", _bezeichnung(100), ort, "Stadt", "Gemeinde"),
        spalte("telefon", "Telefon", felder.TelefonField(required=False), telefon, "Telefonnummer", "Tel."),
        spalte("email", "E-Mail", felder.MailField(required=False), email, "Mail", "E-Mail-Adresse"),
        spalte("web", "Internet", felder.AdresseField(required=False, max_length=200), web, "Webseite", "Homepage"),
        spalte(
            "ansprechpartner", "Ansprechpartner", felder.NameField(required=False), person, "Ansprechperson", "Kontakt"
        ),
    )


def _telefone(*funktionen: tuple[str, str, str, tuple[str, ...]]) -> tuple[Spalte, ...]:
    """Whom to call for what, by number only: a name that another house is called by says that house itself."""
    hilfe = "Nur die Nummer. Namen und Adressen trägt die Einrichtung selbst ein."
    return tuple(
        Spalte(code, _E, code, f"Telefon {wessen}", felder.TelefonField(required=False), beispiel, hilfe, namen)
        for code, wessen, beispiel, namen in funktionen
    )


SPALTEN: tuple[Spalte, ...] = (
    Spalte(
        "anbieter_nr", _A, "nr", "Anbieter-Nr.", felder.KennungField(), "T-017",
        "Die Nummer, unter der Ihr Amt den Anbieter führt. Daran wird er beim nächsten Einlesen wiedererkannt.",
        ("Anbieternummer", "Träger-Nr.", "Trägernummer"), True,
    ),
    Spalte(
        "anbieter", _A, "name", "Anbieter", felder.BezeichnungField(), "Jugendhilfe Boddenland gGmbH",
        "Gibt es einen Anbieter dieses Namens schon, wird er genommen und nicht verändert.",
        ("Name des Anbieters", "Träger", "Name des Trägers", "Trägername"), True,
    ),
    Spalte("rechtsform", _A, "rechtsform", "Rechtsform", _bezeichnung(60), "gGmbH"),
    Spalte("register_nr", _A, "register_nr", "Registernummer", _kennung(60), "HRB 12345", namen=("Register-Nr.",)),
    *_anschrift(
        _A, "anbieter_", " des Anbieters",
        ("Hafenstraße 3", "17489", "Greifswald", "03834 000000", "info@boddenland.example",
         "https://boddenland.example/", "Karin Wulff"),
    ),
    Spalte(
        "einrichtung_nr", _E, "nr", "Einrichtungs-Nr.", felder.KennungField(), "E-1",
        "Ihre Nummer der Einrichtung. Sie muss nur bei ihrem Anbieter einmalig sein.",
        ("Einrichtungsnummer",), True,
    ),
    Spalte(
        "einrichtung", _E, "name", "Einrichtung", felder.BezeichnungField(), "Haus Kranich",
        namen=("Name der Einrichtung", "Einrichtungsname"), ist_pflicht=True,
    ),
    Spalte(
        "kreis", _E, "kreis", "Kreis", _bezeichnung(), "Landkreis Vorpommern-Greifswald",
        "Name, Kürzel oder Gemeindeschlüssel (AGS). Ohne Angabe: der Kreis Ihres Jugendamts. Er ändert sich nie.",
        ("Landkreis", "Gebietskörperschaft", "Standort"),
    ),
    Spalte(
        "region", _E, "region", "Region", _bezeichnung(120), "",
        "Eine Region (Sozialraum) des Kreises, wie sie im Verzeichnis heißt.", ("Sozialraum",),
    ),
    *_anschrift(
        _E, "", "",
        ("Am Ryck 8", "17489", "Greifswald", "03834 000001", "kranich@boddenland.example", "", "Jens Thode"),
    ),
    Spalte(
        "notfalltelefon", _E, "notfalltelefon", "Notfalltelefon", felder.TelefonField(required=False), "0000 000002",
        "Hier meldet sich rund um die Uhr jemand (24 h). Hat die Einrichtung keines, gilt das ihres Anbieters.",
        ("Notruf", "Notfallnummer", "Bereitschaft", "Bereitschaftstelefon"),
    ),
    *_telefone(
        ("telefon_leitung", "der Leitung", "03834 000003", ("Leitung (Telefon)", "Telefon Leitung")),
        ("telefon_aufnahme", "der Aufnahme", "03834 000004", ("Telefon Aufnahme", "Aufnahmetelefon", "Belegung")),
        ("telefon_verwaltung", "der Verwaltung", "", ("Telefon Verwaltung", "Telefon Abrechnung")),
    ),
    Spalte(
        "eroeffnet_am", _E, "eroeffnet_am", "Öffnet am", felder.DatumField(von=_TAG_AB, required=False), "",
        "Nur, wenn die Einrichtung neu ist: Vorher beginnt hier kein Angebot.", ("Eröffnung", "Eröffnet am"),
    ),
    Spalte(
        "betriebstage_woche", _E, "betriebstage_woche", "Betriebstage je Woche",
        felder.DezimalField(von=Decimal(1), bis=Decimal(7), required=False), "7", "Ohne Angabe: 7.",
    ),
    Spalte(
        "betriebstage_jahr", _E, "betriebstage_jahr", "Betriebstage im Jahr",
        felder.DezimalField(von=Decimal(1), bis=Decimal(366), required=False), "365", "Ohne Angabe: 365.",
    ),
    Spalte(
        "breite", _E, "breite", "Breitengrad",
        felder.DezimalField(von=Decimal(-90), bis=Decimal(90), **_KOORDINATE), "54,09311",
        "In Grad mit Komma, höchstens fünf Stellen.", ("Breite", "Latitude"),
    ),
    Spalte(
        "laenge", _E, "laenge", "Längengrad",
        felder.DezimalField(von=Decimal(-180), bis=Decimal(180), **_KOORDINATE), "13,38786",
        "In Grad mit Komma, höchstens fünf Stellen.", ("Länge", "Longitude"),
    ),
    Spalte(
        "beschreibung_einrichtung", _E, "beschreibung", "Beschreibung der Einrichtung",
        felder.FreitextField(required=False, max_length=5_000), "Kleines Haus mit Garten am Ryck.",
    ),
    Spalte(
        "erlaubnis_nr", _L, "nr", "Erlaubnis-Nr.", _kennung(60), "LJA 45-17",
        "Nummer der Betriebserlaubnis (§ 45 SGB VIII). Eine neue Nummer ist die nächste Erlaubnis: Die vorige endet am"
        " Tag davor. Ohne Betriebserlaubnis wird nicht angeboten, was eine braucht.",
        ("Betriebserlaubnis", "Nummer der Betriebserlaubnis", "Betriebserlaubnis-Nr.", "BE-Nr."),
    ),
    Spalte("erlaubnis_behoerde", _L, "behoerde", "Erlaubnisbehörde", _bezeichnung(), "Landesjugendamt",
           namen=("Behörde",)),
    Spalte(
        "erlaubnis_vom", _L, "datum", "Erlaubnis vom", felder.DatumField(required=False), "12.03.2019",
        "Tag des Bescheids. Bei einer neuen Erlaubnis nötig.", ("Datum der Erlaubnis", "Betriebserlaubnis vom"),
    ),
    Spalte(
        "erlaubnis_ab", _L, "gueltig_ab", "Erlaubnis gilt ab", felder.DatumField(required=False), "",
        "Ohne Angabe: der Tag des Bescheids.", ("Erlaubnis gültig ab", "Betriebserlaubnis ab"),
    ),
    Spalte(
        "erlaubnis_bis", _L, "letzter_tag", "Erlaubnis gilt bis", felder.DatumField(required=False), "",
        "Der letzte Tag. Ohne Angabe: unbefristet.", ("Erlaubnis gültig bis", "Betriebserlaubnis bis"),
    ),
    Spalte(
        "erlaubnis_plaetze", _L, "plaetze", "Genehmigte Plätze", felder.GanzzahlField(von=1, bis=2_000, required=False),
        "24", "Der ganzen Einrichtung. Bei einer neuen Erlaubnis nötig.", ("Erlaubte Plätze", "Plätze lt. Erlaubnis"),
    ),
    Spalte(
        "erlaubnis_alter_von", _L, "alter_von", "Genehmigtes Alter von",
        felder.GanzzahlField(von=0, bis=26, required=False), "6", "Ohne Angabe: 0.",
    ),
    Spalte(
        "erlaubnis_alter_bis", _L, "alter_bis", "Genehmigtes Alter bis",
        felder.GanzzahlField(von=0, bis=26, required=False), "18", "Einschließlich. Ohne Angabe: 26.",
    ),
    Spalte(
        "angebot_nr", _G, "nr", "Angebots-Nr.", felder.KennungField(required=False), "A-1",
        "Ihre Nummer des Angebots bei dieser Einrichtung. Leer nur, wenn die Einrichtung noch kein Angebot hat.",
        ("Angebotsnummer",), True,
    ),
    Spalte(
        "angebot", _G, "name", "Angebot", _bezeichnung(), "Wohngruppe Kranich",
        namen=("Bezeichnung", "Name des Angebots", "Bezeichnung des Angebots"),
    ),
    Spalte(
        "hilfeart", _G, "hilfeart", "Hilfeart", _bezeichnung(), "§ 34",
        "Der Code (S34), der Paragraf, wenn nur eine Hilfeart ihn hat, oder die Bezeichnung. Sie ändert sich nie.",
        ("Hilfeform", "Leistungsart", "Paragraf", "§"),
    ),
    Spalte(
        "beginn", _G, "beginn", "Im Angebot ab", felder.DatumField(von=_TAG_AB, required=False), "01.08.2024",
        "Bei einem neuen Angebot nötig. Danach bleibt der Tag, wie er ist.", ("Angebot ab", "Beginn"),
    ),
    Spalte(
        "plaetze", _G, "plaetze", "Kapazität", felder.GanzzahlField(von=1, bis=200, required=False), "8",
        "Plätze; bei ambulanten Hilfen, wie viele Sie zugleich leisten. Bei einem neuen Angebot nötig. Eine andere Zahl"
        " gilt von dem Tag an, an dem die Liste eingelesen wird.",
        ("Plätze", "Platzzahl", "Anzahl Plätze"),
    ),
    Spalte(
        "stunden", _G, "stunden_je_woche", "Stunden je Woche",
        felder.DezimalField(von=Decimal(0), bis=STUNDEN_MAX, required=False), "",
        "Nur bei Hilfen, die nach Stunden bezahlt werden, und dort bei einem neuen Angebot nötig: so viele"
        " Fachleistungsstunden können insgesamt geleistet werden.",
        ("Stunden", "Wochenstunden", "Fachleistungsstunden je Woche"),
    ),
    Spalte(
        "geschlecht", _G, "geschlecht", "Geschlecht", _bezeichnung(30), "alle", "alle, weiblich oder männlich."
    ),
    Spalte(
        "alter_von", _G, "alter_von", "Aufnahmealter von", felder.GanzzahlField(von=0, bis=26, required=False), "12",
        namen=("Alter von", "Mindestalter"),
    ),
    Spalte(
        "alter_bis", _G, "alter_bis", "Aufnahmealter bis", felder.GanzzahlField(von=0, bis=26, required=False), "17",
        "Einschließlich.", ("Alter bis", "Höchstalter"),
    ),
    Spalte(
        "spezialisierungen", _G, "spezialisierungen", "Spezialisierungen", _bezeichnung(300),
        "Traumapädagogik | Krisenaufnahme", "Mehrere mit | getrennt.", ("Spezialisierung", "Schwerpunkte"),
    ),
    Spalte("hinweis", _G, "hinweis", "Hinweis", _bezeichnung(), "Mit eigener Schule", namen=("Bemerkung",)),
    Spalte(
        "beschreibung", _G, "beschreibung", "Beschreibung des Angebots",
        felder.FreitextField(required=False, max_length=5_000), "Betreuung rund um die Uhr.",
    ),
    Spalte(
        "grundleistung", _R, "grundleistung", "Grundleistung", _geld(), "148,20",
        "In Euro, je Tag oder Fachleistungsstunde der Hilfeart.",
        ("Entgelt", "Tagessatz", "Entgeltsatz", "Betrag", "Fachleistungsstunde"),
    ),
    Spalte("investition", _R, "investition", "Investition", _geld(), "11,40",
           namen=("Investitionsbetrag", "Investitionsfolgekosten")),
    Spalte("sonderleistung", _R, "sonderleistung", "Sonderleistung", _geld(), "",
           namen=("Sonderaufwand",)),
    Spalte(
        "entgelt_ab", _R, "ab", "Entgelt gilt ab", felder.ArbeitstagField(required=False), "01.01.2026",
        "Nötig, wenn ein Entgelt genannt ist.", ("Entgelt ab", "gültig ab", "Gilt ab"),
    ),
    Spalte(
        "vereinbart_am", _R, "vereinbart_am", "Entgelt vereinbart am", felder.ArbeitstagField(required=False),
        "15.12.2025",
        "Ohne Angabe: der Tag, von dem an das Entgelt gilt, in der Zukunft der heutige. Davor gilt keines (§ 78d Abs. 2"
        " SGB VIII).",
        ("Vereinbart am", "Vereinbarung vom"),
    ),
    Spalte(
        "rechtsgrundlage", _R, "rechtsgrundlage", "Rechtsgrundlage", _bezeichnung(60), "§ 78b",
        "§ 78b oder § 77. Ohne Angabe: § 78b.",
    ),
    Spalte(
        "entgelt_amt", _R, "jugendamt", "Entgelt nur für", _bezeichnung(), "",
        "Kürzel Ihres Jugendamts, wenn das Entgelt nur mit ihm vereinbart ist (§ 77 SGB VIII). Leer: für alle"
        " Jugendämter.",
        ("Nur für das Jugendamt", "Nur für ein Jugendamt"),
    ),
)  # fmt: skip

SPALTE: Mapping[str, Spalte] = {spalte.code: spalte for spalte in SPALTEN}
PFLICHT = tuple(spalte.code for spalte in SPALTEN if spalte.ist_pflicht)


@lru_cache(maxsize=20_000)
def parse_zelle(code: str, text: str) -> tuple[Any, str]:
    """(value, "") of a cell, or (None, German message). Lists repeat themselves: many lines name one provider."""
    try:
        wert = SPALTE[code].field.clean(text)
    except ValidationError as error:
        return None, " ".join(error.messages)
    return (None if wert in ("", None) else wert), ""


def normalize_name(name: str) -> str:
    """A column's name as it is compared: letters and digits only, "ß" as "ss", without what is in brackets."""
    flach = re.sub(r"\([^)]*\)", "", name.casefold())
    for zeichen, ersatz in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        flach = flach.replace(zeichen, ersatz)
    return re.sub(r"[^a-z0-9§]", "", flach)


#: Code -> words for it as they are compared; the column's own name first.
NAMEN: Mapping[str, tuple[str, ...]] = {
    spalte.code: tuple(dict.fromkeys(normalize_name(name) for name in (spalte.label, *spalte.namen)))
    for spalte in SPALTEN
}
