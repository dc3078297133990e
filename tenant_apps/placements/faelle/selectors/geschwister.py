"""Reservations that were made together: brothers and sisters in one facility (ADR 0084)."""

from __future__ import annotations

from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.models import Auswahlvermerk, Reservierung


def list_geschwister(reservierung: Reservierung) -> list[Reservierung]:
    """The others of the same act, in the order of the children, without those of sealed cases.

    Their notes of the choice say so: they are neighbours in the office's chain, which one writer holds at a
    time, under one key. One query, a second one where there are any.
    """
    erster = Auswahlvermerk.objects.filter(pk=reservierung.auswahlvermerk_id)
    nummer, andere, gemeinsam = erster.values_list("nummer", "kriterien__geschwister", "kriterien__gemeinsam").get()
    if not (andere and gemeinsam):
        return []
    rows = Reservierung.objects.filter(
        auswahlvermerk__nummer__range=(nummer - andere, nummer + andere),
        auswahlvermerk__kriterien__gemeinsam=gemeinsam,
        hilfefall__in=Hilfefall.objects.all(),
    )
    return list(rows.exclude(pk=reservierung.pk).select_related("hilfefall").order_by("auswahlvermerk__nummer"))
