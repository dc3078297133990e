"""What an office may set about searching and reserving."""

from __future__ import annotations

from django.conf import settings

from shared_apps.accounts.enums import Rolle
from shared_apps.core.zahlwort import anzahl_tage
from tenant_apps.placements.rules import VERLAENGERN_BIS_TAGE
from tenant_apps.vorgaben.katalog import Anzahl, register_vorgabe

_AENDERN = frozenset({Rolle.TENANT_ADMIN, Rolle.JUGENDAMTSLEITUNG})

RESERVIERUNG_TAGE = register_vorgabe(
    Anzahl(
        code="placements.reservierung_tage",
        name="Dauer einer Reservierung",
        erklaerung="So lange wird ein reservierter Platz gehalten. Danach läuft die Reservierung ab.",
        voreinstellung=lambda: settings.RESERVIERUNG_TAGE,
        quelle="Einstellung des Betriebs",
        aendern=_AENDERN,
        von=1,
        bis=VERLAENGERN_BIS_TAGE,
        worte=anzahl_tage,
    )
)
SUCHE_TAGE = register_vorgabe(
    Anzahl(
        code="placements.suche_tage",
        name="Vorgeschlagener Zeitraum einer Suche",
        erklaerung="Eine neue Suche schlägt als Ende den Tag vor, der so weit nach heute liegt. Er lässt sich ändern.",
        voreinstellung=lambda: 182,
        quelle="Vorschlag von SoJuS: ein halbes Jahr",
        aendern=_AENDERN,
        von=1,
        bis=730,
        worte=anzahl_tage,
    )
)
