"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "billing_abrechenbar_ab": "a3057cd1aa51963e51bb",
    "billing_abrechenbar_folgt": "c4390dab01f9024fe505",
    "billing_konto_festhalten": "22c0e370e93f0c582072",
    "billing_person_bekannt": "a0c97a23884f4403a235",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("billing_rechnung", "billing_abrechenbar_folgt"): "f9bb8465e50241da97aa",
    ("billing_rechnung", "billing_abrechenbar_neu"): "d9b4f2cb7c323a2e3e6b",
    ("billing_rechnung", "billing_abrechenbar_weg"): "8d9a0d042fa0284b478c",
    ("billing_rechnung", "billing_konto_festgehalten"): "0057c943fb82952fe5f6",
    ("billing_rechnung", "billing_person_bekannt"): "62d5c6c418e0dc3349af",
    ("placements_buchung", "billing_abrechenbar_ab"): "fcbeb5ff7b8b78674e20",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {
    "billing_abrechenbar_folgt": (),  # a trigger
    "billing_konto_festhalten": (),  # a trigger
    "billing_person_bekannt": (),  # a trigger
}
