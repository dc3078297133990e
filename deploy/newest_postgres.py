"""What `make test` says and does about the newest supported PostgreSQL after the tests.

python -m deploy.newest_postgres MAJOR FOLDER …

When the tests ran on it, it says so. When its programs are on this machine already, the tests of these folders run on
it: a cluster of its own, started here and stopped again. They are the walls between offices: row rules, roles and
rights are what differs between versions, the rest is SQL that the ORM writes. Where it is not at hand, that is said so
loudly that nobody takes it for tested; nothing is fetched, so that the tests depend on no registry beyond the set-up
and take no longer on a machine that did not ask for it. TEST_DATABASE_URL is the server of the tests that ran.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable

import psycopg

from deploy.embedded_postgres import PROJECT, Cluster, EmbeddedPostgresError
from deploy.postgres_binaries import NoPostgresError, starred


def _major_of(url: str) -> int:
    with psycopg.connect(url) as connection:
        return connection.info.server_version // 10_000


def _run_tests(url: str, folders: list[str]) -> int:
    words = [
        "-m",
        "pytest",
        "-q",
        "-n",
        os.environ.get("WORKERS") or "2",
        "--dist",
        "loadgroup",
        "--no-loadscope-reorder",
    ]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, *words, "-m", "not e2e and not bench", *folders],
        cwd=PROJECT,
        env=environment | {"TEST_DATABASE_URL": url, "SOJUS_ENV": "test"},
        check=False,
    ).returncode


def not_at_hand(major: int, used: int) -> str:
    """The last lines of a test run whose machine has no such PostgreSQL."""
    return starred(
        f"POSTGRESQL {major} NOT RUN: the tests above ran on {used} only.",
        f"Supported are 15 to {major}. What differs there is untested until somebody runs",
        f"make test-postgres MAJOR={major}    (npm or apt brings it; afterwards make test asks it, too)",
    )


def prove(
    major: int,
    folders: list[str],
    *,
    used: int,
    cluster: Cluster,
    tests: Callable[[str, list[str]], int] = _run_tests,
    say: Callable[[str], None] = print,
) -> int:
    """Exit code of the tests, 0 where nothing could be run. `used`: the version the other tests ran on."""
    if used >= major:
        say(f"== PostgreSQL {used}: all tests above ran on it")
        return 0
    if not cluster.is_at_hand():
        say(not_at_hand(major, used))
        return 0
    say(f"== PostgreSQL {major}: {' '.join(folders)} (everything: make test-postgres MAJOR={major})")
    began, was_running = time.monotonic(), cluster.is_running()
    try:
        code = tests(cluster.start(), folders)
    except (EmbeddedPostgresError, NoPostgresError) as problem:
        say(str(problem))
        code = 1
    finally:
        if not was_running:
            cluster.stop()
    word = "FAILED" if code else "passed"
    say(starred(f"POSTGRESQL {major}: {' '.join(folders)} {word} in {time.monotonic() - began:.0f} s."))
    return code


def main(words: list[str]) -> int:
    """The command line."""
    major, folders = int(words[0]), words[1:]
    cluster = Cluster(test=True, major=major, say=lambda line: print(line, file=sys.stderr))
    return prove(
        major,
        folders,
        used=_major_of(os.environ["TEST_DATABASE_URL"]),
        cluster=cluster,
        say=lambda line: print(line, flush=True),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
