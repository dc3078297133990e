"""Holding, booking, shortening and giving back a place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shared_apps.core.errors import KeinPlatzFrei, Konflikt
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.models import Platzbindung
from shared_apps.occupancy.selectors import count_vakanzen, list_vakanzen
from shared_apps.occupancy.services import bind_platz, book_platz, extend_bindung, release_platz
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.register import DateRange, create_angebot, occupy_platz
from tests.tenants import owner

HALBJAHR = Zeitraum.from_inclusive(date(2027, 1, 1), date(2027, 6, 30))


def _later(days: int = 7):
    return timezone.now() + timedelta(days=days)


def test_count_vakanzen__counts_a_place_only_when_free_in_the_whole_period(vg, hro):
    angebot = create_angebot(plaetze=3)
    erster, zweiter, _ = angebot.plaetze.all()
    occupy_platz(platz=erster, tenant=hro, zeitraum=DateRange(date(2027, 6, 30), date(2027, 7, 15)))
    occupy_platz(platz=zweiter, tenant=hro, zeitraum=DateRange(date(2026, 1, 1), date(2027, 1, 1)))  # ends before
    with in_tenant(vg):
        assert count_vakanzen([angebot.pk], HALBJAHR) == {angebot.pk: 2}
        assert list_vakanzen([angebot.pk], HALBJAHR)[angebot.pk].gesamt == 3


def test_count_vakanzen__knows_holds_without_end(vg, hro):
    angebot = create_angebot(plaetze=1)
    occupy_platz(platz=angebot.plaetze.get(), tenant=hro, zeitraum=DateRange(date(2020, 1, 1), None))
    with in_tenant(vg):
        assert count_vakanzen([angebot.pk], HALBJAHR) == {angebot.pk: 0}
        with pytest.raises(KeinPlatzFrei):
            bind_platz(angebot_id=angebot.pk, zeitraum=HALBJAHR, ablauf_at=_later())


def test_bind_platz__takes_every_place_once_and_then_says_so(vg, hro):
    angebot = create_angebot(plaetze=2)
    with in_tenant(vg):
        erste = bind_platz(angebot_id=angebot.pk, zeitraum=HALBJAHR, ablauf_at=_later())
    with in_tenant(hro):
        zweite = bind_platz(angebot_id=angebot.pk, zeitraum=HALBJAHR, ablauf_at=_later())
        assert {erste.platz_id, zweite.platz_id} == {platz.pk for platz in angebot.plaetze.all()}
        with pytest.raises(KeinPlatzFrei, match="anderweitig reserviert"):
            bind_platz(angebot_id=angebot.pk, zeitraum=HALBJAHR, ablauf_at=_later())
        assert not Platzbindung.objects.filter(pk=erste.pk).exists()  # the other office's hold stays hidden


#: What it would have said a moment before: all places of the offer.
_SEEN_BEFORE = """
CREATE OR REPLACE FUNCTION occupancy_freie_plaetze(das_angebot uuid, zr daterange) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS 'SELECT id FROM providers_platz WHERE angebot_id = das_angebot ORDER BY nummer'
"""


def test_bind_platz__a_place_that_ends_after_it_was_found_free_is_passed_over(own_database, django_db_blocker):
    """Its provider ended it in between; the transaction goes on. The second time it is tried for certain."""
    with django_db_blocker.unblock(), owner.superuser(own_database) as cluster:
        cluster.execute(_SEEN_BEFORE)
        angebot = create_angebot(plaetze=2)
        erster, zweiter = angebot.plaetze.order_by("nummer")
        angebot.plaetze.filter(pk=erster.pk).update(gueltig=DateRange(date(2015, 1, 1), date(2027, 3, 1)))
        with in_tenant(Tenant.objects.get(kuerzel="VG")):
            assert bind_platz(angebot_id=angebot.pk, zeitraum=HALBJAHR, ablauf_at=_later()).platz_id == zweiter.pk
            with pytest.raises(KeinPlatzFrei):
                bind_platz(angebot_id=angebot.pk, zeitraum=HALBJAHR, ablauf_at=_later())
            assert Platzbindung.objects.count() == 1


def test_bind_platz__a_lapsed_hold_of_another_office_does_not_block(vg, hro):
    angebot = create_angebot(plaetze=1)
    with in_tenant(hro):
        alt = bind_platz(angebot_id=angebot.pk, zeitraum=HALBJAHR, ablauf_at=timezone.now() - timedelta(minutes=1))
    with in_tenant(vg):
        assert bind_platz(angebot_id=angebot.pk, zeitraum=HALBJAHR, ablauf_at=_later())
    with in_tenant(hro):
        assert Platzbindung.objects.get(pk=alt.pk).zustand == "FREIGEGEBEN"
        with pytest.raises(Konflikt, match="abgelaufen"):
            book_platz(bindung_id=alt.pk)
        with pytest.raises(Konflikt, match="abgelaufen"):
            extend_bindung(bindung_id=alt.pk, ablauf_at=_later(14))


def test_release_platz__from_a_day_on_shortens_the_hold(vg):
    angebot = create_angebot(plaetze=1)
    with in_tenant(vg):
        bindung = bind_platz(angebot_id=angebot.pk, zeitraum=HALBJAHR, ablauf_at=_later())
        book_platz(bindung_id=bindung.pk)
        assert release_platz(bindung_id=bindung.pk, ab=date(2027, 4, 1))
        bindung.refresh_from_db()
        assert (bindung.zustand, bindung.zeitraum.upper) == ("GEBUCHT", date(2027, 4, 1))
        ab_april = Zeitraum.from_inclusive(date(2027, 4, 1), date(2027, 6, 30))
        assert count_vakanzen([angebot.pk], ab_april) == {angebot.pk: 1}


def test_release_platz__altogether(vg):
    angebot = create_angebot(plaetze=1)
    with in_tenant(vg):
        bindung = bind_platz(angebot_id=angebot.pk, zeitraum=HALBJAHR, ablauf_at=_later())
        assert release_platz(bindung_id=bindung.pk)
        assert not release_platz(bindung_id=bindung.pk)
        assert count_vakanzen([angebot.pk], HALBJAHR) == {angebot.pk: 1}
