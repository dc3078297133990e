"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "billing_abrechenbar_ab": "0c9933c732e283804b0d",
    "billing_abrechenbar_folgt": "c3e83914f494e5bb19b2",
    "billing_konto_festhalten": "84046ed0420cd1cdd1c8",
    "billing_person_bekannt": "df61e5c10d8ce037bf14",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("billing_rechnung", "billing_abrechenbar_folgt"): "f9bb8465e50241da97aa",
    ("billing_rechnung", "billing_abrechenbar_neu"): "4adc1aaf21385a74de2b",
    ("billing_rechnung", "billing_konto_festgehalten"): "c059ce737b749812464c",
    ("billing_rechnung", "billing_person_bekannt"): "401a8486ce10cacc5aca",
    ("placements_buchung", "billing_abrechenbar_ab"): "fcbeb5ff7b8b78674e20",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {
    "billing_abrechenbar_folgt": (),  # a trigger
    "billing_konto_festhalten": (),  # a trigger
    "billing_person_bekannt": (),  # a trigger
}
