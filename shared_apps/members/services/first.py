"""The first administration of a provider, by the operator; never a second one."""

from __future__ import annotations

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, Verweigert
from shared_apps.members import policies
from shared_apps.members.services.memberships import Rollenwunsch, create_checked_membership
from shared_apps.members.services.people import Einladung, create_person, issue_einladung
from shared_apps.providers.models import Anbieter


@transaction.atomic
def create_first_anbieter_admin(
    *, akteur: Akteur, anbieter: Anbieter, vorname: str, nachname: str, email: str
) -> Einladung:
    """Create the person with role and flag, and invite her."""
    if not policies.may_operate_zugaenge(akteur):
        raise Verweigert("Das kann nur der Betrieb.")
    Anbieter.objects.select_for_update().get(pk=anbieter.pk)
    if policies.has_anbieter_verwaltung(anbieter.pk):
        raise Konflikt("Dieser Anbieter verwaltet seine Zugänge schon selbst.")
    user = create_person(vorname=vorname, nachname=nachname, email=email)
    create_checked_membership(
        Rollenwunsch(user=user, rolle=Rolle.ANBIETER, gueltig_ab=today(), anbieter_id=anbieter.pk, verwaltet=True)
    )
    return issue_einladung(user=user, tenant=None, von_id=akteur.user_id)
