"""Who asks, who answers, who reads which enquiry (docs/security.md "Who may see what")."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import ANBIETERSEITE, Rolle
from shared_apps.core.liste import count_up_to
from shared_apps.core.zustand import Schritte, Spur
from tenant_apps.anfragen.enums import MIT_ANTWORT
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.selectors import filter_anfragen
from tenant_apps.anfragen.states import (
    ANFRAGE,
    HAUSANFRAGE,
    AnfrageAktion,
    AnfrageZustand,
    HausanfrageAktion,
    HausanfrageZustand,
)
from tenant_apps.placements import policies as placements


def may_ask(akteur: Akteur) -> bool:
    """Ask houses, accept a yes, withdraw: the social worker in charge or her team lead."""
    return placements.may_reserve(akteur)


def may_answer(akteur: Akteur) -> bool:
    """Answer for a house."""
    return akteur.hat(Rolle.ANBIETER)


def may_read_hausanfrage(akteur: Akteur) -> bool:
    """Open what a house is asked: the people of its provider."""
    return akteur.hat(*ANBIETERSEITE)


def may_see_hausanfrage(akteur: Akteur) -> bool:
    """Read what a house is asked and its answer: its provider, and the office that asks."""
    return may_read_hausanfrage(akteur) or may_ask(akteur)


def sees_bedarf(akteur: Akteur) -> bool:
    """Whether the page of a house shows what the child needs: not to those at a provider who only bill."""
    return akteur.hat(Rolle.ANBIETER, Rolle.EINRICHTUNG)


_GEANTWORTET = Spur("geantwortet", "antwort_von", "antwort_at", anbieter=True)
#: Which step with a house is whose. Closing follows from an acceptance, lapsing is a job's.
SCHRITTE_HAUS = Schritte(
    HAUSANFRAGE,
    {
        HausanfrageAktion.ZUSAGEN: may_answer,
        HausanfrageAktion.RUECKFRAGEN: may_answer,
        HausanfrageAktion.ANRUFEN: may_answer,
        HausanfrageAktion.ABSAGEN: may_answer,
        HausanfrageAktion.ANNEHMEN: may_ask,
    },
    {
        HausanfrageZustand.ZUGESAGT: _GEANTWORTET,
        HausanfrageZustand.RUECKFRAGE: _GEANTWORTET,
        HausanfrageZustand.ANRUF: _GEANTWORTET,
        HausanfrageZustand.ABGESAGT: _GEANTWORTET,
        HausanfrageZustand.ANGENOMMEN: Spur("die Zusage angenommen", "anfrage__beendet_von", "beendet_at"),
    },
)
SCHRITTE_ANFRAGE = Schritte(
    ANFRAGE,
    {AnfrageAktion.ANNEHMEN: may_ask, AnfrageAktion.ZURUECKZIEHEN: may_ask},
    {
        AnfrageZustand.ANGENOMMEN: Spur("eine Zusage angenommen", "beendet_von", "beendet_at"),
        AnfrageZustand.ZURUECKGEZOGEN: Spur("die Anfrage zurückgezogen", "beendet_von", "beendet_at"),
    },
)


def visible_anfragen(akteur: Akteur) -> QuerySet[Anfrage]:
    """Of the cases she may book for; a house has none, only its own part."""
    if not may_ask(akteur):
        return Anfrage.objects.none()
    return Anfrage.objects.filter(hilfefall__in=placements.bookable_hilfefaelle(akteur))


def visible_hausanfragen(akteur: Akteur) -> QuerySet[Hausanfrage]:
    """Office: of the enquiries she sees. Provider: those to her own houses."""
    allowed = Q(anfrage__in=visible_anfragen(akteur))
    if akteur.ist_anbieter:
        own = Q(anbieter_id__in=akteur.anbieter_ids)
        allowed |= own & Q(einrichtung_id__in=akteur.einrichtung_ids) if akteur.einrichtung_ids else own
    return Hausanfrage.objects.filter(allowed)


def count_beantwortete(akteur: Akteur) -> tuple[int, bool]:
    """How many of her open enquiries have an answer that waits for the office, as far as the list counts."""
    return count_up_to(filter_anfragen(visible_anfragen(akteur), zustand=MIT_ANTWORT))
