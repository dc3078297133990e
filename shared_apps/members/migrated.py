"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "members_antrag_pruefen": "12de8a2457eea09eeef7",
    "members_leitende_rollen": "488d800e65c55c776c86",
    "members_vier_augen": "12a3127bc493713d6513",
    "members_zu_zweit_rollen": "6012349ba5cc313b181c",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("accounts_membership", "members_vier_augen"): "6ec2afcb4620133927a5",
    ("members_mitgliedschaftsantrag", "members_antrag_geprueft"): "53c88339ff4dbb3af8a5",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {
    "members_vier_augen": (),  # a trigger
}
