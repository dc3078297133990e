"""A list whose job was given up (ADR 0025): tried again, or broken off by a person.

A job is given up when it has failed too often, or its worker has died over it too often. Nothing happens by itself
then. Parts that are read in are there, the others are not; a way back is done in one transaction, so nothing of it is.
"""

from __future__ import annotations

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import Konflikt
from shared_apps.einlesen.enums import Befund
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.selectors import list_stehende
from shared_apps.einlesen.services.vorbereiten import lock_einlesung, record_befunde, run_einlesung_later
from shared_apps.einlesen.states import EINLESUNG, EinlesungAktion, EinlesungZustand

NICHT_STEHENGEBLIEBEN = (
    "Die Liste ist nicht stehen geblieben: Daran wird gearbeitet. Bitte warten Sie, bis sie fertig ist."
)
NICHT_EINGELESEN = "Nicht eingelesen: Das Einlesen blieb stehen und wurde abgebrochen."
RUECKNAHME_ABGEBROCHEN = "Die Rücknahme blieb stehen und wurde abgebrochen. Es ist alles, wie es war."


@transaction.atomic
def submit_again(*, akteur: Akteur, einlesung: Einlesung) -> Einlesung:
    """Hand the list to a job once more, which goes on where the last one was. `Konflikt` while one is at work."""
    einlesung = _locked(akteur, einlesung)
    run_einlesung_later(einlesung)
    return einlesung


@transaction.atomic
def end_einlesung(*, akteur: Akteur, einlesung: Einlesung) -> Einlesung:
    """Break a list off: what is read in stays and can be taken back, the other lines are faulty and can be sent again.

    A way back that stopped leaves the list read in, as before. `Konflikt` while a job is at work.
    """
    einlesung = _locked(akteur, einlesung)
    if einlesung.zustand == EinlesungZustand.FREIGEGEBEN:
        uebrige = einlesung.zeilen.filter(ist_erledigt=False).exclude(befund=Befund.FEHLERHAFT)
        nummern = list(uebrige.values_list("nummer", flat=True))
        meldung = [("", NICHT_EINGELESEN)]
        record_befunde(einlesung, dict.fromkeys(nummern, Befund.FEHLERHAFT), dict.fromkeys(nummern, meldung))
    else:
        einlesung.grund = RUECKNAHME_ABGEBROCHEN
    einlesung.zustand = EINLESUNG.naechster(EinlesungZustand(einlesung.zustand), EinlesungAktion.ABBRECHEN)
    einlesung.save(update_fields=["zustand", "grund"])
    return einlesung


def _locked(akteur: Akteur, einlesung: Einlesung) -> Einlesung:
    """The list, held: a job that takes it up at this moment waits, and then finds what was done here."""
    einlesung = lock_einlesung(akteur, einlesung, EinlesungAktion.ABBRECHEN)
    if not list_stehende([einlesung]):
        raise Konflikt(NICHT_STEHENGEBLIEBEN, code="zustand")
    return einlesung
