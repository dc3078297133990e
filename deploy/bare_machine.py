"""The two commands of the README on machines that have nothing: made here, used, thrown away. Needs root.

    python -m deploy.bare_machine                  all four machines
    python -m deploy.bare_machine root user …      some of them

debootstrap makes a minimal Debian (`PACKAGES`, nothing else). For each machine it is unpacked afresh, the project's
HEAD is cloned into it, and the commands run inside, in namespaces of their own: what is mounted or started there
ends with them, however they end. How packages are reached (mirror, proxy, certificates, pip's settings) is read from
this machine at run time and handed in. Output in full: var/bare-machine/<machine>.log. Standard library only.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "var" / "bare-machine"
PACKAGES = ("ca-certificates", "python3", "python3-venv", "git", "make", "gcc")
SUITE = os.environ.get("BARE_SUITE", "bookworm")
FRESH_SECONDS = 14 * 24 * 3600
STEP_SECONDS = 1800
#: An ordinary user without PostgreSQL must not wait for downloads first.
AT_ONCE_SECONDS = 10
PLAIN_USER = "plain"
#: What in the environment says how packages are reached.
ACCESS_VARIABLES = re.compile(
    r"^(PIP_\w+|(https?|no|all|ftp)_proxy|\w*_CA_BUNDLE|SSL_CERT_(FILE|DIR)|GIT_SSL_CAINFO)$", re.IGNORECASE
)
ACCESS_SETTINGS = re.compile(
    r"^Acquire::(https?|ftp|Retries|ForceIPv|Check-|Max-ValidTime|AllowInsecure)", re.IGNORECASE
)


class BareMachineError(Exception):
    """Says in plain words why the proof cannot be made, or what it has refuted."""


@dataclass
class Machine:
    """One root file system, and what was asked of it."""

    name: str
    story: str
    root: Path = field(init=False)
    log: Path = field(init=False)
    mounts: list[Path] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root = FOLDER / f"root-{self.name}"
        self.log = FOLDER / f"{self.name}.log"

    def run(
        self,
        what: str,
        *words: str,
        user: str = "root",
        fails: bool = False,
        says: str = "",
        within: float = STEP_SECONDS,
        silent: bool = False,
    ) -> str:
        """Runs it inside and holds it to its exit (`fails`), its words (`says`, a pattern) and its time."""
        home = "/root" if user == "root" else f"/home/{user}"
        inner = f"cd {home}/sojus 2>/dev/null || cd {home}; exec {shlex.join(words)}"
        variables = {k: v for k, v in os.environ.items() if ACCESS_VARIABLES.match(k)}
        variables |= {"HOME": home, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "USER": user, "TERM": "dumb"}
        command = ["env", "-i", *(f"{k}={v}" for k, v in variables.items())]
        if user != "root":
            command += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
        began = time.monotonic()
        with self.log.open("a") as log:
            log.write(f"\n===== {self.name}, as {user}: {shlex.join(words)}\n")
            log.flush()
            mark = log.tell()
            try:
                done = subprocess.run(
                    self._inside([*command, "/bin/bash", "-c", inner]),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    timeout=STEP_SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise BareMachineError(
                    f"{self.name}: {what}: not done after {STEP_SECONDS} s, see {self.log}"
                ) from None
        seconds = time.monotonic() - began
        with self.log.open() as log:
            log.seek(mark)
            said = log.read()
        problem = (
            f"ended with {done.returncode}"
            if bool(done.returncode) is not fails
            else f"took {seconds:.1f} s, {within:.0f} are allowed"
            if seconds > within
            else f"does not say /{says}/"
            if says and not re.search(says, said, re.MULTILINE)
            else ""
        )
        if problem:
            tail = "\n".join(said.splitlines()[-25:])
            raise BareMachineError(f"{self.name}: {what}: {problem}. {self.log} ends with:\n{tail}")
        if not silent:
            self.figures.append(f"{what:66} {seconds:7.1f} s")
            print(f"  {self.figures[-1]}", flush=True)
        return said

    def _inside(self, command: list[str]) -> list[str]:
        """Mounts and processes live in namespaces of this one command."""
        root = shlex.quote(str(self.root))
        lines = [
            "set -e",
            f"mount --bind {root} {root}",
            f"mount -t proc proc {root}/proc",
            f"mount --rbind /dev {root}/dev",
            f"mount -t tmpfs -o mode=1777 tmpfs {root}/dev/shm",
            f"mount -t tmpfs -o mode=1777 tmpfs {root}/tmp",
        ]
        for place in self.mounts:
            there = shlex.quote(f"{self.root}{place}")
            lines += [f"mkdir -p {there}", f"mount --bind -o ro {shlex.quote(str(place))} {there}"]
        lines.append(f"exec chroot {root} {shlex.join(command)}")
        namespaces = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]
        return [*namespaces, "/bin/sh", "-c", "\n".join(lines)]


# -- the machines ------------------------------------------------------------------------------------


def as_root(machine: Machine) -> None:
    """The machine of the README's first sentence: apt brings PostgreSQL, and with it the user postgres."""
    clone(machine, "root")
    machine.run("make demo, the first", "make", "demo", "DEMO_OPTIONS=--once", says="SoJuS is up after")
    machine.run("make demo, the second", "make", "demo", "DEMO_OPTIONS=--once", says="SoJuS is up after")
    machine.run(
        "make test: set-up, linters, migrations, some tests", "make", "test", SOME_TESTS, NO_BROWSER, says=PASSED
    )
    machine.run("make test-fast, again", "make", "test-fast", SOME_TESTS, says=PASSED)
    for cluster in ("pg", "pg-test"):
        machine.run(
            f"{cluster}: its user is noted, and is postgres",
            *("grep", "-E", '"user": "postgres"', f"var/{cluster}/cluster.json"),
        )
    # The tests' cluster is kept in memory (ADR 0058), which is another one at each step here, as after a new start.
    give_away = f'chown -R nobody "$(python3 -c "{HOME_OF}" var/pg/cluster.json)"'
    machine.run("the demo's cluster is given to another user", "bash", "-c", give_away)
    machine.run("make demo heals its cluster", "make", "demo", "DEMO_OPTIONS=--once", says="giving it to postgres")
    machine.run("make test-fast makes a cluster that is gone", "make", "test-fast", SOME_TESTS, says=PASSED)


def as_user(machine: Machine) -> None:
    """A plain user where an administrator has installed PostgreSQL."""
    machine.run("an administrator installs PostgreSQL", "bash", "-c", INSTALL_POSTGRES)
    plain_user(machine)
    demo = ("make", "demo", "DEMO_OPTIONS=--once")
    for port, says in (("80", "for root only"), ("abc", "is no port")):
        machine.run(
            f"PORT={port}: one sentence, at once",
            *(*demo, f"PORT={port}"),
            user=PLAIN_USER,
            fails=True,
            says=says,
            within=AT_ONCE_SECONDS,
        )
    machine.run("make demo, the first", *demo, user=PLAIN_USER, says="SoJuS is up after")
    machine.run("make demo, the second", *demo, user=PLAIN_USER, says="SoJuS is up after")
    machine.run("make test-fast", "make", "test-fast", SOME_TESTS, user=PLAIN_USER, says=PASSED)
    machine.run("make demo as root on the user's cluster", "bash", "-c", AS_ROOT_THERE, says="SoJuS is up after")
    machine.run("make demo as the user again", *demo, user=PLAIN_USER, says="SoJuS is up after")


def without(machine: Machine) -> None:
    """A plain user without PostgreSQL, who may not install it: told at once, before anything is downloaded."""
    plain_user(machine)
    for command in ("demo", "test", "test-fast", "demo-reset"):
        machine.run(
            f"make {command}: says what to install",
            *("make", command),
            user=PLAIN_USER,
            fails=True,
            says="No PostgreSQL 15 or newer was found(?s:.*)apt-get install postgresql",
            within=AT_ONCE_SECONDS,
        )
    machine.run("nothing was downloaded", "test", "!", "-e", ".venv", user=PLAIN_USER)


def nobody_first(machine: Machine) -> None:
    """As root where PostgreSQL is installed but no user postgres: the account that comes later changes nothing."""
    machine.run("PostgreSQL without its account", "bash", "-c", f"{INSTALL_POSTGRES}; userdel postgres")
    clone(machine, "root")
    start = ("python3", "-m", "deploy.embedded_postgres", "start")  # all of `make demo` that asks for the account
    machine.run("the database starts as nobody's", *start, says="^postgres://")
    machine.run("the account appears", "useradd", "--system", "postgres")
    machine.run("the database starts again", *start, says="^postgres://")
    machine.run("its user is still nobody", "grep", "-E", '"user": "nobody"', "var/pg/cluster.json")


MACHINES: dict[str, Callable[[Machine], None]] = {
    "without": without,
    "root": as_root,
    "user": as_user,
    "nobody": nobody_first,
}
SOME_TESTS = "TESTS=tests/shared_apps/operations/test_policies.py tests/config"
NO_BROWSER = "BROWSER=export SOJUS_CHROMIUM=/bin/true;"  # the browser of the browser tests is not what is proved here
PASSED = r"\d+ passed"
HOME_OF = "import json, sys; print(json.load(open(sys.argv[1]))['home'])"
INSTALL_POSTGRES = (
    "set -e; export DEBIAN_FRONTEND=noninteractive; mkdir -p /etc/postgresql-common; "
    "echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf; "
    "apt-get -q update; apt-get -q -y --no-install-recommends install postgresql"
)
AS_ROOT_THERE = (
    f"cd /home/{PLAIN_USER}/sojus; git config --global --add safe.directory '*'; make demo DEMO_OPTIONS=--once"
)


def clone(machine: Machine, user: str) -> None:
    home = machine.root / ("root" if user == "root" else f"home/{user}")
    git("clone", "--quiet", "--no-hardlinks", "--no-checkout", str(PROJECT), str(home / "sojus"))
    git("-C", str(home / "sojus"), "checkout", "--quiet", "--detach", head())


def plain_user(machine: Machine) -> None:
    machine.run("a plain user", "useradd", "--create-home", "--shell", "/bin/bash", PLAIN_USER, silent=True)
    clone(machine, PLAIN_USER)
    machine.run("", "chown", "-R", f"{PLAIN_USER}:{PLAIN_USER}", f"/home/{PLAIN_USER}", silent=True)


# -- the root file system ------------------------------------------------------------------------


def base() -> Path:
    """The minimal Debian as an archive; rebuilt when it is older than two weeks."""
    archive = FOLDER / f"{SUITE}.tar"
    if archive.exists() and time.time() - archive.stat().st_mtime < FRESH_SECONDS:
        return archive
    root = FOLDER / f"{SUITE}.new"
    shutil.rmtree(root, ignore_errors=True)
    print(f"debootstrap: a minimal {SUITE} with {' '.join(PACKAGES)}", flush=True)
    with (FOLDER / "debootstrap.log").open("w") as log:
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(root), mirror()],
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise BareMachineError(f"debootstrap failed, see {FOLDER / 'debootstrap.log'}")
    new = archive.with_suffix(".tar.new")
    subprocess.run(["tar", "-C", str(root), "-cf", str(new), "."], check=True)
    shutil.rmtree(root)
    new.replace(archive)
    return archive


def mirror() -> str:
    """Where this machine's apt gets Debian itself from."""
    chosen = os.environ.get("BARE_MIRROR")
    if chosen:
        return chosen
    for file in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]:
        text = file.read_text() if file.suffix in (".list", ".sources") and file.exists() else ""
        found = re.search(r"^(?:URIs:\s*|deb\s+(?:\[[^]]*\]\s+)?)(\S+/debian/?)(?:\s|$)", text, re.MULTILINE)
        if found:
            return found[1]
    raise BareMachineError("apt on this machine names no Debian mirror: name one in BARE_MIRROR.")


def unpack(machine: Machine, archive: Path) -> None:
    shutil.rmtree(machine.root, ignore_errors=True)
    machine.root.mkdir()
    subprocess.run(["tar", "-C", str(machine.root), "-xf", str(archive)], check=True)
    for name in ("resolv.conf", "hosts"):
        (machine.root / "etc" / name).unlink(missing_ok=True)
        shutil.copy(f"/etc/{name}", machine.root / "etc" / name)
    hand_in_certificates(machine)
    hand_in_apt(machine)
    hand_in_pip(machine)


def hand_in_certificates(machine: Machine) -> None:
    """All that this machine trusts; a package that renews the bundle finds it there again."""
    for place in (Path("/usr/local/share/ca-certificates"), Path("/etc/ssl/certs")):
        if place.is_dir():
            inside = Path(f"{machine.root}{place}")
            shutil.rmtree(inside, ignore_errors=True)  # its links would lead out of the root, to this machine's files
            shutil.copytree(place, inside, ignore=dangling)


def dangling(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not Path(folder, name).exists()}


def hand_in_apt(machine: Machine) -> None:
    apt = machine.root / "etc" / "apt"
    (apt / "sources.list").write_text(f"deb {mirror()} {SUITE} main\n")
    said = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
    kept = [line for line in said.splitlines() if ACCESS_SETTINGS.match(line)]
    (apt / "apt.conf.d" / "99-as-outside").write_text("\n".join([*kept, ""]))
    for folder in ("auth.conf.d", "trusted.gpg.d", "keyrings"):
        if (Path("/etc/apt") / folder).is_dir():
            shutil.rmtree(apt / folder, ignore_errors=True)
            shutil.copytree(Path("/etc/apt") / folder, apt / folder)


def hand_in_pip(machine: Machine) -> None:
    """pip's settings as one file, and whatever files or folders of this machine they name."""
    said = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, cwd="/", check=True
    ).stdout
    settings = dict(re.findall(r"^(?:global|install|:env:)\.(\S+)='(.*)'$", said, re.MULTILINE))
    settings.pop("constraint", None)  # what this machine may install says nothing about a bare one
    text = "".join(f"{name.lstrip('.')} = {value}\n" for name, value in settings.items())
    (machine.root / "etc" / "pip.conf").write_text(f"[global]\n{text}")
    for name in re.findall(r"(?:file://)?(/[^\s']+)", " ".join(settings.values())):
        place = Path(name)
        if place.is_dir() and not any(place.is_relative_to(known) for known in machine.mounts):
            machine.mounts.append(place.parent if place.name == "simple" else place)
        elif place.is_file() and not Path(f"{machine.root}{place}").exists():
            Path(f"{machine.root}{place}").parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(place, f"{machine.root}{place}")


def git(*words: str) -> str:
    return subprocess.run(["git", *words], capture_output=True, text=True, cwd=PROJECT, check=True).stdout.strip()


def head() -> str:
    return git("rev-parse", "HEAD")


# -- the command line ----------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.bare_machine", description=__doc__)
    parser.add_argument("machines", nargs="*", choices=[*MACHINES, []], metavar="|".join(MACHINES))
    parser.add_argument("--keep", action="store_true", help="leave the file systems for a look")
    chosen = parser.parse_args()
    try:
        prove(chosen.machines or list(MACHINES), keep=chosen.keep)
    except BareMachineError as problem:
        print(f"\n{problem}\n\nBARE MACHINE: FAILED", file=sys.stderr)
        return 1
    print("\nBARE MACHINE: all of it holds")
    return 0


def prove(names: list[str], *, keep: bool) -> None:
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        raise BareMachineError("This needs root and debootstrap: apt-get install debootstrap")
    FOLDER.mkdir(parents=True, exist_ok=True)
    if git("status", "--porcelain"):
        print("Not everything is committed: only what is committed is proved.", flush=True)
    lock = (FOLDER / "lock").open("w")  # held until this process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BareMachineError("Another run is under way in this folder.") from None
    archive = base()
    print(f"the project at {head()[:12]} on {SUITE}", flush=True)
    for name in names:
        story = MACHINES[name]
        machine = Machine(name, story.__doc__ or "")
        machine.log.write_text("")
        print(f"\n{name}: {machine.story}", flush=True)
        try:
            unpack(machine, archive)
            story(machine)
        finally:
            if not keep:
                shutil.rmtree(machine.root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
