"""States of a hold on a place, and why a place is not free or an offer takes nobody in."""

from django.db import models


class BindungZustand(models.TextChoices):
    """LEBEND states occupy the place; the exclusion constraint covers exactly these."""

    RESERVIERT = "RESERVIERT", "reserviert"
    GEBUCHT = "GEBUCHT", "gebucht"
    FREIGEGEBEN = "FREIGEGEBEN", "freigegeben"


LEBEND = (BindungZustand.RESERVIERT.value, BindungZustand.GEBUCHT.value)


class Sperrgrund(models.TextChoices):
    """Why a place is not free though no office holds it. Stays in the house."""

    BELEGT_AUSSERHALB = "BELEGT_AUSSERHALB", "belegt außerhalb von SoJuS"
    RENOVIERUNG = "RENOVIERUNG", "Renovierung"
    EINGEWOEHNUNG = "EINGEWOEHNUNG", "Eingewöhnung"
    PERSONAL = "PERSONAL", "Personal fehlt"
    SONSTIGES = "SONSTIGES", "anderer Grund"


class Stoppgrund(models.TextChoices):
    """Why an offer takes nobody in though places are free. All offices read it."""

    PERSONAL = "PERSONAL", "Personal"
    GRUPPENMISCHUNG = "GRUPPENMISCHUNG", "Gruppenmischung"
    RENOVIERUNG = "RENOVIERUNG", "Renovierung"
    BELEGUNGSSTOPP = "BELEGUNGSSTOPP", "Belegungsstopp"


class Belegungsstand(models.TextChoices):
    """How a hold looks to its provider today; only an office knows why one came to nothing."""

    ANGEFRAGT = "ANGEFRAGT", "angefragt oder zugesagt"
    GEBUCHT = "GEBUCHT", "gebucht, beginnt noch"
    LAEUFT = "LAEUFT", "läuft"
    BEENDET = "BEENDET", "beendet"
    GESCHEITERT = "GESCHEITERT", "nicht zustande gekommen"


#: Booked, whether it has begun or not: what the days of a month are counted of.
GEBUCHTE = (Belegungsstand.GEBUCHT.value, Belegungsstand.LAEUFT.value, Belegungsstand.BEENDET.value)
