"""Every form a page shows, every step and every address is asked with what nobody types by accident.

The forms are found as a browser finds them: each page of the route table is opened by somebody who may, and what can be
filled in there is filled. No answer is an error of ours, none is in English, and what was typed stands there again.
Part of `make security` (SOJUS_CRAWL is set there): some 2,000 requests. SOJUS_HOSTILE=full sends every value to every
field alone; by itself each field is asked everything in tests/architecture/test_fields.py, with every `make test`.
"""

from __future__ import annotations

import html
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from shared_apps.accounts.access import AMT_HOST, JA, OFFEN, STRANGER, Column, Row, kinds, list_rows
from tests.access.pages import BUTTONS, CHOICES, Form, find_forms
from tests.access.test_cells import REFUSED_ANYWAY, Asker
from tests.access.world import UnknownObject, World, build_world, fill
from tests.architecture.test_fields import list_forms
from tests.hostile import DATES, HOSTILE, NUMBERS, TEXTS, find_english
from tests.security.figures import figure

pytestmark = [
    pytest.mark.xdist_group("hostile"),
    pytest.mark.skipif(not os.environ.get("SOJUS_CRAWL"), reason="2,000 requests: runs with make security"),
]
FULL = os.environ.get("SOJUS_HOSTILE") == "full"
ROWS = [row for row in list_rows() if row.route.name not in {"schema", "health"}]
#: All fields of a form at once.
AT_ONCE = [
    TEXTS["NUL"], TEXTS["very long"][:50_000], TEXTS["many digits"], DATES["last day of Python"], DATES["first day"],
    NUMBERS["hours of six weeks"],
]  # fmt: skip
#: In a date or a number alone, everything else as it should be: the step behind the form is reached.
ALONE = {
    "date": (DATES["last day of Python"], "2199-12-31", "1900-01-01"),
    "month": ("9999-12",),
    "number": (NUMBERS["beyond 64 bits"],),
}
#: Names an address may carry besides those of a form on the page.
PARAMETERS = (
    "seite", "sort", "q", "jahr", "suche", "format", "next", "ziel", "zeige", "text", "drittel", "reichweite",
    "kuerzel", "von", "bis", "monat", "zustand", "state", "code", "entwurf", "art", "mandant", "jugendamt", "modus",
    "hilfeart", "spezialisierung", "page", "page_size", "alle", "speichern",
)  # fmt: skip
#: A search goes on to its list: what is no filter does not reach the address, a name is kept aside, sealed.
GOES_ON = ("/faelle/suchen/", "/hilfefaelle/suchen/")
sent: Counter[str] = Counter()


@dataclass(frozen=True)
class Found:
    """A form with the person who opened its page."""

    host: str
    column: Column
    page: str
    form: Form

    def __str__(self) -> str:
        return f"{self.form.method} {self.host}{self.form.action} as {self.column.key} from {self.page}"


class HostileAsker(Asker):
    """Opens pages and sends forms as somebody who may."""

    def send(self, found: Found, data: dict[str, list[str]]) -> HttpResponse:
        """The answer; nothing of it remains."""
        client = self.person_client(found.column, found.host)
        method = "post" if found.form.method == "post" else "get"
        return self._undone(client, method, found.form.action, data=data)

    def person_client(self, column: Column, host: str) -> Client:
        """Signed in at a host."""
        return self.client(self.world.person(column, "VG"), host)

    def open(self, column: Column, host: str, address: str, method: str = "get", **kwargs: object) -> HttpResponse:
        """A page as somebody."""
        return self._undone(self.person_client(column, host), method, address, **kwargs)

    @staticmethod
    def _undone(client: Client, method: str, address: str, **kwargs: object) -> HttpResponse:
        with transaction.atomic():
            response = getattr(client, method)(address, **kwargs)
            if response.streaming:
                response.getvalue()
            transaction.set_rollback(True)
        cache.clear()
        sent[method] += 1
        return response


@pytest.fixture(scope="module")
def asker(django_db_setup, django_db_blocker) -> Iterator[HostileAsker]:
    """In a world built once, in one transaction that is rolled back at the end."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            world = build_world(kinds())
            cache.clear()
            asker = HostileAsker(world, {})
            yield asker
            transaction.set_rollback(True)
        for method, number in sent.items():
            figure(f"hostile input: {method.upper()}", number, "requests")
        connection.close()


def _host(row: Row, world: World) -> str:
    return world.offices["VG"].host if row.host == AMT_HOST else "portal.localhost"


def _who(row: Row) -> list[Column]:
    """Everybody the cell lets in, staff before strangers."""
    if (row.host, row.route.name) in REFUSED_ANYWAY:
        return []
    return sorted((c for c in kinds() if row.cells[c.key] in {JA, OFFEN}), key=lambda c: c is STRANGER)


def _address(asker: HostileAsker, row: Row, column: Column) -> str | None:
    person = asker.world.person(column, "VG")
    try:
        return fill(row.route, asker.world, office=asker.world.offices["VG"], user=person.user if person else None)
    except UnknownObject:
        return None


def _is_page(response: HttpResponse) -> bool:
    return response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")


@pytest.fixture(scope="module")
def found(asker: HostileAsker) -> list[Found]:
    """Every form once. A page is opened by two who may, the first and the last of the table: each sees other steps."""
    seen: dict[tuple, Found] = {}
    for row in (row for row in ROWS if row.method == "GET" and not row.route.is_api):
        for column in _who(row) if FULL else {*_who(row)[:1], *_who(row)[-1:]}:
            address = _address(asker, row, column)
            if address is None:
                continue
            host = _host(row, asker.world)
            response = asker.open(column, host, address)
            if not _is_page(response):
                continue
            for form in find_forms(response.content.decode(), address):
                target = urlsplit(form.action).path
                seen.setdefault((host, target, *form.key), Found(host, column, address, form))
    return list(seen.values())


def _problem(response: HttpResponse) -> str:
    """ "" for an answer a person can do something with."""
    if response.status_code >= 500:
        return f"status {response.status_code}"
    if response.streaming or "text" not in response.get("Content-Type", "") + "json":
        return ""
    return find_english(response.content.decode(errors="replace"))


def _rounds(form: Form) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """What is sent: (what it is, data)."""
    typed = {name: f for name, f in form.fields.items() if f.kind not in BUTTONS}
    if not typed:
        return
    valid = form.valid()
    for value in HOSTILE.values() if FULL else AT_ONCE:
        texts = {name: [value] for name, f in typed.items() if f.kind not in CHOICES}
        yield f"all fields {value[:20]!r}", valid | texts
    for value in (TEXTS["NUL"],):
        yield f"all choices {value[:20]!r}", valid | {name: [value, value] for name in typed}
    for name, f in typed.items():
        for value in HOSTILE.values() if FULL else ALONE.get(f.kind, ()):
            yield f"{name} alone {value[:20]!r}", valid | {name: [value]}


def test_forms_are_found(found) -> None:
    assert len(found) > 60
    assert {"post", "get"} == {one.form.method for one in found}


def test_no_form_breaks_or_speaks_english(asker, found) -> None:
    wrong = [
        f"{one}: {what}: {problem}"
        for one in found
        for what, data in _rounds(one.form)
        if (problem := _problem(asker.send(one, data)))
    ]
    assert not wrong, "\n".join(wrong)


def test_what_was_typed_stands_there_again(asker, found) -> None:
    """Refused for a control character in each field: the rest of every text is in the answer."""
    wrong = []
    for one in (one for one in found if one.form.method == "post"):
        typed = [name for name, f in one.form.fields.items() if f.is_typed and f.kind not in BUTTONS]
        texts = {name: f"Zq{number}z\x07" for number, name in enumerate(typed)}
        if not texts or one.form.action in GOES_ON:
            continue
        response = asker.send(one, one.form.valid() | {name: [text] for name, text in texts.items()})
        body = html.unescape(response.content.decode()) if not response.streaming else ""
        lost = [name for name, text in texts.items() if text[:-1] not in body]
        if lost:
            wrong.append(f"{one}: {response.status_code} without {lost}")
    assert not wrong, "\n".join(wrong)


def test_routes_take_every_name_of_every_form(asker) -> None:
    """A step whose form no page showed gets all names there are."""
    names = {name for cls in list_forms() for name in cls.base_fields} | set(PARAMETERS)
    wrong = []
    for row in (row for row in ROWS if row.method == "POST" and not row.route.is_api):
        column = next(iter(_who(row)), None)
        address = column and _address(asker, row, column)
        if not address:
            continue
        for value in HOSTILE.values() if FULL else (TEXTS["NUL"], DATES["last day of Python"]):
            data = {f"{prefix}{name}": [value] for name in names for prefix in ("", "person-")}
            if problem := _problem(asker.open(column, _host(row, asker.world), address, "post", data=data)):
                wrong.append(f"POST {address} as {column.key}, {value[:20]!r}: {problem}")
    assert not wrong, "\n".join(wrong)


def test_addresses_with_every_parameter(asker) -> None:
    wrong = []
    values = HOSTILE if FULL else {"digits": "9" * 5_000, "day": "9999-12-31"}
    for row in (row for row in ROWS if row.method == "GET"):
        column = next(iter(_who(row)), None)
        address = column and _address(asker, row, column)
        if not address:
            continue
        for value in values.values():
            data = dict.fromkeys(PARAMETERS, value[:6_000])
            if problem := _problem(asker.open(column, _host(row, asker.world), address, data=data)):
                wrong.append(f"GET {address} as {column.key}, {value[:20]!r}: {problem}")
    assert not wrong, "\n".join(wrong)
