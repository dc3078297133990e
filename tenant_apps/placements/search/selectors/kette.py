"""Whether the chain of the office's Auswahlvermerke holds (ADR 0086)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from tenant_apps.placements import rules
from tenant_apps.placements.models import Auswahlvermerk
from tenant_apps.placements.rules import Anschluss, Bruch, Glied
from tenant_apps.placements.search.selectors.pruefsumme import list_glieder
from tenants.context import require_schema

logger = logging.getLogger(__name__)
#: How many notes are in memory at a time; each holds the whole list that was shown, up to some megabytes.
SEITE = 20


class Kettenstand(models.TextChoices):
    """What is to be said of one note of the chain."""

    HAELT = "HAELT", "unverändert"
    GELEERT = "GELEERT", "Inhalt nach Ablauf der Frist gelöscht"
    INHALT = "INHALT", "Der Inhalt stimmt nicht mit der Prüfsumme überein"
    KETTE = "KETTE", "Die Kette der Vermerke ist hier unterbrochen"


@dataclass(frozen=True, slots=True)
class Kettenbericht:
    """What a check saw: how many, how many without content after a deletion run, and every break.

    `brueche`: the first ones by name, `rules.BRUECHE_GENANNT` at most; `weiter_ab`: the number of the first one that is
    only counted, from which the next check may go on.
    """

    anzahl: int
    geleert: int
    unterbrochen: int
    brueche: tuple[Bruch, ...]
    weiter_ab: int | None = None


def check_kette(ab: int = 1) -> Kettenbericht:
    """Go through the notes of the open office in the order of the chain, from number `ab` to the last one."""
    zahlen = {"anzahl": 0, "geleert": 0}
    genannt: list[Bruch] = []
    unterbrochen, weiter_ab = 0, None
    for bruch in rules.list_brueche(_list_alle(ab, zahlen), _get_anschluss(ab)):
        unterbrochen += 1
        if len(genannt) < rules.BRUECHE_GENANNT:
            genannt.append(bruch)
        elif weiter_ab is None:
            weiter_ab = bruch.nummer
    return Kettenbericht(unterbrochen=unterbrochen, brueche=tuple(genannt), weiter_ab=weiter_ab, **zahlen)


class KetteUnterbrochen(Exception):
    """The chain of an office does not hold."""


def check_unbroken() -> int:
    """How many notes the chain of the open office has; raises where it breaks, and logs where, without a person."""
    bericht = check_kette()
    for bruch in bericht.brueche:
        logger.error("the chain of choices of %s is broken at number %d", require_schema(), bruch.nummer)
    if bericht.unterbrochen:
        raise KetteUnterbrochen(f"{bericht.unterbrochen} breaks")
    return bericht.anzahl


def check_glied(vermerk: Auswahlvermerk) -> Kettenstand:
    """One note as its page says it: its content, and whether it follows on the one before."""
    (glied,) = list_glieder(Auswahlvermerk.objects.filter(pk=vermerk.pk))
    brueche = list(rules.list_brueche([glied], _get_anschluss(glied.nummer)))
    if any(bruch.ist_inhalt for bruch in brueche):
        return Kettenstand.INHALT
    if brueche:
        return Kettenstand.KETTE
    return Kettenstand.GELEERT if glied.geleert else Kettenstand.HAELT


def _get_anschluss(nummer: int) -> Anschluss:
    """The link before this number, as it is there; where it is missing, the number behind it says so."""
    davor = Auswahlvermerk.objects.filter(nummer__lt=nummer).order_by("-nummer")
    werte = davor.values_list("nummer", "siegel", "fassung").first()
    return Anschluss(*werte) if werte else Anschluss()


def _list_alle(ab: int, zahlen: dict[str, int]) -> Iterator[Glied]:
    rows = Auswahlvermerk.objects.filter(nummer__gte=ab).order_by("nummer")
    while seite := list_glieder(rows[:SEITE]):
        zahlen["anzahl"] += len(seite)
        zahlen["geleert"] += sum(glied.geleert for glied in seite)
        yield from seite
        rows = Auswahlvermerk.objects.filter(nummer__gt=seite[-1].nummer).order_by("nummer")
