"""Places of requests for access."""

from django.db import models


class ZugangZiel(models.TextChoices):
    """Where the applicant works."""

    AMT = "AMT", "Jugendamt"
    ANBIETER = "ANBIETER", "Anbieter oder Einrichtung"
    LAND = "LAND", "Landesjugendamt, Ministerium oder Betrieb"
