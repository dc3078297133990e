"""States of a hold on a place."""

from django.db import models


class BindungZustand(models.TextChoices):
    """LEBEND states occupy the place; the exclusion constraint covers exactly these."""

    RESERVIERT = "RESERVIERT", "reserviert"
    GEBUCHT = "GEBUCHT", "gebucht"
    FREIGEGEBEN = "FREIGEGEBEN", "freigegeben"


LEBEND = (BindungZustand.RESERVIERT.value, BindungZustand.GEBUCHT.value)


#: The reason by which a place is announced as coming free: a house says with it until when somebody is there.
BELEGT_AUSSERHALB = "BELEGT_AUSSERHALB"


class Belegungsstand(models.TextChoices):
    """How a hold looks to its provider today; only an office knows why one came to nothing."""

    ANGEFRAGT = "ANGEFRAGT", "angefragt oder zugesagt"
    GEBUCHT = "GEBUCHT", "gebucht, beginnt noch"
    LAEUFT = "LAEUFT", "läuft"
    BEENDET = "BEENDET", "beendet"
    GESCHEITERT = "GESCHEITERT", "nicht zustande gekommen"


#: Booked, whether it has begun or not: what the days of a month are counted of.
GEBUCHTE = (Belegungsstand.GEBUCHT.value, Belegungsstand.LAEUFT.value, Belegungsstand.BEENDET.value)
