"""Whoever has to answer is told by mail, once, and never what was written; where nobody answers, her lead."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from shared_apps.accounts.models import Mailauftrag
from shared_apps.mails.services import run_mailauftrag
from tenant_apps.cases.services.sperre import seal_hilfefall
from tenant_apps.gespraeche.models import Gespraechsstand
from tenant_apps.gespraeche.services import melden
from tenant_apps.gespraeche.services.melden import notify_leitende, notify_ungelesene
from tenants.context import in_tenant
from tests.factories.gespraeche import create_nachricht
from tests.tenant_apps.placements.story import Story, tell

MONTAG = date(2026, 11, 30)
FRAGE = "Bringt Lena den Hund mit?"


@pytest.fixture
def story(cast, vg, settings) -> Story:
    settings.SENDS_MAIL = True
    for name in ("anna", "clara", "emil", "ines"):
        cast.akteur(name, at="VG")
    return tell(cast, vg)


def _ask(story: Story, reservierung) -> None:
    ines = story.cast.user("ines")
    with story.at_vg():
        create_nachricht(reservierung, verfasser_id=ines.pk, text=FRAGE)


def _mails(art: str) -> set[str]:
    rows = Mailauftrag.objects.filter(art=art)
    return {row.user_id for row in rows}


def _run(story: Story, job) -> int:
    with story.at_vg():
        return job()


def test_worker__one_mail_a_talk_until_somebody_has_read_it(story, sign_in, mailoutbox):
    reservierung = story.reserve()
    anna = story.cast.user("anna")
    _ask(story, reservierung)
    assert [_run(story, notify_ungelesene) for _ in range(2)] == [1, 0]
    _ask(story, reservierung)
    assert _run(story, notify_ungelesene) == 0, "she has not looked yet"
    sign_in("anna").get(f"/reservierungen/{reservierung.pk}/")
    _ask(story, reservierung)
    assert _run(story, notify_ungelesene) == 1
    for row in Mailauftrag.objects.filter(art="RUECKFRAGE"):
        run_mailauftrag(mail_id=row.pk)
    assert [mail.to for mail in mailoutbox] == [[anna.email]] * 2
    assert "/rueckfragen/" in mailoutbox[0].body
    for wort in ("Lena", "Hund", story.angebot.einrichtung.name, reservierung.hilfefall.fallnummer):
        assert wort not in mailoutbox[0].body + mailoutbox[0].subject, wort


def _waits_since(story: Story, tag: date) -> None:
    moment = timezone.make_aware(datetime.combine(tag, time(12)))
    with story.at_vg():
        Gespraechsstand.objects.update(wartet_seit=moment)


def _set_today(monkeypatch: pytest.MonkeyPatch, tag: date) -> None:
    """By the real clock, which says since when somebody waits, whatever day the portal shows."""
    monkeypatch.setattr(melden, "real_today", lambda: tag)


def test_lead__is_told_once_when_nobody_answers_for_two_working_days(story, sign_in, monkeypatch):
    reservierung = story.reserve()
    _ask(story, reservierung)
    _waits_since(story, MONTAG - timedelta(days=14))
    _set_today(monkeypatch, MONTAG - timedelta(days=2))
    assert _run(story, notify_leitende) == 0, "nobody at the weekend"
    _set_today(monkeypatch, MONTAG)
    assert [_run(story, notify_leitende) for _ in range(2)] == [1, 0]
    assert _mails("RUECKFRAGE_OFFEN") == {story.cast.user("clara").pk}, "who leads the team, not the head of the office"
    assert "der Leitung gemeldet" in sign_in("clara").get("/rueckfragen/?nur=gemeldet").text
    seite = sign_in("emil").get("/rueckfragen/").text
    assert reservierung.hilfefall.fallnummer in seite and "Testkind" not in seite and "/rueckfragen/0" not in seite
    sign_in("anna").post(
        f"/rueckfragen/zu/{reservierung.platzbindung_id}/schreiben/", {"text": "Der Hund bleibt hier."}
    )
    assert reservierung.hilfefall.fallnummer not in sign_in("emil").get("/rueckfragen/").text


def test_lead__of_a_team_that_nobody_leads_the_head_of_the_office(story, monkeypatch):
    reservierung = story.reserve()
    with story.at_vg():
        type(reservierung.hilfefall).objects.update(team="Niemandes")
    _ask(story, reservierung)
    _waits_since(story, MONTAG - timedelta(days=14))
    _set_today(monkeypatch, MONTAG)
    assert _run(story, notify_leitende) == 1
    assert _mails("RUECKFRAGE_OFFEN") == {story.cast.user("emil").pk}


def test_lead__of_a_sealed_case_those_named_in_it_are_told_and_see_it(story, sign_in, monkeypatch, mailoutbox):
    reservierung = story.reserve()
    _ask(story, reservierung)
    anna, bernd = story.cast.akteur("anna", at="VG"), story.cast.akteur("bernd", at="VG")
    with in_tenant(story.vg, user_id=anna.user_id):
        fall = reservierung.hilfefall
        seal_hilfefall(akteur=anna, hilfefall=fall, benannte=[bernd.user_id], grund="Kind einer Kollegin")
    _waits_since(story, timezone.localdate() - timedelta(days=14))
    monkeypatch.setattr(melden, "ist_arbeitstag", lambda *_: True)
    assert _run(story, notify_leitende) == 1
    assert _mails("RUECKFRAGE_OFFEN") == {anna.user_id, bernd.user_id}, "nobody who may not know of it"
    for row in Mailauftrag.objects.filter(art="RUECKFRAGE_OFFEN"):
        run_mailauftrag(mail_id=row.pk)
    assert len(mailoutbox) == 2 and fall.fallnummer not in mailoutbox[0].body
    assert fall.fallnummer in sign_in("bernd").get("/rueckfragen/?nur=gemeldet").text
    for name in ("clara", "emil"):
        assert fall.fallnummer not in sign_in(name).get("/rueckfragen/").text


def test_lead__not_before_the_days_the_office_has_set(story, monkeypatch):
    _ask(story, story.reserve())
    _waits_since(story, MONTAG - timedelta(days=7))
    _set_today(monkeypatch, MONTAG)
    monkeypatch.setattr(melden, "get_vorgabe", lambda _: 30)
    assert _run(story, notify_leitende) == 0
