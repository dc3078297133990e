"""A canary in every place a person can type or a row can hold; every view is made to fail. Nothing sings outside.

In `make test` the six errors take turns: each route fails with one of them for each person who asks (about 210 requests
an error); `make security` (SOJUS_CRAWL=full) lets every route fail with every error for everybody (about 1,300).
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
import sentry_sdk
from django.conf import settings
from django.core import mail
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import DataError, IntegrityError, connection
from django.test import Client
from sentry_sdk.transport import Transport

from config.access_table import Route, walk
from config.log_filter import SparseFilter, SparseFormatter
from config.sentry import configure_sentry
from tenants.door import middleware
from tests.security.figures import figure
from tests.security.sizes import FULL

pytestmark = pytest.mark.django_db

CANARY = "Kanarienvogel-Petersen-7731"
ERRORS: dict[str, Callable[[], Exception]] = {
    "database": lambda: IntegrityError(f"duplicate key\nDETAIL:  Key (nachname)=({CANARY}) already exists."),
    "value": lambda: ValueError(f"invalid literal: {CANARY!r}"),
    "key": lambda: KeyError(CANARY),
    "validation": lambda: ValidationError(CANARY),
    "suspicious": lambda: SuspiciousOperation(CANARY),
}
FIELDS = """q name nachname vorname fallnummer pkz grund begruendung text beginn ende next username password passwort
    email notiz hilfeart sort monat beschreibung zustand geburtsdatum"""
TYPED = dict.fromkeys(FIELDS.split(), CANARY)
KINDS = (*ERRORS, "in_the_database")
#: Signing out by GET or POST would end the crawl's session; the schema holds no data.
SKIPPED = ("abmelden", "schema/")


class _Outbox(Transport):
    def __init__(self) -> None:
        super().__init__({})
        self.sent: list[str] = []

    def capture_envelope(self, envelope) -> None:
        self.sent += [json.dumps(item.payload.json, default=str) for item in envelope.items]


@pytest.fixture
def sentry() -> Iterator[_Outbox]:
    outbox = _Outbox()
    configure_sentry(dsn="https://key@sentry.example.org/1", environment="test", transport=outbox)
    yield outbox
    sentry_sdk.init()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the console handler of the settings would print, of all loggers."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    line = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(SparseFormatter(line["format"], style=line["style"]))
    handler.addFilter(SparseFilter())
    loggers = [logging.getLogger(), logging.getLogger("django.request"), logging.getLogger("django.security")]
    for logger in loggers:
        logger.addHandler(handler)
    yield out
    for logger in loggers:
        logger.removeHandler(handler)


def _explode_at_the_end(monkeypatch, error: Callable[[], Exception]) -> None:
    """Every fenced view runs to its end and fails then."""
    for name in ("in_tenant", "on_portal"):
        original = getattr(middleware, name)

        @contextmanager
        def fails(*args, original=original, **kwargs):
            with original(*args, **kwargs) as opened:
                yield opened
                raise error()

        monkeypatch.setattr(middleware, name, fails)


def _fails_in_the_database(execute, statement, params, many, context):
    """The database refuses all but what knows the session and the person."""
    if any(table in statement for table in ("django_session", "accounts_", "tenants_", "SAVEPOINT")):
        return execute(statement, params, many, context)
    raise DataError(f'invalid input: "{CANARY}"\nDETAIL: Failing row contains ({CANARY}).')


def _paths(route: Route) -> list[str]:
    return [route.fill({"uuid": str(uuid4()), "str": CANARY, "slug": CANARY, "int": "1"})]


def _shoot(client: Client, urlconf: str, turn: int) -> Iterator[tuple[str, str, object]]:
    """Answers of the routes whose turn it is, of all in the long form."""
    headers = {"HTTP_USER_AGENT": CANARY, "HTTP_REFERER": f"https://x.example/{CANARY}", "HTTP_X_NAME": CANARY}
    for number, route in enumerate(walk(urlconf)):
        if any(word in route.path for word in SKIPPED) or not (FULL or number % len(KINDS) == turn % len(KINDS)):
            continue
        for path in _paths(route):
            yield "GET", path, client.get(path, TYPED, **headers)
            if path.startswith("/api/"):
                yield "POST", path, client.post(path, json.dumps(TYPED), content_type="application/json", **headers)
            else:
                yield "POST", path, client.post(path, TYPED, **headers)


def _check(answers: Iterator, sentry: _Outbox, lines: io.StringIO) -> tuple[int, int, list]:
    requests, errors, sung = 0, 0, []
    for method, path, answer in answers:
        requests += 1
        errors += answer.status_code >= 500 or answer.status_code == 400
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code >= 400 and answer.status_code not in {409, 422} and CANARY.encode() in body:
            sung.append(("page", method, path, answer.status_code))
        headers = {k: v for k, v in answer.headers.items() if k != "Location"}
        if CANARY in str(headers) or CANARY in str(answer.cookies):
            sung.append(("header", method, path))
        # A redirect may keep the address somebody asked for, never what she typed into a form.
        if method == "POST" and CANARY in answer.headers.get("Location", "").replace(path, ""):
            sung.append(("location", method, path, answer.headers["Location"]))
    if CANARY in lines.getvalue():
        sung.append(("log", next(line for line in lines.getvalue().splitlines() if CANARY in line)))
    sung += [("sentry", body[:300]) for body in sentry.sent if CANARY in body]
    sung += [("mail", m.subject) for m in mail.outbox if CANARY in m.subject + m.body + str(m.extra_headers)]
    return requests, errors, sung


OFFICE, PORTAL = "config.urls_tenant", "config.urls_portal"
WHO = [("anna", None, OFFICE), ("doris", None, OFFICE), ("ines", "VG", OFFICE), ("ines", "PORTAL", PORTAL),
       ("lars", None, PORTAL)]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_failing_views_carry_nothing_out(kind, vg, cast, sentry, lines, monkeypatch):
    clients = [(cast.sign_in(name, at=at), urlconf) for name, at, urlconf in WHO]
    if kind in ERRORS:
        _explode_at_the_end(monkeypatch, ERRORS[kind])
    requests = errors = 0
    sung: list = []
    for turn, (client, urlconf) in enumerate(clients, start=KINDS.index(kind)):
        client.raise_request_exception = False
        if kind == "in_the_database":
            with connection.execute_wrapper(_fails_in_the_database):
                result = _check(_shoot(client, urlconf, turn), sentry, lines)
        else:
            result = _check(_shoot(client, urlconf, turn), sentry, lines)
        requests, errors, sung = requests + result[0], errors + result[1], sung + result[2]
    assert errors, "no view failed: this test would see nothing"
    if kind not in {"validation", "suspicious"}:
        assert sentry.sent, "Sentry heard nothing: this test would see nothing"
    figure(f"canaries: requests that were made to fail ({kind})", requests, f"requests, {errors} failed")
    figure(f"canaries: found in pages, headers, logs, Sentry, mails ({kind})", len(sung), "canaries")
    assert sung == []


def test_names_in_addresses_of_links(vg, cast):
    """No page of the office puts a name or a case number into a link (only ids)."""
    from tenants.context import in_tenant
    from tests.factories.cases import create_hilfefall, create_klient
    from tests.factories.placements import create_reservierung
    from tests.factories.register import create_angebot

    anna = cast.user("anna")
    angebot = create_angebot()
    with in_tenant(vg):
        klient = create_klient(nachname=CANARY, vorname=CANARY, pkz=CANARY[:20])
        fall = create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer=CANARY[:20])
        create_reservierung(fachkraft_id=anna.pk, angebot=angebot, hilfefall=fall)
    client = cast.sign_in("anna")
    pages = 0
    for route in walk("config.urls_tenant"):
        if route.arguments or any(word in route.path for word in SKIPPED):
            continue
        answer = client.get("/" + route.path)
        if answer.status_code != 200 or answer.streaming or "html" not in answer.headers["Content-Type"]:
            continue
        pages += 1
        for attribute in ('href="', 'action="', 'hx-get="', 'hx-post="', 'src="'):
            for part in answer.text.split(attribute)[1:]:
                assert CANARY[:20] not in part.split('"')[0], (route.path, attribute)
    assert pages >= 5
