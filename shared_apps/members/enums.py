"""States of requests for roles and for access."""

from django.db import models


class AntragZustand(models.TextChoices):
    """Four eyes: proposed by one person, decided by another."""

    BEANTRAGT = "BEANTRAGT", "wartet auf Entscheidung"
    BEWILLIGT = "BEWILLIGT", "bewilligt"
    ABGELEHNT = "ABGELEHNT", "abgelehnt"


class ZugangZustand(models.TextChoices):
    """An online request for access; it reaches nobody before the e-mail address is confirmed."""

    UNBESTAETIGT = "UNBESTAETIGT", "E-Mail noch nicht bestätigt"
    OFFEN = "OFFEN", "offen"
    BEWILLIGT = "BEWILLIGT", "bewilligt"
    ABGELEHNT = "ABGELEHNT", "abgelehnt"


class ZugangZiel(models.TextChoices):
    """Where the applicant works."""

    AMT = "AMT", "Jugendamt"
    ANBIETER = "ANBIETER", "Anbieter oder Einrichtung"
    LAND = "LAND", "Landesjugendamt, Ministerium oder Betrieb"
