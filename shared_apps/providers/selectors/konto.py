"""The account of a provider, and who keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.selectors import valid_on
from shared_apps.core.clock import today
from shared_apps.providers.models import Anbieter, Bankverbindung, Kontovorschlag

#: Who speaks for the whole provider, and who bills; trigger `providers_konto_pruefen` has the same.
KONTO_ROLLEN = (Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG)
#: How many past accounts a page shows.
FRUEHERE = 10


def find_bankverbindung(anbieter: Anbieter) -> Bankverbindung | None:
    """The account that holds."""
    return Bankverbindung.objects.filter(anbieter=anbieter).first()


def list_vorschlaege(anbieter: Anbieter) -> Sequence[Kontovorschlag]:
    """The latest ones with who signed them, newest first; the first may be open."""
    rows = Kontovorschlag.objects.filter(anbieter=anbieter).select_related("vorgeschlagen_von", "entschieden_von")
    return list(rows.order_by("-created_at", "-id")[: FRUEHERE + 1])


def list_kontofuehrende(anbieter_id: UUID, *, seit: datetime | None = None) -> QuerySet[User]:
    """People of the provider who keep its account today; `seit`: who already had the role then."""
    rollen = Q(anbieter_id=anbieter_id, rolle__in=KONTO_ROLLEN)
    if seit is not None:
        rollen &= Q(created_at__lte=seit)
    rows = Membership.objects.filter(valid_on(today()), rollen)
    return User.objects.filter(pk__in=rows.values("user_id"), is_active=True)


def list_zweite(anbieter_id: UUID, *, ohne: UUID) -> QuerySet[User]:
    """Who may be the second person beside `ohne`."""
    return list_kontofuehrende(anbieter_id).exclude(pk=ohne)
