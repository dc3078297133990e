"""The demo's orchestrator, against a stand-in for Django that does just what the contract says."""

from __future__ import annotations

import compileall
import contextlib
import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from deploy.demo import run as demo
from deploy.demo.address import take, why_not
from deploy.embedded_postgres import PROJECT, Cluster
from deploy.supervisor import Process, Supervisor
from tests.deploy.conftest import copy_cluster

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

MANAGE = """
import os, sys, time, json
with open("calls", "a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
command = sys.argv[1]
if os.environ.get("SOJUS_DB_MODE") == "owner":
    with open("as-owner", "a") as file:
        file.write(command + "\\n")
if os.path.exists("fail-" + command):
    sys.exit(1)
if command == "worker":
    with open("worker-environment" + "".join(sys.argv[2:]), "w") as file:
        json.dump(dict(os.environ), file)
    time.sleep(1000)
owner = os.environ["DATABASE_OWNER_URL"]
if command in ("bootstrap_database", "onboard_tenant"):
    import psycopg
    with psycopg.connect(owner, autocommit=True) as connection:
        if command == "bootstrap_database":
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'sojus_app'").fetchone()
            verb = "ALTER" if known else "CREATE"
            connection.execute(f"{verb} ROLE sojus_app LOGIN PASSWORD '{os.environ['SOJUS_APP_DB_PASSWORD']}'")
        else:
            for kuerzel in sys.argv[3:]:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {kuerzel.lower()}")
"""
WSGI = """
def application(environ, start_response):
    start_response("200 OK", [])
    return [b"ok " + environ["HTTP_HOST"].encode()]
"""
STEPS = ["bootstrap_database", "migrate_all", "load_reference", "onboard_tenant", "demo_world", "collectstatic"]


class House:
    """A project folder with the real deploy/ and a stand-in for everything else."""

    def __init__(self, folder: Path, deploy: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        shutil.copytree(deploy, folder / "deploy")
        (folder / "requirements").mkdir()
        (folder / "requirements" / "base.txt").write_text("")
        (folder / "manage.py").write_text(MANAGE)
        (folder / "config").mkdir()
        (folder / "config" / "wsgi.py").write_text(WSGI)
        (folder / "port.py").write_text("import os; print(os.environ['PORT'])")
        (folder / "tenants" / "migrations").mkdir(parents=True)
        (folder / "tenants" / "migrations" / "0001_initial.py").write_text("first = 1")

    def environment(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "SOJUS_", "DJANGO_"))}
        return kept | {"PORT": str(self.port)} | more

    def demo(self, *words: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "deploy.demo", *words],
            cwd=self.folder,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def calls(self) -> list[str]:
        """The steps since the last question; workers run beside them."""
        file = self.folder / "calls"
        said = [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []
        file.unlink(missing_ok=True)
        return [call for call in said if call != "worker"]

    def get(self, path: str) -> str:
        return urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5).read().decode()

    def leave(self) -> None:
        """Nothing goes on running, and nothing stays outside the folder."""
        with contextlib.suppress(FileNotFoundError), (self.folder / "var/demo/running").open("r+") as file:
            if not take(file):
                self.demo("--stop")
        Cluster(project=self.folder).destroy()


@dataclass
class FirstStart:
    """A house in which the demo was started once, and what it said and did."""

    house: House
    said: subprocess.CompletedProcess
    calls: list[str]


@pytest.fixture(scope="module")
def deploy(tmp_path_factory) -> Path:
    """The real deploy/, compiled once for all houses."""
    folder = tmp_path_factory.mktemp("project") / "deploy"
    shutil.copytree(PROJECT / "deploy", folder, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(folder, quiet=1)
    return folder


@pytest.fixture(scope="module")
def first_start(tmp_path_factory, deploy) -> Iterator[FirstStart]:
    house = House(tmp_path_factory.mktemp("first"), deploy)
    said = house.demo("--once")
    yield FirstStart(house, said, house.calls())
    house.leave()


@pytest.fixture
def house(tmp_path, deploy) -> Iterator[House]:
    """Nothing was started here yet."""
    house = House(tmp_path, deploy)
    yield house
    house.leave()


@pytest.fixture
def house_with_cluster(house, copied) -> House:
    """The first start has come as far as an empty database."""
    copied(house.folder, test=False)
    return house


@pytest.fixture
def started(first_start, house) -> House:
    """The demo was started here once, and ended: a copy of the first start."""
    first = first_start.house.folder
    shutil.copytree(first / "var" / "demo", house.folder / "var" / "demo")
    copy_cluster(Cluster(project=first), Cluster(project=house.folder, in_memory=True))
    return house


def test_demo__first_does_everything_then_only_what_has_changed(first_start, started):
    first, house = first_start.said, started
    assert first.returncode == 0, first.stderr
    assert first_start.calls == STEPS
    assert (first_start.house.folder / "as-owner").read_text().split() == ["demo_world"], (
        "manage.py knows the others itself"
    )
    assert "[1/8] PostgreSQL" in first.stdout
    assert f"http://vg.localhost:{first_start.house.port}" in first.stdout
    assert "sojus-demo" in first.stdout
    for login in ("asd-vg", "leitung-vg", "wjh-vg", "controlling-vg", "asd-hro", "asd-lhsn"):
        assert login in first.stdout

    second = house.demo("--once")
    assert second.returncode == 0, second.stderr
    assert house.calls() == []
    assert steps(first) == ["done"] * 7, first.stdout
    assert steps(second) == ["done", *["up to date"] * 6], "the database is started, nothing else is done again"
    assert not re.search(r"install|fetch|\.venv|^ *\|", second.stdout, re.MULTILINE), second.stdout

    (house.folder / "tenants" / "migrations" / "0002_more.py").write_text("more = 1")
    assert house.demo("--once").returncode == 0
    assert house.calls() == STEPS[:-1]


def test_demo__continues_where_it_failed(house_with_cluster):
    house = house_with_cluster
    (house.folder / "fail-demo_world").touch()
    broken = house.demo("--once")
    assert broken.returncode == 1
    assert "`manage.py demo_world` failed" in broken.stderr
    assert not Cluster(project=house.folder).is_running()
    house.calls()
    (house.folder / "fail-demo_world").unlink()
    assert house.demo("--once").returncode == 0
    assert house.calls() == ["demo_world", "collectstatic"]


def test_detach__answers_restarts_what_crashes_and_stops(started):
    house = started
    detached = house.demo("--detach")
    assert detached.returncode == 0, detached.stderr
    assert house.get("/gesundheit/").startswith("ok ")

    again = house.demo()
    assert again.returncode == 0
    assert "running already (" in again.stdout
    elsewhere = house.demo(PORT=str(house.port + 1))
    assert elsewhere.returncode == 0
    assert f"running already, on port {house.port} and not on {house.port + 1}" in elsewhere.stdout
    assert f"http://vg.localhost:{house.port} " in elsewhere.stdout
    assert f":{house.port + 1}" not in elsewhere.stdout, "addresses at which nobody answers"
    assert house.demo("--run", "port.py", PORT=str(house.port + 1)).stdout.strip() == str(house.port)

    app = json.loads((house.folder / "worker-environment").read_text())
    assert "sojus_app:" in app["DATABASE_URL"]
    assert "DATABASE_OWNER_URL" not in app, "only those who migrate learn the owner's address"
    operator = json.loads((house.folder / "worker-environment--betrieb").read_text())
    assert "DATABASE_OWNER_URL" in operator

    master = listening_pid(house.port)
    os.kill(master, signal.SIGKILL)
    assert until(lambda: listening_pid(house.port) not in (None, master)), "the web server was not restarted"

    cluster = Cluster(project=house.folder)
    os.kill(cluster._pid(), signal.SIGKILL)
    assert until(lambda: not cluster.is_running())
    assert until(cluster.is_running), "PostgreSQL was not started again"

    stopped = house.demo("--stop")
    assert stopped.stdout.strip() == "stopped"
    assert listening_pid(house.port) is None
    assert not Cluster(project=house.folder).is_running()


def test_detach__leaves_nothing_behind_when_it_is_killed(started):
    house = started
    house.demo("--detach")
    supervisor = int((house.folder / "var/demo/running").read_text().split()[0])
    os.kill(supervisor, signal.SIGKILL)
    assert until(lambda: listening_pid(house.port) is None), "the web server outlived its supervisor"
    assert house.demo("--once").returncode == 0


def test_demo__says_so_when_the_port_is_taken(house):
    with socket.socket() as other:
        other.bind(("127.0.0.1", house.port))
        other.listen()
        refused = house.demo("--once")
    assert refused.returncode == 1
    assert f"Port {house.port} on 127.0.0.1 cannot be used" in refused.stderr
    assert f"PORT={house.port + 1} make demo" in refused.stderr


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000.5", "８０００"])
def test_demo__says_so_when_the_port_is_none(house, port):
    refused = house.demo("--once", PORT=port)
    assert refused.returncode == 1
    assert f"PORT={port} is no port: a whole number from 1 to 65535 is" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (house.folder / "var" / "pg").exists(), "nothing was begun"


def test_why_not__blames_the_right_one():
    system = why_not(OSError(errno.EACCES, "Permission denied"), "127.0.0.1", 80)
    assert "for root only" in system and "another program" not in system and "PORT=8000" in system
    taken = why_not(OSError(errno.EADDRINUSE, "Address already in use"), "127.0.0.1", 65535)
    assert "another program" in taken and "PORT=8000" in taken
    nowhere = why_not(OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), "10.99.1.1", 8000)
    assert "BIND=10.99.1.1" in nowhere and "another program" not in nowhere


def test_demo__second_start_while_the_first_prepares_names_no_address(house):
    held = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=house.folder, env=house.environment(), stdin=subprocess.PIPE, stdout=-1
    )
    with held:
        assert held.stdout.readline() == b"held\n"
        second = house.demo()
        held.stdin.close()
    assert second.returncode == 0
    assert "no address yet" in second.stdout
    assert "http://" not in second.stdout


HOLD = (
    "import sys; from deploy.demo.run import Demo, only_one\n"
    "with only_one(Demo()): print('held', flush=True); sys.stdin.read()"
)


def test_demo__of_another_user_is_named_not_traced(monkeypatch, capsys):
    """`sudo make demo` once, `make demo` as oneself afterwards: var/demo is root's."""

    def refused(arguments):
        raise PermissionError(errno.EACCES, "Permission denied", "/srv/sojus/var/demo/running")

    monkeypatch.setattr(demo, "_main", refused)
    assert demo.main([]) == 1
    said = capsys.readouterr().err
    assert "/srv/sojus/var/demo/running belongs to another user" in said
    assert f"sudo chown -R {os.geteuid()} " in said


def test_demo__shows_the_log_when_the_web_server_cannot_start(started):
    (started.folder / "config" / "wsgi.py").write_text("raise RuntimeError('no settings today')")
    broken = started.demo("--once")
    assert broken.returncode == 1
    assert "no settings today" in broken.stderr


def test_reset__starts_anew(started):
    house = started
    before = (house.folder / "var/demo/secrets.json").read_text()
    cluster = Cluster(project=house.folder)
    cluster.start()
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("CREATE TABLE old AS SELECT 1")
    assert house.demo("--reset", "--once").returncode == 0
    assert house.calls() == STEPS
    assert (house.folder / "var/demo/secrets.json").read_text() != before
    cluster.start()
    with psycopg.connect(cluster.url()) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM old")


def test_secrets__are_private(first_start):
    assert (first_start.house.folder / "var/demo/secrets.json").stat().st_mode & 0o777 == 0o600


# -- a server that was given ------------------------------------------------------------------


@pytest.fixture
def server(copied, tmp_path_factory):
    cluster = copied(tmp_path_factory.mktemp("given"))
    cluster.start()
    return cluster


def test_given_server__database_is_created_filled_and_dropped(house, server):
    url = server.url("fresh")
    started = house.demo("--once", DATABASE_URL=url)
    assert started.returncode == 0, started.stderr
    assert "given by DATABASE_URL" in started.stdout
    assert house.calls() == STEPS
    assert not (house.folder / "var" / "pg").exists(), "no server of our own beside the given one"
    assert house.demo("--once", DATABASE_URL=url).returncode == 0
    assert house.calls() == []
    assert house.demo("--reset", "--once", DATABASE_URL=url).returncode == 0
    assert house.calls() == STEPS


def test_given_server__a_database_of_others_is_left_alone(house, server):
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE payroll AS SELECT 1")
    refused = house.demo("--once", DATABASE_URL=server.url())
    assert refused.returncode == 1
    assert "already holds 1 tables" in refused.stderr
    assert "was not filled by the demo" in house.demo("--reset", DATABASE_URL=server.url()).stderr
    assert house.calls() == []


def test_given_server__a_login_of_another_installation_is_left_alone(house, server):
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE ROLE sojus_app LOGIN PASSWORD 'theirs'")
    refused = house.demo("--once", DATABASE_URL=server.url("fresh"))
    assert refused.returncode == 1
    assert "SOJUS_DB_ROLE_PREFIX" in refused.stderr


def test_given_server__a_login_without_rights_is_told_so(house, server):
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE clerk LOGIN PASSWORD 'clerk'")
        connection.execute("CREATE DATABASE small OWNER clerk")
    url = f"postgres://clerk:clerk@127.0.0.1:{server.port}/small"
    assert "may not create roles" in house.demo("--once", DATABASE_URL=url).stderr


def test_given_server__that_is_not_there_is_named(house):
    refused = house.demo("--once", DATABASE_URL="postgres://a:b@127.0.0.1:1/sojus")
    assert refused.returncode == 1
    assert "cannot be reached" in refused.stderr
    assert "Traceback" not in refused.stderr


# -- the supervisor itself --------------------------------------------------------------------


def test_supervisor__waits_longer_after_each_crash(tmp_path):
    said: list[str] = []
    crashing = Process("crasher", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ), tmp_path / "log")
    supervisor = Supervisor([crashing], folder=tmp_path, say=said.append)
    supervisor.start()

    def has_said(count: int) -> bool:
        supervisor.look_after()
        return len(said) >= count

    assert until(lambda: has_said(2))
    supervisor.stop()
    assert "code 3" in said[0]
    assert "again in 1 s" in said[0]
    assert "again in 2 s" in said[1]


def test_supervisor__ends_a_process_that_does_not_listen(tmp_path, monkeypatch):
    monkeypatch.setattr("deploy.supervisor.GRACE", 0.5)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(99)"
    )
    process = Process("deaf", [sys.executable, "-c", deaf], dict(os.environ), tmp_path / "log")
    supervisor = Supervisor([process], folder=tmp_path, say=print)
    supervisor.start()
    assert until(lambda: "deaf" in (tmp_path / "log").read_text())
    supervisor.stop()
    assert process.running.returncode == -signal.SIGKILL


def steps(demo: subprocess.CompletedProcess) -> list[str]:
    """What each step before the web server said it did: "done" or "up to date"."""
    return re.findall(r"^      (done|up to date)", demo.stdout, re.MULTILINE)


def until(condition, *, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def listening_pid(port: int) -> int | None:
    """The oldest process that listens there: gunicorn's master."""
    line = next(
        (row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:] if is_listening(row.split(), port)),
        None,
    )
    if line is None:
        return None
    socket_name = f"socket:[{line[9]}]"
    for entry in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            if any(str(fd.readlink()) == socket_name for fd in (entry / "fd").iterdir()):
                return int(entry.name)
        except OSError:
            continue
    return None


def is_listening(columns: list[str], port: int) -> bool:
    return columns[1].endswith(f":{port:04X}") and columns[3] == "0A"
