"""The PostgreSQL of our own: made, crashed, moved, refused. Real servers, no Django."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from deploy import embedded_postgres, postgres_binaries
from deploy.embedded_postgres import PROJECT, Cluster, EmbeddedPostgresError

pytestmark = pytest.mark.xdist_group("embedded-postgres")


@pytest.fixture
def cluster(copied, tmp_path):
    """One that was made and stopped, with nothing in it yet."""
    return copied(tmp_path)


def ask(cluster: Cluster, question: str) -> str:
    with psycopg.connect(cluster.url()) as connection:
        return str(connection.execute(question).fetchone()[0])


def kill_outright(cluster: Cluster) -> None:
    pid = cluster._pid()
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 10
    while cluster._pid() is not None and time.monotonic() < end:
        time.sleep(0.02)


def test_start__is_idempotent_and_answers_on_this_machine_only(made):
    url = made.start()
    assert made.start() == url
    assert made.is_running()
    assert made.port != 5432
    assert ask(made, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(made, "SHOW unix_socket_directories") == ""


def test_start__sets_what_the_portal_relies_on(made):
    made.start()
    expected = {
        "max_locks_per_transaction": "256",
        "max_connections": "200",
        "jit": "off",
        "TimeZone": "UTC",
        "server_encoding": "UTF8",
        "fsync": "off",
        "synchronous_commit": "off",
        "wal_level": "minimal",
        "autovacuum": "off",
        "password_encryption": "scram-sha-256",
    }
    assert {name: ask(made, f"SHOW {name}") for name in expected} == expected
    assert ask(made, "SELECT upper('äöü')") == "ÄÖÜ"
    assert ask(made, "SELECT count(*) FROM pg_available_extensions WHERE name = 'btree_gist'") == "1"


def test_demo_cluster__keeps_what_it_has_committed(copied, tmp_path):
    cluster = copied(tmp_path, test=False)
    cluster.start()
    assert ask(cluster, "SHOW fsync") == "on"
    assert ask(cluster, "SHOW full_page_writes") == "on"


def test_password__is_private_and_needed(made):
    made.start()
    password = made.notes / "password"
    assert password.stat().st_mode & 0o777 == 0o600
    wrong = made.url().replace(password.read_text(), "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_start__after_stop_finds_the_data_again(cluster):
    url = cluster.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert cluster.stop()
    assert not cluster.is_running()
    assert not cluster.stop()
    assert cluster.start() == url
    assert ask(cluster, "SELECT answer FROM kept") == "42"


def test_start__after_kill_recovers(cluster):
    url = cluster.start()
    open_session = psycopg.connect(url)  # its backend outlives the server for a moment
    open_session.execute("SELECT 1")
    kill_outright(cluster)
    assert (cluster.data / "postmaster.pid").exists()
    assert cluster.start() == url
    assert ask(cluster, "SELECT 1") == "1"
    open_session.close()


def test_start__ignores_a_note_whose_number_now_belongs_to_another_process(cluster):
    cluster.start()
    kill_outright(cluster)
    note = cluster.data / "postmaster.pid"
    lines = note.read_text().splitlines()
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    cluster.start()
    assert ask(cluster, "SELECT 1") == "1"


def test_start__moves_when_its_port_is_taken(cluster):
    before = cluster.port
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", before))
        other.listen()
        cluster.start()
        assert cluster.port != before
        assert ask(cluster, "SHOW port") == str(cluster.port)


def test_start__two_at_once_make_one_cluster(tmp_path):
    program = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(PROJECT)!r}); {START_THERE}"]
    words = [*program, str(tmp_path)]
    try:
        with ThreadPoolExecutor(3) as pool:
            urls = list(pool.map(lambda _: subprocess.check_output(words, text=True), range(3)))
        assert len(set(urls)) == 1
    finally:
        Cluster(test=True, project=tmp_path).destroy()


START_THERE = (
    "from pathlib import Path; from deploy.embedded_postgres import Cluster;"
    "print(Cluster(test=True, project=Path(sys.argv[1])).start())"
)


def test_destroy__leaves_a_folder_it_did_not_make(cluster):
    (cluster.home / embedded_postgres.MARK).unlink()
    with pytest.raises(EmbeddedPostgresError, match="not made by us"):
        cluster.destroy()
    assert cluster.data.exists()
    (cluster.home / embedded_postgres.MARK).touch()


def test_start__says_who_owns_a_cluster_it_may_not_read(cluster, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(EmbeddedPostgresError, match="belongs to the user"):
        cluster.status()
    monkeypatch.undo()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("user", ["nobody"])
def test_start__works_as_an_ordinary_user(user):
    python = python_for_everyone(user)
    account = pwd.getpwnam(user)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(PROJECT / "deploy", Path(folder, "deploy"), ignore=shutil.ignore_patterns("__pycache__"))
        for path in [Path(folder), *Path(folder).rglob("*")]:
            os.chown(path, account.pw_uid, account.pw_gid)

        def tool(*words: str) -> str:
            return subprocess.run(
                [python, "-m", "deploy.embedded_postgres", *words, "--test"],
                cwd=folder,
                user=account.pw_uid,
                group=account.pw_gid,
                extra_groups=[],
                env={"PATH": os.environ["PATH"], "HOME": folder},
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()

        try:
            url = tool("start")
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
            home = json.loads(Path(folder, "var/pg-test/cluster.json").read_text())["home"]
            server = Path(home, "data/postmaster.pid").read_text().splitlines()[0]
            assert Path(f"/proc/{server}").stat().st_uid == account.pw_uid
            os.kill(int(server), signal.SIGKILL)
            assert tool("start") == url
            assert tool("status").startswith("running on 127.0.0.1:")
        finally:
            tool("destroy")


def python_for_everyone(user: str) -> str:
    account = pwd.getpwnam(user)
    for python in ("/usr/bin/python3", "/usr/local/bin/python3"):
        probe = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        if Path(python).exists() and not subprocess.run(probe, user=account.pw_uid, cwd="/", check=False).returncode:
            return python
    pytest.skip("no Python that an ordinary user can start")


@pytest.mark.skipif(os.geteuid() != 0, reason="as an ordinary user the server has our own rights")
def test_start__as_root_runs_unprivileged_where_that_user_can_reach(tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    cluster = Cluster(test=True, project=hidden)
    try:
        cluster.start()
        assert not cluster.home.is_relative_to(hidden)
        assert Path(f"/proc/{cluster._pid()}").stat().st_uid != 0
        outside = cluster.home.parent
    finally:
        cluster.destroy()
    assert not outside.exists()


@pytest.fixture
def memory(monkeypatch):
    """A folder that every user can reach, in the place of /dev/shm."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setattr(embedded_postgres, "MEMORY", Path(folder))
        yield Path(folder)


def test_tests_cluster__is_kept_in_memory_where_there_is_room(tmp_path, memory):
    cluster = Cluster(test=True, project=tmp_path, in_memory=True)
    try:
        # The files are there; what is written down about them, and programs that were fetched, are not.
        cluster.start()
        assert cluster.home.is_relative_to(memory)
        assert (cluster.notes / "cluster.json").exists()
        assert not cluster._fetched(cluster.home, cluster.user).is_relative_to(memory)

        # The machine is restarted: nothing is left, and it is made again.
        cluster.stop()
        shutil.rmtree(cluster.home.parent)
        assert cluster.status() == "not made yet"
        cluster.start()
        assert ask(cluster, "SELECT 1") == "1"
    finally:
        cluster.destroy()
    assert not list(memory.iterdir())


@pytest.mark.parametrize("free", [0, embedded_postgres.MEMORY_BYTES - 1])
def test_tests_cluster__leaves_a_small_memory_alone(tmp_path, memory, monkeypatch, free):
    monkeypatch.setattr(embedded_postgres.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    cluster = Cluster(test=True, project=tmp_path, in_memory=True)
    assert cluster._place_for(embedded_postgres._myself()) == cluster.notes / "server"


# -- where the programs come from ------------------------------------------------------------


def test_find__refuses_a_wrapper_without_its_companions(tmp_path):
    lonely = tmp_path / "bin"
    lonely.mkdir()
    (lonely / "pg_ctl").write_text("#!/bin/sh\n")
    (lonely / "pg_ctl").chmod(0o755)
    assert postgres_binaries._usable(lonely) is None


def test_find__refuses_a_version_that_is_too_old(tmp_path):
    for name in postgres_binaries.PROGRAMS:
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.11'\n")
        (tmp_path / name).chmod(0o755)
    assert postgres_binaries._usable(tmp_path) is None


@pytest.mark.parametrize(("build", "is_usable"), [("", True), ("# ICU is not supported in this build\n", False)])
def test_find__refuses_a_build_that_cannot_sort_as_germans_read(tmp_path, build, is_usable):
    for name in postgres_binaries.PROGRAMS:
        (tmp_path / name).write_text(f"#!/bin/sh\n{build}echo 'postgres (PostgreSQL) 18.6'\n")
        (tmp_path / name).chmod(0o755)
    assert (postgres_binaries._usable(tmp_path) is not None) is is_usable


def test_find__for_another_version_takes_that_one_or_says_so_loudly(tmp_path, monkeypatch, capsys):
    places = [postgres_binaries.Binaries(tmp_path, major) for major in (15, 18)]
    monkeypatch.setattr(postgres_binaries, "_on_this_machine", lambda fetched: iter(places))
    assert postgres_binaries.find(fetched=tmp_path, major=18).major == 18
    assert Cluster(test=True, project=tmp_path, major=18).notes != Cluster(test=True, project=tmp_path).notes
    said = postgres_binaries.untested(18)
    assert "NO POSTGRESQL 18: its tests are SKIPPED. What differs there is UNTESTED." in said
    assert len({len(line) for line in said.splitlines()}) == 1


def test_find__takes_the_newest_but_opens_a_cluster_with_its_own_version(tmp_path, monkeypatch):
    places = [postgres_binaries.Binaries(tmp_path, major) for major in (15, 17, 16)]
    monkeypatch.setattr(postgres_binaries, "_on_this_machine", lambda fetched: iter(places))
    assert postgres_binaries.find(fetched=tmp_path).major == 17
    assert postgres_binaries.find(fetched=tmp_path, major=15).major == 15


def test_find__says_what_to_install_when_nothing_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_binaries, "_on_this_machine", lambda fetched: iter(()))
    monkeypatch.setattr(postgres_binaries, "_apt_is_possible", lambda: False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(postgres_binaries.NoPostgresError, match="apt-get install postgresql"):
        postgres_binaries.find(fetched=tmp_path)
    with pytest.raises(postgres_binaries.NoPostgresError, match="made by PostgreSQL 16"):
        postgres_binaries.find(fetched=tmp_path, major=16)


def test_no_cluster_for_the_machine__leaves_the_setting_as_it_was(tmp_path, monkeypatch):
    file = tmp_path / "createcluster.conf"
    file.write_text("# create_main_cluster = true\nssl = on\n")
    monkeypatch.setattr(postgres_binaries._no_cluster_for_the_machine, "file", file)
    with postgres_binaries._no_cluster_for_the_machine():
        assert file.read_text() == "ssl = on\ncreate_main_cluster = false\n"
    assert file.read_text() == "# create_main_cluster = true\nssl = on\n"


def test_url__of_a_given_server_is_handed_through(monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgres://user@example.org/db")
    assert embedded_postgres.main(["start"]) == 0
    assert capsys.readouterr().out.strip() == "postgres://user@example.org/db"
