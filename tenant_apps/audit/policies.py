"""Who may ask for an approval, and who may decide."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.journal.models import Supportzugriff
from tenant_apps.audit.enums import FreigabeVorgang
from tenant_apps.audit.models import Freigabe
from tenant_apps.audit.states import FREIGABE, FreigabeAktion, FreigabeZustand


@dataclass(frozen=True, slots=True)
class VierAugen:
    """One kind of approval: who asks, who decides, for how long at most."""

    label: str
    beantragen: frozenset[Rolle]
    entscheiden: frozenset[Rolle]
    stunden: int = 4


_VORGAENGE: dict[str, VierAugen] = {}


def register_vorgang(code: str, vier_augen: VierAugen) -> None:
    """Make a kind of approval known; called when the app that needs it is loaded."""
    _VORGAENGE[code] = vier_augen


def get_vorgang(code: str) -> VierAugen:
    """The rules of this kind of approval; KeyError for an unknown code."""
    return _VORGAENGE[code]


def may_request_freigabe(akteur: Akteur, vorgang: str) -> bool:
    """Whether this person may ask for an approval of this kind."""
    return vorgang in _VORGAENGE and akteur.hat(*_VORGAENGE[vorgang].beantragen)


def is_own_request(akteur: Akteur, freigabe: Freigabe, eigene: frozenset[UUID]) -> bool:
    """Whether she has asked herself, with this account or another behind her mailbox (`list_eigene_konten`)."""
    return freigabe.beantragt_von == akteur.user_id or freigabe.beantragt_von in eigene


def may_decide_freigabe(akteur: Akteur, freigabe: Freigabe, eigene: frozenset[UUID]) -> bool:
    """Whether this person may approve or decline: the right role, open, and never one's own request."""
    return (
        FreigabeAktion.BEWILLIGEN in FREIGABE.erlaubt(FreigabeZustand(freigabe.zustand))
        and not is_own_request(akteur, freigabe, eigene)
        and freigabe.vorgang in _VORGAENGE
        and akteur.hat(*_VORGAENGE[freigabe.vorgang].entscheiden)
    )


register_vorgang(
    FreigabeVorgang.PROTOKOLL_LESEN,
    VierAugen(
        label="Protokoll einsehen",
        beantragen=frozenset({Rolle.DATENSCHUTZ}),
        entscheiden=frozenset({Rolle.DATENSCHUTZ, Rolle.JUGENDAMTSLEITUNG}),
        stunden=4,
    ),
)


def may_view_antraege(akteur: Akteur) -> bool:
    """Requests to read the trail: data protection officer and head of office."""
    return akteur.hat(Rolle.DATENSCHUTZ, Rolle.JUGENDAMTSLEITUNG)


def may_request_reading(akteur: Akteur) -> bool:
    """Ask to read the trail."""
    return may_request_freigabe(akteur, FreigabeVorgang.PROTOKOLL_LESEN)


def may_read_protokoll(akteur: Akteur) -> bool:
    """Read it, if a second person has approved (asked again in the view and in the database)."""
    return akteur.hat(Rolle.DATENSCHUTZ)


def may_view_own_entries(akteur: Akteur) -> bool:
    """Everybody of the office sees what the trail says about herself."""
    return akteur.ist_amt


def may_view_support(akteur: Akteur) -> bool:
    """Who is told when the operator looks at data: head, administration, data protection officer."""
    return akteur.hat(Rolle.JUGENDAMTSLEITUNG, Rolle.TENANT_ADMIN, Rolle.DATENSCHUTZ)


def is_own_support(akteur: Akteur, zugriff: Supportzugriff, eigene: frozenset[UUID]) -> bool:
    """Whether she, who works for the operator, too, has asked for it herself (`list_eigene_konten`)."""
    return zugriff.beantragt_von == akteur.user_id or zugriff.beantragt_von in eigene


def may_decide_support(akteur: Akteur) -> bool:
    """Approve, decline or take back the operator's access."""
    return akteur.hat(Rolle.JUGENDAMTSLEITUNG, Rolle.TENANT_ADMIN)
