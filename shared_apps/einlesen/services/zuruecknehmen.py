"""A whole list is taken back: who may, the job that does it (`run_ruecknahme`), and when a list is forgotten.

A row of the register is never deleted. One that is taken back is said to have been there on a day before all days of
this system (`providers.rules.nie_gewesen`), and its name is free: every reader sees the register as before the list.
What has been changed since, or has something of somebody else below it, stays, and is listed.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now, real_now, today
from shared_apps.core.errors import Konflikt
from shared_apps.core.ordnung import deutsch
from shared_apps.einlesen.enums import Gegenstand
from shared_apps.einlesen.models import Einleseposten, Einlesezeile, Einlesung
from shared_apps.einlesen.services.ruecknahme import Ruecknahme
from shared_apps.einlesen.services.schreiben import request_of
from shared_apps.einlesen.services.vorbereiten import lock_einlesung, run_einlesung_later
from shared_apps.einlesen.states import EINLESUNG, EinlesungAktion, EinlesungZustand
from shared_apps.providers.models import Angebot
from shared_apps.providers.services.bestand import get_belegungen
from tenants.context import on_portal

logger = logging.getLogger(__name__)

#: How long a list can be taken back, and its lines are kept.
AUFBEWAHRUNG = timedelta(days=30)
#: Offers a refusal names.
GENANNT = 20

BELEGT = "Das geht nicht mehr: Plätze, die diese Liste eingetragen hat, sind reserviert oder gebucht: {}."
VORBEI = "Das geht nicht mehr: Eine Liste lässt sich 30 Tage lang zurücknehmen."
GESCHEITERT = (
    "Die Rücknahme ist nicht gelungen, und es ist alles, wie es war. Bitte wenden Sie sich an den Betrieb des Portals"
    " und nennen Sie: Liste {}."
)


@transaction.atomic
def revoke_einlesung(*, akteur: Akteur, einlesung: Einlesung) -> Einlesung:
    """Take a list back; a job does it. `Konflikt` (laeuft_noch) with the offers whose places somebody holds, and when
    its time is over. One person may: she goes back to what two had agreed before."""
    einlesung = lock_einlesung(akteur, einlesung, EinlesungAktion.ZURUECKNEHMEN)
    if not is_revocable(einlesung):
        raise Konflikt(VORBEI, code="zustand")
    if belegt := list_belegte(einlesung):
        raise Konflikt(BELEGT.format("; ".join(belegt)), code="laeuft_noch")
    einlesung.zustand = EINLESUNG.naechster(EinlesungZustand(einlesung.zustand), EinlesungAktion.ZURUECKNEHMEN)
    einlesung.aufgehoben_von_id, einlesung.aufgehoben_at = akteur.user_id, now()
    einlesung.grund = ""
    einlesung.save(update_fields=["zustand", "aufgehoben_von", "aufgehoben_at", "grund"])
    run_einlesung_later(einlesung)
    return einlesung


def is_revocable(einlesung: Einlesung) -> bool:
    """Whether what it did is still known."""
    return einlesung.created_at > real_now() - AUFBEWAHRUNG


def list_belegte(einlesung: Einlesung) -> list[str]:
    """Offers that the list has made and whose places are held today or later, in words."""
    neue = einlesung.posten.filter(gegenstand=Gegenstand.ANGEBOT, ist_neu=True).values_list("objekt_id", flat=True)
    rows = Angebot.objects.filter(pk__in=list(neue)).select_related("einrichtung")
    rows = rows.order_by(deutsch("einrichtung__name"), deutsch("name"))
    held = {pk: b.plaetze for pk, b in get_belegungen([row.pk for row in rows], today()).items() if b.plaetze}
    belegt = [f"{row.einrichtung.name}, {row.name} ({held[row.pk]})" for row in rows if row.pk in held]
    mehr = [f"und {len(belegt) - GENANNT} weitere"] if len(belegt) > GENANNT else []
    return belegt[:GENANNT] + mehr


def run_ruecknahme(*, einlesung_id: UUID) -> int:
    """Take the list back, in one transaction; returns how many of its rows were left out.

    What breaks off for a reason that is there the next time, too, leaves the list read in, and says so.
    """
    try:
        return _run(einlesung_id)
    except (OperationalError, InterfaceError):  # what another transaction or a lost server did: the job begins again
        raise
    except Exception:
        logger.exception("list %s could not be taken back", einlesung_id)
        _give_up(einlesung_id)
        return 0


def _give_up(einlesung_id: UUID) -> None:
    with on_portal():
        rows = Einlesung.objects.select_for_update(of=("self",), no_key=True)
        held = rows.filter(pk=einlesung_id, zustand=EinlesungZustand.RUECKNAHME).first()
        if held is not None:
            held.zustand = EINLESUNG.naechster(EinlesungZustand(held.zustand), EinlesungAktion.ABBRECHEN)
            held.grund = GESCHEITERT.format(einlesung_id)
            held.save(update_fields=["zustand", "grund"])


def _run(einlesung_id: UUID) -> int:
    with on_portal():
        einlesung = Einlesung.objects.filter(pk=einlesung_id, zustand=EinlesungZustand.RUECKNAHME).first()
        if einlesung is None:
            return 0
    with on_portal(user_id=einlesung.aufgehoben_von_id, request_id=request_of(einlesung)):
        rows = Einlesung.objects.select_for_update(of=("self",), no_key=True)
        held = rows.filter(pk=einlesung_id, zustand=EinlesungZustand.RUECKNAHME).first()
        if held is None:
            return 0
        left = Ruecknahme(held).run()
        held.zustand = EINLESUNG.naechster(EinlesungZustand(held.zustand), EinlesungAktion.ABSCHLIESSEN)
        held.save(update_fields=["zustand"])
        return left


# --- what is forgotten ------------------------------------------------------------------------------------------------


def purge_einlesungen() -> int:
    """Lines and the way back are gone after 30 days, and why a list went back, whatever became of it; a draft is then
    discarded."""
    alt = real_now() - AUFBEWAHRUNG
    with on_portal():
        offene = Einlesung.objects.filter(created_at__lt=alt, zustand=EinlesungZustand.VORGELEGT)
        offene.update(zustand=EinlesungZustand.ENTWURF)
        entwuerfe = Einlesung.objects.filter(created_at__lt=alt, zustand=EinlesungZustand.ENTWURF)
        entwuerfe.update(zustand=EinlesungZustand.VERWORFEN)
        laufende = [EinlesungZustand.FREIGEGEBEN, EinlesungZustand.RUECKNAHME]
        weg = Einlesung.objects.filter(created_at__lt=alt).exclude(zustand__in=laufende).values("pk")
        Einleseposten.objects.filter(einlesung__in=weg).delete()
        Einlesung.objects.filter(pk__in=weg).exclude(grund="").update(grund="")
        return Einlesezeile.objects.filter(einlesung__in=weg).delete()[0]
