"""Two people press at the same moment: one is first, the other is told so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.core.clock import real_now
from shared_apps.core.errors import SojusError
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.services import bind_platz
from tenant_apps.placements.enums import Ablehnungsgrund, Beendigungsgrund
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.decide import confirm_reservierung, reject_reservierung
from tenant_apps.placements.services.end import cancel_buchung, end_buchung
from tenant_apps.placements.services.extend import extend_buchung
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall
from tests.people import Cast
from tests.tenant_apps.placements.story import tell


@pytest.fixture
def story(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        yield tell(Cast(), Tenant.objects.get(kuerzel="VG"), plaetze=12)


def press_together(story, *works) -> list[str]:
    """Run all works in threads of their own, each in VG's fence; what came of each."""
    start = Barrier(len(works))

    def run(work) -> str:
        try:
            start.wait()
            with in_tenant(story.vg):
                work()
            return "ok"
        except SojusError as fehler:
            return fehler.feld or fehler.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(run, works))


def test_book__eight_clicks_make_one_booking(story) -> None:
    anna = story.akteur("anna")
    for _ in range(3):
        reservierung = story.reserve(zustand="ZUGESTIMMT")
        result = press_together(story, *[lambda r=reservierung: book_reservierung(reservierung=r, akteur=anna)] * 8)
        assert result == ["ok", *["zustand"] * 7]
        with story.at_vg():
            assert Buchung.objects.filter(reservierung=reservierung).count() == 1


def test_book__one_child_has_one_bed_whoever_presses_first(story) -> None:
    """Two houses for the same nights, booked at one moment, while an earlier stay of hers is cancelled."""
    anna = story.akteur("anna")
    with story.at_vg():
        fall = create_hilfefall(fachkraft_id=anna.user_id)
    laeuft = story.book("2099-01-01", "2099-01-09", hilfefall=fall)
    rows = [story.reserve("2099-01-10", "2099-01-20", hilfefall=fall, zustand="ZUGESTIMMT") for _ in range(2)]
    result = press_together(
        story,
        *[lambda r=row: book_reservierung(reservierung=r, akteur=anna) for row in rows],
        lambda: cancel_buchung(buchung=laeuft, akteur=anna, text="Die Familie zieht um"),
    )
    assert result == ["ok", "ok", "ueberlagerung"]


def test_extend__or_another_child_gets_the_place__never_both(story) -> None:
    """The last place: one goes on in it while another is held there from the day after."""
    anna = story.akteur("anna")
    for jahr in (2096, 2097, 2098):
        eng = tell(story.cast, story.vg, plaetze=1)
        buchung = eng.book(f"{jahr}-01-01", f"{jahr}-01-10")
        danach = Zeitraum(date(jahr, 1, 15), date(jahr, 2, 1))
        weiter = {"letzter_tag": date(jahr, 1, 20), "begruendung": "Die Eltern sind noch nicht erreichbar."}
        result = press_together(
            eng,
            lambda b=buchung, w=weiter: extend_buchung(buchung=b, akteur=anna, **w),
            lambda z=danach, a=eng.angebot.pk: bind_platz(
                angebot_id=a, zeitraum=z, ablauf_at=real_now() + timedelta(1)
            ),
            lambda b=buchung, w=weiter: extend_buchung(buchung=b, akteur=anna, **w),
        )
        assert result in (["kein_platz_frei", "letzter_tag", "ok"], ["letzter_tag", "letzter_tag", "ok"])


def test_end__at_the_moment_at_which_a_clinic_is_booked_over_it(story) -> None:
    """Whichever is first: each night is somebody's, and the nights that the home gives up are the clinic's."""
    anna = story.akteur("anna")
    with story.at_vg():
        fall = create_hilfefall(fachkraft_id=anna.user_id)
    for jahr in ("2015", "2016", "2017"):
        heim = story.book(f"{jahr}-01-01", f"{jahr}-06-30", hilfefall=fall)
        klinik = story.reserve(f"{jahr}-02-01", f"{jahr}-04-30", hilfefall=fall, zustand="ZUGESTIMMT")
        angabe = {
            "ueberlagerung": "KLINIK", "ueberlagerung_bis": date.fromisoformat(f"{jahr}-04-30"),
            "ueberlagerung_grund": "In der Nacht eingewiesen, das Heim hält den Platz.",
        }  # fmt: skip
        ende = date.fromisoformat(f"{jahr}-03-01")
        result = press_together(
            story,
            lambda b=heim, e=ende: end_buchung(buchung=b, akteur=anna, letzter_tag=e, grund=Beendigungsgrund("10")),
            lambda r=klinik, a=angabe: book_reservierung(reservierung=r, akteur=anna, **a),
        )
        assert result == ["ok", "ok"]
        with story.at_vg():
            assert Buchung.objects.get(reservierung=klinik).allein == (Zeitraum(ende, angabe["ueberlagerung_bis"]),)


def test_end__by_hand_while_a_clinic_is_laid_over_it_by_hand(story) -> None:
    """Two writers that hold no person: the database lets them take turns, too."""
    anna = story.akteur("anna")
    with story.at_vg():
        fall = create_hilfefall(fachkraft_id=anna.user_id)
    for jahr in ("2015", "2016", "2017"):
        heim = story.book(f"{jahr}-01-01", f"{jahr}-06-30", hilfefall=fall)
        andere = story.book(f"{jahr}-08-01", f"{jahr}-08-31", hilfefall=fall, darueber=True)
        ende, letzter = date.fromisoformat(f"{jahr}-03-01"), date.fromisoformat(f"{jahr}-04-30")
        result = press_together(
            story,
            lambda b=heim, e=ende: Buchung.objects.filter(pk=b.pk).update(ende_tatsaechlich=e),
            lambda b=andere, e=letzter: Buchung.objects.filter(pk=b.pk).update(
                zeitraum=DateRange(e.replace(month=2, day=1), e + timedelta(days=1)), ueberlagerung_bis=e
            ),
        )
        assert result == ["ok", "ok"]
        assert story.reload(andere).allein == (Zeitraum(ende, letzter),)


def test_decide__consent_and_decline_exclude_each_other(story) -> None:
    ines = story.akteur("ines")
    reservierung = story.reserve()
    result = press_together(
        story,
        lambda: confirm_reservierung(reservierung=reservierung, akteur=ines),
        lambda: reject_reservierung(reservierung=reservierung, akteur=ines, grund=Ablehnungsgrund.PERSONAL),
    )
    assert result == ["ok", "zustand"]
    held = story.bindung(reservierung).zustand == "RESERVIERT"
    assert held == (story.reload(reservierung).zustand == "ZUGESTIMMT")
