"""Break-glass: the only way by which operations see anything of a tenant schema.

Two definer functions in the shared schema. Each call checks in the database that the office has approved
(`journal_supportzugriff`: right person, still one of the operator's, not ended, not over), writes the entry into the
OFFICE's own trail and only then answers, with technical columns: keys, states, points in time. No name, no text, no
number of a case, no link to a person. The role of the portal's pages (`sojus_land`) gets EXECUTE on the two that answer
and still no right on any tenant schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import models
from psycopg import sql

from tenants.tables.objects import Function
from tenants.tables.people import is_person
from tenants.trail.parts import Part, table_of
from tenants.trail.triggers import is_trail, tenant_models

#: Asked by the two others; nobody calls it.
_STEP = "journal_support_oeffnen"
_FUNCTIONS = {
    f"{_STEP}(zugriff uuid, art text, schluessel uuid, spalten text[])": (
        "text",
        """
DECLARE z record;
BEGIN
    SELECT mandant, ticket INTO z FROM public.{support} s
     WHERE s.id = zugriff AND s.zustand = 'BEWILLIGT' AND s.gueltig_bis > clock_timestamp()
       AND s.beantragt_von = public.sojus_user()
       AND public.sojus_ist_betreiber();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Kein gültiger Supportzugriff' USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('INSERT INTO %I.{reads} (id, created_at, user_id, rolle, aktion, vorgang, objekt_art,'
        ' objekt_id, personen, objekte, felder, grund, request_id) VALUES (gen_random_uuid(), clock_timestamp(), $1,'
        ' ''BETRIEB'', ''LESEN'', ''support.lesen'', $2, $3, ''{}'', ''{}'', $4, $5, $6)', z.mandant)
      USING public.sojus_user(), art, schluessel, spalten, 'Ticket ' || z.ticket,
            coalesce(current_setting('sojus.request', true), '');
    RETURN z.mandant;
END
""",
    ),
    "journal_support_uebersicht(zugriff uuid)": (
        "TABLE (tabelle text, zeilen bigint, zuletzt timestamptz)",
        """
DECLARE m text; t text; offen jsonb := {columns}::jsonb;
BEGIN
    m := public.journal_support_oeffnen(zugriff, 'uebersicht', NULL, '{{}}');
    FOR t IN SELECT jsonb_object_keys(offen) ORDER BY 1 LOOP
        tabelle := t;
        EXECUTE format('SELECT count(*)%s FROM %I.%I', CASE WHEN offen -> t ? 'created_at'
            THEN ', max(created_at)' ELSE ', NULL::timestamptz' END, m, t) INTO zeilen, zuletzt;
        RETURN NEXT;
    END LOOP;
END
""",
    ),
    "journal_support_zeile(zugriff uuid, welche text, schluessel uuid)": (
        "jsonb",
        """
DECLARE m text; spalten text[]; gefunden jsonb; offen jsonb := {columns}::jsonb;
BEGIN
    SELECT array_agg(c) INTO spalten FROM jsonb_array_elements_text(offen -> welche) c;
    IF spalten IS NULL THEN RETURN NULL; END IF;
    m := public.journal_support_oeffnen(zugriff, welche, schluessel, spalten);
    EXECUTE format('SELECT to_jsonb(r) FROM (SELECT %s FROM %I.%I WHERE id = $1) r',
        (SELECT string_agg(quote_ident(c), ', ') FROM unnest(spalten) c), m, welche)
      INTO gefunden USING schluessel;
    RETURN gefunden;
END
""",
    ),
}


def technical_columns() -> dict[str, list[str]]:
    """Table → columns operations may see under an approval: keys, states, points in time; never a person."""
    found = {}
    for model in tenant_models():
        if is_trail(model) or model._meta.pk.get_internal_type() != "UUIDField":
            continue
        if is_person(model) or not getattr(model, "seen_by_support", True):
            continue
        columns = [
            field.column
            for field in model._meta.concrete_fields
            if field.primary_key
            or isinstance(field, models.DateTimeField | models.BooleanField)
            or field.name == "zustand"
            or (isinstance(field, models.ForeignKey) and not is_person(field.related_model))
        ]
        found[model._meta.db_table] = columns
    return found


def _with_tables(text: str) -> str:
    """The text has braces of its own, so nothing else of it is looked at."""
    approvals, reads = table_of(Part.SUPPORT, office=False), table_of(Part.READS, office=True)
    return text.replace("{support}", approvals).replace("{reads}", reads)


def functions(*, caller: str) -> Iterator[Function]:
    """The functions of an approved access; only the role of the portal's pages may call the two that answer."""
    columns = sql.Literal(json.dumps(technical_columns()))
    for signature, (returns, text) in _FUNCTIONS.items():
        name, _, arguments = signature.removesuffix(")").partition("(")
        body = sql.SQL(text).format(columns=columns) if "{columns}" in text else sql.SQL(_with_tables(text))
        callers = () if name == _STEP else (caller,)
        yield Function("public", name, body, arguments=arguments, returns=returns, definer=True, callers=callers)
