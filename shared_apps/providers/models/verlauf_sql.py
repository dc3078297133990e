"""The one function that writes the history of the register, and the triggers that call it (ADR 0071).

As the journal's: statement-level triggers with transition tables, one INSERT … SELECT for a statement. With the
owner's rights, because no role may write into the history; it takes no argument and nobody can call it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from psycopg import sql

FUNCTION = "providers_verlauf_notieren"
#: Acting person of a request that nobody has signed in for (`tenants.door.middleware`).
NIEMAND = UUID(int=0)
#: Trigger name → (event, REFERENCING clause).
TRIGGERS = {
    "providers_verlauf_anlegen": ("INSERT", "REFERENCING NEW TABLE AS neue"),
    "providers_verlauf_aendern": ("UPDATE", "REFERENCING OLD TABLE AS alte NEW TABLE AS neue"),
    "providers_verlauf_loeschen": ("DELETE", "REFERENCING OLD TABLE AS alte"),
}
#: Rows as `alt`, `neu`, of each kind of statement.
_ROWS = {
    "INSERT": "SELECT NULL::jsonb AS alt, to_jsonb(n) AS neu FROM neue n",
    "UPDATE": "SELECT to_jsonb(a) AS alt, to_jsonb(n) AS neu FROM alte a JOIN neue n ON n.id = a.id",
    "DELETE": "SELECT to_jsonb(a) AS alt, NULL::jsonb AS neu FROM alte a",
}

_BODY = """
DECLARE
    d jsonb := {declared}::jsonb -> TG_TABLE_NAME;
    werte text[] := ARRAY(SELECT jsonb_array_elements_text(d -> 'werte'));
    haus text[] := ARRAY(SELECT jsonb_array_elements_text(d -> 'haus'));
    vermerkte text[] := ARRAY(SELECT jsonb_array_elements_text(d -> 'vermerkt'));
    person uuid := nullif(nullif(current_setting('sojus.user', true), ''), {niemand})::uuid;
    anfrage uuid := substring(current_setting('sojus.request', true)
                              FROM '^[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$');
    heute date := (now() AT TIME ZONE {zone})::date;  -- the session's day is the one of UTC
    ist_haus boolean := cardinality(sojus_anbieter()) > 0;
    aemter text[] := '{{}}';
    haeuser uuid[] := '{{}}';
    liste date;
BEGIN
    IF person IS NOT NULL AND NOT ist_haus THEN
        SELECT coalesce(array_agg(DISTINCT t.kuerzel::text) FILTER (WHERE t.id IS NOT NULL), '{{}}'),
               coalesce(array_agg(DISTINCT m.anbieter_id) FILTER (WHERE m.anbieter_id IS NOT NULL), '{{}}')
          INTO aemter, haeuser
          FROM accounts_membership m LEFT JOIN tenants_tenant t ON t.id = m.tenant_id
         WHERE m.user_id = person AND m.gueltig_ab <= heute AND (m.gueltig_bis IS NULL OR m.gueltig_bis > heute);
    END IF;
    IF anfrage IS NOT NULL THEN
        liste := {liste};
    END IF;{inserts}
    RETURN NULL;
END
"""

_INSERT = """
    IF TG_OP = {op} THEN
    INSERT INTO {history} (
        id, created_at, kopf_id, tabelle, zeile, art, anbieter_id, einrichtung_id, angebot_id, bezeichnung, vorher,
        nachher, haus_vorher, haus_nachher, vermerkt, fuer_amt, gilt_ab, wer, amt, haus_person_id, amt_person_id,
        liste_vom, transaktion)
    WITH zeilen AS MATERIALIZED (
        SELECT gen_random_uuid() AS id, alt, neu, coalesce(neu, alt) AS z FROM ({rows}) r
    ), notiert AS (
        SELECT zeilen.*, v.*, ab.neu AS ab_neu, ab.alt AS ab_alt, bis.neu AS bis_neu, bis.alt AS bis_alt
          FROM zeilen
         CROSS JOIN LATERAL (
             SELECT coalesce(jsonb_object_agg(k, alt -> k) FILTER (WHERE k = ANY (werte) AND {said_alt}), '{{}}')
                        AS vorher,
                    coalesce(jsonb_object_agg(k, neu -> k) FILTER (WHERE k = ANY (werte) AND {said_neu}), '{{}}')
                        AS nachher,
                    coalesce(jsonb_object_agg(k, alt -> k) FILTER (WHERE k = ANY (haus) AND {said_alt}), '{{}}')
                        AS haus_vorher,
                    coalesce(jsonb_object_agg(k, neu -> k) FILTER (WHERE k = ANY (haus) AND {said_neu}), '{{}}')
                        AS haus_nachher,
                    coalesce(array_agg(k::varchar ORDER BY k) FILTER (WHERE k = ANY (vermerkte) AND {said_neu}), '{{}}')
                        AS vermerkt
               FROM unnest(werte || haus || vermerkte) k
              WHERE alt -> k IS DISTINCT FROM neu -> k
         ) v
         CROSS JOIN LATERAL (SELECT {ab_alt} AS alt, {ab_neu} AS neu) ab
         CROSS JOIN LATERAL (SELECT {bis_alt} AS alt, {bis_neu} AS neu) bis
    ), belegt AS (
        SELECT k.*, e.id AS einrichtung, a.id AS angebot, g.kuerzel AS ort,
               coalesce(g.id::text, '') AS ort_id,
               coalesce(e.anbieter_id, (k.z ->> 'anbieter_id')::uuid,
                        CASE WHEN TG_TABLE_NAME = 'providers_anbieter' THEN (k.z ->> 'id')::uuid END) AS anbieter,
               CASE WHEN k.alt IS NULL THEN k.ab_neu WHEN k.neu IS NULL THEN NULL
                    WHEN k.bis_neu IS DISTINCT FROM k.bis_alt AND k.bis_neu IS NOT NULL THEN k.bis_neu
                    WHEN k.ab_neu IS DISTINCT FROM k.ab_alt OR (d ->> 'stets')::boolean THEN k.ab_neu END AS gilt
          FROM notiert k
          LEFT JOIN providers_platz p ON p.id = (k.z ->> 'platz_id')::uuid
          LEFT JOIN providers_angebot a ON a.id = coalesce((k.z ->> 'angebot_id')::uuid, p.angebot_id,
               CASE WHEN TG_TABLE_NAME = 'providers_angebot' THEN (k.z ->> 'id')::uuid END)
          LEFT JOIN providers_einrichtung e ON e.id = coalesce((k.z ->> 'einrichtung_id')::uuid, a.einrichtung_id,
               CASE WHEN TG_TABLE_NAME = 'providers_einrichtung' THEN (k.z ->> 'id')::uuid END)
          LEFT JOIN regions_gebietskoerperschaft g ON g.id = e.gebietskoerperschaft_id
         WHERE k.alt IS NULL OR k.neu IS NULL OR k.nachher <> '{{}}' OR k.haus_nachher <> '{{}}'
            OR cardinality(k.vermerkt) > 0
    ), von AS (
        SELECT b.*,
               CASE WHEN ist_haus OR (cardinality(aemter) = 0 AND b.anbieter = ANY (haeuser)) THEN 'HAUS'
                    WHEN person IS NULL THEN 'SYSTEM' WHEN cardinality(aemter) > 0 THEN 'AMT' ELSE 'BETRIEB' END AS wer
          FROM belegt b WHERE b.anbieter IS NOT NULL
    )
    SELECT w.id, clock_timestamp(),
           CASE WHEN d ->> 'reihe' <> '' THEN nullif(first_value(w.id) OVER (
               PARTITION BY w.anbieter, w.angebot, w.vorher - (d ->> 'reihe'), w.nachher - (d ->> 'reihe'),
                            w.haus_vorher, w.haus_nachher, w.vermerkt, w.gilt
               ORDER BY length(w.z ->> (d ->> 'reihe')), w.z ->> (d ->> 'reihe'), w.id), w.id) END,
           TG_TABLE_NAME, w.z ->> 'id', {art}, w.anbieter, w.einrichtung, w.angebot,
           CASE WHEN d ->> 'bezeichnung' = '' THEN '' ELSE coalesce(w.z ->> (d ->> 'bezeichnung'), '') END,
           w.vorher, w.nachher, w.haus_vorher, w.haus_nachher, w.vermerkt,
           NOT (d ->> 'nur_haus')::boolean
               AND coalesce(w.z ->> nullif(d ->> 'nur_haus_mit', ''), w.ort_id) = w.ort_id
               AND (TG_OP <> 'UPDATE' OR w.nachher <> '{{}}' OR cardinality(w.vermerkt) > 0),
           w.gilt, w.wer,
           CASE WHEN w.wer <> 'AMT' THEN '' WHEN w.ort = ANY (aemter) THEN w.ort ELSE aemter[1] END,
           CASE WHEN w.wer = 'HAUS' THEN person END, CASE WHEN w.wer = 'AMT' THEN person END,
           liste, pg_current_xact_id()::text::bigint
      FROM von w;
    END IF;"""

#: First day that one of the columns `ab` says, or that of the period; and the first day after the last.
_AB = """CASE WHEN d ->> 'zeit' <> '' THEN lower(({row} ->> (d ->> 'zeit'))::daterange)
         ELSE (SELECT ({row} ->> f.n)::date FROM jsonb_array_elements_text(d -> 'ab') WITH ORDINALITY f (n, o)
                WHERE {row} ->> f.n IS NOT NULL ORDER BY f.o LIMIT 1) END"""
_BIS = """CASE WHEN d ->> 'zeit' <> '' THEN upper(({row} ->> (d ->> 'zeit'))::daterange)
         WHEN d ->> 'bis' <> '' THEN ({row} ->> (d ->> 'bis'))::date END"""
_NOT_EMPTY = "{row} -> k NOT IN ('null', '\"\"', '[]')"
#: Kind of statement → the journal's word, rows, what is said of a row before and after: of a new one, or of one that
#: went, only what is not empty.
_KINDS = {
    "INSERT": ("ANLEGEN", "false", _NOT_EMPTY.format(row="neu")),
    "UPDATE": ("AENDERN", "true", "true"),
    "DELETE": ("LOESCHEN", _NOT_EMPTY.format(row="alt"), "false"),
}


def _insert(op: str, history: str) -> sql.Composed:
    art, said_alt, said_neu = _KINDS[op]
    days = {f"{name}_{row}": sql.SQL(text.format(row=f"zeilen.{row}")) for row in ("alt", "neu")
            for name, text in (("ab", _AB), ("bis", _BIS))}  # fmt: skip
    return sql.SQL(_INSERT).format(
        op=sql.Literal(op), art=sql.Literal(art), history=sql.Identifier("public", history), rows=sql.SQL(_ROWS[op]),
        said_alt=sql.SQL(said_alt), said_neu=sql.SQL(said_neu), **days,
    )  # fmt: skip


def _list_days(zone: str) -> sql.Composed:
    """The day of the list whose id is the request: a model says which column has it (`verlauf_liste`)."""
    lists = [(m._meta.db_table, vars(m)["verlauf_liste"]) for m in apps.get_models() if "verlauf_liste" in vars(m)]
    day = sql.SQL("(SELECT (l.{} AT TIME ZONE {})::date FROM {} l WHERE l.id = anfrage)")
    found = [day.format(sql.Identifier(column), sql.Literal(zone), sql.Identifier(table)) for table, column in lists]
    return sql.SQL(", ").join([*found, sql.SQL("NULL::date")])


def body(history: type[models.Model], declared: Mapping[str, Mapping[str, Any]], zone: str) -> sql.Composed:
    """The function's body, for the tables that are declared."""
    return sql.SQL(_BODY).format(
        declared=sql.Literal(json.dumps(declared, ensure_ascii=False)),
        niemand=sql.Literal(str(NIEMAND)),
        zone=sql.Literal(zone),
        liste=sql.SQL("coalesce({})").format(_list_days(zone)),
        inserts=sql.SQL("").join([_insert(op, history._meta.db_table) for op in _KINDS]),
    )
