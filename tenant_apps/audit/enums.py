"""Codes of the trail and of the four-eyes approvals."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType, Self

from django.db import models

#: A page that somebody opened, by the name of its view: what was done where the view itself says nothing.
Seitenaufruf = NewType("Seitenaufruf", str)


class Vorgangsart(StrEnum):
    """What was done. Each app declares its own in a subclass `Vorgang`: a code (it is stored, so it stays when a
    screen is renamed), the words people read, and codes of former releases that old entries have.
    """

    wort: str
    frueher: tuple[str, ...]

    def __new__(cls, code: str, wort: str = "", *frueher: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.wort, member.frueher = wort, frueher
        return member

    def __init_subclass__(cls) -> None:
        """Whoever declares a member has told the trail its words."""
        super().__init_subclass__()
        for member in cls:
            for code in member.codes:
                if code in WORTE:
                    raise ValueError(f"{code} is said twice")
                WORTE[code] = member.wort

    @property
    def codes(self) -> tuple[str, ...]:
        """What entries of this kind have in their column, of today first."""
        return (self.value, *self.frueher)


#: Words of every code that is or was written.
WORTE: dict[str, str] = {}


class Vorgang(Vorgangsart):
    """Entries of the trail about itself: who read it, who approved that, what the operator opened."""

    JUGENDAMT_EINRICHTEN = "jugendamt.einrichten", "Jugendamt einrichten", "onboarding"
    PROTOKOLL_ANTRAG = "protokoll.antrag", "Antrag auf Einsicht ansehen"
    PROTOKOLL_AUSGEBEN = "protokoll.ausgeben", "Protokoll als CSV speichern"
    PROTOKOLL_EIGENE = "protokoll.eigene", "Eigene Zugriffe ansehen"
    PROTOKOLL_LESEN = "protokoll.lesen", "Protokoll lesen"
    FREIGABE_BEANTRAGEN = "freigabe.beantragen", "Einsicht beantragen"
    FREIGABE_BEWILLIGT = "freigabe.bewilligt", "Einsicht bewilligen"
    FREIGABE_ABGELEHNT = "freigabe.abgelehnt", "Einsicht ablehnen"
    FREIGABE_WIDERRUFEN = "freigabe.widerrufen", "Einsicht zurücknehmen"
    SUPPORT_BEWILLIGT = "support.bewilligt", "Einblick des Betriebs bewilligen"
    SUPPORT_ABGELEHNT = "support.abgelehnt", "Einblick des Betriebs ablehnen"
    SUPPORT_WIDERRUFEN = "support.widerrufen", "Einblick des Betriebs widerrufen"
    #: Written by the database itself (tenants/trail/support.py).
    SUPPORT_LESEN = "support.lesen", "Technische Daten ansehen (Betrieb)"


class Aktion(models.TextChoices):
    """Kinds of access the trail tells apart."""

    LESEN = "LESEN", "gelesen"
    ANLEGEN = "ANLEGEN", "angelegt"
    AENDERN = "AENDERN", "geändert"
    LOESCHEN = "LOESCHEN", "gelöscht"
    AUSGEBEN = "AUSGEBEN", "ausgegeben"
    UEBERMITTELN = "UEBERMITTELN", "übermittelt"


class AenderungArt(models.TextChoices):
    """What a statement did to a row."""

    ANLEGEN = "ANLEGEN", "angelegt"
    AENDERN = "AENDERN", "geändert"
    LOESCHEN = "LOESCHEN", "gelöscht"
    LEEREN = "LEEREN", "Tabelle geleert"


class FreigabeVorgang(models.TextChoices):
    """What is approved. Other apps add their own codes with `policies.register_vorgang`."""

    PROTOKOLL_LESEN = "PROTOKOLL_LESEN", "Protokoll einsehen"
