"""The history of the register ends after its time. Owner process."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from shared_apps.core.errors import Verweigert
from shared_apps.providers.models import Registeraenderung
from shared_apps.providers.rules import VERLAUF_JAHRE
from tenants.context import on_portal

NUR_EIGENTUEMER = "Den Verlauf löscht nur der Eigentümer-Prozess (SOJUS_DB_MODE=owner)."


def purge_verlauf(*, now: datetime) -> int:
    """Remove what is older than `VERLAUF_JAHRE` years; returns how many rows that were.

    Raises Verweigert outside the owner's process: no other role may delete here, and the table refuses even the owner
    who does not name it.
    """
    if not connection.is_owner:
        raise Verweigert(NUR_EIGENTUEMER)
    table = Registeraenderung._meta.db_table
    with on_portal(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL sojus.aufbewahrung = '{table}'")
        cursor.execute(
            f"DELETE FROM {table} WHERE created_at < %s::timestamptz - make_interval(years => %s)",  # noqa: S608
            [now, VERLAUF_JAHRE],
        )
        many = cursor.rowcount
        cursor.execute("SET LOCAL sojus.aufbewahrung = ''")
    return many
