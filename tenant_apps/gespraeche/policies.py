"""Who reads what an office and a house write each other, and who writes (docs/security.md "Who may see what")."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.liste import count_up_to
from tenant_apps.cases import policies as cases
from tenant_apps.gespraeche.enums import Rueckfragenwahl
from tenant_apps.gespraeche.models import Gespraech, Gespraechsstand
from tenant_apps.gespraeche.selectors import filter_staende

_FALLFUEHREND = (Rolle.ASD, Rolle.TEAMLEITUNG)
#: Of a house: who decides and who works there. Whoever only bills reads nothing that is said of a child.
_IM_HAUS = (Rolle.ANBIETER, Rolle.EINRICHTUNG)


def may_read_gespraeche(akteur: Akteur) -> bool:
    """Read a talk: whoever reads the file, and the house."""
    return akteur.hat(*_FALLFUEHREND, Rolle.JUGENDAMTSLEITUNG, Rolle.PRUEFUNG, *_IM_HAUS)


def may_write_gespraeche(akteur: Akteur) -> bool:
    """Write: whoever leads cases, and the house."""
    return akteur.hat(*_FALLFUEHREND, *_IM_HAUS)


def may_list_rueckfragen(akteur: Akteur) -> bool:
    """The office's list of talks: whoever leads cases; the head of the office sees where nobody answers."""
    return akteur.hat(*_FALLFUEHREND, Rolle.JUGENDAMTSLEITUNG)


def may_settle(akteur: Akteur) -> bool:
    """Say that no answer is needed: whoever leads cases."""
    return akteur.hat(*_FALLFUEHREND)


def visible_gespraeche(akteur: Akteur) -> QuerySet[Gespraech]:
    """Office: of the cases whose file she reads. House: its own, for staff of a facility theirs; of these the database
    shows her those about a matter she sees."""
    if not may_read_gespraeche(akteur):
        return Gespraech.objects.none()
    allowed = Q(hilfefall__in=cases.visible_hilfefaelle(akteur)) if akteur.ist_amt else Q(pk__in=[])
    if akteur.ist_anbieter:
        own = Q(anbieter_id__in=akteur.anbieter_ids)
        allowed |= own & Q(einrichtung_id__in=akteur.einrichtung_ids) if akteur.einrichtung_ids else own
    return Gespraech.objects.filter(allowed)


def may_write_about(akteur: Akteur, hilfefall_id: UUID) -> bool:
    """Whether she may write about this case: in the office whoever may change it, else the house, which has found a
    matter of its own there."""
    if not may_write_gespraeche(akteur):
        return False
    if akteur.ist_amt:
        return cases.editable_hilfefaelle(akteur).filter(pk=hilfefall_id).exists()
    return True


def visible_staende(akteur: Akteur) -> QuerySet[Gespraechsstand]:
    """Where the talks stand of the cases she may change; for the head of the office those in which nobody answers, by
    number and house."""
    if not may_list_rueckfragen(akteur):
        return Gespraechsstand.objects.none()
    allowed = Q(gespraech__hilfefall__in=cases.editable_hilfefaelle(akteur))
    if akteur.hat(Rolle.JUGENDAMTSLEITUNG):
        allowed |= Q(eskaliert_at__isnull=False, gespraech__hilfefall__in=cases.visible_vorgaenge(akteur))
    return Gespraechsstand.objects.filter(allowed)


def readable_ids(akteur: Akteur, staende: Iterable[Gespraechsstand]) -> frozenset[UUID]:
    """Which of these talks she may open; one query for a whole page."""
    gespraeche = visible_gespraeche(akteur).filter(pk__in=[stand.gespraech_id for stand in staende])
    return frozenset(gespraeche.values_list("pk", flat=True))


def count_staende(akteur: Akteur, nur: Rueckfragenwahl) -> tuple[int, bool]:
    """How many talks are in her list when it is narrowed so, as far as it counts."""
    return count_up_to(filter_staende(visible_staende(akteur), nur))


def reads_for_her_side(akteur: Akteur, gespraech: Gespraech) -> bool:
    """Whether her reading counts as her side's: of the office the worker in charge or her deputy, so that a colleague
    or the lead who looks takes no news from her; of a house anybody of it."""
    if akteur.ist_amt:
        return gespraech.hilfefall.fachkraft_id in {akteur.user_id, *akteur.vertritt}
    return akteur.ist_anbieter
