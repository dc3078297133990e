"""Functions and triggers that migrations made: what they must be, since no release recreates them.

Everything else that guards the data is declared beside its model and made by the fence (tenants.fence.ensure). These
here are as the last migration that touched them left them; the nightly check compares them with this list
(tenants.fence.structure), and the fence says who may call them. tests/tenants/test_migrated.py holds the list against a
fresh database and says what to write here after a migration that makes or changes one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from django.db import connection, transaction

from tenants.db import roles

PUBLIC = "public"

#: name -> digest of its definition
SHARED_FUNCTIONS: dict[str, str] = {
    "accounts_anmeldedienst_pruefen": "cac736eed655766cff56",
    "accounts_membership_refuse": "4516a8398e16cf0dd612",
    "accounts_refused_pairs": "8ce98a636c52ac728933",
    "accounts_vertretbar": "5c862611cd33a27fc70f",
    "members_antrag_pruefen": "abe7f28956fd5139124a",
    "members_leitende_rollen": "488d800e65c55c776c86",
    "members_vier_augen": "c5a2439a93ab7deacff7",
    "members_zu_zweit_rollen": "1254215509beccf0fd1a",
    "occupancy_abgelaufene_freigeben": "ccd56563c5372f3489cd",
    "occupancy_bindung_pruefen": "fe8315df9160b643c2e5",
    "occupancy_ende_pruefen": "0b3fb3b198abfae8295e",
    "occupancy_freie_plaetze": "c289937ee86537f1a8bf",
    "occupancy_fremdbelegung": "ef1c55d09ecaa86f0058",
    "occupancy_ist_belegt": "799c4b681da6ded98617",
    "occupancy_vakanzen": "81f06c3d829b51689dfd",
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
    "tenants_hindernis": "14443e4bf68d58c590e4",
    "tenants_rueckstand": "4c0af5e4f4d7395de449",
}
OFFICE_FUNCTIONS: dict[str, str] = {
    "placements_fall_ist_offen": "22e67f17cdb01b94a1b5",
    "placements_nichts_laeuft": "61b410aaad69c2f75c81",
}
#: (table, name) -> digest of its definition
SHARED_TRIGGERS: dict[tuple[str, str], str] = {
    ("accounts_anmeldedienst", "accounts_anmeldedienst_geprueft"): "9a4fb5273b6f378c5e45",
    ("accounts_membership", "accounts_membership_refused"): "5abba9847c2df7a603e9",
    ("accounts_membership", "members_vier_augen"): "6ec2afcb4620133927a5",
    ("members_mitgliedschaftsantrag", "members_antrag_geprueft"): "53c88339ff4dbb3af8a5",
    ("occupancy_platzbindung", "occupancy_bindung_angelegt"): "5de29f313d95c72aa61e",
    ("occupancy_platzbindung", "occupancy_bindung_geaendert"): "49618736622d988a8afb",
    ("procrastinate_jobs", "procrastinate_jobs_notify_queue_job_aborted_v1"): "46f074bc19449b54bf8e",
    ("procrastinate_jobs", "procrastinate_jobs_notify_queue_job_inserted_v1"): "2ee89b65e265b867c64f",
    ("procrastinate_jobs", "procrastinate_trigger_abort_requested_events_v1"): "2dd9e95e3547308960ac",
    ("procrastinate_jobs", "procrastinate_trigger_delete_jobs_v1"): "cd919470ea9076560566",
    ("procrastinate_jobs", "procrastinate_trigger_scheduled_events_v1"): "e80c93910c68f6584543",
    ("procrastinate_jobs", "procrastinate_trigger_status_events_insert_v1"): "ddc5d6a8cffcdc8e81dc",
    ("procrastinate_jobs", "procrastinate_trigger_status_events_update_v1"): "de73c3349eb188c74aaa",
    ("providers_anbieter", "occupancy_ende_anbieter"): "5b8f1b8c37055bc87576",
    ("providers_angebot", "occupancy_ende_angebot"): "16297ff96bbbcf1421be",
    ("providers_einrichtung", "occupancy_ende_einrichtung"): "c45077f8731d16e8349b",
    ("providers_platz", "occupancy_ende_platz"): "24992fa458a0c74cb10b",
}
OFFICE_TRIGGERS: dict[tuple[str, str], str] = {
    ("cases_hilfefall", "placements_nichts_laeuft"): "b51aceda61f2d0c16e9b",
    ("placements_buchung", "placements_fall_bleibt_offen"): "e502cc1abce23d9c728b",
    ("placements_buchung", "placements_fall_ist_offen"): "7afa05dd49ad32acded5",
    ("placements_reservierung", "placements_fall_bleibt_offen"): "3253b0fe814f3e540190",
    ("placements_reservierung", "placements_fall_ist_offen"): "9367affa164f651dca4c",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in one schema. functions: name -> digest. triggers: (table, name) -> digest. texts: as triggers."""

    functions: dict[str, str]
    triggers: dict[tuple[str, str], str]
    texts: dict[tuple[str, str], str]


def functions(schema: str) -> Mapping[str, str]:
    """What migrations made in this schema: name -> digest."""
    return SHARED_FUNCTIONS if schema == PUBLIC else OFFICE_FUNCTIONS


def triggers(schema: str) -> Mapping[tuple[str, str], str]:
    """What migrations made in this schema: (table, name) -> digest."""
    return SHARED_TRIGGERS if schema == PUBLIC else OFFICE_TRIGGERS


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
    connection.ensure_connection()
    with transaction.atomic(), psycopg.Cursor(connection.connection) as cursor:
        cursor.execute("SET LOCAL search_path = ''")  # so that every name is written with its schema
        named = {"schema": schema}
        found = dict(cursor.execute(_FUNCTIONS, named).fetchall())
        triggers_ = cursor.execute(_TRIGGERS, named).fetchall()
        transaction.set_rollback(True)  # the path is as it was
    texts = {(table, name): _anywhere(text, schema) for table, name, text in triggers_}
    return Standing(
        {name: _digest(_anywhere(text, schema)) for name, text in found.items()},
        {place: _digest(text) for place, text in texts.items()},
        texts,
    )


def _anywhere(text: str, schema: str) -> str:
    """The same in every office, and whatever the roles are called."""
    text = text.removesuffix(roles.owner())
    return text if schema == PUBLIC else re.sub(rf"\b{schema}\.", "{schema}.", text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
