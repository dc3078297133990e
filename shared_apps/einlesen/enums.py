"""What a line of a list is about, and what came of looking at it."""

from __future__ import annotations

from shared_apps.core.zustand import Beschriftet


class Gegenstand(Beschriftet):
    """What a column speaks of; each has a key of the office's own."""

    ANBIETER = "ANBIETER", "Anbieter"
    EINRICHTUNG = "EINRICHTUNG", "Einrichtung"
    ERLAUBNIS = "ERLAUBNIS", "Betriebserlaubnis"
    ANGEBOT = "ANGEBOT", "Angebot"
    ENTGELT = "ENTGELT", "Entgelt"


class Befund(Beschriftet):
    """What reading a line would do; the later ones outweigh those before them."""

    UNVERAENDERT = "UNVERAENDERT", "unverändert"
    GESPERRT = "GESPERRT", "bleibt, wie es ist"
    GEAENDERT = "GEAENDERT", "geändert"
    NEU = "NEU", "neu"
    FEHLERHAFT = "FEHLERHAFT", "fehlerhaft"
