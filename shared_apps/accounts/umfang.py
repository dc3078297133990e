"""What an API key may be used for. Declared as data beside the policy of each API action (`scopes`)."""

from __future__ import annotations

from django.db import models


class Umfang(models.TextChoices):
    """Scopes of a key. The person's own rights are always the outer limit."""

    LESEN = "lesen", "Lesen"
    SUCHEN = "suchen", "Angebote suchen"
    RESERVIEREN = "reservieren", "Reservieren und buchen"
    ABRECHNEN = "abrechnen", "Abrechnen"
    KENNZAHLEN = "kennzahlen", "Kennzahlen"


ALLE = tuple(Umfang.values)
