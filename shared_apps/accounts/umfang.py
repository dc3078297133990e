"""What an API key may be used for. Declared as data beside the policy of each API action (`scopes`)."""

from __future__ import annotations

from django.db import models


class Umfang(models.TextChoices):
    """Scopes of a key. The person's own rights are always the outer limit."""

    LESEN = "lesen", "Lesen"
    SUCHEN = "suchen", "Angebote suchen"
    RESERVIEREN = "reservieren", "Reservieren und buchen"
    ABRECHNEN = "abrechnen", "Abrechnen"
    KENNZAHLEN = "kennzahlen", "Kennzahlen"
    REGISTER = "register", "Eigenes Register lesen"
    VAKANZEN = "vakanzen", "Freie Plätze melden"
    PFLEGEN = "pflegen", "Register pflegen"

    @property
    def beschreibung(self) -> str:
        """What a program may do with it, for whoever makes a key."""
        return _BESCHREIBUNG[self]


_BESCHREIBUNG = {
    Umfang.LESEN: "Reservierungen, Buchungen, Rückfragen und den Eingang abrufen, mit den Namen, die Sie selbst sehen. "
    "Ändert nichts.",
    Umfang.SUCHEN: "Angebote suchen und Ihre Suchen abrufen.",
    Umfang.RESERVIEREN: "Personen finden, reservieren, zustimmen oder ablehnen, buchen, Hilfen beginnen und beenden, "
    "Fälle abschließen, Rückfragen schreiben.",
    Umfang.ABRECHNEN: "Leistungsnachweise und Rechnungen abrufen, einreichen, feststellen, anordnen, beanstanden und "
    "als bezahlt vermerken.",
    Umfang.KENNZAHLEN: "Veröffentlichte Kennzahlen abrufen. Enthält keine Person.",
    Umfang.REGISTER: "Eigene Einrichtungen, Angebote, Plätze, Entgelte, Bilder und Dokumente abrufen, auch Namen von "
    "Ansprechpartnern. Nichts über Kinder und Familien, keine Bankverbindung. Ändert nichts.",
    Umfang.VAKANZEN: "Freie Plätze eigener Einrichtungen melden: Plätze sperren und freigeben, Aufnahmen stoppen. Jede "
    "Meldung bestätigt die Vakanzen.",
    Umfang.PFLEGEN: "Eigene Einrichtungen und Angebote eintragen, ändern und beenden, dazu Plätze, Erlaubnisse, "
    "Kontakte, Bilder und Dokumente. Entgelte und geänderte Stammdaten vorschlagen.",
}

ALLE = tuple(Umfang.values)
