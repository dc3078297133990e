"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "providers_liste_schreibt": "40459dfef91652e2ced5",
    "einlesen_posten_bleibt": "83cddd56a5d5908f770b",
    "einlesen_schluessel_bleibt": "b54e3b3b77a1702bb1ea",
    "einlesen_liest": "57ade8495973b4a9b26a",
    "einlesen_stehen": "a46840f02d53b3a9e1af",
    "einlesen_stehende": "ba7e5e2bedc2f6620b87",
    "einlesen_unterschrift": "a31eec2ce67d1cc7c773",
    "einlesen_zeile_bleibt": "c2c35959f0d5547d1f21",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("einlesen_einleseposten", "einlesen_posten_bleibt"): "8e00a0e22e3b69649071",
    ("einlesen_fremdschluessel", "einlesen_schluessel_bleibt"): "8f2994b66563b9528676",
    ("einlesen_einlesezeile", "einlesen_zeile_bleibt"): "bc21fe683c9734e7d494",
    ("einlesen_einlesezeile", "einlesen_zeile_geaendert"): "e8be6c308b831223dcfc",
    ("einlesen_einlesung", "einlesen_unterschrift"): "e060687b2401e4118131",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {
    "einlesen_stehen": ("land",),
    "einlesen_stehende": ("tenants",),
}
