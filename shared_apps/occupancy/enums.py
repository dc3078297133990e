"""States of a hold on a place."""

from django.db import models


class BindungZustand(models.TextChoices):
    """LEBEND states occupy the place; the exclusion constraint covers exactly these."""

    RESERVIERT = "RESERVIERT", "reserviert"
    GEBUCHT = "GEBUCHT", "gebucht"
    FREIGEGEBEN = "FREIGEGEBEN", "freigegeben"


LEBEND = (BindungZustand.RESERVIERT.value, BindungZustand.GEBUCHT.value)
