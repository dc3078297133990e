"""The statewide register: who offers help, where, for whom, at what price. No person is in it."""

from shared_apps.providers.models.anbieter import (
    Anbieter,
    Anerkennung,
    Anschrift,
    Bankverbindung,
    Einrichtung,
    MitEnde,
    Steuerstatus,
)
from shared_apps.providers.models.angebot import (
    Angebot,
    Barrierefreiheit,
    Entgelt,
    Geschlecht,
    Platz,
)
from shared_apps.providers.models.dokument import (
    ALTER_MAX,
    DOKUMENTE,
    Ausnahme,
    Betriebserlaubnis,
    EinrichtungDokument,
    Foto,
    Leistungsbeschreibung,
    LeqVereinbarung,
    dokument_pfad,
    erlaubte_zeit,
    foto_pfad,
)
from shared_apps.providers.models.entgeltvorschlag import (
    Entgeltvorschlag,
    OffenerVorschlag,
    Rechtsgrundlage,
)
from shared_apps.providers.models.merkmal import Angebotsmerkmal
from shared_apps.providers.models.vakanz import (
    Bestaetigungsweg,
    Meldegrund,
    Vakanzbestaetigung,
    Vakanzerinnerung,
    Vakanzmeldung,
)

__all__ = [
    "ALTER_MAX",
    "DOKUMENTE",
    "Anbieter",
    "Anerkennung",
    "Angebot",
    "Angebotsmerkmal",
    "Anschrift",
    "Ausnahme",
    "Bankverbindung",
    "Barrierefreiheit",
    "Bestaetigungsweg",
    "Betriebserlaubnis",
    "Einrichtung",
    "EinrichtungDokument",
    "Entgelt",
    "Entgeltvorschlag",
    "Foto",
    "Geschlecht",
    "Leistungsbeschreibung",
    "LeqVereinbarung",
    "Meldegrund",
    "MitEnde",
    "OffenerVorschlag",
    "Platz",
    "Rechtsgrundlage",
    "Steuerstatus",
    "Vakanzbestaetigung",
    "Vakanzerinnerung",
    "Vakanzmeldung",
    "dokument_pfad",
    "erlaubte_zeit",
    "foto_pfad",
]
