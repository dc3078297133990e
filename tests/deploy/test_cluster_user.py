"""Whom the database runs as, from the bare machine to the one that has changed since: chosen once, kept, healed."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from deploy import embedded_postgres, postgres_binaries
from deploy.embedded_postgres import PROJECT, Cluster, EmbeddedPostgresError, ServerUser

pytestmark = pytest.mark.xdist_group("embedded-postgres")
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a server as another user")


class Machine:
    """This machine without PostgreSQL and without its account, until apt brings both."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.accounts = {"nobody"}
        self.programs = False
        self.installs = 0
        self.has_apt = True
        self._account = embedded_postgres._account
        self._places = postgres_binaries._usual_places
        monkeypatch.setattr(embedded_postgres, "_account", self.account)
        monkeypatch.setattr(postgres_binaries, "_usual_places", self.places)
        monkeypatch.setattr(postgres_binaries, "_apt_is_possible", lambda: self.has_apt)
        monkeypatch.setattr(postgres_binaries, "_npm_is_possible", lambda major: False)
        monkeypatch.setattr(postgres_binaries, "_install_with_apt", self.install)
        monkeypatch.delenv("SOJUS_POSTGRES_BIN", raising=False)

    def account(self, name: str) -> ServerUser | None:
        return self._account(name) if name in self.accounts else None

    def places(self, fetched: Path):
        return self._places(fetched) if self.programs else iter(())

    def install(self, say, major) -> None:
        self.installs += 1
        self.programs = True
        self.accounts.add("postgres")


@pytest.fixture
def machine(monkeypatch) -> Machine:
    """An account that runs a server here is whatever account exists: `daemon` plays the part of `postgres`."""
    machine = Machine(monkeypatch)
    real = machine._account

    def account(name: str) -> ServerUser | None:
        found = real(name) or (real("daemon") if name == "postgres" else None)
        return found and ServerUser(name, found.uid, found.gid, is_other=True)

    machine._account = account
    return machine


@pytest.fixture(params=["demo", "test"])
def cluster(request, tmp_path):
    said: list[str] = []
    cluster = Cluster(test=request.param == "test", project=tmp_path, say=said.append)
    cluster.said = said
    yield cluster
    cluster.destroy()


def owner_of_server(cluster: Cluster) -> int:
    return Path(f"/proc/{cluster._pid()}").stat().st_uid


def restart(cluster: Cluster) -> None:
    cluster.stop()
    cluster.start()


def remember(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def remembers(cluster: Cluster) -> bool:
    with psycopg.connect(cluster.url()) as connection:
        return connection.execute("SELECT answer FROM kept").fetchone() == (42,)


# -- root ---------------------------------------------------------------------------------------------


@only_root
def test_bare_machine__the_first_start_works_and_every_one_after_it(machine, cluster):
    # Nothing is there; apt brings the programs and, with them, the account postgres.
    cluster.start()
    postgres, nobody = (machine.account(name) for name in ("postgres", "nobody"))
    assert cluster._notes()["user"] == "postgres"
    assert owner_of_server(cluster) == postgres.uid == cluster.data.stat().st_uid
    remember(cluster)

    # The second start installs nothing and finds the data.
    restart(cluster)
    assert remembers(cluster)
    assert machine.installs == 1

    # A release before this one wrote no user down: the owner of the files it is.
    cluster.stop()
    embedded_postgres.write_private(cluster.notes / "cluster.json", json.dumps(cluster._notes() | {"user": None}))
    cluster.start()
    assert cluster._notes()["user"] == "postgres"

    # Somebody's chown gave the files to root, or to another account: they are given back.
    for thief in ("root", "bin"):
        cluster.stop()
        account = pwd.getpwnam(thief)
        subprocess.run(["chown", "-R", f"{account.pw_uid}:{account.pw_gid}", cluster.home], check=True)
        cluster.start()
        assert remembers(cluster)
        assert {path.lstat().st_uid for path in cluster.home.rglob("*")} == {postgres.uid}
        assert f"{cluster.home} belongs to {thief}: giving it to postgres, who runs the server" in cluster.said

    # The account is removed with the package: another takes over.
    cluster.stop()
    machine.accounts.remove("postgres")
    cluster.start()
    assert owner_of_server(cluster) == nobody.uid
    assert cluster._notes()["user"] == "nobody"
    assert remembers(cluster)

    # It comes back: the choice has been made.
    machine.accounts.add("postgres")
    restart(cluster)
    assert owner_of_server(cluster) == nobody.uid


@only_root
def test_root_on_a_users_project__leaves_it_usable_for_the_user(machine, tmp_path):
    """`sudo make demo` on a checkout of one's own: what root writes beside the cluster stays readable."""
    machine.programs = True
    cluster = Cluster(test=True, project=tmp_path)
    cluster.notes.mkdir(parents=True)
    os.chown(cluster.notes, 2, 2)
    try:
        cluster.start()
        for name in ("cluster.json", "password", "lock"):
            assert (cluster.notes / name).stat().st_uid == 2, name
    finally:
        cluster.destroy()


@only_root
def test_give__never_follows_a_link(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("not theirs")
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    (home / "data" / "link").symlink_to(outside)
    embedded_postgres._give(home, ServerUser("bin", 2, 2, is_other=True))
    assert outside.stat().st_uid == 0
    assert (home / "data" / "link").lstat().st_uid == 2


# -- an ordinary user -------------------------------------------------------------------------------


@pytest.fixture
def ordinary(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    monkeypatch.setattr(postgres_binaries, "_npm_is_possible", lambda major: False)


def test_ordinary_user_with_the_files_of_another__is_told_exactly_what_to_do(tmp_path, ordinary):
    cluster = Cluster(test=True, project=tmp_path)
    (cluster.notes / "server" / "data").mkdir(parents=True)
    (cluster.notes / "server" / "data" / "PG_VERSION").write_text("15")
    (cluster.notes / "cluster.json").write_text('{"home": "/elsewhere/server", "major": 15, "port": 15999}')
    with pytest.raises(EmbeddedPostgresError) as told:
        cluster._own(cluster.user)
    owner = tmp_path.owner()
    assert f"belongs to the user {owner}, you are 4711" in str(told.value)
    assert f"sudo chown -R 4711 {cluster.data}" in str(told.value)
    assert "make clean" in str(told.value), "make demo-reset does not touch the tests' cluster"


def test_ordinary_user_without_postgresql__hears_it_before_anything_is_done(tmp_path, ordinary, monkeypatch):
    monkeypatch.setattr(postgres_binaries, "_usual_places", lambda fetched: iter(()))
    monkeypatch.delenv("SOJUS_POSTGRES_BIN", raising=False)
    with pytest.raises(postgres_binaries.NoPostgresError, match="apt-get install postgresql"):
        Cluster(project=tmp_path).check()
    assert list(tmp_path.iterdir()) == []


def test_make__asks_for_postgresql_and_port_before_it_downloads(tmp_path):
    """Both commands, as an ordinary user would type them where nothing is installed."""
    began = time.monotonic()
    shutil.copytree(PROJECT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "Makefile", tmp_path)
    (tmp_path / "sitecustomize.py").write_text(
        "import os, shutil\nos.geteuid = lambda: 4711\n"
        "which = shutil.which\nshutil.which = lambda name, *more, **other: None if name == 'npm' else which(name)\n"
    )
    kept = {k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL")}
    kept |= {"SOJUS_POSTGRES_BIN": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    for command in ("demo", "test"):
        done = subprocess.run(["make", command], cwd=tmp_path, env=kept, capture_output=True, text=True, check=False)
        assert done.returncode == 2, command
        assert "sudo apt-get install postgresql" in done.stderr, command
        assert "installing requirements" not in done.stdout
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        for port, says in (("abc", "is no port"), (str(taken), "another program listens there")):
            kept["PORT"] = port
            done = subprocess.run(["make", "demo"], cwd=tmp_path, env=kept, capture_output=True, text=True, check=False)
            assert done.returncode == 2 and says in done.stderr, port
    assert not (tmp_path / ".venv").exists()
    assert time.monotonic() - began < 60


def test_check__says_nothing_where_a_server_is_given(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://user@example.org/db")
    monkeypatch.setattr(Cluster, "check", lambda self: pytest.fail("asked although a server is given"))
    assert embedded_postgres.main(["check"]) == 0


# -- a cluster that is not what its note says ---------------------------------------------------------


def test_test_cluster_that_cannot_be_opened__is_made_anew(copied, tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_binaries, "_apt_is_possible", lambda: False)
    cluster = copied(tmp_path)
    passwords = {cluster.url()}
    cluster._write_notes(major=99)  # the version that made it is gone
    cluster.check()
    cluster.start()
    assert cluster.major != 99
    passwords.add(cluster.url())
    cluster.stop()
    shutil.rmtree(cluster.home)  # somebody has deleted its folder
    passwords.add(cluster.start())
    assert cluster.is_running()
    assert len(passwords) == 3


def test_demo_cluster_of_a_version_that_is_gone__is_kept_and_named(copied, tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_binaries, "_apt_is_possible", lambda: False)
    cluster = copied(tmp_path, test=False)
    cluster._write_notes(major=99)
    for ask in (cluster.check, cluster.start):
        with pytest.raises(postgres_binaries.NoPostgresError, match=r"made by PostgreSQL 99.*make demo-reset"):
            ask()
    assert cluster.data.exists()


def test_project_that_was_moved__takes_its_cluster_along(tmp_path):
    cluster = Cluster(test=True, project=tmp_path / "after")
    cluster.notes.mkdir(parents=True)
    cluster._write_notes(home="/srv/before/var/pg-test/server")
    assert cluster.home == cluster.notes / "server"
    cluster._write_notes(home="/var/lib/sojus-0123456789ab/pg-test")
    assert cluster.home == Path("/var/lib/sojus-0123456789ab/pg-test")
