"""clamd is asked as it wants to be asked; whatever it does not clearly answer is no verdict."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import time

import pytest

from shared_apps.core.uploads import virus
from tests.shared_apps.core.uploads.scanner import EICAR, Scanner

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")


@pytest.fixture
def scanner(settings):
    with Scanner() as standing_in:
        settings.CLAMD = standing_in.address
        yield standing_in


def test_a_file_larger_than_a_piece_arrives_whole(scanner):
    inhalt = bytes(range(256)) * 1024
    assert virus.scan(io.BytesIO(inhalt)) == virus.Befund()
    assert scanner.received == [inhalt]


def test_what_it_finds_is_named(scanner):
    assert virus.scan(io.BytesIO(EICAR)).schadsoftware == "Eicar-Test-Signature"


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: \0", b"\xff\xfe\0", b"stream: OK FOUND?\0"]
)
def test_anything_but_yes_or_no_is_no_verdict(scanner, answer):
    scanner.answer = answer
    with pytest.raises(virus.OhneBefund):
        virus.scan(io.BytesIO(b"x"))


def test_one_that_talks_without_end_or_says_nothing_is_left(scanner, monkeypatch):
    scanner.answer = b"x" * 100_000
    with pytest.raises(virus.NichtErreichbar):
        virus.scan(io.BytesIO(b"x"))
    monkeypatch.setattr(virus, "SECONDS", 0.5)
    scanner.answer, scanner.silent = b"", True
    began = time.monotonic()
    with pytest.raises(virus.NichtErreichbar):
        virus.scan(io.BytesIO(b"x"))
    assert time.monotonic() - began < 3


def test_one_that_is_down_is_no_verdict(settings, tmp_path):
    for where in (str(tmp_path / "nobody.sock"), ("127.0.0.1", _free_port())):
        settings.CLAMD = where
        with pytest.raises(virus.NichtErreichbar) as error:
            virus.scan(io.BytesIO(b"x"))
        assert error.type is virus.NichtErreichbar, "it is not this file's fault"


@pytest.mark.skipif(not CLAMD, reason="no clamd here (Debian: apt-get install clamav-daemon)")
def test_the_real_clamd_with_a_signature_of_our_own(settings, tmp_path):
    """No database of the world is needed: one signature, of the text that every scanner knows."""
    database = tmp_path / "db"
    database.mkdir()
    (database / "own.ndb").write_text(f"Sojus.Eicar:0:*:{EICAR[:44].hex()}\n")
    sock = tmp_path / "clamd.sock"
    conf = tmp_path / "clamd.conf"
    conf.write_text(
        f"LocalSocket {sock}\nDatabaseDirectory {database}\nForeground yes\n"
        f"LogFile {tmp_path}/log\nPidFile {tmp_path}/pid\n"
        f"TemporaryDirectory {tmp_path}\nStreamMaxLength 12M\n"
    )
    for path in (tmp_path, database, *database.iterdir(), conf):
        path.chmod(0o755)
    daemon = subprocess.Popen([CLAMD, "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        settings.CLAMD = str(sock)
        for _ in range(200):
            if sock.exists():
                break
            assert daemon.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.1)
        assert virus.scan(io.BytesIO(b"Leistungsbeschreibung" * 10_000)) == virus.Befund()
        assert virus.scan(io.BytesIO(EICAR)).schadsoftware.startswith("Sojus.Eicar")
        with pytest.raises(virus.NichtErreichbar):  # longer than it takes
            virus.scan(io.BytesIO(b"x" * 13 * 1024 * 1024))
    finally:
        daemon.terminate()
        daemon.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]
