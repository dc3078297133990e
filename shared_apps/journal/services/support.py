"""Ask an office for access, look, end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import ProgrammingError, connection, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.journal.models import Supportzugriff
from shared_apps.journal.policies import may_use_support
from shared_apps.journal.states import SUPPORTZUGRIFF, SupportAktion
from tenants.models import Tenant

HOECHSTENS = 4
ABGELAUFEN = "Dieser Zugriff ist nicht bewilligt, beendet oder abgelaufen. Bitte beantragen Sie ihn neu."


@dataclass(frozen=True, slots=True)
class Tabellenstand:
    """How many rows a table has, and when the last one came."""

    tabelle: str
    zeilen: int
    zuletzt: datetime | None


def request_support(*, akteur: Akteur, tenant: Tenant, ticket: str, grund: str, stunden: int) -> Supportzugriff:
    """Ask the office; nothing is open before it has approved."""
    if not may_use_support(akteur):
        raise Verweigert("Supportzugriffe beantragt der Betrieb am Portal.")
    ticket, grund = ticket.strip(), grund.strip()
    if not ticket:
        raise RegelVerletzt("Bitte nennen Sie das Ticket.", feld="ticket")
    if len(grund) < 10:
        raise RegelVerletzt("Bitte beschreiben Sie, wonach Sie suchen.", feld="grund")
    if not 1 <= stunden <= HOECHSTENS:
        raise RegelVerletzt(f"Möglich sind 1 bis {HOECHSTENS} Stunden.", feld="stunden")
    return Supportzugriff.objects.create(
        mandant=tenant.schema_name, ticket=ticket[:40], grund=grund[:500], stunden=stunden, beantragt_von=akteur.user_id
    )


def end_support(*, akteur: Akteur, zugriff: Supportzugriff) -> None:
    """The operator is done before the time is up."""
    changed = Supportzugriff.objects.filter(
        pk=zugriff.pk,
        beantragt_von=akteur.user_id,
        zustand__in=SUPPORTZUGRIFF.zustaende_mit(SupportAktion.BEENDEN),
    ).update(zustand=SUPPORTZUGRIFF.ziel(SupportAktion.BEENDEN), beendet_at=real_now())
    if not changed:
        raise Konflikt("Dieser Zugriff ist schon beendet.")


def _ask(statement: str, params: list) -> list[tuple]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall()
    except ProgrammingError as error:
        raise Verweigert(ABGELAUFEN) from error


def get_support_uebersicht(*, zugriff_id: UUID) -> list[Tabellenstand]:
    """Number of rows of each table. Checked and logged by the database; call it on the portal."""
    rows = _ask("SELECT tabelle, zeilen, zuletzt FROM journal_support_uebersicht(%s)", [zugriff_id])
    return [Tabellenstand(*row) for row in rows]


def get_support_zeile(*, zugriff_id: UUID, tabelle: str, schluessel: UUID) -> dict | None:
    """Technical columns of one row, or None. Checked and logged by the database; call it on the portal."""
    found = _ask("SELECT journal_support_zeile(%s, %s, %s)", [zugriff_id, tabelle, schluessel])[0][0]
    return json.loads(found) if isinstance(found, str) else found
