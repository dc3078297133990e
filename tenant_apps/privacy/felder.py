"""What an Auskunft gives of each table, and what it withholds and why. Data, read by the selectors and held to by a
test: a table or a column with social data that is named neither way fails the build.

`weg`: how the table leads to the young person (filter from the table's side).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tenant_apps.cases.personfelder import PERSONFELDER

TECHNIK = "technische Angabe ohne Aussage über die Person (Schlüssel, Verweise, Prüfsummen)"
INDEX = "Suchindex: nur aus Name, Geburtsdatum und PKZ gerechnete Kennwerte, deren Klartext in der Auskunft steht"
ABGELEITET = "gerechnet aus dem Zeitraum der Hilfe und den Rechnungen, die in der Auskunft stehen"
BESCHAEFTIGTE = "Name von Beschäftigten: genannt wird die Funktion (Art. 15 Abs. 4 DSGVO)"
MARKT = "Angaben über Angebote anderer Anbieter und deren Preise, keine Angabe über die Person"
ANVERTRAUT = "anvertraute Mitteilung: nur mit Einwilligung der Person, die sie anvertraut hat (§ 65 SGB VIII)"
SPERRE = "Vermerk zum Schutz der Person vor Beschäftigten, keine Angabe über sie"
DRITTE = "Angabe über eine andere Person (Art. 15 Abs. 4 DSGVO)"
TECHNISCH = dict.fromkeys(("id",), TECHNIK)


@dataclass(frozen=True, slots=True)
class Abschnitt:
    """One table: title on paper, why the office has it, who else receives it, which columns."""

    modell: str
    titel: str
    weg: str
    zweck: str
    empfaenger: str
    felder: tuple[str, ...]
    vorenthalten: dict[str, str] = field(default_factory=dict)


_NIEMAND = "niemand außerhalb des Jugendamtes"
_ANBIETER = "der gewählte Anbieter, Name und Geburtsdatum erst mit der Buchung (§ 64 Abs. 2a SGB VIII)"
_KASSE = "der Anbieter, die Kasse der Kommune"

ABSCHNITTE: tuple[Abschnitt, ...] = (
    Abschnitt(
        "cases.Klient", "Person", "pk", "Hilfen nach dem SGB VIII gewähren (§ 62 SGB VIII)", _ANBIETER,
        (*(name for name, angabe in PERSONFELDER.items() if not angabe.vorenthalten), "created_at",
         "eingeschraenkt_seit", "eingeschraenkt_grund"),
        TECHNISCH | {name: angabe.vorenthalten for name, angabe in PERSONFELDER.items() if angabe.vorenthalten}
        | {"pkz_index": INDEX, "suchindex": INDEX, "ist_vormundschaft": TECHNIK, "gesperrt": SPERRE},
    ),
    Abschnitt(
        "cases.Hilfefall", "Fälle", "klient", "Fallführung (§ 36 SGB VIII)", _NIEMAND,
        ("fallnummer", "team", "zustand", "aufgabe", "created_at", "abgeschlossen_am", "abschluss_grund"),
        TECHNISCH | {"klient": TECHNIK, "fachkraft": BESCHAEFTIGTE, "uebernahme_offen": TECHNIK, "gesperrt": SPERRE},
    ),
    Abschnitt(
        "cases.Fallnotiz", "Notizen zum Fall", "hilfefall__klient", "Fallführung (§ 36 SGB VIII)", _NIEMAND,
        ("created_at", "text"),
        TECHNISCH | {"hilfefall": TECHNIK, "verfasser": BESCHAEFTIGTE},
    ),
    Abschnitt(
        "gespraeche.Gespraech", "Rückfragen: mit welcher Einrichtung", "hilfefall__klient",
        "die Aufnahme mit der Einrichtung klären (§§ 36, 36a SGB VIII)", "die Einrichtung",
        ("created_at", "anbieter", "einrichtung"),
        TECHNISCH | {"hilfefall": TECHNIK},
    ),
    Abschnitt(
        "gespraeche.Gespraechsnachricht", "Rückfragen: Nachrichten", "gespraech__hilfefall__klient",
        "die Aufnahme mit der Einrichtung klären (§§ 36, 36a SGB VIII)",
        "die Einrichtung, Name und Geburtsdatum erst mit der Buchung (§ 64 Abs. 2a SGB VIII)",
        ("created_at", "absender", "text", "gelesen_at"),
        TECHNISCH | {"gespraech": TECHNIK, "bezug_id": TECHNIK, "nach_buchung": TECHNIK, "verfasser": BESCHAEFTIGTE,
                     "gelesen_von": BESCHAEFTIGTE},
    ),
    Abschnitt(
        "placements.Suche", "Suchen nach einer Hilfe", "klient", "geeignete Hilfe finden (§§ 5, 36 SGB VIII)", _NIEMAND,
        ("created_at", "hilfeart", "weitere_hilfearten", "region", "reichweite", "umkreis_plz", "umkreis_km",
         "zeitraum", "ohne_ende", "tage_je_woche", "stunden_je_woche", "spezialisierungen",
         "verknuepfung", "sprachen", "barrierefrei", "bestaetigt_tage", "geschlecht", "alter", "merkmale", "tage",
         "wochen", "angebote_gesamt", "angebote_verfuegbar"),
        TECHNISCH | {"klient": TECHNIK, "hilfefall": TECHNIK, "fachkraft": BESCHAEFTIGTE, "ausschluesse": MARKT,
                     "gemerkt": MARKT},
    ),
    Abschnitt(
        "placements.Suchauftrag", "Suchaufträge", "suche__klient", "geeignete Hilfe finden (§§ 5, 36 SGB VIII)",
        _NIEMAND,
        ("created_at", "gilt_bis", "geprueft_at", "beendet_at"),
        TECHNISCH | {"suche": TECHNIK, "fachkraft": BESCHAEFTIGTE, "gemeldet_an": BESCHAEFTIGTE,
                     "bekannt": MARKT, "neu": MARKT},
    ),
    Abschnitt(
        "anfragen.Anfrage", "Anfragen an Häuser", "klient", "einen Platz finden (§§ 5, 36 SGB VIII)",
        "die angefragten Anbieter: Altersgruppe, Geschlecht und Bedarf, kein Name (§ 64 Abs. 2a SGB VIII)",
        ("created_at", "hilfeart", "zeitraum", "ohne_ende", "alter_von", "alter_bis", "geschlecht", "bedarf",
         "dringlichkeit", "antwort_bis_at", "zustand", "beendet_at", "rueckzug_grund"),
        TECHNISCH | {"klient": TECHNIK, "hilfefall": TECHNIK, "suche": TECHNIK, "fachkraft": BESCHAEFTIGTE,
                     "beendet_von": BESCHAEFTIGTE},
    ),
    Abschnitt(
        "anfragen.Hausanfrage", "Antworten der Häuser", "anfrage__klient", "einen Platz finden (§§ 5, 36 SGB VIII)",
        "der angefragte Anbieter",
        ("created_at", "anbieter", "einrichtung", "angebot", "zustand", "antwort_at", "absagegrund", "antwort_text",
         "haelt_bis_at", "beendet_at"),
        TECHNISCH | {"anfrage": TECHNIK, "reservierung": TECHNIK, "antwort_von": BESCHAEFTIGTE,
                     "tagesentgelt": MARKT, "soll_entgelt": MARKT, "passung": MARKT, "entfernung_km": MARKT},
    ),
    Abschnitt(
        "placements.Auswahlvermerk", "Vermerke über die Auswahl", "klient",
        "die Wahl begründen (§ 36 SGB VIII, Haushaltsrecht)", _NIEMAND,
        ("created_at", "kriterien", "angebot", "rang", "anzahl", "im_guenstigsten_drittel", "begruendung", "wuensche"),
        TECHNISCH | {"klient": TECHNIK, "suche": TECHNIK, "nachtrag_zu": TECHNIK, "ersparnis": MARKT,
                     "fachkraft": BESCHAEFTIGTE, "fachkraft_name": BESCHAEFTIGTE, "angebote": MARKT,
                     "pruefsumme": TECHNIK, "nummer": TECHNIK, "vorgaenger": TECHNIK, "siegel": TECHNIK,
                     "fassung": TECHNIK, "salz": TECHNIK, "abdruck": TECHNIK},
    ),
    Abschnitt(
        "placements.Reservierung", "Reservierungen", "klient", "einen Platz sichern", _ANBIETER,
        ("created_at", "pseudonym", "hilfeart", "anbieter", "einrichtung", "angebot", "fremdeinrichtung", "zeitraum",
         "ohne_ende", "alter_bei_beginn", "menge", "tage_je_woche", "stunden_je_woche", "tagesentgelt", "soll_entgelt",
         "soll_entgelt_exakt", "taschengeld", "soll_kosten", "ist_auswaertig", "zustand", "ablauf_at",
         "entschieden_at", "ablehnungsgrund", "ablehnung_text", "rueckzug_grund", "zurueckgezogen_at"),
        TECHNISCH | {"klient": TECHNIK, "hilfefall": TECHNIK, "suche": TECHNIK, "auswahlvermerk": TECHNIK,
                     "platz": TECHNIK, "platzbindung_id": TECHNIK,
                     "entschieden_von": BESCHAEFTIGTE, "zurueckgezogen_von": BESCHAEFTIGTE},
    ),
    Abschnitt(
        "placements.Buchung", "Hilfen", "klient", "die Hilfe leisten (§§ 27 ff. SGB VIII)", _ANBIETER,
        ("created_at", "hilfeart", "anbieter", "einrichtung", "angebot", "fremdeinrichtung", "zeitraum", "soll_kosten",
         "ist_auswaertig", "zustand", "gebucht_at", "beginn_tatsaechlich", "ende_tatsaechlich", "beendigungsgrund",
         "beendigung_text", "beendet_at", "ueberlagerung", "ueberlagerung_bis", "ueberlagerung_grund"),
        TECHNISCH | {"klient": TECHNIK, "hilfefall": TECHNIK, "reservierung": TECHNIK, "platzbindung_id": TECHNIK,
                     "abrechenbar_ab": ABGELEITET, "ist_aufenthalt": ABGELEITET, "allein": ABGELEITET,
                     "ueberlagernd": ABGELEITET, "gebucht_von": BESCHAEFTIGTE, "beendet_von": BESCHAEFTIGTE},
    ),
    Abschnitt(
        "placements.Nachtaufnahme", "Aufnahme in der Nacht", "klient", "sofort einen Platz finden (§ 42 SGB VIII)",
        "der angefragte Anbieter: Alter und Geschlecht",
        ("created_at", "alter", "tag", "faellig_am", "zugesagt_at", "nachgetragen_at"),
        TECHNISCH | {"klient": TECHNIK, "hilfefall": TECHNIK, "reservierung": TECHNIK, "zugesagt_von": BESCHAEFTIGTE,
                     "fall_offen": ABGELEITET, "pkz_fehlt": ABGELEITET, "pflichten_erledigt": ABGELEITET},
    ),
    Abschnitt(
        "placements.Nachtschritt", "Schritte bei der Aufnahme in der Nacht", "nachtaufnahme__klient",
        "Pflichten der Inobhutnahme erfüllen (§ 42 SGB VIII)", _NIEMAND,
        ("pflicht", "erledigt_at"),
        TECHNISCH | {"nachtaufnahme": TECHNIK, "created_at": TECHNIK, "erledigt_von": BESCHAEFTIGTE},
    ),
    Abschnitt(
        "billing.Leistungsnachweis", "Nachweise der Leistung", "buchung__klient", "die Leistung abrechnen", _KASSE,
        ("created_at", "monat", "tage", "stunden", "tagesstunden", "bemerkung", "zustand", "eingereicht_at"),
        TECHNISCH | {"buchung": TECHNIK, "erfasst_von": BESCHAEFTIGTE},
    ),
    Abschnitt(
        "billing.Rechnung", "Rechnungen", "buchung__klient", "die Leistung bezahlen", _KASSE,
        ("created_at", "nummer", "anbieter", "monat", "betrag", "zustand", "eingereicht_at", "befunde",
         "festgestellt_at", "angeordnet_at", "beanstandung", "beanstandet_at"),
        TECHNISCH | {"buchung": TECHNIK, "leistungsnachweis": TECHNIK, "storniert_durch": TECHNIK,
                     "eingereicht_von": BESCHAEFTIGTE, "festgestellt_von": BESCHAEFTIGTE,
                     "angeordnet_von": BESCHAEFTIGTE, "beanstandet_von": BESCHAEFTIGTE},
    ),
    Abschnitt(
        "billing.Rechnungsposition", "Rechnungspositionen", "rechnung__buchung__klient", "die Leistung bezahlen",
        _KASSE,
        ("reihenfolge", "bezeichnung", "zeitraum", "menge", "einheit", "satz", "betrag"),
        TECHNISCH | {"rechnung": TECHNIK, "created_at": TECHNIK},
    ),
    Abschnitt(
        "billing.Auszahlung", "Zahlungen", "rechnung__buchung__klient", "die Leistung bezahlen", _KASSE,
        ("betrag", "bezahlt_am", "created_at"),
        TECHNISCH | {"rechnung": TECHNIK, "erfasst_von": BESCHAEFTIGTE},
    ),
    Abschnitt(
        "privacy.Feldvermerk", "Bestrittene und berichtigte Angaben", "klient", "Rechte der Person (Art. 16, 18 DSGVO)",
        _NIEMAND,
        ("created_at", "feld", "art", "alter_wert", "grund", "aufgehoben_at"),
        TECHNISCH | {"klient": TECHNIK, "erfasst_von": BESCHAEFTIGTE, "aufgehoben_von": BESCHAEFTIGTE},
    ),
    Abschnitt(
        "privacy.Auskunft", "Frühere Auskünfte", "klient", "Rechte der Person (Art. 15 DSGVO)", "die Person selbst",
        ("created_at", "art", "versagungsgrund", "begruendung"),
        TECHNISCH | {"klient": TECHNIK, "erteilt_von": BESCHAEFTIGTE, "pruefsumme": TECHNIK},
    ),
)  # fmt: skip

#: Tables with social or personal data that give nothing to an Auskunft, with the reason.
NICHT_IN_DER_AUSKUNFT: dict[str, str] = {
    "cases.HilfefallUserObjectPermission": BESCHAEFTIGTE,
    "cases.HilfefallGroupObjectPermission": BESCHAEFTIGTE,
    "cases.Fallfreigabe": "Vertretungen und Freigaben an Beschäftigte; wirken als Zugriff und stehen dort",
    "cases.Amtsperson": BESCHAEFTIGTE,
    "cases.Falluebergabe": BESCHAEFTIGTE,
    "cases.Fallverknuepfung": "verbindet nur zwei Fälle, die beide in der Auskunft stehen",
    "cases.AnvertrauteNotiz": ANVERTRAUT,
    "cases.Notizfreigabe": ANVERTRAUT,
    "billing.AbgerechneterZeitraum": "wiederholt nur die Tage der Rechnungen, die in der Auskunft stehen",
    "drafts.Entwurf": "angefangene Eingabe einer Fachkraft, verschlüsselt, nur für sie und nur für einen Tag",
    "drafts.Suchtext": "Suchbegriff einer Fachkraft, verschlüsselt, nur für sie und nur für einen Tag",
    "gespraeche.Gespraechsstand": "wiederholt nur, wann geschrieben und gelesen wurde; sonst Beschäftigte",
    "foster.Pflegestelle": "Plätze unter einem Kennzeichen, kein Kind und keine Pflegeperson; sonst Beschäftigte",
    "vorgaben.Vorgabewert": BESCHAEFTIGTE,
    "vorgaben.Vorgabebestaetigung": BESCHAEFTIGTE,
    "audit.Protokoll": "steht als eigener Abschnitt darin: wer zugegriffen hat, nach Funktion",
    "audit.Aenderung": "nur Namen geänderter Spalten; die Zugriffe stehen im Abschnitt über das Protokoll",
    "audit.Freigabe": "Anträge von Beschäftigten auf Einsicht ins Protokoll; wirken als Zugriff und stehen dort",
    "privacy.Loeschlauf": "enthält keine Person",
    "privacy.Loeschposition": "nur eine Kennung ohne Angabe über die Person",
}
