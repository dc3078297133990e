"""Examples for the OpenAPI document: requests as a provider's system sends them, and what comes back."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

from shared_apps.providers.states import VorschlagZustand

_HAUS = "0190b3c2-4e00-7b29-8c4d-0e9f1a2b3c4d"
_ANGEBOT = "0190b3c2-5f10-7c3a-9d5e-1f0a2b3c4d5e"
_ANBIETER = "0190b3c2-3d00-7a18-9b3c-0d8e9f0a1b2c"


def _sent(name: str, value: dict[str, Any], **kwargs: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True, **kwargs)


def _said(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200", "201"])


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
        "betriebserlaubnisse": [_ERLAUBNIS_DA], "ausnahmen": [], "angebote": [_HINWEIS],
    },
)  # fmt: skip
NEUE_EINRICHTUNG = _sent("Einrichtung", {"kreis": "VG", "name": "Haus Strandläufer", **_KONTAKT})
KONTAKT = _sent("neue Nummer", {"telefon": "03834 54321", "ansprechpartner": "Inge Iversen"})

_ENTGELT = {"betrag": "182.50", "einheit": "TAG", "ab": "2026-01-01", "letzter_tag": None}
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
    "zustand": VorschlagZustand.VORGESCHLAGEN.value, "betrag": "185.00", "grund": "",
}  # fmt: skip
ANGEBOT = _said(
    "Angebot",
    {
        "uuid": _ANGEBOT, "einrichtung": _HAUS, "hilfeart": "S34", "einheit": "TAG", **_NEU,
        "stunden_je_woche": None, "vakanz_bestaetigt_at": "2026-12-01T07:30:00+01:00", "vakanz_gemeldet_at": None,
        "spezialisierungen": [], "sprachen": [], "merkmale": {}, "beginn": "2026-01-01", "letzter_tag": None, **_STAND,
        "entgelt": _ENTGELT, "entgelte": [_ENTGELT], "entgeltvorschlag": _VORSCHLAG_DA,
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
