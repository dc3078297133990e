"""Codes of cases."""

from __future__ import annotations

from tenant_apps.audit.enums import Vorgangsart


class Vorgang(Vorgangsart):
    """What is done with people, cases and notes."""

    KLIENT_ANLEGEN = "klient.anlegen", "Person anlegen"
    KLIENT_AENDERN = "klient.aendern", "Stammdaten ändern"
    KLIENT_NAMENSGLEICH = "klient.namensgleich", "Person mit gleichem Namen und Geburtstag gezeigt"
    FALL_ANLEGEN = "hilfefall.anlegen", "Fall anlegen"
    FALL_AENDERN = "hilfefall.aendern", "Fall ändern"
    FALL_ABSCHLIESSEN = "hilfefall.abschliessen", "Fall abschließen"
    FALL_WIEDER_OEFFNEN = "hilfefall.wieder_oeffnen", "Fall wieder öffnen"
    FALL_SPERREN = "hilfefall.sperren", "Fall sperren"
    FALL_ENTSPERREN = "hilfefall.entsperren", "Sperre aufheben"
    FALL_UEBERGEBEN = "hilfefall.uebergeben", "Fall übergeben"
    FALL_VERKNUEPFEN = "hilfefall.verknuepfen", "Fälle verknüpfen"
    FALL_SCHRITT = "hilfefall.schritt", "Hilfefall: Formular öffnen"
    FALL_ANSEHEN = "hilfefall.ansehen", "Hilfefall ansehen"
    FALL_BEARBEITEN = "hilfefall.bearbeiten", "Hilfefall bearbeiten"
    FAELLE_ANSEHEN = "hilfefall.liste", "Hilfefälle ansehen"
    FAELLE_AUS_DER_NACHT = "hilfefall.aus_der_nacht", "Fälle aus der Nacht ansehen"
    FAELLE_OHNE_FACHKRAFT = "hilfefall.ohne_fachkraft", "Fälle ohne Fachkraft ansehen"
    FAELLE_UEBERGEBEN = "hilfefall.alle_uebergeben", "Fälle einer Fachkraft übergeben"
    FAELLE_CSV = "hilfefall.csv", "Hilfefälle als CSV"
    FALLNOTIZ_ANLEGEN = "fallnotiz.anlegen", "Notiz schreiben"
    ANVERTRAUTE_NOTIZ_ANLEGEN = "anvertraute_notiz.anlegen", "Anvertraute Notiz anlegen"
    ANVERTRAUTE_NOTIZ_WEITERGEBEN = "anvertraute_notiz.weitergeben", "Anvertraute Notiz weitergeben"
    ANVERTRAUTE_NOTIZ_LESEN = "anvertraute_notiz.lesen", "Anvertraute Notiz lesen"
    ANVERTRAUTE_NOTIZEN_ANSEHEN = "anvertraute_notiz.liste", "Anvertraute Notizen ansehen"
    EINSICHT = "freigabe.einsicht", "Fall mit Grund einsehen"
    EINSICHT_BEENDEN = "freigabe.einsicht.beenden", "Einsicht in einen Fall beenden"
    MITARBEIT = "freigabe.mitarbeit", "Fall zur Mitarbeit freigeben"
    MITARBEIT_BEENDEN = "freigabe.mitarbeit.beenden", "Mitarbeit an einem Fall beenden"
    PRUEFUNG = "freigabe.pruefung", "Fall zur Prüfung freigeben"
    PRUEFUNG_BEENDEN = "freigabe.pruefung.beenden", "Prüfung eines Falls beenden"
    SPERRFALL = "freigabe.sperrfall", "Person im Sperrfall benennen"
    SPERRFALL_BEENDEN = "freigabe.sperrfall.beenden", "Benennung im Sperrfall beenden"
