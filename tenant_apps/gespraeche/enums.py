"""Sides of a talk, codes of the trail, and limits of what is written."""

from __future__ import annotations

from django.db import models

from tenant_apps.audit.enums import Vorgangsart

#: Signs of one message: what is longer is a document.
TEXT_HOECHSTENS = 4_000
#: Messages on the page of a reservation or booking; the thread's own page has all.
AUF_DER_SEITE = 10


class Absender(models.TextChoices):
    """Who wrote."""

    JUGENDAMT = "JUGENDAMT", "Jugendamt"
    ANBIETER = "ANBIETER", "Einrichtung"


class Rueckfragenwahl(models.TextChoices):
    """What the office's list is narrowed to."""

    UNGELESEN = "ungelesen", "Ungelesen"
    WARTET = "wartet", "Wartet auf Antwort"
    GEMELDET = "gemeldet", "Der Leitung gemeldet"


class Vorgang(Vorgangsart):
    """What is done in the talk of an office with a house."""

    NACHRICHT_SENDEN = "gespraech.nachricht", "Nachricht schreiben"
    GESPRAECH_ANSEHEN = "gespraech.ansehen", "Rückfragen ansehen"
    GESPRAECH_SCHREIBEN = "gespraech.schreiben", "Nachricht: Formular öffnen"
    GESPRAECH_ABRUFEN = "api.gespraech", "Rückfragen abrufen (Programm)"
    GESPRAECHE_ANSEHEN = "gespraech.liste", "Liste der Rückfragen ansehen"
    GESPRAECH_ERLEDIGT = "gespraech.erledigt", "Rückfrage ohne Antwort abschließen"
