"""A pointer says what the reservation says, whatever is done in whatever order (ADR 0066).

The worklist is read at the portal, where no office's tables are: nothing but the writers keeps it true.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import today
from shared_apps.core.errors import SojusError
from shared_apps.inbox.models import Hinweis
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.placements.enums import Ablehnungsgrund, Beendigungsgrund
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.decide import confirm_reservierung, reject_reservierung
from tenant_apps.placements.services.end import begin_buchung, cancel_buchung, end_buchung
from tenant_apps.placements.services.fristen import expire_reservierungen, extend_reservierung, withdraw_reservierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tests.factories.cases import create_hilfefall
from tests.factories.suchen import search_for
from tests.people import Cast
from tests.tenant_apps.placements.story import Story, tell

#: State of the reservation → whose turn the pointer says it is, and what became of it.
SAGT = {
    "RESERVIERT": ("ANBIETER", ""),
    "ZUGESTIMMT": ("AMT", ""),
    "ABGELEHNT": ("ANBIETER", "ABGELEHNT"),
    "ZURUECKGEZOGEN": (None, "ZURUECKGENOMMEN"),
    "ABGELAUFEN": (None, "ABGELAUFEN"),
    "GEBUCHT": ("AMT", "GEBUCHT"),
}
#: State of the booking → what its pointers say became of it; None: still open. Nobody looks at them in between.
SAGT_GEBUCHT = {
    "GEBUCHT": {"BUCHUNG": ""},
    "LAUFEND": {"BUCHUNG": ""},
    "BEENDET": {"BUCHUNG": "BEENDET", "BEENDIGUNG": ""},
    "ABGEBROCHEN": {"BUCHUNG": "BEENDET", "BEENDIGUNG": ""},
    "STORNIERT": {"BUCHUNG": "STORNIERT", "STORNIERUNG": ""},
}


class Undo(Exception):
    """Leaves nothing of an example behind."""


class Matter:
    """One reservation and what may be done with it."""

    def __init__(self, story: Story, people: tuple[Akteur, Akteur], beginn: date) -> None:
        self.anna, self.ines = people
        fall = create_hilfefall(fachkraft_id=self.anna.user_id)
        suche = search_for(self.anna, fall, beginn=beginn, ende=beginn + timedelta(days=180))
        betroffen = Betroffen(fall.klient, fall)
        reservierung = reserve_angebot(akteur=self.anna, suche=suche, angebot_id=story.angebot.pk, betroffen=betroffen)
        self.pk = reservierung.pk

    @property
    def row(self) -> Reservierung:
        return Reservierung.objects.select_related("angebot", "hilfefall").get(pk=self.pk)

    @property
    def buchung(self) -> Buchung | None:
        return Buchung.objects.select_related("angebot").filter(reservierung_id=self.pk).first()

    def acts(self) -> dict[str, Callable[[], Any]]:
        anna, ines, row, buchung = self.anna, self.ines, self.row, self.buchung
        acts: dict[str, Callable[[], Any]] = {
            "confirm": lambda: confirm_reservierung(reservierung=row, akteur=ines),
            "reject": lambda: reject_reservierung(reservierung=row, akteur=ines, grund=Ablehnungsgrund.PERSONAL),
            "extend": lambda: extend_reservierung(akteur=anna, reservierung=row, tage=2),
            "withdraw": lambda: withdraw_reservierung(akteur=anna, reservierung=row, grund="Mutter sagt ab"),
            "lapse": self._lapse,
            "book": lambda: book_reservierung(reservierung=row, akteur=anna),
        }
        if buchung:
            ende = {"letzter_tag": max(buchung.beginn, today()), "akteur": anna}
            grund, abbruch = Beendigungsgrund.PLANMAESSIG, Beendigungsgrund.ABBRUCH_MINDERJAEHRIGE
            acts |= {
                "begin": lambda: begin_buchung(buchung=buchung, akteur=anna, beginn=today()),
                "end": lambda: end_buchung(buchung=buchung, grund=grund, **ende),
                "break off": lambda: end_buchung(buchung=buchung, grund=abbruch, **ende),
                "cancel": lambda: cancel_buchung(buchung=buchung, akteur=anna, text="Kind bleibt zu Hause"),
            }
        return acts

    def _lapse(self) -> None:
        gestern, row = timezone.now() - timedelta(days=1), self.row
        if row.zustand not in {"RESERVIERT", "ZUGESTIMMT"}:
            return
        Reservierung.objects.filter(pk=row.pk).update(ablauf_at=gestern)
        Platzbindung.objects.filter(pk=row.platzbindung_id).update(ablauf_at=gestern)
        expire_reservierungen()

    def check(self) -> None:
        """Every pointer of the matter, against the rows of the office."""
        row, buchung = self.row, self.buchung
        pointers = Hinweis.objects.filter(platzbindung_id=row.platzbindung_id)
        hinweis = pointers.get(art="RESERVIERUNG")
        wartet_auf, ausgang = SAGT[row.zustand]
        assert hinweis.ausgang == ausgang and (hinweis.erledigt_at is None) == (not ausgang)
        assert wartet_auf in {None, hinweis.wartet_auf}
        if hinweis.erledigt_at is None:
            assert hinweis.frist_at == row.ablauf_at
            assert hinweis.eilt_at is not None and hinweis.eilt_at <= hinweis.frist_at
        gebucht = {h.art: h for h in pointers.exclude(art="RESERVIERUNG")}
        assert {art: h.ausgang for art, h in gebucht.items()} == (SAGT_GEBUCHT[buchung.zustand] if buchung else {})
        for h in (hinweis, *gebucht.values()):
            assert (h.beginn, h.nummer, h.angebot_id) == (row.beginn, row.nummer, row.angebot_id)
            assert h.anbieter_id == row.anbieter_id and (h.ausgang == "") == (h.erledigt_at is None)
        if buchung:
            assert buchung.nummer == row.nummer


ACTS = ("confirm", "reject", "extend", "withdraw", "lapse", "book", "begin", "end", "break off", "cancel")


def test_a_pointer_says_what_the_reservation_says__after_any_sequence_of_acts(cast: Cast, vg) -> None:
    story = tell(cast, vg, plaetze=2)
    people = story.akteur("anna"), story.akteur("ines")
    reached: set[str] = set()

    # To begin with the way of a help, so that its end is reached as often as its beginning.
    @settings(max_examples=25, deadline=None)
    @example(40, 0, ["reject"])
    @example(40, 1, ["extend", "withdraw"])
    @example(40, 2, ["cancel"])
    @example(-3, 2, ["begin", "end"])
    @example(-3, 2, ["begin", "break off"])
    @example(-3, 1, ["lapse", "book"])
    @given(st.sampled_from([-3, 40]), st.integers(0, 2), st.lists(st.sampled_from(ACTS), max_size=6))
    def any_sequence(in_days: int, usual: int, acts: list[str]) -> None:
        with suppress(Undo), story.at_vg(), transaction.atomic():
            matter = Matter(story, people, today() + timedelta(days=in_days))
            matter.check()
            for act in [*("confirm", "book")[:usual], *acts]:
                with suppress(SojusError), transaction.atomic():
                    matter.acts().get(act, lambda: None)()
                matter.check()
                buchung = matter.buchung
                reached.add(buchung.zustand if buchung else matter.row.zustand)
            raise Undo

    any_sequence()
    assert reached >= {*SAGT, *SAGT_GEBUCHT} - {"RESERVIERT"}, "the sequences lead everywhere"
