"""The trail of writes: triggers on every table of a tenant schema, made by the fence and not by hand.

Statement-level triggers with transition tables: one INSERT … SELECT for a statement, however many rows it
changed. They note which row changed in which columns, by whom, under which role; never a value. The function
runs with the owner's rights, so the tenant's role needs, and has, no right to write into the trail itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import models
from psycopg import sql

from tenants.tables.data_class import DataClass
from tenants.tables.links import link_name
from tenants.tables.objects import Function, Trigger
from tenants.trail.parts import Part, table_of

FUNCTION = "audit_aenderung_notieren"
SHARED_FUNCTION = "journal_notieren"
REFUSE = "sojus_nur_fortschreiben"
#: Trigger name → (event, REFERENCING clause).
TRIGGERS = {
    "sojus_spur_anlegen": ("INSERT", "REFERENCING NEW TABLE AS neu"),
    "sojus_spur_aendern": ("UPDATE", "REFERENCING OLD TABLE AS alt NEW TABLE AS neu"),
    "sojus_spur_loeschen": ("DELETE", "REFERENCING OLD TABLE AS alt"),
    "sojus_spur_leeren": ("TRUNCATE", ""),
}
REFUSING_TRIGGER = "sojus_nur_fortschreiben"
#: Sets the time of an entry to that of the database, whatever the statement says (ADR 0036).
TIMING = TIMING_TRIGGER = "sojus_zeit_setzen"
#: Parts of a trail whose time is the sealing function's own, and under the seal.
TIMED_BY_THE_SEAL = {Part.SEALS, Part.SEALED, Part.COPIES}

_BODY = """
DECLARE
    spur_wer uuid := nullif(current_setting('sojus.user', true), '')::uuid;
    spur_anfrage text := coalesce(current_setting('sojus.request', true), '');
    spur_gesetzt text := current_setting('role', true);
    spur_rolle text := CASE WHEN coalesce(spur_gesetzt, 'none') = 'none' THEN session_user::text ELSE spur_gesetzt END;
    spur_tx bigint := pg_current_xact_id()::text::bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO {trail} (id, created_at, user_id, datenbankrolle, datenbanklogin, art, tabelle, zeile, felder,
                             request_id, transaktion)
        SELECT gen_random_uuid(), clock_timestamp(), spur_wer, spur_rolle, session_user, 'ANLEGEN', TG_TABLE_NAME,
               n.id::text, '{{}}'::varchar[], spur_anfrage, spur_tx
          FROM neu n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO {trail} (id, created_at, user_id, datenbankrolle, datenbanklogin, art, tabelle, zeile, felder,
                             request_id, transaktion)
        SELECT gen_random_uuid(), clock_timestamp(), spur_wer, spur_rolle, session_user, 'LOESCHEN', TG_TABLE_NAME,
               a.id::text, '{{}}'::varchar[], spur_anfrage, spur_tx
          FROM alt a;
    ELSIF TG_OP = 'TRUNCATE' THEN
        INSERT INTO {trail} (id, created_at, user_id, datenbankrolle, datenbanklogin, art, tabelle, zeile, felder,
                             request_id, transaktion)
        VALUES (gen_random_uuid(), clock_timestamp(), spur_wer, spur_rolle, session_user, 'LEEREN', TG_TABLE_NAME, '',
                '{{}}'::varchar[], spur_anfrage, spur_tx);
    ELSE
        -- A row whose key itself was changed is one that went and one that came.
        INSERT INTO {trail} (id, created_at, user_id, datenbankrolle, datenbanklogin, art, tabelle, zeile, felder,
                             request_id, transaktion)
        SELECT gen_random_uuid(), clock_timestamp(), spur_wer, spur_rolle, session_user,
               CASE WHEN a.id IS NULL THEN 'ANLEGEN' WHEN n.id IS NULL THEN 'LOESCHEN' ELSE 'AENDERN' END,
               TG_TABLE_NAME, coalesce(n.id, a.id)::text, geaendert.felder, spur_anfrage, spur_tx
          FROM neu n FULL JOIN alt a ON a.id = n.id
         CROSS JOIN LATERAL (SELECT to_jsonb(n) AS neu, to_jsonb(a) AS alt OFFSET 0) j
         CROSS JOIN LATERAL (
             SELECT coalesce(array_agg(f.key::varchar ORDER BY f.key), '{{}}'::varchar[]) AS felder
               FROM jsonb_each(j.neu) f
              WHERE a.id IS NOT NULL AND n.id IS NOT NULL AND f.value IS DISTINCT FROM j.alt -> f.key
         ) geaendert
         WHERE a.id IS NULL OR n.id IS NULL OR cardinality(geaendert.felder) > 0;
    END IF;
    RETURN NULL;
END
"""


def tenant_models() -> list[type[models.Model]]:
    """Every model with a table in a tenant schema, join tables included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_config.name in settings.TENANT_APPS
        and model._meta.managed
        and model._meta.app_config.name != "guardian"
    ]


def is_trail(model: type[models.Model]) -> bool:
    """Whether the table belongs to the trail itself and is only ever continued."""
    return bool(getattr(model, "is_trail", False))


def shared_functions() -> Iterator[Function]:
    """Functions of the public schema the policies and triggers of all offices use, and the journal's own."""
    yield Function(
        "public",
        "sojus_user",
        sql.SQL(" SELECT nullif(current_setting('sojus.user', true), '')::uuid "),
        returns="uuid",
        language="sql",
        options="STABLE PARALLEL SAFE",
    )
    yield Function(
        "public",
        REFUSE,
        sql.SQL(
            " BEGIN"
            " IF TG_OP = 'DELETE' AND current_setting('sojus.aufbewahrung', true) = TG_TABLE_NAME THEN RETURN NULL;"
            " END IF;"
            " RAISE EXCEPTION 'Das Protokoll wird nur fortgeschrieben: % auf % ist nicht erlaubt.', TG_OP,"
            " TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END "
        ),
    )
    yield Function("public", TIMING, sql.SQL(" BEGIN NEW.created_at := clock_timestamp(); RETURN NEW; END "))
    yield _noting("public", SHARED_FUNCTION, table_of(Part.CHANGES, office=False))


def tenant_function(schema: str) -> Function:
    """What notes the changes of an office's tables."""
    return _noting(schema, FUNCTION, table_of(Part.CHANGES, office=True))


def _noting(schema: str, name: str, trail: str) -> Function:
    table = sql.SQL("{}.{}").format(sql.Identifier(schema), sql.Identifier(trail))
    return Function(schema, name, sql.SQL(_BODY).format(trail=table), definer=True, callers=())


def _triggers(schema: str, function: str, noted: list[type[models.Model]]) -> Iterator[Trigger]:
    """Of one schema: a table of the trail itself refuses, every other one is noted."""
    for model in noted:
        table = model._meta.db_table
        if is_trail(model):
            events = ("UPDATE", "DELETE", "TRUNCATE")
            yield Trigger(schema, table, REFUSING_TRIGGER, "BEFORE", events, ("public", REFUSE))
            if getattr(model, "trail_part", None) not in TIMED_BY_THE_SEAL:
                yield Trigger(schema, table, TIMING_TRIGGER, "BEFORE", ("INSERT",), ("public", TIMING), each="ROW")
            continue
        if model._meta.pk.column != "id":
            raise RuntimeError(f"{model._meta.label}: the trail needs a key column named id")
        for name, (event, referencing) in TRIGGERS.items():
            yield Trigger(schema, table, name, "AFTER", (event,), (schema, function), referencing=referencing)


def tenant_triggers(schema: str) -> Iterator[Trigger]:
    """Every table of the office has its triggers."""
    return _triggers(schema, FUNCTION, tenant_models())


def shared_models() -> list[type[models.Model]]:
    """Shared tables whose changes are noted: people, register, reference, and what opens doors; not traffic."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_config.name in settings.SHARED_APPS
        and model._meta.managed
        and _is_noted(model)
        and model._meta.pk.column == "id"
    ]


def _is_noted(model: type[models.Model]) -> bool:
    """As its model says (`is_journaled`; `journaled_links` for a table between two), else by its kind of data."""
    if is_trail(model):
        return True
    if (said := getattr(model, "is_journaled", None)) is not None:
        return said
    if owner := model._meta.auto_created:
        return link_name(model) in getattr(owner, "journaled_links", ())
    return getattr(model, "data_class", None) in {DataClass.PERSONAL, DataClass.ORGANISATION, DataClass.REFERENCE}


def shared_triggers() -> Iterator[Trigger]:
    """The same for the shared tables; they write into the journal."""
    return _triggers("public", SHARED_FUNCTION, shared_models())
