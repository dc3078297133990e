"""Mistakes with the connection and with what outlives a request: SQL by hand, roles, threads, streams, caches."""

from __future__ import annotations

import copy
import threading
from functools import lru_cache
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.http import StreamingHttpResponse

from shared_apps.accounts.models import Fachkraft
from shared_apps.comparison.models import Kennzahlwert
from shared_apps.inbox.models import Hinweis
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.models import Hilfefall
from tenants.context import in_tenant, on_portal, require_schema
from tenants.crypto.signing import sign, unsign
from tenants.db import roles
from tenants.db.base import SessionStatementRefused
from tenants.models import TenantZustand
from tests.factories.register import create_angebot, occupy_platz, period
from tests.isolation.mistakes import DYE, STOPPED, check, mistake, names, run_sql

pytestmark = pytest.mark.django_db


@mistake
def raw_sql_names_the_other_schema(w):
    with in_tenant(w.hro):
        return run_sql("SELECT fallnummer FROM vg.cases_hilfefall")


@mistake
def raw_sql_unites_two_schemas(w):
    with in_tenant(w.hro):
        return run_sql("SELECT fallnummer FROM cases_hilfefall UNION ALL SELECT fallnummer FROM vg.cases_hilfefall")


@mistake
def raw_queryset_names_the_other_schema(w):
    with in_tenant(w.hro):
        return [f.fallnummer for f in Hilfefall.objects.raw("SELECT * FROM vg.cases_hilfefall")]


@mistake
def raw_sql_inserts_into_the_other_schema(w):
    with in_tenant(w.hro):
        run_sql("INSERT INTO vg.cases_klient SELECT * FROM cases_klient")


@mistake
def search_path_is_set_by_hand(w):
    with in_tenant(w.hro):
        run_sql("SET search_path = vg, public")
        return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def search_path_is_set_for_the_transaction(w):
    with in_tenant(w.hro):
        run_sql("/* quick fix */ SET LOCAL search_path = vg, public")
        return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def role_is_set_by_hand(w):
    with in_tenant(w.hro):
        run_sql(f"SET LOCAL ROLE {roles.tenant('vg')}")
        return run_sql("SELECT fallnummer FROM vg.cases_hilfefall")


@mistake
def role_is_reset_by_hand(w):
    with in_tenant(w.hro):
        run_sql("RESET ROLE")
        return run_sql("SELECT fallnummer FROM vg.cases_hilfefall")


@mistake
def role_is_set_by_a_function(w):
    with in_tenant(w.hro):
        run_sql("SELECT set_config('role', %s, true)", [roles.tenant("vg")])
        return run_sql("SELECT fallnummer FROM vg.cases_hilfefall")


@mistake
def role_is_set_in_a_do_block(w):
    with in_tenant(w.hro):
        run_sql(f"DO $$ BEGIN EXECUTE 'SET LOCAL ROLE {roles.tenant('vg')}'; END $$")
        return run_sql("SELECT fallnummer FROM vg.cases_hilfefall")


@mistake
def django_tenants_own_switch_is_used(w):
    with in_tenant(w.hro):
        connection.set_schema("vg")
        try:
            return [f.fallnummer for f in Hilfefall.objects.all()]
        finally:
            connection.set_schema_to_public()


@mistake
def savepoint_is_rolled_back_inside_the_other_office(w):
    with in_tenant(w.hro):
        try:
            with in_tenant(w.vg):
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def database_error_inside_the_other_office(w):
    with in_tenant(w.hro):
        try:
            with in_tenant(w.vg):
                run_sql("SELECT 1/0")
        except DatabaseError:
            pass
        return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def generator_is_left_open_inside_the_other_office(w):
    def rows():
        with in_tenant(w.vg):
            yield Hilfefall.objects.count()
            yield from (f.fallnummer for f in Hilfefall.objects.all())

    left_open = rows()
    next(left_open)
    with in_tenant(w.hro):
        return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def answer_is_streamed_after_the_end(w):
    with in_tenant(w.vg):
        answer = StreamingHttpResponse(f.fallnummer for f in Hilfefall.objects.all().iterator())
    return b"".join(answer.streaming_content).decode()


@mistake
def no_office_is_open(w):
    return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def job_runs_without_an_office(w):
    return require_schema()


@mistake
def portal_reads_a_case(w):
    with on_portal():
        return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def thread_takes_over_the_work(w):
    seen: list[object] = []

    def work() -> None:
        try:
            seen.extend(f.fallnummer for f in Hilfefall.objects.all())
        except STOPPED as error:
            seen.append(type(error).__name__)
        finally:
            connection.close()

    with in_tenant(w.vg):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen, "the thread neither read nor failed"
    return seen


@mistake
def schema_does_not_exist(w):
    ghost = copy.copy(w.hro)
    ghost.schema_name = "geist"
    with in_tenant(ghost):
        return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def schema_name_carriesrun_sql(w):
    evil = copy.copy(w.hro)
    evil.schema_name = "hro, vg"
    with in_tenant(evil):
        return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def office_was_closed(w):
    closed = copy.copy(w.vg)
    closed.zustand = TenantZustand.STILLGELEGT
    with in_tenant(closed):
        return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def signed_link_is_used_elsewhere(w):
    with in_tenant(w.vg):
        token = sign(DYE, purpose="auskunft")
    with in_tenant(w.hro):
        return unsign(token, purpose="auskunft", max_age=60)


@mistake
def cached_value_is_found_elsewhere(w):
    with in_tenant(w.vg):
        cache.set("faelle.liste", DYE)
    with in_tenant(w.hro):
        return cache.get("faelle.liste")


@mistake
def function_with_a_memory_holds_a_queryset(w):
    @lru_cache
    def everybody():
        return Hilfefall.objects.all()

    with in_tenant(w.vg):
        list(everybody())
    with in_tenant(w.hro):
        return [f.fallnummer for f in everybody()]


@mistake
def prepared_statement_survives_the_switch(w):
    seen = []
    for _ in range(12):  # psycopg prepares from the fifth time on
        with in_tenant(w.vg):
            assert Hilfefall.objects.filter(fallnummer=DYE).count() == 1
        with in_tenant(w.hro):
            seen += [f.fallnummer for f in Hilfefall.objects.filter(fallnummer=DYE)]
    return seen


@mistake
def hold_is_written_in_anothers_name(w):
    angebot = create_angebot()
    with in_tenant(w.hro):
        Platzbindung.objects.create(
            mandant="vg", platz=angebot.plaetze.get(), zeitraum=period("2026-01-01", "2026-02-01")
        )


@mistake
def holds_of_all_offices_are_listed(w):
    occupy_platz(platz=create_angebot().plaetze.get(), tenant=w.vg, zeitraum=period("2026-01-01", "2026-06-30"))
    with in_tenant(w.hro):
        return [DYE for _ in Platzbindung.objects.all()]


@mistake
def figures_are_published_in_anothers_name(w):
    with in_tenant(w.hro):
        run_sql(f"UPDATE {Kennzahlwert._meta.db_table} SET mandant = 'vg'")
        return [DYE for h in Hinweis.objects.exclude(mandant="hro")]


@mistake
def passwords_are_read(w):
    with in_tenant(w.hro):
        return run_sql("SELECT password FROM accounts_user")


@mistake
def directory_is_asked_for_secrets(w):
    with in_tenant(w.hro):
        return run_sql(f"SELECT password FROM {Fachkraft._meta.db_table}")


@mistake
def statistics_of_the_planner_are_read(w):
    with in_tenant(w.hro):
        return run_sql("SELECT most_common_vals::text FROM pg_stats WHERE schemaname = 'vg'")


@mistake
def statements_of_others_are_read(w):
    with in_tenant(w.hro):
        return run_sql(
            "SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE %s", [f"%{DYE}%"]
        )


@mistake
def table_is_copied_out(w):
    with in_tenant(w.hro):
        run_sql("COPY vg.cases_klient TO PROGRAM 'cat'")


@mistake
def temporary_table_is_left_behind(w):
    with in_tenant(w.vg):
        run_sql("CREATE TEMP TABLE merkzettel AS SELECT fallnummer FROM cases_hilfefall")
    with in_tenant(w.hro):
        return run_sql("SELECT fallnummer FROM merkzettel")


@mistake
def function_is_planted(w):
    with in_tenant(w.vg):
        run_sql(
            "CREATE FUNCTION alle() RETURNS text LANGUAGE sql SECURITY DEFINER"
            " AS 'SELECT fallnummer FROM cases_hilfefall'"
        )
    with in_tenant(w.hro):
        return run_sql("SELECT * FROM vg.alle()")


@mistake
def trail_is_rewritten(w):
    with in_tenant(w.hro):
        Protokoll.objects.update(vorgang=DYE)


@mistake
def wrong_office_is_put_on_the_request(w):
    """The fence trusts the host only: a tenant object whose role and schema do not fit is refused by the database."""
    forged = SimpleNamespace(zustand="AKTIV", kuerzel="X", role=roles.tenant("hro"), schema_name="vg")
    with in_tenant(forged):
        return [f.fallnummer for f in Hilfefall.objects.all()]


@pytest.mark.parametrize("name", names(__name__))
def test_mistake_ends_in_an_error_or_no_row(world, name):
    check(name, world)


def test_session_statements_are_refused_before_they_reach_the_database(world):
    for statement in ("SET ROLE x", "  set local role x", "-- a\nRESET ALL", "/* a */ DISCARD ALL", "DO $$ $$"):
        with in_tenant(world.hro), pytest.raises(SessionStatementRefused), transaction.atomic():
            run_sql(statement)
    with in_tenant(world.hro):
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
