"""The trail in words: what its codes mean to a social worker, a data protection officer, and in a person's Auskunft.

The trail keeps codes (they stay when a screen is renamed); screens, exports and letters show these words.
"""

from __future__ import annotations

import re
from functools import cache

from django.apps import apps

from shared_apps.accounts.enums import Rolle
from tenant_apps.audit.enums import FreigabeVorgang
from tenant_apps.audit.hooks import GRUENDE

#: Codes the services and views write. A test finds every code that has no words.
VORGAENGE = {
    "angebot.ansehen": "Angebot ansehen",
    "anvertraute_notiz.anlegen": "Anvertraute Notiz anlegen",
    "anvertraute_notiz.weitergeben": "Anvertraute Notiz weitergeben",
    "api.buchung": "Buchung abrufen (Programm)",
    "api.buchungen": "Buchungen abrufen (Programm)",
    "api.leistungsnachweis": "Leistungsnachweis abrufen (Programm)",
    "api.rechnung": "Rechnung abrufen (Programm)",
    "api.klienten": "Personen suchen (Programm)",
    "api.rechnungen": "Rechnungen abrufen (Programm)",
    "api.reservierung": "Reservierung abrufen (Programm)",
    "api.reservierungen": "Reservierungen abrufen (Programm)",
    "api.suche": "Suche abrufen (Programm)",
    "api.suchen": "Suchen abrufen (Programm)",
    "api.wiederholung": "Antwort noch einmal geben (Programm)",
    "approve_rechnung": "Rechnung anordnen",
    "auskunft.ausgeben": "Auskunft ausgeben",
    "auskunft.versagen": "Auskunft versagen",
    "auswahl.personen": "Person für die HzE-Auswahl suchen",
    "auswahlvermerk.ansehen": "Auswahlvermerk ansehen",
    "begin_buchung": "Hilfe beginnen",
    "book_reservierung": "Buchen",
    "cancel_buchung": "Buchung stornieren",
    "check_rechnung": "Rechnung prüfen",
    "confirm_reservierung": "Der Reservierung zustimmen",
    "datenschutz.person": "Person beim Datenschutz ansehen",
    "datenschutz.schritt": "Datenschutz: Formular öffnen",
    "datenschutz.suchen": "Person beim Datenschutz suchen",
    "end_buchung": "Hilfe beenden",
    "fall.schritt": "Fallmanager: Formular öffnen",
    "fallnotiz.anlegen": "Notiz schreiben",
    "freigabe.abgelehnt": "Einsicht ablehnen",
    "freigabe.beantragen": "Einsicht beantragen",
    "freigabe.bewilligt": "Einsicht bewilligen",
    "freigabe.einsicht": "Fall mit Grund einsehen",
    "freigabe.einsicht.beenden": "Einsicht in einen Fall beenden",
    "freigabe.mitarbeit": "Fall zur Mitarbeit freigeben",
    "freigabe.mitarbeit.beenden": "Mitarbeit an einem Fall beenden",
    "freigabe.pruefung": "Fall zur Prüfung freigeben",
    "freigabe.pruefung.beenden": "Prüfung eines Falls beenden",
    "freigabe.sperrfall": "Person im Sperrfall benennen",
    "freigabe.sperrfall.beenden": "Benennung im Sperrfall beenden",
    "freigabe.widerrufen": "Einsicht zurücknehmen",
    "haushaltsansatz": "Haushaltsansatz festlegen",
    "hilfefall.abschliessen": "Fall abschließen",
    "hilfefall.aendern": "Fall ändern",
    "hilfefall.anlegen": "Fall anlegen",
    "hilfefall.entsperren": "Sperre aufheben",
    "hilfefall.schritt": "Hilfefall: Formular öffnen",
    "hilfefall.sperren": "Fall sperren",
    "hilfefall.uebergeben": "Fall übergeben",
    "hilfefall.verknuepfen": "Fälle verknüpfen",
    "hilfefall.wieder_oeffnen": "Fall wieder öffnen",
    "issue_rechnung": "Rechnung einreichen",
    "klient.aendern": "Stammdaten ändern",
    "klient.anlegen": "Person anlegen",
    "klient.berichtigen": "Angabe berichtigen",
    "klient.bestreiten": "Als bestritten vermerken",
    "klient.bestritten_aufheben": "Vermerk „bestritten“ aufheben",
    "klient.einschraenken": "Daten einschränken",
    "klient.einschraenkung_aufheben": "Einschränkung aufheben",
    "klient.namensgleich": "Person mit gleichem Namen und Geburtstag gezeigt",
    "loeschlauf.ansehen": "Löschlauf ansehen",
    "loeschlauf.ausfuehren": "Löschlauf ausführen",
    "loeschlauf.verwerfen": "Löschlauf verwerfen",
    "loeschlauf.vorschau": "Löschlauf vorbereiten",
    "onboarding": "Jugendamt einrichten",
    "protokoll.antrag": "Antrag auf Einsicht ansehen",
    "protokoll.ausgeben": "Protokoll als CSV speichern",
    "protokoll.eigene": "Eigene Zugriffe ansehen",
    "protokoll.lesen": "Protokoll lesen",
    "rechnung.schritt": "Rechnung: Formular öffnen",
    "record_leistungsnachweis": "Leistung erfassen",
    "reject_rechnung": "Rechnung beanstanden",
    "reject_reservierung": "Reservierung ablehnen",
    "reservierung.ablaufen": "Frist der Reservierung abgelaufen",
    "reservierung.anlegen": "Reservieren",
    "reservierung.schritt": "Reservierung: Formular öffnen",
    "reservierung.verlaengern": "Reservierung verlängern",
    "reservierung.zurueckziehen": "Reservierung zurückziehen",
    "settle_rechnung": "Rechnung bezahlen",
    "support.abgelehnt": "Einblick des Betriebs ablehnen",
    "support.beendet": "Einblick des Betriebs beenden",
    "support.bewilligt": "Einblick des Betriebs bewilligen",
    "support.widerrufen": "Einblick des Betriebs widerrufen",
    "submit_leistungsnachweis": "Leistungsnachweis einreichen",
    "suche.anlegen": "Angebote suchen",
    "suche.ansehen": "Suche ansehen",
}
#: Areas of pages whose people were noted without a word of their own (tenants.door.middleware): by URL namespace.
_BEREICHE = {
    "audit": "Protokoll", "billing": "Abrechnung", "cases": "Hilfefälle", "controlling": "Controlling",
    "comparison": "Kennzahlen", "drafts": "Entwürfe", "inbox": "Arbeitsliste", "journal": "Journal",
    "members": "Mitglieder", "provider_members": "Mitglieder", "operations": "Betrieb", "operators": "Zugänge",
    "placements": "Fallmanager und HzE-Auswahl", "privacy": "Datenschutz", "providers": "Anbieter",
    "regions": "Gebietskörperschaften",
}  # fmt: skip
#: A page outside of these areas: start, account, an answer to a program.
_SEITE = re.compile(r"[a-z0-9_-]+")
_CODE = re.compile(r"[a-z0-9_]+([.:/_-][a-z0-9_<>:-]+)+/?")


def label_vorgang(code: str) -> str:
    """What was done, in words. What was written in words already stays."""
    if code in VORGAENGE:
        return VORGAENGE[code]
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
    namen = {"SYSTEM": "Verfahren (automatisch)"} | {str(rolle.value): str(rolle.label) for rolle in Rolle}
    # The column is short: the last code may be cut off.
    return ", ".join(
        namen.get(code) or next((name for key, name in namen.items() if len(code) > 3 and key.startswith(code)), code)
        for code in codes.split(",")
        if code
    )
