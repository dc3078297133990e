"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "occupancy_abgelaufene_freigeben": "ccd56563c5372f3489cd",
    "occupancy_bindung_pruefen": "fe8315df9160b643c2e5",
    "occupancy_eigene_bindungen": "69bb999bb77f3f30253d",
    "occupancy_eigener_monat": "983615bd905103f095aa",
    "occupancy_ende_pruefen": "0b3fb3b198abfae8295e",
    "occupancy_erlaubnis_pruefen": "9cb7d9ea41959e91c2e7",
    "occupancy_frei_ab_bis": "12f43d5edf04e6fc432a",
    "occupancy_freie_angebote": "5eb4306436c5b45cf226",
    "occupancy_freie_plaetze": "082cb9e83672f468fe10",
    "occupancy_fremdbelegung": "ef1c55d09ecaa86f0058",
    "occupancy_ist_belegt": "799c4b681da6ded98617",
    "occupancy_je_belegt": "03761f16f6b66ff2bf1b",
    "occupancy_luecken_des_platzes": "29b86afd10d52a925181",
    "occupancy_luecken_folgen": "8044eb0b4ecefa07fc49",
    "occupancy_luecken_neu": "1e62d29c2397ea82faa3",
    "occupancy_luecken_rechnen": "620d0492218adc00039e",
    "occupancy_platz_halten": "0dda835d0baf422553a8",
    "occupancy_sperre_beachten": "7d1552b766e3bfb39ae4",
    "occupancy_sperre_pruefen": "70986316f6a34c408026",
    "occupancy_stopp_pruefen": "3466dc56d4baad0effe2",
    "occupancy_vakanzen": "bbf1d2d6ce80dd5c4e5d",
    "occupancy_vakanzen_je_zeitraum": "9636863d331bbd72a753",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("occupancy_aufnahmestopp", "occupancy_nicht_voraus"): "ebc2499bcb7eba394f43",
    ("occupancy_platzsperre", "occupancy_nicht_voraus"): "569b1819bbf2f9edb745",
    ("occupancy_aufnahmestopp", "occupancy_stopp_geprueft"): "fdfa8858fa66503be213",
    ("occupancy_platzbindung", "occupancy_bindung_angelegt"): "5de29f313d95c72aa61e",
    ("occupancy_platzbindung", "occupancy_bindung_erlaubt"): "9077136684b066d57ac3",
    ("occupancy_platzbindung", "occupancy_bindung_geaendert"): "49618736622d988a8afb",
    ("occupancy_platzbindung", "occupancy_buchung_erlaubt"): "78f9c25d2f74efdaf6c4",
    ("occupancy_platzbindung", "occupancy_bindung_sperre_geaendert"): "c6c3f2da02e0b2896f0c",
    ("occupancy_platzbindung", "occupancy_bindung_sperre_neu"): "09d6430a34e5fa171e06",
    ("occupancy_platzsperre", "occupancy_sperre_geprueft"): "d66b8876edf8b1068e07",
    ("occupancy_platzbindung", "occupancy_luecken_bindung_neu"): "ff5d26548b02bea63244",
    ("occupancy_platzbindung", "occupancy_luecken_bindung_geaendert"): "228804f0c2a8882c802d",
    ("occupancy_platzbindung", "occupancy_luecken_bindung_weg"): "a2d78c61f7a5e050dd60",
    ("occupancy_platzsperre", "occupancy_luecken_sperre"): "c8df0a5f9a46e31e8600",
    ("providers_platz", "occupancy_luecken_platz"): "152d478d5ce9d43816cc",
    ("providers_anbieter", "occupancy_ende_anbieter"): "5b8f1b8c37055bc87576",
    ("providers_angebot", "occupancy_ende_angebot"): "16297ff96bbbcf1421be",
    ("providers_einrichtung", "occupancy_ende_einrichtung"): "c45077f8731d16e8349b",
    ("providers_platz", "occupancy_ende_platz"): "24992fa458a0c74cb10b",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {
    "occupancy_vakanzen": ("land", "tenants"),
    "occupancy_vakanzen_je_zeitraum": ("land",),
    "occupancy_frei_ab_bis": ("tenants",),
    "occupancy_freie_angebote": ("tenants",),
    "occupancy_je_belegt": ("land",),
    "occupancy_eigene_bindungen": ("land",),  # of the release before; to be dropped by the next one
    "occupancy_eigener_monat": ("land",),
    "occupancy_freie_plaetze": ("tenants",),
    "occupancy_abgelaufene_freigeben": ("portal", "tenants"),
    "occupancy_fremdbelegung": ("tenants",),
    "occupancy_ist_belegt": (),  # a step of the others
    "occupancy_luecken_rechnen": (),
    "occupancy_luecken_folgen": (),
    "occupancy_luecken_des_platzes": (),
    "occupancy_bindung_pruefen": (),  # triggers
    "occupancy_ende_pruefen": (),
    "occupancy_erlaubnis_pruefen": (),
    "occupancy_sperre_beachten": (),
    "occupancy_sperre_pruefen": (),
    "occupancy_stopp_pruefen": (),
}
