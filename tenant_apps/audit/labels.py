"""The trail in words: what its codes mean to a social worker, a data protection officer, and in a person's Auskunft.

The trail keeps codes (they stay when a screen is renamed); screens, exports and letters show these words.
"""

from __future__ import annotations

import re
from functools import cache

from django.apps import apps

from shared_apps.accounts.enums import Rolle
from shared_apps.core.labels import AUTOMATISCH
from tenant_apps.audit.enums import WORTE, FreigabeVorgang
from tenant_apps.audit.hooks import GRUENDE

#: Areas of pages whose people were noted without a word of their own (tenants.door.middleware): by URL namespace.
_BEREICHE = {
    "anfragen": "Anfragen", "audit": "Protokoll", "aufnahme": "Aufnahme von Anbietern", "billing": "Abrechnung",
    "cases": "Hilfefälle", "catalogue": "Katalog", "controlling": "Controlling",
    "comparison": "Kennzahlen", "drafts": "Entwürfe", "einlesen": "Listen einlesen", "foster": "Pflegestellen",
    "gespraeche": "Rückfragen",
    "inbox": "Arbeitsliste", "journal": "Journal", "occupancy": "Belegung",
    "members": "Mitglieder", "provider_members": "Mitglieder", "operations": "Betrieb", "operators": "Zugänge",
    "placements": "Fallmanager und HzE-Auswahl", "privacy": "Datenschutz", "providers": "Anbieter",
    "regions": "Gebietskörperschaften", "vorgaben": "Vorgaben",
}  # fmt: skip
#: A page outside of these areas: start, account, an answer to a program.
_SEITE = re.compile(r"[a-z0-9_-]+")
_CODE = re.compile(r"[a-z0-9_]+([.:/_-][a-z0-9_<>:-]+)+/?")


def label_vorgang(code: str) -> str:
    """What was done, in words. What was written in words already stays."""
    if code in WORTE:
        return WORTE[code]
    bereich, doppelpunkt, _ = code.partition(":")
    if doppelpunkt and bereich in _BEREICHE:
        return f"Seite im Bereich {_BEREICHE[bereich]}"
    if _SEITE.fullmatch(code):
        return "Seite ansehen"
    return f"sonstiger Vorgang ({code})" if _CODE.fullmatch(code) else code


@cache
def _gruende() -> dict[str, str]:
    """Words of every coded reason there is: of an approval, and of each column that keeps one."""
    worte = {str(code): str(wort) for code, wort in FreigabeVorgang.choices}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if "grund" in field.name and field.choices:
                worte |= {str(code): str(wort) for code, wort in field.flatchoices if code}
    return worte | GRUENDE


def label_grund(grund: str) -> str:
    """A coded reason as its words; what a person wrote stays."""
    return _gruende().get(grund, grund)


def label_rollen(codes: str) -> str:
    """`ASD,TEAMLEITUNG` as the roles are called; what is no role (a database role) stays as it is."""
    namen = {"SYSTEM": AUTOMATISCH} | {str(rolle.value): str(rolle.label) for rolle in Rolle}
    # The column is short: the last code may be cut off.
    return ", ".join(
        namen.get(code) or next((name for key, name in namen.items() if len(code) > 3 and key.startswith(code)), code)
        for code in codes.split(",")
        if code
    )
