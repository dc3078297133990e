"""The list of a person's sessions: begun, seen, ended from elsewhere."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from shared_apps.accounts.models import Handover, Sitzung, User
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Verweigert
from tenants.models import Tenant

#: Rows of ended sessions are kept no longer.
AUFBEWAHRUNG = timedelta(days=30)
BEENDET = "Diese Sitzung ist beendet worden. Bitte melden Sie sich noch einmal an."


def create_sitzung(*, user: User, tenant: Tenant | None, geraet: str) -> Sitzung:
    """Write down that the person signed in at this host, and forget what is long over."""
    now = real_now()
    Sitzung.objects.filter(user=user, zuletzt_at__lt=now - AUFBEWAHRUNG).delete()
    return Sitzung.objects.create(user=user, tenant=tenant, geraet=geraet[:60], zuletzt_at=now)


def mark_sitzung_seen(*, sitzung_id: UUID | str) -> None:
    """The person is still there."""
    Sitzung.objects.filter(pk=sitzung_id, beendet_at__isnull=True).update(zuletzt_at=real_now())


def end_sitzung(*, user: User, sitzung_id: UUID | str) -> bool:
    """End one of the person's own sessions; it counts for nothing from the next request on. Whether there was one."""
    own = Sitzung.objects.filter(pk=sitzung_id, user=user, beendet_at__isnull=True)
    return bool(own.update(beendet_at=real_now()))


def lock_person(*, user: User) -> User:
    """Her account as it is now. Whoever makes what opens it (key, ticket, factor), and whoever ends all that does,
    takes this first: of two at the same moment the second one sees what the first one did, and none outlives the end.
    """
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def lock_sitzung(*, user: User, sitzung_id: UUID | None) -> Sitzung:
    """Her session, which is open, and stays so until the transaction ends. Raises `Verweigert`: it was ended meanwhile.

    A request has been admitted some time ago; what it makes must not be there when its session is not.
    """
    lock_person(user=user)
    own = Sitzung.objects.select_for_update(no_key=True).filter(user=user, beendet_at__isnull=True)
    found = own.filter(pk=sitzung_id).first() if sitzung_id else None
    if found is None:
        raise Verweigert(BEENDET)
    return found


@transaction.atomic
def end_sitzungen(*, user: User, ausser: UUID | str | None = None) -> int:
    """End all sessions of a person at all hosts, but the one given, and what would begin one. How many ended."""
    lock_person(user=user)
    Handover.objects.filter(user=user, used_at__isnull=True).delete()
    own = Sitzung.objects.filter(user=user, beendet_at__isnull=True)
    if ausser:
        own = own.exclude(pk=ausser)
    return own.update(beendet_at=real_now())
