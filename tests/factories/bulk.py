"""One booked and billed case many times over, by bare SQL: for plans and benches, not for stories."""

from __future__ import annotations

from psycopg import sql

from tests.tenants import owner

#: In the order of their keys.
TABLES = (
    "cases_klient", "cases_personenschluessel", "cases_hilfefall", "placements_suche", "placements_auswahlvermerk",
    "placements_reservierung", "placements_buchung", "billing_leistungsnachweis", "billing_rechnung",
    "billing_rechnungsposition", "billing_auszahlung",
)  # fmt: skip
OTHER_PROVIDERS = 40
_REFERENCES = """
    SELECT a.attname, r.relname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
    JOIN pg_class r ON r.oid = f.confrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.conkey[1]
    WHERE f.contype = 'f' AND c.relnamespace = %s::regnamespace AND c.relname = %s AND r.relname = ANY (%s)
"""
_ENDED = "n % 5 <> 0"


def multiply(database: str, schema: str, *, many: int, own: int) -> None:
    """Copy the one row of each of `TABLES` `many` times with keys of its own; `own` of them stay her provider's.

    The others belong to 40 providers and their facilities; four of five helps are over, no person is restricted.
    Triggers and foreign keys are off meanwhile; statistics are fresh afterwards.
    """
    with owner.superuser(database) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in TABLES:
            names = connection.execute(
                "SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                " AND NOT attisdropped",
                [f"{schema}.{table}"],
            ).fetchone()[0]
            fields = _fields(connection.execute(_REFERENCES, [schema, table, list(TABLES)]).fetchall(), table, own)
            pairs = ", ".join(f"'{name}', {value}" for name, value in fields.items() if name in names)
            connection.execute(
                f"INSERT INTO {schema}.{table} SELECT copy.* FROM {schema}.{table} one"
                f" CROSS JOIN generate_series(1, {many}) n"
                f" CROSS JOIN LATERAL jsonb_populate_record(one, jsonb_build_object({pairs})) copy"
                f" WHERE one.id = (SELECT id FROM {schema}.{table} LIMIT 1)"
            )
            connection.execute(sql.SQL("ANALYZE {}.{}").format(sql.Identifier(schema), sql.Identifier(table)))


def _fields(references: list[tuple[str, str]], table: str, own: int) -> dict[str, str]:
    """Column -> SQL of its value in copy number `n`."""
    key = "cases_klient" if table == "cases_personenschluessel" else table
    fields = {"id": _key(key)} | {column: _key(target) for column, target in references}
    fields |= {name: f"'{name[:1]}-' || n" for name in ("fallnummer", "pkz", "pseudonym", "nummer")}
    fields |= {
        "pkz_index": "md5('pkz' || n)",
        "platzbindung_id": "gen_random_uuid()",
        "eingereicht_at": "now() - n * interval '1 minute'",
    }
    for column in ("anbieter_id", "einrichtung_id"):
        fields[column] = (
            f"CASE WHEN n <= {own} THEN one.{column} ELSE md5('{column}' || n % {OTHER_PROVIDERS})::uuid END"
        )
    if table == "placements_buchung":
        fields |= {
            "zustand": f"CASE WHEN {_ENDED} THEN 'BEENDET' ELSE one.zustand END",
            "ende_tatsaechlich": f"CASE WHEN {_ENDED} THEN date '2017-11-30' END",
            "beendigungsgrund": f"CASE WHEN {_ENDED} THEN '10' ELSE '' END",
        }
    return fields


def _key(table: str) -> str:
    return f"md5('{table}' || n)::uuid"
