"""Debian's pgbouncer in transaction mode, in front of the tests' PostgreSQL, started and stopped by the test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from django.db import connection

from deploy.embedded_postgres import server_user
from tests import bootstrap

CANDIDATES = ("pgbouncer", "/usr/sbin/pgbouncer")
#: As in deploy/pgbouncer/pgbouncer.ini but for the addresses, and few server connections so that offices must share.
INI = """[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
max_client_conn = 500
default_pool_size = {pool}
server_lifetime = 1800
server_reset_query_always = 0
ignore_startup_parameters = extra_float_digits
logfile = {log}
pidfile = {pid}
"""


def find_pgbouncer() -> str | None:
    """The program, or None."""
    return next((found for name in CANDIDATES if (found := shutil.which(name))), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def pgbouncer(*, pool: int = 2) -> Iterator[int]:
    """Run it with `pool` server connections per database; yields its port."""
    program = find_pgbouncer()
    assert program
    server = urlsplit(bootstrap.OWNER_URL)
    folder = Path(tempfile.mkdtemp(prefix="sojus-pgbouncer-"))
    port = _free_port()
    users, log = folder / "users.txt", folder / "log"
    owner = f'"{server.username}" "{unquote(server.password or "")}"\n'
    users.write_text(f'"{bootstrap.ROLE_PREFIX}sojus_app" "{bootstrap.APP_PASSWORD}"\n{owner}')
    ini = folder / "pgbouncer.ini"
    ini.write_text(
        INI.format(
            host=server.hostname,
            port=server.port or 5432,
            listen=port,
            users=users,
            log=log,
            pid=folder / "pid",
            pool=pool,
        )
    )
    user = server_user()  # it refuses to run as root
    if user.is_other:
        for path in (folder, users, ini):
            os.chown(path, user.uid, user.gid)
    process = subprocess.Popen([program, "-q", str(ini)], cwd=folder, stderr=subprocess.PIPE, **user.drop)
    try:
        _wait(port, process, log)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int, process: subprocess.Popen, log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"pgbouncer ended: {log.read_text() if log.exists() else process.stderr.read()}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("pgbouncer does not answer")


@contextmanager
def through(port: int) -> Iterator[None]:
    """All connections that Django opens from now on go to this port (every thread's)."""
    settings = connection.settings_dict
    before = {key: settings[key] for key in ("HOST", "PORT", "CONN_MAX_AGE")}
    connection.close()
    settings |= {"HOST": "127.0.0.1", "PORT": str(port), "CONN_MAX_AGE": 60}
    try:
        yield
    finally:
        connection.close()
        settings |= before


def mixes_sessions(port: int, database: str) -> bool:
    """Whether what one client sets for its session is seen by another: the danger the fence must survive."""
    url = urlsplit(bootstrap.as_app(bootstrap.OWNER_URL))
    where = {
        "host": "127.0.0.1", "port": port, "dbname": database, "user": url.username, "password": url.password,
        "autocommit": True, "prepare_threshold": None,
    }  # fmt: skip
    clients = [psycopg.connect(**where) for _ in range(6)]
    try:
        for number, client in enumerate(clients):
            client.execute(f"SET application_name = 'client{number}'")
            client.execute(f"SET search_path = nobody{number}")
        seen = [client.execute("SHOW search_path").fetchone()[0] for client in clients]
        clients[0].execute("RESET search_path")
        for client in clients:
            client.execute("RESET search_path")
        return seen != [f"nobody{number}" for number in range(len(clients))]
    finally:
        for client in clients:
            client.close()
