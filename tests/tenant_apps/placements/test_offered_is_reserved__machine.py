"""Whatever a house and the offices do, in any order: the next search offers exactly what can be reserved.

A search that somebody made before it is refused with a sentence, or gives what the search of now would offer, too.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import today
from shared_apps.core.errors import SojusError
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.models import Aufnahmestopp, Platzbindung, Platzsperre
from shared_apps.occupancy.services import bind_platz, book_platz, release_platz, sperren
from shared_apps.providers import services
from shared_apps.providers.models import Anbieter, Angebot, Betriebserlaubnis, Einrichtung
from shared_apps.providers.services import angebote, entgelte, erlaubnis
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.search import search_angebot
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tenant_apps.placements.services.search import create_suche
from tenants.context import in_tenant, on_portal
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot
from tests.security import sizes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: First day from today, and how many days (both included).
ZEITEN = ((0, 2), (3, 5), (6, 40))
TAG, DAUER, WELCHES = st.integers(0, 9), st.integers(1, 6) | st.none(), st.integers(0, 5)
GRUND = "Die Geschwister leben schon in diesem Haus."


def _kriterien(beginn: int, tage: int, **fields: Any) -> Kriterien:
    ab = today() + timedelta(days=beginn)
    defaults = {"hilfeart": Hilfeart.objects.get(code="S34"), "region": "VG", "tage_je_woche": Decimal(7)}
    return Kriterien(beginn=ab, ende=ab + timedelta(days=tage - 1), **(defaults | fields))


@pytest.fixture
def machine(cast, vg, hro):
    """The machine's class with its people; each example is rolled back."""
    ines, anna, frieda = (cast.akteur(name) for name in ("ines", "anna", "frieda"))

    class Machine(RuleBasedStateMachine):
        runde = False

        @initialize()
        def begin(self) -> None:
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            self.angebot = create_angebot(anbieter="Jugendhilfe Küste gGmbH", plaetze=2, alter_von=6, alter_bis=14)
            self.haus = self.angebot.einrichtung
            with in_tenant(vg):
                self.fall = create_hilfefall(fachkraft_id=anna.user_id)
                self.alte = [create_suche(akteur=anna, kriterien=_kriterien(*zeit)) for zeit in ZEITEN]

        def teardown(self) -> None:
            if hasattr(self, "atomic"):
                transaction.set_rollback(True)
                self.atomic.__exit__(None, None, None)

        # --- what is done -------------------------------------------------------------------------------------------

        def keep(self, service: Any, **kwargs: Any) -> None:
            """One of the house's people tries it."""
            try:
                with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids), transaction.atomic():
                    service(akteur=ines, **kwargs)
            except SojusError as error:
                assert error.message

        def of(self, rows: Any, which: int) -> Any:
            with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
                found = list(rows)
            return found[which % len(found)] if found else None

        def zeit(self, ab: int, tage: int | None) -> Zeitraum:
            tag = today() + timedelta(days=ab)
            return Zeitraum(tag, None if tage is None else tag + timedelta(days=tage))

        @rule(which=WELCHES, ab=TAG, tage=DAUER)
        def block(self, which, ab, tage) -> None:
            platz = self.of(self.angebot.plaetze.order_by("nummer"), which)
            self.keep(sperren.create_sperre, platz=platz, zeitraum=self.zeit(ab, tage), grund="RENOVIERUNG")

        @rule(which=WELCHES)
        def lift(self, which) -> None:
            if sperre := self.of(Platzsperre.objects.filter(aufgehoben_at=None), which):
                self.keep(sperren.lift_sperre, sperre=sperre)

        @rule(ab=TAG, tage=DAUER)
        def stop(self, ab, tage) -> None:
            self.keep(sperren.create_stopp, angebot=self.angebot, zeitraum=self.zeit(ab, tage), grund="PERSONAL")

        @rule(which=WELCHES)
        def go(self, which) -> None:
            if stopp := self.of(Aufnahmestopp.objects.filter(aufgehoben_at=None), which):
                self.keep(sperren.lift_stopp, stopp=stopp)

        @rule(anzahl=st.integers(0, 4), ab=TAG, tage=DAUER)
        def places(self, anzahl, ab, tage) -> None:
            da = self.angebot.plaetze.filter(gueltig__contains=today()).count()
            zeit = self.zeit(ab, tage)
            self.keep(
                angebote.update_platzzahl, angebot=self.angebot, anzahl=anzahl, ab=zeit.beginn,
                letzter_tag=zeit.letzter_tag, gelesen=Gelesen.of({"anzahl": da}),
            )  # fmt: skip

        @rule(
            geschlecht=st.sampled_from(["", "w", "m"]),
            von=st.sampled_from([0, 6, 12]),
            bis=st.sampled_from([12, 14, 17]),
        )
        def whom(self, geschlecht, von, bis) -> None:
            row = Angebot.objects.get(pk=self.angebot.pk)
            angaben = {"geschlecht": geschlecht, "alter_von": von, "alter_bis": bis}
            gelesen = Gelesen.of({name: getattr(row, name) for name in angaben})
            self.keep(angebote.update_angebot, angebot=row, angaben=angaben, gelesen=gelesen)

        @rule(was=st.sampled_from(["angebot", "einrichtung", "anbieter"]), ab=TAG)
        def end(self, was, ab) -> None:
            self.keep(getattr(services, f"end_{was}"), letzter_tag=today() + timedelta(days=ab), **self.row(was))

        @rule(was=st.sampled_from(["angebot", "einrichtung", "anbieter"]))
        def reopen(self, was) -> None:
            self.keep(getattr(services, f"reopen_{was}"), **self.row(was))

        def row(self, was: str) -> dict[str, Any]:
            rows: dict[str, Any] = {
                "angebot": Angebot.objects.filter(pk=self.angebot.pk),
                "einrichtung": Einrichtung.objects.filter(pk=self.haus.pk),
                "anbieter": Anbieter.objects.filter(pk=self.haus.anbieter_id),
            }
            return {was: rows[was].get()}

        @rule(which=WELCHES, ab=TAG | st.none())
        def licence_ends(self, which, ab) -> None:
            row = self.of(Betriebserlaubnis.objects.filter(einrichtung=self.haus).order_by("pk"), which)
            angaben = {"letzter_tag": None if ab is None else today() + timedelta(days=ab)}
            gelesen = Gelesen.of({"letzter_tag": row.letzter_tag})
            self.keep(erlaubnis.update_erlaubnis, erlaubnis=row, angaben=angaben, gelesen=gelesen)

        @rule(ab=TAG, tage=DAUER, plaetze=st.integers(1, 5))
        def licence(self, ab, tage, plaetze) -> None:
            zeit = self.zeit(ab, tage)
            angaben = {
                "nummer": f"BE {ab} {tage} {plaetze}", "behoerde": "LaJuA", "datum": today(), "plaetze": plaetze,
                "gueltig_ab": zeit.beginn, "letzter_tag": zeit.letzter_tag, "alter_von": 0, "alter_bis": 17,
            }  # fmt: skip
            self.keep(erlaubnis.create_erlaubnis, einrichtung=self.haus, angaben=angaben)

        @rule(ab=TAG, betrag=st.sampled_from(["90.00", "95.50"]))
        def rate(self, ab, betrag) -> None:
            """Proposed by the house, confirmed by the office at its place."""
            vorher = set(self.angebot.vorschlaege.values_list("pk", flat=True))
            self.keep(
                entgelte.submit_entgeltvorschlag, angebot=self.angebot, grundleistung=Decimal(betrag),
                investition=Decimal(0), sonderleistung=Decimal(0), ab=today() + timedelta(days=ab),
                vereinbart_am=today(), rechtsgrundlage="78b",
            )  # fmt: skip
            for vorschlag in self.angebot.vorschlaege.exclude(pk__in=vorher):
                try:
                    with on_portal(user_id=frieda.user_id), transaction.atomic():
                        entgelte.confirm_entgeltvorschlag(akteur=frieda, vorschlag=vorschlag)
                except SojusError as error:
                    assert error.message

        @rule(ab=TAG, tage=DAUER, fest=st.booleans(), amt=st.sampled_from(["vg", "hro"]), rest=st.sampled_from([-1, 3]))
        def hold(self, ab, tage, fest, amt, rest) -> None:
            """Another case takes a place; the hold may have run out already."""
            with in_tenant({"vg": vg, "hro": hro}[amt]):
                try:
                    with transaction.atomic():
                        ablauf = timezone.now() + timedelta(days=rest)
                        bindung = bind_platz(angebot_id=self.angebot.pk, zeitraum=self.zeit(ab, tage), ablauf_at=ablauf)
                        if fest:
                            book_platz(bindung_id=bindung.pk)
                except SojusError as error:
                    assert error.message

        @rule(amt=st.sampled_from(["vg", "hro"]), which=WELCHES, ab=TAG | st.none())
        def release(self, amt, which, ab) -> None:
            with in_tenant({"vg": vg, "hro": hro}[amt]):
                rows = list(Platzbindung.objects.filter(zustand__in=["RESERVIERT", "GEBUCHT"]).order_by("pk"))
                if rows:
                    tag = None if ab is None else today() + timedelta(days=ab)
                    release_platz(bindung_id=rows[which % len(rows)].pk, ab=tag)

        # --- what must hold -----------------------------------------------------------------------------------------

        @invariant()
        def offered_is_reserved(self) -> None:
            if not hasattr(self, "angebot"):
                return
            self.runde = not self.runde
            more: dict[str, Any] = {"geschlecht": "m", "alter": 13} if self.runde else {}
            for zeit, alte in zip(ZEITEN, self.alte, strict=True):
                kriterien = _kriterien(*zeit, **more)
                with in_tenant(vg):
                    suche = create_suche(akteur=anna, kriterien=kriterien)
                    offered = any(zeile.verfuegbar for zeile in search_angebot(kriterien, self.angebot.pk).treffer)
                assert self.reserved(suche) == offered, (zeit, more)
                with in_tenant(hro):
                    dort = any(zeile.verfuegbar for zeile in search_angebot(kriterien, self.angebot.pk).treffer)
                assert dort == offered, "every office is told the same"
                if not more and self.reserved(alte):
                    assert offered, "an old search gives nothing that is not offered"

        def reserved(self, suche: Suche) -> bool:
            """Whether it could be reserved now; nothing is kept."""
            with in_tenant(vg), transaction.atomic():
                try:
                    reserve_angebot(
                        akteur=anna, suche=suche, angebot_id=self.angebot.pk, begruendung=GRUND, zweiter_platz=True,
                        betroffen=Betroffen(self.fall.klient, self.fall),
                    )  # fmt: skip
                except SojusError as error:
                    assert error.message
                    return False
                finally:
                    transaction.set_rollback(True)
            return True

    return Machine


def test_the_search_offers_what_can_be_reserved(machine) -> None:
    settings_ = settings(
        max_examples=sizes.OFFERED.number, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=settings_)
    connection.ensure_connection()
