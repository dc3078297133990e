"""When a place is free is kept beside holds and blocks, by whoever writes these, and never says anything else.

Random acts are in test_sperren__oracle.py; here is what is special: reservations that lapse, two writers at once, what
dies in the middle, what somebody has broken.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.models import Platzbindung
from shared_apps.occupancy.services import bind_platz, book_platz, release_platz
from shared_apps.providers.models import Angebot
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.register import DateRange, create_angebot, occupy_platz
from tests.tenants import owner

HEUTE = date.today()


def tag(n: int) -> date:
    return HEUTE + timedelta(days=n)


def create_one() -> Angebot:
    """An offer with one place, there since last year."""
    angebot = create_angebot(plaetze=1, entgelt=None)
    angebot.plaetze.update(gueltig=DateRange(tag(-400), None))
    return angebot


def frei(tenant: Tenant, angebot: Angebot, beginn: date, ende: date | None) -> int:
    """What the search is told."""
    with in_tenant(tenant), connection.cursor() as cursor:
        cursor.execute(
            "SELECT frei FROM occupancy_freie_angebote(ARRAY[%s::uuid], daterange(%s, %s))", [angebot.pk, beginn, ende]
        )
        row = cursor.fetchone()
    return row[0] if row else 0


@pytest.mark.django_db
def test_a_reservation_counts_until_it_lapses_without_a_hand(vg):
    angebot = create_one()
    with in_tenant(vg):
        bindung = bind_platz(angebot_id=angebot.pk, zeitraum=Zeitraum(tag(5), tag(9)), ablauf_at=_later(3))
    assert (frei(vg, angebot, tag(5), tag(6)), frei(vg, angebot, tag(9), None)) == (0, 1)
    with in_tenant(vg):
        Platzbindung.objects.filter(pk=bindung.pk).update(ablauf_at=_later(-1))
    assert frei(vg, angebot, tag(5), tag(6)) == 1


@pytest.mark.django_db
def test_days_that_are_over_are_asked_of_the_holds(vg):
    """Gaps of the past are not kept: whoever asks for them is answered as before."""
    angebot = create_one()
    occupy_platz(platz=angebot.plaetze.get(), tenant=vg, zeitraum=DateRange(tag(-300), tag(-200)))
    assert (frei(vg, angebot, tag(-250), tag(-249)), frei(vg, angebot, tag(-199), tag(30))) == (0, 1)
    assert frei(vg, angebot, tag(-1), None) == 1


def gaps(database: str, angebot: Angebot) -> list[tuple[int, int | None]]:
    """Its gaps in days from today; None: without end."""
    with owner.superuser(database) as by_hand:
        return by_hand.execute(
            "SELECT von - current_date, bis - current_date FROM occupancy_luecke WHERE angebot_id = %s ORDER BY 1",
            [angebot.pk],
        ).fetchall()


def test_bookings_part_gaps_and_a_hold_whose_gaps_cannot_be_written_is_none(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        vg, angebot = Tenant.objects.get(kuerzel="VG"), create_one()
        assert gaps(own_database, angebot) == [(-400, None)]
        with in_tenant(vg):
            bindung = bind_platz(angebot_id=angebot.pk, zeitraum=Zeitraum(tag(5), tag(9)), ablauf_at=_later(3))
        assert gaps(own_database, angebot) == [(-400, None)], "a reservation writes nothing"
        with in_tenant(vg):
            book_platz(bindung_id=bindung.pk)
        assert gaps(own_database, angebot) == [(-400, 5), (9, None)]
        with owner.superuser(own_database) as by_hand:
            by_hand.execute("ALTER TABLE occupancy_luecke ADD CONSTRAINT keine CHECK (false) NOT VALID")
        with pytest.raises(IntegrityError, match="keine"), transaction.atomic():
            occupy_platz(platz=angebot.plaetze.get(), tenant=vg, zeitraum=DateRange(tag(20), tag(30)))
        with in_tenant(vg):
            assert Platzbindung.objects.get().pk == bindung.pk
        assert gaps(own_database, angebot) == [(-400, 5), (9, None)]
        with owner.superuser(own_database) as by_hand:
            by_hand.execute("ALTER TABLE occupancy_luecke DROP CONSTRAINT keine")
        with in_tenant(vg):
            release_platz(bindung_id=bindung.pk)
        assert gaps(own_database, angebot) == [(-400, None)]


def test_two_who_book_one_place_at_once_leave_the_gaps_of_both(own_database, django_db_blocker):
    """The second waits for the first before it computes; else it would write the first one's days as free."""
    both = [(-400, 5), (9, 20), (30, None)]
    with django_db_blocker.unblock():
        angebot = create_one()
        platz = angebot.plaetze.get().pk
        with owner.superuser(own_database) as erste, ThreadPoolExecutor(1) as gleichzeitig:
            erste.autocommit = False
            _insert(erste, platz, tag(5), tag(9))
            zweite = gleichzeitig.submit(_insert_alone, own_database, platz, tag(20), tag(30))
            with pytest.raises(TimeoutError):
                zweite.result(timeout=0.3)
            erste.commit()
            zweite.result(timeout=20)
        assert gaps(own_database, angebot) == both
        with owner.superuser(own_database) as by_hand:  # whatever somebody has done to them
            by_hand.execute("UPDATE occupancy_luecke SET von = von + 1")
            by_hand.execute("DELETE FROM occupancy_luecke WHERE bis IS NULL")
            assert gaps(own_database, angebot) != both
        assert "Lücken neu berechnet" in owner.manage(own_database, "rebuild_luecken").stdout
        assert gaps(own_database, angebot) == both


def _later(days: int):
    return timezone.now() + timedelta(days=days)


def _insert(session: psycopg.Connection, platz: UUID, beginn: date, ende: date) -> None:
    session.execute(
        "INSERT INTO occupancy_platzbindung (id, created_at, mandant, platz_id, zeitraum, zustand)"
        " VALUES (gen_random_uuid(), now(), 'vg', %s, daterange(%s, %s), 'GEBUCHT')",
        [platz, beginn, ende],
    )


def _insert_alone(database: str, platz: UUID, beginn: date, ende: date) -> None:
    with owner.superuser(database) as session:
        _insert(session, platz, beginn, ende)
