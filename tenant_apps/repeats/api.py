"""`Idempotency-Key` at an office: a repeated request gets the first answer again, in the same transaction as the work.

The shape is that of every host (`shared_apps.accounts.api.things`); here the answers are sealed with the office's key
(`services` says how long they stay), and a repetition is an entry of the trail: it names a young person again.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from shared_apps.accounts.api import things
from shared_apps.accounts.api.things import IDEMPOTENCY
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.repeats.enums import Vorgang
from tenant_apps.repeats.models import IdempotencyRecord
from tenants.tables.base import TenantModel

__all__ = ["IDEMPOTENCY", "ThingViewSet"]


class ThingViewSet(things.ThingViewSet):
    """One thing of an office's API."""

    antworten: ClassVar[type[IdempotencyRecord]] = IdempotencyRecord

    def load(self, uuid: UUID) -> TenantModel:
        """The row this person may act on. Raises Http404."""
        raise NotImplementedError

    def note_repetition(self, row: TenantModel) -> None:
        """Who has read whom once more."""
        record_access(akteur=self.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.ANTWORT_WIEDERHOLEN, objekt=row)
