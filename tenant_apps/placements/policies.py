"""Who may do what with searches, reservations and bookings (access matrix, security.md).

Two kinds: `may_*` ask about a role (used by navigation, routes, API tables), `visible_*` narrow a
queryset to what the person may see, so that loading is authorising and a foreign object is 404.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import ANBIETERSEITE, Rolle
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.models import Buchung, Reservierung, Suche

_FALLFUEHREND = (Rolle.ASD, Rolle.TEAMLEITUNG)


def may_search(akteur: Akteur) -> bool:
    """HzE-Auswahl: case-leading roles of the office."""
    return akteur.hat(*_FALLFUEHREND)


def may_reserve(akteur: Akteur) -> bool:
    """Reserve, extend, withdraw, book, end: the social worker in charge or her team lead."""
    return akteur.hat(*_FALLFUEHREND)


def may_decide(akteur: Akteur) -> bool:
    """Consent or decline for a provider."""
    return akteur.hat(Rolle.ANBIETER)


def may_list_faelle(akteur: Akteur) -> bool:
    """Fallmanager: office roles with cases or costs, and providers for their own."""
    return akteur.hat(*_FALLFUEHREND, Rolle.WJH, Rolle.JUGENDAMTSLEITUNG, *ANBIETERSEITE)


def _own_cases(akteur: Akteur) -> Q:
    """Own cases and cases of people she deputises for."""
    return Q(fachkraft_id__in={akteur.user_id, *akteur.vertritt})


def visible_hilfefaelle(akteur: Akteur) -> QuerySet[Hilfefall]:
    """Cases the person may open."""
    if akteur.hat(Rolle.TEAMLEITUNG, Rolle.JUGENDAMTSLEITUNG, Rolle.WJH):
        return Hilfefall.objects.all()
    if akteur.hat(Rolle.ASD):
        return Hilfefall.objects.filter(_own_cases(akteur))
    return Hilfefall.objects.none()


def visible_klienten(akteur: Akteur) -> QuerySet[Klient]:
    """Young people the person may choose for a search: those of visible cases."""
    if not may_search(akteur):
        return Klient.objects.none()
    return Klient.objects.filter(pk__in=visible_hilfefaelle(akteur).values("klient_id"))


def visible_suchen(akteur: Akteur) -> QuerySet[Suche]:
    """Own searches; team leads see all of the office."""
    if akteur.hat(Rolle.TEAMLEITUNG):
        return Suche.objects.all()
    if akteur.hat(Rolle.ASD):
        return Suche.objects.filter(fachkraft_id__in={akteur.user_id, *akteur.vertritt})
    return Suche.objects.none()


def _visible(akteur: Akteur, rows: QuerySet) -> QuerySet:
    if akteur.hat(Rolle.TEAMLEITUNG, Rolle.JUGENDAMTSLEITUNG, Rolle.WJH):
        return rows
    allowed = Q(pk__in=[])
    if akteur.hat(Rolle.ASD):
        allowed |= Q(fachkraft_id__in={akteur.user_id, *akteur.vertritt}) | Q(
            hilfefall__fachkraft_id__in={akteur.user_id, *akteur.vertritt}
        )
    if akteur.ist_anbieter:
        allowed |= Q(anbieter_id__in=akteur.anbieter_ids)
    return rows.filter(allowed)


def visible_reservierungen(akteur: Akteur) -> QuerySet[Reservierung]:
    """Office: own cases (ASD) or all (leads, WJH). Provider: her own facilities' only."""
    return _visible(akteur, Reservierung.objects.all())


def visible_buchungen(akteur: Akteur) -> QuerySet[Buchung]:
    """As for reservations."""
    return _visible(akteur, Buchung.objects.all())


def sees_name(akteur: Akteur, reservierung: Reservierung) -> bool:
    """The provider sees the young person's name while the place is booked (§ 64 Abs. 2a SGB VIII).

    Not before, and not any more when the booking was cancelled before it began.
    """
    if akteur.ist_amt:
        return True
    if reservierung.zustand != "GEBUCHT":
        return False
    buchung = getattr(reservierung, "buchung", None)
    return buchung is None or buchung.zustand != "STORNIERT"
