"""Codes of the trail and of the four-eyes approvals."""

from __future__ import annotations

from django.db import models


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


class FreigabeZustand(models.TextChoices):
    """Life of a request that needs a second person."""

    BEANTRAGT = "BEANTRAGT", "beantragt"
    BEWILLIGT = "BEWILLIGT", "bewilligt"
    ABGELEHNT = "ABGELEHNT", "abgelehnt"
    ABGELAUFEN = "ABGELAUFEN", "abgelaufen"
    WIDERRUFEN = "WIDERRUFEN", "widerrufen"


class FreigabeVorgang(models.TextChoices):
    """What is approved. Other apps add their own codes with `policies.register_vorgang`."""

    PROTOKOLL_LESEN = "PROTOKOLL_LESEN", "Protokoll einsehen"
