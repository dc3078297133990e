"""Mistakes a programmer makes on a bad day. Each ends in an error or in no row, never in another office's row.

Every scenario is a function that makes its mistake and returns what it saw; `FEHLER` counts as stopped,
and so does an answer without the dye. The dye is looked for in the case number, which stands in clear: a name would
not be readable in another office anyway. The last test prints how many there are (security.md, figure 2).
"""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace

import psycopg
import pytest
from django.core import signing
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.models import prefetch_related_objects
from django.http import StreamingHttpResponse

from shared_apps.accounts.models import Fachkraft
from shared_apps.comparison.models import Kennzahlwert
from shared_apps.inbox.models import Hinweis
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.models import Hilfefall, Klient
from tenants import roles
from tenants.base import CrossTenantUse
from tenants.context import NoTenant, in_tenant, on_portal, require_schema
from tenants.db.base import SessionStatementRefused
from tenants.models import Tenant, TenantZustand
from tenants.signing import sign, unsign
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.register import create_angebot, occupy_platz, period

pytestmark = pytest.mark.django_db

DYE = "VGFARBSTOFF"
#: What may stop a mistake: the guard, the database, the signature, or "not there".
STOPPED = (
    CrossTenantUse,
    NoTenant,
    SessionStatementRefused,
    DatabaseError,
    psycopg.Error,
    signing.BadSignature,
    Klient.DoesNotExist,
    ValueError,
)


@dataclass(frozen=True)
class World:
    """One child in VG; Rostock is the office that must never see it."""

    vg: Tenant
    hro: Tenant
    klient: Klient
    fall: Hilfefall


SCENARIOS: dict[str, Callable[[World], object]] = {}


def mistake(function: Callable[[World], object]) -> Callable[[World], object]:
    """Register a scenario under its name."""
    SCENARIOS[function.__name__] = function
    return function


@pytest.fixture
def world(vg, hro, cast) -> World:
    anna = cast.user("anna")
    with in_tenant(vg):
        klient = create_klient(nachname=DYE, vorname=DYE, pkz=DYE)
        fall = create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer=DYE)
    return World(vg, hro, klient, fall)


def _sql(statement: str, params: object = None) -> list:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


@mistake
def lazy_queryset_is_read_elsewhere(w):
    with in_tenant(w.vg):
        lazy = Hilfefall.objects.all()
    with in_tenant(w.hro):
        return [f.fallnummer for f in lazy]


@mistake
def lazy_values_list_is_read_elsewhere(w):
    with in_tenant(w.vg):
        lazy = Hilfefall.objects.values_list("fallnummer", flat=True)
    with in_tenant(w.hro):
        return list(lazy)


@mistake
def evaluated_queryset_is_kept_and_shown_elsewhere(w):
    with in_tenant(w.vg):
        rows = Hilfefall.objects.all()
        len(rows)
    with in_tenant(w.hro):
        return [f.fallnummer for f in rows]


@mistake
def lazy_queryset_is_counted_elsewhere(w):
    with in_tenant(w.vg):
        lazy = Hilfefall.objects.filter(fallnummer=DYE)
    with in_tenant(w.hro):
        return DYE if lazy.count() or lazy.exists() else None


@mistake
def lazy_queryset_is_updated_elsewhere(w):
    with in_tenant(w.hro):
        mine = create_klient(geschlecht="2")
    with in_tenant(w.vg):
        everybody = Klient.objects.all()
    try:
        with in_tenant(w.hro):
            everybody.update(geschlecht="3")
    finally:
        with in_tenant(w.hro):
            assert Klient.objects.get(pk=mine.pk).geschlecht == "2"


@mistake
def lazy_queryset_is_deleted_elsewhere(w):
    with in_tenant(w.hro):
        mine = create_klient()
    with in_tenant(w.vg):
        everybody = Klient.objects.all()
    try:
        with in_tenant(w.hro):
            everybody.delete()
    finally:
        with in_tenant(w.hro):
            assert Klient.objects.filter(pk=mine.pk).exists()


@mistake
def lazy_queryset_becomes_a_subquery_elsewhere(w):
    with in_tenant(w.vg):
        lazy = Klient.objects.all()
    with in_tenant(w.hro):
        return [f.fallnummer for f in Hilfefall.objects.filter(klient__in=lazy)]


@mistake
def iterator_goes_on_after_the_switch(w):
    with in_tenant(w.vg):
        rows = Hilfefall.objects.iterator()
    with in_tenant(w.hro):
        return [f.fallnummer for f in rows]


@mistake
def open_iterator_is_carried_over(w):
    with in_tenant(w.vg):
        create_klient()
        rows = Klient.objects.order_by("created_at").iterator(chunk_size=1)
        next(rows)
        with in_tenant(w.hro):
            return [DYE for _ in rows]


@mistake
def instance_is_saved_elsewhere(w):
    with in_tenant(w.hro):
        w.klient.save()
    return


@mistake
def instance_is_deleted_elsewhere(w):
    with in_tenant(w.hro):
        w.klient.delete()


@mistake
def copy_of_an_instance_is_saved_elsewhere(w):
    with in_tenant(w.hro):
        twin = copy.copy(w.klient)
        twin.pk = None
        twin.save()
        return [k.pkz for k in Klient.objects.all()]


@mistake
def instance_is_built_here_and_saved_elsewhere(w):
    with in_tenant(w.vg):
        draft = Klient(pkz=DYE, vorname=DYE, nachname=DYE, geburtsdatum="2010-01-01", geschlecht="1")
    with in_tenant(w.hro):
        draft.save()
        return [k.pkz for k in Klient.objects.all()]


@mistake
def pickled_instance_is_saved_elsewhere(w):
    parcel = pickle.dumps(w.klient)
    with in_tenant(w.hro):
        pickle.loads(parcel).save()
        return [k.pkz for k in Klient.objects.all()]


@mistake
def pickled_queryset_is_read_elsewhere(w):
    with in_tenant(w.vg):
        parcel = pickle.dumps(Hilfefall.objects.all())
    with in_tenant(w.hro):
        return [f.fallnummer for f in pickle.loads(parcel)]


@mistake
def instances_are_created_in_bulk_elsewhere(w):
    with in_tenant(w.hro):
        Klient.objects.bulk_create([w.klient])


@mistake
def instances_are_updated_in_bulk_elsewhere(w):
    with in_tenant(w.hro):
        Klient.objects.bulk_update([w.klient], ["geschlecht"])


@mistake
def foreign_instance_is_attached(w):
    with in_tenant(w.hro):
        create_hilfefall(fachkraft_id=w.fall.fachkraft_id, klient=w.klient)


@mistake
def foreign_key_is_set_by_number(w):
    with in_tenant(w.hro):
        Hilfefall.objects.create(fallnummer="F-1", klient_id=w.klient.pk, fachkraft_id=w.fall.fachkraft_id)
        connection.check_constraints()


@mistake
def foreign_row_is_asked_by_its_id(w):
    with in_tenant(w.hro):
        return Klient.objects.get(pk=w.klient.pk).pkz


@mistake
def foreign_instance_is_refreshed(w):
    stale = copy.copy(w.klient)
    stale.pkz = ""
    with in_tenant(w.hro):
        stale.refresh_from_db()
        return stale.pkz


@mistake
def reverse_side_of_a_foreign_instance_is_followed(w):
    with in_tenant(w.hro):
        return [f.fallnummer for f in w.klient.hilfefaelle.all()]


@mistake
def related_rows_of_a_foreign_instance_are_prefetched(w):
    twin = copy.copy(w.klient)
    with in_tenant(w.hro):
        prefetch_related_objects([twin], "hilfefaelle")
        return [f.fallnummer for f in twin.hilfefaelle.all()]


@mistake
def raw_sql_names_the_other_schema(w):
    with in_tenant(w.hro):
        return _sql("SELECT fallnummer FROM vg.cases_hilfefall")


@mistake
def raw_sql_unites_two_schemas(w):
    with in_tenant(w.hro):
        return _sql("SELECT fallnummer FROM cases_hilfefall UNION ALL SELECT fallnummer FROM vg.cases_hilfefall")


@mistake
def raw_queryset_names_the_other_schema(w):
    with in_tenant(w.hro):
        return [f.fallnummer for f in Hilfefall.objects.raw("SELECT * FROM vg.cases_hilfefall")]


@mistake
def raw_sql_inserts_into_the_other_schema(w):
    with in_tenant(w.hro):
        _sql("INSERT INTO vg.cases_klient SELECT * FROM cases_klient")


@mistake
def search_path_is_set_by_hand(w):
    with in_tenant(w.hro):
        _sql("SET search_path = vg, public")
        return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def search_path_is_set_for_the_transaction(w):
    with in_tenant(w.hro):
        _sql("/* quick fix */ SET LOCAL search_path = vg, public")
        return [f.fallnummer for f in Hilfefall.objects.all()]


@mistake
def role_is_set_by_hand(w):
    with in_tenant(w.hro):
        _sql(f"SET LOCAL ROLE {roles.tenant('vg')}")
        return _sql("SELECT fallnummer FROM vg.cases_hilfefall")


@mistake
def role_is_reset_by_hand(w):
    with in_tenant(w.hro):
        _sql("RESET ROLE")
        return _sql("SELECT fallnummer FROM vg.cases_hilfefall")


@mistake
def role_is_set_by_a_function(w):
    with in_tenant(w.hro):
        _sql("SELECT set_config('role', %s, true)", [roles.tenant("vg")])
        return _sql("SELECT fallnummer FROM vg.cases_hilfefall")


@mistake
def role_is_set_in_a_do_block(w):
    with in_tenant(w.hro):
        _sql(f"DO $$ BEGIN EXECUTE 'SET LOCAL ROLE {roles.tenant('vg')}'; END $$")
        return _sql("SELECT fallnummer FROM vg.cases_hilfefall")


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
                _sql("SELECT 1/0")
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
def schema_name_carries_sql(w):
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
        _sql(f"UPDATE {Kennzahlwert._meta.db_table} SET mandant = 'vg'")
        return [DYE for h in Hinweis.objects.exclude(mandant="hro")]


@mistake
def passwords_are_read(w):
    with in_tenant(w.hro):
        return _sql("SELECT password FROM accounts_user")


@mistake
def directory_is_asked_for_secrets(w):
    with in_tenant(w.hro):
        return _sql(f"SELECT password FROM {Fachkraft._meta.db_table}")


@mistake
def statistics_of_the_planner_are_read(w):
    with in_tenant(w.hro):
        return _sql("SELECT most_common_vals::text FROM pg_stats WHERE schemaname = 'vg'")


@mistake
def statements_of_others_are_read(w):
    with in_tenant(w.hro):
        return _sql("SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE %s", [f"%{DYE}%"])


@mistake
def table_is_copied_out(w):
    with in_tenant(w.hro):
        _sql("COPY vg.cases_klient TO PROGRAM 'cat'")


@mistake
def temporary_table_is_left_behind(w):
    with in_tenant(w.vg):
        _sql("CREATE TEMP TABLE merkzettel AS SELECT fallnummer FROM cases_hilfefall")
    with in_tenant(w.hro):
        return _sql("SELECT fallnummer FROM merkzettel")


@mistake
def function_is_planted(w):
    with in_tenant(w.vg):
        _sql(
            "CREATE FUNCTION alle() RETURNS text LANGUAGE sql SECURITY DEFINER"
            " AS 'SELECT fallnummer FROM cases_hilfefall'"
        )
    with in_tenant(w.hro):
        return _sql("SELECT * FROM vg.alle()")


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


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_mistake_ends_in_an_error_or_no_row(world, name):
    try:
        with transaction.atomic():
            seen = SCENARIOS[name](world)
    except STOPPED:
        seen = None
    assert DYE not in repr(seen), name
    with in_tenant(world.vg):
        assert Klient.objects.mit_pkz(DYE).count() == 1, "the child's own office still has its row, unchanged"
    with in_tenant(world.hro):
        assert not Klient.objects.mit_pkz(DYE).exists()


def test_the_guard_names_both_offices(world):
    with in_tenant(world.hro), pytest.raises(CrossTenantUse, match=r"'vg'.*'hro'"):
        world.klient.save()


def test_session_statements_are_refused_before_they_reach_the_database(world):
    for statement in ("SET ROLE x", "  set local role x", "-- a\nRESET ALL", "/* a */ DISCARD ALL", "DO $$ $$"):
        with in_tenant(world.hro), pytest.raises(SessionStatementRefused), transaction.atomic():
            _sql(statement)
    with in_tenant(world.hro):
        _sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_foreign_key_by_number_is_named_by_the_database(world):
    with pytest.raises((IntegrityError, ProgrammingError)):
        foreign_key_is_set_by_number(world)


def test_there_are_enough(capsys):
    with capsys.disabled():
        print(f"\n{len(SCENARIOS)} mistakes, each stopped (asked for: 25)")
    assert len(SCENARIOS) >= 25
