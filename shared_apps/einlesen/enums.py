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


class Wartend(Beschriftet):
    """Lists that somebody has to do something about, as a start page counts them and the list narrows to them."""

    FREIGABE = "freigabe", "wartet auf Sie"
    ZURUECK = "zurueck", "zurück bei Ihnen"
    ANDERE = "andere", "wartet auf andere"
    STEHT = "steht", "stehen geblieben"
