"""What migrations of this app made in the database and no release recreates (tenants.fence.migrated)."""

from __future__ import annotations

#: name -> digest of its definition
FUNCTIONS: dict[str, str] = {
    "catalogue_aenderung_notieren": "40a68307ce14c9175cce",
}
#: (table, name) -> digest of its definition
TRIGGERS: dict[tuple[str, str], str] = {
    ("catalogue_grund", "catalogue_aenderung_notiert"): "8fa6fc07c865b83f0b56",
    ("catalogue_hilfeart", "catalogue_aenderung_notiert"): "34f013b7868dede6cb28",
    ("catalogue_modul", "catalogue_aenderung_notiert"): "bcdb52d303a9b403dc05",
    ("catalogue_spezialisierung", "catalogue_aenderung_notiert"): "54e249da0cba5eae8131",
    ("catalogue_sprache", "catalogue_aenderung_notiert"): "d85b536fa7dc7fde1b47",
}
#: Functions with the owner's rights -> kinds of roles that may call them (docs/security.md)
CALLERS: dict[str, tuple[str, ...]] = {
    "catalogue_aenderung_notieren": (),  # a trigger
}
