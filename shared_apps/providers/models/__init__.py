"""The statewide register: who offers help, where, for whom, at what price. No person is in it."""

from shared_apps.providers.models.anbieter import (
    Anbieter,
    Anerkennung,
    Anschrift,
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
    EntschiedenerVorschlag,
    OffenerVorschlag,
    Rechtsgrundlage,
)
from shared_apps.providers.models.kontakt import Kontakt, Kontaktfunktion
from shared_apps.providers.models.konto import Bankverbindung, Kontovorschlag, OffenerKontovorschlag
from shared_apps.providers.models.merkmal import Angebotsmerkmal
from shared_apps.providers.models.stammdaten import OffenerStammdatenvorschlag, Stammdatenvorschlag
from shared_apps.providers.models.suchzeile import Suchzeile
from shared_apps.providers.models.vakanz import (
    Bestaetigungsweg,
    Vakanzbestaetigung,
    Vakanzerinnerung,
    Vakanzmeldung,
)
from shared_apps.providers.models.verlauf import (
    NUR_AMT,
    NUR_HAUS,
    Registeraenderung,
    Verlauf,
    Verlaufsbereich,
    Wer,
    list_verlaeufe,
)

__all__ = [
    "ALTER_MAX",
    "DOKUMENTE",
    "NUR_AMT",
    "NUR_HAUS",
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
    "EntschiedenerVorschlag",
    "Foto",
    "Geschlecht",
    "Kontakt",
    "Kontaktfunktion",
    "Kontovorschlag",
    "Leistungsbeschreibung",
    "LeqVereinbarung",
    "MitEnde",
    "OffenerKontovorschlag",
    "OffenerStammdatenvorschlag",
    "OffenerVorschlag",
    "Platz",
    "Rechtsgrundlage",
    "Registeraenderung",
    "Stammdatenvorschlag",
    "Steuerstatus",
    "Suchzeile",
    "Vakanzbestaetigung",
    "Vakanzerinnerung",
    "Vakanzmeldung",
    "Verlauf",
    "Verlaufsbereich",
    "Wer",
    "dokument_pfad",
    "erlaubte_zeit",
    "foto_pfad",
    "list_verlaeufe",
]
