"""The list "dieselben Tage in zwei Rechnungen" in a big office against a self-join by hand (`make bench`).

SOJUS_BENCH_INVOICES: how many there are, else 100,000. SOJUS_BENCH_PLANS prints the plans, too.
"""

from __future__ import annotations

import os
import time

import pytest
from django.db import connection

from tenant_apps.billing import policies
from tenant_apps.billing.selectors.rechnungen import DOPPELT, RECHNUNGEN, filter_rechnungen, get_summen
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.bulk import multiply
from tests.people import Cast
from tests.plans import explain
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import tell
from tests.tenants import owner

pytestmark = pytest.mark.bench
MANY = int(os.environ.get("SOJUS_BENCH_INVOICES", "100000"))
#: Months of each young person; every hundredth invoice charges the days of the one before, every twentieth the other
#: half of its month.
MONTHS = 20
BY_HAND = """
WITH live AS MATERIALIZED (
    SELECT r.id, r.monat, r.eingereicht_at, b.klient_id, b.hilfeart_id, h.form, n.tage
      FROM billing_rechnung r JOIN placements_buchung b ON b.id = r.buchung_id
      JOIN catalogue_hilfeart h ON h.id = b.hilfeart_id
      JOIN billing_leistungsnachweis n ON n.id = r.leistungsnachweis_id
     WHERE r.zustand NOT IN ('BEANSTANDET', 'STORNIERT') AND h.einheit = 'TAG')
SELECT DISTINCT a.id, a.eingereicht_at FROM live a JOIN live b USING (klient_id, monat)
 WHERE a.id <> b.id AND a.tage && b.tage
   AND (a.hilfeart_id = b.hilfeart_id OR a.form = 'STATIONAER' AND b.form = 'STATIONAER')
 ORDER BY 2 DESC, 1 DESC
"""


def _spread(database: str) -> None:
    """Give the copies to fewer young people, month by month; all of them have the days of the one booking, which no
    child could have twice as a stay."""
    people = max(MANY // MONTHS, 1)
    person = f"md5('cases_klient' || (1 + (n - 1) % {people}))::uuid"
    block = f"((n - 1) / {people})"
    moved = f"({block} % 2 = 1 AND (n % 100 = 0 OR n % 20 = 1))::int"
    month = f"(date '2016-01-01' + make_interval(months => {block} - {moved}))::date"
    days = f"ARRAY(SELECT generate_series(CASE WHEN {block} % 2 = 1 AND n % 20 = 1 THEN 16 ELSE 1 END, CASE"
    days += f" WHEN n % 100 = 0 OR {moved} = 1 THEN 30 ELSE 15 END))"
    with owner.superuser(database) as dba:
        dba.execute("SET session_replication_role = replica; SET search_path = vg, public")
        numbers = f"(SELECT n, md5('%s' || n)::uuid AS id FROM generate_series(1, {MANY}) n) c"
        for table, change in {
            "placements_buchung": f"klient_id = {person}, ist_aufenthalt = false",
            "billing_leistungsnachweis": f"monat = {month}, tage = {days}",
            "billing_rechnung": f"monat = {month}",
        }.items():
            dba.execute(f"UPDATE {table} t SET {change} FROM {numbers % table} WHERE c.id = t.id")
            dba.execute(f"VACUUM ANALYZE {table}")


def test_the_same_days_in_two_invoices(own_database, capsys) -> None:
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    for name in ("anna", "ines", "doris"):
        cast.akteur(name, at="VG")
    story = tell(cast, vg)
    bill(story, story.book())
    multiply(own_database, "vg", many=MANY, own=0)
    _spread(own_database)
    doris = story.akteur("doris")
    said = []
    with in_tenant(vg, user_id=doris.user_id):
        begin = time.perf_counter()
        found_rows = filter_rechnungen(rechnungen=policies.visible_rechnungen(doris), auffaellig=DOPPELT)
        rows = RECHNUNGEN.all(found_rows)
        finding = time.perf_counter() - begin  # one pass over the office's invoices, before the list itself
        found = rows.count()
        statement, params = rows[:25].query.sql_with_params()
        with connection.cursor() as cursor:
            page = explain(cursor.cursor, statement, params)
            count, count_params = rows.order_by().values("pk").query.sql_with_params()
            total = explain(cursor.cursor, f"SELECT count(*) FROM ({count}) x", count_params)
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + statement, params)
            said = [line for (line,) in cursor.fetchall()]
        get_summen(rows)
    with owner.superuser(own_database) as dba:
        dba.execute("SET search_path = vg, public")
        hand = explain(dba.cursor(), BY_HAND, None)
        assert len(dba.execute(BY_HAND).fetchall()) == found > 0
    with capsys.disabled():
        if os.environ.get("SOJUS_BENCH_PLANS"):
            print("\n" + "\n".join(said))
        for what, seconds, cost in (("first page", finding + page.seconds, page), ("count", total.seconds, total)):
            print(
                f"\nbench same days in two invoices, {found} of {MANY}, {what}: {seconds:.2f} s, {cost.buffers}"
                f" buffers; by hand {hand.seconds:.2f} s, {hand.buffers} buffers (factor {seconds / hand.seconds:.1f})"
            )
