"""A search is planned once for each session and office; what it finds is as of now, and each office's own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.catalogue.models import Hilfeart
from shared_apps.providers.models import Angebot, Entgelt
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements.search.selectors.search import search_angebote
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.register import create_angebot
from tests.factories.suchen import kriterien_folie
from tests.security.pooler import find_pgbouncer, pgbouncer, through
from tests.tenants import owner

#: After this many questions the server weighs a plan for all of them against one for each.
GENUG = 7


def _saetze(kuerzel: str, **fields: Any) -> list[Decimal | None]:
    with in_tenant(Tenant.objects.get(kuerzel=kuerzel)):
        return [zeile.tagesentgelt for zeile in search_angebote(kriterien_folie(**fields)).treffer]


def _kept() -> set[str]:
    """For whom the session keeps plans, and which: it is older than the test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {statement for (statement,) in cursor.fetchall()}


def test_each_office_has_its_own_plan_and_its_own_rates(vg, hro):
    """On one session, in turns: another office's plan would show another office's rates, or hers to both."""
    angebot = create_angebot(hilfeart="A31", entgelt="60.00", stunden_je_woche="20")
    amt, gueltig = Gebietskoerperschaft.objects.get(kuerzel="VG"), DateRange(date(2017, 1, 1), None)
    Entgelt.objects.create(angebot=angebot, jugendamt=amt, betrag=Decimal("55.00"), einheit="STUNDE", gueltig=gueltig)
    stunden = {
        "hilfeart": Hilfeart.objects.get(code="A31"), "tage_je_woche": None, "stunden_je_woche": Decimal("10.00"),
    }  # fmt: skip
    for _ in range(GENUG):
        assert (_saetze("VG", **stunden), _saetze("HRO", **stunden)) == ([Decimal("55.00")], [Decimal("60.00")])
    assert {vg.role, hro.role} <= {statement.rsplit("\n-- ", 1)[1] for statement in _kept()}
    Angebot.objects.filter(pk=angebot.pk).update(gueltig=DateRange(date(2015, 1, 1), date(2016, 12, 31)))
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


def test_a_release_that_makes_columns_longer_meets_kept_plans(own_database, django_db_blocker):
    """The process of the release before goes on asking; a plan whose answer has another type would fail."""
    with django_db_blocker.unblock(), owner.superuser(own_database) as cluster:
        create_angebot(entgelt="76.00")
        for _ in range(GENUG):
            _saetze("VG")
        for table, column in (("angebot", "hinweis"), ("angebot", "name"), ("einrichtung", "ort")):
            cluster.execute(f"ALTER TABLE providers_{table} ALTER COLUMN {column} TYPE varchar(999)")
        assert _saetze("VG") == [Decimal("76.00")]
