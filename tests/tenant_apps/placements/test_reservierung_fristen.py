"""Extend, withdraw, expire."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.inbox import selectors as inbox
from shared_apps.inbox.models import Hinweis
from shared_apps.occupancy.models import Platzbindung
from shared_apps.occupancy.selectors import list_gehalten
from shared_apps.occupancy.services import _held
from tenant_apps.audit.models import Protokoll
from tenant_apps.controlling.selectors import sum_gebunden
from tenant_apps.placements.faelle.selectors.laufendes import list_laufende_hilfen
from tenant_apps.placements.faelle.selectors.vorgang import BALD, filter_stand, get_vorgang_zustand, is_abgelaufen
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.services.fristen import (
    expire_reservierungen,
    extend_reservierung,
    withdraw_reservierung,
)
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tenant_apps.placements.states import VorgangZustand
from tenant_apps.placements.tasks import expire_all
from tenant_apps.placements.vorgaben import RESERVIERUNG_TAGE
from tenant_apps.vorgaben.services import create_vorgabewert
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot, list_freie_plaetze
from tests.factories.suchen import search_for
from tests.trail import reading


@pytest.fixture
def anna(cast):
    return cast.akteur("anna")


@pytest.fixture
def reservierung(anna, vg) -> Reservierung:
    angebot = create_angebot()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        return reserve_angebot(
            akteur=anna, suche=search_for(anna, fall), angebot_id=angebot.pk, betroffen=Betroffen(fall.klient, fall)
        )


def _let_lapse(reservierung: Reservierung) -> None:
    gestern = timezone.now() - timedelta(days=1)
    Reservierung.objects.filter(pk=reservierung.pk).update(ablauf_at=gestern)
    Platzbindung.objects.filter(pk=reservierung.platzbindung_id).update(ablauf_at=gestern)


def test_extend_reservierung__moves_every_deadline(anna, vg, reservierung):
    with in_tenant(vg):
        neu = extend_reservierung(akteur=anna, reservierung=reservierung, tage=5)
        assert neu.ablauf_at == reservierung.ablauf_at + timedelta(days=5)
        assert Platzbindung.objects.get().ablauf_at == neu.ablauf_at == Hinweis.objects.get().frist_at


def test_extend_reservierung__not_beyond_four_weeks(anna, vg, reservierung):
    with in_tenant(vg), pytest.raises(RegelVerletzt, match="höchstens 28 Tage") as error:
        extend_reservierung(akteur=anna, reservierung=reservierung, tage=28)
    assert error.value.feld == "tage"


def test_extend_reservierung__by_the_usual_time_as_far_as_it_still_goes(anna, vg, cast, reservierung, sign_in):
    """An office keeps places for twenty days: eight more, then the four weeks are full."""
    emil = cast.akteur("emil")
    with in_tenant(vg, user_id=emil.user_id):
        create_vorgabewert(akteur=emil, vorgabe=RESERVIERUNG_TAGE, wert=20, gueltig_ab=today(), grund="Ferien")
    with in_tenant(vg):
        Reservierung.objects.update(ablauf_at=timezone.now() + timedelta(days=20))
        Platzbindung.objects.update(ablauf_at=timezone.now() + timedelta(days=20))
    page = sign_in("anna").get(f"/reservierungen/{reservierung.pk}/verlaengern/").text
    assert re.search(r'name="tage"[^>]*value="[78]"|value="[78]"[^>]*name="tage"', page)
    with in_tenant(vg):
        neu = extend_reservierung(akteur=anna, reservierung=reservierung)
        assert timedelta(days=26) < neu.ablauf_at - timezone.now() <= timedelta(days=28)


@pytest.mark.parametrize("step", ["verlaengern", "zurueckziehen"])
def test_crumbs__name_the_case_as_its_page_does(reservierung, sign_in, step):
    page = sign_in("anna").get(f"/reservierungen/{reservierung.pk}/{step}/").text
    assert reservierung.pseudonym not in page


def test_extend_reservierung__lapsed_is_lapsed(anna, vg, reservierung):
    with in_tenant(vg):
        _let_lapse(reservierung)
        with pytest.raises(Konflikt, match="abgelaufen"):
            extend_reservierung(akteur=anna, reservierung=reservierung, tage=5)


def test_withdraw_reservierung__frees_the_place_and_clears_the_worklist(anna, vg, reservierung):
    with in_tenant(vg):
        neu = withdraw_reservierung(akteur=anna, reservierung=reservierung, grund=" Mutter sagt ab. ")
        assert (neu.zustand, neu.rueckzug_grund) == ("ZURUECKGEZOGEN", "Mutter sagt ab.")
        assert Platzbindung.objects.get().zustand == "FREIGEGEBEN"
        assert Hinweis.objects.get().erledigt_at is not None
    with reading(vg):
        assert Protokoll.objects.filter(vorgang="reservierung.zurueckziehen", objekt_id=neu.pk).exists()


def test_withdraw_reservierung__asks_for_a_reason(anna, vg, reservierung):
    with in_tenant(vg), pytest.raises(RegelVerletzt, match="warum") as error:
        withdraw_reservierung(akteur=anna, reservierung=reservierung, grund="  ")
    assert error.value.feld == "grund"


def test_withdraw_reservierung__only_once(anna, vg, reservierung):
    with in_tenant(vg):
        withdraw_reservierung(akteur=anna, reservierung=reservierung, grund="nicht mehr nötig")
        with pytest.raises(Konflikt, match="nicht möglich"):
            withdraw_reservierung(akteur=anna, reservierung=reservierung, grund="nicht mehr nötig")


def test_expire_reservierungen__ends_what_is_over_and_nothing_else(vg, reservierung):
    with in_tenant(vg):
        assert expire_reservierungen() == 0
        _let_lapse(reservierung)
        assert expire_reservierungen() == 1
        reservierung.refresh_from_db()
        assert reservierung.zustand == "ABGELAUFEN"
        assert Platzbindung.objects.get().zustand == "FREIGEGEBEN"
        assert Hinweis.objects.get().erledigt_at is not None
        eintrag = Protokoll.objects.get(vorgang="reservierung.ablaufen")
        assert (eintrag.user_id, eintrag.rolle) == (None, "SYSTEM")
        assert expire_reservierungen() == 0


#: Between the end of a hold and the moment it is asked at, and whether it still lives.
GRENZE = [(timedelta(), True), (timedelta(microseconds=-1), False), (timedelta(microseconds=1), True)]


@pytest.mark.parametrize(("noch", "lebt"), GRENZE)
def test_last_moment_of_a_hold__all_say_the_same_of_it(anna, vg, reservierung, monkeypatch, noch, lebt):
    """Until the clock has passed it (`shared_apps.core.clock.real_now`), for the place as for the reservation."""
    with in_tenant(vg):
        now = _moment_of_the_database()
        monkeypatch.setattr(timezone, "now", lambda: now)
        Reservierung.objects.update(ablauf_at=now + noch)
        Platzbindung.objects.update(ablauf_at=now + noch)
        Hinweis.objects.update(frist_at=now + noch)
        rows, reservierung = Reservierung.objects.all(), Reservierung.objects.get()
        says = {
            "the place is free": not list_freie_plaetze(
                reservierung.angebot_id, Zeitraum.from_range(reservierung.zeitraum)
            ),
            "held for": bool(list_gehalten(reservierung.angebot_id, date.min)),
            "extended": bool(_held(reservierung.platzbindung_id).exists()),
            "shown": not is_abgelaufen(reservierung),
            "its state": get_vorgang_zustand(reservierung, None) == VorgangZustand.RESERVIERT,
            "filtered as waiting": filter_stand(rows, VorgangZustand.RESERVIERT).exists(),
            "filtered as soon over": filter_stand(rows, BALD).exists(),
            "filtered as lapsed": not filter_stand(rows, VorgangZustand.ABGELAUFEN).exists(),
            "keeps the case open": bool(list_laufende_hilfen(anna, reservierung.hilfefall, today())),
            "binds money": bool(sum_gebunden(von=reservierung.beginn, bis=reservierung.letzter_tag)),
            "its note": inbox._aktion(Hinweis.objects.get(), ihre=True) != inbox.ANSEHEN,
            "swept": expire_reservierungen() == 0,
        }
    assert says == dict.fromkeys(says, lebt)


def _moment_of_the_database() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def test_expire_all__visits_every_office(vg, reservierung):
    with in_tenant(vg):
        _let_lapse(reservierung)
    assert expire_all(timestamp=0) == 1


@pytest.mark.parametrize("heute", ["2031-05-01", "2020-05-01"])
def test_fixed_day__a_reservation_runs_out_by_the_real_clock_everywhere(anna, vg, reservierung, settings, heute):
    """The database judges by its own clock. A screen with another one shows as lapsed what still holds its place."""
    settings.FIXED_TODAY = heute
    with in_tenant(vg):
        assert not is_abgelaufen(reservierung)
        assert expire_reservierungen() == 0
        extend_reservierung(akteur=anna, reservierung=reservierung, tage=2)
        _let_lapse(reservierung)
        reservierung.refresh_from_db()
        assert is_abgelaufen(reservierung)
        assert expire_reservierungen() == 1


@pytest.mark.parametrize(("rest", "level"), [(timedelta(days=6), "secondary"), (timedelta(days=1), "primary")])
def test_page__extending_is_what_is_next_only_near_the_deadline(rest, level, vg, reservierung, sign_in):
    with in_tenant(vg):
        Reservierung.objects.filter(pk=reservierung.pk).update(ablauf_at=timezone.now() + rest)
    page = sign_in("anna").get(f"/reservierungen/{reservierung.pk}/").text
    knopf = page.rpartition(f'href="/reservierungen/{reservierung.pk}/verlaengern/"')[0].rpartition("<a")[2]
    assert f"kern-btn--{level}" in knopf
