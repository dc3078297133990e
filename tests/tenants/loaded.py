"""The program, loaded once: a `manage.py` of its own takes more than a second of processor before it does anything.

A process that has loaded everything and done nothing (no connection, no thread) forks for each command. The child gets
the environment of that command, reads the settings from it again, connects by itself, and ends: commands know nothing
of each other, but for one thing: what Django sends to an empty schema is found out by the first that asks, and those
after it replay it, as the second of two offices that are set up together does (`tenants.onboarding.migrate`). That is
kept in a file for other workers and runs, under a hash of the whole program and of the packages that are pinned for it.
What a module could take from the settings while it is loaded comes from an environment that is the same but for the
names in `PLACES`; for another one there is another such process.

    python -m tests.tenants.loaded        one line per command on stdin, its exit code on stdout
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import hashlib
import json
import os
import pickle
import runpy
import select
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import django
from asgiref.local import Local
from django.conf import settings
from django.db import connections
from django.utils.functional import empty

import config
from manage import works_as_owner
from tenants.onboarding import migrate

ROOT = Path(__file__).resolve().parents[2]  # `bootstrap` knows it as well, and alters the environment
#: Which database and which folder: read in settings, and nowhere while a module is loaded.
PLACES = ("DATABASE_URL", "DATABASE_OWNER_URL", "SOJUS_MEDIA_ROOT", "PYTEST_CURRENT_TEST")
MANAGE = str(ROOT / "manage.py")
#: By migrations and apps: what an empty schema was sent.
replays = migrate._recorded
#: What is known of empty schemas, by state of the program; the newest few.
KEPT = ROOT / "var" / "test-replays"
FLOORS = ("config", "tenants", "shared_apps", "tenant_apps")
#: Each keeps some 100 MB; the least recently used one is ended.
AT_MOST = 3


class Loaded:
    """One such process, seen from the tests."""

    kept: dict[tuple, Loaded] = {}
    free = threading.Lock()

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.tenants.loaded"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @classmethod
    def of(cls, environment: dict[str, str]) -> Loaded:
        key = tuple(sorted((name, value) for name, value in environment.items() if name not in PLACES))
        found = cls.kept.pop(key, None)
        if found is None or found.process.poll() is not None:
            found = cls(environment)
        cls.kept[key] = found
        while len(cls.kept) > AT_MOST:
            cls.kept.pop(next(iter(cls.kept))).end()
        return found

    def run(self, order: dict[str, Any], *, timeout: float) -> int:
        try:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
            if not select.select([self.process.stdout], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(order["words"], timeout)
            return int(self.process.stdout.readline())
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """With what it is doing."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with self.process:
            pass


@atexit.register
def _end_all() -> None:
    for loaded in Loaded.kept.values():
        loaded.end()


def run(
    words: list[str],
    environment: dict[str, str],
    *,
    module: str = "",
    stdin: str = "",
    timeout: float = 300,
    reads_kept: bool = True,
) -> subprocess.CompletedProcess[str]:
    """`manage.py WORDS`, or `python -m MODULE WORDS`, which then works as the owner.

    reads_kept: what other processes have found out of empty schemas may be replayed.
    """
    program = ["-m", module] if module else [MANAGE]
    if not Loaded.free.acquire(blocking=False):  # a command while another one runs
        return subprocess.run(
            [sys.executable, *program, *words], cwd=ROOT, env=environment, input=stdin,
            capture_output=True, text=True, check=False, timeout=timeout,
        )  # fmt: skip
    try:
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder, name) for name in ("stdin", "stdout", "stderr")]
            files[0].write_text(stdin)
            order = {
                "words": words, "module": module, "environment": environment, "files": [str(file) for file in files],
                "learnt": str(Path(folder, "learnt")), "reads_kept": reads_kept,
            }  # fmt: skip
            owner = {"SOJUS_DB_MODE": "owner"} if module or works_as_owner(words) else {}
            code = Loaded.of(owner | environment).run(order, timeout=timeout)
            return subprocess.CompletedProcess([*program, *words], code, files[1].read_text(), files[2].read_text())
    finally:
        Loaded.free.release()


# -- in the loaded process -----------------------------------------------------------------------------


def file_of_this_program() -> Path:
    """Any other line of it, or another release of Django or of an app beside it, and Django may send something else."""
    digest = hashlib.sha256(django.__version__.encode())
    source = (path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
    for path in sorted([*source, *(ROOT / "requirements").glob("*.txt")]):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return KEPT / f"{digest.hexdigest()[:16]}.pickle"


def is_ordinary(key: tuple) -> bool:
    """Whether all migrations are the program's: those of a test are in no hash."""
    modules, _ = key
    return all(module.partition(".")[0] in FLOORS for _, module in modules)


def keep(to: Path, *, newest: int = 4) -> None:
    """What is known, for other processes; each file is whole whoever writes beside us."""
    to.parent.mkdir(parents=True, exist_ok=True)
    unfinished = to.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(pickle.dumps({key: known for key, known in replays.items() if is_ordinary(key)}))
    unfinished.rename(to)
    for old in sorted(to.parent.glob("*.pickle"), key=lambda file: -file.stat().st_mtime)[newest:]:
        old.unlink(missing_ok=True)


def main() -> None:
    django.setup()
    kept = file_of_this_program()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        if order["reads_kept"] and not any(map(is_ordinary, replays)) and kept.exists():
            replays.update(pickle.loads(kept.read_bytes()))
        child = os.fork()
        if not child:
            _obey(order)
            return
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with contextlib.suppress(FileNotFoundError):
            replays.update(pickle.loads(Path(order["learnt"]).read_bytes()))
            if any(map(is_ordinary, replays)) and not kept.exists():
                keep(kept)
        print(code, flush=True)


def _teach(to: Path) -> None:
    """What this command has found out of empty schemas, for those after it."""
    if replays:
        unfinished = to.with_suffix(".unfinished")
        unfinished.write_bytes(pickle.dumps(replays))
        unfinished.rename(to)


def _obey(order: dict[str, Any]) -> None:
    """As a process that was started with these words, this environment and these files."""
    known = len(replays)
    atexit.register(lambda: _teach(Path(order["learnt"])) if len(replays) > known else None)
    for number, file in enumerate(order["files"]):
        opened = os.open(file, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(order["environment"])
    _forget_settings()
    sys.argv = [MANAGE, *order["words"]]
    if order["module"]:
        runpy.run_module(order["module"], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(MANAGE, run_name="__main__")


def _forget_settings() -> None:
    """They are read when they are first asked for, after manage.py has said who owns."""
    chosen = os.environ.get("DJANGO_SETTINGS_MODULE", "")  # it has taken over what config.settings said
    for name in [name for name in sys.modules if name == chosen or name.startswith(("config.env", "config.settings"))]:
        del sys.modules[name]
    del config.env, config.settings
    settings._wrapped = empty
    connections._settings = None
    connections.__dict__.pop("settings", None)
    connections._connections = Local(connections.thread_critical)


if __name__ == "__main__":
    main()
