"""Two dumps of one moment: everything without the keys of persons, and the keys apart (ADR 0017, 0035)."""

from __future__ import annotations

import os
import secrets
import shutil
import tarfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from tenants.db import roles
from tenants.db.locks import PairLock
from tenants.db.values import one_value
from tenants.models import Tenant
from tenants.operations.backup import programs
from tenants.operations.backup.errors import SicherungFehler
from tenants.operations.backup.manifest import DATEIEN, DATEN, SCHLUESSEL, Manifest, peek
from tenants.trail.triggers import tenant_models

Report = Callable[[str], None]
UNFINISHED = ".unfertig"
#: Content that is not kept: whoever was signed in signs in again, and no living session is in an archive.
NOT_KEPT = ("public.django_session",)


class Gesichert(NamedTuple):
    """The two folders, and the offices (schema → German reason) of which something was not there to be backed up."""

    daten: Path
    schluessel: Path
    unvollstaendig: dict[str, str]


def kept_apart() -> list[str]:
    """Tables of a tenant schema that only the short-lived half of a backup may hold (`kept_apart` of the model)."""
    return sorted(m._meta.db_table for m in apps.get_models() if getattr(m, "kept_apart", False))


def create_backup(
    *, nach: Path, schluessel_nach: Path, tenant: Tenant | None = None, report: Report = lambda line: None
) -> Gesichert:
    """Back up everything, or this office alone. Returns the two folders, complete and on disk.

    An office of which a table or the whole schema is missing stops nobody: what is there is backed up, and both
    papers name it. Raises `SicherungFehler` (German). A run that was killed leaves folders that end in `.unfertig`; the
    next one removes them. Several may run at once.
    """
    nach, schluessel_nach = nach.resolve(), schluessel_nach.resolve()
    if nach == schluessel_nach or nach in schluessel_nach.parents or schluessel_nach in nach.parents:
        raise SicherungFehler(
            "Die Schlüssel der Personen gehören an einen anderen Ort als die Daten: nennen Sie zwei getrennte Ordner."
        )
    now = datetime.now(UTC)
    kind = f"{tenant.schema_name}-" if tenant else ""
    # Names sort by the moment; two backups of one second are told apart, or "older keys" would be a matter of chance.
    name = f"sojus-{kind}{now:%Y-%m-%dT%H%M%S.%fZ}-{secrets.token_hex(3)}"
    with programs.connect() as held:
        _hold(held, name)
        daten, keys = _fresh(held, nach, name), _fresh(held, schluessel_nach, name)
        # One moment for both dumps and for the counts: everybody reads this transaction's snapshot.
        held.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        held.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(roles.owner())))
        snapshot = one_value(held.execute("SELECT pg_export_snapshot()"))
        schemas = _schemas(held, tenant)
        tables = _tables(held, schemas)
        missing = _missing(tables)
        if tenant and not tables[tenant.schema_name]:
            raise SicherungFehler(f"{tenant.kuerzel}: {missing[tenant.schema_name]}. Es gibt nichts zu sichern.")
        manifest = partial(
            Manifest, sicherung=name, erstellt=now.isoformat(timespec="microseconds"),
            postgres=held.info.server_version, rollen_praefix=settings.DB_ROLE_PREFIX, schemas=schemas,
            umfang=tenant.schema_name if tenant else "", migrationen=_migrations(held), unvollstaendig=missing,
        )  # fmt: skip
        report("Daten ohne die Schlüssel der Personen …")
        _dump(daten / DATEN, snapshot, _data_words(schemas, tenant))
        report("Schlüssel der Personen …")
        _dump(keys / SCHLUESSEL, snapshot, ["--data-only", *_key_words(tables)])
        rows = _rows(held, schemas, tenant)
        seals = _seals(held, tables, tenant)
        held.execute("ROLLBACK")
        apart = set(kept_apart())
        is_key = {table: table.partition(".")[2] in apart for table in rows}
        count = None if tenant else _archive(daten / DATEIEN, report)
        manifest(
            art="daten", zeilen={t: n for t, n in rows.items() if not is_key[t]}, siegel=seals, dateien=count
        ).write(daten)
        manifest(art="schluessel", zeilen={t: n for t, n in rows.items() if is_key[t]}).write(keys)
        return Gesichert(_finish(daten), _finish(keys), missing)


def _hold(held: psycopg.Connection, name: str) -> bool:
    """Whether nobody else works at the backup of this name. It is held until the connection ends, killed or not."""
    return bool(one_value(held.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [PairLock.BACKUP, name])))


def _fresh(held: psycopg.Connection, parent: Path, name: str) -> Path:
    """The folder to write to. What a killed run left is removed, what another one is writing stays."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in parent.glob(f"sojus-*{UNFINISHED}"):
        if _hold(held, left.name.removesuffix(UNFINISHED)) and left.exists():  # or it has just been finished
            shutil.rmtree(left)
    folder = parent / f"{name}{UNFINISHED}"
    folder.mkdir(mode=0o700)
    return folder


def _finish(folder: Path) -> Path:
    """On disk, then under its name: a folder without `.unfertig` is complete."""
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return folder.rename(folder.with_name(folder.name.removesuffix(UNFINISHED)))


def remove_older_keys(folder: Path) -> int:
    """Of the finished key dumps beside this one only this one stays: a deleted person must not come back.

    But while an office is incomplete in this one, the newest that holds it whole stays too: without it the office could
    never come back.
    """
    finished = [p for p in folder.parent.glob("sojus-*") if p.is_dir() and not p.name.endswith(UNFINISHED)]
    others = [p for p in finished if p != folder and (p / SCHLUESSEL).exists()]
    scope = _scope(folder)
    older = sorted(p for p in others if _scope(p) == scope and p.name < folder.name)
    whole = {path: peek(path).get("schemas", {}).keys() - peek(path).get("unvollstaendig", {}) for path in older}
    needed = {
        max(holding)
        for schema in peek(folder).get("unvollstaendig", {})
        if (holding := [path for path in older if schema in whole[path]])
    }
    doomed = [path for path in older if path not in needed]
    for path in doomed:
        shutil.rmtree(path)
    return len(doomed)


def _scope(folder: Path) -> str:
    """`sojus-vg-2026-…` → vg; empty for a backup of everything."""
    first = folder.name.split("-")[1]
    return "" if first.isdigit() else first


def _schemas(held: psycopg.Connection, tenant: Tenant | None) -> dict[str, str]:
    rows = held.execute("SELECT schema_name, kuerzel FROM public.tenants_tenant ORDER BY 1").fetchall()
    found: dict[str, str] = dict(rows)
    return {tenant.schema_name: found[tenant.schema_name]} if tenant else found


def _migrations(held: psycopg.Connection) -> list[str]:
    rows = held.execute("SELECT app || '.' || name FROM public.django_migrations ORDER BY 1").fetchall()
    return sorted({row[0] for row in rows})


def _data_words(schemas: dict[str, str], tenant: Tenant | None) -> list[str]:
    words = [f"--exclude-table-data={table}" for table in NOT_KEPT]
    words += [f"--exclude-table-data=*.{table}" for table in kept_apart()]
    if tenant:
        return [f"--schema={tenant.schema_name}", *words]
    # Views for providers are recreated from what the program declares.
    return [*(f"--exclude-schema={roles.portal_schema(schema)}" for schema in schemas), *words]


def _tables(held: psycopg.Connection, schemas: Iterable[str]) -> dict[str, set[str]]:
    """Office's schema → its tables; none where the schema is missing."""
    found: dict[str, set[str]] = {schema: set() for schema in schemas}
    rows = held.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname = ANY (%s)",
        [list(found)],
    )
    for schema, table in rows:
        found[schema].add(table)
    return found


def missing_parts(held: psycopg.Connection, schemas: Iterable[str]) -> dict[str, str]:
    """Schema → which parts of the office are not there; offices that are whole are not in it."""
    return _missing(_tables(held, schemas))


def _missing(tables: dict[str, set[str]]) -> dict[str, str]:
    """Schema → which parts of the office are not there to be backed up; offices that are whole are not in it."""
    wanted = {model._meta.db_table for model in tenant_models()} | {MigrationRecorder.Migration._meta.db_table}
    said = {}
    for schema, there in tables.items():
        if not there:
            said[schema] = "das Schema fehlt oder ist leer"
        elif lost := sorted(wanted - there):
            said[schema] = f"fehlende Tabellen: {len(lost)}, zuerst {lost[0]}"
    return said


def _key_words(tables: dict[str, set[str]]) -> list[str]:
    """Without any such table nothing is dumped; pg_dump would take no choice to mean everything."""
    apart = kept_apart()
    chosen = [f"--table={schema}.{table}" for schema, there in tables.items() for table in apart if table in there]
    return chosen or ["--exclude-schema=*"]


def _dump(path: Path, snapshot: str, words: list[str]) -> None:
    programs.run(
        "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--role={roles.owner()}",
        f"--file={path}", *words,
    )  # fmt: skip
    path.chmod(0o600)


def _rows(held: psycopg.Connection, schemas: dict[str, str], tenant: Tenant | None) -> dict[str, int]:
    """`schema.table` → rows, of the same moment as the dumps."""
    homes = [*schemas, *([] if tenant else ["public"])]
    return {
        table: count
        for table, count in count_rows(held, homes).items()
        if table not in NOT_KEPT and not table.startswith("public.sojus_")
    }


def count_rows(held: psycopg.Connection, schemas: list[str]) -> dict[str, int]:
    """`schema.table` → rows, of every table of these schemas."""
    tables = held.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname = ANY (%s) ORDER BY 1, 2",
        [schemas],
    ).fetchall()
    return {
        f"{schema}.{table}": one_value(
            held.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table)))
        )
        for schema, table in tables
    }


def _seals(held: psycopg.Connection, tables: dict[str, set[str]], tenant: Tenant | None) -> dict[str, int]:
    from tenants.trail.chain import shared_trail, tenant_trail  # needs loaded models

    trails = [trail for schema, there in tables.items() if (trail := tenant_trail(schema)).siegel in there]
    trails += [] if tenant else [shared_trail()]
    return {
        trail.schema: one_value(
            held.execute(
                sql.SQL("SELECT coalesce(max(nummer), 0) FROM {}").format(sql.Identifier(trail.schema, trail.siegel))
            )
        )
        for trail in trails
    }


def _archive(path: Path, report: Report) -> int | None:
    """Files on this machine's disk; a bucket keeps its own versions."""
    if not isinstance(storages["default"], FileSystemStorage):
        report("Dateien liegen im Objektspeicher: dessen Versionen gehören zu dieser Sicherung.")
        return None
    root, count = Path(settings.MEDIA_ROOT), 0
    path.touch(mode=0o600)
    with tarfile.open(path, "w") as tar:
        for file in sorted(root.rglob("*")) if root.is_dir() else ():
            if file.is_file() and not file.is_symlink():
                tar.add(file, arcname=str(file.relative_to(root)), recursive=False)
                count += 1
    report(f"{count} Dateien.")
    return count
