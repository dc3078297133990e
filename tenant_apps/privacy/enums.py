"""Codes of the data protection functions."""

from __future__ import annotations

from django.db import models


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


class LoeschlaufZustand(models.TextChoices):
    """Life of a deletion run."""

    VORSCHAU = "VORSCHAU", "Vorschau, wartet auf die zweite Person"
    FREIGEGEBEN = "FREIGEGEBEN", "freigegeben"
    AUSGEFUEHRT = "AUSGEFUEHRT", "ausgeführt"
    VERWORFEN = "VERWORFEN", "verworfen"


class Loeschgut(models.TextChoices):
    """What a deletion run counts, in the preview and in its protocol."""

    FAELLE = "faelle", "Fälle ohne Nummer und Bezug"
    FALLNOTIZEN = "fallnotizen", "Notizen zum Fall"
    ANVERTRAUTE = "anvertraute", "anvertraute Notizen (§ 65 SGB VIII)"
    WEITERGABEN = "weitergaben", "Weitergaben anvertrauter Notizen"
    FREIGABEN = "freigaben", "Freigaben und Rechte am Fall"
    UEBERGABEN = "uebergaben", "Übergaben und Verknüpfungen von Fällen"
    AUSKUENFTE = "auskuenfte", "Begründungen in Auskünften, Vermerken und Anträgen"
    ENTWUERFE = "entwuerfe", "angefangene Eingaben"
    BELEGE = "belege", "Rechnungen mit Zahlung und Leistungsnachweis"
