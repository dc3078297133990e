"""`make demo`: from nothing to a running portal, one repeatable step after the other.

python -m deploy.demo                start; Ctrl-C ends
python -m deploy.demo --detach       start in the background
python -m deploy.demo --once         start, check that it answers, stop
python -m deploy.demo --stop         stop what --detach started, and our PostgreSQL
python -m deploy.demo --reset        throw the database away, then start
python -m deploy.demo --manage …     manage.py on the demo's database
python -m deploy.demo --run file.py  a script on the running demo
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from deploy.demo.address import AddressError, Running, check_port, running, take, wanted_bind, wanted_port
from deploy.demo.database import DatabaseError, DemoDatabase
from deploy.embedded_postgres import EmbeddedPostgresError, write_private
from deploy.postgres_binaries import NoPostgresError
from deploy.supervisor import Process, Supervisor

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "var" / "demo"
LOGS = PROJECT / "var" / "log"
PASSWORD = "sojus-demo"  # printed at every start; the demo listens on this machine only
#: Who signs in with a second factor, and the secret for an app on a phone (world/leute.py).
SECOND_FACTORS = {"wjh-vg": "SOJUSDEMOVGWJHSOJUSDEMOVGWJHSOJU"}
ANSWER_SECONDS = 90
#: Commands of the demo that work as the owner. manage.py knows its own; the image has it, and has no demo.
OWNER_COMMANDS = {"demo_world"}

OFFICES = {
    "VG": "Vorpommern-Greifswald",
    "HRO": "Hanse- und Universitätsstadt Rostock",
    "LHSN": "Landeshauptstadt Schwerin",
    "LUP": "Ludwigslust-Parchim",
    "NWM": "Nordwestmecklenburg",
    "LRO": "Landkreis Rostock",
    "VR": "Vorpommern-Rügen",
    "MSE": "Mecklenburgische Seenplatte",
}
LOGINS = [
    ("asd-vg", "vg", "social worker: search, reserve, book (the worked example is here)"),
    ("leitung-vg", "vg", "head of the social service: sees the whole office's cases"),
    ("wjh-vg", "vg", "economic youth welfare: checks, approves and pays invoices (with a second factor)"),
    ("controlling-vg", "vg", "controlling: budgets and key figures"),
    ("asd-hro", "hro", "social worker of another office: sees nothing of VG's cases"),
    ("asd-lhsn", "lhsn", "social worker of a third office"),
    ("anbieter-kueste", "portal", "provider with facilities in VG and HRO: worklist, consent, months"),
    ("anbieter-see", "portal", "another provider: sees nothing of the first"),
    ("anbieter-neu", "portal", "a provider that VG has admitted today"),
    ("ministerium", "portal", "ministry: compares the eight offices, no persons"),
    ("betrieb", "portal", "operator: onboards offices"),
]
#: What decides whether a step has to be done again: the files behind it, below the four floors and here.
FLOORS = ("config", "tenants", "shared_apps", "tenant_apps", "deploy")
SCHEMA_FILES = [
    "**/migrations/**/*.py",
    "**/onboarding/**/*.py",
    "**/onboarding.py",
    "**/roles.py",
    "**/rights.py",
    "**/portal.py",
    "**/migrated.py",
    "**/*_sql.py",
    "**/models*.py",
    "**/models/*.py",
    "**/fence/*.py",
    "**/tables/*.py",
    "**/trail/*.py",
    "**/jobs/*.py",  # rules of the queue are a function in the database
    "**/tasks.py",
]
REFERENCE_FILES = ["**/reference/**/*", "**/load_reference.py"]
WORLD_FILES = ["demo/world/**/*", "demo/management/**/*"]
STATIC_FILES = ["**/static/**/*", "settings/templates.py"]


class DemoError(Exception):
    """Says in plain words why the demo does not start."""


class Demo:
    def __init__(self, running: Running | None = None) -> None:
        """`running`: a demo that is up already; its address counts, whatever PORT says here."""
        self.port = running.port if running else wanted_port()
        self.bind = running.bind if running else wanted_bind()
        self.database = DemoDatabase(say=lambda line: print(f"      {line}", flush=True))
        self.began = time.monotonic()
        self.steps_done = 0

    # -- the steps ---------------------------------------------------------------------------

    def prepare(self) -> None:
        with self._step("PostgreSQL"):
            knows = (FOLDER / "secrets.json").exists()
            self.database.start()
            self.database.check_is_ours(knows_app_password=knows)
            print(f"      {self.database.spoken()}")
        schema = fingerprint(SCHEMA_FILES)
        reference = fingerprint(SCHEMA_FILES + REFERENCE_FILES)
        world = fingerprint(SCHEMA_FILES + REFERENCE_FILES + WORLD_FILES, os.environ.get("SOJUS_FIXED_TODAY", ""))
        schemas = [kuerzel.lower() for kuerzel in OFFICES]
        intact = self.database.has_schemas(schemas) and self.database.accepts(self._secrets()["app_password"])
        self._once("roles and rights", "roles", schema, intact, lambda: self._manage("bootstrap_database"))
        self._once("tables", "tables", schema, intact, lambda: self._manage("migrate_all"))
        self._once("reference data", "reference", reference, intact, lambda: self._manage("load_reference"))
        self._once(
            "eight youth offices",
            "offices",
            reference,
            intact,
            lambda: self._manage("onboard_tenant", "--kuerzel", *OFFICES),
        )
        self._once("demo world", "world", world, intact, lambda: self._manage("demo_world"))
        files = fingerprint(STATIC_FILES, (PROJECT / "requirements" / "base.txt").read_text())
        stamp = FOLDER / "static-files"
        with self._step("style sheets and fonts") as skip:
            if stamp.exists() and stamp.read_text() == files:
                skip()
            else:
                self._manage("collectstatic", "--noinput", "--verbosity", "0")
                stamp.write_text(files)

    def _once(self, title: str, key: str, state: str, intact: bool, do: Callable[[], None]) -> None:
        with self._step(title) as skip:
            if intact and self.database.notes().get(key) == state:
                skip()
                return
            do()
            self.database.note(**{key: state})

    @contextlib.contextmanager
    def _step(self, title: str) -> Iterator[Callable[[], None]]:
        self.steps_done += 1
        print(f"[{self.steps_done}/8] {title}", flush=True)
        began, skipped = time.monotonic(), []
        yield lambda: skipped.append(True)
        print("      up to date" if skipped else f"      done in {_seconds(began)}", flush=True)

    # -- environments ------------------------------------------------------------------------

    def _secrets(self) -> dict[str, str]:
        file = FOLDER / "secrets.json"
        try:
            return json.loads(file.read_text())
        except FileNotFoundError:
            FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = {"key": secrets.token_urlsafe(64), "app_password": secrets.token_urlsafe(32)}
            write_private(file, json.dumps(made))
            return made

    def environment(self, *, owner: bool, command: str = "") -> dict[str, str]:
        """Only those who migrate and onboard learn the owner's address; `command`: of `manage.py`."""
        ours = ("PG", "DATABASE_", "DJANGO_SETTINGS", "SOJUS_ENV", "SOJUS_SECRET", "SOJUS_DB_MODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        kept |= {
            "SOJUS_ENV": "demo",
            "SOJUS_SECRET_KEY": self._secrets()["key"],
            "DATABASE_URL": self.database.app_url(self._secrets()["app_password"]),
            "SOJUS_MEDIA_ROOT": os.environ.get("SOJUS_MEDIA_ROOT") or str(FOLDER / "media"),
            "PORT": str(self.port),
            "BIND": f"{self.bind}:{self.port}",
            "PYTHONUNBUFFERED": "1",
        }
        if owner:
            kept["DATABASE_OWNER_URL"] = self.database.owner_url
            kept["SOJUS_APP_DB_PASSWORD"] = self._secrets()["app_password"]
        return kept | ({"SOJUS_DB_MODE": "owner"} if command in OWNER_COMMANDS else {})

    def _manage(self, *words: str) -> None:
        """Its lines come through at once, indented below the step they belong to."""
        command = subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=PROJECT,
            env=self.environment(owner=True, command=words[0]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        with command:
            for line in command.stdout or ():
                print(f"      | {line.rstrip()}", flush=True)
        if command.returncode:
            raise DemoError(f"`manage.py {' '.join(words)}` failed (see above). `make demo` may be repeated.")

    # -- running -----------------------------------------------------------------------------

    def serve(self, *, until_answer: Callable[[], None], once: bool = False) -> None:
        supervisor = Supervisor(self._processes(), folder=PROJECT, say=lambda line: print(f"      {line}", flush=True))
        supervisor.end_on_signals()
        try:
            supervisor.start()
            if self._wait_for_answer(supervisor):
                until_answer()
                if not once:
                    supervisor.run(also=self._keep_database)
        finally:
            print("stopping web server and workers", flush=True)
            supervisor.stop()
            self.database.stop()

    def _keep_database(self) -> None:
        """Our own PostgreSQL has no other guardian; a given server has."""
        if not self.database.is_ready():
            print("      PostgreSQL has ended; starting it again", flush=True)
            try:
                self.database.start()
            except (DatabaseError, EmbeddedPostgresError, psycopg.Error) as problem:
                print(f"      {problem}", flush=True)
                time.sleep(5)

    def _processes(self) -> list[Process]:
        python, app, owner = sys.executable, self.environment(owner=False), self.environment(owner=True)
        web = [python, "-m", "gunicorn", "config.wsgi:application", "-c", "deploy/gunicorn.conf.py"]
        return [
            Process("web server", web, app, LOGS / "web.log"),
            Process("worker", [python, "manage.py", "worker"], app, LOGS / "worker.log"),
            Process("operator's worker", [python, "manage.py", "worker", "--betrieb"], owner, LOGS / "betrieb.log"),
        ]

    def _wait_for_answer(self, supervisor: Supervisor) -> bool:
        end = time.monotonic() + ANSWER_SECONDS
        while not supervisor.ending:
            if self.answers():
                return True
            supervisor.look_after()
            web = supervisor.processes[0]
            if web.crashes >= 3 or time.monotonic() > end:
                # Two workers fail at once and gunicorn adds its own trace: the cause is further up.
                lines = "\n".join(web.log.read_text(errors="replace").splitlines()[-90:])
                raise DemoError(f"The web server does not answer. {web.log} ends with:\n{lines}")
            time.sleep(0.1)
        return False

    def answers(self) -> bool:
        """Asks this machine directly: not every resolver knows portal.localhost (browsers do)."""
        address = "127.0.0.1" if self.bind == "0.0.0.0" else self.bind
        connection = http.client.HTTPConnection(address, self.port, timeout=5)
        try:
            connection.request("GET", "/gesundheit/", headers={"Host": f"portal.localhost:{self.port}"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    # -- telling -----------------------------------------------------------------------------

    def tell(self, first_line: str = "") -> None:
        host = lambda name: f"http://{name}.localhost:{self.port}"  # noqa: E731
        print(f"\n{first_line or f'SoJuS is up after {_seconds(self.began)}.'}\n")
        print(f"  {host('portal'):32} the state's portal")
        for kuerzel, name in OFFICES.items():
            print(f"  {host(kuerzel.lower()):32} {name}")
        print(f"\n  {'log in as':16} {'at':32} to see")
        for login, where, purpose in LOGINS:
            print(f"  {login:16} {host(where):32} {purpose}")
        print(f"\n  The password is {PASSWORD} for all of them. Logs: {LOGS}")
        for login, secret in SECOND_FACTORS.items():
            print(f"  {login} has a second factor: `make code USER={login}` prints the six digits, or put the secret")
            print(f"  {secret} into an app on your phone.")

    def tell_briefly(self) -> None:
        print(f"SoJuS answers at http://portal.localhost:{self.port}", flush=True)


# -- one demo at a time --------------------------------------------------------------------------


@contextlib.contextmanager
def only_one(demo: Demo) -> Iterator[None]:
    """Holds var/demo/running for as long as the demo lives, and says in it where that demo answers."""
    FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (FOLDER / "running").open("a+") as file:
        if not take(file):
            raise AlreadyRunning
        file.truncate(0)
        file.write(f"{os.getpid()} {demo.port} {demo.bind}")
        file.flush()
        yield


class AlreadyRunning(Exception):
    pass


def tell_running() -> None:
    """The addresses of the demo that runs, which need not be those of this PORT."""
    found = running()
    demo = Demo(found) if found else None
    if demo is None or not demo.answers():
        print("A demo is being started or ended in another terminal; it has no address yet. Try again in a moment.")
        return
    elsewhere = "" if demo.port == wanted_port() else f", on port {demo.port} and not on {wanted_port()}"
    demo.tell(f"The demo is running already{elsewhere} (make demo-stop ends it).")


def stop() -> bool:
    found = running()
    if found:
        os.kill(found.pid, signal.SIGTERM)
        end = time.monotonic() + 60
        while running() and time.monotonic() < end:
            time.sleep(0.1)
    DemoDatabase().stop()
    return found is not None


def reset() -> None:
    stop()
    database = DemoDatabase()
    database.remove()
    for path in FOLDER.iterdir() if FOLDER.exists() else []:
        # on a given server the roles outlive the database, and with them the password
        if path.name != "running" and not (path.name == "secrets.json" and database.given):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    print("the demo's database and files are gone")


def detach(demo: Demo) -> None:
    LOGS.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (LOGS / "demo.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "deploy.demo", "--serve"],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    while not demo.answers():
        if child.poll() is not None:
            lines = (LOGS / "demo.log").read_text(errors="replace").splitlines()[-30:]
            raise DemoError("The demo ended at once:\n" + "\n".join(lines))
        time.sleep(0.1)


def fingerprint(patterns: list[str], *more: str) -> str:
    """One number for the content of many files."""
    files = {
        path
        for floor in FLOORS
        for pattern in patterns
        for path in (PROJECT / floor).glob(pattern)
        if path.is_file() and path.suffix != ".pyc"
    }
    total = hashlib.sha256("\0".join(more).encode())
    for path in sorted(files):
        total.update(str(path.relative_to(PROJECT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def _seconds(since: float) -> str:
    return f"{time.monotonic() - since:.1f} s"


# -- the command line ----------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    try:
        return _main(arguments)
    except AlreadyRunning:
        tell_running()
        return 0
    except (DemoError, AddressError, DatabaseError, EmbeddedPostgresError, NoPostgresError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except PermissionError as problem:
        print(f"\n{not_ours(problem)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; `make demo` goes on from here")
        return 130


def not_ours(problem: PermissionError) -> str:
    """Somebody (root, mostly) has started the demo in this folder before."""
    if problem.filename is None:
        raise problem
    return (
        f"{problem.filename} belongs to another user, who has started the demo in this folder before. Start as that "
        f"user, or take the files over: sudo chown -R {os.geteuid()} {PROJECT / 'var'}"
    )


def _main(arguments: list[str]) -> int:
    if arguments[:1] in (["--manage"], ["--run"]):
        return _with_the_database(arguments[0], arguments[1:])
    options = set(arguments)
    if options & {"-h", "--help"}:
        print(__doc__)
    elif options - {"--stop", "--serve", "--reset", "--once", "--detach"}:
        print(__doc__, file=sys.stderr)
        return 2
    elif "--stop" in options:
        print("stopped" if stop() else "was not running")
    elif "--serve" in options:
        demo = Demo()
        with only_one(demo):
            demo.database.start()
            demo.serve(until_answer=demo.tell_briefly)
    else:
        if "--reset" in options:
            reset()
        _start(once="--once" in options, in_background="--detach" in options)
    return 0


def _start(*, once: bool, in_background: bool) -> None:
    demo = Demo()
    with only_one(demo):
        check_port(demo.bind, demo.port)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            demo.prepare()
        except BaseException:
            demo.database.stop()
            raise
        print("[8/8] web server and workers", flush=True)
        if not in_background:
            demo.serve(until_answer=lambda: _tell(demo, once=once), once=once)
            return
    detach(demo)
    demo.tell()
    print("  It runs in the background: make demo-stop ends it.")


def _tell(demo: Demo, *, once: bool) -> None:
    demo.tell()
    print("" if once else "  Ctrl-C ends it.", flush=True)


def _with_the_database(option: str, words: list[str]) -> int:
    demo = Demo(running())
    was_ready = demo.database.is_ready()
    if not was_ready:
        demo.database.start()
    environment = demo.environment(owner=True, command=words[0] if option == "--manage" and words else "")
    program = [sys.executable, "manage.py", *words] if option == "--manage" else [sys.executable, *words]
    try:
        return subprocess.run(program, cwd=PROJECT, env=environment, check=False).returncode
    finally:
        if not was_ready:
            demo.database.stop()
