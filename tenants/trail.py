"""The trail of writes: triggers on every table of a tenant schema, made by the fence and not by hand.

Statement-level triggers with transition tables: one INSERT … SELECT for a statement, however many rows it
changed. They note which row changed in which columns, by whom, under which role; never a value. The function
runs with the owner's rights, so the tenant's role needs, and has, no right to write into the trail itself.
"""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from psycopg import sql

#: Where the triggers write (model audit.Aenderung); tenants/ lies below tenant_apps and cannot import it.
TRAIL_TABLE = "audit_aenderung"
FUNCTION = "audit_aenderung_notieren"
REFUSE = "sojus_nur_fortschreiben"
#: Trigger name → (event, REFERENCING clause).
TRIGGERS = {
    "sojus_spur_anlegen": ("INSERT", "REFERENCING NEW TABLE AS neu"),
    "sojus_spur_aendern": ("UPDATE", "REFERENCING OLD TABLE AS alt NEW TABLE AS neu"),
    "sojus_spur_loeschen": ("DELETE", "REFERENCING OLD TABLE AS alt"),
    "sojus_spur_leeren": ("TRUNCATE", ""),
}
REFUSING_TRIGGER = "sojus_nur_fortschreiben"

_BODY = """
DECLARE
    wer uuid := nullif(current_setting('sojus.user', true), '')::uuid;
    anfrage text := coalesce(current_setting('sojus.request', true), '');
    gesetzt text := current_setting('role', true);
    rolle text := CASE WHEN gesetzt IS NULL OR gesetzt = 'none' THEN session_user::text ELSE gesetzt END;
    tx bigint := pg_current_xact_id()::text::bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO {trail} (id, created_at, user_id, datenbankrolle, datenbanklogin, art, tabelle, zeile, felder,
                             request_id, transaktion)
        SELECT gen_random_uuid(), clock_timestamp(), wer, rolle, session_user, 'ANLEGEN', TG_TABLE_NAME, n.id::text,
               '{{}}'::varchar[], anfrage, tx
          FROM neu n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO {trail} (id, created_at, user_id, datenbankrolle, datenbanklogin, art, tabelle, zeile, felder,
                             request_id, transaktion)
        SELECT gen_random_uuid(), clock_timestamp(), wer, rolle, session_user, 'LOESCHEN', TG_TABLE_NAME, a.id::text,
               '{{}}'::varchar[], anfrage, tx
          FROM alt a;
    ELSIF TG_OP = 'TRUNCATE' THEN
        INSERT INTO {trail} (id, created_at, user_id, datenbankrolle, datenbanklogin, art, tabelle, zeile, felder,
                             request_id, transaktion)
        VALUES (gen_random_uuid(), clock_timestamp(), wer, rolle, session_user, 'LEEREN', TG_TABLE_NAME, '',
                '{{}}'::varchar[], anfrage, tx);
    ELSE
        -- A row whose key itself was changed is one that went and one that came.
        INSERT INTO {trail} (id, created_at, user_id, datenbankrolle, datenbanklogin, art, tabelle, zeile, felder,
                             request_id, transaktion)
        SELECT gen_random_uuid(), clock_timestamp(), wer, rolle, session_user,
               CASE WHEN a.id IS NULL THEN 'ANLEGEN' WHEN n.id IS NULL THEN 'LOESCHEN' ELSE 'AENDERN' END,
               TG_TABLE_NAME, coalesce(n.id, a.id)::text, geaendert.felder, anfrage, tx
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


def apply_shared_functions() -> None:
    """Functions of the public schema the policies and triggers of all tenants use."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION public.sojus_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $f$"
            " SELECT nullif(current_setting('sojus.user', true), '')::uuid $f$"
        )
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION public.{REFUSE}() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN"
            " IF current_setting('sojus.aufbewahrung', true) = TG_TABLE_NAME THEN RETURN NULL; END IF;"
            " RAISE EXCEPTION 'Das Protokoll wird nur fortgeschrieben: % auf % ist nicht erlaubt.', TG_OP,"
            " TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $f$"
        )


def apply_tenant_trail(schema: str) -> None:
    """Give every table of the schema its triggers; repeatable, makes only what is missing."""
    place = sql.Identifier(schema)
    function = sql.SQL("{}.{}").format(place, sql.Identifier(FUNCTION))
    body = sql.SQL(_BODY).format(trail=sql.SQL("{}.{}").format(place, sql.Identifier(TRAIL_TABLE)))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql"
                " SECURITY DEFINER SET search_path = public, pg_temp AS {}"
            ).format(function, sql.Literal(body.as_string(cursor.connection)))
        )
        cursor.execute(sql.SQL("REVOKE ALL ON FUNCTION {}() FROM PUBLIC").format(function))
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relnamespace = %s::regnamespace AND NOT t.tgisinternal",
            [schema],
        )
        existing = set(cursor.fetchall())
        for model in tenant_models():
            table = model._meta.db_table
            target = sql.SQL("{}.{}").format(place, sql.Identifier(table))
            if is_trail(model):
                if (table, REFUSING_TRIGGER) not in existing:
                    cursor.execute(
                        sql.SQL(
                            "CREATE TRIGGER {} BEFORE UPDATE OR DELETE OR TRUNCATE ON {}"
                            " FOR EACH STATEMENT EXECUTE FUNCTION public.{}()"
                        ).format(sql.Identifier(REFUSING_TRIGGER), target, sql.Identifier(REFUSE))
                    )
                continue
            if model._meta.pk.column != "id":
                raise RuntimeError(f"{model._meta.label}: the trail needs a key column named id")
            for name, (event, referencing) in TRIGGERS.items():
                if (table, name) not in existing:
                    cursor.execute(
                        sql.SQL("CREATE TRIGGER {} AFTER {} ON {} {} FOR EACH STATEMENT EXECUTE FUNCTION {}()").format(
                            sql.Identifier(name), sql.SQL(event), target, sql.SQL(referencing), function
                        )
                    )
