"""A living portal, its backup, and an empty server: what the rehearsal needs."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg import sql

from deploy.postgres_binaries import NoPostgresError, find_clients
from tests import bootstrap
from tests.tenants import loaded, owner

#: Another cluster's roles: everything of them has to be recreated, and nothing of the dump's may be needed. As long as
#: the tests' own prefix, whose length is in one function.
#: One for each worker of the tests, for all of them share the cluster.
PREFIX = f"ru{int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw')):02d}_"


def _clients_are_missing() -> str:
    """Why these stories cannot be told to another PostgreSQL (`make test-postgres`); at home they always are."""
    if not os.environ.get("SOJUS_OTHER_POSTGRES"):
        return ""
    try:
        find_clients(at_least=int(os.environ["SOJUS_OTHER_POSTGRES"]))
    except NoPostgresError as missing:
        return str(missing)
    return ""


#: For everything that calls pg_dump or pg_restore.
needs_clients = pytest.mark.skipif(bool(_clients_are_missing()), reason=_clients_are_missing() or "-")


@dataclass
class Ziel:
    """An empty database, and the environment of the processes that are to fill it."""

    name: str
    media: Path
    password: str = "anders-als-vorher"
    calls: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        url = bootstrap.with_database(bootstrap.OWNER_URL, self.name)
        return os.environ | {
            "DATABASE_OWNER_URL": url,
            "DATABASE_URL": re.sub(
                r"//[^@]*@", f"//{PREFIX}sojus_app:{self.password}@", url.replace("postgresql:", "postgres:")
            ),
            "SOJUS_DB_ROLE_PREFIX": PREFIX,
            "SOJUS_APP_DB_PASSWORD": self.password,
            "SOJUS_MEDIA_ROOT": str(self.media),
        }

    def manage(self, *words: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        done = loaded.run(list(words), self.environment, timeout=600)
        if ok and done.returncode:
            raise AssertionError(f"manage.py {words[0]} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done


@contextmanager
def empty_server(name: str, media: Path) -> Iterator[Ziel]:
    """A new database on the tests' cluster; its roles have another prefix and are removed at the end."""
    with owner.superuser("postgres") as su:
        su.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        su.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        yield Ziel(name, media)
    finally:
        with owner.superuser("postgres") as su:
            su.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            for (role,) in su.execute("SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", [PREFIX]):
                su.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
            for (role,) in su.execute("SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", [PREFIX]):
                su.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


#: Not compared: sessions are not kept; what the restore itself leaves, and the clockwork of jobs.
_EXPECTED = re.compile(r"public\.(django_session|journal_rueckkehr|journal_pruefbericht)$")


def fingerprints(name: str, schemas: tuple[str, ...] = ("public", "vg", "hro", "lhsn")) -> dict[str, tuple[int, str]]:
    """`schema.table` → number of rows and a hash over all of them, whatever their order."""
    with owner.superuser(name) as su:
        tables = su.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname = ANY (%s) ORDER BY 1, 2",
            [list(schemas)],
        ).fetchall()
        found = {}
        for schema, table in tables:
            if not _EXPECTED.match(f"{schema}.{table}"):
                found[f"{schema}.{table}"] = su.execute(
                    sql.SQL("SELECT count(*), coalesce(md5(string_agg(h, '' ORDER BY h)), '')"
                            " FROM (SELECT md5(t::text) AS h FROM {} t) x").format(sql.Identifier(schema, table))
                ).fetchone()  # fmt: skip
        return found


def catalogue(name: str, prefix: str, schemas: tuple[str, ...] = ("public", "vg", "hro", "lhsn")) -> set[tuple]:
    """Triggers, functions, row rules, rights, constraints and indexes, with the prefix of the roles taken out."""
    with owner.superuser(name) as su:
        rows = su.execute(
            """
            SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid), tgenabled::text
              FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace
             WHERE NOT tgisinternal AND nspname = ANY (%(s)s)
            UNION ALL SELECT 'function', p.oid::regprocedure::text, '', prosrc, proacl::text || prosecdef::text
              FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = ANY (%(s)s)
               AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
            UNION ALL SELECT 'policy', schemaname || '.' || tablename, policyname,
                   coalesce(qual, '') || coalesce(with_check, ''), cmd || roles::text
              FROM pg_policies WHERE schemaname = ANY (%(s)s)
            UNION ALL SELECT 'relation', c.oid::regclass::text, relkind::text, relrowsecurity::text,
                   (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(relacl) x)
              FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
             WHERE nspname = ANY (%(s)s) AND relkind IN ('r', 'v', 'S')
               AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
            UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(k.oid), ''
              FROM pg_constraint k JOIN pg_namespace n ON n.oid = connamespace
             WHERE nspname = ANY (%(s)s) AND contype <> 'n'
            UNION ALL SELECT 'index', schemaname || '.' || tablename, indexname, indexdef, ''
              FROM pg_indexes WHERE schemaname = ANY (%(s)s)
            """,
            {"s": [*schemas, *(f"{s}_portal" for s in schemas if s != "public")]},
        ).fetchall()
    return {tuple(_same_words(part or "", row[0]).replace(prefix, "*") for part in row) for row in rows}


def _same_words(text: str, kind: str) -> str:
    """PostgreSQL writes the casts of a condition again each time it reads one: 'a'::varchar or ('a'::varchar)::text."""
    return re.sub(r"::[a-z ]+(\[\])?|[()\s]", "", text) if kind in {"constraint", "index"} else text


class Browser:
    """As much of one as a sign-in needs, over a real socket."""

    def __init__(self, port: int, host: str) -> None:
        self.port, self.host, self.cookies = port, host, {}

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text; follows redirects within the host."""
        for _ in range(5):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            headers = {
                "Host": f"{self.host}:{self.port}",
                "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            }
            body = None
            if data is not None:
                body = urlencode(data)
                headers |= {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Origin": f"http://{self.host}:{self.port}",
                }
            connection.request("POST" if body is not None else "GET", path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            connection.close()
            if answer.status not in {301, 302, 303}:
                return answer.status, text
            path, data = re.sub(r"^https?://[^/]+", "", answer.headers["Location"]), None
        raise AssertionError("too many redirects")

    def sign_in(self, username: str, password: str) -> tuple[int, str]:
        _, form = self.ask("/anmelden/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
        return self.ask(
            "/anmelden/",
            {"csrfmiddlewaretoken": token, "username": username, "password": password},
        )


@contextmanager
def web_server(ziel: Ziel) -> Iterator[int]:
    """gunicorn as in production, on the restored database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "config.wsgi:application"],
        cwd=bootstrap.ROOT, env=ziel.environment | {"PORT": str(port)},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None:
                raise AssertionError(process.stderr.read()[-3000:])
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=30)


def count(name: str, statement: str) -> int:
    """One number, asked as the superuser."""
    with owner.superuser(name) as su:
        return su.execute(statement).fetchone()[0]


def broken(name: str) -> psycopg.Connection:
    """A superuser's connection that may do anything."""
    return psycopg.connect(bootstrap.with_database(bootstrap.OWNER_URL, name), autocommit=True)
