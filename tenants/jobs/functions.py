"""The queue in the database: who may hand over what (`tenants.jobs`), and what the worker may touch.

Nobody but a worker's own connection (`sojus_queue`) writes the queue's tables or calls procrastinate's functions. Who
hands a job over calls `sojus_defer_job(task, args)`, which runs as the owner and asks the declarations. To look at the
tables: no office, no provider at an office and no page of sign-in; jobs on shared tables (`sojus_dienst`) see the
jobs, pages of the state portal (`sojus_land`) see them where the acting person operates (`READABLE`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from psycopg import sql

from tenants.db import roles
from tenants.jobs import BETRIEB, FULL, RULES, WAITING, WAITING_PER_OFFICE, Caller
from tenants.tables.objects import Function

DEFER = "sojus_defer_job"
RETRY = "sojus_retry_job"
#: What procrastinate's own functions begin with; only a worker's connection to the queue calls them.
LIBRARY = "procrastinate_"
#: One of them that would run with the owner's rights (docs/adr/0025).
RAW = "procrastinate_defer_jobs_v1"

# Inside SECURITY DEFINER current_user is the owner; current_setting('role') is still what the transaction took.
_DEFER = """
DECLARE
    rule jsonb := public.sojus_job_rules() -> task;
    taken text := current_setting('role');
    who text := CASE WHEN taken = 'none' THEN session_user::text ELSE taken END;
    caller text;
    office text;
    kind text;
    word text;
    only_word text;
    found_lock text;
    found_queueing_lock text;
    job_id bigint;
    waiting bigint;
BEGIN
    IF who = {owner} OR (taken = 'none' AND pg_has_role(session_user, {owner}, 'MEMBER')) THEN
        caller := 'owner';
    ELSIF starts_with(who, {prefix}) AND right(who, {suffix_length}) <> {suffix} THEN
        caller := 'amt';
        office := substr(who, {after_prefix});
    ELSIF who = ANY ({pages}) THEN
        caller := 'portal';
    END IF;
    IF rule IS NULL OR caller IS NULL OR NOT rule -> 'callers' ? caller THEN
        RAISE EXCEPTION 'permission denied for this job' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF args IS NULL OR jsonb_typeof(args) <> 'object'
       OR ARRAY(SELECT jsonb_object_keys(args) ORDER BY 1) <> ARRAY(SELECT jsonb_object_keys(rule -> 'args') ORDER BY 1)
    THEN
        RAISE EXCEPTION 'permission denied for these arguments' USING ERRCODE = 'insufficient_privilege';
    END IF;
    found_lock := rule ->> 'lock';
    found_queueing_lock := rule ->> 'queueing_lock';
    FOR word, kind IN SELECT * FROM jsonb_each_text(rule -> 'args') LOOP
        IF jsonb_typeof(args -> word) <> 'string'
           OR NOT (CASE kind
               WHEN 'own_office' THEN coalesce(args ->> word = office, false)
                    AND EXISTS (SELECT 1 FROM tenants_tenant t WHERE t.schema_name = office)
               WHEN 'id' THEN args ->> word ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$'
               ELSE false
           END)
        THEN
            RAISE EXCEPTION 'permission denied for this argument' USING ERRCODE = 'insufficient_privilege';
        END IF;
        found_lock := replace(found_lock, '{{' || word || '}}', args ->> word);
        found_queueing_lock := replace(found_queueing_lock, '{{' || word || '}}', args ->> word);
    END LOOP;
    IF caller <> 'owner' AND found_queueing_lock IS NULL THEN
        SELECT count(*) INTO waiting
          FROM (SELECT 1 FROM procrastinate_jobs j WHERE j.status = 'todo' AND j.task_name = task LIMIT {most}) w;
        -- Which office it counts for is asked only when it may matter; a job without its row counts as the portal's.
        SELECT min(k) INTO only_word FROM jsonb_object_keys(rule -> 'args') k;
        IF waiting >= {most_per_office} AND waiting < {most} AND rule -> 'office' <> 'null'::jsonb THEN
            EXECUTE format(
                'SELECT count(*) FROM procrastinate_jobs j LEFT JOIN public.%1$I x ON x.id = (j.args ->> %3$L)::uuid'
                ' WHERE j.status = ''todo'' AND j.task_name = $1'
                ' AND x.%2$I IS NOT DISTINCT FROM (SELECT y.%2$I FROM public.%1$I y WHERE y.id = $2::uuid)',
                rule -> 'office' ->> 0, rule -> 'office' ->> 1, only_word)
            INTO waiting USING task, args ->> only_word;
        END IF;
        IF waiting >= {most_per_office} THEN
            RAISE EXCEPTION 'too many jobs wait' USING ERRCODE = {full};
        END IF;
    END IF;
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
    VALUES (rule ->> 'queue', task, 0, found_lock, found_queueing_lock, args, NULL)
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
    RETURNING id INTO job_id;
    RETURN job_id;
END
"""

# Only what has failed, for good or until its next try, and only to do it again exactly as it was. NULL: neither of them
# (any more), or its like waits already.
_RETRY = """
DECLARE
    found bigint;
BEGIN
    IF NOT public.sojus_ist_betreiber() THEN
        RAISE EXCEPTION 'permission denied for this job' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE procrastinate_jobs j SET status = 'todo', attempts = 0, scheduled_at = NULL
     WHERE j.id = job
       AND (j.status = 'failed' AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs w
                                                 WHERE w.queueing_lock = j.queueing_lock AND w.status = 'todo')
            OR j.status = 'todo' AND j.attempts > 0 AND j.scheduled_at > now())
    RETURNING id INTO found;
    RETURN found;
END
"""


def declared_rules() -> dict[str, dict]:
    """What the code declares, as the database keeps it."""
    return {name: RULES[name].as_json() for name in sorted(RULES)}


def _filled(text: str) -> sql.Composed:
    prefix = roles.tenant_prefix()
    return sql.SQL(text).format(
        owner=sql.Literal(roles.owner()),
        prefix=sql.Literal(prefix),
        after_prefix=sql.Literal(len(prefix) + 1),
        suffix=sql.Literal(roles.PORTAL_SUFFIX),
        suffix_length=sql.Literal(len(roles.PORTAL_SUFFIX)),
        most=sql.Literal(WAITING),
        most_per_office=sql.Literal(WAITING_PER_OFFICE),
        full=sql.Literal(FULL),
        pages=sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(map(sql.Literal, roles.pages()))),
    )


def functions() -> Iterator[Function]:
    """What may be handed over, handing over, doing again what failed."""
    rules = json.dumps(declared_rules(), sort_keys=True)
    yield Function(
        "public",
        "sojus_job_rules",
        sql.SQL(f"SELECT {_quoted(rules)}::jsonb"),
        returns="jsonb",
        language="sql",
        options="IMMUTABLE",
        callers=(),
    )
    yield Function(
        "public",
        DEFER,
        _filled(_DEFER),
        arguments="task text, args jsonb",
        returns="bigint",
        definer=True,
        callers=(*roles.pages(), roles.tenants()),
    )
    yield Function(
        "public",
        RETRY,
        sql.SQL(_RETRY),
        arguments="job bigint",
        returns="bigint",
        definer=True,
        callers=roles.pages(),
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


#: Row-level security of the queue for those who look: jobs themselves, and who operates. Asked once a statement.
READABLE = f"current_user = '{roles.dienst()}' OR (SELECT sojus_ist_betreiber())"
#: Row-level security of the queue for the worker that serves people: the owner's jobs are not there for it.
NOT_BETRIEB = f"queue_name <> '{BETRIEB}'"
CALLERS = tuple(Caller)
