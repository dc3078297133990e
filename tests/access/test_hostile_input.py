"""Every form a page shows, every body of the API, every step and address is asked with what nobody types by accident.

The forms are found as a browser finds them: each page of the route table is opened by somebody who may, and what can be
filled in there is filled. The bodies of the API are those of its own OpenAPI document. No answer is an error of ours,
none is in English, and what was typed is there again.

In `make test` the fields of one kind take turns (`tests.hostile.take_turns`): every field is asked, and every value is
asked of every kind of field. `make security` (SOJUS_CRAWL) adds more values to every form and asks every field of the
API with everything, SOJUS_HOSTILE=full every field of every form. By itself each field is asked everything in
tests/architecture/test_fields.py.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from config.access_table import AMT_HOST, HOSTS, JA, OFFEN, STRANGER, Column, Row, kinds, list_rows, urlconf_of
from shared_apps.core.liste import nach_key
from tests.access.bodies import Body, find_bodies
from tests.access.pages import BUTTONS, CHOICES, Field, Form, find_forms
from tests.access.test_cells import REFUSED_ANYWAY, Asker
from tests.access.world import UnknownObject, World, build_world, fill
from tests.architecture.test_fields import list_forms
from tests.architecture.tree import python_files
from tests.architecture.tree import text as read_text
from tests.hostile import (
    DATES,
    HOSTILE,
    JSON_VALUES,
    NUMBERS,
    REFUSED_AT_THE_DOOR,
    TEXTS,
    find_english,
    take_turns,
)
from tests.security.figures import figure

pytestmark = pytest.mark.xdist_group("hostile")
FULL = os.environ.get("SOJUS_HOSTILE") == "full"
MORE = FULL or bool(os.environ.get("SOJUS_CRAWL"))
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
#: Kinds of fields that take turns together, of forms and of the API; all others of a form are texts.
LIKE = {
    "date": "date", "month": "date", "number": "number", "integer": "number", "decimal": "number",
    "select": "choice", "radio": "choice", "checkbox": "choice", "uuid": "choice",
}  # fmt: skip
#: Names of an address that code reads by a typed word, that a second list of a page has, or the OpenAPI document says.
READ = re.compile(
    r'\b(?:GET|query_params)(?:\.get(?:list)?\(|\[)\s*"(\w+)"|\bkey="(\w+)"|\bOpenApiParameter\(\s*"(\w+)"'
)
#: The same, read by a variable.
BY_VARIABLE = ("q", "kuerzel", "von", "bis", "entwurf", "mandant", "modus", "hilfeart", "spezialisierung", "page",
               "page_size", "klein")  # fmt: skip


def list_parameters() -> tuple[str, ...]:
    """Names an address may carry besides those of a form on the page."""
    found = [names for path in python_files() for names in READ.findall(read_text(path))]
    lists = {key for _, key, _ in found if key} | {"seite"}
    read = {name for names in found for name in names if name}
    return tuple(sorted(read | lists | {nach_key(key) for key in lists} | set(BY_VARIABLE)))


PARAMETERS = list_parameters()
#: The body of an order to the API: ids of the world by name of the field, and codes that exist.
IDS = {"suche": "suchen", "angebot": "angebote", "klient": "klienten"}
KNOWN = {"hilfeart": "S34", "region": "VG", "tage_je_woche": None, "kreis": "VG", "gebietskoerperschaft": "VG"}
#: A search goes on to its list: what is no filter does not reach the address, a name is kept separately, sealed.
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
        return self._sent(client, method, found.form.action, data=data)

    def send_body(self, host: str, column: Column, body: Body, address: str, data: object) -> HttpResponse:
        """A body of the API."""
        client = self.person_client(column, host)
        method = body.method.lower()
        return self._sent(client, method, address, data=json.dumps(data), content_type="application/json")

    def person_client(self, column: Column, host: str) -> Client:
        """Signed in at a host."""
        return self.client(self.world.person(column, "VG"), host)

    def open(self, column: Column, host: str, address: str, method: str = "get", **kwargs: object) -> HttpResponse:
        """A page as somebody."""
        return self._sent(self.person_client(column, host), method, address, **kwargs)

    def _sent(self, client: Client, method: str, address: str, **kwargs: object) -> HttpResponse:
        sent[method] += 1
        return self.undo(client, method, address, **kwargs)


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
            worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # each has sent its part
            figure(f"hostile input: {method.upper()}", number, "requests", part=worker)
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
        for column in _who(row) if FULL else dict.fromkeys((*_who(row)[:1], *_who(row)[-1:])):
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


def _typed(form: Form) -> dict[str, Field]:
    """What can be filled in or chosen."""
    return {name: f for name, f in form.fields.items() if f.kind not in BUTTONS}


@pytest.fixture(scope="module")
def turns(found: list[Found]) -> dict[tuple[int, str], list[object]]:
    """Values by number of the form and name of the field."""
    kinds_of = {
        (n, name): LIKE.get(f.kind, "text") for n, one in enumerate(found) for name, f in _typed(one.form).items()
    }
    return take_turns(kinds_of, list(HOSTILE.values()))


@pytest.fixture(scope="module")
def alone(found: list[Found]) -> dict[tuple[int, str], list[object]]:
    """Values for a date or a number whose form is fine otherwise."""
    shared: dict[tuple[int, str], list[object]] = {}
    for kind, values in ALONE.items():
        kinds_of = {
            (n, name): kind for n, one in enumerate(found) for name, f in _typed(one.form).items() if f.kind == kind
        }
        shared |= {key: list(values) for key in kinds_of} if MORE else take_turns(kinds_of, values)
    return shared


def _all_at_once(form: Form) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The large run: (what it is, data)."""
    typed, valid = _typed(form), form.valid()
    for value in HOSTILE.values() if FULL else AT_ONCE:
        texts = {name: [value] for name, f in typed.items() if f.kind not in CHOICES}
        yield f"all fields {value[:20]!r}", valid | texts
    yield "all choices with NUL", valid | {name: [TEXTS["NUL"]] * 2 for name in typed}
    for name in typed if FULL else ():
        for value in HOSTILE.values():
            yield f"{name} alone {value[:20]!r}", valid | {name: [value]}


def _in_turn(
    form: Form, number: int, turns: dict[tuple[int, str], list[object]], alone: dict[tuple[int, str], list[object]]
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Each field with its values, all fields of the form in one request; then dates and numbers alone."""
    valid = form.valid()
    mine = {name: turns[number, name] for name in _typed(form)}
    for step in range(max(map(len, mine.values()), default=0)):
        data = {name: [values[step]] for name, values in mine.items() if step < len(values)}
        yield f"in turn { ({n: v[0][:12] for n, v in data.items()})!r}", valid | data
    for name in mine:
        for value in alone.get((number, name), ()):
            yield f"{name} alone {value!r}", valid | {name: [value]}


def test_forms_are_found(found) -> None:
    assert len(found) > 60
    assert {"post", "get"} == {one.form.method for one in found}


def test_turns_leave_nothing_out() -> None:
    """The rule itself: few fields take many values each, many fields one each, no value is left out."""
    values = list(range(7))
    shared = take_turns({f"d{n}": "date" for n in range(3)} | {f"t{n}": "text" for n in range(20)}, values)
    assert shared["d0"] == [0, 3, 6] and shared["d1"] == [1, 4] and shared["t0"] == [0] and shared["t8"] == [1]
    for kind in "dt":
        assert {value for name, some in shared.items() if name[0] == kind for value in some} == set(values)


def test_no_form_breaks_or_speaks_english(asker, found, turns, alone) -> None:
    wrong = [
        f"{one}: {what}: {problem}"
        for number, one in enumerate(found)
        for what, data in chain(_in_turn(one.form, number, turns, alone), _all_at_once(one.form) if MORE else ())
        if (problem := _problem(asker.send(one, data)))
    ]
    assert not wrong, "\n".join(wrong)


def test_no_body_of_the_api_breaks_or_speaks_english(asker) -> None:
    """Each field alone, the rest as somebody would send it: what is behind the fields is reached."""
    office = asker.world.offices["VG"]
    known = KNOWN | {name: office.own[words] for name, words in IDS.items()}
    known["angebote"] = [{"angebot": known["angebot"]}]
    values = [*HOSTILE.values(), *JSON_VALUES.values()]
    fields = {
        (host, body, name): LIKE.get(kind, kind)
        for host in HOSTS
        for body in find_bodies(SchemaGenerator(urlconf=urlconf_of(host)).get_schema(request=None, public=True))
        for name, kind in body.fields.items()
    }
    assert {host for host, *_ in fields} == set(HOSTS)
    shared = dict.fromkeys(fields, values) if MORE else take_turns(fields, values)
    rows = {(row.host, row.method, re.sub(r"<(\w+:)?(\w+)>", r"{\2}", row.route.path)): row for row in ROWS}
    wrong, refused = [], Counter()
    for (host, body, name), some in shared.items():
        row = rows[host, body.method, body.path]
        column = next(iter(_who(row)))
        address = _address(asker, row, column)
        for value in some:
            sent = body.with_value(name, value, known)
            answer = asker.send_body(_host(row, asker.world), column, body, address, sent)
            refused[answer.status_code] += 1
            if problem := _problem(answer):
                wrong.append(f"{body.method} {address} as {column.key}, {name}={str(value)[:20]!r}: {problem}")
    assert not wrong, "\n".join(wrong)
    assert refused[422] > len(fields), refused


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
    rows = [row for row in ROWS if row.method == "POST" and not row.route.is_api]
    everything = list(HOSTILE.values())
    shared = take_turns(dict.fromkeys(range(len(rows)), "route"), everything)
    for number, row in enumerate(rows):
        column = next(iter(_who(row)), None)
        address = column and _address(asker, row, column)
        if not address:
            continue
        for value in everything if FULL else shared[number]:
            data = {f"{prefix}{name}": [value] for name in names for prefix in ("", "person-")}
            if problem := _problem(asker.open(column, _host(row, asker.world), address, "post", data=data)):
                wrong.append(f"POST {address} as {column.key}, {value[:20]!r}: {problem}")
    assert not wrong, "\n".join(wrong)


def test_names_that_code_reads_are_asked() -> None:
    """Found in the source, so that nobody has to list a new one. These were read and were on no list."""
    assert {"stand", "nur", "iss", "summen", "nach", "bestaetigt", "entschieden_nach"} <= set(PARAMETERS)


def test_addresses_with_every_parameter(asker) -> None:
    wrong = []
    everything = [value for name, value in HOSTILE.items() if FULL or name not in REFUSED_AT_THE_DOOR]
    rows = [row for row in ROWS if row.method == "GET"]
    shared = take_turns(dict.fromkeys(range(len(rows)), "route"), everything)
    for number, row in enumerate(rows):
        column = next(iter(_who(row)), None)
        address = column and _address(asker, row, column)
        if not address:
            continue
        for value in everything if FULL else shared[number]:
            data = dict.fromkeys(PARAMETERS, value[:6_000])
            if problem := _problem(asker.open(column, _host(row, asker.world), address, data=data)):
                wrong.append(f"GET {address} as {column.key}, {value[:20]!r}: {problem}")
    assert not wrong, "\n".join(wrong)
