"""Who may do what with the rights of the person concerned."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.zustand import Schritte, Spur
from tenant_apps.cases.models import Klient
from tenant_apps.placements.policies import visible_klienten
from tenant_apps.privacy.models import Loeschlauf
from tenant_apps.privacy.states import LOESCHLAUF, LoeschlaufAktion, LoeschlaufZustand


def may_keep_rights(akteur: Akteur) -> bool:
    """Give Auskunft, restrict, prepare deletion: the data protection officer."""
    return akteur.hat(Rolle.DATENSCHUTZ)


def may_correct(akteur: Akteur) -> bool:
    """Correct or mark as disputed: case-leading roles for visible people, data protection for all."""
    return akteur.hat(Rolle.ASD, Rolle.TEAMLEITUNG, Rolle.DATENSCHUTZ)


def may_read_runs(akteur: Akteur) -> bool:
    """See deletion runs: data protection prepares, the lead of the office or a second officer approves."""
    return akteur.hat(Rolle.DATENSCHUTZ, Rolle.JUGENDAMTSLEITUNG)


#: Who may approve, discard and carry out a run at all; the second person besides: `may_approve_run`.
SCHRITTE_LOESCHLAUF = Schritte(
    LOESCHLAUF,
    dict.fromkeys(LoeschlaufAktion, may_read_runs),
    {LoeschlaufZustand.AUSGEFUEHRT: Spur("den Löschlauf freigegeben", "freigegeben_von", "freigegeben_at")},
)


def may_approve_run(akteur: Akteur, lauf: Loeschlauf, eigene: frozenset[UUID]) -> bool:
    """The second person: never who made the preview, with this account or another behind her mailbox
    (`list_eigene_konten`)."""
    return may_read_runs(akteur) and lauf.erstellt_von_id != akteur.user_id and lauf.erstellt_von_id not in eigene


def visible_personen(akteur: Akteur) -> QuerySet[Klient]:
    """Everybody of the office for data protection, restricted ones included; else the people of one's own cases."""
    if may_keep_rights(akteur):
        return Klient.objects.all()
    if may_correct(akteur):
        return visible_klienten(akteur).filter(eingeschraenkt_seit__isnull=True)
    return Klient.objects.none()
