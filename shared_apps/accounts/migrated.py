"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "accounts_postfach": "c9e266fd776142c1dd40",
    "accounts_adresse_bleibt": "3057af1d8f19c6240f50",
    "accounts_anmeldedienst_pruefen": "e4387b14a677d8127f2b",
    "accounts_membership_refuse": "4516a8398e16cf0dd612",
    "accounts_refused_pairs": "02f9713e617b3b1699db",
    "accounts_schluessel_bleibt": "c2601990a56ffbbdcf76",
    "accounts_vertretbar": "5c862611cd33a27fc70f",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("accounts_user", "accounts_adresse_bleibt"): "d3c6faef5b33e0dbdd3e",
    ("accounts_anmeldedienst", "accounts_anmeldedienst_geprueft"): "9a4fb5273b6f378c5e45",
    ("accounts_membership", "accounts_membership_refused"): "5abba9847c2df7a603e9",
    ("accounts_membership", "accounts_schluessel_bleibt"): "72af74b9e20e646c42e1",
    ("accounts_user", "accounts_schluessel_bleibt"): "528e510477c1968c8333",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {}
