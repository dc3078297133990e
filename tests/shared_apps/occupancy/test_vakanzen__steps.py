"""A push is the single steps one after another: what is there afterwards, and what is refused, are the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Grund, Grundart
from shared_apps.catalogue.services.pflege import end_eintrag
from shared_apps.core.clock import today
from shared_apps.core.errors import SojusError
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import EIN_TAG, Zeitraum
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.rules import Eintrag, abgleich
from shared_apps.occupancy.selectors.vakanzen import as_eintrag
from shared_apps.occupancy.services import sperren
from shared_apps.occupancy.services.vakanzen import Angebotsmeldung, Platzmeldung, update_vakanzen
from shared_apps.providers.models import Angebot, Platz
from tenants.context import on_portal
from tenants.models import Tenant
from tests.factories.register import create_angebot, occupy_platz

#: One that is offered, one that only who has it keeps, one that there is not.
GRUENDE = st.sampled_from(["RENOVIERUNG", "RENOVIERUNG", "RENOVIERUNG", "PERSONAL", "WASSER"])
#: Days of pause before it, days of its length, reason, note; and whether the last one has no end.
FOLGE = st.tuples(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 6), GRUENDE, st.sampled_from(["", "Wasser"])), max_size=3),
    st.booleans(),
)
DA = st.tuples(st.integers(-8, 2), FOLGE)
GEWOLLT = st.tuples(st.integers(-8, 2), FOLGE)
HOLDS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 14), st.integers(1, 6) | st.none()), max_size=2)


def _folge(ab: int, spannen: Sequence[tuple[int, int, str, str]], offen: bool, feld: str = "") -> list[Eintrag]:
    """Behind one another from this day on."""
    eintraege, tag = [], today() + timedelta(days=ab)
    for n, (pause, laenge, grund, notiz) in enumerate(spannen):
        beginn = tag + timedelta(days=pause)
        tag = beginn + timedelta(days=laenge)
        letzter = offen and n == len(spannen) - 1
        eintraege.append(Eintrag(Zeitraum(beginn, None if letzter else tag), grund, notiz, feld=f"{feld}.{n}"))
    return eintraege


@dataclass
class Haus:
    """An offer with places and what its people and offices have made of them."""

    vg: Tenant
    ines: Akteur
    angebot: Angebot
    held: dict[UUID, list[Zeitraum]] = field(default_factory=dict)

    @property
    def plaetze(self) -> list[Platz]:
        return list(self.angebot.plaetze.order_by("nummer"))

    def fill(self, da: Sequence[Any], stopps: Any, holds: Sequence[Any]) -> None:
        """What is there before: also what has begun, and reasons that are offered no more."""
        wer = {"geaendert_von_id": self.ines.user_id, "geaendert_at": timezone.now()}

        def grund(eintrag: Eintrag) -> str:
            return "PERSONAL" if eintrag.grund == "WASSER" else eintrag.grund

        for platz, (ab, folge) in zip(self.plaetze, da, strict=True):
            for e in _folge(ab, *folge):
                dauer = DateRange(e.zeitraum.beginn, e.zeitraum.ende)
                Platzsperre.objects.create(platz=platz, zeitraum=dauer, grund=grund(e), notiz=e.notiz, **wer)
        for nummer, beginn, tage in holds:
            ab = today() + timedelta(days=beginn)
            dauer = Zeitraum(ab, None if tage is None else ab + timedelta(days=tage))
            platz = self.plaetze[nummer]
            taken = [s.dauer for s in Platzsperre.objects.filter(platz=platz)] + self.held.get(platz.pk, [])
            if not any(map(dauer.overlaps, taken)):
                occupy_platz(platz=platz, tenant=self.vg, zeitraum=DateRange(dauer.beginn, dauer.ende))
                self.held.setdefault(platz.pk, []).append(dauer)
        for e in _folge(stopps[0], *stopps[1]):  # after the holds: who was reserved before still comes
            dauer = DateRange(e.zeitraum.beginn, e.zeitraum.ende)
            Aufnahmestopp.objects.create(angebot=self.angebot, zeitraum=dauer, grund=grund(e), hinweis=e.notiz, **wer)

    def rows(self) -> tuple[set, set, bool]:
        """All blocks and stops, also those that are lifted, without their ids; and whether the offer is confirmed."""
        wer = self.ines.user_id
        blocks = {
            (s.platz_id, s.dauer, s.grund, s.notiz, s.aufgehoben_at is not None, s.geaendert_von_id == wer)
            for s in Platzsperre.objects.all()
        }
        stops = {
            (s.dauer, s.grund, s.hinweis, s.aufgehoben_at is not None, s.geaendert_von_id == wer)
            for s in Aufnahmestopp.objects.all()
        }
        self.angebot.refresh_from_db()
        return blocks, stops, self.angebot.vakanz_bestaetigt_at is not None

    def push(self, gewollt: dict[Platz, list[Eintrag]], stopps: list[Eintrag]) -> None:
        plaetze = tuple(Platzmeldung(platz.pk, tuple(e), f"plaetze.{platz.nummer}") for platz, e in gewollt.items())
        meldung = Angebotsmeldung(self.angebot.pk, "angebote.0", plaetze=plaetze, stopps=tuple(stopps))
        update_vakanzen(akteur=self.ines, einrichtung=self.angebot.einrichtung, meldungen=[meldung])

    def single_steps(self, gewollt: dict[Platz, list[Eintrag]], stopps: list[Eintrag]) -> None:
        """The same by hand, as somebody does it on the board; a look at it confirms, too."""
        there = {s.pk: s for s in Aufnahmestopp.objects.filter(aufgehoben_at=None)}
        plan = abgleich(map(as_eintrag, there.values()), stopps, today())
        for pk in plan.aufheben:
            sperren.lift_stopp(akteur=self.ines, stopp=there[pk])
        for pk, neu in plan.aendern:
            sperren.update_stopp(
                akteur=self.ines, stopp=there[pk], ende=neu.zeitraum.ende, grund=neu.grund, hinweis=neu.notiz,
                gelesen=_gelesen(there[pk], "hinweis"),
            )  # fmt: skip
        for neu in plan.anlegen:
            sperren.create_stopp(
                akteur=self.ines, angebot=self.angebot, zeitraum=neu.zeitraum, grund=neu.grund, hinweis=neu.notiz
            )
        for platz, eintraege in gewollt.items():
            self._one_place(platz, eintraege)

    def _one_place(self, platz: Platz, eintraege: list[Eintrag]) -> None:
        there = {s.pk: s for s in Platzsperre.objects.filter(platz=platz, aufgehoben_at=None)}
        plan = abgleich(map(as_eintrag, there.values()), eintraege, today())
        for pk in plan.aufheben:
            sperren.lift_sperre(akteur=self.ines, sperre=there[pk])
        for pk, neu in plan.aendern:
            sperren.update_sperre(
                akteur=self.ines, sperre=there[pk], ende=neu.zeitraum.ende, grund=neu.grund, notiz=neu.notiz,
                gelesen=_gelesen(there[pk], "notiz"),
            )  # fmt: skip
        for neu in plan.anlegen:
            sperren.create_sperre(
                akteur=self.ines, platz=platz, zeitraum=neu.zeitraum, grund=neu.grund, notiz=neu.notiz
            )

    def attempt(self, act: Callable[[], None]) -> Any:
        """What is there afterwards, or what is said instead; then all is as before."""
        with transaction.atomic(), on_portal(user_id=self.ines.user_id, anbieter_ids=self.ines.anbieter_ids):
            try:
                with transaction.atomic():
                    act()
                said = None
            except SojusError as error:
                said = (type(error), error.code, (error.feld or "").rpartition(".")[2], error.message)
            found = self.rows()
            transaction.set_rollback(True)
        return said, found


def _gelesen(row: Platzsperre | Aufnahmestopp, notiz: str) -> Gelesen:
    return Gelesen.of({"letzter_tag": row.dauer.letzter_tag, "grund": row.grund, notiz: getattr(row, notiz)})


def test_a_push_is_its_single_steps_one_after_another(vg, cast):
    lena, ines = cast.akteur("lena"), cast.akteur("ines")
    angebot = create_angebot(anbieter="Jugendhilfe Küste gGmbH", plaetze=3, entgelt=None)
    with on_portal(user_id=lena.user_id):
        for art in (Grundart.SPERRE, Grundart.STOPP):
            vorbei = Grund.objects.get(art=art, code="PERSONAL")
            end_eintrag(akteur=lena, eintrag=vorbei, letzter_tag=today() - EIN_TAG)
    seen = {"refused": 0, "done": 0}

    @hypothesis_settings(max_examples=20, deadline=None)
    @given(st.tuples(DA, DA, DA), DA, HOLDS, st.tuples(GEWOLLT, GEWOLLT, GEWOLLT), GEWOLLT)
    def run(da, stopps_da, holds, gewollt, stopps):
        with transaction.atomic():
            haus = Haus(vg, ines, angebot)
            with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
                haus.fill(da, stopps_da, holds)
            sent = {
                platz: _folge(ab, *folge, feld=f"plaetze.{platz.nummer}.sperren")
                for platz, (ab, folge) in zip(haus.plaetze, gewollt, strict=True)
            }
            sent_stopps = _folge(stopps[0], *stopps[1], feld="stopps")
            said, pushed = haus.attempt(lambda: haus.push(sent, sent_stopps))
            said_single, single = haus.attempt(lambda: haus.single_steps(sent, sent_stopps))
            if said is None:
                assert said_single is None
                assert pushed[:2] == single[:2]
                assert pushed[2], "whoever sends it has looked"
                seen["done"] += 1
            else:
                (kind, code, feld, message), (kind_single, code_single, feld_single, message_single) = said, said_single
                assert (kind, code) == (kind_single, code_single)
                assert message.endswith(f": {message_single}"), "and whom it is about"
                assert not feld_single or feld == feld_single
                assert pushed == single, "nothing of it is done"
                seen["refused"] += 1
            transaction.set_rollback(True)

    run()
    assert seen["refused"] and seen["done"], seen
