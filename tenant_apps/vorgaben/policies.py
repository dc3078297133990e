"""Who sees an office's settings, who sets one, who confirms as the second person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared_apps.accounts.akteur import Akteur
from tenant_apps.vorgaben.katalog import LESENDE, Vorgabe, get_erklaerte, list_erklaerte
from tenant_apps.vorgaben.models import Vorgabewert


def may_view_vorgaben(akteur: Akteur) -> bool:
    """Administration, head of the office, data protection."""
    return akteur.hat(*LESENDE)


def may_update_vorgaben(akteur: Akteur) -> bool:
    """Set at least one of them."""
    return any(may_update_vorgabe(akteur, vorgabe) for vorgabe in list_erklaerte())


def may_update_vorgabe(akteur: Akteur, vorgabe: Vorgabe[Any]) -> bool:
    """Set this one: the roles it names."""
    return akteur.hat(*vorgabe.aendern)


def may_grant_vorgaben(akteur: Akteur) -> bool:
    """Confirm at least one of those that take two people."""
    return any(vorgabe.zu_zweit and may_update_vorgabe(akteur, vorgabe) for vorgabe in list_erklaerte())


def may_grant_vorgabewert(akteur: Akteur, wert: Vorgabewert, eigene: frozenset[UUID]) -> bool:
    """The second person: one who may set it, too, and never whoever did, with this account or another behind her
    mailbox (`list_eigene_konten`)."""
    fremd = wert.user_id != akteur.user_id and wert.user_id not in eigene
    return fremd and may_update_vorgabe(akteur, get_erklaerte(wert.vorgabe))
