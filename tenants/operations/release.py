"""A release in all schemas while people work: the shared one first, then office by office (docs/adr/0033).

One office is one short transaction: lock what is altered, replay the statements, make right what the fence declares.
Either all of it or nothing, so whoever kills this process at any line starts it again and it goes on where it was.
An office that cannot be brought up does not stop the others, is tried again at the end, and is named.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DEFAULT_DB_ALIAS, DatabaseError, DataError, IntegrityError, connection, transaction
from django.db.migrations import AddConstraint, AddField, AddIndex, AlterModelManagers, AlterModelOptions, Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tenants.db.locks import Lock
from tenants.db.patience import Place, is_transient, limit_waiting, lock_exclusively, patiently, sqlstate
from tenants.db.roles import portal_schema
from tenants.door.lag import PUBLIC, has_register, lagging_schemas, recorded_migrations, tenant_schemas
from tenants.door.offices import describe
from tenants.fence.checks import describe_contradiction, validate
from tenants.fence.grants import apply_shared_fence, apply_tenant_fence
from tenants.fence.scan import Violation, scan_privileges
from tenants.models import Migrationsstand, Tenant
from tenants.operations.lean_states import LeanExecutor
from tenants.operations.replay import Key, Recording, is_tenant_app, opened, recorded, rehearse, replay, run_missing
from tenants.operations.standing_views import leaning_views, views_stand

logger = logging.getLogger(__name__)

#: Tries for a lock: of a shared migration; of an office in each of the rounds (the later ones after all others).
SHARED_TRIES = 30
ROUNDS = (4, 6, 8)

Report = Callable[[str], None]
Grund = Migrationsstand.Grund


@dataclass(slots=True)
class Ergebnis:
    """What a release did. migriert, abgeglichen: schemas with migrations, with changes of rights or views only.

    behind: schema -> reason, in words without a value. verstoesse: rights too many that belong to no single office.
    """

    migriert: list[str] = field(default_factory=list)
    abgeglichen: list[str] = field(default_factory=list)
    behind: dict[str, str] = field(default_factory=dict)
    verstoesse: list[Violation] = field(default_factory=list)


def release(*, force: bool = False, only: set[str] | None = None, report: Report = lambda line: None) -> Ergebnis:
    """Bring the shared schema and every office to the state of the code. Owner process only; repeatable.

    force: migrate the shared schema even where nothing lags there; offices are always compared.
    only: these offices' schemas. Raises what stops the shared schema: without it no office can be served.
    """
    with _one_at_a_time():
        if force or lagging_schemas([PUBLIC]):
            report("Gemeinsames Schema wird migriert …")
            _migrate_shared(report)
        _patient_shared_fence()
        _validate(PUBLIC, report)
        ergebnis = Ergebnis()
        tenants = [t for t in Tenant.objects.all() if only is None or t.schema_name in only]
        _bring_up_all(tenants, ergebnis, report)
        _note_violations({t.schema_name for t in tenants}, ergebnis, report)
    return ergebnis


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two releases at once would only wait for each other's locks. Ends with the connection, whatever happens."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [Lock.RELEASE])
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [Lock.RELEASE])


# -- the shared schema ------------------------------------------------------------------------


class _SharedExecutor(LeanExecutor):
    """Each migration is one transaction that waits for no lock long and leaves every view standing."""

    offices: tuple[str, ...] = ()

    def apply_migration(self, state: Any, migration: Migration, fake: bool = False, fake_initial: bool = False) -> Any:
        apply = super().apply_migration
        if is_tenant_app(migration.app_label) or not migration.atomic:
            return apply(state, migration, fake, fake_initial)

        def once() -> Any:
            with transaction.atomic():
                limit_waiting()
                indexed, added, altered = _touched(state, migration)
                read_on = indexed - added - altered
                lock_exclusively(tables=added | altered, views=leaning_views(altered), read_on=read_on)
                with views_stand(list(self.offices), shared=True):
                    return apply(state.clone(), migration, fake, fake_initial)

        return patiently(once, tries=SHARED_TRIES)


def _touched(state: Any, migration: Migration) -> tuple[set[Place], set[Place], set[Place]]:
    """Shared tables that get an index, that get something else, and where something goes or changes (views may lean
    on it)."""
    indexed: set[Place] = set()
    added: set[Place] = set()
    altered: set[Place] = set()
    for operation in migration.operations:
        name = getattr(operation, "model_name", None) or getattr(operation, "name", None)
        known = state.models.get((migration.app_label, name.lower())) if isinstance(name, str) else None
        if known is not None and not isinstance(operation, AlterModelOptions | AlterModelManagers):
            table = known.options.get("db_table") or f"{migration.app_label}_{known.name_lower}"
            more = added if isinstance(operation, AddField | AddConstraint) else altered
            (indexed if isinstance(operation, AddIndex) else more).add((PUBLIC, table))
    return indexed, added, altered


def _migrate_shared(report: Report) -> None:
    """As `manage.py migrate` does it, signals included (they make content types and permissions)."""
    offices = tuple(tenant_schemas()) if has_register() else ()
    with opened(PUBLIC, include_public=False):
        MigrationRecorder(connection).ensure_schema()
    with opened(PUBLIC):
        executor = _SharedExecutor(connection)
        executor.offices = offices
        executor.loader.check_consistent_history(connection)
        targets = executor.loader.graph.leaf_nodes()
        plan = executor.migration_plan(targets)
        state = executor._create_project_state(with_applied_migrations=True)
        emit_pre_migrate_signal(verbosity=0, interactive=False, db=DEFAULT_DB_ALIAS, apps=state.whole().apps, plan=plan)
        executor.migrate(targets, plan=plan, state=state.clone())
        emit_post_migrate_signal(verbosity=0, interactive=False, db=DEFAULT_DB_ALIAS, apps=apps, plan=plan)
    report(f"  {len(plan)} Migrationen")


def _patient_shared_fence() -> None:
    def once() -> None:
        with transaction.atomic():
            limit_waiting()
            planned = apply_shared_fence(dry=True)
            lock_exclusively(tables=planned.tables, views=planned.views)
            apply_shared_fence()

    patiently(once, tries=SHARED_TRIES)


def _validate(schema: str, report: Report) -> None:
    """Checks that were added without a look at the rows; one that a row contradicts closes nothing and is named."""
    for what in validate(schema, tries=ROUNDS[0]):
        report(describe_contradiction(schema, what))


# -- the offices ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    """known: migrations of the code; recordings: what those that an office lacks send, by what it has."""

    known: frozenset[Key]
    recordings: dict[frozenset[Key], Recording]


def _bring_up_all(tenants: list[Tenant], ergebnis: Ergebnis, report: Report) -> None:
    known = MigrationLoader(None)
    plan = _Plan(frozenset(known.disk_migrations), _rehearse_all(known, tenants, report))
    waiting = tenants
    failed: dict[str, Exception] = {}
    for number, tries in enumerate(ROUNDS):
        if number and waiting:
            report(f"Noch einmal: {', '.join(t.schema_name for t in waiting)}")
        failed = {}
        for place, tenant in enumerate(waiting, start=1):
            schema = tenant.schema_name
            try:
                migrations, changes = _bring_up(tenant, plan, tries=tries)
                _validate(schema, report)
            except Exception as error:  # one bad office does not stop the others
                connection.set_schema_to_public()
                failed[schema] = error
                _note(tenant, error)
                report(f"[{place}/{len(waiting)}] {schema} bleibt zurück: {_words(error)}")
                continue
            _note(tenant, None)
            if migrations or changes:
                (ergebnis.migriert if migrations else ergebnis.abgeglichen).append(schema)
                report(f"[{place}/{len(waiting)}] {schema}: {migrations} Migrationen, {changes} Rechte und Sichten")
        waiting = [tenant for tenant in waiting if tenant.schema_name in failed]
        if not waiting:
            break
    ergebnis.behind |= {schema: _words(error) for schema, error in failed.items()}


def _rehearse_all(known: MigrationLoader, tenants: list[Tenant], report: Report) -> dict[frozenset[Key], Recording]:
    """Per set of migrations that offices have: what the missing ones send, where that can be known beforehand."""
    order = [key for leaf in known.graph.leaf_nodes() for key in known.graph.forwards_plan(leaf)]
    order = list(dict.fromkeys(order))
    found: dict[frozenset[Key], Recording] = {}
    offices = {applied: schema for schema, applied in recorded_migrations([t.schema_name for t in tenants]).items()}
    for applied, office in offices.items():
        missing = [known.graph.nodes[key] for key in order if key not in applied]
        if not missing or not applied:
            continue
        try:
            if recording := rehearse(office, missing):
                found[applied] = recording
        except DatabaseError as error:
            # A lock, a structure that cannot be copied, or the migration itself: each office shows for itself.
            connection.set_schema_to_public()
            report(f"Die Probe war nicht möglich ({_words(error)}), jedes Jugendamt wird einzeln migriert.")
    return found


def _bring_up(tenant: Tenant, plan: _Plan, *, tries: int) -> tuple[int, int]:
    """One office, all or nothing; how many migrations and how many changes of rights and views it took."""
    try:
        return patiently(lambda: _once(tenant, plan), tries=tries)
    except DatabaseError as error:
        if is_transient(error) or not plan.recordings:
            raise
        connection.set_schema_to_public()
        logger.info("Replay in %s refused (%s): Django migrates it", tenant.schema_name, sqlstate(error))
        return patiently(lambda: _once(tenant, _Plan(plan.known, {})), tries=tries)


def _once(tenant: Tenant, plan: _Plan) -> tuple[int, int]:
    schema = tenant.schema_name
    with transaction.atomic():
        limit_waiting()
        applied = recorded(schema)
        missing = plan.known - applied
        planned = apply_tenant_fence(tenant, dry=True)
        recording = plan.recordings.get(applied) if missing else None
        altered = {(schema, table) for table in recording.tables} if recording else set()
        indexed = {(schema, table) for table in recording.indexed} if recording else set()
        lock_exclusively(
            tables=altered | planned.tables,
            views=leaning_views(altered) | planned.views,
            read_on=indexed - planned.tables,
        )
        if recording:
            with views_stand([schema]), opened(schema):
                replay(recording.statements)
        elif missing:
            with views_stand([schema]):
                run_missing(schema)
        elif not planned.changes:
            return 0, 0
        changes = len(apply_tenant_fence(tenant).changes)
    return len(missing), changes


# -- what is said about it --------------------------------------------------------------------


def _grund(error: BaseException) -> Grund:
    if is_transient(error):
        return Grund.SPERRE
    return Grund.DATEN if isinstance(error, IntegrityError | DataError) else Grund.FEHLER


def _words(error: BaseException) -> str:
    return f"{_grund(error).label} ({describe(error)})"


def _note(tenant: Tenant, error: BaseException | None) -> None:
    """For the operator's page. A row is only written when something changed or failed."""
    if error is None:
        Migrationsstand.objects.filter(tenant=tenant).exclude(grund="").update(grund="", einzelheit="", versuche=0)
        return
    stand, _ = Migrationsstand.objects.get_or_create(tenant=tenant)
    stand.grund, stand.einzelheit = _grund(error), describe(error)
    stand.versuche += 1
    stand.save()
    logger.error("Tenant %s stays behind: %s", tenant.kuerzel, _words(error))


def _note_violations(asked: set[str], ergebnis: Ergebnis, report: Report) -> None:
    """A right too many in one office closes that office; one in the shared schema concerns everybody.

    Another office than those that were asked for (`asked`) is closed and named, too, but is not `behind` here.
    """
    tenants = list(Tenant.objects.all())
    for violation in scan_privileges(tenants):
        for tenant in tenants:
            schema = tenant.schema_name
            if {violation.schema, violation.role} & {schema, portal_schema(schema), tenant.role, tenant.portal_role}:
                stand, _ = Migrationsstand.objects.get_or_create(tenant=tenant)
                stand.grund, stand.einzelheit = Grund.RECHTE, str(violation)[:300]
                stand.save()
                if schema in asked:
                    ergebnis.behind.setdefault(schema, f"{Grund.RECHTE.label} ({violation})")
                else:
                    report(f"{schema}: {Grund.RECHTE.label} ({violation})")
                break
        else:
            ergebnis.verstoesse.append(violation)
