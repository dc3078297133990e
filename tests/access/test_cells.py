"""Every cell of the table is called: a real request, on the right host, by a person of exactly that role.

Without the right: 403, 404, the sign-in. With the right: anything but these. With ids of another office, or of a
neighbour's case: never a success. Each request is rolled back, so the order does not matter.

The statements of the first person who may open a page are counted (tests/access/query_counts.py).
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from config.access_table import (
    AMT_HOST,
    ANMELDUNG,
    JA,
    NEIN,
    OFFEN,
    OTHER_OFFICE,
    PORTAL_HOST,
    STRANGER,
    Column,
    Row,
    kinds,
    list_rows,
)
from shared_apps.accounts.enums import AMT, Rolle
from tests.access.query_counts import WRITES, Cost, Key, compare, counting, read_costs, write_costs
from tests.access.undone import Undone
from tests.access.world import Office, Person, World, build_world, fill, is_of_a_person, known_offices, sign_in
from tests.security.figures import figure

#: One world, one process: the counted cells are all cells.
pytestmark = pytest.mark.xdist_group("cells")
ROWS = list_rows()
ROUTES = sorted({(row.host, row.route.path) for row in ROWS})
#: Allowed by role, refused for another reason that is given here: (host, URL name[ column]) → (status, why).
REFUSED_ANYWAY = {
    (AMT_HOST, "handover"): (404, "the way to an office begins at the portal"),
    (PORTAL_HOST, "signin_rules"): (404, "rules of an office are kept at the office"),
    (AMT_HOST, "security_rename"): (404, "nobody here has a passkey: only a browser can make one"),
    (PORTAL_HOST, "security_rename"): (404, "as above"),
    (AMT_HOST, "placements:vermerk JUGENDAMTSLEITUNG"): (404, "the lead opens a case with a reason first"),
    **dict.fromkeys(
        [(PORTAL_HOST, f"providers:report_detail {rolle}") for rolle in ("ASD", "TEAMLEITUNG", "JUGENDAMTSLEITUNG")],
        (404, "an office's reports are read at the office"),
    ),
    **dict.fromkeys(
        [
            (PORTAL_HOST, f"providers:{page} {rolle}")
            for page in ("history", "facility_history")
            for rolle in ("CONTROLLING", "JUGENDAMTSLEITUNG")
        ],
        (404, "an office reads the history at its own host"),
    ),
    (PORTAL_HOST, "providers:history EINRICHTUNG"): (404, "a facility's access ends at the facility"),
    (PORTAL_HOST, "providers:edit_provider EINRICHTUNG"): (404, "a facility's access ends at the facility"),
}
#: Public steps that start over when nothing has begun.
SENT_BACK = {"logout", "second_factor", "passkey"}
#: Allowed by role, but this very case is not theirs: (URL names) → columns that hear 404. The worker in charge is ASD.
NOT_THEIRS = {
    "cases:detail": {"JUGENDAMTSLEITUNG", "VORMUND", "PRUEFUNG"},  # by reason; behind the wall of § 68; by grant
    "placements:vermerk": {"JUGENDAMTSLEITUNG"},  # it carries the name
    "cases:entrusted_note": {"TEAMLEITUNG", "VORMUND", "JUGENDAMTSLEITUNG"},  # § 65: the author alone
    "cases:entrusted_share": {"TEAMLEITUNG", "VORMUND", "JUGENDAMTSLEITUNG"},
    # a proposal of a team lead: only who proposes or decides sees it, and whom somebody is to stand in for
    "members:antrag": {r.value for r in AMT} - {"TENANT_ADMIN", "TEAMLEITUNG", "JUGENDAMTSLEITUNG"},
} | {
    f"cases:{name}": {"VORMUND"}
    for name in ("edit", "another", "note", "entrust", "grant", "grant_end", "seal", "unseal", "close", "reopen")
}
NOT_THEIRS["vorgaben:update"] = {"DATENSCHUTZ"}  # how long a reservation lasts is not hers
NOT_THEIRS["vorgaben:grant"] = {"DATENSCHUTZ"}  # she has set it
NOT_THEIRS["gespraeche:detail"] = {"JUGENDAMTSLEITUNG", "PRUEFUNG"}  # by reason; by grant
NOT_THEIRS["api-nachrichten"] = NOT_THEIRS["gespraeche:detail"]
#: Somebody of the office has it.
NOT_THEIRS |= {
    f"placements:nacht_{was}": {"RUFBEREITSCHAFT"}
    for was in ("gehalten", "anderer_platz", "zugesagt", "freigeben", "pflicht")
}
NOT_THEIRS["cases:hand_over"] = {"VORMUND", "JUGENDAMTSLEITUNG"}  # it has a worker
NOT_THEIRS["cases:hand_over_several"] = NOT_THEIRS["cases:hand_over"]
NOT_THEIRS["cases:name_for_abandoned"] = {"JUGENDAMTSLEITUNG"}  # it is not sealed
NOT_THEIRS["api-anbieter"] = {"EINRICHTUNG"}  # she speaks for her house: her list of providers is empty
#: One for all clients: loading the middleware takes longer than most requests.
HANDLER = ClientHandler(enforce_csrf_checks=False)
counted: dict[str, int] = defaultdict(int)
EXPECTED_COSTS = read_costs()
costs: dict[Key, Cost] = {}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Built once, in one transaction that is rolled back at the end."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            built = build_world(kinds())
            cache.clear()
            yield built
            transaction.set_rollback(True)
        if WRITES:
            exist = {_key(row) for row in ROWS}
            write_costs({key: cost for key, cost in (EXPECTED_COSTS | costs).items() if key in exist})
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        figure("access table: cells executed", sum(counted.values()), "cells", part=worker)
        for what, number in sorted(counted.items()):
            figure(f"access table: {what}", number, "cells", part=worker)
        connection.close()


@pytest.fixture(scope="module")
def clients() -> dict[tuple[str, str], tuple[Client, dict]]:
    """Signed-in clients by user and host, with the cookies they began with."""
    return {}


class Asker:
    """Sends one request and takes everything back."""

    def __init__(self, world: World, clients: dict) -> None:
        self.world, self.clients = world, clients
        self.known = known_offices(world)
        self.undone = Undone()

    def client(self, person: Person | None, host: str) -> Client:
        """The person's client at a host, with fresh cookies."""
        key = (str(person.user.pk) if person else "", host)
        if key not in self.clients:
            made = sign_in(person, host) if person else Client(SERVER_NAME=host, raise_request_exception=False)
            made.handler = HANDLER
            self.undone.keep()
            self.clients[key] = (made, {name: morsel.value for name, morsel in made.cookies.items()})
        client, cookies = self.clients[key]
        client.cookies.clear()
        for name, value in cookies.items():
            client.cookies[name] = value
        return client

    def forget(self) -> None:
        """Nothing a request has left in the cache remains; the offices are known."""
        cache.clear()
        cache.set_many(self.known)

    def count(self, client: Client, method: str, path: str) -> tuple[HttpResponse, int]:
        """The answer, and how many statements it takes when nothing is in the cache."""
        cache.clear()
        with counting() as sent:
            self.undone.keep()  # the numbers of the file have a savepoint of its own among them
            answer = self.ask(client, method, path)
        return answer, len(sent)

    def ask(self, client: Client, method: str, path: str, **headers: str) -> HttpResponse:
        """The answer; nothing of it remains."""
        kwargs: dict = {"headers": headers} if headers else {}
        if method != "GET" and path.startswith("/api/"):
            kwargs |= {"data": json.dumps({}), "content_type": "application/json"}
        return self.undo(client, method, path, **kwargs)

    def undo(self, client: Client, method: str, path: str, **kwargs: object) -> HttpResponse:
        """The answer, as the world was when nobody had asked."""
        with self.undone:
            response = getattr(client, method.lower())(path, **kwargs)
            if response.streaming:
                response.getvalue()
        self.forget()
        return response


@pytest.fixture(scope="module")
def asker(world: World, clients) -> Asker:
    """Asks in the world of this module."""
    return Asker(world, clients)


def is_sign_in(response: HttpResponse) -> bool:
    """Whether the answer is the way to the sign-in (in the API: who are you?)."""
    return (response.status_code == 302 and "/anmelden/" in response.headers["Location"]) or response.status_code == 401


def is_refused(response: HttpResponse) -> bool:
    """Whether the person got nothing."""
    return response.status_code in {403, 404} or is_sign_in(response)


def _key(row: Row) -> Key:
    return row.host, row.route.name


def _host(row: Row, office: Office) -> str:
    return office.host if row.host == AMT_HOST else "portal.localhost"


def _judge(cell: str, response: HttpResponse, row: Row, column: Column) -> str:
    """ "" when the answer is what the cell says."""
    status = response.status_code
    if status >= 500:
        return f"status {status}"
    if cell == ANMELDUNG:
        return "" if is_sign_in(response) or (row.route.is_api and status == 403) else f"no sign-in but {status}"
    if cell == NEIN:
        return "" if status == 403 else f"forbidden, but {status}"
    if cell == OFFEN:
        return "" if not is_sign_in(response) or row.route.name in SENT_BACK else "public, but asks for sign-in"
    assert cell == JA
    exception = _exception(row, column)
    if exception:
        return "" if status == exception else f"expected {exception} (see REFUSED_ANYWAY), got {status}"
    return f"allowed, but {status} {response.headers.get('Location', '')}" if is_refused(response) else ""


def _exception(row: Row, column: Column) -> int | None:
    if column.key in NOT_THEIRS.get(row.route.name, ()):
        return 404
    names = (f"{row.route.name} {column.key}", row.route.name)
    status = next((REFUSED_ANYWAY[row.host, n][0] for n in names if (row.host, n) in REFUSED_ANYWAY), None)
    if (row.host, row.route.name) == (PORTAL_HOST, "handover") and column.rolle in {
        Rolle.LANDESJUGENDAMT,
        Rolle.MINISTERIUM,
        Rolle.BETRIEB,
        None,
    }:
        return 403  # she has no membership in the office the ticket is for
    return status


def _count(asker: Asker, client: Client, row: Row, column: Column, asked: str) -> HttpResponse:
    """The answer; what a page cost goes to `costs`.

    If the number is not the file's, the page is asked once more, and the second answer decides: the first may have paid
    for what a process learns once. So the file's number is accepted from either of the two, since asking every page
    twice would double the time. The file itself is always written from the second (`SOJUS_WRITE_QUERY_COUNTS`).
    """
    answer, statements = asker.count(client, row.method, asked)
    if answer.status_code == 200 and (WRITES or EXPECTED_COSTS.get(_key(row)) != Cost(statements, column.key)):
        _, statements = asker.count(client, row.method, asked)
    if answer.status_code == 200:
        costs[_key(row)] = Cost(statements, column.key)
    return answer


@pytest.mark.parametrize(("host", "path"), ROUTES, ids=lambda value: str(value) or "/")
def test_every_cell(asker: Asker, host: str, path: str) -> None:
    office = asker.world.offices["VG"]
    wrong: list[str] = []
    for row in (row for row in ROWS if (row.host, row.route.path) == (host, path)):
        name = _host(row, office)
        for column in kinds():
            if column is OTHER_OFFICE and host == PORTAL_HOST:
                continue
            if row.route.name == "schema" and column not in {STRANGER, kinds()[-1]}:
                continue  # half a second each, and nothing in it depends on who asks
            person = asker.world.person(column, "VG")
            user = person.user if person else None
            asked = fill(row.route, asker.world, office=office, user=user)
            cell = row.cells[column.key]
            client = asker.client(person, name)
            if cell in {JA, OFFEN} and row.method == "GET" and _key(row) not in costs:
                answer = _count(asker, client, row, column, asked)
            else:
                answer = asker.ask(client, row.method, asked)
            counted["with the right" if cell in {JA, OFFEN} else "without the right"] += 1
            if problem := _judge(cell, answer, row, column):
                wrong.append(f"{row.method} {asked} as {column.key}: {problem}")
            if person and row.route.is_api and cell != OFFEN:
                key = {"Authorization": f"Token {asker.world.tokens[user.pk, name]}"}
                answer = asker.ask(asker.client(None, name), row.method, asked, **key)
                counted["with an API key"] += 1
                if problem := _judge(cell, answer, row, column):
                    wrong.append(f"{row.method} {asked} by key as {column.key}: {problem}")
        if row.method == "GET" and not WRITES and (problem := compare(_key(row), costs.get(_key(row)), EXPECTED_COSTS)):
            wrong.append(problem)
    assert not wrong, "\n".join(wrong)


def test_pages_whose_statements_are_kept_exist() -> None:
    names = [_key(row) for row in ROWS if row.method == "GET"]
    assert sorted(set(EXPECTED_COSTS) - set(names)) == []
    assert len(names) == len(set(names)), "two pages of one name: the file could not tell them apart"


PERSONAL = sorted({row.route.path for row in ROWS if row.host == AMT_HOST and is_of_a_person(row.route)})


@pytest.mark.parametrize("path", PERSONAL)
def test_ids_of_another_office_are_never_a_success(asker: Asker, path: str) -> None:
    here, there = asker.world.offices["VG"], asker.world.offices["HRO"]
    wrong: list[str] = []
    for row in (row for row in ROWS if row.host == AMT_HOST and row.route.path == path):
        for column in kinds():
            if row.cells[column.key] != JA or column is STRANGER:
                continue
            person = asker.world.person(column, "VG")
            asked = fill(row.route, asker.world, office=there, user=person.user)
            answer = asker.ask(asker.client(person, here.host), row.method, asked)
            counted["with ids of another office"] += 1
            if answer.status_code not in {400, 403, 404, 415, 422}:
                wrong.append(f"{row.method} {asked} as {column.key}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


#: Columns that see only their own.
NARROW = {"ASD", "ANBIETER", "ANBIETER_VERWALTUNG", "ANBIETER_ABRECHNUNG", "EINRICHTUNG"}


@pytest.mark.parametrize("path", PERSONAL)
def test_ids_of_a_neighbour_are_never_a_success(asker: Asker, path: str) -> None:
    """A colleague's case in another team, another provider's booking."""
    office = asker.world.offices["VG"]
    wrong: list[str] = []
    for row in (row for row in ROWS if row.host == AMT_HOST and row.route.path == path):
        for column in kinds():
            if row.cells[column.key] != JA or column.key not in NARROW:
                continue
            person = asker.world.person(column, "VG")
            asked = fill(row.route, asker.world, office=office, user=person.user, neighbour=True)
            answer = asker.ask(asker.client(person, office.host), row.method, asked)
            counted["with ids of a neighbour"] += 1
            if answer.status_code not in {400, 403, 404, 415, 422}:
                wrong.append(f"{row.method} {asked} as {column.key}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
