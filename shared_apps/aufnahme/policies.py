"""Who lets a provider in."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.models import Membership, Postfach, User
from shared_apps.accounts.postfach import ist_dieselbe
from shared_apps.accounts.selectors import not_over
from shared_apps.aufnahme.models import Aufnahmeantrag, OffeneAufnahme, UnverwalteterAnbieter
from shared_apps.aufnahme.states import AufnahmeZustand
from shared_apps.core.clock import today
from shared_apps.providers.models import Anbieter, Einrichtung
from shared_apps.providers.policies import SIGNIERT, may_admit_anbieter, worked_for
from shared_apps.providers.querysets import valid_on
from shared_apps.providers.selectors.stammdaten import list_pruefende_haeuser
from tenants.models import Tenant

__all__ = ["SIGNIERT", "may_admit_anbieter"]


def visible_aufnahmeantraege(akteur: Akteur) -> QuerySet[Aufnahmeantrag]:
    """Those of her own office whose address is confirmed."""
    if not may_admit_anbieter(akteur):
        return Aufnahmeantrag.objects.none()
    return Aufnahmeantrag.objects.filter(tenant=akteur.tenant_id).exclude(zustand=AufnahmeZustand.UNBESTAETIGT)


def decidable_aufnahmeantraege(akteur: Akteur) -> QuerySet[Aufnahmeantrag]:
    """Those that wait for her: to be checked, or for a second signature that may be hers. As her start page counts."""
    geprueft = Q(zustand=AufnahmeZustand.GEPRUEFT) & ~Q(vorgeschlagen_von=akteur.user_id)
    return visible_aufnahmeantraege(akteur).filter(Q(zustand=AufnahmeZustand.OFFEN) | geprueft)


def is_author(akteur: Akteur, antrag: Aufnahmeantrag) -> bool:
    """Whether the first signature is of her account: she takes back what the office has entered."""
    return antrag.vorgeschlagen_von_id == akteur.user_id


def has_signed(akteur: Akteur, antrag: Aufnahmeantrag) -> bool:
    """Whether she has given the first signature, under whichever account: the second one is somebody else's."""
    return ist_dieselbe(antrag.vorgeschlagen_von_id, akteur.user_id)


def is_befangen(akteur: Akteur, anbieter_id: UUID | None) -> bool:
    """Whether she is, or ever was, one of the people of the provider whose administration is to be named."""
    return anbieter_id is not None and worked_for(akteur, anbieter_id)


def works_in_office(email: str, tenant: Tenant) -> bool:
    """Whether this mailbox belongs to somebody of the office: she must not administer what her office admits."""
    rows = Membership.objects.filter(not_over(today()), tenant=tenant)
    konten = User.objects.alias(postfach=Postfach("email")).filter(postfach=Postfach(Value(email)))
    return konten.filter(pk__in=rows.values("user_id")).exists()


def visible_anbieter(akteur: Akteur) -> QuerySet[Anbieter]:
    """Providers with a facility in her office's district, administered or not."""
    if not may_admit_anbieter(akteur):
        return Anbieter.objects.none()
    kreis = Tenant.objects.filter(pk=akteur.tenant_id).values("kuerzel")
    hier = Einrichtung.objects.filter(
        valid_on(today()), anbieter=OuterRef("pk"), gebietskoerperschaft__kuerzel__in=kreis
    )
    return Anbieter.objects.filter(valid_on(today()), Exists(hier))


def visible_unverwaltete(akteur: Akteur) -> QuerySet[Anbieter]:
    """Providers whom nobody administers and who are checked by her office (`list_pruefende_haeuser`): a house that its
    own people alone have entered in its district does not choose the office. On shared tables only."""
    verwaltung = Membership.objects.filter(
        not_over(today()),
        anbieter_id=OuterRef("pk"),
        verwaltet=True,
        user__is_active=True,
    )
    kreis = Tenant.objects.filter(pk=akteur.tenant_id).values("kuerzel")
    hier = list_pruefende_haeuser().filter(anbieter=OuterRef("pk"), gebietskoerperschaft__kuerzel__in=kreis)
    return visible_anbieter(akteur).filter(Exists(hier), ~Exists(verwaltung))


def may_invite_verwaltung(akteur: Akteur, anbieter_id: UUID) -> bool:
    """Whether nobody administers it and her office may invite somebody. Asked from the office's own pages."""
    return may_admit_anbieter(akteur) and UnverwalteterAnbieter.objects.filter(pk=anbieter_id).exists()


def count_waiting(akteur: Akteur) -> int:
    """How many `decidable_aufnahmeantraege` there are, asked from the office's own pages, which read none."""
    if not may_admit_anbieter(akteur):
        return 0
    geprueft = Q(zustand=AufnahmeZustand.GEPRUEFT) & ~Q(vorschlag_id=akteur.user_id)
    return OffeneAufnahme.objects.filter(Q(zustand=AufnahmeZustand.OFFEN) | geprueft).count()
