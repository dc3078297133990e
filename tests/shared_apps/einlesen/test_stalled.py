"""A list whose job was given up says so, and is tried again or broken off; a killed worker leaves nothing half.

Before, its page said "Wird eingelesen" for ever, and nobody could do anything about it.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection

from shared_apps.accounts.enums import Rolle
from shared_apps.core.errors import Konflikt
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.policies import count_stehende
from shared_apps.einlesen.services import ausfuehren, stehende, vorbereiten, zuruecknehmen
from shared_apps.providers.models import Anbieter, Angebot
from tenants import selectors
from tenants.context import in_tenant, on_portal
from tenants.enums import Jobstand
from tenants.jobs import STALLS_MAX, defer
from tenants.models import Tenant
from tests import bootstrap
from tests.mails import work
from tests.people import Cast, appoint
from tests.shared_apps.einlesen.lists import (
    befunde,
    csv_of,
    meldungen,
    read_in,
    release,
    seen,
    send,
    step,
    take_back,
    zeile,
)
from tests.tenants import owner

LISTEN = "/anbieter/einlesen/"
STEHT = "Das Einlesen ist stehen geblieben"


def providers(many: int) -> list[dict[str, str]]:
    return [zeile(anbieter_nr=f"T-{n}", anbieter=f"Träger {n}") for n in range(many)]


def half_read(cast, monkeypatch) -> Einlesung:
    """A list of three lines of which one is read in, and no job for it: it was given up."""
    monkeypatch.setattr(vorbereiten, "defer", lambda *_, **__: None)
    einlesung = send(cast, csv_of(providers(3)))
    release(cast, einlesung)
    write, calls = ausfuehren.record_plan, []

    def dies(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write(*args, **kwargs)

    monkeypatch.setattr(ausfuehren, "record_plan", dies)
    monkeypatch.setattr(ausfuehren, "TEIL", 1)
    with pytest.raises(KeyboardInterrupt):
        ausfuehren.run_einlesung(einlesung_id=einlesung.pk)
    monkeypatch.undo()
    monkeypatch.setattr(ausfuehren, "TEIL", 1)
    return einlesung


def count(cast, name: str) -> int:
    """As the start page of the person's office asks."""
    akteur = cast.akteur(name)
    with in_tenant(Tenant.objects.get(pk=akteur.tenant_id), user_id=akteur.user_id):
        return count_stehende(akteur)


@pytest.mark.django_db
def test_put_aside__page_list_and_start_page_say_so(cast, vg, sign_in, monkeypatch):
    einlesung = half_read(cast, monkeypatch)
    frieda, url = sign_in("frieda"), f"{LISTEN}{einlesung.pk}/"
    page = frieda.get(url).text
    assert STEHT in page and "1 von 3 Zeilen sind eingelesen und gelten" in page
    assert "Wird eingelesen" not in page and "hx-trigger" not in page, "nobody waits for what does not come"
    assert f"{url}stehengeblieben/" in page
    assert "stehen geblieben" in frieda.get(LISTEN).text
    for who, several in (("frieda", True), ("emil", True), ("anna", False)):
        assert ("Listen sind stehen geblieben" in sign_in(who).get("/").text) is several


@pytest.mark.django_db
def test_tried_again__goes_on_where_it_was(cast, vg, sign_in, monkeypatch):
    einlesung = half_read(cast, monkeypatch)
    client, url = sign_in("frieda"), f"{LISTEN}{einlesung.pk}/"
    answer = client.post(f"{url}stehengeblieben/", {"entscheidung": "wiederholen"}, follow=True)
    assert STEHT not in answer.text and "1 von 3 Zeilen" in answer.text, "a job waits again"
    twice = client.post(f"{url}stehengeblieben/", {"entscheidung": "wiederholen"})
    assert twice.status_code == 409 and "Daran wird gearbeitet" in twice.text
    with pytest.raises(Konflikt, match="nicht stehen geblieben"):
        step(cast, stehende.end_einlesung, "emil", einlesung)
    assert ausfuehren.run_einlesung(einlesung_id=einlesung.pk) == 2
    einlesung.refresh_from_db()
    assert (einlesung.zustand, einlesung.erledigt, Angebot.objects.count()) == ("EINGELESEN", 3, 3)


@pytest.mark.django_db
@pytest.mark.parametrize(("davor", "danach"), [(1, 400), (1, 2), (2, 1), (2, 3), (400, 1)])
def test_tried_again_by_a_release_with_other_parts__no_line_is_skipped_or_read_twice(
    cast, vg, monkeypatch, davor, danach
):
    """A part of the release before may end in the middle of one of this release."""
    monkeypatch.setattr(vorbereiten, "defer", lambda *_, **__: None)
    einlesung = send(cast, csv_of(providers(5)))
    release(cast, einlesung)
    write, schreibt = ausfuehren.record_plan, []

    def dies(*args, **kwargs):
        if schreibt:
            raise KeyboardInterrupt
        schreibt.append(1)
        return write(*args, **kwargs)

    with monkeypatch.context() as vorige:
        vorige.setattr(ausfuehren, "record_plan", dies)
        vorige.setattr(ausfuehren, "TEIL", davor)
        with contextlib.suppress(KeyboardInterrupt):
            ausfuehren.run_einlesung(einlesung_id=einlesung.pk)
    einlesung.refresh_from_db()
    da = einlesung.erledigt
    assert da == min(davor, 5)
    monkeypatch.setattr(ausfuehren, "TEIL", danach)
    assert ausfuehren.run_einlesung(einlesung_id=einlesung.pk) == 5 - da
    einlesung.refresh_from_db()
    assert (einlesung.zustand, einlesung.erledigt, set(befunde(einlesung))) == ("EINGELESEN", 5, {"NEU"})
    assert not einlesung.zeilen.filter(ist_erledigt=False).exists()
    assert Anbieter.objects.filter(name__startswith="Träger").count() == Angebot.objects.count() == 5
    neue = Counter(einlesung.posten.values_list("gegenstand", "nummer"))
    assert set(neue.values()) == {1}, "each line did each thing once"


@pytest.mark.django_db
def test_broken_off__says_what_holds_and_can_be_taken_back(cast, vg, sign_in, monkeypatch):
    before = seen()
    einlesung = half_read(cast, monkeypatch)
    client, url = sign_in("emil"), f"{LISTEN}{einlesung.pk}/"
    answer = client.post(f"{url}stehengeblieben/", {"entscheidung": "abbrechen"}, follow=True)
    assert "Zum Teil eingelesen" in answer.text and "1 von 3 Zeilen" in answer.text
    assert "Das Verzeichnis enthält, was die Liste sagt" not in answer.text
    einlesung.refresh_from_db()
    assert einlesung.zustand == "EINGELESEN" and befunde(einlesung) == ["NEU", "FEHLERHAFT", "FEHLERHAFT"]
    assert meldungen(einlesung) == [stehende.NICHT_EINGELESEN] * 2
    assert "Träger 2" in client.get(f"{url}zeilen/?format=csv").content.decode(), "to be sent again"
    assert ausfuehren.run_einlesung(einlesung_id=einlesung.pk) == 0, "a job that comes after all does nothing"
    take_back(cast, einlesung)
    assert seen() == before


@pytest.mark.django_db
def test_way_back_put_aside__is_as_before_and_may_be_broken_off(cast, vg, sign_in, monkeypatch):
    monkeypatch.setattr(vorbereiten, "defer", lambda *_, **__: None)
    einlesung = read_in(cast, providers(2))
    there = seen()
    step(cast, zuruecknehmen.revoke_einlesung, "emil", einlesung)
    monkeypatch.undo()
    client, url = sign_in("frieda"), f"{LISTEN}{einlesung.pk}/"
    page = client.get(url).text
    assert "Die Rücknahme ist stehen geblieben" in page and "steht noch alles, was die Liste eingetragen hat" in page
    answer = client.post(f"{url}stehengeblieben/", {"entscheidung": "abbrechen"}, follow=True)
    assert "Nicht zurückgenommen" in answer.text and stehende.RUECKNAHME_ABGEBROCHEN in answer.text
    assert zuruecknehmen.run_ruecknahme(einlesung_id=einlesung.pk) == 0 and seen() == there
    take_back(cast, einlesung)
    assert not Anbieter.objects.filter(name="Träger 1").exists()


@pytest.mark.django_db
def test_of_another_office__nobody_sees_or_touches_it(cast, vg, hro, sign_in, monkeypatch):
    einlesung = half_read(cast, monkeypatch)
    cast.user("gerd").memberships.update(gueltig_ab=date(2019, 1, 1), gueltig_bis=date(2019, 6, 1))
    appoint(user=cast.user("gerd"), tenant=hro, rolle=Rolle.CONTROLLING, gueltig_ab=date(2020, 1, 1))
    url = f"{LISTEN}{einlesung.pk}/stehengeblieben/"
    assert sign_in("gerd").post(url, {"entscheidung": "abbrechen"}).status_code == 404
    assert (count(cast, "frieda"), count(cast, "gerd")) == (1, 0)
    einlesung.refresh_from_db()
    assert einlesung.zustand == "FREIGEGEBEN"


# --- a real worker, killed ------------------------------------------------------------------------------------------


@contextmanager
def worker(database: str) -> Iterator[subprocess.Popen]:
    """A real one; whatever the test does, it is dead afterwards."""
    env = owner.environment(database, owner=False) | {"SOJUS_WORKER_HEARTBEAT_SECONDS": "1"}
    command = [sys.executable, "-m", "tests.shared_apps.einlesen.dying_worker"]
    process = subprocess.Popen(
        command, cwd=bootstrap.ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def until(question: Callable[[], bool], what: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)


@pytest.mark.slow
def test_kill_9_in_the_middle_of_reading_in_and_of_taking_back(own_database):
    """The list goes on where it was, the way back begins again; killed too often it is given up, and tried again."""
    cast, many = Cast(), 12
    before = seen()
    einlesung = send(cast, csv_of(providers(many)))
    release(cast, einlesung)

    def stand() -> tuple[str, int]:
        einlesung.refresh_from_db()
        return einlesung.zustand, einlesung.erledigt

    with owner.superuser(own_database) as dba:

        def waiting(table: str) -> bool:
            query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
            return dba.execute(query, [table]).fetchone()[0] > 0

        with worker(own_database), owner.superuser(own_database) as lock:
            until(lambda: stand()[1] >= 3, "the first parts")
            lock.execute("BEGIN")
            lock.execute("LOCK TABLE providers_platz IN EXCLUSIVE MODE")
            until(lambda: waiting("providers_platz"), "a part that has begun")
        zustand, erledigt = stand()
        assert zustand == "FREIGEGEBEN" and 3 <= erledigt < many, "killed in the middle"
        assert Anbieter.objects.filter(name__startswith="Träger").count() == erledigt, "no part is half there"
        with worker(own_database):
            until(lambda: stand() == ("EINGELESEN", many), "the list, read in by another worker")
            assert Anbieter.objects.filter(name__startswith="Träger").count() == Angebot.objects.count() == many
            assert set(befunde(einlesung)) == {"NEU"} and meldungen(einlesung) == []
            there = seen()
            with owner.superuser(own_database) as lock:
                lock.execute("BEGIN")
                lock.execute("LOCK TABLE einlesen_fremdschluessel IN EXCLUSIVE MODE")
                step(cast, zuruecknehmen.revoke_einlesung, "emil", einlesung)
                until(lambda: waiting("einlesen_fremdschluessel"), "the way back, in the middle")
                dba.execute(
                    "UPDATE procrastinate_jobs SET attempts = %s WHERE task_name = 'einlesen.run'", [STALLS_MAX]
                )
                assert not put_aside(dba)
        assert stand()[0] == "RUECKNAHME" and seen() == there, "nothing is taken back"
        with worker(own_database):
            until(lambda: bool(put_aside(dba)), "the job, put aside after too many deaths")
            (nr,) = put_aside(dba)
            with on_portal(user_id=cast.user("lars").pk):
                seen_by_operator = selectors.find_job(nr)
            assert seen_by_operator.stand is Jobstand.GESCHEITERT
            assert seen_by_operator.titel == "Liste einlesen oder zurücknehmen"
            assert count(cast, "frieda") == 1
            step(cast, stehende.submit_again, "frieda", einlesung)
            until(lambda: stand()[0] == "ZURUECKGENOMMEN", "the way back")
    assert count(cast, "frieda") == 0 and seen() == before
    connection.close()


def put_aside(dba) -> list[int]:
    query = "SELECT id FROM procrastinate_jobs WHERE task_name = 'einlesen.run' AND status = 'failed'"
    return [nr for (nr,) in dba.execute(query)]


# --- whoever handed it in is told -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_standstill__whoever_handed_it_in_is_told_once_by_mail__without_what_is_in_it(
    cast, vg, monkeypatch, mailoutbox
):
    einlesung = half_read(cast, monkeypatch)
    assert stehende.notify_stehende() == 1 and stehende.notify_stehende() == 0
    work()
    (mail,) = mailoutbox
    assert mail.to == [cast.user("frieda").email] and f"{LISTEN}{einlesung.pk}/" in mail.body
    assert "Träger" not in mail.body and einlesung.dateiname not in mail.body + mail.subject
    with monkeypatch.context() as given_up:
        given_up.setattr(vorbereiten, "defer", lambda *_, **__: None)
        step(cast, stehende.submit_again, "emil", einlesung)
    assert stehende.notify_stehende() == 1, "the next standstill is another one"
    defer(vorbereiten.JOB, einlesung_id=str(einlesung.pk), reihe=str(einlesung.pk))
    assert stehende.notify_stehende() == 0, "a job is at work"
    einlesung.refresh_from_db()
    assert einlesung.stillstand_gemeldet_at is None, "whoever took it up, the operator too"
    assert ausfuehren.run_einlesung(einlesung_id=einlesung.pk) == 2
    work()
    assert len(mailoutbox) == 1, "what goes on by now is no news"


@pytest.mark.django_db
def test_way_back_that_stopped__who_wanted_it_is_told(cast, vg, monkeypatch, mailoutbox):
    monkeypatch.setattr(vorbereiten, "defer", lambda *_, **__: None)
    einlesung = read_in(cast, providers(1))
    assert stehende.notify_stehende() == 0
    step(cast, zuruecknehmen.revoke_einlesung, "emil", einlesung)
    assert stehende.notify_stehende() == 1
    work()
    assert [mail.to for mail in mailoutbox] == [[cast.user("emil").email]]
