"""Holds, blocks, stops and changes of places in any order: none overlaps another, and the count is the rule's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import today
from shared_apps.core.errors import KeinPlatzFrei, Konflikt, SojusError
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from shared_apps.occupancy.models import Aufnahmestopp, Platzbindung, Platzsperre
from shared_apps.occupancy.rules import Abschnitt, Abschnittsart, abschnitte, describe, ist_frei
from shared_apps.occupancy.selectors import count_je_zeitraum, count_vakanzen, list_vakanzen
from shared_apps.occupancy.services import bind_platz, book_platz, release_platz
from shared_apps.occupancy.services import sperren as services
from shared_apps.providers.models import Angebot
from shared_apps.providers.services.angebote import update_platzzahl
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tests.factories.register import create_angebot

#: What runs is this; the rule is its oracle (tests/architecture/test_reachable.py).
ORACLE_OF = "shared_apps/occupancy/migrations/0009_sperren_und_stopps.py"

BEGINN, DAUER = st.integers(0, 12), st.integers(1, 8) | st.none()
ORDNUNG = st.integers(0, 9)
AKT = st.one_of(
    st.tuples(st.just("hold"), BEGINN, DAUER, st.booleans()),
    st.tuples(st.just("block"), BEGINN, DAUER, st.integers(0, 2)),
    st.tuples(st.just("stop"), BEGINN, DAUER),
    st.tuples(st.just("release"), ORDNUNG),
    st.tuples(st.just("move"), ORDNUNG, DAUER),
    st.tuples(st.just("free"), ORDNUNG),
    st.tuples(st.just("go"), ORDNUNG),
    st.tuples(st.just("places"), st.integers(1, 4), st.integers(0, 6)),
)


def _dauer(beginn: int, tage: int | None) -> Zeitraum:
    ab = today() + timedelta(days=beginn)
    return Zeitraum(ab, None if tage is None else ab + timedelta(days=tage))


@dataclass
class Markt:
    """What should be there, kept beside the database in plain Python."""

    vg: Tenant
    ines: Akteur
    angebot: Angebot
    holds: dict[UUID, tuple[UUID, Zeitraum]] = field(default_factory=dict)
    blocks: dict[UUID, tuple[UUID, Zeitraum]] = field(default_factory=dict)
    stops: dict[UUID, Zeitraum] = field(default_factory=dict)

    def portal(self):
        return on_portal(user_id=self.ines.user_id, anbieter_ids=self.ines.anbieter_ids)

    def platz_ids(self) -> dict[UUID, Zeitraum]:
        return {p.pk: Zeitraum.from_range(p.gueltig) for p in self.angebot.plaetze.order_by("nummer")}

    def taken(self, platz: UUID, zeitraum: Zeitraum, *rows: dict[UUID, tuple[UUID, Zeitraum]]) -> bool:
        return any(p == platz and z.overlaps(zeitraum) for there in rows for p, z in there.values())

    def free(self, zeitraum: Zeitraum) -> set[UUID]:
        """Free places, day by day and without the rule."""
        if any(zeitraum.beginn in stop for stop in self.stops.values()):
            return set()
        return {
            platz
            for platz, gueltig in self.platz_ids().items()
            if gueltig.contains(zeitraum) and not self.taken(platz, zeitraum, self.holds, self.blocks)
        }

    def hold(self, beginn: int, tage: int | None, fest: bool) -> None:
        zeitraum = _dauer(beginn, tage)
        free = self.free(zeitraum)
        with in_tenant(self.vg):
            try:
                with transaction.atomic():
                    bindung = bind_platz(
                        angebot_id=self.angebot.pk, zeitraum=zeitraum, ablauf_at=timezone.now() + timedelta(days=3)
                    )
            except KeinPlatzFrei as error:
                assert not free
                assert ("nimmt zu dieser Zeit nicht auf" in error.message) == any(
                    zeitraum.beginn in stop for stop in self.stops.values()
                )
                return
            assert bindung.platz_id in free
            if fest:
                book_platz(bindung_id=bindung.pk)
        self.holds[bindung.pk] = (bindung.platz_id, zeitraum)

    def block(self, beginn: int, tage: int | None, nummer: int) -> None:
        zeitraum = _dauer(beginn, tage)
        platz = list(self.angebot.plaetze.order_by("nummer"))[nummer]
        allowed = zeitraum.beginn in Zeitraum.from_range(platz.gueltig)
        allowed &= not self.taken(platz.pk, zeitraum, self.holds, self.blocks)
        sperre = self.attempt(
            lambda: services.create_sperre(akteur=self.ines, platz=platz, zeitraum=zeitraum, grund="RENOVIERUNG"),
            allowed,
        )
        if sperre:
            self.blocks[sperre.pk] = (platz.pk, zeitraum)

    def stop(self, beginn: int, tage: int | None) -> None:
        zeitraum = _dauer(beginn, tage)
        allowed = not any(stop.overlaps(zeitraum) for stop in self.stops.values())
        stopp = self.attempt(
            lambda: services.create_stopp(akteur=self.ines, angebot=self.angebot, zeitraum=zeitraum, grund="PERSONAL"),
            allowed,
        )
        if stopp:
            self.stops[stopp.pk] = zeitraum

    def attempt(self, act: Callable, allowed: bool):
        with self.portal():
            try:
                with transaction.atomic():
                    done = act()
            except SojusError:
                assert not allowed
                return None
        assert allowed
        return done

    def release(self, which: int) -> None:
        if not self.holds:
            return
        bindung = sorted(self.holds)[which % len(self.holds)]
        with in_tenant(self.vg):
            assert release_platz(bindung_id=bindung)
        del self.holds[bindung]

    def move(self, which: int, tage: int | None) -> None:
        if not self.blocks:
            return
        pk = sorted(self.blocks)[which % len(self.blocks)]
        platz, dauer = self.blocks.pop(pk)
        neu = Zeitraum(dauer.beginn, None if tage is None else dauer.beginn + timedelta(days=tage))
        allowed = not self.taken(platz, neu, self.holds, self.blocks)
        gelesen = Gelesen.of({"letzter_tag": dauer.letzter_tag, "grund": "RENOVIERUNG", "notiz": ""})
        moved = self.attempt(
            lambda: services.update_sperre(
                akteur=self.ines, sperre=Platzsperre.objects.get(pk=pk), ende=neu.ende, grund="RENOVIERUNG", notiz="",
                gelesen=gelesen,
            ),
            allowed,
        )  # fmt: skip
        self.blocks[pk] = (platz, neu if moved else dauer)

    def lift(self, which: int) -> None:
        if self.blocks:
            pk = sorted(self.blocks)[which % len(self.blocks)]
            self.attempt(
                lambda: services.lift_sperre(akteur=self.ines, sperre=Platzsperre.objects.get(pk=pk)), allowed=True
            )
            del self.blocks[pk]

    def go(self, which: int) -> None:
        if self.stops:
            pk = sorted(self.stops)[which % len(self.stops)]
            self.attempt(
                lambda: services.lift_stopp(akteur=self.ines, stopp=Aufnahmestopp.objects.get(pk=pk)), allowed=True
            )
            del self.stops[pk]

    def places(self, anzahl: int, ab: int) -> None:
        tag = today() + timedelta(days=ab)
        gelesen = Gelesen.of({"anzahl": self.angebot.plaetze.filter(gueltig__contains=today()).count()})
        with self.portal():
            try:
                with transaction.atomic():
                    update_platzzahl(akteur=self.ines, angebot=self.angebot, anzahl=anzahl, ab=tag, gelesen=gelesen)
            except SojusError:
                return

    def folge(self, platz: UUID, gueltig: Zeitraum, fenster: Zeitraum) -> list[Abschnitt]:
        arten = ((Abschnittsart.BELEGT, self.holds), (Abschnittsart.GESPERRT, self.blocks))
        vergeben = [Abschnitt(art, z.beginn, z.ende) for art, rows in arten for p, z in rows.values() if p == platz]
        stopps = [Abschnitt(Abschnittsart.NICHT_ANGEBOTEN, z.beginn, z.ende) for z in self.stops.values()]
        return abschnitte(gueltig, vergeben, stopps, fenster)

    def check(self) -> None:
        zeiten = [_dauer(*zeit) for zeit in ((0, 1), (2, 3), (5, 9), (3, None))]
        with self.portal():
            je_zeit = count_je_zeitraum([self.angebot.pk, self.angebot.pk], zeiten)
        assert je_zeit == {self.angebot.pk: [len(self.free(zeit)) for zeit in zeiten]}, "all at once as one by one"
        for beginn, tage in ((0, 1), (2, 3), (5, 9)):
            zeitraum = _dauer(beginn, tage)
            frei = self.free(zeitraum)
            with in_tenant(self.vg):
                assert count_vakanzen([self.angebot.pk], zeitraum)[self.angebot.pk] == len(frei)
            with self.portal():
                vakanz = list_vakanzen([self.angebot.pk], zeitraum).get(self.angebot.pk)
            da = [gueltig for gueltig in self.platz_ids().values() if gueltig.contains(zeitraum)]
            assert (vakanz.frei if vakanz else 0, vakanz.gesamt if vakanz else 0) == (len(frei), len(da))
            for platz, gueltig in self.platz_ids().items():
                folge = self.folge(platz, gueltig, zeitraum)
                assert ist_frei(folge, zeitraum) == (platz in frei)
                assert [teil.ende for teil in folge][:-1] == [teil.beginn for teil in folge][1:], "no gap"
                assert folge[0].beginn <= zeitraum.beginn
                assert folge[-1].ende is None or folge[-1].ende >= zeitraum.ende
                assert all(describe(teil, today()) for teil in folge)
        self.check_search()
        with in_tenant(self.vg):
            rows = list(Platzbindung.objects.filter(zustand__in=["RESERVIERT", "GEBUCHT"]))
        assert {row.pk: (row.platz_id, Zeitraum.from_range(row.zeitraum)) for row in rows} == self.holds
        with self.portal():
            there = {s.pk: (s.platz_id, s.dauer) for s in Platzsperre.objects.filter(aufgehoben_at=None)}
        assert there == self.blocks
        alle = [*self.holds.values(), *self.blocks.values()]
        assert not any(a[0] == b[0] and a[1].overlaps(b[1]) for n, a in enumerate(alle) for b in alle[n + 1 :]), (
            "two on one place"
        )

    def check_search(self) -> None:
        """What the search asks, of one offer and among very many: many periods, from yesterday on."""
        viele = [self.angebot.pk, *(UUID(int=n) for n in range(301))]
        with in_tenant(self.vg), connection.cursor() as cursor:
            for gefragt in ([self.angebot.pk] * 2, viele):
                cursor.execute(_ANDERS, [gefragt, [self.angebot.pk]])
                assert cursor.fetchall() == []


#: Periods of which the search says something else than whoever counts all places and all holds.
_ANDERS = """
SELECT z.zr, coalesce(f.frei, 0), coalesce(v.frei, 0)
  FROM generate_series(-1, 14, 3) b
 CROSS JOIN LATERAL generate_series(b + 1, 23, 4) e
 CROSS JOIN LATERAL (SELECT daterange(current_date + b, CASE WHEN e < 20 THEN current_date + e END) AS zr) z
  LEFT JOIN LATERAL occupancy_freie_angebote(%s::uuid[], z.zr) f ON true
  LEFT JOIN LATERAL occupancy_vakanzen(%s::uuid[], z.zr) v ON true
 WHERE coalesce(f.frei, 0) <> coalesce(v.frei, 0)
"""


def test_nothing_overlaps_and_the_count_is_the_oracles(vg, cast):
    angebot = create_angebot(anbieter="Jugendhilfe Küste gGmbH", plaetze=3, entgelt=None)
    ines = cast.akteur("ines")

    @hypothesis_settings(max_examples=25)
    @given(st.lists(AKT, min_size=3, max_size=9))
    def run(akte):
        with transaction.atomic():
            markt = Markt(vg, ines, angebot)
            acts = {"hold": markt.hold, "block": markt.block, "stop": markt.stop, "release": markt.release,
                    "move": markt.move, "free": markt.lift, "go": markt.go, "places": markt.places}  # fmt: skip
            for name, *args in akte:
                acts[name](*args)
            markt.check()
            transaction.set_rollback(True)

    run()


def test_words_of_a_board():
    heute = date(2026, 11, 30)

    def say(art: str, ab: int, tage: int | None, **more: object) -> str:
        beginn = heute + timedelta(days=ab)
        ende = None if tage is None else beginn + timedelta(days=tage)
        return describe(Abschnitt(Abschnittsart(art), beginn, ende, **more), heute)

    assert say("frei", -5, None) == say("frei", 0, None) == "ab sofort frei"
    assert say("frei", -5, 10) == "ab sofort frei bis 04.12."
    assert say("frei", -5, 6) == say("frei", 0, 1) == "nur heute frei"
    assert say("frei", 21, None) == "frei ab 21.12."
    assert say("frei", 21, 10) == "frei vom 21.12. bis 30.12."
    assert say("frei", 21, 1) == "nur am 21.12. frei"
    assert say("frei", 21, 900) == "frei vom 21.12. bis 07.06.2029"
    assert say("frei", -5, 3) == "war frei bis 27.11."
    assert say("belegt", -5, 110) == "belegt bis 14.03."
    assert say("belegt", 9, None) == "belegt ab 09.12., Ende offen"
    assert say("belegt", -5, 900) == "belegt bis 12.05.2029"
    assert (
        say("reserviert", 14, 30, gehalten_bis=heute + EIN_TAG)
        == "reserviert vom 14.12. bis 12.01., gehalten bis 01.12."
    )
    assert say("gesperrt", -1, 22, grund="Renovierung") == "gesperrt bis 20.12., Renovierung"
    assert say("nicht_angeboten", 0, None, grund="Personal") == "leer, nicht angeboten, Ende offen, Personal"
    assert say("ausserhalb", 1, 4) == "noch nicht im Angebot"
    assert say("ausserhalb", -4, None) == "nicht mehr im Angebot"


@pytest.mark.parametrize("act", ["move", "lift"])
def test_what_is_over_or_lifted_does_not_come_back(vg, cast, act):
    angebot = create_angebot(anbieter="Jugendhilfe Küste gGmbH", entgelt=None)
    markt = Markt(vg, cast.akteur("ines"), angebot)
    markt.block(2, 3, 0)
    with markt.portal():
        sperre = Platzsperre.objects.get()
        services.lift_sperre(akteur=markt.ines, sperre=sperre)
        with pytest.raises((Konflikt, SojusError)):
            if act == "lift":
                services.lift_sperre(akteur=markt.ines, sperre=sperre)
            else:
                services.update_sperre(
                    akteur=markt.ines, sperre=sperre, ende=None, grund="SONSTIGES", notiz="", gelesen=Gelesen({})
                )
