"""The young person and the case. Everything here is social data of one youth office."""

from tenant_apps.cases.models.freigabe import RECHTE, Fallfreigabe, Falluebergabe, Fallverknuepfung, FreigabeArt
from tenant_apps.cases.models.hilfefall import (
    Amtsperson,
    Aufgabenbereich,
    Hilfefall,
    HilfefallGroupObjectPermission,
    HilfefallUserObjectPermission,
    HilfefallZustand,
)
from tenant_apps.cases.models.klient import (
    GESCHLECHT_KUERZEL,
    NAME_UNBEKANNT,
    Klient,
    KlientGeschlecht,
    Personenschluessel,
)
from tenant_apps.cases.models.notiz import AnvertrauteNotiz, Fallnotiz, Notizfreigabe, Weitergabegrund

__all__ = [
    "GESCHLECHT_KUERZEL",
    "NAME_UNBEKANNT",
    "RECHTE",
    "Amtsperson",
    "AnvertrauteNotiz",
    "Aufgabenbereich",
    "Fallfreigabe",
    "Fallnotiz",
    "Falluebergabe",
    "Fallverknuepfung",
    "FreigabeArt",
    "Hilfefall",
    "HilfefallGroupObjectPermission",
    "HilfefallUserObjectPermission",
    "HilfefallZustand",
    "Klient",
    "KlientGeschlecht",
    "Notizfreigabe",
    "Personenschluessel",
    "Weitergabegrund",
]
