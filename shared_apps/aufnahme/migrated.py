"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "aufnahme_antrag_pruefen": "",
    "aufnahme_beantworten": "",
    "aufnahme_signiert": "",
    "aufnahme_stand": "",
    "members_aufgenommen": "",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("aufnahme_aufnahmeantrag", "aufnahme_antrag_geprueft"): "",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {
    "aufnahme_antrag_pruefen": (),  # a trigger
    "aufnahme_beantworten": ("land",),
    "aufnahme_stand": ("land",),
}
