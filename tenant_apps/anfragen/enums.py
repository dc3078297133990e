"""Codes and words of enquiries."""

from __future__ import annotations

from tenant_apps.anfragen.rules import Dringlichkeit
from tenant_apps.anfragen.states import AnfrageZustand, HausanfrageZustand
from tenant_apps.audit.enums import Vorgangsart

DRINGLICHKEIT_CHOICES = [
    (Dringlichkeit.HEUTE.value, "heute: Antwort in drei Stunden"),
    (Dringlichkeit.EILIG.value, "eilig: Antwort in zwei Tagen"),
    (Dringlichkeit.PLANBAR.value, "planbar: Antwort in sieben Tagen"),
]
#: The same to a house, beside the deadline itself.
DRINGLICHKEIT_WORT = {
    Dringlichkeit.HEUTE.value: "heute",
    Dringlichkeit.EILIG.value: "eilig",
    Dringlichkeit.PLANBAR.value: "planbar",
}
ANFRAGE_ZUSTAND_CHOICES = [(z.value, z.label) for z in AnfrageZustand]
#: Of the list: open, and a house has answered what the office can act on.
MIT_ANTWORT = "antwort"
HAUSANFRAGE_ZUSTAND_CHOICES = [(z.value, z.label) for z in HausanfrageZustand]
BEDARF_MAX = 600
#: How long a need is, in words (`rules.SAETZE_HOECHSTENS`).
SAETZE_WORT = "drei Sätze"
RUECKFRAGE_MAX = 500
#: To a house that answers, or could, after the deadline.
ZU_SPAET = "Die Frist für die Antwort ist abgelaufen. Bitte rufen Sie das Jugendamt an, wenn Sie noch können."


class Vorgang(Vorgangsart):
    """What is done with enquiries."""

    ANFRAGE_ANLEGEN = "anfrage.anlegen", "Häuser anfragen"
    ANFRAGE_VORBEREITEN = "anfrage.vorbereiten", "Anfrage vorbereiten"
    ANFRAGE_ANSEHEN = "anfrage.ansehen", "Anfrage ansehen"
    ANFRAGEN_ANSEHEN = "anfrage.liste", "Anfragen ansehen"
    ANFRAGE_SCHRITT = "anfrage.schritt", "Anfrage: Formular öffnen"
    ANFRAGE_ZURUECKZIEHEN = "anfrage.zurueckziehen", "Anfrage zurückziehen"
    ANFRAGE_BEENDEN = "anfrage.beenden", "Anfrage ohne Ergebnis beenden"
    HAUSANFRAGE_ANSEHEN = "hausanfrage.ansehen", "Anfrage an das Haus ansehen"
    HAUSANFRAGE_SCHRITT = "hausanfrage.schritt", "Anfrage an das Haus: Formular öffnen"
    HAUSANFRAGE_ANTWORTEN = "hausanfrage.antworten", "Anfrage beantworten"
    HAUSANFRAGE_ANNEHMEN = "hausanfrage.annehmen", "Zusage annehmen"
    HAUSANFRAGE_SCHLIESSEN = "hausanfrage.schliessen", "Anfrage an das Haus schließen"
