"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "gespraeche_nachricht_bleibt": "374786cab1d23e9154e7",
    "gespraeche_stand": "849cc2d45f3d340ea08b",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("gespraeche_gespraechsnachricht", "gespraeche_nachricht_bleibt"): "0e968f65f193c4d1a9a6",
    ("gespraeche_gespraechsnachricht", "gespraeche_stand_gelesen"): "aa4f7bc63a8e1d6253e8",
    ("gespraeche_gespraechsnachricht", "gespraeche_stand_neu"): "9a3fc8f70e7fdd0fcae2",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {
    "gespraeche_stand": (),  # a trigger
}
