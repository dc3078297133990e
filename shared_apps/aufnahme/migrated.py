"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "aufnahme_antrag_pruefen": "ae0ecdbe4b8d6e3c9182",
    "aufnahme_beantworten": "6e6f897e404b288b2ea9",
    "aufnahme_signiert": "082fe46bf92571bc64f5",
    "aufnahme_stand": "f0402540fdb30874dc39",
    "aufnahme_unverwaltet": "f0cb975f28f2f2defb63",
    "members_aufgenommen": "c0112023deefddc2ab12",  # members made it without an answer
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("aufnahme_aufnahmeantrag", "aufnahme_antrag_geprueft"): "e2f5a7f75e380a6139e9",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {
    "aufnahme_antrag_pruefen": (),  # a trigger
    "aufnahme_beantworten": ("land",),
    "aufnahme_stand": ("land",),
}
