"""Choices of search and booking screens."""

from django.db import models

from tenant_apps.audit.enums import Vorgangsart
from tenant_apps.placements.rules import Ausschluss
from tenant_apps.placements.states import BuchungZustand, ReservierungZustand

#: Letters of a reason, not signs: ten dots are none.
BEGRUENDUNG_MINDESTENS = 10


class Reichweite(models.TextChoices):
    """How far a search looks."""

    EIGENE = "EIGENE", "eigener Bezirk"
    NACHBARN = "NACHBARN", "mit Nachbarkreisen"
    LAND = "LAND", "landesweit"
    UMKREIS = "UMKREIS", "im Umkreis einer Postleitzahl"


class Verknuepfung(models.TextChoices):
    """Whether an offer needs all the specialities that are asked for."""

    ALLE = "ALLE", "alle angekreuzten"
    EINE = "EINE", "mindestens eine"


class Barrierefrei(models.TextChoices):
    """How far an offer has to be barrier-free (`rules.BARRIEREFREI_GENUEGT`)."""

    EGAL = "", "ohne Einschränkung"
    JA = "JA", "ja"
    TEILWEISE = "TEILWEISE", "ja oder teilweise"


#: What a page calls a reason after a number: "12 Alter".
AUSSCHLUSS_WORT = {
    Ausschluss.UMKREIS: "außerhalb des Umkreises",
    Ausschluss.ALTER: "Alter",
    Ausschluss.GESCHLECHT: "Geschlecht",
    Ausschluss.SPEZIALISIERUNG: "Spezialisierung",
    Ausschluss.SPRACHE: "Sprache",
    Ausschluss.BARRIERE: "nicht barrierefrei",
    Ausschluss.MERKMAL: "weitere Kriterien",
    Ausschluss.STUNDEN: "zu wenige Stunden",
    Ausschluss.UNBESTAETIGT: "nicht bestätigt",
    Ausschluss.ERLAUBNIS: "ohne Betriebserlaubnis",
    Ausschluss.ZEITRAUM: "nicht die ganze Zeit",
    Ausschluss.STOPP: "Aufnahmestopp",
    Ausschluss.BELEGT: "belegt",
    Ausschluss.ENTGELT: "ohne Entgelt",
}


def describe_suchgebiet(region: str, reichweite: str, *, plz: str = "", km: int | None = None) -> str:
    """Where a search looked: "Vorpommern-Greifswald mit Nachbarkreisen", "landesweit", "30 km um PLZ 17489". `region`
    names the district."""
    weit: dict[str, str] = {
        Reichweite.NACHBARN: f"{region} {Reichweite.NACHBARN.label}",
        Reichweite.LAND: Reichweite.LAND.label,
        Reichweite.UMKREIS: f"{km} km um PLZ {plz}",
    }
    return weit.get(reichweite, region)


class Bundesland(models.TextChoices):
    """Where a facility lies that is not in the register; named as `regions` names its own."""

    BW = "Baden-Württemberg", "Baden-Württemberg"
    BY = "Bayern", "Bayern"
    BE = "Berlin", "Berlin"
    BB = "Brandenburg", "Brandenburg"
    HB = "Bremen", "Bremen"
    HH = "Hamburg", "Hamburg"
    HE = "Hessen", "Hessen"
    MV = "Mecklenburg-Vorpommern", "Mecklenburg-Vorpommern"
    NI = "Niedersachsen", "Niedersachsen"
    NW = "Nordrhein-Westfalen", "Nordrhein-Westfalen"
    RP = "Rheinland-Pfalz", "Rheinland-Pfalz"
    SL = "Saarland", "Saarland"
    SN = "Sachsen", "Sachsen"
    ST = "Sachsen-Anhalt", "Sachsen-Anhalt"
    SH = "Schleswig-Holstein", "Schleswig-Holstein"
    TH = "Thüringen", "Thüringen"
    AUSLAND = "Ausland", "Ausland"


#: Where the reason that is chosen says too little by itself.
ERLAEUTERN = "Bitte erläutern Sie den Grund."


class Ablehnungsgrund(models.TextChoices):
    """Coded reasons of a provider, so that they can be counted: the second one means that the register was wrong."""

    ANDERWEITIG_BELEGT = "ANDERWEITIG_BELEGT", "Platz wurde anderweitig vergeben"
    VAKANZ_FALSCH = "VAKANZ_FALSCH", "Vakanz hätte nicht gemeldet sein dürfen"
    GRUPPE_PASST_NICHT = "GRUPPE_PASST_NICHT", "passt nicht zur Gruppenzusammensetzung"
    BEDARF_PASST_NICHT = "BEDARF_PASST_NICHT", "Bedarf kann nicht gedeckt werden"
    PERSONAL = "PERSONAL", "Personal fehlt"
    SONSTIGES = "SONSTIGES", "anderer Grund (bitte angeben)"


def say_ablehnung(grund: str, text: str = "") -> str:
    """A reason as it is read, not as it is chosen: "Personal fehlt", "anderer Grund: kein Nachtdienst". The text of any
    other reason stands by itself. A code that nobody knows says itself."""
    if grund != Ablehnungsgrund.SONSTIGES:
        return str(Ablehnungsgrund(grund).label) if grund in Ablehnungsgrund.values else grund
    return f"anderer Grund: {text}" if text else "anderer Grund"


class Beendigungsgrund(models.TextChoices):
    """Codes of the official statistics (law.md 2.2). Which of them count as a breakdown: `rules.ist_abbruch`."""

    PLANMAESSIG = "10", "Beendigung gemäß Hilfeplan / Beratungszielen"
    ABBRUCH_SORGEBERECHTIGTE = "20", "Abbruch durch Sorgeberechtigte / junge Volljährige"
    ABBRUCH_EINRICHTUNG = "21", "Abbruch durch bisher betreuende Einrichtung, Pflegefamilie, Dienst"
    ABBRUCH_MINDERJAEHRIGE = "22", "Abbruch durch Minderjährige"
    ADOPTION = "30", "Adoptionspflege / Adoption"
    ZUSTAENDIGKEITSWECHSEL = "40", "Abgabe an ein anderes Jugendamt (Zuständigkeitswechsel)"
    SONSTIGE = "50", "sonstige Gründe"


class Ueberlagerung(models.TextChoices):
    """What a second stay is while the child has one already. `BESTAND`: booked before two were ruled out."""

    FREIGEHALTEN = "FREIGEHALTEN", "der andere Platz wird freigehalten"
    INOBHUTNAHME = "INOBHUTNAHME", "Inobhutnahme"
    PROBEWOHNEN = "PROBEWOHNEN", "Probewohnen"
    KLINIK = "KLINIK", "Aufenthalt in einer Klinik"
    BESTAND = "BESTAND", "vor dieser Regel gebucht"


#: Those that say what the stay is; of the others its kind of help does.
UEBERLAGERUNG_SAGT_WAS = frozenset({Ueberlagerung.INOBHUTNAHME, Ueberlagerung.PROBEWOHNEN, Ueberlagerung.KLINIK})
#: Those somebody can choose.
UEBERLAGERUNG_WAHL = [(u.value, u.label) for u in Ueberlagerung if u != Ueberlagerung.BESTAND]


class Nachtpflicht(models.TextChoices):
    """What § 42 SGB VIII asks of the office at once when it takes a child into care; the sentence says where."""

    VERTRAUENSPERSON = (
        "VERTRAUENSPERSON",
        "Das Kind darf eine Person seines Vertrauens benachrichtigen",
    )
    SORGEBERECHTIGTE = "SORGEBERECHTIGTE", "Sorge- oder Erziehungsberechtigte benachrichtigen"
    FAMILIENGERICHT = "FAMILIENGERICHT", "Familiengericht anrufen"


RESERVIERUNG_ZUSTAND_CHOICES = [(z.value, z.label) for z in ReservierungZustand]
BUCHUNG_ZUSTAND_CHOICES = [(z.value, z.label) for z in BuchungZustand]


#: What the fit of an offer is made of, as an office weighs it, in the order of its setting.
GEWICHT_WORT = {
    "bedarf": "Bedarf",
    "entfernung": "Entfernung",
    "aktualitaet": "bestätigte Vakanz",
    "kontinuitaet": "Kontinuität",
    "preis": "Preis",
}


#: Of a house of the office's own list: it has no account here.
RECHNET_NICHT_AB = "Die Einrichtung steht nicht im Verzeichnis; sie rechnet nicht mit SoJuS ab."


class Vorgang(Vorgangsart):
    """What is done while an offer is looked for, reserved and booked."""

    SUCHE_ANLEGEN = "suche.anlegen", "Angebote suchen"
    SUCHE_ANSEHEN = "suche.ansehen", "Suche ansehen"
    SUCHAUFTRAG_ANLEGEN = "suchauftrag.anlegen", "Suchauftrag anlegen"
    SUCHAUFTRAG_ANSEHEN = "suchauftrag.ansehen", "Neues zu einem Suchauftrag ansehen"
    SUCHAUFTRAG_BEENDEN = "suchauftrag.beenden", "Suchauftrag beenden"
    SUCHAUFTRAEGE_ANSEHEN = "suchauftrag.liste", "Suchaufträge ansehen"
    SUCHE_ABRUFEN = "api.suche", "Suche abrufen (Programm)"
    SUCHEN_ABRUFEN = "api.suchen", "Suchen abrufen (Programm)"
    SUCHE_MERKEN = "suche.merken", "Angebote zum Vergleich merken"
    VERGLEICH_ANSEHEN = "suche.vergleich", "Angebote vergleichen"
    ANGEBOT_ANSEHEN = "angebot.ansehen", "Angebot ansehen"
    PERSONEN_SUCHEN = "auswahl.personen", "Person für die HzE-Auswahl suchen"
    KLIENTEN_ABRUFEN = "api.klienten", "Personen suchen (Programm)"
    GESCHWISTER_ANSEHEN = "auswahl.geschwister", "Plätze für Geschwister suchen"
    VERMERK_ANSEHEN = "auswahlvermerk.ansehen", "Auswahlvermerk ansehen"
    VERMERK_NACHTRAG = "auswahlvermerk.nachtrag", "Auswahlvermerk berichtigen"
    RESERVIERUNG_ANLEGEN = "reservierung.anlegen", "Reservieren"
    RESERVIERUNG_VERLAENGERN = "reservierung.verlaengern", "Reservierung verlängern"
    RESERVIERUNG_ZURUECKZIEHEN = "reservierung.zurueckziehen", "Reservierung zurückziehen"
    RESERVIERUNG_ABLAUFEN = "reservierung.ablaufen", "Frist der Reservierung abgelaufen"
    RESERVIERUNG_ZUSTIMMEN = "reservierung.zustimmen", "Der Reservierung zustimmen", "confirm_reservierung"
    RESERVIERUNG_ABLEHNEN = "reservierung.ablehnen", "Reservierung ablehnen", "reject_reservierung"
    RESERVIERUNG_BUCHEN = "reservierung.buchen", "Buchen", "book_reservierung"
    RESERVIERUNG_SCHRITT = "reservierung.schritt", "Reservierung: Formular öffnen"
    RESERVIERUNG_ANSEHEN = "reservierung.ansehen", "Reservierung ansehen"
    RESERVIERUNG_ABRUFEN = "api.reservierung", "Reservierung abrufen (Programm)"
    RESERVIERUNGEN_ABRUFEN = "api.reservierungen", "Reservierungen abrufen (Programm)"
    BUCHUNG_BEGINNEN = "buchung.beginnen", "Hilfe beginnen", "begin_buchung"
    BUCHUNG_VERLAENGERN = "buchung.verlaengern", "Buchung verlängern", "extend_buchung"
    BUCHUNG_BEENDEN = "buchung.beenden", "Hilfe beenden", "end_buchung"
    BUCHUNG_STORNIEREN = "buchung.stornieren", "Buchung stornieren", "cancel_buchung"
    BUCHUNG_ANSEHEN = "buchung.ansehen", "Buchung ansehen"
    BUCHUNG_ABRUFEN = "api.buchung", "Buchung abrufen (Programm)"
    BUCHUNGEN_ABRUFEN = "api.buchungen", "Buchungen abrufen (Programm)"
    FREMDE_ANSEHEN = "fremdeinrichtung.liste", "Einrichtungen außerhalb des Verzeichnisses ansehen"
    FREMDE_ANLEGEN = "fremdeinrichtung.anlegen", "Einrichtung außerhalb des Verzeichnisses eintragen"
    FREMDE_AENDERN = "fremdeinrichtung.aendern", "Einrichtung außerhalb des Verzeichnisses ändern"
    FREMDE_ENTGELT = "fremdeinrichtung.entgelt", "Entgelt einer Einrichtung außerhalb des Verzeichnisses eintragen"
    FREMDE_VORSCHLAGEN = "fremdeinrichtung.vorschlagen", "Einrichtung für das Verzeichnis vorschlagen"
    FREMDE_BUCHEN = "fremdeinrichtung.buchen", "Außerhalb des Verzeichnisses buchen"
    FALL_SCHRITT = "fall.schritt", "Fallmanager: Formular öffnen"
    FALLMANAGER_ANSEHEN = "fallmanager.liste", "Fallmanager ansehen"
    FALLMANAGER_CSV = "fallmanager.csv", "Fallmanager als CSV"
    NACHT_RESERVIEREN = "nacht.reservieren", "Heute Nacht: Platz halten"
    NACHT_ANSEHEN = "nacht.ansehen", "Heute Nacht: gehaltenen Platz ansehen"
    NACHT_ANDERER_PLATZ = "nacht.anderer_platz", "Heute Nacht: anderen Platz suchen"
    NACHT_ZUSAGE = "nacht.zusage", "Heute Nacht: Zusage des Hauses notieren"
    NACHT_ZUSAGE_ZURUECK = "nacht.zusage_zurueck", "Heute Nacht: Zusage des Hauses zurücknehmen"
    NACHT_PFLICHTEN = "nacht.pflichten", "Heute Nacht: Liste der offenen Pflichten"
    NACHT_HAKEN = "nacht.haken", "Heute Nacht: Pflicht erledigt"
    NACHT_HAKEN_ZURUECK = "nacht.haken_zurueck", "Heute Nacht: Haken zurücknehmen"
    NACHT_EIGENE = "nacht.eigene", "Heute Nacht: Liste der selbst Aufgenommenen"
    NACHT_NACHZUTRAGEN = "nacht.nachzutragen", "Heute Nacht: Liste der fehlenden Angaben"
