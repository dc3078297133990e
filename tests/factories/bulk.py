"""One booked and billed case many times over, by bare SQL: for plans and benches, not for stories."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg import Connection, sql

from tenant_apps.cases.keyring import build_key_rows
from tenants.context import in_tenant
from tenants.crypto import seal_with
from tenants.models import Tenant
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


def multiply(database: str, schema: str, *, many: int, own: int, workers: Sequence[tuple[UUID, str, int]] = ()) -> None:
    """Copy the one row of each of `TABLES` `many` times with keys of its own; `own` of them stay her provider's.

    The others belong to 40 providers and their facilities; four of five helps are over, no person is restricted.
    `workers`: (id, team, how many cases) of the first rows' workers; the last one has all the rest. Without: the one.
    Triggers and foreign keys are off meanwhile; statistics are fresh afterwards.
    """
    with owner.superuser(database) as connection:
        for table in TABLES:
            references = connection.execute(_REFERENCES, [schema, table, list(TABLES)]).fetchall()
            _copy(connection, schema, table, many, _fields(references, table, own, workers))


def copy_row(
    database: str, table: str, many: int, *, schema: str = "public", where: str = "true", **fields: str
) -> None:
    """Copy one row of a table `many` times; `fields`: column -> SQL of its value in copy number `n`."""
    fields = {"id": "gen_random_uuid()", "created_at": "now() - n * interval '1 minute'"} | fields
    with owner.superuser(database) as connection:
        _copy(connection, schema, table, many, fields, where)


def _copy(
    connection: Connection, schema: str, table: str, many: int, fields: dict[str, str], where: str = "true"
) -> None:
    connection.execute("SET session_replication_role = replica")
    names = connection.execute(
        "SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = ''",
        [f"{schema}.{table}"],
    ).fetchone()[0]
    columns = ", ".join(f'"{name}"' for name in names)
    copied = ", ".join(f'copy."{name}"' for name in names)
    pairs = ", ".join(f"'{name}', {value}" for name, value in fields.items() if name in names)
    connection.execute(
        f"INSERT INTO {schema}.{table} ({columns}) SELECT {copied} FROM {schema}.{table} one"
        f" CROSS JOIN generate_series(1, {many}) n"
        f" CROSS JOIN LATERAL jsonb_populate_record(one, jsonb_build_object({pairs})) copy"
        f" WHERE one.id = (SELECT id FROM {schema}.{table} WHERE {where} LIMIT 1)"
    )
    connection.execute(sql.SQL("ANALYZE {}.{}").format(sql.Identifier(schema), sql.Identifier(table)))


def _fields(
    references: list[tuple[str, str]], table: str, own: int, workers: Sequence[tuple[UUID, str, int]]
) -> dict[str, str]:
    """Column -> SQL of its value in copy number `n`."""
    key = "cases_klient" if table == "cases_personenschluessel" else table
    fields = {"id": _key(key)} | {column: _key(target) for column, target in references}
    fields |= {name: f"'{name[:1]}-' || n" for name in ("fallnummer", "pkz", "pseudonym", "nummer")}
    fields |= {
        "pkz_index": "md5('pkz' || n)",
        "platzbindung_id": "gen_random_uuid()",
        "eingereicht_at": "now() - n * interval '1 minute'",
        "created_at": "now() - n * interval '1 minute'",
        "gebucht_at": "now() - n * interval '1 minute'",
    }
    if table == "cases_hilfefall" and workers:
        fields |= {"fachkraft_id": _shared_out(workers, 0), "team": _shared_out(workers, 1)}
    for column in ("anbieter_id", "einrichtung_id"):
        fields[column] = (
            f"CASE WHEN n <= {own} THEN one.{column} ELSE md5('{column}' || n % {OTHER_PROVIDERS})::uuid END"
        )
    if table == "placements_auswahlvermerk":
        fields["nummer"] = "-n"  # no place in the chain: its trigger is off
        fields["nachtrag_zu_id"] = "NULL"  # a choice, and no note that corrects one
    if table == "placements_buchung":
        fields |= {
            "zustand": f"CASE WHEN {_ENDED} THEN 'BEENDET' ELSE one.zustand END",
            "ende_tatsaechlich": f"CASE WHEN {_ENDED} THEN date '2017-11-30' END",
            "beendigungsgrund": f"CASE WHEN {_ENDED} THEN '10' ELSE '' END",
        }
    return fields


def _key(table: str) -> str:
    return f"md5('{table}' || n)::uuid"


def _shared_out(workers: Sequence[tuple[UUID, str, int]], part: int) -> str:
    """SQL: whose case copy number `n` is, or of which team."""
    cases, upto = "", 0
    for worker in workers[:-1]:
        upto += worker[2]
        cases += f" WHEN n <= {upto} THEN '{worker[part]}'"
    return f"CASE{cases} ELSE '{workers[-1][part]}' END" if cases else f"'{workers[-1][part]}'"


_SEALED = ("vorname", "nachname", "geburtsdatum")


def seal_copies(database: str, schema: str) -> None:
    """Give each copied person a key and a name of her own, so that pages can open what they show."""
    with owner.superuser(database) as connection, in_tenant(Tenant.objects.get(schema_name=schema)):
        connection.execute(f"SET session_replication_role = replica; SET search_path = {schema}")
        ids = [pk for (pk,) in connection.execute("SELECT id FROM cases_klient")]
        keys, rows = build_key_rows(ids)
        columns = ", ".join(f"{name} bytea" for name in ("schluessel", *_SEALED))
        connection.execute(f"CREATE TEMP TABLE sealed (id uuid PRIMARY KEY, {columns})")
        with connection.cursor().copy("COPY sealed FROM STDIN") as copy:
            for number, row in enumerate(rows):
                plain = dict(zip(_SEALED, ("Kind", f"Nummer{number}", "2007-03-14"), strict=True))
                sealed = [
                    seal_with(keys[row["id"]], text.encode(), context=f"cases_klient|{name}|{row['id']}")
                    for name, text in plain.items()
                ]
                copy.write_row((row["id"], row["schluessel"], *sealed))
        changes = ", ".join(f"{name} = s.{name}" for name in _SEALED)
        for table, change in {
            "cases_personenschluessel": "schluessel = s.schluessel",
            "cases_klient": f"{changes}, pkz = ''",
        }.items():
            connection.execute(f"UPDATE {table} t SET {change} FROM sealed s WHERE s.id = t.id")
            connection.execute(f"VACUUM ANALYZE {table}")
