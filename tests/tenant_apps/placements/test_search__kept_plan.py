"""A search is planned once for each session and office; what it finds is as of now, and each office's own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, NotSupportedError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.catalogue.models import Hilfeart
from shared_apps.providers.models import Angebot, Entgelt
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors import markt
from tenant_apps.placements.search.selectors.fast_passend import FastPassend, list_fast_passend
from tenant_apps.placements.search.selectors.search import search_angebote
from tenant_apps.placements.search.selectors.treffer import Sortierung
from tenants.context import in_tenant, keep_plans, on_portal
from tenants.db import roles
from tenants.db.base import KEPT_PLANS
from tenants.models import Tenant
from tests.factories.register import create_angebot
from tests.factories.suchen import kriterien_folie
from tests.security.pooler import find_pgbouncer, pgbouncer, through
from tests.tenants import owner

#: After this many questions the server weighs a plan for all of them against one for each.
GENUG = 7


def _saetze(kuerzel: str, sortierung: str = Sortierung.KOSTEN.value, **fields: Any) -> list[Decimal | None]:
    with in_tenant(Tenant.objects.get(kuerzel=kuerzel)):
        return [zeile.tagesentgelt for zeile in search_angebote(kriterien_folie(**fields), sortierung).treffer]


def _near(kuerzel: str) -> list[FastPassend]:
    art = Hilfeart.objects.get(code="S34")
    suche = Suche(hilfeart=art, region="VG", zeitraum=DateRange(date(2017, 6, 1), date(2017, 12, 1)), tage_je_woche=7)
    with in_tenant(Tenant.objects.get(kuerzel=kuerzel)):
        return list_fast_passend(suche)


def _own_rate(betrag: str) -> dict[str, Any]:
    """An offer by the hour for 60 euro, for VG at this rate; what is asked to find it."""
    angebot = create_angebot(hilfeart="A31", entgelt="60.00", stunden_je_woche="20")
    amt, gueltig = Gebietskoerperschaft.objects.get(kuerzel="VG"), DateRange(date(2017, 1, 1), None)
    Entgelt.objects.create(angebot=angebot, jugendamt=amt, betrag=Decimal(betrag), einheit="STUNDE", gueltig=gueltig)
    return {
        "hilfeart": Hilfeart.objects.get(code="A31"), "tage_je_woche": None, "stunden_je_woche": Decimal("10.00"),
    }  # fmt: skip


def _kept() -> set[str]:
    """For whom the session keeps plans, and which: it is older than the test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {statement for (statement,) in cursor.fetchall()}


def _ask(sql: str, *params: Any) -> Any:
    """One value, by a statement that is kept."""
    with connection.cursor() as cursor:
        keep_plans(cursor)
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def test_each_office_has_its_own_plan_and_its_own_rates(vg, hro):
    """On one session, in turns: another office's plan would show another office's rates, or hers to both."""
    stunden = _own_rate("55.00")
    for _ in range(GENUG):
        assert (_saetze("VG", **stunden), _saetze("HRO", **stunden)) == ([Decimal("55.00")], [Decimal("60.00")])
    assert {vg.role, hro.role} <= {statement.rsplit("\n-- ", 1)[1] for statement in _kept()}
    Angebot.objects.update(gueltig=DateRange(date(2015, 1, 1), date(2016, 12, 31)))
    assert (_saetze("VG", **stunden), _saetze("HRO", **stunden)) == ([], []), "a plan is kept, never what it found"


@pytest.mark.skipif(not find_pgbouncer(), reason="pgbouncer is not installed")
def test_behind_a_pooler_nothing_is_kept(own_database, django_db_blocker):
    """It gives its clients a number that no server process has, and the next transaction another process."""
    with django_db_blocker.unblock():
        create_angebot(entgelt="76.00")
        with pgbouncer(pool=2) as port, through(port):
            for kuerzel in ("VG", "HRO") * GENUG:
                assert _saetze(kuerzel) == [Decimal("76.00")]
                assert _kept() == set()


@pytest.mark.parametrize(("kreise", "ist_weit"), [(7, True), (8, False)])
def test_the_widest_states_are_planned_each_time(vg, monkeypatch, kreise, ist_weit):
    """The state of the tests has eight districts. It is asked with the district: what is loaded later counts, too."""
    assert Gebietskoerperschaft.objects.filter(land="Mecklenburg-Vorpommern").count() == 8
    monkeypatch.setattr(markt, "_KREISE_BIS", kreise)
    vorher = _kept()
    _saetze("VG", reichweite="LAND", sortierung=f"-{Sortierung.ENTFERNUNG}")
    assert (_kept() == vorher) is ist_weit


def test_a_release_that_makes_columns_wider_meets_kept_plans(own_database, django_db_blocker):
    """The process of the release before goes on asking; a plan whose answer has another type would fail."""
    with django_db_blocker.unblock(), owner.superuser(own_database) as cluster:
        create_angebot(entgelt="76.00")
        create_angebot(entgelt="76.00", kreis="VR")
        for _ in range(GENUG):
            assert (_saetze("VG"), len(_near("VG"))) == ([Decimal("76.00")], 1)
        texte = (("angebot", "hinweis"), ("angebot", "name"), ("einrichtung", "ort"))
        for table, column in (*texte, ("suchzeile", "hinweis"), ("suchzeile", "name"), ("suchzeile", "ort")):
            cluster.execute(f"ALTER TABLE providers_{table} ALTER COLUMN {column} TYPE varchar(999)")
        cluster.execute("DROP TRIGGER providers_angebot_erlaubt ON providers_angebot")  # names one of them
        for column in ("alter_von", "alter_bis"):
            for table in ("angebot", "suchzeile"):
                cluster.execute(f"ALTER TABLE providers_{table} ALTER COLUMN {column} TYPE integer")
        assert (_saetze("VG"), len(_near("VG"))) == ([Decimal("76.00")], 1)


def test_what_is_taken_back_takes_no_plan_and_no_office_with_it(vg, hro):
    """A plan that was made within a savepoint outlives it; what is asked next is asked as the office that is open."""
    stunden = _own_rate("55.00")
    with in_tenant(vg):
        for _ in range(GENUG):
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                assert _saetze("HRO", **stunden) == [Decimal("60.00")]
                assert _saetze("VG", **stunden) == [Decimal("55.00")]
                raise ZeroDivisionError
            assert (_saetze("VG", **stunden), _saetze("HRO", **stunden)) == ([Decimal("55.00")], [Decimal("60.00")])


def test_shared_pages_within_an_office_have_a_plan_of_their_own(vg):
    wer = "SELECT current_user::text"
    with in_tenant(vg):
        for _ in range(GENUG):
            assert _ask(wer) == vg.role
            with on_portal():
                assert _ask(wer) == roles.land()
            assert _ask(wer) == vg.role
    assert {f"{wer}\n-- {vg.role}", f"{wer}\n-- {roles.land()}"} <= _kept()


def test_of_more_plans_than_a_session_keeps_the_one_least_used_goes(vg):
    with in_tenant(vg):
        for zahl in range(KEPT_PLANS):
            assert _ask(f"SELECT {zahl}") == zahl
        assert _ask("SELECT 0") == 0
        assert _ask("SELECT 'one more'") == "one more"
    kept = _kept()
    assert len(kept) == KEPT_PLANS
    assert {f"SELECT 0\n-- {vg.role}", f"SELECT 'one more'\n-- {vg.role}"} <= kept
    assert f"SELECT 1\n-- {vg.role}" not in kept


def test_statement_that_fails_is_kept_by_nobody(own_database, django_db_blocker):
    """A search that takes too long fails after it was planned: the server would keep a plan that nobody can name."""
    with django_db_blocker.unblock():
        vg = Tenant.objects.get(kuerzel="VG")
        for _ in range(3):
            with pytest.raises(DataError), in_tenant(vg):
                _ask("SELECT 1 / %s::integer", 0)
            assert _kept() == set()
        with in_tenant(vg):
            with pytest.raises(DataError), transaction.atomic():
                _ask("SELECT 1 / %s::integer", 0)
            assert _ask("SELECT 1 / %s::integer", 1) == 1


def test_office_that_is_made_again_is_asked_again(own_database, django_db_blocker):
    """Role and schema have the names of before; a plan made for the tables that went would look where nothing is."""
    with django_db_blocker.unblock(), owner.superuser(own_database) as cluster:
        hro = Tenant.objects.get(kuerzel="HRO")
        for wert in (1, 2):
            cluster.execute(
                f"DROP SCHEMA hro CASCADE; CREATE SCHEMA hro; GRANT USAGE ON SCHEMA hro TO {hro.role};"
                f"CREATE TABLE hro.zahl (wert integer); GRANT SELECT ON hro.zahl TO {hro.role};"
                f"INSERT INTO hro.zahl VALUES ({wert})"
            )
            for _ in range(GENUG):
                with in_tenant(hro):
                    assert _ask("SELECT wert FROM zahl") == wert


def test_plan_whose_answer_has_another_type_fails_once(own_database, django_db_blocker):
    """Also where the page that asked goes on: the next one is planned again, and nobody has to restart the process."""
    with django_db_blocker.unblock(), owner.superuser(own_database) as cluster:
        vg = Tenant.objects.get(kuerzel="VG")
        cluster.execute(f"CREATE TABLE vg.zahl AS SELECT 1::smallint AS wert; GRANT SELECT ON vg.zahl TO {vg.role}")
        with in_tenant(vg):
            assert _ask("SELECT wert FROM zahl") == 1
        cluster.execute("ALTER TABLE vg.zahl ALTER COLUMN wert TYPE integer")
        with in_tenant(vg), pytest.raises(NotSupportedError, match="result type"), transaction.atomic():
            _ask("SELECT wert FROM zahl")
        with in_tenant(vg):
            assert _ask("SELECT wert FROM zahl") == 1
