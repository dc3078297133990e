"""Which places, blocks and stops somebody of a provider keeps. Who reads and who writes is the register's to say."""

from __future__ import annotations

from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.providers.models import Platz
from shared_apps.providers.policies import own_angebote


def own_plaetze(akteur: Akteur) -> QuerySet[Platz]:
    """Places of the person's facilities."""
    return Platz.objects.filter(angebot__in=own_angebote(akteur))


def own_sperren(akteur: Akteur) -> QuerySet[Platzsperre]:
    """Blocks of these places that hold; a lifted one is past."""
    return Platzsperre.objects.filter(platz__in=own_plaetze(akteur), aufgehoben_at=None)


def own_stopps(akteur: Akteur) -> QuerySet[Aufnahmestopp]:
    """Stops of the person's offers that hold; a lifted one is past."""
    return Aufnahmestopp.objects.filter(angebot__in=own_angebote(akteur), aufgehoben_at=None)
