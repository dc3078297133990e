"""Code that asks another machine says how long it waits and how much it reads: one list of all (ADR 0052).

A library's own default is a minute, or for ever; a machine that is slow then holds a thread, and with it what all
offices share.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import nodes_of, parsed, python_files, text

#: Everything here or in Python that opens a line to another machine, or starts a program that could.
OPENERS = (
    "socket", "socketserver", "ssl", "http.client", "urllib.request", "smtplib", "ftplib", "imaplib", "poplib",
    "xmlrpc", "requests", "urllib3", "httpx", "aiohttp", "boto3", "botocore", "authlib", "django.core.mail",
    "subprocess", "multiprocessing", "pty",
)  # fmt: skip
#: The same by the name of what is called: these modules are imported for much else.
OPENING = {
    "asyncio": {
        "open_connection", "open_unix_connection", "create_connection", "create_datagram_endpoint", "sock_connect",
        "create_subprocess_exec", "create_subprocess_shell", "subprocess_exec", "subprocess_shell",
    },
    "os": {
        "system", "popen", "posix_spawn", "posix_spawnp", "execl", "execle", "execlp", "execv", "execve", "execvp",
        "execvpe", "spawnl", "spawnle", "spawnlp", "spawnv", "spawnve", "spawnvp",
    },
}  # fmt: skip
#: Nobody imports these: they wait for every piece from the start again, follow redirects, and have no deadline in all.
REFUSED = (
    "requests", "urllib3", "httpx", "aiohttp", "xmlrpc", "authlib.integrations", "urllib.request.urlopen",
    "urllib.request.build_opener", "urllib.request.Request",
)  # fmt: skip
#: Where, how long and how much; or why that is no question. What must be found in the file.
PLACES = {
    "shared_apps/oidc/calls.py": ("one deadline and one number of bytes for all calls of a request", r"^SECONDS = 6$"),
    "shared_apps/oidc/server.py": ("Authlib's functions without its session; calls asks", r"= calls\.ask\("),
    "shared_apps/journal/services/anker.py": ("the bucket of the seals", r"Config\(\*\*settings\.S3_WAITS\)"),
    "config/settings/files.py": ("the bucket of the documents, and the waits of both", r"Config\(\*\*S3_WAITS\)"),
    "shared_apps/core/uploads/virus.py": (
        "the virus scanner, asked by the worker: one deadline for a file, a bounded answer",
        r"^SECONDS, CONNECT_SECONDS = 60, 5$",
    ),
    "shared_apps/core/uploads/annahme.py": (
        "no machine: the process in which a file is taken apart, ended after this time; its answer is bounded",
        r"^SECONDS = 20$",
    ),
    "shared_apps/mails/services.py": (
        "Django's backend with EMAIL_TIMEOUT; in the worker, of a server the operator names",
        r"EmailMessage\(",
    ),
}


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of what a module imports, wherever: `from http import client` is `http.client`."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {
            "import_module", "__import__", "import_string",
        }:  # fmt: skip
            yield from (part.value for part in node.args[:1] if isinstance(part, ast.Constant))


def is_of(name: str, packages: tuple[str, ...]) -> bool:
    """`http.client.HTTPConnection` is of `http.client`."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def opens(tree: ast.AST) -> bool:
    """Whether a module can open a line."""
    names = set(imported(tree))
    called = {node.attr for node in nodes_of(tree) if isinstance(node, ast.Attribute)}
    return any(is_of(name, OPENERS) for name in names) or any(
        (module in names and called & opening) or {f"{module}.{name}" for name in opening} & names
        for module, opening in OPENING.items()
    )


def test_whoever_opens_a_line_is_listed():
    found = {str(path) for path in python_files() if opens(parsed(path))}
    assert found == set(PLACES), "say how long it waits and how much it reads, and why"


@pytest.mark.parametrize("path", PLACES)
def test_its_limit_is_where_the_list_says(path):
    assert re.search(PLACES[path][1], text(Path(path)), re.MULTILINE)


def test_no_library_asks_that_has_no_deadline():
    wrong = [f"{path}: {name}" for path in python_files() for name in imported(parsed(path)) if is_of(name, REFUSED)]
    assert not wrong, f"shared_apps.oidc.calls has one deadline and one number of bytes: {wrong}"


@pytest.mark.parametrize(
    "source",
    [
        "import requests",
        "from urllib import request",
        "def ask():\n    from http import client",
        "import http.client as web",
        "import subprocess",
        "import asyncio\nasyncio.open_connection('example.org', 443)",
        "import os\nos.system('curl https://example.org')",
        "from os import popen\npopen('curl https://example.org')",
        "import_module('requests')",
        "from django.core.mail import send_mail",
    ],
)
def test_it_finds(source):
    assert opens(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    ["import asyncio\nasyncio.run(work())", "from http import HTTPStatus", "from urllib.parse import urlsplit"],
)
def test_it_leaves_alone(source):
    assert not opens(ast.parse(source))
