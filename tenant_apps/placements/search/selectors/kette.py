"""Whether the chain of the office's Auswahlvermerke holds (ADR 0086)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from tenant_apps.cases.models import Personenschluessel
from tenant_apps.placements import rules
from tenant_apps.placements.models import Auswahlvermerk
from tenant_apps.placements.rules import Bruch, Glied
from tenant_apps.placements.search.selectors.pruefsumme import is_unveraendert
from tenants.context import require_schema

logger = logging.getLogger(__name__)


class Kettenstand(models.TextChoices):
    """What is to be said of one note of the chain."""

    HAELT = "HAELT", "unverändert"
    GELEERT = "GELEERT", "Inhalt nach Ablauf der Frist gelöscht"
    INHALT = "INHALT", "Der Inhalt stimmt nicht mit der Prüfsumme überein"
    KETTE = "KETTE", "Die Kette der Vermerke ist hier unterbrochen"


@dataclass(frozen=True, slots=True)
class Kettenbericht:
    """What a check saw: how many, how many without content after a deletion run, and the first break."""

    anzahl: int
    geleert: int
    bruch: Bruch | None


def check_kette() -> Kettenbericht:
    """Go through all notes of the open office in the order of the chain."""
    zahlen = {"anzahl": 0, "geleert": 0}
    return Kettenbericht(bruch=rules.find_bruch(_list_glieder(zahlen)), **zahlen)


class KetteUnterbrochen(Exception):
    """The chain of an office does not hold."""


def check_unbroken() -> int:
    """How many notes the chain of the open office has; raises at the first break, and logs where it is."""
    bericht = check_kette()
    if bericht.bruch:
        logger.error("the chain of choices of %s is broken at number %d", require_schema(), bericht.bruch.nummer)
        raise KetteUnterbrochen
    return bericht.anzahl


def check_glied(vermerk: Auswahlvermerk) -> Kettenstand:
    """One note as its page says it: its content, and whether it follows on the one before."""
    glied = build_glied(vermerk, geleert=is_geleert(vermerk))
    if not glied.unveraendert:
        return Kettenstand.INHALT
    davor = Auswahlvermerk.objects.filter(nummer=vermerk.nummer - 1).values_list("siegel", flat=True).first() or ""
    if glied.vorgaenger != davor or not (glied.geleert or glied.siegel == rules.compute_siegel(glied)):
        return Kettenstand.KETTE
    return Kettenstand.GELEERT if glied.geleert else Kettenstand.HAELT


def build_glied(vermerk: Auswahlvermerk, *, geleert: bool) -> Glied:
    """One note as the rule looks at it."""
    return Glied(
        id=vermerk.pk,
        nummer=vermerk.nummer,
        vorgaenger=vermerk.vorgaenger,
        siegel=vermerk.siegel,
        pruefsumme=vermerk.pruefsumme,
        created_at=vermerk.created_at,
        unveraendert=geleert or is_unveraendert(vermerk),
        geleert=geleert,
    )


def is_geleert(vermerk: Auswahlvermerk) -> bool:
    """Whether a deletion run has taken the content: nothing of it is there, and the person's key is not either."""
    if vermerk.pruefsumme or vermerk.kriterien or vermerk.klient_id is None:
        return False
    return not Personenschluessel.objects.filter(pk=vermerk.klient_id).exists()


def _list_glieder(zahlen: dict[str, int]) -> Iterator[Glied]:
    for vermerk in Auswahlvermerk.objects.order_by("nummer").iterator(chunk_size=200):
        geleert = is_geleert(vermerk)
        zahlen["anzahl"] += 1
        zahlen["geleert"] += geleert
        yield build_glied(vermerk, geleert=geleert)
