"""The office's side of break-glass: approve, decline, take back. Asking and looking: shared_apps.journal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.policies import check_autor
from shared_apps.accounts.postfach import list_eigene_konten
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Konflikt, Verweigert
from shared_apps.journal.models import Supportzugriff
from shared_apps.journal.states import SUPPORTZUGRIFF, SupportAktion
from tenant_apps.audit.enums import Aktion, Vorgang
from tenant_apps.audit.policies import is_own_support, may_decide_support
from tenant_apps.audit.services.record import record_access

ENTSCHIEDEN = "Dieser Zugriff ist schon entschieden oder beendet."
_ENTSCHIEDEN = {
    SupportAktion.BEWILLIGEN: Vorgang.SUPPORT_BEWILLIGT,
    SupportAktion.ABLEHNEN: Vorgang.SUPPORT_ABGELEHNT,
    SupportAktion.WIDERRUFEN: Vorgang.SUPPORT_WIDERRUFEN,
}


def _decide(akteur: Akteur, pk: UUID, aktion: SupportAktion, **fields: Any) -> Supportzugriff:
    if not may_decide_support(akteur):
        raise Verweigert("Über Zugriffe des Betriebs entscheiden Leitung und Administration.")
    if is_own_support(akteur, Supportzugriff.objects.get(pk=pk), list_eigene_konten()):
        raise Verweigert("Diesen Zugriff haben Sie selbst beantragt. Über ihn entscheidet eine zweite Person.")
    changed = Supportzugriff.objects.filter(pk=pk, zustand__in=SUPPORTZUGRIFF.zustaende_mit(aktion)).update(
        zustand=SUPPORTZUGRIFF.ziel(aktion), entschieden_von=akteur.user_id, entschieden_at=real_now(), **fields
    )
    if not changed:
        raise Konflikt(ENTSCHIEDEN)
    zugriff = Supportzugriff.objects.get(pk=pk)
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=_ENTSCHIEDEN[aktion],
        objekt_art="journal.supportzugriff", objekt_id=pk, grund=f"Ticket {zugriff.ticket}",
    )  # fmt: skip
    return zugriff


def grant_support(*, akteur: Akteur, pk: UUID, bemerkung: str = "") -> Supportzugriff:
    """Let the operator look, from now for the hours asked for."""
    zugriff = Supportzugriff.objects.get(pk=pk)
    check_autor(zugriff.beantragt_von)
    return _decide(
        akteur, pk, SupportAktion.BEWILLIGEN, bemerkung=bemerkung[:500],
        gueltig_bis=real_now() + timedelta(hours=zugriff.stunden),
    )  # fmt: skip


def decline_support(*, akteur: Akteur, pk: UUID, bemerkung: str = "") -> Supportzugriff:
    """Refuse."""
    return _decide(akteur, pk, SupportAktion.ABLEHNEN, bemerkung=bemerkung[:500])


def revoke_support(*, akteur: Akteur, pk: UUID) -> Supportzugriff:
    """End it at once."""
    return _decide(akteur, pk, SupportAktion.WIDERRUFEN, beendet_at=real_now())
