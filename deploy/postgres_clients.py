"""pg_dump and pg_restore: called without a secret in their arguments, and quoted without anybody's data."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.postgres_binaries import NoPostgresError, find_clients


class ClientError(Exception):
    """German: what is missing, or the program's own words without DETAIL and CONTEXT, which quote rows."""


def run(program: str, words: list[str], *, password: str, server_major: int) -> str:
    """Run pg_dump or pg_restore; returns what it wrote. Raises `ClientError`."""
    try:
        folder = find_clients(at_least=server_major)
    except NoPostgresError as error:
        raise ClientError(str(error)) from error
    with _environment(password) as env:
        done = subprocess.run(
            [str(folder / program), *words],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith(f"{program}: error:")]
        raise ClientError(f"{program} ist fehlgeschlagen: {' / '.join(said[:3])[:600] or 'ohne Meldung'}")
    return done.stdout


@contextmanager
def _environment(password: str) -> Iterator[dict[str, str]]:
    """The password in a file only we can read (mode 0600): arguments and environment are seen by others."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    if not password:
        yield env | {key: os.environ[key] for key in ("PGPASSFILE",) if key in os.environ}
        return
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    with tempfile.NamedTemporaryFile("w", prefix="sojus-", encoding="utf-8") as file:
        file.write(f"*:*:*:*:{escaped}\n")
        file.flush()
        yield env | {"PGPASSFILE": file.name}
