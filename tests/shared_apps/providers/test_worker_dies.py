"""`kill -9` of a real worker over the jobs of the market: what it had in its hands is done by the next one, once."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from shared_apps.accounts.models import Mailauftrag
from shared_apps.core.clock import today
from shared_apps.core.uploads.states import Dateipruefung
from shared_apps.providers.models import Einrichtung, Foto, Kontakt, Vakanzerinnerung
from shared_apps.providers.rules import NACHLAUF
from tests import bootstrap
from tests.factories.register import create_angebot, create_einrichtung
from tests.people import Cast
from tests.shared_apps.core.uploads import corpus
from tests.shared_apps.core.uploads.scanner import Scanner
from tests.tenants import owner

pytestmark = pytest.mark.slow
KUESTE = "Jugendhilfe Küste gGmbH"
MONTAG = "2026-11-30"


@contextmanager
def worker(database: str, **env: str) -> Iterator[None]:
    """A real one, killed at the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=bootstrap.ROOT,
        env=owner.environment(database, owner=False) | {"SOJUS_WORKER_HEARTBEAT_SECONDS": "1"} | env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
        assert process.poll() is None, "it has ended by itself"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def until(question: Callable[[], Any], what: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)


def hand_over(dba: Any, task: str) -> None:
    """As the clock does."""
    dba.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, queueing_lock)"
        " VALUES ('default', %s, '{\"timestamp\": 0}', %s)",
        [task, task],
    )


def killed_in_the_middle(database: str, dba: Any, *, wrote: str, writes: str, **env: str) -> None:
    """A worker that has written the one table and is about to write the other."""
    query = (
        "SELECT count(*) FROM pg_locks w JOIN pg_locks h ON h.pid = w.pid AND h.granted"
        " AND h.relation = %s::regclass AND h.mode = 'RowExclusiveLock'"
        " WHERE NOT w.granted AND w.relation = %s::regclass"
    )
    with owner.superuser(database) as lock, worker(database, **env):
        lock.execute("BEGIN")
        lock.execute(f"LOCK TABLE {writes} IN EXCLUSIVE MODE")
        until(lambda: dba.execute(query, [wrote, writes]).fetchone()[0], f"{writes}, in the middle")


def is_done(dba: Any, task: str) -> bool:
    query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status <> 'failed'"
    assert not dba.execute(query.replace("<>", "="), [task]).fetchone()[0], "given up"
    return not dba.execute(query, [task]).fetchone()[0]


def test_over_a_file_that_is_scanned__it_is_asked_about_again(own_database, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    haus = create_einrichtung(anbieter=KUESTE)
    for number in range(2):
        foto = Foto(einrichtung=haus, titel="Garten", alternativtext="Ein Garten", reihenfolge=number)
        foto.pruefung = Dateipruefung.WARTET
        foto.datei.save("hochgeladen/x.webp", io.BytesIO(corpus.picture("WEBP")))

    def states() -> set[str]:
        return set(Foto.objects.values_list("pruefung", flat=True))

    with Scanner() as scanner:
        env = {"SOJUS_MEDIA_ROOT": settings.MEDIA_ROOT, "SOJUS_CLAMD": f"127.0.0.1:{scanner.address[1]}"}
        scanner.holds = threading.Event()
        with worker(own_database, **env):
            until(lambda: scanner.received, "the scanner, asked")
        assert states() == {"WARTET"}
        scanner.holds.set()
        with worker(own_database, **env):
            until(lambda: states() == {"FREI"}, "the files, let through by the next worker")
        assert len(scanner.received) == 3
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 2
    connection.close()


def test_over_the_reminders_of_a_morning__each_is_written_to_once(own_database):
    cast = Cast()
    for name in ("ines", "inge", "fritz"):
        cast.user(name)
    create_angebot(einrichtung=Einrichtung.objects.get(name="Haus Strandläufer"))
    task, env = "providers.notify_vakanzen", {"SOJUS_FIXED_TODAY": MONTAG}

    def sent() -> list[tuple[str, int]]:
        return list(Mailauftrag.objects.filter(art="VAKANZERINNERUNG").values_list("zustand", "versuche"))

    with owner.superuser(own_database) as dba:
        hand_over(dba, task)
        for _ in range(2):
            killed_in_the_middle(
                own_database, dba, wrote="providers_vakanzerinnerung", writes="accounts_mailauftrag", **env
            )
            assert not Vakanzerinnerung.objects.exists() and sent() == []
        with worker(own_database, **env):
            until(lambda: sent() == [("GESENDET", 1)] * 3, "three mails")
            until(lambda: is_done(dba, task), "the job")
            hand_over(dba, task)
            until(lambda: is_done(dba, task), "the job, once more")
        assert sent() == [("GESENDET", 1)] * 3 and Vakanzerinnerung.objects.count() == 3
    connection.close()


def test_over_what_is_forgotten__all_of_it_is_there_or_gone(own_database):
    haus = create_einrichtung(
        anbieter=KUESTE, gueltig_bis=today() - NACHLAUF - timedelta(days=9), ansprechpartner="Zita Zwirn"
    )
    Kontakt.objects.create(einrichtung=haus, funktion="LEITUNG", name="Zita Zwirn", telefon="03834 4711")
    task = "providers.clear_contacts"

    def kept() -> tuple[bool, str]:
        haus.refresh_from_db()
        return Kontakt.objects.exists(), haus.ansprechpartner

    with owner.superuser(own_database) as dba:
        hand_over(dba, task)
        killed_in_the_middle(own_database, dba, wrote="providers_kontakt", writes="providers_einrichtung")
        assert kept() == (True, "Zita Zwirn")
        with worker(own_database):
            until(lambda: kept() == (False, ""), "nothing of her")
            until(lambda: is_done(dba, task), "the job")
    connection.close()
