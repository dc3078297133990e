"""Finds a Chromium for the browser tests, or fetches one where that is possible: prints its path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

#: The headless shell is the same engine without a window: the browser tests need a third less of the processor.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

WITHOUT = """
***************************************************************************
*  NO BROWSER: the browser tests are SKIPPED. What they cover is UNTESTED. *
*  Debian, Ubuntu: sudo apt-get install chromium                          *
*  or name one:    export SOJUS_CHROMIUM=/path/to/chromium                *
***************************************************************************
"""


def find() -> str | None:
    chosen = os.environ.get("SOJUS_CHROMIUM")
    if chosen:
        return chosen if os.access(chosen, os.X_OK) else None
    return next((path for path in map(shutil.which, NAMES) if path and _starts(path)), None)


def _starts(path: str) -> bool:
    """Ubuntu's chromium-browser is a stub that only says where to find the real one."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def fetch() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("no browser yet: installing Debian's chromium for the browser tests", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["install", SHELL], ["update"], ["install", SHELL], ["install", "chromium"]):
        subprocess.run(
            ["apt-get", "-y", "-qq", "--no-install-recommends", *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=False,
        )
        if find():
            return


def main() -> int:
    if not find():
        fetch()
    path = find()
    if path is None:
        print(WITHOUT, file=sys.stderr)
        return 0
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
