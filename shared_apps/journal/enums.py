"""Codes of the journal."""

from __future__ import annotations

from django.db import models


class SupportZustand(models.TextChoices):
    """Life of an operator's request to look into an office's workspace."""

    BEANTRAGT = "BEANTRAGT", "beantragt"
    BEWILLIGT = "BEWILLIGT", "bewilligt"
    ABGELEHNT = "ABGELEHNT", "abgelehnt"
    WIDERRUFEN = "WIDERRUFEN", "vom Jugendamt widerrufen"
    BEENDET = "BEENDET", "vom Betrieb beendet"
