"""Who reads the worklist of a provider."""

from __future__ import annotations

from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.inbox.models import Hinweis


def may_read_inbox(akteur: Akteur) -> bool:
    """People of a provider."""
    return akteur.ist_anbieter


def visible_hinweise(akteur: Akteur) -> QuerySet[Hinweis]:
    """Pointers to the person's own provider, for staff of a facility to theirs; row-level security says the same."""
    rows = Hinweis.objects.filter(anbieter_id__in=akteur.anbieter_ids)
    return rows.filter(angebot__einrichtung__in=akteur.einrichtung_ids) if akteur.einrichtung_ids else rows
