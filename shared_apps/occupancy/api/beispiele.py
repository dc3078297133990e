"""Examples for the OpenAPI document: requests as a provider's system sends them, and what comes back."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

_ANGEBOT = "0190b3c2-5f10-7c3a-9d5e-1f0a2b3c4d5e"
_PLATZ = "0190b3c2-6a20-7d4b-8e6f-2a1b3c4d5e6f"
_HAUS = "0190b3c2-4e00-7b29-8c4d-0e9f1a2b3c4d"
_SPERRE = "0190b3c2-7b30-7e5c-9f70-3b2c4d5e6f70"
_STOPP = "0190b3c2-8c40-7f6d-a081-4c3d5e6f7081"
_ZEIT = "2026-12-01T07:30:00+01:00"

_RENOVIERUNG = {"beginn": "2026-12-01", "letzter_tag": "2026-12-31", "grund": "RENOVIERUNG", "notiz": "Bad"}
_BELEGT = {"beginn": "2026-12-01", "letzter_tag": None, "grund": "BELEGT_AUSSERHALB", "notiz": ""}
_PERSONAL = {"beginn": "2026-12-05", "letzter_tag": "2026-12-19", "grund": "PERSONAL", "hinweis": "Nachtdienst fehlt"}
_SPERRE_AUS = _RENOVIERUNG | {"uuid": _SPERRE, "platz": _PLATZ, "geaendert_at": _ZEIT}
_STOPP_AUS = _PERSONAL | {"uuid": _STOPP, "angebot": _ANGEBOT, "geaendert_at": _ZEIT}

MELDUNGEN = [
    OpenApiExample(
        "einzelne Plätze",
        summary="Ein Platz wird renoviert, einer ist wieder frei",
        value={
            "angebote": [
                {
                    "angebot": _ANGEBOT,
                    "plaetze": [
                        {"platz": _PLATZ, "sperren": [_RENOVIERUNG]},
                        {"platz": "0190b3c2-6a21-7d4b-8e6f-2a1b3c4d5e70", "sperren": []},
                    ],
                }
            ]
        },
        request_only=True,
    ),
    OpenApiExample(
        "nur die Anzahl",
        summary="Zwei Plätze sind belegt, welche, ist gleich",
        value={"angebote": [{"angebot": _ANGEBOT, "gesperrt": [_BELEGT | {"anzahl": 2}]}]},
        request_only=True,
    ),
    OpenApiExample(
        "Aufnahmestopp",
        summary="Das Angebot nimmt zwei Wochen niemanden auf",
        value={"angebote": [{"angebot": _ANGEBOT, "aufnahmestopps": [_PERSONAL]}]},
        request_only=True,
    ),
    OpenApiExample(
        "unverändert",
        summary="Nichts hat sich geändert: nur bestätigen",
        value={"angebote": [{"angebot": _ANGEBOT}]},
        request_only=True,
    ),
    OpenApiExample(
        "Platz vergeben",
        value={
            "code": "laeuft_noch",
            "detail": "Platz 4: In dieser Zeit ist der Platz vergeben: Landkreis Vorpommern-Greifswald: 1 Platz"
            " reserviert oder gebucht, bis 31.01.2027. Eine Reservierung oder Buchung ändert nur das Jugendamt; rufen"
            " Sie dort an.",
            "felder": {"angebote.0.plaetze.0.sperren.0": ["Platz 4: In dieser Zeit ist der Platz vergeben: …"]},
        },
        response_only=True,
        status_codes=["409"],
    ),
    OpenApiExample(
        "Angabe fehlt",
        value={
            "code": "ungueltig",
            "detail": "Bitte prüfen Sie die Angaben.",
            "felder": {"angebote.0.plaetze.0.sperren.0.grund": ["Bitte füllen Sie dieses Feld aus."]},
        },
        response_only=True,
        status_codes=["422"],
    ),
]
_LAGE = {
    "einrichtung": _HAUS,
    "angebote": [
        {
            "angebot": _ANGEBOT,
            "name": "Wohngruppe Möwe",
            "hilfeart": "S34",
            "frei": 1,
            "gesamt": 2,
            "bestaetigt_at": _ZEIT,
            "stufe": "frisch",
            "stand": "heute bestätigt",
            "aufnahmestopps": [_STOPP_AUS],
            "plaetze": [{"platz": _PLATZ, "nummer": 4, "name": "Zimmer 3", "sperren": [_SPERRE_AUS]}],
        }
    ],
}
VAKANZEN = OpenApiExample("Vakanzen", value=_LAGE, response_only=True, status_codes=["200"])
MELDUNGEN.append(VAKANZEN)

_FREI = {
    "art": "frei", "beginn": "2027-01-01", "letzter_tag": None, "gehalten_bis": None, "grund": "", "eintrag": None,
}  # fmt: skip
PLAN = OpenApiExample(
    "Belegungsplan",
    value={
        "einrichtung": _HAUS,
        "ab": "2026-12-01",
        "letzter_tag": "2027-03-01",
        "ohne_erlaubnis": False,
        "angebote": [
            {
                "angebot": _ANGEBOT,
                "name": "Wohngruppe Möwe",
                "hilfeart": "S34",
                "plaetze": [
                    {
                        "platz": _PLATZ,
                        "nummer": 4,
                        "name": "Zimmer 3",
                        "abschnitte": [
                            _FREI
                            | {
                                "art": "gesperrt",
                                "beginn": "2026-12-01",
                                "letzter_tag": "2026-12-31",
                                "grund": "Bad",
                                "eintrag": _SPERRE,
                            },
                            _FREI,
                        ],
                    }
                ],
            }
        ],
    },
    response_only=True,
)
SPERRE = OpenApiExample("Sperre", value=_RENOVIERUNG, request_only=True)
SPERRE_KURZ = OpenApiExample(
    "verkürzt",
    value={"letzter_tag": "2026-12-19", "grund": "RENOVIERUNG", "notiz": "schneller fertig"},
    request_only=True,
)
SPERRE_DA = OpenApiExample("Sperre", value=_SPERRE_AUS, response_only=True, status_codes=["200", "201"])
STOPP = OpenApiExample("Aufnahmestopp", value=_PERSONAL, request_only=True)
STOPP_KURZ = OpenApiExample(
    "verkürzt", value={"letzter_tag": "2026-12-12", "grund": "PERSONAL", "hinweis": ""}, request_only=True
)
STOPP_DA = OpenApiExample("Aufnahmestopp", value=_STOPP_AUS, response_only=True, status_codes=["200", "201"])
