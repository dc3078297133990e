"""Access to a person that no page of hers records."""

from __future__ import annotations

from shared_apps.accounts.akteur import Akteur
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.models import Klient


def record_namensgleich(*, akteur: Akteur, klient: Klient | None) -> None:
    """Note whom a form names that asks back about a namesake (Art. 5 Abs. 2 DSGVO). None: it does not ask."""
    if klient is not None:
        record_access(
            akteur=akteur,
            aktion=Aktion.LESEN,
            vorgang=Vorgang.KLIENT_NAMENSGLEICH,
            objekt=klient,
            felder=("vorname", "nachname", "geburtsdatum", "fallnummer"),
        )
