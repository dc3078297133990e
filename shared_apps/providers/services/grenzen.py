"""What a licence limits, asked before anything is written; the triggers `providers_erlaubnis_…` ask again (ADR 0060).

Locks: places, then their offer, then this one, then licences and exceptions. Who holds it asks for no place and no
offer, so nobody waits in a circle; a hold never asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db import connection

from shared_apps.core.errors import RegelVerletzt
from shared_apps.providers.models import Angebot
from shared_apps.providers.rules import Betrieb, Platzstand, Verstoss, verstoesse
from shared_apps.providers.selectors.erlaubnis import (
    Eintrag,
    describe_verstoss,
    get_betrieb,
    needs_erlaubnis,
    stand_of_angebot,
)
from tenants.db.locks import PairLock


def lock_betrieb(einrichtung_id: UUID) -> Betrieb:
    """What is licensed and offered there, while nobody else changes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PairLock.ERLAUBNIS, str(einrichtung_id)])
    return get_betrieb(einrichtung_id)


def check_grenzen(nachher: Betrieb, *, plaetze: str, eintrag: Eintrag) -> None:
    """`RegelVerletzt` with everything that stands against it, each once and by itself: places at the field
    `plaetze`, ages at theirs. `eintrag`: what is being entered, which says what can be done about it.
    """
    erste: dict[tuple[UUID | None, str], Verstoss] = {}
    for verstoss in verstoesse(nachher):
        for feld in verstoss.felder:
            erste.setdefault((verstoss.angebot.angebot_id if verstoss.angebot else None, feld), verstoss)
    if erste:
        raise RegelVerletzt.combine(
            [
                RegelVerletzt(
                    describe_verstoss(verstoss, nachher, feld=feld, eintrag=eintrag, ist_erster=nummer == 0),
                    feld=plaetze if feld == "plaetze" else feld,
                )
                for nummer, ((_, feld), verstoss) in enumerate(erste.items())
            ]
        )


def check_angebot(angebot: Angebot, stand: Iterable[Platzstand], *, plaetze: str = "plaetze") -> None:
    """`RegelVerletzt` when the offer, as it is about to be with these places, goes beyond its facility's licence."""
    if not needs_erlaubnis(angebot):
        return
    betrieb = lock_betrieb(angebot.einrichtung_id)
    andere = (a for a in betrieb.angebote if a.angebot_id != angebot.pk)
    nachher = replace(betrieb, angebote=(*andere, stand_of_angebot(angebot, stand)))
    check_grenzen(nachher, plaetze=plaetze, eintrag=Eintrag.ANGEBOT)
