"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "placements_aufenthalt": "2ec31a6d16a202833d0a",
    "placements_fall_ist_offen": "22e67f17cdb01b94a1b5",
    "placements_nachgetragen": "7537a94f859147fd941c",
    "placements_nacht_fall": "e7f2527a735a9f8abda6",
    "placements_nacht_neu": "695b665bb34a0b7d8706",
    "placements_nacht_pkz": "a4bb1f8c86381c8618eb",
    "placements_nacht_schritt": "f03b667fe6ef392d74e9",
    "placements_naechte": "32ff3695a9e550eda636",
    "placements_naechte_frei": "002cdb1525ae7733ee56",
    "placements_nichts_laeuft": "61b410aaad69c2f75c81",
    "placements_vermerk_anketten": "a05607d73861a61e9715",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("cases_hilfefall", "placements_nacht_fall"): "9c3fbbc66bf9a95d45e7",
    ("cases_hilfefall", "placements_nichts_laeuft"): "b51aceda61f2d0c16e9b",
    ("cases_klient", "placements_nachgetragen"): "21c975cb022e362d3b15",
    ("cases_klient", "placements_nacht_pkz"): "874527b3e336f842759d",
    ("placements_auswahlvermerk", "placements_vermerk_anketten"): "30a6e53dcc0109a00353",
    ("placements_buchung", "placements_aufenthalt"): "37394520187db06cdf7d",
    ("placements_buchung", "placements_fall_bleibt_offen"): "e502cc1abce23d9c728b",
    ("placements_buchung", "placements_fall_ist_offen"): "7afa05dd49ad32acded5",
    ("placements_buchung", "placements_naechte"): "678916652a7b4c4dfd80",
    ("placements_buchung", "placements_naechte_frei"): "a33bd4a3b16e03cc50b7",
    ("placements_buchung", "placements_naechte_weg"): "3ba74c64e10ecd955d25",
    ("placements_nachtaufnahme", "placements_nacht_neu"): "5035a290d275769b0c52",
    ("placements_nachtschritt", "placements_nacht_schritt"): "3409859ce4fccef51825",
    ("placements_reservierung", "placements_fall_bleibt_offen"): "3253b0fe814f3e540190",
    ("placements_reservierung", "placements_fall_ist_offen"): "9367affa164f651dca4c",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {}
