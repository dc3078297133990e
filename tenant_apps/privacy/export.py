"""The Auskunft as a letter (PDF/A-2a, PDF/UA-1, in the manner of DIN 5008) and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from shared_apps.core.clock import local_date
from shared_apps.core.pdf import compile_pdf
from shared_apps.core.zeitraum import format_datum
from tenant_apps.privacy.selectors import Auskunftsinhalt

RECHTE = (
    "Sie können verlangen, dass unrichtige Angaben berichtigt (Art. 16 DSGVO, § 84 Abs. 1 SGB X), nicht mehr "
    "erforderliche gelöscht (Art. 17 DSGVO, § 84 Abs. 2 SGB X) oder eingeschränkt werden (Art. 18 DSGVO, § 84 "
    "Abs. 3 SGB X), und Sie können sich bei der Landesbeauftragten für den Datenschutz beschweren (Art. 77 DSGVO)."
)
_HERKUNFT = "Angaben der Person und ihrer Familie, der Fachkräfte des Jugendamtes und der beauftragten Anbieter"
_BRIEF = """#set document(title: d.titel, author: d.amt)
#set text(size: 11pt, hyphenate: true)
#let seiten = context [Seite #counter(page).display() von #counter(page).final().first()]
#set page(paper: "a4", margin: (top: 27mm, bottom: 25mm, left: 25mm, right: 20mm),
  footer: text(8pt)[#d.amt #h(1fr) vertraulich #h(1fr) #seiten])
#show heading.where(level: 1): set text(14pt)
#show heading.where(level: 2): set text(12pt)
#block(height: 45mm, width: 85mm)[#text(8pt)[#d.amt] #v(4mm) Persönlich \\ #d.person]
#align(right)[#d.datum]
#v(6mm)
= #d.titel
#d.einleitung
#if d.bestritten.len() > 0 [
  == Bestrittene Angaben
  #list(..d.bestritten)
]
#for teil in d.teile [
  == #teil.titel
  #text(9pt)[Zweck: #teil.zweck. Empfänger: #teil.empfaenger.]
  #for (nummer, zeile) in teil.zeilen.enumerate() [
    #if teil.zeilen.len() > 1 [=== Eintrag #(nummer + 1)]
    #block(breakable: true, terms(tight: true, ..zeile.map(paar => terms.item(paar.at(0), paar.at(1)))))
  ]
]
== Wer zugegriffen hat
#if d.zugriffe.len() == 0 [Es ist kein Zugriff aufgezeichnet.] else [
  #table(columns: (1fr, auto, 1fr, auto, auto), stroke: 0.4pt + luma(150), inset: 4pt,
    table.header([Funktion], [Art], [Anlass], [Zeitraum], [Anzahl]), ..d.zugriffe.flatten())
]
== Woher die Angaben kommen, wie lange sie bleiben
Herkunft: #d.herkunft. #d.aufbewahrung.
== Was diese Auskunft nicht enth\xc3\xa4lt, und warum
#terms(..d.vorenthalten.map(paar => terms.item(paar.at(0), paar.at(1))))
== Ihre Rechte
#d.rechte
"""


def _sections(inhalt: Auskunftsinhalt) -> list[dict[str, Any]]:
    return [
        {
            "titel": teil.abschnitt.titel,
            "zweck": teil.abschnitt.zweck,
            "empfaenger": teil.abschnitt.empfaenger,
            "zeilen": teil.zeilen,
        }
        for teil in inhalt.teile
    ]


def write_pdf(inhalt: Auskunftsinhalt, *, amt: str) -> bytes:
    """The letter, whatever characters are in it."""
    daten = {
        "titel": "Auskunft über Ihre gespeicherten Daten",
        "amt": amt,
        "person": inhalt.person,
        "datum": format_datum(local_date(inhalt.stand)),
        "einleitung": "Nach Art. 15 DSGVO und § 83 SGB X teilen wir Ihnen mit, welche Daten zu Ihrer Person hier "
        f"gespeichert sind (Stand: {format_datum(local_date(inhalt.stand))}).",
        "teile": [s | {"zeilen": [list(z.items()) for z in s["zeilen"]]} for s in _sections(inhalt)],
        "zugriffe": [
            [
                z.funktion,
                z.aktion,
                z.vorgang,
                f"{format_datum(z.erster)} – {format_datum(z.letzter)}",
                str(z.anzahl),
            ]
            for z in inhalt.zugriffe
        ],
        "bestritten": inhalt.bestritten,
        "herkunft": _HERKUNFT,
        "aufbewahrung": inhalt.aufbewahrung,
        "vorenthalten": inhalt.vorenthalten,
        "rechte": RECHTE,
    }
    return compile_pdf(_BRIEF, daten, stand=inhalt.stand)


def write_json(inhalt: Auskunftsinhalt, *, amt: str) -> bytes:
    """The same content, machine readable (Art. 20 DSGVO names the form)."""
    daten = {
        "verantwortlich": amt,
        "person": inhalt.person,
        "stand": inhalt.stand.isoformat(),
        "rechtsgrundlage": "Art. 15 DSGVO, § 83 SGB X",
        "abschnitte": _sections(inhalt),
        "zugriffe": [
            asdict(z) | {"erster": z.erster.isoformat(), "letzter": z.letzter.isoformat()} for z in inhalt.zugriffe
        ],
        "bestritten": inhalt.bestritten,
        "herkunft": _HERKUNFT,
        "aufbewahrung": inhalt.aufbewahrung,
        "nicht_enthalten": [{"grund": grund, "angaben": angaben} for grund, angaben in inhalt.vorenthalten],
        "rechte": RECHTE,
    }
    return json.dumps(daten, ensure_ascii=False, indent=2).encode()
