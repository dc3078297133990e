"""The way back: into an empty database, or one office beside the others (docs/adr/0035).

Nothing of a dump that says who may do what is trusted: rights, row rules and the providers' views come from the program
(`apply_fence`). Tables are filled before their triggers exist, so loading leaves no entry in any trail and needs no
superuser. A run that was killed is begun again from the start; a mark tells its remains from a living database. It goes
when the last loaded row is fenced, and notes what was loaded: remains in which somebody has worked are never dropped.
"""

from __future__ import annotations

import json
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from tenants.context import in_tenant
from tenants.db import roles
from tenants.db.locks import Lock
from tenants.db.values import one_value
from tenants.door.lag import known_migrations, lagging_schemas
from tenants.door.offices import Visit, describe, visit
from tenants.door.rueckkehr import DEFECT, DONE, MARK, RUNNING
from tenants.fence.bootstrap import bootstrap
from tenants.fence.grants import apply_tenant_fence
from tenants.models import Tenant, TenantZustand
from tenants.operations.backup import programs
from tenants.operations.backup.dump import count_rows, missing_parts
from tenants.operations.backup.errors import SicherungFehler
from tenants.operations.backup.manifest import DATEIEN, DATEN, SCHLUESSEL, Manifest, load
from tenants.operations.backup.registry import run_abgleich
from tenants.operations.release import release
from tenants.trail.chain import copies, restores, shared_trail, tenant_trail

Report = Callable[[str], None]
ASIDE = "_beiseite"
NIEMAND = "Hier hat seit der abgebrochenen Rückkehr niemand gearbeitet"
NOCH_EINMAL = "Rufen Sie „manage.py restore“ noch einmal auf."
#: Tables in which a return itself may leave more rows than it loaded.
_WRITTEN_BY_RELEASE = ("django_migrations",)
#: Kinds of entries the program makes itself, better than an old dump knows them.
_MADE_BY_THE_FENCE = ("ACL", "DEFAULT ACL", "POLICY", "EXTENSION")


@dataclass(frozen=True, slots=True)
class Sicherung:
    """Both halves of a backup, checked. The keys may be from a later one: who was deleted since stays deleted."""

    daten: Path
    schluessel: Path
    manifest: Manifest
    keys: Manifest


def open_backup(*, daten: Path, schluessel: Path, sealed: bool = True) -> Sicherung:
    """Check seals, files, halves, versions. Raises `SicherungFehler` (German). `sealed`: see `load`."""
    manifest = load(daten, art="daten", sealed=sealed)
    keys = load(schluessel, art="schluessel", sealed=sealed)
    if keys.erstellt < manifest.erstellt:
        raise SicherungFehler("Die Schlüssel sind älter als die Daten: nehmen Sie die neueste Sicherung der Schlüssel.")
    if missing := set(manifest.schemas) - set(keys.schemas):
        raise SicherungFehler(f"In den Schlüsseln fehlen: {', '.join(sorted(missing))}.")
    if newer := set(manifest.migrationen) - set(known_migrations()):
        raise SicherungFehler(
            f"Die Sicherung ist von einer neueren Version des Programms ({len(newer)} unbekannte Migrationen, zuerst"
            f" {min(newer)}): installieren Sie diese zuerst."
        )
    return Sicherung(daten, schluessel, manifest, keys)


@dataclass(frozen=True, slots=True)
class Marke:
    """What the mark of a return notes: which backup, and what it holds of each schema; more is newer."""

    sicherung: str
    siegel: dict[str, int]
    zeilen: dict[str, int]

    def to_text(self) -> str:
        """As the mark holds it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str | None) -> Marke | None:
        """None: of a version that noted nothing, so nothing can be compared."""
        start = (text or "").find("{")
        return cls(**json.loads(text[start:])) if text and start >= 0 else None


def _noted(sicherung: Sicherung, schemas: list[str]) -> Marke:
    rows = dict.fromkeys(schemas, 0)
    for table, number in (sicherung.manifest.zeilen | sicherung.keys.zeilen).items():
        schema, _, name = table.partition(".")
        if schema in rows and name not in _WRITTEN_BY_RELEASE:
            rows[schema] += number
    siegel = {schema: number for schema, number in sicherung.manifest.siegel.items() if schema in rows}
    return Marke(sicherung.manifest.sicherung, siegel, rows)


@contextmanager
def _alone() -> Iterator[psycopg.Connection]:
    """One restore at a time; the lock ends with the process, however that ends."""
    with programs.connect() as own:
        if not one_value(own.execute("SELECT pg_try_advisory_lock(%s)", [Lock.RESTORE])):
            raise SicherungFehler("Eine andere Rückkehr läuft schon.")
        yield own


# --- everything, into an empty database ---


def restore_all(*, sicherung: Sicherung, report: Report) -> dict[str, str]:
    """Bring everything back into an empty database. Raises `SicherungFehler` (German).

    Returns the offices that stay behind, schema → German reason: they stop nobody else.
    """
    if sicherung.manifest.umfang:
        raise SicherungFehler(f"Das ist die Sicherung eines Amtes: nennen Sie es mit --tenant {_kuerzel(sicherung)}.")
    schemas = sorted(sicherung.manifest.schemas)
    with _alone() as own:
        _empty_or_refuse(own, report)
        report("Rollen …")
        _bootstrap(report)
        own.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(roles.owner())))
        _as_owner(own, sql.SQL("CREATE TABLE public.{} (sicherung text NOT NULL)").format(sql.Identifier(MARK)))
        _as_owner(
            own,
            sql.SQL("INSERT INTO public.{} VALUES ({})").format(
                sql.Identifier(MARK), sql.Literal(_noted(sicherung, ["public", *schemas]).to_text())
            ),
        )
        _load(own, sicherung, ["public", *schemas], report)
        _restore_files(sicherung, report)
        report("Rechte, Zeilenregeln, Auslöser, Sichten …")
        connection.close()
        ergebnis = release()  # all rights, too; a right too many at one office keeps that office behind
        if too_many := ergebnis.verstoesse:
            raise SicherungFehler(f"{len(too_many)} Rechte zu viel, zuerst: {too_many[0]}")
        _narrow(own, ["public", *schemas])

        offices = Tenant.objects.all()
        lost = _failed(visit(offices, lambda tenant: _note(own, sicherung, tenant.schema_name)))
        _note(own, sicherung, "public")
        _as_owner(own, sql.SQL("DROP TABLE public.{}").format(sql.Identifier(MARK)))
        lost |= _failed(visit(offices, lambda tenant: tell(tenant, report)))
    report("Die Daten sind zurück.")
    incomplete = {schema: f"in der Sicherung unvollständig ({why})" for schema, why in _gaps(sicherung).items()}
    return lost | ergebnis.behind | incomplete


def _failed(visits: Iterable[Visit[None]]) -> dict[str, str]:
    return {v.tenant.schema_name: v.words for v in visits if v.error}


def _gaps(sicherung: Sicherung) -> dict[str, str]:
    """Offices of which the backup, or the keys that go with it, do not hold everything."""
    return {schema: f"Schlüssel: {why}" for schema, why in sicherung.keys.unvollstaendig.items()} | (
        sicherung.manifest.unvollstaendig
    )


def _kuerzel(sicherung: Sicherung) -> str:
    return sicherung.manifest.schemas[sicherung.manifest.umfang]


def _bootstrap(report: Report) -> None:
    settings.DB_OWNER_ASSUMES_ROLE = False
    connection.close()
    try:
        for note in bootstrap(app_password=settings.DB_APP_PASSWORD):
            report(note)
    finally:
        settings.DB_OWNER_ASSUMES_ROLE = True
        connection.close()


def _as_owner(own: psycopg.Connection, statement: sql.SQL | sql.Composed) -> None:
    with own.transaction():
        own.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(roles.owner())))
        own.execute(statement)


#: Tables, views, sequences of anybody but the system and extensions.
_RELATIONS = """SELECT n.nspname, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
    AND c.relkind IN ('r', 'v', 'm', 'S', 'p')
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relkind = 'S', n.nspname, c.relname"""  # a sequence goes with the table it is part of, and not before


def _empty_or_refuse(own: psycopg.Connection, report: Report) -> None:
    found = own.execute(_RELATIONS).fetchall()
    if not found:
        return
    if ("public", MARK, "r") not in found:
        raise SicherungFehler(
            f"Die Datenbank ist nicht leer ({len(found)} Tabellen und Sichten). Die Rückkehr überschreibt nichts: legen"
            " Sie eine neue an, oder nennen Sie mit --tenant das eine Amt, das zurückkehren soll."
        )
    if worked := _worked_since(own, {f"{schema}.{table}" for schema, table, _ in found}):
        raise SicherungFehler(
            f"In dieser Datenbank wurde seit der abgebrochenen Rückkehr gearbeitet ({worked}). Sie wird nicht"
            " weggeräumt: halten Sie Webserver und Arbeiter an und legen Sie für die Rückkehr eine neue, leere"
            " Datenbank an. Diese behalten Sie, bis feststeht, was in ihr neuer ist. Soll gelten, was hier ist, rufen"
            " Sie „manage.py end_rueckkehr“ auf."
        )
    report("Eine abgebrochene Rückkehr wird weggeräumt …")
    _wipe(own)


def _worked_since(own: psycopg.Connection, tables: set[str]) -> str:
    """Why the remains of a return are no mere remains; "": nothing but the return wrote into them."""
    mark = Marke.from_text(
        _one_as_owner(own, sql.SQL("SELECT max(sicherung) FROM public.{}").format(sql.Identifier(MARK)))
    )
    for trail in [shared_trail(), *map(tenant_trail, mark.siegel if mark else ())]:
        known = mark.siegel.get(trail.schema) if mark else None
        if known is not None and f"{trail.schema}.{trail.siegel}" in tables:
            last = _one_as_owner(own, _last_seal(trail.schema, trail.siegel))
            if last > known:
                return f"Siegel {last} in {trail.schema}, gesichert bis {known}"
    # A backup holds no session, so there is one only when somebody has come by since.
    there = "public.django_session" in tables and _one_as_owner(
        own, sql.SQL("SELECT count(*) FROM public.django_session")
    )
    return f"{there} Sitzungen" if there else ""


def _last_seal(schema: str, table: str) -> sql.Composed:
    return sql.SQL("SELECT coalesce(max(nummer), 0) FROM {}").format(sql.Identifier(schema, table))


def _one_as_owner(own: psycopg.Connection, statement: sql.SQL | sql.Composed) -> Any:
    with own.transaction():
        own.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(roles.owner())))
        return one_value(own.execute(statement))


def _wipe(own: psycopg.Connection) -> None:
    """Remove what an interrupted restore has made; its mark goes last. Schema by schema: locks are not endless."""
    names = own.execute(
        "SELECT nspname FROM pg_namespace WHERE nspowner = (SELECT oid FROM pg_roles WHERE rolname = %s)"
        " AND nspname <> 'public'",
        [roles.owner()],
    ).fetchall()
    for (name,) in names:
        _as_owner(own, sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
    kinds = {"r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "S": "SEQUENCE"}
    for schema, name, kind in own.execute(_RELATIONS).fetchall():
        if name != MARK:
            words = sql.SQL("DROP {} IF EXISTS {} CASCADE").format(sql.SQL(kinds[kind]), sql.Identifier(schema, name))
            _as_owner(own, words)
    rest = (
        "SELECT 'ROUTINE ' || p.oid::regprocedure FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        " UNION ALL SELECT 'COLLATION ' || c.oid::regcollation FROM pg_collation c"
        " WHERE collnamespace = 'public'::regnamespace"
        " UNION ALL SELECT 'TYPE ' || t.oid::regtype FROM pg_type t WHERE typnamespace = 'public'::regnamespace"
        " AND (typtype IN ('e', 'd') OR EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = typrelid AND relkind = 'c'))"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')"
    )
    for (thing,) in own.execute(rest).fetchall():
        _as_owner(own, sql.SQL("DROP ") + sql.SQL(thing.replace(" ", " IF EXISTS ", 1)) + sql.SQL(" CASCADE"))
    _as_owner(own, sql.SQL("DROP TABLE public.{}").format(sql.Identifier(MARK)))


# --- loading ---


def _load(own: psycopg.Connection, sicherung: Sicherung, schemas: list[str], report: Report) -> None:
    """Tables, then rows, then keys, then constraints and triggers: no trigger exists while rows come in."""
    daten, keys = sicherung.daten / DATEN, sicherung.schluessel / SCHLUESSEL
    report("Tabellen …")
    _pg_restore(daten, "pre-data", schemas)
    report("Zeilen …")
    _pg_restore(daten, "data", schemas)
    _pg_restore(keys, "data", schemas)
    _check_rows(own, sicherung, schemas)
    report("Schlüssel, Bedingungen, Auslöser …")
    _pg_restore(daten, "post-data", schemas)


def _pg_restore(dump: Path, section: str, schemas: list[str]) -> None:
    with tempfile.NamedTemporaryFile("w", prefix="sojus-", suffix=".list", encoding="utf-8") as chosen:
        chosen.write(
            "\n".join(_entries(programs.run("pg_restore", "--list", dump, on_database=False), set(schemas))) + "\n"
        )
        chosen.flush()
        programs.run(
            "pg_restore", f"--section={section}", f"--use-list={chosen.name}", "--no-owner", "--no-privileges",
            f"--role={roles.owner()}", "--exit-on-error", dump,
        )  # fmt: skip


def _entries(listing: str, schemas: set[str]) -> Iterator[str]:
    """The lines of `pg_restore --list` that are wanted: `1; 1259 16385 TABLE DATA vg cases_klient owner`."""
    for line in listing.splitlines():
        if not line or line.startswith(";"):
            continue
        what = line.split("; ", 1)[1].split(" ", 2)[2]  # without the two numbers of the catalogue
        if what.startswith(tuple(f"{kind} " for kind in _MADE_BY_THE_FENCE)):
            continue
        words = what.split()
        kind_length = next(i for i, word in enumerate(words) if not word.isupper())  # `-` stands for no schema
        home, name = words[kind_length], words[kind_length + 1]
        if what.startswith("COMMENT"):
            continue
        if home == "-":
            if words[:kind_length] == ["SCHEMA"] and name in schemas and name != "public":
                yield line
        elif home in schemas:
            yield line


def _check_rows(own: psycopg.Connection, sicherung: Sicherung, schemas: list[str]) -> None:
    with own.transaction():
        own.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(roles.owner())))
        there = count_rows(own, schemas)
    wanted = {
        table: number
        for table, number in (sicherung.manifest.zeilen | sicherung.keys.zeilen).items()
        if table.partition(".")[0] in schemas
    }
    if wrong := [table for table, number in sorted(wanted.items()) if there.get(table) != number]:
        raise SicherungFehler(
            f"Es kamen nicht alle Zeilen an ({len(wrong)} Tabellen, zuerst {wrong[0]}: {there.get(wrong[0], 0)} statt"
            f" {wanted[wrong[0]]}). Rufen Sie den Befehl noch einmal auf."
        )


def _restore_files(sicherung: Sicherung, report: Report) -> None:
    """Files come beside what is there; one that is there and different is never overwritten."""
    archive, root = sicherung.daten / DATEIEN, Path(settings.MEDIA_ROOT)
    if not archive.exists():
        report("Dateien liegen im Objektspeicher: stellen Sie dort den Stand der Sicherung her.")
        return
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    different = []
    with tarfile.open(archive) as tar:
        for member in tar:
            target = root / member.name
            source = tar.extractfile(member) if member.isfile() else None
            if source is None or ".." in Path(member.name).parts or Path(member.name).is_absolute():
                continue
            content = source.read()
            if target.exists():
                if target.read_bytes() != content:
                    different.append(member.name)
                continue
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as new:
                new.write(content)
            Path(new.name).chmod(0o600)
            Path(new.name).rename(target)
    if different:
        raise SicherungFehler(
            f"{len(different)} Dateien in {root} sind anders als gesichert; räumen Sie sie vorher weg."
        )
    report(f"{sicherung.manifest.dateien} Dateien.")


# --- one office ---


def restore_office(*, sicherung: Sicherung, tenant: Tenant, report: Report) -> None:
    """Bring one office back beside the others, who go on working. What it had becomes `<schema>_defekt`.

    The office is in maintenance afterwards, until somebody has decided on what the comparison lists.
    """
    schema = tenant.schema_name
    if schema not in sicherung.manifest.schemas:
        raise SicherungFehler(f"{tenant.kuerzel} ist nicht in dieser Sicherung.")
    if why := _gaps(sicherung).get(schema):
        raise SicherungFehler(
            f"{tenant.kuerzel} ist in dieser Sicherung unvollständig ({why}). Nehmen Sie Daten und Schlüssel der"
            " letzten, in der das Amt ganz ist."
        )
    if lagging := set(known_migrations()) - set(sicherung.manifest.migrationen):
        report(f"Die Sicherung ist älter als das Programm: {len(lagging)} Migrationen folgen.")
    with _alone() as own:
        own.execute("SELECT pg_advisory_lock(%s)", [Lock.RELEASE])
        aside = _move_away(own, tenant, _noted(sicherung, [schema]), report)
        _load(own, sicherung, [schema], report)
        own.execute("SELECT pg_advisory_unlock(%s)", [Lock.RELEASE])
        report("Rechte, Zeilenregeln, Auslöser, Sichten …")
        connection.close()
        if why := release(only={schema}, report=report).behind.get(schema):  # other offices' trouble is not this one's
            raise SicherungFehler(
                f"Die Zeilen von {tenant.kuerzel} sind zurück, aber das Amt bleibt zurück: {why}. Beheben Sie das"
                " und rufen Sie den Befehl noch einmal auf."
            )
        apply_tenant_fence(tenant)
        _narrow(own, [schema])
        _note(own, sicherung, schema)
        _as_owner(own, _comment(schema, f"{DONE} {datetime.now(UTC):%d.%m.%Y %H:%M} UTC"))
    try:
        tell(tenant, report)
    except Exception as error:
        raise SicherungFehler(
            f"{tenant.kuerzel} ist zurück und steht in Wartung, aber der Abgleich mit den gemeinsamen Tabellen ist"
            f" nicht gelungen ({describe(error)}). Holen Sie ihn nach, bevor Sie die Wartung beenden:"
            f" manage.py show_abgleich --tenant {tenant.kuerzel}"
        ) from error
    report(
        f"{tenant.name} ist zurück und steht in Wartung. Der frühere Stand liegt unerreichbar in {schema}{DEFECT};"
        f" entfernen Sie ihn, sobald ihn niemand mehr braucht: DROP SCHEMA {schema}{DEFECT} CASCADE"
    )
    if aside:
        report(
            f"In dem, was die abgebrochene Rückkehr hinterließ, war gearbeitet worden. Es liegt unerreichbar in"
            f" {aside}; entfernen Sie es, sobald feststeht, dass niemand es braucht: DROP SCHEMA {aside} CASCADE"
        )


def _comment(schema: str, text: str) -> sql.Composed:
    return sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(f"{schema}{DEFECT}"), sql.Literal(text))


def _move_away(own: psycopg.Connection, tenant: Tenant, noted: Marke, report: Report) -> str:
    """In one transaction: maintenance on, views gone, schema renamed and out of everybody's reach.

    Remains of a return that was broken off go, or are moved aside when somebody has worked in them. Returns where to.
    """
    schema, defect = tenant.schema_name, f"{tenant.schema_name}{DEFECT}"
    rows = own.execute(
        "SELECT nspname, coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace"
        " WHERE nspname = ANY (%s) OR starts_with(nspname, %s)",
        [[schema, defect], f"{schema}{ASIDE}"],
    ).fetchall()
    found: dict[str, str] = dict(rows)
    if defect in found and not found[defect].startswith(RUNNING):
        raise SicherungFehler(
            f"In {defect} liegt noch der Stand vor einer früheren Rückkehr. Entfernen Sie ihn zuerst, wenn ihn niemand"
            f" mehr braucht: DROP SCHEMA {defect} CASCADE"
        )
    aside = ""
    if defect in found and schema in found and _is_newer(own, schema, Marke.from_text(found[defect])):
        aside = next(name for n in count(1) if (name := f"{schema}{ASIDE}{n}") not in found)
    with transaction.atomic(), connection.cursor() as cursor:
        Tenant.objects.select_for_update().get(pk=tenant.pk)  # whoever ends the maintenance waits, and sees the mark
        Tenant.objects.filter(pk=tenant.pk).exclude(zustand=TenantZustand.WARTUNG).update(zustand=TenantZustand.WARTUNG)
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(roles.portal_schema(schema))))
        if aside:
            report("Eine abgebrochene Rückkehr wird beiseite gelegt: dort wurde gearbeitet …")
            _rename(cursor, tenant, aside)
        elif defect in found:
            report("Eine abgebrochene Rückkehr wird weggeräumt …")
            cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
        elif schema in found:
            _rename(cursor, tenant, defect)
        else:
            cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(defect)))
        cursor.execute(_comment(schema, f"{RUNNING} {noted.to_text()}"))
    return aside


def _rename(cursor: CursorWrapper, tenant: Tenant, to: str) -> None:
    schema = sql.Identifier(tenant.schema_name)
    for role in (tenant.role, tenant.portal_role):
        cursor.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(schema, sql.Identifier(role)))
    cursor.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(schema, sql.Identifier(to)))


def _is_newer(own: psycopg.Connection, schema: str, mark: Marke | None) -> bool:
    """Whether the remains hold more than the broken-off return loaded; unknown counts as yes."""
    if mark is None:
        return True
    with own.transaction():
        own.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(roles.owner())))
        rows = count_rows(own, [schema])
    seals = tenant_trail(schema).siegel
    if f"{schema}.{seals}" in rows and _one_as_owner(own, _last_seal(schema, seals)) > mark.siegel.get(schema, 0):
        return True
    there = sum(number for table, number in rows.items() if table.partition(".")[2] not in _WRITTEN_BY_RELEASE)
    return there > mark.zeilen.get(schema, 0)


# --- what is here counts ---


def end_rueckkehr(*, tenant: Tenant | None, report: Report) -> None:
    """Take off the mark of a return of this office (or of everything) that was broken off and in which people have
    worked since. Raises `SicherungFehler` (German): it still goes on, is not whole, or nobody has worked there."""
    with _alone() as own:
        if tenant is None:
            _end_all(own, report)
        else:
            _end_office(own, tenant, report)
    report(
        "Wer nach der Sicherung gelöscht wurde, ist wieder zu löschen. Siegel, die bei der abgebrochenen Rückkehr"
        " verloren gingen, nennt verify_audit weiter als Mangel: legen Sie diese Ausgabe dazu."
    )


def _end_all(own: psycopg.Connection, report: Report) -> None:
    found = own.execute(_RELATIONS).fetchall()
    if ("public", MARK, "r") not in found:
        raise SicherungFehler("Hier ist keine Rückkehr aller Daten abgebrochen worden.")
    if Tenant._meta.db_table not in {name for _, name, _ in found}:
        raise SicherungFehler(f"Das gemeinsame Schema ist nicht ganz. {NOCH_EINMAL}")
    worked = _worked_since(own, {f"{schema}.{table}" for schema, table, _ in found})
    if not worked:
        raise SicherungFehler(f"{NIEMAND}. {NOCH_EINMAL}")
    if lagging_schemas(["public"]):  # an upgrade: `restore` would refuse, because people have worked here
        raise SicherungFehler("Das gemeinsame Schema ist nicht migriert: rufen Sie zuerst „manage.py migrate_all“ auf.")
    _as_owner(own, sql.SQL("DROP TABLE public.{}").format(sql.Identifier(MARK)))
    report(f"Es gilt, was hier ist ({worked}). Prüfen Sie jedes Amt auf der Betriebsseite.")


def _end_office(own: psycopg.Connection, tenant: Tenant, report: Report) -> None:
    schema = tenant.schema_name
    said = own.execute(
        "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s", [f"{schema}{DEFECT}"]
    ).fetchone()
    if said is None or not (said[0] or "").startswith(RUNNING):
        raise SicherungFehler(f"Für {tenant.kuerzel} ist keine Rückkehr abgebrochen worden.")
    if why := missing_parts(own, [schema]).get(schema):
        raise SicherungFehler(f"{tenant.kuerzel} ist nicht ganz ({why}). {NOCH_EINMAL}")
    if lagging_schemas([schema]):
        raise SicherungFehler(f"{tenant.kuerzel} ist nicht migriert: rufen Sie zuerst „manage.py migrate_all“ auf.")
    if not _is_newer(own, schema, Marke.from_text(said[0])):
        raise SicherungFehler(f"{NIEMAND}: {tenant.kuerzel}. {NOCH_EINMAL}")
    _as_owner(own, _comment(schema, f"{DONE} {datetime.now(UTC):%d.%m.%Y %H:%M} UTC"))
    report(
        f"Es gilt, was in {tenant.name} ist; die Wartung lässt sich beenden. Der Stand vor der Rückkehr liegt"
        f" unerreichbar in {schema}{DEFECT}; entfernen Sie ihn, sobald ihn niemand mehr braucht:"
        f" DROP SCHEMA {schema}{DEFECT} CASCADE"
    )
    report(f"Was zu entscheiden ist, sagt „manage.py show_abgleich --tenant {tenant.kuerzel}“.")


# --- after it ---


def _narrow(own: psycopg.Connection, schemas: list[str]) -> None:
    """Nobody at large calls what runs with the owner's rights: migrations said so, a dump's rights are not taken."""
    found = own.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = ANY (%s) AND p.prosecdef AND p.proowner = (SELECT oid FROM pg_roles WHERE rolname = %s)"
        " AND has_function_privilege('public', p.oid, 'EXECUTE')",
        [schemas, roles.owner()],
    ).fetchall()
    for (signature,) in found:
        _as_owner(own, sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC").format(sql.SQL(signature)))


def _note(own: psycopg.Connection, sicherung: Sicherung, schema: str) -> None:
    """Write down that this chain of seals begins again behind seal N: what came later is lost, not removed."""
    last = sicherung.manifest.siegel.get(schema)
    if last is None:  # an office without a chain in the backup: there is nothing that could begin again
        return
    with own.transaction():
        own.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(roles.owner())))
        own.execute(
            sql.SQL(
                "INSERT INTO public.{} (id, created_at, mandant, sicherung, gesichert_at, letztes_siegel,"
                " verloren_bis) SELECT gen_random_uuid(), clock_timestamp(), %(m)s::text, %(s)s::text,"
                " %(at)s::timestamptz, %(n)s::bigint,"
                " greatest(%(n)s::bigint, (SELECT max(k.nummer) FROM public.{} k WHERE k.mandant = %(m)s::text))"
            ).format(sql.Identifier(restores()), sql.Identifier(copies())),
            {"m": schema, "s": sicherung.manifest.sicherung, "at": sicherung.manifest.erstellt, "n": last},
        )


def tell(tenant: Tenant, report: Report) -> None:
    """Say what somebody has to decide: what the office and the shared tables no longer agree on."""
    with in_tenant(tenant):
        found = run_abgleich(tenant)
    for heading, lines in found.items():
        report(f"{tenant.kuerzel}: {heading} ({len(lines)})")
        for line in lines:
            report(f"  {line}")
