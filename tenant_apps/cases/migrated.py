"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "cases_person_folgt": "2cb5d2bba5874600d03c",
    "cases_person_wie_faelle": "720e6aa6465362dd79de",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("cases_hilfefall", "cases_person_folgt"): "176d383a48a28c56da62",
    ("cases_klient", "cases_person_wie_faelle"): "c1fa3fe7c51e0b7b844f",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {}
