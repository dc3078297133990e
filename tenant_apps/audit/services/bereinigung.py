"""Remove entries that only say somebody looked, when their time is over (ADR 0020). Owner process."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import connection
from psycopg import sql

from shared_apps.core.errors import RegelVerletzt, Verweigert
from tenant_apps.audit.models import Protokollbereinigung
from tenants.context import on_portal
from tenants.models import Tenant
from tenants.trail.chain import Pruefung, Trail, lock_name, tenant_trail

#: Months; `verify_audit` accepts no removal of anything younger than a year (tenants.trail.chain.SHORTEST_RETENTION).
MINDESTENS = 12
NUR_EIGENTUEMER = "Das Protokoll bereinigt nur der Eigentümer-Prozess (SOJUS_DB_MODE=owner)."


def purge_protokoll(*, tenant: Tenant, now: datetime) -> Protokollbereinigung | None:
    """Remove what is over its time in whole sealed segments, and seal the protocol of it; None when nothing is due.

    Raises Verweigert outside the owner's process, RegelVerletzt when the trail is not in order: a removal must not
    take away what shows that somebody altered it.
    """
    if not connection.is_owner:
        raise Verweigert(NUR_EIGENTUEMER)
    monate = settings.PROTOKOLL_LESEN_MONATE
    if monate <= MINDESTENS:
        raise RegelVerletzt("Leseeinträge bleiben länger als ein Jahr. Bitte prüfen Sie SOJUS_PROTOKOLL_LESEN_MONATE.")
    with on_portal():
        return _purge(tenant_trail(tenant.schema_name), now, monate)


def _purge(trail: Trail, now: datetime, monate: int) -> Protokollbereinigung | None:
    assert trail.lesen and trail.bereinigung  # an office's trail has both
    names = {
        "siegel": sql.Identifier(trail.schema, trail.siegel),
        "posten": sql.Identifier(trail.schema, trail.posten),
        "lesen": sql.Identifier(trail.schema, trail.lesen),
        "bereinigung": sql.Identifier(trail.schema, trail.bereinigung),
        "siegeln": sql.Identifier(trail.schema, trail.function),
    }

    def run(statement: str, params: list) -> tuple:
        cursor.execute(sql.SQL(statement).format(**names), params)
        return cursor.fetchone()

    with connection.cursor() as cursor:
        run("SELECT pg_advisory_xact_lock(hashtext(%s))", [lock_name(trail)])
        stichtag = run("SELECT %s::timestamptz - make_interval(months => %s)", [now, monate])[0]
        von = run("SELECT coalesce(max(bis_siegel), 0) + 1 FROM {bereinigung}", [])[0]
        bis = run("SELECT coalesce(max(nummer), 0) FROM {siegel} WHERE created_at < %s", [stichtag])[0]
        if bis < von:
            return None
        if maengel := Pruefung(trail).run().maengel:
            raise RegelVerletzt(f"Bitte klären Sie vor der Bereinigung die Mängel im Protokoll ({len(maengel)}).")
        cursor.execute(f"SET LOCAL sojus.aufbewahrung = '{trail.lesen}'")
        anzahl = run(
            "WITH weg AS (DELETE FROM {lesen} t USING {posten} p, {siegel} s WHERE p.tabelle = %s AND p.nur_lesen"
            " AND p.zeile = t.id::text AND s.id = p.siegel_id AND s.nummer BETWEEN %s AND %s RETURNING 1)"
            " SELECT count(*) FROM weg",
            [trail.lesen, von, bis],
        )[0]
        cursor.execute("SET LOCAL sojus.aufbewahrung = ''")
        made = Protokollbereinigung(
            id=uuid4(), tabelle=trail.lesen, stichtag=stichtag, anzahl=anzahl, von_siegel=von, bis_siegel=bis,
            frist_monate=monate,
        )  # fmt: skip
        made.created_at = run(
            "INSERT INTO {bereinigung} (id, created_at, tabelle, stichtag, anzahl, von_siegel, bis_siegel,"
            " frist_monate) VALUES (%s, clock_timestamp(), %s, %s, %s, %s, %s, %s) RETURNING created_at",
            [made.pk, made.tabelle, stichtag, anzahl, von, bis, monate],
        )[0]
        run("SELECT {siegeln}(false)", [])
    return made
