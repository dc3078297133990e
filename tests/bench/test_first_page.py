"""The first page of a process, with and without `config.warm` (`make bench TESTS="-k first_page"`)."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median

import pytest

from tests import bootstrap

pytestmark = pytest.mark.bench
TIMES = 5
_ASK = """
import io, sys, time
if sys.argv[1] == "cold":
    import django, os
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    import config.warm
    config.warm.warm_up = lambda: None
start = time.perf_counter()
from config.wsgi import application
begun = time.perf_counter()
def ask():
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/anmelden/", "SCRIPT_NAME": "", "QUERY_STRING": "",
               "SERVER_NAME": "vg.localhost", "SERVER_PORT": "80", "HTTP_HOST": "vg.localhost",
               "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "192.0.2.1", "wsgi.url_scheme": "http",
               "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr}
    status = []
    before = time.perf_counter()
    body = b"".join(application(environ, lambda line, headers: status.append(line)))
    assert status[0].startswith("200"), status
    return (time.perf_counter() - before) * 1000
first = ask()
later = sorted(ask() for _ in range(20))[10]
print((begun - start) * 1000, first, later)
"""


@pytest.mark.parametrize("kind", ["cold", "warm"])
def test_first_page(own_database, capsys, kind) -> None:
    url = bootstrap.as_app(bootstrap.with_database(bootstrap.OWNER_URL, own_database))
    rows = []
    for _ in range(TIMES):
        done = subprocess.run(
            [sys.executable, "-c", _ASK, kind],
            cwd=bootstrap.ROOT,
            env={**os.environ, "DATABASE_URL": url},
            check=True,
            capture_output=True,
            text=True,
        )
        rows.append([float(word) for word in done.stdout.split()])
    start, first, later = map(median, zip(*rows, strict=True))
    with capsys.disabled():
        print(
            f"\nbench first page, {kind}: {first:.0f} ms, later ones {later:.0f} ms (factor {first / later:.1f});"
            f" start of the process {start:.0f} ms"
        )
