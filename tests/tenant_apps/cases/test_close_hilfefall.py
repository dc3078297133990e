"""A case ends when nothing of it runs any more; until then its page names what does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier, Event

import pytest
from django.db import IntegrityError, connection, transaction

from shared_apps.core.clock import now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.billing.models import Rechnung
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.services.abschluss import close_hilfefall, reopen_hilfefall
from tenant_apps.cases.states import HILFEFALL, HilfefallAktion, HilfefallZustand
from tenant_apps.notifications.models import FaelligerMonat
from tenant_apps.placements.enums import Beendigungsgrund
from tenant_apps.placements.models import Buchung, Reservierung
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.end import end_buchung
from tenants.models import Tenant
from tests.people import Cast
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.cases.stage import Stage
from tests.tenant_apps.placements.story import tell

GRUND = "Die Familie kommt ohne Hilfe zurecht."
AM = date(2026, 3, 31)


@pytest.fixture
def stage(cast, vg) -> Stage:
    return Stage(tell(cast, vg))


def close(stage: Stage, by: str = "anna", am: date = AM, grund: str = GRUND) -> Hilfefall:
    return stage.call(close_hilfefall, by, hilfefall=stage.fall, letzter_tag=am, grund=grund)


def reopen(stage: Stage, by: str = "anna", grund: str = "Die Mutter hat sich wieder gemeldet.") -> Hilfefall:
    return stage.call(reopen_hilfefall, by, hilfefall=stage.fall, grund=grund)


def test_every_state_has_a_way_out_and_a_closed_case_only_one():
    assert HILFEFALL.endzustaende == frozenset()
    assert HILFEFALL.erlaubt(HilfefallZustand.ABGESCHLOSSEN) == {HilfefallAktion.WIEDER_OEFFNEN}
    assert HILFEFALL.zustaende_mit(HilfefallAktion.ABSCHLIESSEN) == {HilfefallZustand.OFFEN, HilfefallZustand.LAUFEND}


def test_close_hilfefall__with_day_reason_trail_and_stale_figures(stage):
    close(stage)
    fall = stage.story.reload(stage.fall)
    assert (fall.zustand, fall.abgeschlossen_am, fall.abschluss_grund) == ("ABGESCHLOSSEN", AM, GRUND)
    assert stage.story.trail(stage.fall) == ["hilfefall.abschliessen"]
    with stage.story.at_vg():
        assert FaelligerMonat.objects.filter(monat=date(2026, 3, 1)).exists()


def test_reopen_hilfefall__takes_day_and_reason_back_and_leaves_the_trail(stage):
    close(stage)
    reopen(stage)
    fall = stage.story.reload(stage.fall)
    assert (fall.zustand, fall.abgeschlossen_am, fall.abschluss_grund) == ("OFFEN", None, "")
    assert stage.story.trail(stage.fall) == ["hilfefall.abschliessen", "hilfefall.wieder_oeffnen"]


def test_close_and_reopen__each_only_from_its_state(stage):
    with pytest.raises(Konflikt, match="Wieder öffnen"):
        reopen(stage)
    close(stage)
    with pytest.raises(Konflikt, match="abgeschlossen"):
        close(stage)


@pytest.mark.parametrize("by", ["bernd", "doris", "emil"])
def test_close_and_reopen__not_a_colleague_not_who_pays_not_the_lead(stage, by):
    """The second worker changes the file; whether the case ends is for whoever disposes of it."""
    if by == "bernd":
        stage.release("bernd")
    with pytest.raises(Verweigert):
        close(stage, by)
    close(stage, "clara")  # the team's lead
    with pytest.raises(Verweigert):
        reopen(stage, by)


def test_close_hilfefall__a_day_that_comes_and_a_reason_that_says_nothing_are_refused(stage):
    with pytest.raises(RegelVerletzt) as error:
        close(stage, am=today() + timedelta(days=1))
    assert error.value.feld == "letzter_tag"
    with pytest.raises(RegelVerletzt) as error:
        close(stage, grund=" ja ")
    assert error.value.feld == "grund"


# -- what runs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("zustand", ["RESERVIERT", "ZUGESTIMMT"])
def test_close_hilfefall__a_living_reservation_is_named(stage, zustand):
    reservierung = stage.story.reserve(hilfefall=stage.fall, zustand=zustand)
    with pytest.raises(Konflikt, match=rf"Reservierung § 34 bei {reservierung.einrichtung.name}") as error:
        close(stage)
    assert error.value.code == "laeuft_noch"
    with stage.story.at_vg():  # what has run out holds nothing, swept or not
        Reservierung.objects.update(ablauf_at=now() - timedelta(minutes=1))
    assert close(stage).zustand == "ABGESCHLOSSEN"


@pytest.mark.parametrize("zustand", ["GEBUCHT", "LAUFEND"])
def test_close_hilfefall__a_living_booking_is_named(stage, zustand):
    stage.story.book(hilfefall=stage.fall, zustand=zustand)
    with pytest.raises(Konflikt, match=r"Hilfe § 34 bei Haus .* bis 30\.11\.2017"):
        close(stage)


def test_close_hilfefall__a_help_that_ends_later_than_the_case_still_runs(stage):
    anna, buchung = stage.akteure["anna"], stage.story.book(von="2026-01-01", bis="2026-12-31", hilfefall=stage.fall)
    with stage.as_("anna"):
        end_buchung(buchung=buchung, akteur=anna, letzter_tag=date(2026, 4, 15), grund=Beendigungsgrund.PLANMAESSIG)
    with pytest.raises(Konflikt, match=r"bis 15\.04\.2026"):
        close(stage, am=date(2026, 4, 14))
    assert close(stage, am=date(2026, 4, 15)).abgeschlossen_am == date(2026, 4, 15)


@pytest.mark.parametrize(
    ("zustand", "geht"),
    [("EINGEREICHT", False), ("SACHLICH_RICHTIG", False), ("ANGEORDNET", False), ("BEZAHLT", True),
     ("BEANSTANDET", True), ("STORNIERT", True)],
)  # fmt: skip
def test_close_hilfefall__an_invoice_the_office_has_not_settled_is_named(stage, sign_in, zustand, geht):
    """Where only the provider can go on it is said and does not block: nobody in the office could end it."""
    buchung = stage.story.book(hilfefall=stage.fall)
    rechnung = bill(stage.story, buchung, nummer="RE-1")
    doris, emil = (stage.akteure[name].user_id for name in ("doris", "emil"))
    with stage.story.at_vg():
        Rechnung.objects.filter(pk=rechnung.pk).update(zustand=zustand, festgestellt_von=doris, angeordnet_von=emil)
        Buchung.objects.update(
            zustand="BEENDET", ende_tatsaechlich=date(2017, 11, 30), beendigungsgrund=Beendigungsgrund.PLANMAESSIG
        )
    page = f"/hilfefaelle/{stage.fall.pk}/abschliessen/"
    assert ("RE-1 für 06/2017" in sign_in("anna").get(page).text) == (zustand not in {"BEZAHLT", "STORNIERT"})
    if geht:
        assert close(stage).zustand == "ABGESCHLOSSEN"
        return
    with pytest.raises(Konflikt, match="Rechnung RE-1 für 06/2017"):
        close(stage)
    assert "/abrechnung/rechnungen/" not in sign_in("anna").get(page).text
    assert "/abrechnung/rechnungen/" in sign_in("clara").get(page).text


# -- screens and API ----------------------------------------------------------------------------


def test_pages__what_runs_has_its_way_then_it_closes_and_opens_again(stage, sign_in):
    reservierung = stage.story.reserve(hilfefall=stage.fall)
    anna, path = sign_in("anna"), f"/hilfefaelle/{stage.fall.pk}/"
    assert "abschliessen/" in anna.get(path).text
    page = anna.get(f"{path}abschliessen/").text
    assert f"/reservierungen/{reservierung.pk}/" in page and 'name="grund"' not in page, "nothing to send yet"
    typed = {"letzter_tag": "31.03.2026", "grund": GRUND}
    refused = anna.post(f"{path}abschliessen/", typed)
    assert refused.status_code == 409 and "Reservierung § 34" in refused.text
    assert GRUND in refused.text and "31.03.2026" in refused.text
    with stage.story.at_vg():
        Reservierung.objects.update(zustand="ZURUECKGEZOGEN")
    closed = anna.post(f"{path}abschliessen/", typed, follow=True).text
    assert "Der Fall ist abgeschlossen." in closed and "31.03.2026" in closed and GRUND in closed
    assert "wieder-oeffnen/" in closed and "abschliessen/" not in closed
    opened = anna.post(f"{path}wieder-oeffnen/", {"grund": GRUND}, follow=True).text
    assert "abschliessen/" in opened and "31.03.2026" not in opened


def test_pages__who_only_pays_neither_sees_the_button_nor_the_reason(stage, sign_in):
    stage.story.reserve(hilfefall=stage.fall, zustand="ZURUECKGEZOGEN")
    close(stage)
    doris, path = sign_in("doris"), f"/hilfefaelle/{stage.fall.pk}/"
    page = doris.get(path).text
    assert "abgeschlossen" in page and GRUND not in page and "wieder-oeffnen" not in page
    assert doris.get(f"{path}wieder-oeffnen/").status_code == 403
    assert sign_in("bernd").get(f"{path}wieder-oeffnen/").status_code == 404


def test_edit__moves_no_state(stage, sign_in):
    """The form had a field for it: closed with a help that ran, opened without a word."""
    anna, path = sign_in("anna"), f"/hilfefaelle/{stage.fall.pk}/bearbeiten/"
    assert 'name="zustand"' not in anna.get(path).text
    angaben = {"pkz": "PKZ-FARBE", "vorname": "Ophelia", "nachname": "Farbtupfer", "geburtsdatum": "14.03.2007",
               "geschlecht": "2", "fallnummer": "FARB-1", "zustand": "ABGESCHLOSSEN"}  # fmt: skip
    assert anna.post(path, angaben).status_code == 302
    assert stage.story.reload(stage.fall).zustand == "OFFEN"


def test_api__the_same_rules(stage, cast):
    path = f"/api/v1/hilfefaelle/{stage.fall.pk}/"
    api, bernd = cast.api("anna"), cast.api("bernd")
    reservierung = stage.story.reserve(hilfefall=stage.fall)
    body = {"letzter_tag": "2026-03-31", "grund": GRUND}

    def post(client, step, data):
        return client.post(f"{path}{step}/", data, content_type="application/json")

    refused = post(api, "abschliessen", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "laeuft_noch")
    assert reservierung.einrichtung.name in refused.json()["detail"]
    with stage.story.at_vg():
        Reservierung.objects.update(zustand="ZURUECKGEZOGEN")
    assert post(bernd, "abschliessen", body).status_code == 404
    assert post(api, "abschliessen", {"grund": ""}).status_code == 422
    closed = post(api, "abschliessen", body).json()
    assert (closed["zustand"], closed["abgeschlossen_am"]) == ("ABGESCHLOSSEN", "2026-03-31")
    assert post(api, "abschliessen", body).status_code == 409
    assert post(api, "wieder-oeffnen", {"grund": GRUND}).json()["zustand"] == "OFFEN"


# -- the database -------------------------------------------------------------------------------


def refused(constraint: str, work) -> None:
    """The statement is refused by this rule of the database."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        work()
    assert error.value.__cause__.diag.constraint_name == constraint


def test_database__a_case_with_a_living_help_is_not_closed_by_any_statement(stage):
    reservierung = stage.story.reserve(hilfefall=stage.fall)
    fall = Hilfefall.objects.filter(pk=stage.fall.pk)
    with stage.as_("anna"):
        refused("fall_laeuft_noch", lambda: fall.update(zustand="ABGESCHLOSSEN"))
        Reservierung.objects.update(zustand="GEBUCHT")
    stage.story.book(hilfefall=stage.fall)
    with stage.as_("anna"):
        refused("fall_laeuft_noch", lambda: fall.update(zustand="ABGESCHLOSSEN", abgeschlossen_am=AM))
        Buchung.objects.update(zustand="BEENDET", ende_tatsaechlich=date(2026, 4, 1), beendigungsgrund="10")
        refused("fall_laeuft_noch", lambda: fall.update(zustand="ABGESCHLOSSEN", abgeschlossen_am=AM))
        fall.update(zustand="ABGESCHLOSSEN", abgeschlossen_am=date(2026, 4, 1))
        refused("fall_laeuft_noch", lambda: fall.update(abgeschlossen_am=AM))
        refused("hilfefall_abschluss", lambda: fall.update(zustand="OFFEN"))
        refused("fall_abgeschlossen", lambda: Buchung.objects.update(zustand="LAUFEND"))
        alte = Reservierung.objects.filter(pk=reservierung.pk)
        refused("fall_abgeschlossen", lambda: alte.update(zustand="RESERVIERT"))


def test_database__a_closed_case_takes_no_help(stage):
    andere = stage.story.reserve()
    close(stage)
    refused("fall_abgeschlossen", lambda: stage.story.reserve(hilfefall=stage.fall))
    refused("fall_abgeschlossen", lambda: stage.story.book(hilfefall=stage.fall))
    with stage.story.at_vg():
        refused("fall_abgeschlossen", lambda: Reservierung.objects.filter(pk=andere.pk).update(hilfefall=stage.fall))


# -- two at the same moment ---------------------------------------------------------------------


@pytest.fixture
def own_stage(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        yield Stage(tell(Cast(), Tenant.objects.get(kuerzel="VG")), ["anna"])


def at_once(*works) -> list[str]:
    """Run all works in threads of their own; what came of each: ok, or the code of the refusal."""
    start = Barrier(len(works))

    def run(work) -> str:
        try:
            start.wait()
            work()
            return "ok"
        except Konflikt as fehler:
            return fehler.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_race__closing_and_booking_exclude_each_other(own_stage):
    """While a reservation becomes a booking there is no moment in which nothing of the case runs."""
    stage = own_stage
    for _ in range(4):
        reservierung = stage.story.reserve(hilfefall=stage.fall, zustand="ZUGESTIMMT")
        closed, booked = at_once(
            lambda: close(stage),
            lambda r=reservierung: stage.call(book_reservierung, "anna", reservierung=r),
        )
        assert (closed, booked) == ("laeuft_noch", "ok"), "a living reservation is in the way, before and after"
        assert stage.story.reload(stage.fall).zustand == "LAUFEND"
        with stage.story.at_vg():
            Buchung.objects.update(zustand="STORNIERT")


def test_race__a_help_that_is_being_written_is_waited_for(own_stage):
    """The one writes a reservation and has not ended yet; the other closes: it waits, sees it and is refused."""
    stage, written, release = own_stage, Event(), Event()

    def write() -> None:
        with transaction.atomic():
            stage.story.reserve(hilfefall=stage.fall)
            written.set()
            release.wait(10)

    def shut() -> None:
        written.wait(10)
        release_later = ThreadPoolExecutor(1).submit(lambda: (_pause(), release.set()))
        try:
            close(stage)
        finally:
            release_later.result()

    assert at_once(write, shut) == ["ok", "laeuft_noch"]


def test_race__a_case_that_is_being_closed_takes_no_help(own_stage):
    """The other way round: the reservation waits for the end of the case and is refused by the database."""
    stage, shut, release = own_stage, Event(), Event()

    def end() -> None:
        with transaction.atomic(), stage.as_("anna"):
            close(stage)
            shut.set()
            release.wait(10)

    def write() -> None:
        shut.wait(10)
        later = ThreadPoolExecutor(1).submit(lambda: (_pause(), release.set()))
        try:
            refused("fall_abgeschlossen", lambda: stage.story.reserve(hilfefall=stage.fall))
        finally:
            later.result()

    assert at_once(end, write) == ["ok", "ok"]
    with stage.story.at_vg():
        assert not Reservierung.objects.exists()


def _pause() -> None:
    """Long enough for the other side to wait at the lock."""
    Event().wait(0.3)
