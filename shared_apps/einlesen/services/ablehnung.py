"""What is said of a line that the register refuses, where the plan could not know it: German, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import DatabaseError, DataError

from shared_apps.core.eingabe import ALTER_VERTAUSCHT, NOCH_NICHT
from shared_apps.core.errors import refused_by
from shared_apps.einlesen.services.satzplan import ENTGELT_WARTET
from shared_apps.providers.services.entgelte import BINDET_ALLE, NUR_NACH_77, RUECKWIRKEND
from shared_apps.providers.services.erlaubnis import BESCHEID_KOMMT_NOCH

UNBEKANNT = (
    "Das Verzeichnis nimmt diese Zeile nicht an, und keine Zeile dieser Einrichtung ist eingelesen. Bitte wenden Sie"
    " sich an den Betrieb des Portals und nennen Sie: {}."
)
ZU_GROSS = "Eine Zahl ist zu groß oder ein Text zu lang für das Verzeichnis. Bitte prüfen Sie die Zellen dieser Zeile."
_NAME = "steht unter einer anderen Nummer schon im Verzeichnis. Bitte prüfen Sie Namen und Nummer."
GEAENDERT = "Daran hat zugleich jemand etwas geändert. Bitte lesen Sie die Zeile noch einmal ein."
_ZWEI_PERSONEN = (
    "Wer ein Entgelt bestätigt, ist nicht dieselbe Person, die es vorschlägt, und beide arbeiten im Jugendamt am"
    " Standort. Bitte lassen Sie die Liste von zwei Personen Ihres Amts einlesen."
)
_ENTGELT_ZEIT = (
    "An diesen Tagen gilt schon ein Entgelt, oder davor bliebe eine Lücke. Bitte prüfen Sie „Entgelt gilt ab“ und die"
    " eingetragenen Entgelte."
)

#: By the constraint's name: the column, and the sentence.
SAETZE: Mapping[str, tuple[str, str]] = {
    "erlaubnis_plaetze": (
        "plaetze",
        "Die Einrichtung hätte mehr Plätze, als ihre Betriebserlaubnis an einem Tag erlaubt. Bitte prüfen Sie beide"
        " Zahlen. Soll beides sich ändern, lesen Sie zwei Listen nacheinander ein.",
    ),
    "erlaubnis_alter_angebot": (
        "alter_von",
        "Ein Angebot nähme ein Alter auf, das die Betriebserlaubnis der Einrichtung nicht nennt. Bitte prüfen Sie das"
        " Aufnahmealter und das genehmigte Alter.",
    ),
    "erlaubnis_eine_zur_zeit": (
        "erlaubnis_ab",
        "An diesen Tagen gilt schon eine andere Betriebserlaubnis der Einrichtung. Es gilt immer nur eine: Bitte prüfen"
        " Sie, ab wann und bis wann.",
    ),
    "entscheidet_befangen": (
        "grundleistung",
        "Wer die Liste freigegeben hat, arbeitet auch für diesen Anbieter und entscheidet nicht über sein Entgelt (§ 16"
        " SGB X). Bitte lassen Sie die Zeile von einer anderen Person freigeben.",
    ),
    "datum_nicht_voraus": ("erlaubnis_vom", BESCHEID_KOMMT_NOCH),
    "stammdaten_befangen": (
        "anbieter",
        "Wer die Liste freigegeben hat, arbeitet auch für diesen Anbieter und entscheidet nicht über Namen, Rechtsform,"
        " Registernummer und Anerkennung (§ 16 SGB X). Bitte lassen Sie die Zeile von einer anderen Person freigeben.",
    ),
    "erlaubnis_zeit": ("erlaubnis_bis", "Der letzte Tag der Betriebserlaubnis liegt vor dem ersten."),
    "erlaubnis_alter": ("erlaubnis_alter_bis", ALTER_VERTAUSCHT),
    "angebot_alter": ("alter_bis", ALTER_VERTAUSCHT),
    "angebot_einmal": ("angebot", f"Das Angebot {_NAME}"),
    "einrichtung_einmal": ("einrichtung", f"Die Einrichtung {_NAME}"),
    "providers_anbieter_name": ("anbieter", f"Der Anbieter {_NAME}"),
    "platz_einmal": ("plaetze", GEAENDERT),
    "platz_name_einmal": ("plaetze", GEAENDERT),
    "fremdschluessel_einmal": ("angebot_nr", GEAENDERT),
    "fremdschluessel_je_objekt": (
        "angebot_nr",
        "Zwei Nummern Ihrer Listen meinen denselben Eintrag. Bitte behalten Sie eine davon.",
    ),
    "ende_vor_bindung": (
        "plaetze",
        "Die Platzzahl sinkt erst, wenn Plätze frei werden: Sie sind reserviert oder gebucht.",
    ),
    "einrichtung_standort_bleibt": ("kreis", "Der Kreis einer Einrichtung ändert sich nicht."),
    "angebot_hilfeart_bleibt": ("hilfeart", "Die Hilfeart eines Angebots ändert sich nicht."),
    "entgelt_ueberschneidungsfrei": ("entgelt_ab", _ENTGELT_ZEIT),
    "entgelt_ohne_luecke": ("entgelt_ab", _ENTGELT_ZEIT),
    "entgelt_bleibt": ("grundleistung", "Was vereinbart ist, ändert sich nicht. Bitte nennen Sie einen späteren Tag."),
    "entgelt_bestaetigt": ("grundleistung", _ZWEI_PERSONEN),
    "entgelt_nicht_negativ": ("grundleistung", "Ein Entgelt ist nicht kleiner als null."),
    "vorschlag_nicht_negativ": ("grundleistung", "Kein Teil eines Entgelts ist kleiner als null."),
    "vorschlag_einmal_offen": ("grundleistung", ENTGELT_WARTET),
    "vorschlag_beginnt_offen": ("grundleistung", ENTGELT_WARTET),
    "vorschlag_vier_augen": ("grundleistung", _ZWEI_PERSONEN),
    "vorschlag_amt_am_standort": ("grundleistung", _ZWEI_PERSONEN),
    "vorschlag_bindet_alle": ("entgelt_amt", BINDET_ALLE),
    "vorschlag_ein_amt_nach_77": ("rechtsgrundlage", NUR_NACH_77),
    "vorschlag_eigener_name": ("grundleistung", _ZWEI_PERSONEN),
    "vorschlag_entschieden": ("grundleistung", GEAENDERT),
    "vorschlag_bleibt": ("grundleistung", GEAENDERT),
    "vorschlag_gilt": ("grundleistung", GEAENDERT),
    "vereinbart_nicht_voraus": ("vereinbart_am", NOCH_NICHT),
    "vorschlag_wirkt_nicht_zurueck": ("vereinbart_am", RUECKWIRKEND),
}


def get_ablehnung(error: DatabaseError) -> tuple[str, str]:
    """(column, sentence) for what the database has refused; of a rule not named here the constraint, to ask about."""
    name = refused_by(error)
    if name.startswith("providers_anbieter_name"):  # its end is Django's
        name = "providers_anbieter_name"
    if isinstance(error, DataError):
        return "", ZU_GROSS
    return SAETZE.get(name) or ("", UNBEKANNT.format(name or type(error.__cause__ or error).__name__))
