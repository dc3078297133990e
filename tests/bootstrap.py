"""Environment of a test run. Loaded as a pytest plugin (-p) before Django's settings are read.

Each xdist worker has a database of its own, cloned from a template that is built once per state
of the migrations, the rights and the reference data.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP_PASSWORD = "test-only"
ROLE_PREFIX = "test_"


def owner_url() -> str:
    """Login that may create databases and roles: TEST_DATABASE_URL, or the embedded test cluster."""
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        done = subprocess.run(
            [sys.executable, "-m", "deploy.embedded_postgres", "start", "--test"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        url = done.stdout.strip().splitlines()[-1]
    return url


def with_database(url: str, name: str) -> str:
    """The same server and login, another database."""
    head, _, tail = url.rpartition("/")
    query = tail.partition("?")[2]
    return f"{head}/{name}" + (f"?{query}" if query else "")


def as_app(url: str) -> str:
    """The same server and database, as the login role of the application."""
    scheme, _, rest = url.partition("://")
    host = rest.rpartition("@")[2]
    return f"{scheme}://{ROLE_PREFIX}sojus_app:{APP_PASSWORD}@{host}"


# Until everything is loaded and collected nothing becomes garbage (tests/conftest.py begins to look for it again).
gc.disable()

DATABASE = f"test_sojus_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
OWNER_URL = owner_url()

os.environ |= {
    "TEST_DATABASE_URL": OWNER_URL,  # workers inherit it; DATABASE_URL below is not the owner
    "SOJUS_ENV": "test",
    "SOJUS_SESSION_IDLE_MINUTES": "60",  # a long crawl signs in once
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SOJUS_DB_ROLE_PREFIX": ROLE_PREFIX,
    "SOJUS_APP_DB_PASSWORD": APP_PASSWORD,
    "DATABASE_OWNER_URL": with_database(OWNER_URL, DATABASE),
    "DATABASE_URL": as_app(with_database(OWNER_URL, DATABASE)),
    "SOJUS_MEDIA_ROOT": str(ROOT / "var" / "test-media" / DATABASE),
    "PORT": "80",
}
os.environ.pop("SOJUS_FIXED_TODAY", None)
os.environ.pop("SOJUS_DB_MODE", None)
