"""Search, choice, reservation, booking: the main job."""

from tenant_apps.placements.models.buchung import Buchung
from tenant_apps.placements.models.fremd import Fremdaenderung, Fremdeinrichtung, Fremdentgelt
from tenant_apps.placements.models.haus import MitHaus
from tenant_apps.placements.models.nacht import ANGABEN_FEHLEN, PFLICHT_FEHLT, Nachtaufnahme, Nachtschritt
from tenant_apps.placements.models.reservierung import Reservierung
from tenant_apps.placements.models.suche import Suchauftrag, Suche
from tenant_apps.placements.models.vermerk import Auswahlvermerk
from tenant_apps.placements.models.zeitraum import MitOffenemEnde, MitZeitraum, describe_dauer, describe_wie_lange

__all__ = [
    "ANGABEN_FEHLEN",
    "PFLICHT_FEHLT",
    "Auswahlvermerk",
    "Buchung",
    "Fremdaenderung",
    "Fremdeinrichtung",
    "Fremdentgelt",
    "MitHaus",
    "MitOffenemEnde",
    "MitZeitraum",
    "Nachtaufnahme",
    "Nachtschritt",
    "Reservierung",
    "Suchauftrag",
    "Suche",
    "describe_dauer",
    "describe_wie_lange",
]
