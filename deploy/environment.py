"""Makes .venv and fills it from the hash-pinned lists: `python -m deploy.environment base|dev`.

Quick when nothing has changed: the hash of the list is kept beside what it installed. Runs on the
machine's own Python, so standard library only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


class SetupError(Exception):
    """Says in plain words what is missing."""


def fill(wanted: str) -> bool:
    """`dev` holds `base` as well. True when something had to be done."""
    if sys.version_info < OLDEST:
        raise SetupError(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}.")
    requirements = PROJECT / "requirements" / f"{wanted}.txt"
    state = hashlib.sha256(requirements.read_bytes()).hexdigest()
    stamp = VENV / f".installed-{wanted}"
    if _works(PYTHON) and stamp.exists() and stamp.read_text() == state:
        return False
    if not _works(PYTHON):
        _make()
    print(f"installing requirements/{wanted}.txt into .venv (hashes are checked)", flush=True)
    done = subprocess.run(
        [
            *(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "--only-binary", ":all:", "-r", requirements),
        ],
        cwd=PROJECT,
        check=False,
    )
    if done.returncode:
        raise SetupError(
            "The packages could not be installed (see above). Is the package registry reachable? "
            "A proxy or mirror is set the usual way, in pip's own configuration."
        )
    stamp.write_text(state)
    return True


def _works(python: Path) -> bool:
    """A venv breaks when the Python it was made with is removed."""
    if not python.exists():
        return False
    probe = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([python, "-c", probe], capture_output=True, check=False).returncode == 0


def _make() -> None:
    print(f"making .venv with Python {sys.version.split()[0]}", flush=True)
    if not _has_ensurepip():
        _install_ensurepip()
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", VENV], check=True)


def _has_ensurepip() -> bool:
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _install_ensurepip() -> None:
    """Debian and Ubuntu ship Python without it."""
    exact = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["install", exact], ["update"], ["install", exact], ["install", "python3-venv"]):
            subprocess.run(["apt-get", "-y", "-qq", *words], env=environment, check=False)
            if _has_ensurepip():
                return
    raise SetupError(
        f"This Python cannot make environments yet. Install the package {exact} "
        f"(Debian, Ubuntu: sudo apt-get install {exact}), then run make again."
    )


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) > 1 else "dev"
    if wanted not in ("base", "dev"):
        print("usage: python -m deploy.environment base|dev", file=sys.stderr)
        return 2
    try:
        fill(wanted)
    except SetupError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
