"""Who reads the worklist of a provider, and whose step it is."""

from __future__ import annotations

from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.inbox.models import Hinweis, HinweisArt

#: Whose step it is that a pointer waits for, as `placements` and `billing` have it at the office's host; what is not
#: here is only looked at.
MACHT: dict[HinweisArt, tuple[Rolle, ...]] = {
    HinweisArt.ANFRAGE: (Rolle.ANBIETER,),
    HinweisArt.RESERVIERUNG: (Rolle.ANBIETER,),
    HinweisArt.LEISTUNGSNACHWEIS: (Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG, Rolle.EINRICHTUNG),
    HinweisArt.RECHNUNG_BEANSTANDET: (Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG),
}


#: Who reads what an office writes about a child; whoever only bills does not (`tenant_apps.gespraeche.policies`).
_LIEST_NACHRICHTEN = (Rolle.ANBIETER, Rolle.EINRICHTUNG)


def may_read_inbox(akteur: Akteur) -> bool:
    """People of a provider."""
    return akteur.ist_anbieter


def may_settle(akteur: Akteur, art: str) -> bool:
    """Whether she takes the step herself; else it waits for a colleague, and she looks at it."""
    rollen = MACHT.get(HinweisArt(art))
    return rollen is None or akteur.hat(*rollen)


def visible_hinweise(akteur: Akteur) -> QuerySet[Hinweis]:
    """Pointers to the person's own provider, for staff of a facility to theirs; row-level security says the same. To a
    message only for whoever may read it."""
    rows = Hinweis.objects.filter(anbieter_id__in=akteur.anbieter_ids)
    if not akteur.hat(*_LIEST_NACHRICHTEN):
        rows = rows.exclude(art=HinweisArt.RUECKFRAGE)
    return rows.filter(angebot__einrichtung__in=akteur.einrichtung_ids) if akteur.einrichtung_ids else rows
