"""Codes of the data protection functions."""

from __future__ import annotations

from django.db import models

from tenant_apps.audit.enums import Vorgangsart


class Versagungsgrund(models.TextChoices):
    """Why an Auskunft is refused, wholly or in part (§ 83 SGB X, Art. 15 DSGVO)."""

    IDENTITAET = "IDENTITAET", "Die Identität ist nicht nachgewiesen (Art. 12 Abs. 6 DSGVO)"
    DRITTE = "DRITTE", "Rechte Dritter stehen entgegen (Art. 15 Abs. 4 DSGVO)"
    AUFGABE = "AUFGABE", "Die Aufgabe der Behörde würde gefährdet (§ 83 Abs. 1 Nr. 2 i. V. m. § 82a SGB X)"
    SCHUTZ = "SCHUTZ", "Der Schutz eines Kindes geht vor (§ 83 Abs. 1 i. V. m. § 65 SGB VIII)"
    WIEDERHOLT = "WIEDERHOLT", "Offenkundig unbegründeter oder wiederholter Antrag (Art. 12 Abs. 5 DSGVO)"


class AuskunftArt(models.TextChoices):
    """In which form an Auskunft was given."""

    PDF = "PDF", "PDF"
    JSON = "JSON", "JSON"
    VERSAGT = "VERSAGT", "versagt"


class VermerkArt(models.TextChoices):
    """Marks on a field of a person."""

    BESTRITTEN = "BESTRITTEN", "bestritten"
    BERICHTIGT = "BERICHTIGT", "berichtigt"


class Einschraenkungsgrund(models.TextChoices):
    """Why a person's data are restricted (Art. 18 DSGVO, § 84 SGB X)."""

    AUFBEWAHRUNG = "AUFBEWAHRUNG", "Hilfe abgeschlossen, nur noch Aufbewahrung"
    BESTRITTEN = "BESTRITTEN", "Richtigkeit bestritten, wird geprüft"
    WIDERSPRUCH = "WIDERSPRUCH", "Widerspruch, wird geprüft"
    ANSPRUCH = "ANSPRUCH", "Die Person braucht die Daten für eigene Ansprüche"


class Loeschgut(models.TextChoices):
    """What a deletion run counts, in the preview and in its protocol."""

    FAELLE = "faelle", "Fälle ohne Nummer und Bezug"
    FALLNOTIZEN = "fallnotizen", "Notizen zum Fall"
    NACHRICHTEN = "nachrichten", "Nachrichten an Einrichtungen und von ihnen"
    ANVERTRAUTE = "anvertraute", "anvertraute Notizen (§ 65 SGB VIII)"
    WEITERGABEN = "weitergaben", "Weitergaben anvertrauter Notizen"
    FREIGABEN = "freigaben", "Freigaben und Rechte am Fall"
    UEBERGABEN = "uebergaben", "Übergaben und Verknüpfungen von Fällen"
    AUSKUENFTE = "auskuenfte", "Begründungen in Auskünften, Vermerken und Anträgen"
    ENTWUERFE = "entwuerfe", "angefangene Eingaben"
    BELEGE = "belege", "Rechnungen mit Zahlung und Leistungsnachweis"


class Vorgang(Vorgangsart):
    """What data protection does with a person's data."""

    PERSON_SUCHEN = "datenschutz.suchen", "Person beim Datenschutz suchen"
    PERSON_ANSEHEN = "datenschutz.person", "Person beim Datenschutz ansehen"
    SCHRITT = "datenschutz.schritt", "Datenschutz: Formular öffnen"
    AUSKUNFT_AUSGEBEN = "auskunft.ausgeben", "Auskunft ausgeben"
    AUSKUNFT_VERSAGEN = "auskunft.versagen", "Auskunft versagen"
    KLIENT_BERICHTIGEN = "klient.berichtigen", "Angabe berichtigen"
    KLIENT_BESTREITEN = "klient.bestreiten", "Als bestritten vermerken"
    KLIENT_BESTRITTEN_AUFHEBEN = "klient.bestritten_aufheben", "Vermerk „bestritten“ aufheben"
    KLIENT_EINSCHRAENKEN = "klient.einschraenken", "Daten einschränken"
    KLIENT_EINSCHRAENKUNG_AUFHEBEN = "klient.einschraenkung_aufheben", "Einschränkung aufheben"
    LOESCHLAUF_VORSCHAU = "loeschlauf.vorschau", "Löschlauf vorbereiten"
    LOESCHLAUF_ANSEHEN = "loeschlauf.ansehen", "Löschlauf ansehen"
    LOESCHLAUF_VERWERFEN = "loeschlauf.verwerfen", "Löschlauf verwerfen"
    LOESCHLAUF_AUSFUEHREN = "loeschlauf.ausfuehren", "Löschlauf ausführen"
