"""Examples for the OpenAPI document: requests as a provider's system sends them, and what comes back."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

from shared_apps.core.uploads.states import Dateipruefung
from shared_apps.providers.states import VorschlagZustand

_HAUS = "0190b3c2-4e00-7b29-8c4d-0e9f1a2b3c4d"
_ANGEBOT = "0190b3c2-5f10-7c3a-9d5e-1f0a2b3c4d5e"
_ANBIETER = "0190b3c2-3d00-7a18-9b3c-0d8e9f0a1b2c"


def _sent(name: str, value: dict[str, Any], **kwargs: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True, **kwargs)


def _said(name: str, value: Any, *status: str) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=list(status or ("200", "201")))


def _refused(name: str, code: str, detail: str) -> OpenApiExample:
    return _said(name, {"code": code, "detail": detail}, "409")


def _handed_in(name: str, value: dict[str, Any]) -> OpenApiExample:
    """Files of a form, each by its name."""
    return OpenApiExample(name, value=value, request_only=True, media_type="multipart/form-data")


_KONTAKT = {
    "strasse": "Strandweg 3", "plz": "17489", "ort": "Greifswald", "telefon": "03834 12345",
    "email": "haus@example.org", "web": "https://www.example.org/", "ansprechpartner": "Ines Ihde",
}  # fmt: skip
_RUF = {
    "funktion": "BEREITSCHAFT", "name": "", "telefon": "03834 99", "email": "", "ist_notruf": True,
}  # fmt: skip
_KONTAKT_DA = _RUF | {"uuid": "0190b3c2-bf70-72a0-93b4-7f60819203b4"}
_ERLAUBNIS = {
    "nummer": "BE 17-2024", "behoerde": "Kommunaler Sozialverband", "datum": "2024-03-01", "plaetze": 20,
    "alter_von": 6, "alter_bis": 18, "nebenbestimmungen": "Zwei Fachkräfte nachts",
}  # fmt: skip
_ERLAUBNIS_DA = _ERLAUBNIS | {
    "uuid": "0190b3c2-9d50-707e-b192-5d4e6f708192", "beginn": "2024-03-01", "letzter_tag": None,
}  # fmt: skip
_AUSNAHME = {
    "aktenzeichen": "KSV 4-31", "datum": "2026-11-20", "beginn": "2026-12-01", "letzter_tag": "2027-05-31",
    "plaetze_mehr": 1, "alter_von": None, "alter_bis": None, "grund": "Umbau im Nachbarhaus",
}  # fmt: skip
_AUSNAHME_DA = _AUSNAHME | {"uuid": "0190b3c2-c080-73b1-a4c5-80718293a4c5"}
_HINWEIS = {"uuid": _ANGEBOT, "name": "Wohngruppe Möwe", "hilfeart": "S34"}
_STAND = {"frei": 1, "gesamt": 2, "stufe": "frisch", "stand": "heute bestätigt", "nimmt_nicht_auf": None}

ZEILE = _said(
    "Einrichtung",
    {
        "uuid": _HAUS, "name": "Haus Strandläufer", "anbieter": _ANBIETER,
        "anbieter_name": "Jugendhilfe Küste gGmbH", "kreis": "VG", "ort": "Greifswald", "frei": 1, "gesamt": 2,
        "faellig": 0, "gemeldet": 0, "ohne_erlaubnis": False, "fehlt": [], "angebote": [_HINWEIS | _STAND],
    },
)  # fmt: skip
EINRICHTUNG = _said(
    "Einrichtung",
    {
        "uuid": _HAUS, "anbieter": _ANBIETER, "anbieter_name": "Jugendhilfe Küste gGmbH", "kreis": "VG",
        "region": None, "name": "Haus Strandläufer", **_KONTAKT, "breite": "54.09580", "laenge": "13.38150",
        "eroeffnet_am": None, "betriebstage_woche": "7.00", "betriebstage_jahr": "365.00", "beschreibung": "",
        "letzter_tag": None, "notfalltelefon": "03834 99", "kontakte": [_KONTAKT_DA],
        "betriebserlaubnisse": [_ERLAUBNIS_DA], "ausnahmen": [_AUSNAHME_DA], "angebote": [_HINWEIS],
    },
)  # fmt: skip
NEUE_EINRICHTUNG = _sent("Einrichtung", {"kreis": "VG", "name": "Haus Strandläufer", **_KONTAKT})
KONTAKT = _sent("neue Nummer", {"telefon": "03834 54321", "ansprechpartner": "Inge Iversen"})

_ENTGELT = {"betrag": "182.50", "einheit": "TAG", "ab": "2026-01-01", "letzter_tag": None, "jugendamt": None}
_NEU = {
    "name": "Wohngruppe Möwe", "geschlecht": "", "alter_von": 6, "alter_bis": 14, "hinweis": "am Wasser",
    "beschreibung": "", "gruppe": "", "ausschluss": "", "barrierefrei": "TEILWEISE", "schule": "Grundschule, 5 min",
    "therapie": "",
}  # fmt: skip
NEUES_ANGEBOT = _sent(
    "stationäre Gruppe", {"hilfeart": "S34", "beginn": "2027-01-01", "letzter_tag": None, "plaetze": 2, **_NEU}
)
ZIELGRUPPE = _sent("Zielgruppe", {"alter_von": 6, "alter_bis": 16, "spezialisierungen": [], "barrierefrei": "JA"})
PLATZZAHL = _sent("mehr Plätze", {"anzahl": 4, "ab": "2027-01-01", "letzter_tag": None})
_VORSCHLAG = {
    "grundleistung": "170.00", "investition": "15.00", "sonderleistung": "0.00", "ab": "2027-01-01",
    "vereinbart_am": "2026-12-15", "rechtsgrundlage": "78b",
}  # fmt: skip
_VORSCHLAG_DA = _VORSCHLAG | {
    "uuid": "0190b3c2-ae60-718f-c2a3-6e5f708192a3", "angebot": _ANGEBOT,
    "zustand": VorschlagZustand.VORGESCHLAGEN.value, "betrag": "185.00", "jugendamt": None, "vereinbarung": None,
    "leistungsbeschreibung": None, "vom_anbieter": True, "grund": "", "entschieden_at": None,
}  # fmt: skip
ANGEBOT = _said(
    "Angebot",
    {
        "uuid": _ANGEBOT, "einrichtung": _HAUS, "hilfeart": "S34", "einheit": "TAG", **_NEU,
        "stunden_je_woche": None, "vakanz_bestaetigt_at": "2026-12-01T07:30:00+01:00", "vakanz_gemeldet_at": None,
        "spezialisierungen": [], "sprachen": [], "merkmale": {}, "beginn": "2026-01-01", "letzter_tag": None, **_STAND,
        "entgelt": _ENTGELT, "entgelte": [_ENTGELT], "einzelentgelte": [],
        "entgeltvorschlag": _VORSCHLAG_DA, "einzelvorschlaege": [],
    },
)  # fmt: skip
VORSCHLAG = _sent("Entgelt", _VORSCHLAG)
VORSCHLAG_DA = _said("Vorschlag", _VORSCHLAG_DA)
ERLAUBNIS = _sent("Bescheid", _ERLAUBNIS)
ERLAUBNIS_DA = _said("Betriebserlaubnis", _ERLAUBNIS_DA)
BEFRISTET = _sent("endet", {"letzter_tag": "2027-06-30"})
RUF = _sent("Notfalltelefon", _RUF)
RUF_DA = _said("Kontakt", _KONTAKT_DA)
ANDERE_NUMMER = _sent("andere Nummer", {"telefon": "03834 99"})
EINZELVORSCHLAG = _sent(
    "für ein Jugendamt allein", _VORSCHLAG | {"rechtsgrundlage": "77", "jugendamt": "VG", "vereinbarung": None}
)
_GEGANGEN = {"zustand": VorschlagZustand.ZURUECKGEZOGEN.value, "entschieden_at": "2026-12-16T09:00:00+01:00"}
VORSCHLAG_WEG = _said("zurückgezogen", _VORSCHLAG_DA | _GEGANGEN)
AUSNAHME = _sent("Schreiben der Behörde", _AUSNAHME)
AUSNAHME_DA = _said("Ausnahme", _AUSNAHME_DA)
KUERZER = _sent("kürzer", {"letzter_tag": "2027-03-31"})
KONTAKT_WEG = _said("gelöscht", {"uuid": _KONTAKT_DA["uuid"]})

_ANBIETER_DA = {
    "uuid": _ANBIETER, "name": "Jugendhilfe Küste gGmbH", "rechtsform": "gGmbH", "traegerart_code": "",
    "register_nr": "HRB 1234", "dachverband": "Der Paritätische", "anerkennung": "ANERKANNT",
    "steuerstatus": "GEMEINNUETZIG", **_KONTAKT, "letzter_tag": None, "kontakte": [_KONTAKT_DA],
}  # fmt: skip
ANBIETER = _said("Anbieter", _ANBIETER_DA)
EIGENE_ANBIETER = _said("Ihre Anbieter", {"anbieter": [_ANBIETER_DA]})
DACHVERBAND = _sent("Dachverband", {"dachverband": "Diakonie", "telefon": "03834 12340"})
_AENDERUNG = {"name": "Jugendhilfe Ostsee gGmbH", "begruendung": "Umbenannt am 1.11.2026, Registerauszug liegt bei"}
AENDERUNG = _sent("neuer Name", _AENDERUNG | {"gebietskoerperschaft": "VG"})
_BISHER = {name: _ANBIETER_DA[name] for name in ("name", "rechtsform", "register_nr", "anerkennung")}
_AENDERUNG_DA = {
    "uuid": "0190b3c2-d190-74c2-b5d6-918293a4b5d6", "anbieter": _ANBIETER, "gebietskoerperschaft": "VG",
    "zustand": VorschlagZustand.VORGESCHLAGEN.value, **_BISHER, **_AENDERUNG, "bisher": _BISHER, "grund": "",
    "entschieden_at": None,
}  # fmt: skip
AENDERUNG_DA = _said("Vorschlag", _AENDERUNG_DA)
AENDERUNG_WEG = _said("zurückgezogen", _AENDERUNG_DA | _GEGANGEN)

ENDE = _sent("letzter Tag", {"letzter_tag": "2027-06-30"})
LAEUFT_NOCH = _refused(
    "läuft noch",
    "laeuft_noch",
    "Das geht noch nicht. Nach diesem Tag läuft noch: Angebot „Wohngruppe Möwe“ (§ 34).",
)
WIRD_GEHALTEN = _refused(
    "wird gehalten",
    "laeuft_noch",
    "Das geht noch nicht. Nach diesem Tag läuft noch: Landkreis Vorpommern-Greifswald: 1 Platz reserviert oder gebucht,"
    " bis 31.12.2027.",
)
PLATZNAMEN = _sent("zwei Zimmer", {"plaetze": [{"nummer": 1, "name": "Zimmer 1"}, {"nummer": 2, "name": ""}]})
PLATZNAMEN_DA = _said(
    "Plätze",
    {
        "plaetze": [
            {"uuid": "0190b3c2-7b30-7e5c-bf70-3b2c4d5e6f70", "nummer": 1, "name": "Zimmer 1"},
            {"uuid": "0190b3c2-7b31-7e5c-bf70-3b2c4d5e6f71", "nummer": 2, "name": ""},
        ]
    },
)

_BILD = {
    "uuid": "0190b3c2-e2a0-75d3-86e7-a293a4b5c6e7", "einrichtung": _HAUS, "titel": "Garten",
    "alternativtext": "Garten mit Schaukel", "reihenfolge": 0, "pruefung": Dateipruefung.FREI.value,
    "hochgeladen_at": "2026-12-01T08:00:00+01:00", "ist_zu_sehen": True,
}  # fmt: skip
_NEUES_BILD = _BILD | {
    "titel": "", "alternativtext": "", "pruefung": Dateipruefung.WARTET.value, "ist_zu_sehen": False,
}  # fmt: skip
BILD = _said("Bild", _BILD)
BILDER = _said("Bilder", {"bilder": [_BILD]})
HOCHLADEN = _handed_in("zwei Bilder", {"dateien": ["garten.jpg", "kueche.heic"], "ohne_menschen": True})
AUFGENOMMEN = _said(
    "eines aufgenommen",
    {"bilder": [_NEUES_BILD], "abgelehnt": [{"name": "kueche.heic", "grund": "Das Bild ist im Format HEIC. …"}]},
)
BILDTEXT = _sent("Text", {"titel": "Garten", "alternativtext": "Garten mit Schaukel"})
NACH_VORN = _sent("nach vorn", {"richtung": "hoch"})
BILD_WEG = _said("gelöscht", {"uuid": _BILD["uuid"]})

_DOKUMENT = {
    "uuid": "0190b3c2-f3b0-76e4-97f8-b3a4b5c6d7f8", "art": "leq-vereinbarung", "einrichtung": _HAUS,
    "datum": "2026-01-15", "letzter_tag": None, "rechtsgrundlage": "78b", "jugendamt": None, "ist_ihres": True,
    "hinterlegt": True, "pruefung": Dateipruefung.FREI.value, "hochgeladen_at": "2026-12-01T08:00:00+01:00",
}  # fmt: skip
DOKUMENT = _said("Dokument", _DOKUMENT)
DOKUMENTE = _said("Dokumente", {"dokumente": [_DOKUMENT]})
PAPIER = _handed_in("Vereinbarung", {"datum": "2026-01-15", "rechtsgrundlage": "78b", "datei": "vereinbarung.pdf"})
PDF = _handed_in("PDF", {"datei": "vereinbarung.pdf"})
