"""Whoever asks another machine says how long it waits and how much it reads: one list of all of them (ADR 0052).

A library's own default is a minute, or for ever; a machine that is slow then holds a thread, and with it what all
offices share.
"""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import python_files, text

#: Everything here or in Python that opens a line to another machine.
OPENS = re.compile(
    r"^\s*(?:from|import) (?:requests|urllib3|urllib\.request|http\.client|httpx|aiohttp|smtplib|ftplib|boto3|botocore"
    r"|socket|ssl|authlib|xmlrpc)\b",
    re.MULTILINE,
)
#: Where, how long and how much; or why that is no question. What must be found in the file.
PLACES = {
    "shared_apps/oidc/calls.py": ("one deadline and one number of bytes for all calls of a request", r"^SECONDS = 6$"),
    "shared_apps/oidc/server.py": ("Authlib's functions without its session; calls asks", r"= calls\.ask\("),
    "shared_apps/journal/services/anker.py": ("the bucket of the seals", r"Config\(\*\*settings\.S3_WAITS\)"),
    "config/settings/files.py": ("the bucket of the documents, and the waits of both", r"Config\(\*\*S3_WAITS\)"),
    "shared_apps/mails/services.py": (
        "Django's backend with EMAIL_TIMEOUT; in the worker, of a server the operator names",
        r"EmailMessage\(",
    ),
}


def test_whoever_opens_a_line_is_listed():
    found = {str(path) for path in python_files() if OPENS.search(text(path))}
    assert found == set(PLACES), "say how long it waits and how much it reads, and why"


@pytest.mark.parametrize("path", PLACES)
def test_its_limit_is_where_the_list_says(path):
    (found,) = [known for known in python_files() if str(known) == path]
    assert re.search(PLACES[path][1], text(found), re.MULTILINE)


def test_a_session_of_requests_is_never_used_as_it_comes():
    """`requests.get` has no deadline in all, and follows whoever sends it elsewhere."""
    bare = re.compile(r"\brequests\.(?:get|post|put|request|head|patch|delete)\(|requests\.Session\(\)(?!\))")
    assert [str(path) for path in python_files() if bare.search(text(path))] == []
