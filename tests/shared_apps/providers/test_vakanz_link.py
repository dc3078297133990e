"""A reminder a day, and its link: confirms "unchanged", once, for whoever still keeps the facility; nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import croniter
import pytest
from django.core import mail as outbox_module
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shared_apps.accounts.models import Mailauftrag, Membership
from shared_apps.core.clock import now, real_now, today
from shared_apps.mails.services import JOB as MAIL_JOB
from shared_apps.providers.models import Angebot, Vakanzbestaetigung, Vakanzerinnerung
from shared_apps.providers.rules import LINK_GILT
from shared_apps.providers.selectors.vakanz import list_erinnerte, list_faellige_seit
from shared_apps.providers.services import erinnerung
from shared_apps.providers.services.erinnerung import notify_vakanzen
from tenants.context import on_portal
from tenants.jobs import RULES, WAITING_PER_OFFICE
from tests.factories.register import create_angebot, occupy_platz
from tests.mails import work
from tests.people import appoint
from tests.shared_apps.providers.test_own import HEUTE, KUESTE, SEE

pytestmark = pytest.mark.django_db
MONTAG = "2026-11-30"
UNGUELTIG = "Dieser Link gilt nicht mehr: Er ist schon benutzt oder abgelaufen."


@pytest.fixture(autouse=True)
def monday(settings):
    settings.FIXED_TODAY = MONTAG


def remind() -> int:
    with on_portal():
        return notify_vakanzen()


def links() -> dict[str, str]:
    """Address of the mail -> path of its link."""
    work()
    found = {}
    for message in outbox_module.outbox:
        if match := re.search(r"https?://[^/]+(/anbieter/bestaetigen/\w+/)", message.body):
            found[message.to[0]] = match[1]
    return found


@pytest.fixture
def link(cast, vg) -> str:
    """Ines was reminded of "Möwennest" (3 places, one taken), and has the mail."""
    cast.user("ines")
    angebot = create_angebot(anbieter=KUESTE, plaetze=3, name="Möwennest")
    create_angebot(anbieter=SEE, name="Seeblick")
    occupy_platz(platz=angebot.plaetze.first(), tenant=vg, zeitraum=HEUTE)
    assert remind() == 1
    return links()["ines@example.org"]


@pytest.fixture
def stranger(portal_host) -> Client:
    return Client(headers={"host": portal_host})


@pytest.fixture
def portal_host(settings) -> str:
    return settings.PORTAL_HOST


def stempel(page: str) -> str:
    return re.search(r'name="stempel" value="(\w+)"', page)[1]


def test_the_mail_names_facilities_and_nothing_else(link, cast):
    (message,) = [m for m in outbox_module.outbox if "Vakanzen" in m.subject]
    haus = Angebot.objects.get(name="Möwennest").einrichtung.name
    assert haus in message.body
    for secret in ("Ines", "Ihde", "Möwennest", "Seeblick", "von 3"):
        assert secret not in message.body


def test_a_tap_confirms_once_what_the_page_shows(link, stranger, cast):
    page = stranger.get(link)
    text = page.content.decode()
    assert page.status_code == 200 and page["Referrer-Policy"] == "no-referrer" and "no-store" in page["Cache-Control"]
    assert "2 von 3 frei" in text and "nie bestätigt" in text and "Seeblick" not in text and "Ines" not in text
    angebot = Angebot.objects.get(name="Möwennest")
    assert angebot.vakanz_bestaetigt_at is None  # a program that opens links confirms nothing
    answer = stranger.post(link, {"stempel": stempel(text)})
    assert "Danke, bestätigt" in answer.content.decode()
    assert (
        re.search(r"von (?:1 Angebot|[2-9] Angeboten) gelten", answer.text)
        and 'href="/anbieter/eigene/"' in answer.text
    )
    angebot.refresh_from_db()
    assert angebot.vakanzstand.text == "heute bestätigt"
    row = Vakanzbestaetigung.objects.get()
    assert (row.angebot, row.bestaetigt_von, row.weg, row.frei, row.gesamt) == (
        angebot,
        cast.user("ines"),
        "MAIL",
        2,
        3,
    )
    assert Angebot.objects.get(name="Seeblick").vakanz_bestaetigt_at is None
    again = stranger.post(link, {"stempel": stempel(text)})
    assert again.status_code == 403 and UNGUELTIG in again.content.decode()


def test_what_has_changed_meanwhile_is_not_confirmed_and_the_link_stays(link, stranger, vg):
    shown = stempel(stranger.get(link).content.decode())
    angebot = Angebot.objects.get(name="Möwennest")
    occupy_platz(platz=angebot.plaetze.last(), tenant=vg, zeitraum=HEUTE)
    answer = stranger.post(link, {"stempel": shown})
    text = answer.content.decode()
    assert answer.status_code == 409 and "hat sich geändert, was frei ist" in text and "1 von 3 frei" in text
    assert "Unverändert bestätigen" not in text
    angebot.refresh_from_db()
    assert angebot.vakanz_bestaetigt_at is None and not Vakanzbestaetigung.objects.exists()
    fresh = stempel(stranger.get(link).content.decode())
    assert "Danke" in stranger.post(link, {"stempel": fresh}).content.decode()


def _expired(link: str) -> str:
    assert Vakanzerinnerung.objects.get().expires_at < real_now() + LINK_GILT
    return link


def _used(link: str) -> str:
    Vakanzerinnerung.objects.update(benutzt_at=real_now())
    return link


def _left(link: str) -> str:
    Membership.objects.filter(user__username="ines").update(gueltig_bis=today())
    return link


def _another_role(link: str) -> str:
    ines = erinnerung.User.objects.get(username="ines")
    (row,) = Membership.objects.filter(user=ines)
    Membership.objects.filter(pk=row.pk).update(gueltig_bis=today())
    appoint(user=ines, rolle="ANBIETER_ABRECHNUNG", anbieter_id=row.anbieter_id, gueltig_ab=today())
    return link


def _off(link: str) -> str:
    erinnerung.User.objects.filter(username="ines").update(is_active=False)
    return link


def _guessed(link: str) -> str:
    return "/anbieter/bestaetigen/" + "0" * 64 + "/"


def _altered(link: str) -> str:
    return link[:-2] + ("0" if link[-2] != "0" else "1") + "/"


def _key_of_the_row(link: str) -> str:
    return f"/anbieter/bestaetigen/{Vakanzerinnerung.objects.get().token_hash}/"


@pytest.mark.parametrize(
    "lie", [_expired, _used, _left, _another_role, _off, _guessed, _altered, _key_of_the_row], ids=lambda f: f.__name__
)
def test_every_lie_gets_the_same_page(lie, link, stranger, monkeypatch):
    shown = stempel(stranger.get(link).content.decode())
    address = lie(link)
    if lie is _expired:
        monkeypatch.setattr(erinnerung, "real_now", lambda: real_now() + LINK_GILT)
    nothing = re.compile(r"<main.*?</main>", re.DOTALL)
    asked, sent = stranger.get(address), stranger.post(address, {"stempel": shown})
    assert (asked.status_code, sent.status_code) == (403, 403)
    foreign = stranger.get("/anbieter/bestaetigen/quatsch/")
    same = {nothing.search(page.content.decode())[0] for page in (asked, sent, foreign)}
    assert len(same) == 1 and UNGUELTIG in same.pop()
    assert not Vakanzbestaetigung.objects.exists()


@pytest.mark.parametrize("said", ["", "x" * 32, "ä", "0" * 500])
def test_a_forged_page_confirms_nothing(said, link, stranger):
    assert stranger.post(link, {"stempel": said}).status_code == 409
    assert not Vakanzbestaetigung.objects.exists()


def test_too_many_tries_from_one_network_wait(link, stranger):
    codes = {stranger.post("/anbieter/bestaetigen/quatsch/").status_code for _ in range(40)}
    assert codes == {403, 429}


def test_staff_of_one_facility_confirms_hers_alone(cast, vg, stranger):
    cast.user("fritz")
    hers = create_angebot(einrichtung=cast.user("fritz") and _strandlaeufer(), name="Ihres")
    other = create_angebot(anbieter=KUESTE, name="Nicht ihres")
    assert remind() == 1
    link = links()["fritz@example.org"]
    text = stranger.get(link).content.decode()
    assert "Ihres" in text and "Nicht ihres" not in text
    stranger.post(link, {"stempel": stempel(text)})
    hers.refresh_from_db()
    other.refresh_from_db()
    assert hers.vakanz_bestaetigt_at and other.vakanz_bestaetigt_at is None


def _strandlaeufer():
    return Angebot.einrichtung.field.related_model.objects.get(name="Haus Strandläufer")


def test_once_a_day_and_only_when_something_is_due(cast, vg, settings):
    cast.user("ines")
    cast.user("anna")
    angebot = create_angebot(anbieter=KUESTE)
    assert (remind(), remind()) == (1, 0)
    settings.FIXED_TODAY = "2026-12-01"
    Angebot.objects.filter(pk=angebot.pk).update(vakanz_bestaetigt_at=now() - timedelta(days=7))
    assert remind() == 0
    settings.FIXED_TODAY = "2026-12-02"
    assert remind() == 1
    settings.FIXED_TODAY = "2026-12-05"  # a Saturday
    assert remind() == 0


def test_killed_in_the_middle_nobody_is_lost_and_nobody_asked_twice(cast, vg):
    for name in ("ines", "inge", "fritz"):
        cast.user(name)
    create_angebot(einrichtung=_strandlaeufer())
    real, calls = erinnerung.submit_mailauftrag, []

    def dies(**kwargs):
        calls.append(kwargs)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(**kwargs)

    with patch.object(erinnerung, "submit_mailauftrag", dies), pytest.raises(KeyboardInterrupt):
        remind()
    assert not Vakanzerinnerung.objects.exists() and not Mailauftrag.objects.filter(art="VAKANZERINNERUNG").exists()
    assert (remind(), remind()) == (3, 0)
    assert set(links()) == {"ines@example.org", "inge@example.org", "fritz@example.org"}
    assert Mailauftrag.objects.filter(art="VAKANZERINNERUNG").count() == 3


def test_nobody_is_lost_in_a_queue_that_is_full(cast, vg):
    """Whom the queue had no room for was noted as reminded, and nobody wrote to her that day; the next day the same
    ones came last again."""
    keeping = {cast.user(name).pk for name in ("ines", "inge", "fritz")}
    create_angebot(einrichtung=_strandlaeufer())
    flood = "SELECT sojus_defer_job(%s, jsonb_build_object('mail_id', gen_random_uuid())) FROM generate_series(1, %s)"
    with on_portal(), connection.cursor() as cursor:
        cursor.execute(flood, [MAIL_JOB, WAITING_PER_OFFICE - 1])
    assert remind() == 1, "one more has room"
    reminded = set(Vakanzerinnerung.objects.values_list("user_id", flat=True))
    assert len(reminded) == Mailauftrag.objects.filter(art="VAKANZERINNERUNG").count() == 1
    assert remind() == 0
    assert set(list_erinnerte(list_faellige_seit(today()), today())) == keeping - reminded, "a later run finds them"


def test_one_run_leaves_room_for_the_mails_of_others(cast, vg, monkeypatch):
    for name in ("ines", "inge", "fritz"):
        cast.user(name)
    create_angebot(einrichtung=_strandlaeufer())
    assert erinnerung.JE_LAUF < WAITING_PER_OFFICE
    monkeypatch.setattr(erinnerung, "JE_LAUF", 2)
    assert (remind(), remind(), remind()) == (2, 1, 0)
    ticks = croniter.croniter(RULES["providers.notify_vakanzen"].cron, datetime(2026, 11, 30, 4, tzinfo=UTC))
    first, second = ticks.get_next(datetime), ticks.get_next(datetime)
    assert (second - first, first.date()) == (timedelta(minutes=10), second.date()), "again the same morning"


def test_looking_for_whom_to_remind_costs_the_same_for_many_facilities(cast, vg):
    cast.user("ines")
    create_angebot(anbieter=KUESTE)

    def count() -> int:
        Vakanzerinnerung.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            assert remind() == 1
        return len(asked)

    few = count()
    for kreis in ("VG", "HRO", "LHSN", "NWM"):
        create_angebot(anbieter=KUESTE, kreis=kreis)
    assert count() == few


def test_a_mail_that_waited_says_nothing_when_nothing_is_due_any_more(cast, vg):
    cast.user("ines")
    create_angebot(anbieter=KUESTE)
    assert remind() == 1
    Angebot.objects.update(vakanz_bestaetigt_at=now())
    assert links() == {}
    assert Mailauftrag.objects.get(art="VAKANZERINNERUNG").zustand == "ENTFALLEN"


def test_the_database_keeps_reminders_and_confirmations_from_other_peoples_names(link, cast, vg):
    """Whatever SQL a provider's request is made to say: not another's link, not a confirmation in another's name."""
    rivale, ines = cast.akteur("jan"), cast.akteur("ines")
    mine = Vakanzerinnerung.objects.get(user_id=ines.user_id)
    with on_portal(user_id=rivale.user_id, anbieter_ids=rivale.anbieter_ids):
        assert not Vakanzerinnerung.objects.exists()
        assert Vakanzerinnerung.objects.filter(pk=mine.pk).update(benutzt_at=real_now()) == 0
        assert Vakanzerinnerung.objects.filter(pk=mine.pk)._raw_delete("default") == 0
        forged = {"user_id": ines.user_id, "tag": today(), "token_hash": "0" * 64, "expires_at": real_now()}
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Vakanzerinnerung.objects.create(**forged)
    eigenes = Angebot.objects.get(name="Möwennest")
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        said = {"angebot": eigenes, "bestaetigt_at": now(), "frei": 1, "gesamt": 3}
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Vakanzbestaetigung.objects.create(**said, bestaetigt_von_id=rivale.user_id)
        Vakanzbestaetigung.objects.create(**said, bestaetigt_von_id=ines.user_id)


def test_the_link_holds_for_whoever_is_signed_in(link, sign_in):
    assert "Unverändert bestätigen" in sign_in("ines").get(link).text
