"""Functions and triggers that migrations made: what they must be, since no release recreates them.

Everything else that guards the data is declared beside its model and made by the fence (tenants.fence.ensure). These
here are as the last migration that touched them left them: each app says in its `migrated.py` what its own made, and
who may call it. The nightly check compares (tenants.fence.structure). tests/tenants/fence/test_migrated.py holds the
lists against a fresh database and says what to write after a migration that makes or changes one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.conf import settings
from django.db import connection, transaction

from tenants.db import roles

PUBLIC = "public"

#: Of this floor: name -> digest of its definition.
OWN_FUNCTIONS: dict[str, str] = {
    "tenants_hindernis": "14443e4bf68d58c590e4",
    "tenants_rueckstand": "4c0af5e4f4d7395de449",
}
OWN_CALLERS: dict[str, tuple[str, ...]] = {
    "tenants_rueckstand": ("app", "land"),
    "tenants_hindernis": ("app", "land"),
}
#: Of procrastinate, as of its own migrations.
LIBRARY_FUNCTIONS: dict[str, str] = {
    "procrastinate_cancel_job_v1": "0ad00aeab514f9c9c7b6",
    "procrastinate_defer_jobs_v1": "1d3fe7d33c2e9416ba1c",
    "procrastinate_defer_periodic_job_v2": "720f7de72370d0d07e0b",
    "procrastinate_fetch_job_v2": "a45afcae347b1322f13f",
    "procrastinate_finish_job_v1": "5382c7502f56e05f80ca",
    "procrastinate_notify_queue_abort_job_v1": "4316cf7137db0acefe02",
    "procrastinate_notify_queue_job_inserted_v1": "813b559205671b7937d7",
    "procrastinate_prune_stalled_workers_v1": "44fc8ff8d24d43bccd92",
    "procrastinate_register_worker_v1": "f6fea57bd2f87db70b09",
    "procrastinate_retry_job_v1": "a070f3084940b910d444",
    "procrastinate_retry_job_v2": "5e5111698b4326d5b825",
    "procrastinate_trigger_abort_requested_events_procedure_v1": "c3c66e23de342c5cea3a",
    "procrastinate_trigger_function_scheduled_events_v1": "1b30ffce1b555b931adc",
    "procrastinate_trigger_function_status_events_insert_v1": "95a0aa444512d145e47e",
    "procrastinate_trigger_function_status_events_update_v1": "1ad84e20e16f929a45e4",
    "procrastinate_unlink_periodic_defers_v1": "c1a6892b8879794718fe",
    "procrastinate_unregister_worker_v1": "4373036c6fe61f3933e3",
    "procrastinate_update_heartbeat_v1": "88825b8deb7d25491ed4",
}
LIBRARY_TRIGGERS: dict[tuple[str, str], str] = {
    ("procrastinate_jobs", "procrastinate_jobs_notify_queue_job_aborted_v1"): "46f074bc19449b54bf8e",
    ("procrastinate_jobs", "procrastinate_jobs_notify_queue_job_inserted_v1"): "2ee89b65e265b867c64f",
    ("procrastinate_jobs", "procrastinate_trigger_abort_requested_events_v1"): "2dd9e95e3547308960ac",
    ("procrastinate_jobs", "procrastinate_trigger_delete_jobs_v1"): "cd919470ea9076560566",
    ("procrastinate_jobs", "procrastinate_trigger_scheduled_events_v1"): "e80c93910c68f6584543",
    ("procrastinate_jobs", "procrastinate_trigger_status_events_insert_v1"): "ddc5d6a8cffcdc8e81dc",
    ("procrastinate_jobs", "procrastinate_trigger_status_events_update_v1"): "de73c3349eb188c74aaa",
}


@cache
def _of_apps(floor: str) -> tuple[ModuleType, ...]:
    """`migrated.py` of each app of a floor that has one."""
    names = [f"{app}.migrated" for app in settings.INSTALLED_APPS if app.startswith(f"{floor}.")]
    return tuple(import_module(name) for name in names if find_spec(name))


def callers() -> dict[str, tuple[str, ...]]:
    """Functions of migrations that have the owner's rights -> kinds of roles that may call them (docs/security.md)."""
    modules = (*_of_apps("shared_apps"), *_of_apps("tenant_apps"))
    return OWN_CALLERS | {name: kinds for module in modules for name, kinds in module.CALLERS.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in one schema, as digests and as texts. functions: by name. triggers: by (table, name)."""

    functions: dict[str, str]
    triggers: dict[tuple[str, str], str]
    function_texts: dict[str, str]
    trigger_texts: dict[tuple[str, str], str]


def functions(schema: str) -> Mapping[str, str]:
    """What migrations made in this schema: name -> digest."""
    if schema != PUBLIC:
        return {name: digest for module in _of_apps("tenant_apps") for name, digest in module.FUNCTIONS.items()}
    shared = {name: digest for module in _of_apps("shared_apps") for name, digest in module.FUNCTIONS.items()}
    return OWN_FUNCTIONS | LIBRARY_FUNCTIONS | shared


def triggers(schema: str) -> Mapping[tuple[str, str], str]:
    """What migrations made in this schema: (table, name) -> digest."""
    floor = "shared_apps" if schema == PUBLIC else "tenant_apps"
    found = {place: digest for module in _of_apps(floor) for place, digest in module.TRIGGERS.items()}
    return LIBRARY_TRIGGERS | found if schema == PUBLIC else found


_FUNCTIONS = """
SELECT p.proname, string_agg(pg_get_functiondef(p.oid) || pg_get_userbyid(p.proowner), '|' ORDER BY p.oid)
  FROM pg_proc p
 WHERE p.pronamespace = %(schema)s::regnamespace AND p.prokind IN ('f', 'p')
   AND NOT EXISTS (SELECT 1 FROM pg_depend d
                    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
 GROUP BY 1
"""
_TRIGGERS = """
SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal
"""


def read(schema: str) -> Standing:
    """Every function and trigger of the schema, whoever made it, without those of extensions."""
    with transaction.atomic(), connection.plain_cursor() as cursor:
        cursor.execute("SET LOCAL search_path = ''")  # so that every name is written with its schema
        named = {"schema": schema}
        found = dict(cursor.execute(_FUNCTIONS, named).fetchall())
        triggers_ = cursor.execute(_TRIGGERS, named).fetchall()
        transaction.set_rollback(True)  # the path is as it was
    function_texts = {name: _anywhere(text, schema) for name, text in found.items()}
    trigger_texts = {(table, name): _anywhere(text, schema) for table, name, text in triggers_}
    return Standing(
        {name: _digest(text) for name, text in function_texts.items()},
        {place: _digest(text) for place, text in trigger_texts.items()},
        function_texts,
        trigger_texts,
    )


def _anywhere(text: str, schema: str) -> str:
    """The same in every office, and whatever the roles are called."""
    text = text.removesuffix(roles.owner())
    return text if schema == PUBLIC else re.sub(rf"\b{schema}\.", "{schema}.", text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
