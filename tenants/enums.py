"""States the operator sees."""

from __future__ import annotations

from django.db import models


class Jobstand(models.TextChoices):
    """Where a job stands that is not done."""

    GESCHEITERT = "GESCHEITERT", "gescheitert"
    STEHENGEBLIEBEN = "STEHENGEBLIEBEN", "stehen geblieben"
    HAENGT = "HAENGT", "dauert zu lange"
    VERSUCHT = "VERSUCHT", "wird noch einmal versucht"
    LAEUFT = "LAEUFT", "läuft"
    WARTET = "WARTET", "wartet"


#: What somebody should look at.
AUFFAELLIG = (Jobstand.GESCHEITERT, Jobstand.STEHENGEBLIEBEN, Jobstand.HAENGT)
