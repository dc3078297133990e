"""What takes a second signature of an office, or of the house: what was admitted, and the account (ADR 0070)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.providers.models import (
    Kontovorschlag,
    OffenerKontovorschlag,
    OffenerStammdatenvorschlag,
    Stammdatenvorschlag,
)
from shared_apps.providers.policies.aemter import own_memberships, own_offices, without_own
from shared_apps.providers.policies.register import SIGNIERT, may_admit_anbieter, may_write_anbieter, own_anbieter
from shared_apps.providers.selectors.konto import KONTO_ROLLEN
from shared_apps.providers.states import VorschlagZustand


def may_decide_stammdaten(akteur: Akteur) -> bool:
    """Who confirms what an office has admitted: those who let a provider in (`SIGNIERT`)."""
    return akteur.hat(*SIGNIERT)


def may_see_stammdaten(akteur: Akteur) -> bool:
    """Changed names: the provider that proposes, the office that decides."""
    return may_write_anbieter(akteur) or may_decide_stammdaten(akteur)


def visible_stammdatenvorschlaege(akteur: Akteur) -> QuerySet[Stammdatenvorschlag]:
    """Those of one's own provider; in an office those that ask this office."""
    if not may_decide_stammdaten(akteur):
        return Stammdatenvorschlag.objects.filter(anbieter__in=own_anbieter(akteur))
    aemter = own_offices(akteur, SIGNIERT).values("kuerzel")
    return Stammdatenvorschlag.objects.filter(gebietskoerperschaft__kuerzel__in=aemter)


def decidable_stammdatenvorschlaege(akteur: Akteur) -> QuerySet[Stammdatenvorschlag]:
    """Those that wait for her: of her office, about no provider of hers. As her start page counts them."""
    if not may_decide_stammdaten(akteur):
        return Stammdatenvorschlag.objects.none()
    rows = visible_stammdatenvorschlaege(akteur).filter(zustand=VorschlagZustand.VORGESCHLAGEN)
    return without_own(rows, akteur, "anbieter_id")


def count_offene_stammdaten(akteur: Akteur) -> int:
    """How many these are, asked from the office's own pages."""
    return OffenerStammdatenvorschlag.objects.count() if may_admit_anbieter(akteur) else 0


def may_keep_konto(akteur: Akteur) -> bool:
    """Who enters another account, and who confirms it: who speaks for the whole provider, and who bills."""
    return akteur.hat(*KONTO_ROLLEN)


def visible_kontovorschlaege(akteur: Akteur) -> QuerySet[Kontovorschlag]:
    """Accounts of the person's provider that were entered; nobody of one facility, and no office."""
    return Kontovorschlag.objects.filter(anbieter__in=own_anbieter(akteur))


def may_check_konto(akteur: Akteur) -> bool:
    """Who confirms an account where the provider has no independent second person: who lets a provider in (`SIGNIERT`).

    Nobody gives these roles alone, and they pay nothing: who pays does not say where to (ADR 0075).
    """
    return akteur.hat(*SIGNIERT)


def checked_kontovorschlaege(akteur: Akteur) -> QuerySet[Kontovorschlag]:
    """Accounts that ask the person's office; never of a provider for which she works or ever worked, under whichever
    account."""
    aemter = own_offices(akteur, SIGNIERT).values("kuerzel") if may_check_konto(akteur) else []
    own = own_memberships(akteur).filter(anbieter_id=OuterRef("anbieter_id"))
    return Kontovorschlag.objects.filter(~Exists(own), gebietskoerperschaft__kuerzel__in=aemter)


def count_offene_konten(akteur: Akteur) -> int:
    """How many wait for her, asked from the office's own pages."""
    return OffenerKontovorschlag.objects.count() if may_admit_anbieter(akteur) else 0
