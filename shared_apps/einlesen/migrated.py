"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "einlesen_stehen": "a46840f02d53b3a9e1af",
    "einlesen_stehende": "ba7e5e2bedc2f6620b87",
    "einlesen_unterschrift": "4f1f4f71f1efd21a5784",
    "einlesen_zeile_bleibt": "c2c35959f0d5547d1f21",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("einlesen_einlesezeile", "einlesen_zeile_bleibt"): "bc21fe683c9734e7d494",
    ("einlesen_einlesezeile", "einlesen_zeile_geaendert"): "e8be6c308b831223dcfc",
    ("einlesen_einlesung", "einlesen_unterschrift"): "e060687b2401e4118131",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {
    "einlesen_stehen": ("land",),
    "einlesen_stehende": ("tenants",),
}
