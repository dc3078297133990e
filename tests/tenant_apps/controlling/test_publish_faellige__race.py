"""A month changes while it is computed: its mark survives, whoever comes first and whatever dies in between.

Before, a change that was committed after the snapshot of the figures lost its mark to the publisher; a closed month
then stayed wrong for good.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Event

import pytest
from django.db import OperationalError, connection

from shared_apps.catalogue.models import Hilfeart
from shared_apps.comparison.models import Kennzahlwert
from tenant_apps.controlling import publish, tasks
from tenant_apps.controlling.models import Haushaltsansatz
from tenant_apps.notifications.models import FaelligerMonat
from tenant_apps.notifications.services import mark_monate
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.tenant_apps.controlling.world import HEUTE
from tests.tenants import owner

MAERZ = date(2026, 3, 1)
#: Long enough for somebody who does not wait to be done.
MOMENT = 1.0


@pytest.fixture
def amt(own_database, django_db_blocker, settings):
    settings.FIXED_TODAY = HEUTE
    with django_db_blocker.unblock():
        amt = Tenant.objects.get(kuerzel="VG")
        with in_tenant(amt):
            Haushaltsansatz.objects.create(jahr=2026, hilfeart=Hilfeart.objects.get(code="S34"), betrag=Decimal(1200))
            mark_monate(monate=[MAERZ])
        yield amt


def _change() -> None:
    Haushaltsansatz.objects.update(betrag=Decimal(2400))
    mark_monate(monate=[MAERZ])


def _published() -> Decimal:
    return Kennzahlwert.objects.get(kennzahl__code="haushaltsansaetze", monat=MAERZ, hilfeart_code="S34").wert


def _marked() -> bool:
    return FaelligerMonat.objects.filter(monat=MAERZ).exists()


def _publish() -> None:
    publish.publish_faellige(monate=[MAERZ])


def _in_thread(pool: ThreadPoolExecutor, amt: Tenant, *works):
    def run() -> None:
        try:
            with in_tenant(amt):
                for work in works:
                    work()
        finally:
            connection.close()

    return pool.submit(run)


def _after_computing(monkeypatch, then) -> None:
    compute = publish.publish_monate

    def computed(**kwargs) -> int:
        rows = compute(**kwargs)
        then()
        return rows

    monkeypatch.setattr(publish, "publish_monate", computed)


def _run_again(amt: Tenant, monkeypatch) -> None:
    monkeypatch.undo()
    with in_tenant(amt):
        _publish()
        assert (_published(), _marked()) == (200, False)


def test_publish_faellige__change_after_the_snapshot__keeps_its_mark(amt, monkeypatch) -> None:
    computed = Event()

    def let_somebody_change_it() -> None:
        computed.set()
        time.sleep(MOMENT)

    _after_computing(monkeypatch, let_somebody_change_it)
    with ThreadPoolExecutor(2) as pool:
        change = _in_thread(pool, amt, computed.wait, _change)
        _in_thread(pool, amt, _publish).result()
        change.result()
    with in_tenant(amt):
        assert (_published(), _marked()) == (100, True)
    _run_again(amt, monkeypatch)


def test_publish_faellige__marked_before_and_committed_after_it__keeps_its_mark(amt, monkeypatch) -> None:
    marked, published = Event(), Event()
    with ThreadPoolExecutor(1) as pool:
        change = _in_thread(pool, amt, _change, marked.set, published.wait)
        marked.wait()
        try:
            with in_tenant(amt):
                _publish()
        finally:
            published.set()
        change.result()
    with in_tenant(amt):
        assert _marked()
    _run_again(amt, monkeypatch)


def test_publish_faellige__killed_after_computing__marks_are_back(amt, monkeypatch, own_database) -> None:
    def die() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        with owner.superuser(own_database) as dba:
            dba.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    _after_computing(monkeypatch, die)
    with pytest.raises(OperationalError), in_tenant(amt):
        _publish()
    connection.close()
    with in_tenant(amt):
        assert _marked()
        assert not Kennzahlwert.objects.filter(monat=MAERZ).exists()
        Haushaltsansatz.objects.update(betrag=Decimal(2400))
    _run_again(amt, monkeypatch)


def test_publish_kennzahlen_of_tenant__many_months__nobody_waits_for_all_of_them(amt, monkeypatch) -> None:
    """A long booking makes decades of months stale: whoever marks the first of them waits for a few only."""
    jahre = [date(jahr, monat, 1) for jahr in (2023, 2024, 2025) for monat in range(1, 13)]
    with in_tenant(amt):
        mark_monate(monate=jahre)
    marked_meanwhile: list[int] = []

    def mark_what_is_done() -> None:
        with ThreadPoolExecutor(1) as pool:
            _in_thread(pool, amt, lambda: mark_monate(monate=[date(2025, 12, 1)])).result(timeout=20)

    compute = publish.publish_monate

    def computed(*, monate) -> int:
        rows = compute(monate=monate)
        if date(2023, 1, 1) in monate:  # the oldest come last
            mark_what_is_done()
            marked_meanwhile.append(len(monate))
        return rows

    monkeypatch.setattr(publish, "publish_monate", computed)
    assert tasks.publish_kennzahlen_of_tenant(schema="vg") == 36 + 2  # March, and the running month
    assert marked_meanwhile and max(marked_meanwhile) <= publish.MONATE_JE_TRANSAKTION
    with in_tenant(amt):
        assert list(FaelligerMonat.objects.values_list("monat", flat=True)) == [date(2025, 12, 1)], "for the next run"


def test_mark_monate__two_at_once__neither_waits(amt) -> None:
    marked, done = Event(), Event()
    with ThreadPoolExecutor(1) as pool:
        first = _in_thread(pool, amt, lambda: mark_monate(monate=[MAERZ]), marked.set, lambda: done.wait(30))
        marked.wait()
        with in_tenant(amt):
            mark_monate(monate=[MAERZ])
        assert not first.done()
        done.set()
        first.result()
